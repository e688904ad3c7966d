"""Where to look in a stream: words, neighbours and digits that may be somebody's, found by sorted numbers alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assent.curation.redact.known.streams import Places, Words, mixed

NOBODY: Final = -1
"""Stands for everybody who is looked for in every text."""

_SIEVE_BITS: Final = 22
_STEP: Final = 0x9E3779B97F4A7C15
_MASK: Final = (1 << 64) - 1
_TURN: Final = np.uint64(0xC2B2AE3D27D4EB4F)

Entries = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Index:
    """Keys in order, each with the entry it leads to, and a sieve that most words do not pass."""

    keys: Words
    entries: Entries
    sieve: NDArray[np.bool_]

    def find(self, keys: Words) -> tuple[Places, Entries]:
        """Every pair of a key's place and an entry that it leads to."""
        low = np.searchsorted(self.keys, keys, side="left")
        near = np.minimum(low, max(len(self.keys) - 1, 0))
        hit = np.flatnonzero(self.keys[near] == keys) if len(self.keys) else np.empty(0, dtype=np.int64)
        if not len(hit):
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int32)
        first = low[hit]
        count = np.searchsorted(self.keys, keys[hit], side="right") - first
        places = np.repeat(hit, count)
        within = np.arange(len(places)) - np.repeat(np.cumsum(count) - count, count)
        return places, self.entries[np.repeat(first, count) + within]

    def passes(self, numbers: Words) -> Places:
        """The places of the numbers that may lead anywhere."""
        return np.flatnonzero(self.sieve[(numbers >> np.uint64(64 - _SIEVE_BITS)).view(np.int64)])


def build_index(numbers: Words, seconds: Words, entries: Entries) -> Index:
    """The index of these: `numbers` pass the sieve, a number with its second (`salted`) is the key."""
    keys = salted(numbers, seconds)
    # Whoever asks puts entries in order.
    order = np.argsort(keys)
    sieve = np.zeros(1 << _SIEVE_BITS, dtype=np.bool_)
    sieve[(numbers >> np.uint64(64 - _SIEVE_BITS)).view(np.int64)] = True
    return Index(keys[order], entries[order], sieve)


def salted(numbers: Words, seconds: Words) -> Words:
    """One number of two."""
    return mixed(numbers ^ (seconds * _TURN))


def salt_of(person: int) -> int:
    """The second number of everything that is one person's."""
    return ((person + 2) * _STEP) & _MASK


def salts_of(people: NDArray[np.int32]) -> Words:
    """The same for many."""
    return (people.astype(np.uint64) + np.uint64(2)) * np.uint64(_STEP)
