"""Folding: what of a text counts when two are compared, as a row of small numbers.

Case, accents, punctuation, emoji, invisible characters and the width or style of letters do not count; letters and
digits do. Unicode is taken as of its version 3.2, which every Python ships beside its own, so that the same text folds
alike on every machine; characters that came later count as letters, save emoji.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint16]
AnyCodes = npt.NDArray[np.uint16] | npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]

SEPARATOR: Final = 0
IGNORED: Final = 1

_UNICODE: Final = unicodedata.ucd_3_2_0
_WORDS: Final = (0x1100, 0xA4CF), (0xAC00, 0xD7AF)
"""Hangul and the ideographs with what stands between them: no case, no accents."""
_PUNCTUATION: Final = (0x2000, 0x206F), (0x2190, 0x2BFF), (0x2E00, 0x2E7F), (0x3000, 0x303F), (0xFE10, 0xFE4F)
_PICTURES: Final = (0x1F000, 0x1FAFF)
_INVISIBLE: Final = (
    (0x00AD, 0x00AD), (0x0300, 0x036F), (0x0591, 0x05C7), (0x0610, 0x061A), (0x0640, 0x0640), (0x064B, 0x065F),
    (0x180B, 0x180E), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF),
    (0xE0000, 0xE01EF),
)  # fmt: skip
_CODED: Final = (0xD800, 0xF8FF)
"""Surrogates and private use: no letters that anybody else knows."""
_UNSPACED: Final = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3040, 0x30FF),
    (0x3400, 0x9FFF),
    (0xF900, 0xFAFF),
)
"""Scripts that put no space between words; each character is a word. Thai, Lao, Burmese, Khmer, Japanese, Chinese."""


def fold_ascii(text: bytes) -> npt.NDArray[np.uint8]:
    """What `fold` gives for a text of ASCII alone, six times as fast."""
    return np.frombuffer(text.translate(_ascii()), np.uint8)


def fold(text: bytes) -> Codes:
    """One number for each code point of a UTF-8 text; equal numbers do not differ for a comparison."""
    points = np.frombuffer(text.decode().encode("utf-32-le"), np.dtype("<u4"))
    return _table().take(points)


def stands_alone(codes: AnyCodes) -> Flags:
    """Which of the characters are words by themselves."""
    return _alone().take(codes)


@cache
def _ascii() -> bytes:
    return _table()[:256].astype(np.uint8).tobytes()


@cache
def _alone() -> Flags:
    alone = np.zeros(1 << 16, bool)
    for first, last in _UNSPACED:
        alone[first : last + 1] = True
    return alone


@cache
def _table() -> Codes:
    """The number of every code point. Cost: 50 ms, once."""
    points = np.arange(0x110000, dtype=np.uint32)
    table = np.where(points < 1 << 16, points, 0xE000 + points % 0x1900).astype(np.uint16)
    table[0x20000:0x40000] = 0x4E00 + points[0x20000:0x40000] % 0x5000
    for point in (*range(_WORDS[0][0]), *range(_WORDS[1][1] + 1, 1 << 16), *range(0x1D400, 0x1D800)):
        if not _CODED[0] <= point <= _CODED[1]:
            table[point] = _number(point)
    for ranges, number in (((*_PUNCTUATION, _PICTURES), SEPARATOR), (_INVISIBLE, IGNORED)):
        for first, last in ranges:
            table[first : last + 1] = number
    return table


def _number(point: int) -> int:
    """The letter that is left of a character without case, accents and style."""
    character = chr(point)
    category = _UNICODE.category(character)
    if category[0] in "PZS" or category in ("Cc", "Cf", "Me"):
        # A letter or digit in a circle or on a button is one all the same.
        bare = _UNICODE.normalize("NFKD", character)
        if not (len(bare) == 1 and bare.isalnum()):
            return SEPARATOR
    letters = [each for each in _UNICODE.normalize("NFKD", character.lower()) if not _UNICODE.combining(each)]
    folded = ord(letters[0].lower()) if len(letters) == 1 else point
    return folded if folded < 1 << 16 else point & 0xFFFF
