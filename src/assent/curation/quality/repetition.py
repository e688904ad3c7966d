"""How much of a text it has had before: whole lines, and sequences of words.

Gopher measures duplicate lines and duplicate n-grams by characters, each n with a threshold of its own. Here both are
shares of the text's words, and sequences are of five words: its shares of the one most frequent pair or triple throw
away short posts that repeat a name.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from assent.curation.words import Keys, Places, Words

SEQUENCE_WORDS: Final = 5
_DISTINCT: Final = np.uint64(64 - 17)
_DISTINCT_SLOTS: Final = 1 << 17
_STEP: Final = np.uint64(0xD6E8FEB86659FD93)
_ROW: Final = np.uint64(0x9E3779B97F4A7C15)
_ODD: Final = np.array([pow(0xA24BAED4963EE407, each, 1 << 64) for each in range(1, 65)], np.uint64)

Shares = npt.NDArray[np.float64]


def at_most(words: Words) -> Shares:
    """The share of each text's words that it has had before, and a few others: no less than `lines` and `sequences`."""
    counts = words.counts
    rows = words.row.view(np.uint64) * _ROW
    slots = ((words.keys ^ rows) * _STEP >> _DISTINCT).view(np.int64)
    numbers = np.arange(len(slots), dtype=np.int32)
    owner = np.empty(_DISTINCT_SLOTS, np.int32)
    owner[slots] = numbers
    # Of words that are equal, or share a slot by chance, only one has it.
    return _share(words.per_row(owner.take(slots) != numbers), counts)


def lines(words: Words) -> Shares:
    """The share of each text's words that stand in a line it has had before; lines without words do not count."""
    shares = np.zeros(len(words.bounds) - 1)
    breaks = np.flatnonzero(words.raw == ord("\n"))
    opening = np.unique(np.concatenate((words.first[:-1], np.searchsorted(words.starts, breaks))))
    opening = opening[opening < len(words.starts)]
    rows = words.row[opening] if len(opening) else opening
    if not len(opening) or not (rows[1:] == rows[:-1]).any():
        return shares
    length = np.diff(np.concatenate((opening, [len(words.starts)])))
    place = np.arange(len(words.starts)) - np.repeat(opening, length)
    keys = np.add.reduceat(words.keys * _ODD[place & 63], opening) + length.astype(np.uint64) * _STEP
    again = _seen_before(keys, rows)
    counted = np.bincount(rows[again], length[again], len(shares))
    return _share(counted, words.counts)


def sequences(words: Words) -> Shares:
    """The share of each text's words that stand in a sequence of five it has had before."""
    counts = words.counts
    last = len(words.keys) - SEQUENCE_WORDS + 1
    if last <= 0:
        return np.zeros(len(counts))
    keys = words.keys[:last].copy()
    for step in range(1, SEQUENCE_WORDS):
        keys *= _STEP
        keys += words.keys[step : last + step]
    mine = np.flatnonzero(words.row[:last] == words.row[SEQUENCE_WORDS - 1 :])
    repeated = mine[_seen_before(keys[mine], words.row[mine])]
    covered = np.zeros(len(words.keys), np.bool_)
    for step in range(SEQUENCE_WORDS):
        covered[repeated + step] = True
    return _share(words.per_row(covered), counts)


def _seen_before(keys: Keys, rows: Places) -> npt.NDArray[np.bool_]:
    """Which of them came earlier in the same text."""
    order = np.lexsort((keys, rows))
    same = (keys[order][1:] == keys[order][:-1]) & (rows[order][1:] == rows[order][:-1])
    seen = np.zeros(len(keys), np.bool_)
    seen[order[1:][same]] = True
    return seen


def _share(counted: npt.NDArray[np.float64] | Places, of: Places) -> Shares:
    shares: Shares = counted / np.maximum(of, 1)
    return shares
