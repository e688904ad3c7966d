"""Where a text names somebody of the list: a word is hashed once, two together where one may begin a name.

words ─ may one begin anything? ─ the next ones with it, hashed together ─ on the list? ─ as far as it goes
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import pyarrow as pa

from assent.curation.redact.known.folding import is_lone
from assent.curation.redact.known.place import Place, places
from assent.curation.redact.known.streams import streams
from assent.curation.redact.known.words import AT, DOT, PARTICLES
from assent.errors import EvidenceError
from assent.evidence.suppression_list import SINGLE, Role, SuppressionList, role_tag
from assent.evidence.tags import key_id
from assent.vocabulary.curation import Pii

Stretch = tuple[int, int, int, str, str]
"""Row, start, end, type and rule, as the columns of `HIT_SCHEMA`."""

MOST_WORDS: Final = 10
"""An address or a name has no more words than these."""
LEAST_DIGITS: Final = 7
MOST_DIGITS: Final = 20

_REMEMBERED: Final = 500_000
_IN_NAME: Final = frozenset(" \t\n\r\u00a0-'\u2019\u2010\u2011`\u00b4.,_*\"")
_IN_ADDRESS: Final = frozenset(" @._-+()[]{}<>\t")
_SIGNS: Final = AT | DOT
_IN_HANDLE: Final = frozenset({"_", "-", ".", "", "~", "+"})
_IN_SCRIPT: Final = frozenset({"", " ", "\u3000", "\u00b7", "\u30fb"})
_IN_NUMBER: Final = frozenset(" \u00a0\t()-./\u2010\u2011\u2012\u2013\u2212")
_LONGEST_GAP: Final = 5
_MOST_BETWEEN: Final = 3
_WORDLIKE: Final = frozenset("aioeyu")
_ENOUGH: Final = frozenset({Role.NAME, Role.NAME_CAPITAL, Role.NAME_STRANGE, Role.NAME_INITIAL})


@dataclass(slots=True)
class Matcher:
    """Looks for what is on one list.

    Raises:
        EvidenceError: the key is not the one that made the list.
    """

    listed: SuppressionList
    key: bytes
    _words: dict[str, frozenset[Role]] = field(default_factory=dict)
    _pairs: dict[tuple[str, str], Role | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if key_id(self.key) != self.listed.key_id:
            raise EvidenceError(
                "this key is not the one that made the suppression list",
                hint="with another key the list reads as if nobody were on it; bring the key that was written with it",
            )

    def find(self, texts: pa.LargeStringArray) -> Iterator[Stretch]:
        """Every place that says something of the list, text by text; places may overlap."""
        for stream in streams(texts):
            rows = [
                row for row, (a, b) in enumerate(zip(stream.row_starts, stream.row_starts[1:], strict=False)) if b > a
            ]
            for row, place in zip(rows, places(stream, rows), strict=True):
                for start, end, kind, rule in self._in_place(place):
                    yield (
                        stream.first + row,
                        stream.offset(row, start),
                        # The end is behind the last that is there, not before the next, which may lie further on.
                        stream.offset(row, end - 1) + 1,
                        kind.value,
                        rule,
                    )

    def open_from(self, text: str) -> int:
        """Where what the list names may have begun and still be going on, whatever comes after the text; its length
        where nothing has.
        """
        stream = next(streams(pa.array([text], pa.large_string())), None)
        place = None if stream is None else next(places(stream, [0]))
        if stream is None or place is None or place.first == place.last:
            return len(text)
        going = _Going(place)
        for at in range(max(place.first, going.next - 2 * MOST_WORDS), place.last):
            if at >= going.next or self._goes_on(place, at, going):
                start = place.start(at)
                return stream.offset(0, start - (place.before(start) in {"+", "@"}))
        return len(text)

    def _goes_on(self, place: Place, at: int, going: _Going) -> bool:
        if self.listed.tags[Role.PHONE] and _is_number(place, at) and going.reaches(at, _IN_NUMBER, _MOST_BETWEEN):
            return True
        roles = self._roles(place.word(at))
        if (
            Role.NAME_BEGINS in roles
            and going.reaches(going.next - 1, _IN_NAME, _LONGEST_GAP)
            and self._name(place, at, going.next).goes_on
        ):
            return True
        return (
            (
                Role.EMAIL_BEGINS in roles
                and going.reaches(going.next - 1, _IN_ADDRESS, _LONGEST_GAP)
                and all(_is_address_gap(place, each) for each in range(at, going.next - 1))
            )
            or (Role.HANDLE_BEGINS in roles and going.reaches(at, _IN_HANDLE, 1))
            or (Role.SCRIPT_BEGINS in roles and going.reaches(at, _IN_SCRIPT, 1))
        )

    def _roles(self, word: str) -> frozenset[Role]:
        known = self._words.get(word)
        if known is None:
            if len(self._words) >= _REMEMBERED:
                self._words.clear()
            tag = role_tag(self.key, "word", (word,))
            known = self._words[word] = frozenset(role for role in SINGLE if tag in self.listed.tags[role])
        return known

    def _pair(self, one: str, other: str) -> Role | None:
        """The strongest role of two neighbours."""
        if (one, other) not in self._pairs:
            if len(self._pairs) >= _REMEMBERED:
                self._pairs.clear()
            tag = role_tag(self.key, "pair", (one, other))
            roles = (Role.NAME, Role.NAME_CAPITAL, Role.NAME_STRANGE, Role.NAME_INITIAL, Role.NAME_LINK)
            self._pairs[one, other] = next((role for role in roles if tag in self.listed.tags[role]), None)
        return self._pairs[one, other]

    def _in_place(self, place: Place) -> Iterator[tuple[int, int, Pii, str]]:
        compared, known = place.compared, self._words
        past = place.first
        for at, (start, end) in enumerate(zip(place.starts, place.ends, strict=True), place.first):
            word = compared[start:end]
            roles = known.get(word)
            if roles is None:
                roles = self._roles(word)
            if roles:
                if Role.NAME_JOINED in roles:
                    yield start, end, Pii.PERSON, "listed.name.joined"
                if Role.NAME_BEGINS in roles and at >= past:
                    last = self._name(place, at, place.last).last
                    if last is not None:
                        past = last
                        stop = place.end(last)
                        if len(place.word(last)) == 1 and place.after(stop) == ".":
                            stop += 1
                        yield start, stop, Pii.PERSON, "listed.name"
                yield from self._whole(place, at, roles)
        if self.listed.tags[Role.PHONE]:
            yield from self._phones(place)

    def _name(self, place: Place, at: int, stop: int) -> _Named:
        """How far a name goes that begins there, in words before `stop`.

        Particles and single letters may stand between two words of it, also those that are not known of it.
        """
        word, last, enough = at, at, False
        for here in range(at + 1, min(stop, at + MOST_WORDS)):
            role = self._pair(place.word(word), place.word(here))
            is_between = place.word(here) in PARTICLES or len(place.word(here)) == 1
            if not _is_name_gap(place, here - 1) or (role is None and not is_between):
                return _Named(last if enough else None, goes_on=False)
            if role is not None and place.word(here) not in PARTICLES:
                enough |= role in _ENOUGH and _counts(place, word, here, role)
                last = here
            if not is_between:
                word = here
        return _Named(last if enough else None, goes_on=stop < at + MOST_WORDS)

    def _whole(self, place: Place, at: int, roles: frozenset[Role]) -> Iterator[tuple[int, int, Pii, str]]:
        start = place.start(at)
        if Role.SCRIPT_BEGINS in roles:
            for last, words in _runs(place, at, _IN_SCRIPT):
                if role_tag(self.key, "whole", words) in self.listed.tags[Role.SCRIPT]:
                    yield start, place.end(last), Pii.PERSON, "listed.name.script"
        if Role.HANDLE_BEGINS in roles:
            for last, words in _runs(place, at, _IN_HANDLE):
                tag, end, called = role_tag(self.key, "whole", words), place.end(last), place.before(start) == "@"
                if tag in self.listed.tags[Role.HANDLE] or (called and tag in self.listed.tags[Role.HANDLE_CALLED]):
                    yield start - called, end, Pii.HANDLE, "listed.handle"
        if Role.EMAIL_BEGINS in roles:
            for last, words in _addresses(place, at):
                if role_tag(self.key, "whole", words) in self.listed.tags[Role.EMAIL]:
                    yield start, place.end(last), Pii.EMAIL, "listed.email"

    def _phones(self, place: Place) -> Iterator[tuple[int, int, Pii, str]]:
        for groups, called in _numbers(place):
            for first in range(len(groups)):
                for last in range(first, len(groups)):
                    digits = "".join(place.compared[a:b] for a, b in groups[first : last + 1])
                    if LEAST_DIGITS <= len(digits) <= MOST_DIGITS and self._is_phone(
                        digits, called=called and not first
                    ):
                        yield groups[first][0] - (called and not first), groups[last][1], Pii.PHONE, "listed.phone"

    def _is_phone(self, digits: str, *, called: bool) -> bool:
        bare = digits.lstrip("0")
        # Behind a plus stand one to three digits of the country, and perhaps a trunk zero nobody dials from abroad.
        forms = {bare} | (
            {bare[lead:].lstrip("0") for lead in (1, 2, 3)} if called or digits.startswith("00") else set()
        )
        return any(
            role_tag(self.key, "digits", (form,)) in self.listed.tags[Role.PHONE]
            for form in forms
            if len(form) >= LEAST_DIGITS
        )


class _Named(NamedTuple):
    """A name in a text: its last word, None where what stands there is not enough; and whether it may go on."""

    last: int | None
    goes_on: bool


class _Going:
    """The end of a text that is not at its end: the word there that is not whole yet, or the one that comes next."""

    def __init__(self, place: Place) -> None:
        self._place = place
        last = place.last - 1
        is_cut = place.end(last) == place.stop and not is_lone(place.word(last))
        self.next = last if is_cut else place.last
        self._trailing = "" if is_cut else place.compared[place.end(last) : place.stop]

    def reaches(self, at: int, signs: Collection[str], longest: int) -> bool:
        """Whether between the word and the next to come there are but gaps like these."""
        gaps = [self._place.gap(each) for each in range(at, min(self.next, self._place.last - 1))]
        if self.next == self._place.last:
            gaps.append(self._trailing)
        return all(len(gap) <= longest and all(sign in signs for sign in gap) for gap in gaps)


def _is_number(place: Place, at: int) -> bool:
    word = place.word(at)
    return word.isascii() and word.isdigit()


def _is_name_gap(place: Place, at: int) -> bool:
    gap = place.gap(at)
    if len(gap) > _LONGEST_GAP or not _IN_NAME.issuperset(gap):
        return False
    # A full stop and a space end a sentence, unless what stands before is an initial.
    return "." not in gap or gap == "." or len(place.word(at)) == 1


def _counts(place: Place, one: int, other: int, role: Role) -> bool:
    """Whether two words of that role are enough as they are written."""
    if role is Role.NAME_CAPITAL:
        return place.has_capital(one) and place.has_capital(other)
    if role is Role.NAME_STRANGE:
        return not place.written(place.start(one), place.end(other)).isascii()
    if role is not Role.NAME_INITIAL:
        return True
    if not (place.has_capital(one) and place.has_capital(other)):
        return False
    if len(place.word(one)) == 1:
        return place.gap(one).startswith(".") or (place.gap(one) == " " and place.word(one) not in _WORDLIKE)
    return place.after(place.end(other)) == "."


def _runs(place: Place, at: int, gaps: frozenset[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Words from there on with nothing but such gaps between them, ever more of them."""
    words: tuple[str, ...] = ()
    for last in range(at, min(place.last, at + MOST_WORDS)):
        if words and place.gap(last - 1) not in gaps:
            return
        words = (*words, place.word(last))
        yield last, words


def _addresses(place: Place, at: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Words from there on as an address has them, spelled-out signs left out."""
    words: tuple[str, ...] = ()
    for last in range(at, min(place.last, at + 2 * MOST_WORDS)):
        if last > at and not _is_address_gap(place, last - 1):
            return
        word = place.word(last)
        if last > at and word in _SIGNS:
            continue
        words = (*words, word)
        if len(words) > 2:  # noqa: PLR2004 - a box, a name and an ending
            yield last, words
        if len(words) > MOST_WORDS:
            return


def _is_address_gap(place: Place, at: int) -> bool:
    gap = place.gap(at)
    if len(gap) > _LONGEST_GAP or not _IN_ADDRESS.issuperset(gap):
        return False
    # Spaces alone stand around spelled-out signs only.
    return not gap.isspace() or not {place.word(at), place.word(at + 1)}.isdisjoint(_SIGNS)


def _numbers(place: Place) -> Iterator[tuple[list[tuple[int, int]], bool]]:
    """Groups of digits that may be of one number, and whether a plus stands before them."""
    groups: list[tuple[int, int]] = []
    called = False
    for at, (start, end) in enumerate(zip(place.starts, place.ends, strict=True), place.first):
        is_number = _is_number(place, at)
        if groups and not (is_number and _is_number_gap(place, at - 1)):
            yield groups, called
            groups = []
        if is_number:
            if not groups:
                called = place.before(start) == "+"
            groups.append((start, end))
    if groups:
        yield groups, called


def _is_number_gap(place: Place, at: int) -> bool:
    gap = place.gap(at)
    return len(gap) <= _MOST_BETWEEN and _IN_NUMBER.issuperset(gap)
