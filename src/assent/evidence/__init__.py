"""Proof formats as pure bytes: nothing here opens a file, asks the time or draws a random number.

In the order a proof is made: `canonical` turns a JSON value into the one byte string that is hashed;
`merkle` hashes byte strings into a tree and proves what is in it; `tiles` cuts the tree into files that
never change; `checkpoint` is the tree's head and `note` the signature under it; `tlog_proof` puts an
entry's path and the checkpoint into one text; `attestation` signs statements about files.

    >>> from assent.evidence.merkle import Frontier, leaf_hash
    >>> Frontier().extend([leaf_hash(b"entry")]).root.hex()[:16]
    'c65ae25567ed6a72'
"""
