"""What may be changed and forgotten: the paperwork beside the ledger.

The ledger keeps what was said and decided, under pseudonyms and for good. Here lies what goes with it and must be
able to go: who is signed in, addresses, the words of an objection, mail that waits to be sent, answers that a
repeated request gets again. `tables` describes it, `store` opens it; every other module is one part of it.
Nothing in here decides whether a record may be used: that is the ledger's, and a lost desk permits nothing.
"""
