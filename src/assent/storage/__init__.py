"""Where bytes stay: files that are whole or absent, keys that are written once, a database that keeps its word.

`files` writes durably and locks; `keys` holds private keys; `database` opens the embedded database and
translates its failures; `schema` says which tables a ledger has, for its writer and its auditor alike.
"""
