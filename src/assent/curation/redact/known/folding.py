"""Every way to write a letter is one letter: case, accents, look-alikes from other alphabets, styled letters.

One code point folds to one code point or to none, so that a place in the folded text is a place in the text. What is
written with one letter or with two (`ü` and `ue`) is therefore the business of who looks for it: `spellings`.
The tables follow Unicode 3.2, which every Python carries, so that they are the same on every machine.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

SEPARATOR, WORD, LONE, DROPPED = 0, 1, 2, 3
"""What a code point is: between words; in a word; a word by itself (Han, kana, Hangul, Thai); not there at all."""

_UNICODE = unicodedata.ucd_3_2_0
_SIZE: Final = 0x110000
_KNOWN: Final = (range(0x3400), range(0xF900, 0x10000), range(0x1D400, 0x1D800))
_LONE: Final = (
    range(0x0E01, 0x0E30), range(0x3041, 0x3100), range(0x3400, 0x4DC0), range(0x4E00, 0xA000),
    range(0xAC00, 0xD7A4), range(0xF900, 0xFB00), range(0x20000, 0x32000),
)  # fmt: skip
_NOTHING: Final = (
    range(0x00AD, 0x00AE), range(0x034F, 0x0350), range(0x061C, 0x061D), range(0x115F, 0x1161), range(0x180B, 0x180F),
    range(0x200B, 0x2010), range(0x202A, 0x202F), range(0x2060, 0x2070), range(0x3164, 0x3165), range(0xFE00, 0xFE10),
    range(0xFEFF, 0xFF00), range(0xFFA0, 0xFFA1), range(0xE0000, 0xE1000), range(0x1AB0, 0x1B00),
    range(0x1DC0, 0x1E00), range(0x20D0, 0x2100), range(0xFE20, 0xFE30),
)  # fmt: skip
_SYMBOLS: Final = (range(0xD800, 0xF900), range(0x1F000, 0x20000), range(0xF0000, _SIZE))

_ALIKE: Final = str.maketrans(
    # Cyrillic, Greek and Armenian letters that look like Latin ones, lower case; then Latin letters with a stroke.
    "авеёкмнорстухіјѕһӏԁԛԝαβεζηικνορτυχωγօոսհıłøđðħŧɑɡƙɓɗŋəþß",
    "abeekmhopctyxijshldqwabezhiknoptuxwyonuhiloddhtagkbdnets",
)
_SPELLED: Final = {
    "ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th", "ð": "dh",
    "ĳ": "ij", "ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl",
}  # fmt: skip
CONTRACTED: Final = (
    (("ae", "a"), ("oe", "o"), ("ue", "u")),
    (("ss", "s"),),
    (("ae", "a"), ("oe", "o"), ("ue", "u"), ("ss", "s")),
    (("ae", "æ"), ("oe", "œ")),
    (("aa", "a"),),
    (("th", "t"),),
    (("ij", "ĳ"),),
    (("ffi", "ﬃ"), ("ffl", "ﬄ"), ("ff", "ﬀ"), ("fi", "ﬁ"), ("fl", "ﬂ")),
)
"""What some write with two letters, others with one: in each form all of these are exchanged, in this order."""


@cache
def fold_table() -> NDArray[np.uint32]:
    """What each code point folds to."""
    table = np.arange(_SIZE, dtype=np.uint32)
    for stretch in _KNOWN:
        for code in stretch:
            table[code] = _folded(code)
    table[0x1E9E] = ord("s")
    table.flags.writeable = False
    return table


@cache
def class_table() -> NDArray[np.uint8]:
    """What each code point is: `SEPARATOR`, `WORD`, `LONE` or `DROPPED`."""
    table = np.full(_SIZE, WORD, dtype=np.uint8)
    for stretch in _KNOWN:
        for code in stretch:
            table[code] = _class(code)
    for stretches, kind in ((_SYMBOLS, SEPARATOR), (_LONE, LONE), (_NOTHING, DROPPED)):
        for stretch in stretches:
            table[stretch.start : stretch.stop] = kind
    table.flags.writeable = False
    return table


def _folded(code: int) -> int:
    letter = chr(code)
    bare = [each for each in _UNICODE.normalize("NFKD", letter) if _UNICODE.category(each) not in {"Mn", "Me"}]
    base = bare[0] if len(bare) == 1 else letter
    return ord(base.lower()[0].translate(_ALIKE).replace("ς", "σ"))  # noqa: RUF001


def _class(code: int) -> int:
    category = _UNICODE.category(chr(code))
    if category in {"Mn", "Me", "Cf"}:
        return DROPPED
    return WORD if category[0] in "LN" or category in {"Mc", "Cn"} else SEPARATOR


def fold(text: str) -> str:
    """The text as it is compared; letters that are not there are gone."""
    return "".join(chr(fold_table()[code]) for code in map(ord, text) if class_table()[code] != DROPPED)


@lru_cache(maxsize=65_536)
def pieces(text: str) -> tuple[str, ...]:
    """The words of the text as it is compared, each that stands alone by itself."""
    return tuple(_pieces(text))


def _pieces(text: str) -> Iterator[str]:
    word = ""
    for letter in text:
        kind = class_table()[ord(letter)]
        if kind == WORD:
            word += chr(fold_table()[ord(letter)])
        elif kind != DROPPED:
            if word:
                yield word
            word = ""
            if kind == LONE:
                yield chr(fold_table()[ord(letter)])
    if word:
        yield word


def is_lone(word: str) -> bool:
    """Whether the word is of a script that writes words without gaps."""
    return len(word) == 1 and class_table()[ord(word)] == LONE


@lru_cache(maxsize=65_536)
def spellings(word: str) -> dict[str, bool]:
    """Every folded form that the word may have in a text; True if only letters beyond ASCII can mean it there.

    `Müller` is `muller` and `mueller`; `Mueller` is `mueller`, and `muller` if there stood an `ü` for it.
    """
    plain = _UNICODE.normalize("NFC", word).lower()
    forms = {fold(plain): False}
    if any(letter in _SPELLED for letter in plain):
        forms[fold("".join(_SPELLED.get(letter, letter) for letter in plain))] = False
    for swaps in CONTRACTED:
        short = plain
        for long, one in swaps:
            short = short.replace(long, one)
        if short != plain:
            forms.setdefault(fold(short), True)
    return forms
