"""Where bytes stay: files that are whole or absent, keys that are written once, a database that keeps its word.

`files` writes durably and locks; `keys` holds private keys; `database` says what is asked of a database, `sqlite`
and `postgresql` are the two there are, `place` finds the one a folder uses; `schema` says which tables a ledger
has, for its writer and its auditor alike, and `upgrades` brings older tables there.
"""
