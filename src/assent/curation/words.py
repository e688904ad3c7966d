"""The words of many texts at once, as numbers: where each starts and ends, whose it is, and a key that is the same for
the same word in any case.

A word is a run of letters and digits of any script; of Han and kana each character is one. Apostrophes, hyphens,
punctuation, symbols and emoji part words. Characters that nobody sees are no part of a text, and a letter with its
accent is one however it is written. Keys are made of a word's first and last eight bytes and its length, lower case:
nothing of them depends on the machine or on how texts are batched.
"""

# ruff: noqa: PLR2004 - the numbers are bytes of UTF-8

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]

_PAD: Final = 16
_BLOCK_BYTES: Final = 1 << 17  # what a block needs besides stays within the processor's cache
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_SMALL: Final = np.uint8(ord("a"))
_CAPITAL: Final = np.uint8(ord("A"))
_DIGIT: Final = np.uint8(ord("0"))
_TO_SMALL: Final = np.uint8(32)
_NOTHING: Final = np.zeros(0, np.uint8)
_START: Final = np.array([_PAD], np.int64)
_MASKS: Final = np.array([(1 << (8 * count)) - 1 for count in range(9)], np.uint64)
_MIX: Final = tuple(np.uint64(each) for each in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))
_WHOLE: Final = np.uint64((int(_MIX[0]) + int(_MIX[1])) % (1 << 64))


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a block of texts.

    Args:
        raw: the texts' bytes one after another, sixteen zeros before and after.
        lower: the same in lower case.
        bounds: where each text starts in them, and where the last ends.
        starts, ends: of each word, in bytes; half-open.
        keys: equal for equal words.
        first: the index of each text's first word, and the number of all words.
        row: the text of each word.
    """

    raw: Bytes
    lower: Bytes
    bounds: Places
    starts: Places
    ends: Places
    keys: Keys
    first: Places
    row: Places

    @staticmethod
    def of(texts: Sequence[str]) -> Words:
        """The words of these texts, all in one block."""
        some = blocks(pa.array(texts, pa.large_string()), 1 << 62)
        return next((block for _, block in some), _read(_padded(_NOTHING), _START))

    @property
    def counts(self) -> Places:
        """Words of each text."""
        return np.diff(self.first)

    def per_row(self, flags: npt.NDArray[np.bool_]) -> Places:
        """How many of each text's words are flagged."""
        total = np.zeros(len(flags) + 1, np.int64)
        np.cumsum(flags, out=total[1:])
        counted: Places = np.diff(total[self.first])
        return counted

    def only(self, rows: Places) -> Words:
        """The words of these texts alone; every text if all are asked."""
        if len(rows) == len(self.bounds) - 1:
            return self
        length = np.diff(self.bounds)[rows]
        ends = np.cumsum(length)
        at = np.arange(int(length.sum())) + np.repeat(self.bounds[rows] - (ends - length), length)
        return _read(_padded(self.raw[at]), np.concatenate((_START, ends + _PAD)))


def blocks(texts: pa.Array, size: int = _BLOCK_BYTES, tag: str | None = None) -> Iterator[tuple[int, Words]]:
    """The texts in blocks of about that many bytes, each with the index of its first text; a null is an empty text.

    Args:
        tag: a pattern of what is no words, read as a space; it begins with `[` and a capital letter.
    """
    whole = pc.fill_null(texts.cast(pa.large_string()), "")
    if not len(whole):
        return
    offsets = np.frombuffer(whole.buffers()[1], np.int64, len(whole) + 1, whole.offset * 8)
    at = 0
    while at < len(whole):
        after = max(at + 1, int(np.searchsorted(offsets, min(int(offsets[at]) + size, 1 << 62), "right")) - 1)
        after = min(after, len(whole))
        yield at, _shown(whole.slice(at, after - at), tag)
        at = after


def _shown(texts: pa.LargeStringArray, tag: str | None) -> Words:
    raw, bounds = _joined(texts)
    unseen = _unseen(raw)
    tags = np.flatnonzero((raw[:-1] == ord("[")) & (raw[1:] - _CAPITAL < 26)) if tag else unseen[:0]
    if len(unseen) or len(tags):
        rows = np.unique(np.searchsorted(bounds, np.concatenate((unseen, tags)), "right") - 1)
        some = pa.array([_seen(each, tag) for each in texts.take(pa.array(rows)).to_pylist()], pa.large_string())
        mask = np.zeros(len(texts), np.bool_)
        mask[rows] = True
        raw, bounds = _joined(pc.replace_with_mask(texts, mask, some))
    return _read(raw, bounds)


def _seen(text: str, tag: str | None) -> str:
    """The text as it is read. Tags go first: one that something invisible parts is none."""
    text = re.sub(tag, " ", text) if tag else text
    return text if text.isascii() else unicodedata.normalize("NFC", _INVISIBLE.sub("", text))


def _joined(texts: pa.LargeStringArray) -> tuple[Bytes, Places]:
    """The texts' bytes one after another, and where each starts and the last ends in them."""
    offsets = np.frombuffer(texts.buffers()[1], np.int64, len(texts) + 1, texts.offset * 8)
    content = texts.buffers()[2]
    data = _NOTHING if content is None else np.frombuffer(content, np.uint8)[offsets[0] : offsets[-1]]
    return _padded(data), offsets - offsets[0] + _PAD


def _padded(data: Bytes) -> Bytes:
    raw = np.zeros(len(data) + 2 * _PAD, np.uint8)
    raw[_PAD : _PAD + len(data)] = data
    return raw


def _unseen(raw: Bytes) -> Places:
    """Where characters that nobody sees stand, and accents and vowels apart from their letters."""
    if int(raw.max()) < 0x80:
        return np.zeros(0, np.int64)
    at = np.flatnonzero(raw >= 0xC2)
    lead, then, third = raw[at], raw[at + 1], raw[at + 2]
    unseen = (lead == 0xCC) | (lead == 0xCD) & (then <= 0xAF) | (lead == 0xC2) & (then == 0xAD)
    unseen |= (lead == 0xE2) & (then == 0x80) & ((third >= 0x8B) & (third <= 0x8F) | (third >= 0xAA) & (third <= 0xAE))
    unseen |= (lead == 0xE2) & (then == 0x81) & (third >= 0xA0) & (third <= 0xA9)
    unseen |= (lead == 0xEF) & (then == 0xBB) & (third == 0xBF) | (lead == 0xE1) & (then >= 0x84) & (then <= 0x87)
    found: Places = at[unseen]
    return found


def _read(raw: Bytes, bounds: Places) -> Words:
    lower = raw + (raw - _CAPITAL < 26).view(np.uint8) * _TO_SMALL
    inside = (lower - _SMALL < 26) | (raw - _DIGIT < 10)
    inner = bounds
    if int(raw.max()) >= 0x80:
        inside |= raw >= 0x80
        heads = _beyond_ascii(raw, lower, inside)
        inner = np.unique(np.concatenate((bounds, heads, heads + 3)))
    edge = np.zeros(len(inside), np.bool_)
    np.not_equal(inside[1:], inside[:-1], out=edge[1:])
    edges = np.flatnonzero(edge)
    # Where one word ends and the next starts at once, which no change shows.
    inner = inner[inside[inner] & inside[inner - 1]]
    if len(inner):
        edges = np.insert(edges, np.repeat(np.searchsorted(edges, inner), 2), np.repeat(inner, 2))
    starts, ends = np.ascontiguousarray(edges[0::2]), np.ascontiguousarray(edges[1::2])
    first = np.searchsorted(starts, bounds)
    row = np.repeat(np.arange(len(bounds) - 1), np.diff(first))
    return Words(raw, lower, bounds, starts, ends, _keys(lower, starts, ends), first, row)


def _beyond_ascii(raw: Bytes, lower: Bytes, inside: npt.NDArray[np.bool_]) -> Places:
    """Signs part words, letters are lower case; where the characters that are a word by themselves start."""
    at = np.flatnonzero(raw >= 0xC2)
    lead, then = raw[at], raw[at + 1]
    sign = (lead == 0xC2) & (then != 0xAA) & (then != 0xB5) & (then != 0xBA)
    sign |= (lead == 0xC3) & ((then == 0x97) | (then == 0xB7))
    _clear(inside, at[sign], 2)
    # General punctuation, arrows, dingbats; ideographic and full-width punctuation; variation selectors, U+FFFD.
    wide = (lead == 0xEF) & (
        (then == 0xB8)
        | (then == 0xBF)
        | (then == 0xBB) & (raw[at + 2] == 0xBF)
        | (then == 0xBC) & ((raw[at + 2] < 0x90) | (raw[at + 2] > 0x99) & (raw[at + 2] < 0xA1))
    )
    _clear(inside, at[(lead == 0xE2) | (lead == 0xE3) & (then == 0x80) | wide], 3)
    _clear(inside, at[(lead == 0xF0) & (then < 0xA0)], 4)
    _lower_beyond_ascii(lower, at, lead, then)
    heads: Places = at[(lead == 0xE3) & (then > 0x80) | (lead >= 0xE4) & (lead <= 0xE9)]
    return heads


def _clear(inside: npt.NDArray[np.bool_], at: Places, length: int) -> None:
    for step in range(length):
        inside[at + step] = False


def _lower_beyond_ascii(lower: Bytes, at: Places, lead: Bytes, then: Bytes) -> None:
    """Capitals of Latin-1, Latin Extended-A, Greek and Cyrillic; what changes its length in lower case stays."""
    lower[at[(lead == 0xC3) & (then >= 0x80) & (then <= 0x9E) & (then != 0x97)] + 1] += 0x20
    even = (then & 1) == 0
    extended = (lead == 0xC4) & (then <= 0xB7) & even & (then != 0xB0) | (lead == 0xC4) & (then >= 0xB9) & ~even
    extended |= (lead == 0xC5) & ((then >= 0x8A) & (then <= 0xB7) & even | ((then <= 0x87) | (then >= 0xB9)) & ~even)
    extended &= ~((lead == 0xC4) & (then == 0xBF)) & ~((lead == 0xC5) & (then == 0xBF))
    extended |= (lead == 0xC8) & (then >= 0x98) & (then <= 0x9B) & even
    lower[at[extended] + 1] += 1
    for capital, small, lowest, highest in ((0xD0, 0xD1, 0x90, 0xAF), (0xCE, 0xCF, 0x91, 0xAB)):
        mine = (lead == capital) & (then >= lowest) & (then <= highest)
        near, far = at[mine & (then <= 0x9F)], at[mine & (then >= 0xA0)]
        lower[near + 1] += 0x20
        lower[far] = small
        lower[far + 1] -= 0x20


def _keys(lower: Bytes, starts: Places, ends: Places) -> Keys:
    windows: Keys = np.ndarray((len(lower) - 7,), "<u8", buffer=lower.data, strides=(1,))
    length = ends - starts
    key: Keys = (windows[starts] & _MASKS.take(np.minimum(length, 8))) * _WHOLE
    long = np.flatnonzero(length > 8)
    key[long] = windows[starts[long]] * _MIX[0] + windows[ends[long] - 8] * _MIX[1]
    key += length.view(np.uint64) * _MIX[2]
    key ^= key >> np.uint64(29)
    key *= _MIX[1]
    key ^= key >> np.uint64(32)
    return key
