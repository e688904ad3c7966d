"""The words of many texts at once, each with a number that says how it reads when folded.

The numbers are a polynomial over the code points modulo 2^64, computed for all words by one running sum, and then
mixed. They depend on nothing but the letters, so they are the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from assent.curation.redact.known.folding import DROPPED, LONE, SEPARATOR, class_table, fold_table

GROUP_BYTES: Final = 1 << 20
"""Texts are read this much at a time, so that what is computed of them stays in the processor's cache."""

_BASE: Final = 0x9E3779B97F4A7C15
_MASK: Final = (1 << 64) - 1
_PERIOD: Final = 1 << 14
_MIX: Final = 0xBF58476D1CE4E5B9
_ASCII: Final = 128

Words = NDArray[np.uint64]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Stream:
    """The words of some neighbouring texts.

    Args:
        first: the place of the first text in the batch.
        codes, folded: of every code point that is there, as written and as compared.
        row_starts: where each text begins among them, and where the last ends.
        origin: where each of them stands among all code points; None where every one is there.
        text_starts: where each text begins among all code points.
        starts, ends, words: of each word its stretch among `codes`, and its number.
    """

    first: int
    codes: NDArray[np.uint32] | NDArray[np.uint8]
    folded: NDArray[np.uint32] | NDArray[np.uint8]
    row_starts: Places
    origin: Places | None
    text_starts: Places
    starts: Places
    ends: Places
    words: Words

    @cached_property
    def written(self) -> str:
        """The texts as written, without what is not there."""
        return _text(self.codes)

    @cached_property
    def compared(self) -> str:
        """The texts as compared."""
        return _text(self.folded)

    def row_of(self, place: Places) -> Places:
        """Which text each place is in."""
        return np.searchsorted(self.row_starts, place, side="right") - 1

    def offset(self, row: int, place: int) -> int:
        """The place as an offset into its text, as it came. Unit: code points."""
        whole = place if self.origin is None else int(self.origin[place])
        return whole - int(self.text_starts[row])


def streams(texts: pa.LargeStringArray) -> Iterator[Stream]:
    """The texts in order, a group at a time; a null is empty."""
    count = len(texts)
    if not count:
        return
    edges = np.frombuffer(texts.buffers()[1], dtype=np.int64)[texts.offset : texts.offset + count + 1]
    data = texts.buffers()[2]
    octets = np.frombuffer(data, dtype=np.uint8) if data is not None and data.size else np.empty(0, np.uint8)
    first = 0
    while first < count:
        last = int(np.searchsorted(edges, edges[first] + GROUP_BYTES, side="right")) - 1
        last = min(max(last, first + 1), count)
        if edges[last] > edges[first]:
            yield _stream(octets[edges[first] : edges[last]], edges[first : last + 1] - edges[first], first)
        first = last


def _stream(octets: NDArray[np.uint8], edges: Places, first: int) -> Stream:
    if octets.max() < _ASCII:
        ascii_folded, ascii_kinds = _ascii_tables()
        return _with_words(first, octets, ascii_folded[octets], ascii_kinds[octets], edges, None, edges)
    codes = np.frombuffer(octets.tobytes().decode().encode("utf-32-le"), dtype=np.uint32)
    continued = np.flatnonzero((octets & 0xC0) == 0x80)  # noqa: PLR2004 - how UTF-8 marks a continuation
    starts = edges - np.searchsorted(continued, edges)
    kinds, folded = class_table()[codes], fold_table()[codes]
    gone = kinds == DROPPED
    if not gone.any():
        return _with_words(first, codes, folded, kinds, starts, None, starts)
    kept = np.flatnonzero(~gone)
    return _with_words(first, codes[kept], folded[kept], kinds[kept], np.searchsorted(kept, starts), kept, starts)


def _with_words(  # noqa: PLR0917 - all of a stream but its words
    first: int,
    codes: NDArray[np.uint32] | NDArray[np.uint8],
    folded: NDArray[np.uint32] | NDArray[np.uint8],
    kinds: NDArray[np.uint8],
    row_starts: Places,
    origin: Places | None,
    text_starts: Places,
) -> Stream:
    inside = kinds != SEPARATOR
    begins = inside.copy()
    begins[1:] &= ~inside[:-1]
    heads = row_starts[row_starts < len(codes)]
    begins[heads] = inside[heads]
    alone = kinds == LONE
    if alone.any():
        begins |= alone
        begins[1:] |= inside[1:] & alone[:-1]
    stops = inside
    stops[:-1] &= ~inside[1:] | begins[1:]
    starts, ends = np.flatnonzero(begins), np.flatnonzero(stops) + 1
    words = numbers(folded, starts, ends)
    return Stream(first, codes, folded, row_starts, origin, text_starts, starts, ends, words)


def numbers(folded: NDArray[np.uint32] | NDArray[np.uint8], starts: Places, ends: Places) -> Words:
    """The numbers of these stretches."""
    powers, inverses = _powers()
    size = len(folded)
    sums = np.zeros(size + 1, dtype=np.uint64)
    whole = size - size % _PERIOD
    body = sums[1:]
    np.multiply(folded[:whole].reshape(-1, _PERIOD), powers, out=body[:whole].reshape(-1, _PERIOD), dtype=np.uint64)
    np.multiply(folded[whole:], powers[: size - whole], out=body[whole:], dtype=np.uint64)
    np.cumsum(body, out=body)
    raw = (sums[ends] - sums[starts]) * inverses[starts & (_PERIOD - 1)]
    # The powers begin anew at every period; the few words that lie across are counted by themselves.
    for word in np.flatnonzero(starts // _PERIOD != (ends - 1) // _PERIOD):
        raw[word] = _raw(folded[starts[word] : ends[word]].tolist())
    return mixed(raw)


@cache
def _powers() -> tuple[Words, Words]:
    inverse = pow(_BASE, -1, 1 << 64)
    both = []
    for base in (_BASE, inverse):
        powers = np.full(_PERIOD, base, dtype=np.uint64)
        powers[0] = 1
        both.append(np.cumprod(powers, dtype=np.uint64))
    return both[0], both[1]


@cache
def _ascii_tables() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    return fold_table()[:_ASCII].astype(np.uint8), class_table()[:_ASCII].copy()


def mixed(numbers: Words) -> Words:
    """The numbers with every bit depending on every bit below and above."""
    once = (numbers ^ (numbers >> np.uint64(31))) * np.uint64(_MIX)
    return once ^ (once >> np.uint64(29))


@lru_cache(maxsize=65_536)
def number_of(word: str) -> int:
    """The number of a folded word, as a stream has it."""
    raw = _raw([ord(letter) for letter in word])
    once = ((raw ^ (raw >> 31)) * _MIX) & _MASK
    return once ^ (once >> 29)


def _raw(codes: list[int]) -> int:
    total = 0
    for code in reversed(codes):
        total = (total * _BASE + code) & _MASK
    return total


def _text(codes: NDArray[np.uint32] | NDArray[np.uint8]) -> str:
    return codes.tobytes().decode("ascii" if codes.dtype == np.uint8 else "utf-32-le")
