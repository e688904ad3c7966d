"""Near-duplicates: what is there twice, and what copies a record that may not be used.

`folding`     what of a text counts when two are compared
`signatures`  a hundred bytes of each text that tell how alike two are
`likeness`    how similar two signatures are, and which could be at all
`clusters`    which rows of a shard stand for others
`copies`      which permitted rows copy a denied one of somebody else
"""

from assent.curation.duplicates.clusters import DUPLICATES, cluster
from assent.curation.duplicates.copies import COPIES, Originals, sign_originals
from assent.curation.duplicates.signatures import SIGNATURE, sign

__all__ = ["COPIES", "DUPLICATES", "SIGNATURE", "Originals", "cluster", "sign", "sign_originals"]
