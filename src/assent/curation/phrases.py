"""Phrases found in many texts in one pass: word by word, in any case, whatever punctuation stands between."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from assent.curation.words import Keys, Places, Words

_STEP: Final = np.uint64(0xD6E8FEB86659FD93)
_SHIFT: Final = np.uint64(48)

Pattern = Sequence[Sequence[str]]
"""Alternatives that follow one another."""


@dataclass(frozen=True, slots=True)
class Matches:
    """Where phrases stand: the index of the first word, how many words, and which phrase."""

    word: Places
    length: Places
    phrase: Places


@dataclass(frozen=True, slots=True)
class _Level:
    """What phrases look like after so many words: every beginning, and those that are whole, with their numbers."""

    beginnings: Keys
    whole: Keys
    phrase: Places


@dataclass(slots=True)
class _Written:
    """Keys of what patterns stand for, by how many words it has: every beginning, and every whole with its pattern."""

    beginnings: dict[int, list[Keys]] = field(default_factory=lambda: defaultdict(list))
    wholes: dict[int, list[tuple[Keys, int]]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, patterns: Sequence[tuple[int, Pattern]]) -> _Written:
        """All of these patterns are in it."""
        written = cls()
        texts = list(dict.fromkeys(text for _, pattern in patterns for part in pattern for text in part))
        words = Words.of(texts)
        keys = dict(zip(texts, np.split(words.keys, words.first[1:-1]), strict=True)) if texts else {}
        rolled = {
            part: _by_length([keys[text] for text in part]) for part in {tuple(p) for _, ps in patterns for p in ps}
        }
        for number, pattern in patterns:
            written._add(number, [rolled[tuple(part)] for part in pattern])
        return written

    def _add(self, number: int, parts: list[dict[int, list[Keys]]]) -> None:
        so_far: dict[int, Keys] = {0: np.zeros(1, np.uint64)}
        for part in parts:
            longer: dict[int, list[Keys]] = defaultdict(list)
            for length, before in so_far.items():
                for more, rolled in part.items():
                    for step in range(1, more):
                        self.beginnings[length + step].append(_followed(before, step, np.unique(rolled[step - 1])))
                    whole = _followed(before, more, rolled[-1]) if more else before
                    longer[length + more].append(whole)
                    self.beginnings[length + more].append(whole)
            so_far = {length: np.concatenate(some) for length, some in longer.items()}
        for length, whole in so_far.items():
            self.wholes[length].append((whole, number))

    def levels(self) -> list[_Level]:
        """For one word, for two, and so on, in order."""
        found = []
        for length in range(1, max(self.wholes, default=0) + 1):
            some = self.wholes[length]
            whole = np.concatenate([keys for keys, _ in some] or [np.zeros(0, np.uint64)])
            numbers = np.repeat([number for _, number in some], [len(keys) for keys, _ in some]).astype(np.int64)
            whole, first = np.unique(whole, return_index=True)
            found.append(_Level(np.unique(np.concatenate(self.beginnings[length])), whole, numbers[first]))
        return found


def _by_length(alternatives: list[Keys]) -> dict[int, list[Keys]]:
    """By how many words an alternative has, the keys of its first word, of its first two, and so on."""
    found: dict[int, list[Keys]] = {}
    for length in sorted({len(each) for each in alternatives}):
        words = np.array([each for each in alternatives if len(each) == length], np.uint64)
        found[length] = []
        rolled = np.zeros(len(words), np.uint64)
        for step in range(length):
            rolled = rolled * _STEP + words[:, step]
            found[length].append(rolled)
    return found


def _followed(before: Keys, steps: int, after: Keys) -> Keys:
    """Keys of everything before with everything after, which has so many words."""
    far = np.uint64(pow(int(_STEP), steps, 1 << 64))
    followed: Keys = (before[:, None] * far + after).ravel()
    return followed


class Phrases:
    """A list of phrases, ready to be found.

    Cost: of most words one look in a table of 65,536 bits; of those that start a phrase, a search for each word more.
    """

    __slots__ = ("_first", "_levels")

    def __init__(self, phrases: Sequence[str]) -> None:
        self._set(_Written.of([(number, [[phrase]]) for number, phrase in enumerate(phrases)]))

    @classmethod
    def written_out(cls, patterns: Sequence[tuple[int, Pattern]]) -> Phrases:
        """Every phrase of these patterns, under the number beside its pattern; what two have is the first one's.

        Words must not run on from one part of a pattern into the next.
        Cost: that of the keys alone; no phrase is ever spelled.
        """
        phrases = cls(())
        phrases._set(_Written.of(patterns))
        return phrases

    def _set(self, written: _Written) -> None:
        self._levels = written.levels()
        self._first: npt.NDArray[np.bool_] = np.zeros(1 << 16, np.bool_)
        if self._levels:
            self._first[(self._levels[0].beginnings >> _SHIFT).astype(np.int64)] = True

    def find(self, words: Words) -> Matches:
        """Every phrase at every place, the shorter first; none crosses from one text to the next."""
        at = np.flatnonzero(self._first[(words.keys >> _SHIFT).astype(np.int64)])
        keys = words.keys[at]
        found: list[tuple[Places, int, Places]] = []
        for length, level in enumerate(self._levels, 1):
            if length > 1:
                inside = at + length - 1 < words.first[words.row[at] + 1]
                at = at[inside]
                keys = keys[inside] * _STEP + words.keys[at + length - 1]
            goes_on = _among(level.beginnings, keys)[0]
            at, keys = at[goes_on], keys[goes_on]
            whole, place = _among(level.whole, keys)
            found.append((at[whole], length, level.phrase[place[whole]]))
        return Matches(
            np.concatenate([each for each, _, _ in found] or [np.zeros(0, np.int64)]),
            np.concatenate(
                [np.full(len(each), length, np.int64) for each, length, _ in found] or [np.zeros(0, np.int64)]
            ),
            np.concatenate([each for _, _, each in found] or [np.zeros(0, np.int64)]),
        )


def _among(ordered: Keys, keys: Keys) -> tuple[npt.NDArray[np.bool_], Places]:
    """Which keys are listed, and where in the list."""
    if not len(ordered):
        return np.zeros(len(keys), np.bool_), np.zeros(len(keys), np.int64)
    place = np.minimum(np.searchsorted(ordered, keys), len(ordered) - 1)
    return ordered[place] == keys, place
