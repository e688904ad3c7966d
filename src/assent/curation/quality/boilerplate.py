"""How much of a text is stock phrases: what a site, a mail program or a button wrote rather than a person."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
import numpy.typing as npt

from assent.curation.phrases import Phrases
from assent.curation.words import Words

_SHIFT: Final = np.uint64(48)


def at_most(words: Words) -> npt.NDArray[np.float64]:
    """The share of each text's words that stand in any stock phrase, and a few that do not: no less than `share`."""
    listed = _stock_words().take((words.keys >> _SHIFT).view(np.int64))
    shares: npt.NDArray[np.float64] = words.per_row(listed) / np.maximum(words.counts, 1)
    return shares


def share(words: Words) -> npt.NDArray[np.float64]:
    """The share of each text's words that stand in a stock phrase."""
    matches = _stock().find(words)
    covered = np.zeros(len(words.keys), np.bool_)
    for step in range(int(matches.length.max(initial=0))):
        covered[matches.word[matches.length > step] + step] = True
    shares: npt.NDArray[np.float64] = words.per_row(covered) / np.maximum(words.counts, 1)
    return shares


@cache
def _stock() -> Phrases:
    return Phrases(_lines())


@cache
def _stock_words() -> npt.NDArray[np.bool_]:
    """By the first bits of a key, whether a word of a stock phrase has them."""
    listed = np.zeros(1 << 16, np.bool_)
    listed[(Words.of(_lines()).keys >> _SHIFT).view(np.int64)] = True
    return listed


def _lines() -> list[str]:
    lines = files(__package__).joinpath("stock_phrases.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
