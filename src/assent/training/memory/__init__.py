"""A memory beside the base: what members wrote is looked up while the model answers, and no weight learns from it.

In the order data moves:

`entries`    a part: keys, next tokens and owners of a (shard, slice); its file
`writing`    rows become a part, a record at a time; records that a part has already are not read again
`keeping`    the parts of a snapshot's slices lie in the store, by key; those that are there stay
`search`     the nearest entries, exactly: every key is looked at
`answering`  a base, or a base with adapters, that answers together with a memory

An entry is a function of the base, the configuration and its own record alone. So whoever takes a record or a member
out deletes rows, and what is left is, bit for bit, what would have been written without them.

Source: kNN-LM (Khandelwal et al. 2020, arXiv 1911.00172); as a place for text that must be removable, SILO (Min et
al. 2023, arXiv 2308.04430).
"""
