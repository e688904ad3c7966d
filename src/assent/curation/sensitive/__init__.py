"""What speaks of a person's health, union, politics, religion or orientation, by a documented lexicon.

`lexicon/`   a file per language: entries with a topic, a weight and a pattern (docs/spec/sensitive-lexicon.md)
`lexicon`    reads them
`flagging`   finds them in a batch of texts

A word of the trade is no disclosure: an entry says something about the writer or somebody close, or it is weak and
needs a second one of its topic beside it.
"""

from assent.curation.sensitive.flagging import FLAG_SCHEMA, flag

__all__ = ["FLAG_SCHEMA", "flag"]
