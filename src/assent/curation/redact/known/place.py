"""The surroundings of a word of a stream, as whoever checks a candidate looks at them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from assent.curation.redact.known.streams import Stream

_ENDS_SENTENCE: Final = frozenset(".!?:;\n\r\t\u2022\u2026*|>\u2013\u2014")
_TRANSPARENT: Final = frozenset(" \u00a0\"'()[]{}\u201c\u201d\u2018\u2019\u201e\u00ab\u00bb_")


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of a stream that identifies somebody. Unit: places in the stream."""

    start: int
    end: int
    type: str
    rule: str


def places(stream: Stream, rows: list[int]) -> Iterator[Place]:
    """Those texts of the stream, in their order."""
    edges = stream.row_starts
    begins, stops = edges[rows], edges[np.asarray(rows, dtype=np.int64) + 1]
    firsts, lasts = np.searchsorted(stream.starts, begins), np.searchsorted(stream.starts, stops)
    for begin, stop, first, last in zip(begins.tolist(), stops.tolist(), firsts.tolist(), lasts.tolist(), strict=True):
        starts, ends = stream.starts[first:last].tolist(), stream.ends[first:last].tolist()
        yield Place(stream.compared, stream.written, begin, stop, first, last, starts, ends)


@dataclass(frozen=True, slots=True)
class Place:
    """A text in a stream.

    Args:
        compared, spelled_out: all of the stream, as compared and as written.
        begin, stop: the text's stretch; `first`, `last`: its words, half-open.
        starts, ends: of those words.
    """

    compared: str
    spelled_out: str
    begin: int
    stop: int
    first: int
    last: int
    starts: list[int]
    ends: list[int]

    def word(self, at: int) -> str:
        """The folded word of that number."""
        at -= self.first
        return self.compared[self.starts[at] : self.ends[at]]

    def start(self, at: int) -> int:
        """Where the word begins."""
        return self.starts[at - self.first]

    def end(self, at: int) -> int:
        """Where the word ends."""
        return self.ends[at - self.first]

    def gap(self, at: int) -> str:
        """What stands between this word and the next."""
        at -= self.first
        return self.compared[self.ends[at] : self.starts[at + 1]]

    def written(self, start: int, end: int) -> str:
        """The stretch as written, within the text."""
        return self.spelled_out[max(start, self.begin) : min(end, self.stop)]

    def spelled(self, at: int) -> str:
        """The word as written."""
        at -= self.first
        return self.spelled_out[self.starts[at] : self.ends[at]]

    def before(self, place: int) -> str:
        """The folded character before the place; nothing at the text's beginning."""
        return self.compared[place - 1] if place > self.begin else ""

    def after(self, place: int) -> str:
        """The folded character at the place; nothing at the text's end."""
        return self.compared[place] if place < self.stop else ""

    def has_capital(self, at: int) -> bool:
        """Whether the word begins with a capital, or with a letter that has none."""
        return not self.spelled_out[self.starts[at - self.first]].islower()

    def begins_sentence(self, at: int) -> bool:
        """Whether the word is the first of a sentence, as far as its signs tell."""
        place = self.start(at) - 1
        written = self.spelled_out
        while place >= self.begin and written[place] in _TRANSPARENT:
            place -= 1
        if place < self.begin:
            return True
        sign = written[place]
        return sign in _ENDS_SENTENCE or not (sign.isalnum() or sign in ",@#/&%+=$-")
