"""How the tables of a ledger came to be what they are: one step of `versions` for each version, never changed.

A new ledger is made from `schema`, which is what these steps lead to (a test holds the two together). The
number of a step is the version that it leads to, and `assent_schema` in the database is the one record of it.
"""
