"""Hits of one text that do not overlap."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Final

from assent.curation.redact.known.place import Found

_TYPE_ORDER: Final = {"email": 0, "handle": 1, "phone": 2, "person": 3}


def apart(hits: set[Found]) -> list[Found]:
    """The hits in order; of those that overlap the address before the name, then the longer, then the first."""
    taken = Stretches()
    kept: list[Found] = []
    for hit in sorted(hits, key=lambda each: (_TYPE_ORDER[each.type], each.start - each.end, each.start, each.rule)):
        if taken.is_free(hit.start, hit.end):
            taken.add(hit.start, hit.end)
            kept.append(hit)
    return sorted(kept, key=lambda each: each.start)


class Stretches:
    """Stretches that do not overlap, in order."""

    __slots__ = ("_ends", "_starts")

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def add(self, start: int, end: int) -> None:
        """The stretch is one of them."""
        at = bisect_right(self._starts, start)
        self._starts.insert(at, start)
        self._ends.insert(at, end)

    def holds(self, place: int) -> bool:
        """Whether the place is in one of them."""
        at = bisect_right(self._starts, place)
        return at > 0 and place < self._ends[at - 1]

    def is_free(self, start: int, end: int) -> bool:
        """Whether none of them has any of it."""
        at = bisect_left(self._starts, end)
        return at == 0 or self._ends[at - 1] <= start
