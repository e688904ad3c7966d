"""The console of privacy officers, auditors and operators."""
