"""Which texts of a batch speak of a special category, and by which entry of the lexicon."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from assent.curation.phrases import Matches
from assent.curation.sensitive.lexicon import Lexicon, Weight, lexicon
from assent.curation.words import blocks
from assent.vocabulary.curation import Topic

FLAG_SCHEMA: Final = pa.schema(
    [
        pa.field("row", pa.int32(), nullable=False),
        pa.field("topic", pa.string(), nullable=False),
        pa.field("rule", pa.string(), nullable=False),
    ]
)
"""A text's place in its batch, a `Topic` value, and the id of the entry that counted."""


def flag(texts: pa.Array, topics: frozenset[Topic]) -> pa.Table:
    """One row for each text and topic of these that it speaks of, in order; never a word of the text.

    A text speaks of a topic when it has a strong entry of it, or two different weak ones. The entry that is named is
    the first strong one in the lexicon, else the first weak one.

    Guarantee: what is said of a text depends on it alone.
    Cost: linear in the bytes.
    """
    words_of = lexicon()
    names = [topic for topic in Topic if topic in topics]
    found: list[tuple[int, str, str]] = []
    for at, words in blocks(texts):
        matches = words_of.phrases.find(words)
        open_ = _not_hidden(matches, words_of)
        pairs = np.unique(np.stack((words.row[matches.word[open_]], matches.phrase[open_]), axis=1), axis=0)
        found += _spoken_of(pairs, at, names, words_of)
    if not found:
        return FLAG_SCHEMA.empty_table()
    return pa.table([list(column) for column in zip(*found, strict=True)], schema=FLAG_SCHEMA)


def _not_hidden(matches: Matches, words_of: Lexicon) -> npt.NDArray[np.bool_]:
    """Entries of weight that do not lie within one that hides, nor are one."""
    hides = np.array([each.weight is Weight.NOT for each in words_of.entries])[matches.phrase]
    ends = matches.word + matches.length
    reach = np.zeros(int(ends.max(initial=0)), np.int64)
    np.maximum.at(reach, matches.word[hides], ends[hides])
    reach = np.maximum.accumulate(reach)
    open_: npt.NDArray[np.bool_] = ~hides & (reach[matches.word] < ends)
    return open_


def _spoken_of(
    pairs: npt.NDArray[np.int64], at: int, topics: list[Topic], words_of: Lexicon
) -> list[tuple[int, str, str]]:
    by_text: dict[int, list[int]] = {}
    for row, entry in pairs.tolist():
        by_text.setdefault(row, []).append(entry)
    found = []
    for row, entries in by_text.items():
        for topic in topics:
            mine = [words_of.entries[each] for each in entries if words_of.entries[each].topic is topic]
            strong = [each for each in mine if each.weight is Weight.STRONG]
            if strong or len(mine) > 1:
                found.append((at + row, topic.value, (strong or mine)[0].id))
    return found
