"""What is no text to learn from: fixed rules, each with its reason; the pack has the thresholds.

`judging`      the rules in their order, and the first that a text fails
`repetition`   lines and word sequences that a text has had before
`boilerplate`  stock phrases (`stock_phrases.txt`)
`gibberish`    what cannot be words
`language`     which language, by function words (`function_words.toml`) and script

The rules are those of the field (Gopher, arXiv 2112.11446, table A1; C4, arXiv 1910.10683) as far as they hold for
texts of twenty words. Nothing is fitted on anybody's texts.
"""

from assent.curation.quality.judging import JUDGMENT_SCHEMA, judge

__all__ = ["JUDGMENT_SCHEMA", "judge"]
