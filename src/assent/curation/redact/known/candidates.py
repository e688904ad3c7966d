"""What of a stream may be somebody's, and whose: few places, found without looking at a letter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assent.curation.redact.known.addresses import PHONE_DIGITS
from assent.curation.redact.known.index import NOBODY, Index, salted, salts_of
from assent.curation.redact.known.streams import Places, Stream, Words

_MOST_AT_ONCE: Final = 2_000_000
_DIGIT_ZERO: Final = ord("0")
_FARTHEST: Final = PHONE_DIGITS * 4
_POWERS: Final = np.array([10**place for place in range(PHONE_DIGITS)], dtype=np.int64)
Candidates = tuple[Places, Places, NDArray[np.int32], NDArray[np.bool_]]
_NONE: Final[Candidates] = (
    np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.bool_)
)  # fmt: skip
_STEPS: Final = (-2, -1, 1, 2)


@dataclass(frozen=True, slots=True)
class People:
    """Whom each text has to do with, as stretches of one list."""

    edges: Places
    people: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Where:
    """Where to look: for a word and whose it is, for two neighbours, for the last digits and whose they are."""

    words: Index
    pairs: Index
    phones: Index


def candidates(stream: Stream, people: People, where: Where) -> Candidates:
    """Text, word (of a number: its last digit), entry, and whether that is the text's own people's; those first."""
    parts = [
        _by_word(stream, people, where.words),
        _by_pair(stream, where.pairs),
        _by_digits(stream, people, where.phones),
    ]
    rows, ats, entries, owned = (np.concatenate(each) for each in zip(*parts, strict=True))
    order = np.lexsort((entries, ats, ~owned, rows))
    rows, ats, entries, owned = rows[order], ats[order], entries[order], owned[order]
    if len(rows):
        again = (rows[1:] == rows[:-1]) & (ats[1:] == ats[:-1]) & (entries[1:] == entries[:-1])
        once = np.append(True, ~again)
        rows, ats, entries, owned = rows[once], ats[once], entries[once], owned[once]
    return rows, ats, entries, owned


def _by_word(stream: Stream, people: People, words: Index) -> Candidates:
    near = words.passes(stream.words)
    rows = stream.row_of(stream.starts[near])
    return _of_people(words, stream.first, near, rows, stream.words[near], people)


def _by_pair(stream: Stream, pairs: Index) -> Candidates:
    """Where a word of what is looked for everywhere has a neighbour of the same."""
    near = pairs.passes(stream.words)
    inside, beside = [], []
    for step in _STEPS:
        other = near + step
        within = (other >= 0) & (other < len(stream.words))
        inside.append(near[within])
        beside.append(other[within])
    here, there = np.concatenate(inside), np.concatenate(beside)
    hits, entries = pairs.find(salted(stream.words[here], stream.words[there]))
    found = here[hits]
    return stream.row_of(stream.starts[found]), found, entries, np.zeros(len(found), dtype=np.bool_)


def _by_digits(stream: Stream, people: People, phones: Index) -> Candidates:
    digits = np.flatnonzero((stream.folded >= _DIGIT_ZERO) & (stream.folded <= _DIGIT_ZERO + 9))
    if len(digits) < PHONE_DIGITS or not len(phones.keys):
        return _NONE
    rows = stream.row_of(digits)
    ends = np.arange(PHONE_DIGITS - 1, len(digits))
    is_last = np.append((digits[1:] != digits[:-1] + 1) | (rows[1:] != rows[:-1]), True)
    ends = ends[is_last[ends] & (digits[ends] - digits[ends - PHONE_DIGITS + 1] <= _FARTHEST)]
    if not len(ends):
        return _NONE
    values = stream.folded[digits].astype(np.int64) - _DIGIT_ZERO
    tail = sum(values[ends - place] * _POWERS[place] for place in range(PHONE_DIGITS))
    numbers = digits_numbers(np.asarray(tail, dtype=np.uint64))
    near = phones.passes(numbers)
    return _of_people(phones, stream.first, digits[ends[near]], rows[ends[near]], numbers[near], people)


def _of_people(  # noqa: PLR0917 - what is looked up, where, for whom
    index: Index, first: int, ats: Places, rows: Places, numbers: Words, people: People
) -> Candidates:
    """What of these is of the text's own people, or of those who are looked for everywhere."""
    begin, end = people.edges[rows + first], people.edges[rows + first + 1]
    # One more than there are people: the last of each stands for nobody in particular.
    count = end - begin + 1
    if len(ats) > 1 and count.sum() > _MOST_AT_ONCE:
        # A long text about very many people is looked through a part at a time, so that memory stays bounded.
        half = len(ats) // 2
        parts = [
            _of_people(index, first, ats[part], rows[part], numbers[part], people)
            for part in (slice(half), slice(half, None))
        ]
        one, other = parts
        return (
            np.concatenate([one[0], other[0]]), np.concatenate([one[1], other[1]]),
            np.concatenate([one[2], other[2]]), np.concatenate([one[3], other[3]]),
        )  # fmt: skip
    which = np.repeat(np.arange(len(ats)), count)
    within = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    is_own = within < np.repeat(end - begin, count)
    whom = np.full(len(which), NOBODY, dtype=np.int32)
    whom[is_own] = people.people[(np.repeat(begin, count) + within)[is_own]]
    hits, entries = index.find(salted(numbers[which], salts_of(whom)))
    found = which[hits]
    return rows[found], ats[found], entries, is_own[hits]


def digits_numbers(tails: Words) -> Words:
    """The numbers of the last digits of phone numbers."""
    # Neighbouring numbers must not lie next to each other in the sieve.
    return (tails + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
