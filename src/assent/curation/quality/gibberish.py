"""How much of a text cannot be words: mashed keys, encoded data, broken encodings, symbols.

Only letters of the basic Latin alphabet are looked at (and what broken encodings leave behind), so no other script is
gibberish. A piece counts once for every twelve bytes begun, so that a page of base64 is not one word among five.
"""

# ruff: noqa: PLR2004 - the numbers are bytes of UTF-8 and lengths that the text names

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from assent.curation.words import Bytes, Places, Words

PIECE_BYTES: Final = 12
_LEAST_BYTES: Final = 16  # less than that is a name, an abbreviation, a typing error
_ENCODED_BYTES: Final = 16
_ENDLESS_BYTES: Final = 100
_PIECE_LEAST: Final = 12
_TURNS: Final = 0.25  # letters to digits and small to capital; CamelCase turns about once in five, random base64 twice
_SYMBOLS: Final = 8

_A, _J, _Q, _V, _X = (np.uint8(each) for each in b"ajqvx")
_VOWELS: Final = tuple(np.uint8(each) for each in b"aeiouy")
_CONSONANTS: Final = np.zeros(256, np.uint8)
_CONSONANTS[[*b"bcdfghjklmnpqrstvwxz"]] = 1
_CONSONANTS[[*b"jqvx"]] |= 2
# Bit 1 small letter, 2 capital, 4 digit: two neighbours of which no bit is common are a turn.
_KIND: Final = np.zeros(256, np.uint8)
_KIND[97:123], _KIND[65:91], _KIND[48:58] = 1, 2, 4
_SIGNS: Final = np.zeros(256, np.uint8)
_SIGNS[[*b"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"]] = 1
# Pairs that no word of Europe's languages has, and that neighbouring keys make.
_PAIRS: Final = (
    "bq bx cx dx fq fx gq gx hx jb jc jf jg jh jl jm jp jq jr jt jv jw jx jz kq kx lx mq mx pq px qb qc qd qf qg qh qj "
    "qk ql qm qn qp qr qs qt qv qw qx qy qz sx vb vf vh vj vm vp vq vw vx wj wq wv wx xb xd xg xj xk xn xr xv xz zj "
    "zq zx fv vg hv gv bv"
)
_RARE: Final = np.zeros(1 << 16, np.uint8)
for _pair in _PAIRS.split():
    _RARE[ord(_pair[0]) << 8 | ord(_pair[1])] = 1


def at_most(words: Words) -> npt.NDArray[np.float64]:
    """No less than `share`, by a quick look at every text."""
    length = words.ends - words.starts
    suspects = np.zeros(len(length), np.bool_)
    suspects[_words_near(words, np.concatenate((_odd(words.lower), _alike(words.raw), _misread(words))))] = True
    suspects |= _encoded(words, length)
    some = np.flatnonzero(suspects)
    size = len(words.bounds) - 1
    rows = words.row[some]
    weight = np.bincount(rows, (length[some] + PIECE_BYTES - 1) // PIECE_BYTES, size)
    # Every other word is a piece at least.
    total = words.counts - np.bincount(rows, minlength=size) + weight
    most: npt.NDArray[np.float64] = weight / np.maximum(total, 1)
    most[np.bincount(rows, length[some], size) < _LEAST_BYTES] = 0
    # What lies between words has to exceed them, else symbols cannot.
    most[np.diff(words.bounds) - 2 * _letters(words, length) >= _LEAST_BYTES] = 1
    return most


def share(words: Words) -> npt.NDArray[np.float64]:
    """The share of each text's pieces that cannot be words; 0 where these are fewer than sixteen bytes."""
    length = words.ends - words.starts
    pieces = (length + PIECE_BYTES - 1) // PIECE_BYTES
    bad = _mashed(words, length) | _encoded(words, length) | _broken(words)
    size = len(words.bounds) - 1
    rows = words.row[bad]
    symbols, symbol_bytes = _symbols(words, length)
    weight = np.bincount(rows, pieces[bad], size) + symbols
    bytes_ = np.bincount(rows, length[bad], size) + symbol_bytes
    total = np.bincount(words.row, pieces, size) + symbols
    weight[bytes_ < _LEAST_BYTES] = 0
    shares: npt.NDArray[np.float64] = weight / np.maximum(total, 1)
    return shares


def _words_near(words: Words, at: Places) -> Places:
    """The words that some of these bytes lie in."""
    found = _words_at(words, at)
    inside = np.flatnonzero(found >= 0)
    found = found[inside]
    near: Places = found[at[inside] < words.ends[found]]
    return near


def _odd(lower: Bytes) -> Places:
    """Where six consonants in a row start, and pairs that no language has."""
    consonant = lower - _A < 26
    for vowel in _VOWELS:
        consonant &= lower != vowel
    two = consonant[:-1] & consonant[1:]
    four = two[:-2] & two[2:]
    six = np.flatnonzero(four[:-2] & two[4:])
    rare = (lower == _J) | (lower == _Q) | (lower == _V) | (lower == _X)
    pairs = np.flatnonzero(two & (rare[:-1] | rare[1:]))
    pairs = pairs[_RARE[lower[pairs].astype(np.uint16) << 8 | lower[pairs + 1]].view(np.bool_)]
    return np.concatenate((six, pairs))


def _alike(raw: Bytes) -> Places:
    """Where a letter comes three times: a word that is one letter over and over has such a place."""
    same = (raw[1:] == raw[:-1]) & (raw[1:] > 57)
    return np.flatnonzero(same[1:] & same[:-1])


def _words_at(words: Words, at: Places) -> Places:
    """The word that each of these bytes lies in; they all lie in one."""
    found: Places = np.searchsorted(words.starts, at, "right") - 1
    return found


def _mashed(words: Words, length: Places) -> npt.NDArray[np.bool_]:
    """Words of five letters or more with six consonants in a row, or with pairs that no language has, or one letter
    over and over; capitals alone are an abbreviation.
    """
    lower = words.lower
    consonants = _CONSONANTS.take(lower)
    two = consonants[:-1] & consonants[1:] & 1
    two[words.bounds[1:-1] - 1] = 0  # the last letter of a text and the first of the next
    # Every rare pair has one of j, q, v and x; few bytes are left to look at.
    pairs = np.flatnonzero(two & ((consonants[:-1] | consonants[1:]) >> 1))
    rare = pairs[_RARE[lower[pairs].astype(np.uint16) << 8 | lower[pairs + 1]].view(np.bool_)]
    # What German spells `sch` and `ch` is one sound.
    one = (lower[:-1] == ord("s")) & (lower[1:] == ord("c")) | (lower[:-1] == ord("c")) & (lower[1:] == ord("h"))
    two[one] = 0
    six = two[:-4] & two[1:-3] & two[2:-2] & two[3:-1] & two[4:]
    mashed = np.zeros(len(length), np.bool_)
    mashed[_words_at(words, np.flatnonzero(six))] = True
    odd, often = np.unique(_words_at(words, rare), return_counts=True)
    mashed[odd[often * 8 >= length[odd]]] = True
    mashed &= (length >= 5) & ~_capitals(words, length)
    long = np.flatnonzero(length >= _PIECE_LEAST)
    inside, opening = _bytes_of(words, long)
    alike = (inside[1:] == inside[:-1]) & (inside[1:] > 57)
    mashed[long] |= _summed(alike, opening, length[long]) * 2 > length[long]
    return mashed


def _bytes_of(words: Words, chosen: Places) -> tuple[Bytes, Places]:
    """The bytes of these words one after another, and where each starts."""
    length = words.ends[chosen] - words.starts[chosen]
    opening = np.cumsum(length) - length
    at = np.arange(int(length.sum())) + np.repeat(words.starts[chosen] - opening, length)
    return words.raw[at], opening


def _summed(neighbours: npt.NDArray[np.bool_], opening: Places, length: Places) -> Places:
    """How many pairs of neighbours within each word are flagged."""
    total = np.concatenate(([0], np.cumsum(neighbours)))
    summed: Places = total[opening + length - 1] - total[opening]
    return summed


def _capitals(words: Words, length: Places) -> npt.NDArray[np.bool_]:
    """Short words that start and end with capitals."""
    short: npt.NDArray[np.bool_] = (
        (length <= 8) & (_KIND[words.raw[words.starts]] == 2) & (_KIND[words.raw[words.ends - 1]] == 2)
    )
    return short


def _encoded(words: Words, length: Places) -> npt.NDArray[np.bool_]:
    """Long runs of letters and digits that turn from one to the other too often, or never end."""
    encoded = np.zeros(len(length), np.bool_)
    long = np.flatnonzero(length >= _ENCODED_BYTES)
    if not len(long):
        return encoded
    inside, opening = _bytes_of(words, long)
    kinds = _KIND.take(inside)
    turns = _summed(kinds[1:] != kinds[:-1], opening, length[long])
    ascii_ = np.minimum.reduceat(kinds, opening) > 0
    encoded[long] = ascii_ & ((turns > _TURNS * length[long]) | (length[long] >= _ENDLESS_BYTES))
    return encoded


def _broken(words: Words) -> npt.NDArray[np.bool_]:
    """Words with what UTF-8 looks like when it is read as Latin-1 or Windows-1252."""
    broken = np.zeros(len(words.starts), np.bool_)
    broken[_words_at(words, _misread(words))] = True
    return broken


def _misread(words: Words) -> Places:
    raw = words.raw
    at = np.flatnonzero(raw == 0xC3)
    if not len(at):
        return at
    second, third, fourth = raw[at + 1], raw[at + 2], raw[at + 3]
    # Ã Â Ð Ñ and a sign of Latin-1's upper half; â and the euro sign, as in what is left of a curly quote.
    latin = np.isin(second, (0x82, 0x83, 0x90, 0x91)) & (third == 0xC2)
    quote = (second == 0xA2) & (third == 0xE2) & (fourth == 0x82)
    hits = at[latin | quote]
    last = np.searchsorted(words.bounds, hits + 2, "right")
    whole: Places = hits[np.searchsorted(words.bounds, hits, "right") == last]
    return whole


def _letters(words: Words, length: Places) -> Places:
    """How many bytes of each text are in words."""
    total = np.zeros(len(length) + 1, np.int64)
    np.cumsum(length, out=total[1:])
    letters: Places = np.diff(total[words.first])
    return letters


def _symbols(words: Words, length: Places) -> tuple[Places, Places]:
    """Pieces made of the symbols that exceed a text's letters and digits, and their bytes; runs of one symbol, which
    rule off tables and headings, count once.
    """
    letters = _letters(words, length)
    counted = np.zeros(len(letters), np.int64)
    # Where what lies between words is shorter than the words, symbols cannot exceed them.
    if ((np.diff(words.bounds) - letters) > letters).any():
        signs = _SIGNS.take(words.raw)
        first = words.raw[1:] != words.raw[:-1]
        first[words.bounds[:-1] - 1] = True
        signs[1:] &= first
        counted = np.diff(np.searchsorted(np.flatnonzero(signs.view(np.bool_)), words.bounds))
    extra = np.maximum(counted - letters, 0)
    extra[extra < _LEAST_BYTES] = 0
    return extra // _SYMBOLS, extra
