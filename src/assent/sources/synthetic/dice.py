"""Chance that repeats: everything drawn follows from a seed and a place, on any number of processes."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import TypeVar

T = TypeVar("T")

_MASK = (1 << 64) - 1


class Dice:
    """Draws that depend on nothing but the words it is made from."""

    __slots__ = ("unit",)

    def __init__(self, *place: object) -> None:
        # A text seed is hashed with SHA-512 by `random`, so near places give unrelated draws.
        self.unit = random.Random("/".join(map(str, place))).random  # noqa: S311 - data, not secrets

    def pick(self, options: Sequence[T]) -> T:
        """One of the options, each as likely as another."""
        return options[int(self.unit() * len(options))]

    def chance(self, share: float) -> bool:
        """True in that share of calls."""
        return self.unit() < share

    def between(self, low: int, high: int) -> int:
        """A whole number in [low, high]."""
        return low + int(self.unit() * (high - low + 1))

    def weighted(self, options: Weighted[T]) -> T:
        """One of the options, as likely as its weight says."""
        return options.at(self.unit())


class Weighted(Sequence[T]):
    """Options with weights; `at(u)` is the option under the point u of [0, 1)."""

    __slots__ = ("_edges", "_options", "_total")

    def __init__(self, options: Sequence[T], weights: Sequence[float]) -> None:
        self._options = options
        self._edges = list(accumulate(weights))
        self._total = self._edges[-1]

    def at(self, point: float) -> T:
        """The option whose stretch of the line holds the point."""
        return self._options[bisect_right(self._edges, point * self._total)]

    def __getitem__(self, index: int) -> T:  # type: ignore[override]
        return self._options[index]

    def __len__(self) -> int:
        return len(self._options)


class Stream:
    """A cheap stream of draws for one numbered thing (SplitMix64), so that it needs no neighbours."""

    __slots__ = ("_state",)

    def __init__(self, key: int, number: int) -> None:
        self._state = (key + number * 0xD1B54A32D192ED03) & _MASK

    def unit(self) -> float:
        """The next draw in [0, 1)."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        z = self._state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        return ((z ^ (z >> 31)) >> 11) * 2.0**-53

    def pick(self, options: Sequence[T]) -> T:
        """One of the options, each as likely as another."""
        return options[int(self.unit() * len(options))]
