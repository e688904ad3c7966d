"""What a word looks like and stands among, as numbers of features: the same for training and for finding."""

# ruff: noqa: PLR2004 - the numbers are bytes of UTF-8 and widths of fields of bits

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import numpy as np
import numpy.typing as npt

from assent.curation.words import Keys, Places, Words

BITS: Final = 18
LISTS: Final = ("given", "surnames", "places", "groups", "organising", "common")
LONGEST: Final = 64
"""Words of a stretch that is decided at once; a longer one is cut."""

_SALT: Final = np.uint64(0x9E3779B97F4A7C15)
_STIR: Final = np.uint64(0xD6E8FEB86659FD93)
_MIX: Final = np.uint64(0xC2B2AE3D27D4EB4F)
_HALF: Final = np.uint64(32)
_DIGITS: Final = np.uint64(0xD161)
_SMALL, _CAPITAL, _INITIAL, _UPPER, _MIXED, _NUMBER, _CODE = range(7)
_FIRST_LETTERS: Final = 2
_ENDS_SENTENCE, _NEWLINE = 8, 6
_MARKS: Final = {
    " \t\r": 1,
    ".": 2,
    ",": 3,
    "-": 4,
    "'`": 5,
    "\n": 6,
    ":;": 7,
    "!?": 8,
    '(["<{': 9,
    ")]>}": 10,
    "/|": 11,
}
_MARKS_MORE: Final = {"&+": 12, "@#_*$%=~^\\": 13}
_BOUND: Final = frozenset({1, 2, 4, 5})
"""Marks inside a name."""
_UNSEEN: Final = 14

Flags = npt.NDArray[np.bool_]


def _classes() -> npt.NDArray[np.uint8]:
    table = np.full(256, 15, np.uint8)
    for members, number in (_MARKS | _MARKS_MORE).items():
        table[[ord(each) for each in members]] = number
    table[128:] = _UNSEEN
    return table


_CLASS: Final = _classes()


@dataclass(frozen=True, slots=True)
class Sight:
    """The words of a block as the model sees them.

    Args:
        kinds: for each distinct word its own features; the last row stands for no word.
        kind: which of them each word is.
        near: for each word and offset from -2 to 2 the kind there, in its own text.
        among: features of each word that need its neighbours.
        segment: where stretches that are decided at once begin.
        joined: whether only a mark that may stand in a name parts a word from the one before.
        listed: whether only commas and the like do.
    """

    kinds: dict[int, list[Places]]
    near: dict[int, Places]
    among: list[Places]
    segment: Places
    joined: Flags
    listed: Flags


def _hashed(values: Keys, salt: int) -> Places:
    mixed = (values + np.uint64((salt + 1) * int(_SALT) % (1 << 64))) * _MIX
    mixed ^= mixed >> _HALF
    mixed *= _STIR
    return (mixed >> np.uint64(64 - BITS)).astype(np.int64)


@cache
def _listed() -> tuple[Keys, Keys]:
    """The keys of all listed words in order, and a bit for each list that has them."""
    found: dict[int, int] = {}
    folder = resources.files(__package__) / "words"
    for bit, name in enumerate(LISTS):
        for key in Words.of([(folder / f"{name}.txt").read_text(encoding="utf-8")]).keys.tolist():
            found[key] = found.get(key, 0) | 1 << bit
    ordered = sorted(found)
    return np.array(ordered, np.uint64), np.array([found[each] for each in ordered], np.uint64)


def _shape(words: Words) -> Keys:
    """Of each word, how its letters are written."""
    starts, ends = words.starts, words.ends
    long = ends - starts
    changed = (words.raw != words.lower).astype(np.int64)
    digit = (words.raw >= 48) & (words.raw <= 57)
    ups, digits = (np.concatenate(([0], np.cumsum(each))) for each in (changed, digit))
    up, digits = ups[ends] - ups[starts], digits[ends] - digits[starts]
    head = (changed[starts] | (changed[starts + 1] & (words.raw[starts] >= 0xC3))) > 0
    continued = (words.raw & 0xC0) == 0x80
    inner = np.concatenate(([0], np.cumsum(continued)))
    letters = long - (inner[ends] - inner[starts])
    shape = np.full(len(starts), _MIXED, np.uint64)
    shape[up == 0] = _SMALL
    shape[head & (up <= 1 + (words.raw[starts] == 0xD0))] = _CAPITAL
    shape[(up * 5 >= letters * 4) & (letters > 1)] = _UPPER
    shape[head & (letters == 1)] = _INITIAL
    shape[digits > 0] = _CODE
    shape[digits == long] = _NUMBER
    return shape


def _kinds(words: Words, first: Places, shape: Keys) -> list[Keys]:
    """Key, shape and lists of each distinct word, then what else it looks like."""
    starts, ends = words.starts[first], words.ends[first]
    long = (ends - starts).astype(np.uint64)
    key = np.where(shape == _NUMBER, _DIGITS + np.minimum(long, np.uint64(9)), words.keys[first])
    keys, bits = _listed()
    place = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
    lists = np.where(keys[place] == key, bits[place], np.uint64(0))
    windows: Keys = np.ndarray((len(words.lower) - 7,), "<u8", buffer=words.lower.data, strides=(1,))
    # What lies beyond the word is no part of it: a word must look the same wherever it stands.
    beyond = np.uint64(8) * (np.uint64(8) - np.minimum(long, np.uint64(8)))
    tail, head = windows[ends - 8] >> beyond << beyond, windows[starts] << beyond >> beyond
    two, three, four = (tail >> np.uint64(64 - 8 * each) for each in (2, 3, 4))
    looks = [
        two * np.uint64(16) + shape, three, four, three * _MIX + shape,
        head & np.uint64(0xFFFFFF), head & np.uint64(0xFFFFFFFF),
        shape * np.uint64(64) + np.minimum(long, np.uint64(14)),
    ]  # fmt: skip
    return [key, shape, lists, *looks]


def see(words: Words) -> Sight:
    """The words as numbers of features."""
    written = _shape(words)
    _, first, kind = np.unique(words.keys * _STIR + written * _MIX, return_index=True, return_inverse=True)
    key, shape, lists, *looks = (np.append(each, np.uint64(0)) for each in _kinds(words, first, written[first]))
    look = lists * np.uint64(8) + shape
    plain = [key, shape, lists, look]
    kinds = {0: [_hashed(each, 10 + at) for at, each in enumerate(plain + looks)]}
    for offset in (-1, 1):
        kinds[offset] = [_hashed(each, 40 + at + 8 * offset) for at, each in enumerate((key, look, looks[1]))]
    for offset in (-2, 2):
        kinds[offset] = [_hashed(each, 80 + at + 4 * offset) for at, each in enumerate((key, look))]
    near = {offset: _beside(kind, words.row, offset, len(first)) for offset in range(-2, 3)}
    gap, newline = _gaps(words)
    segment = _segments(words, gap, newline, shape[kind])
    among = _among(near, plain, gap, _gap_after(words, gap), segment)
    before, after = gap >> np.uint64(4) & np.uint64(15), gap & np.uint64(15)
    joined = np.isin(before, list(_BOUND)) & np.isin(after, list(_BOUND)) & (gap < 512) & ~newline
    begins = np.zeros(len(kind), np.bool_)
    begins[segment] = True
    listed = np.isin(before, [1, 2, 3, 4, 5, 12]) & np.isin(after, [1, 2, 4, 5, 12]) & ~begins
    return Sight(kinds, near, among, segment, joined & ~begins, listed)


def _beside(kind: Places, row: Places, offset: int, none: int) -> Places:
    if not offset:
        return kind
    near = np.full(len(kind), none, np.int64)
    here, there = (
        (slice(-offset, None), slice(None, offset)) if offset < 0 else (slice(None, -offset), slice(offset, None))
    )
    near[here] = np.where(row[here] == row[there], kind[there], none)
    return near


def _gaps(words: Words) -> tuple[Keys, Flags]:
    """What parts each word from the one before in its text, and whether a new line does."""
    begins = words.first[:-1][np.diff(words.first) > 0]
    since = np.concatenate((words.starts[:1], words.ends[:-1]))
    since[begins] = words.bounds[:-1][np.diff(words.first) > 0]
    long = words.starts - since
    before, after = _CLASS[words.raw[since]].astype(np.uint64), _CLASS[words.raw[words.starts - 1]].astype(np.uint64)
    before[long == 0] = after[long == 0] = 0
    lines = np.concatenate(([0], np.cumsum(words.raw == 10)))
    newline = lines[words.starts] > lines[since]
    gap = (
        before << np.uint64(4)
        | after
        | newline.astype(np.uint64) << np.uint64(8)
        | (long > 3).astype(np.uint64) << np.uint64(9)
    )
    text = np.zeros(len(long), np.uint64)
    text[begins] = 1
    return gap | text << np.uint64(10), newline


def _gap_after(words: Words, gap: Keys) -> Keys:
    """What follows each word, within its text alone."""
    after = np.append(gap[1:], np.uint64(0))
    last = words.first[1:][np.diff(words.first) > 0] - 1
    sign = np.where(words.ends[last] < words.bounds[words.row[last] + 1], _CLASS[words.raw[words.ends[last]]], 0)
    after[last] = np.uint64(1 << 10) | sign.astype(np.uint64) << np.uint64(4)
    return after


def _segments(words: Words, gap: Keys, newline: Flags, shape: Keys) -> Places:
    """Where lines, sentences and texts begin, none longer than `LONGEST`."""
    before = gap >> np.uint64(4) & np.uint64(15)
    long = np.concatenate(([0], (words.ends - words.starts)[:-1]))
    small = np.concatenate(([_SMALL], shape[:-1])) == _SMALL
    stop = (before == _ENDS_SENTENCE) | (before == _FIRST_LETTERS) & (long > 3) & small
    flags = newline | stop & ((gap & np.uint64(15)) != before) | (gap >> np.uint64(10) > 0)
    starts = np.flatnonzero(flags)
    reach = np.diff(np.append(starts, len(gap)))
    more = np.flatnonzero(reach > LONGEST)
    cuts = [np.arange(starts[each] + LONGEST, starts[each] + reach[each], LONGEST) for each in more]
    return np.unique(np.concatenate([starts, *cuts]))


def _among(near: dict[int, Places], plain: list[Keys], gap: Keys, after: Keys, segment: Places) -> list[Places]:
    """Features of pairs and triples of neighbours, of what parts them, and of the place in the stretch."""
    key, shape, _, look = plain
    total = len(gap)
    reach = np.diff(np.append(segment, total))
    at = np.arange(total) - np.repeat(segment, reach)
    rest = np.repeat(reach, reach) - at
    own = shape[near[0]]
    large = (own >= _CAPITAL) & (own <= _MIXED)
    counted = [np.add.reduceat(each.astype(np.int64), segment) for each in (large, own == _UPPER, own != _NUMBER)]
    style = np.select(
        [counted[0] == 0, counted[1] * 5 >= counted[2] * 4, counted[0] * 5 >= counted[2] * 4, counted[0] == 1],
        [0, 1, 2, 3],
        4,
    )
    style = np.repeat(style, reach).astype(np.uint64)
    place = (np.minimum(at, 3) * 4 + np.minimum(rest, 3)).astype(np.uint64)
    keys = {each: key[near[each]] for each in (-2, -1, 1, 2)}
    looks = {each: look[near[each]] for each in (-1, 0, 1)}
    wide = np.uint64(1024)
    values = [
        gap * wide + own, after * wide + own, (gap * np.uint64(4096) + after) * wide + looks[0],
        (place * np.uint64(8) + style) * wide + looks[0], style * wide + looks[0],
        keys[-1] * _STIR + looks[0], keys[1] * _STIR + looks[0], keys[-1] * _STIR + keys[1],
        keys[-2] * _STIR + keys[-1] * _SALT,
        keys[1] * _STIR + keys[2] * _SALT, (keys[-2] * _STIR + keys[-1] * _SALT) * _MIX + own,
        looks[-1] * wide + looks[0], looks[0] * wide + looks[1], (looks[-1] * wide + looks[0]) * wide + looks[1],
        (looks[0] * wide + looks[-1]) * np.uint64(4096) + gap, (looks[0] * wide + looks[1]) * np.uint64(4096) + after,
        keys[-1] * _STIR + gap * wide + own, keys[-1] * _STIR + style,
    ]  # fmt: skip
    return [_hashed(each, 120 + number) for number, each in enumerate(values)]
