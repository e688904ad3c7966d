"""Whether a word that may be of somebody's handle, address or number is, however it is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from assent.curation.redact.known.folding import fold, pieces, spellings
from assent.curation.redact.known.place import Found, Place
from assent.curation.redact.known.words import AT, DOT, ORDINARY
from assent.vocabulary.curation import Pii

HANDLE, EMAIL, PHONE = "known.handle", "known.email", "known.phone"

PHONE_DIGITS: Final = 7
"""A number is looked for by its last digits; a shorter one is not looked for."""

_LEAST_DISTINCT: Final = 7
_LONGEST_SIGN: Final = 5
_DOTS: Final = frozenset("._-+")
_ENDS_HANDLE: Final = frozenset("_")
_BETWEEN_DIGITS: Final = frozenset(" \u00a0\t()-./\u2010\u2011\u2012\u2013\u2212")
_MOST_BETWEEN: Final = 3
_MOST_DIGITS: Final = 20
_TWO_DIGIT_COUNTRIES: Final = frozenset(
    "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 "
    "90 91 92 93 94 95 98".split()
)
"""Source: ITU-T E.164 assigned country codes; 1 and 7 have one digit, all others three."""


@dataclass(frozen=True, slots=True)
class Handle:
    """A handle: its words, and it in one."""

    words: tuple[str, ...]
    joined: frozenset[str]

    def anchors(self) -> Iterator[str]:
        """The folded words at one of which every mention begins."""
        yield from {*self.joined, *self.words[:1]}

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Two folded neighbours at the first of which every mention in several words begins."""
        if len(self.words) > 1:
            yield self.words[0], self.words[1]


@dataclass(frozen=True, slots=True)
class Email:
    """An address: the words of its two halves."""

    box: tuple[str, ...]
    domain: tuple[str, ...]

    def anchors(self) -> Iterator[str]:
        """The folded word with which every mention's box ends."""
        yield self.box[-1]

    def pairs(self) -> Iterator[tuple[str, str]]:
        """It and the first of the domain, which stands next to it but for a tag or a spelled-out sign."""
        yield self.box[-1], self.domain[0]


@dataclass(frozen=True, slots=True)
class Phone:
    """A number without what stands before it: its country, empty where that is not known, and all that follows."""

    country: str
    digits: str


def read_handle(value: str) -> Handle | None:
    """The handle, if it has a letter."""
    words = pieces(value.strip().removeprefix("@"))
    if not words or not any(letter.isalpha() for word in words for letter in word):
        return None
    joined = {piece for form in spellings("".join(words)) for piece in pieces(form)} if len(words) > 1 else set(words)
    return Handle(words, frozenset(joined))


def read_email(value: str) -> Email | None:
    """The address, if it is one."""
    box, at, domain = value.strip().rpartition("@")
    words, host = pieces(box), pieces(domain)
    return Email(words, host) if at and words and host else None


def read_phone(value: str) -> Phone | None:
    """The number, if it is long enough to be told from others."""
    bare = fold(value).strip().lower().removeprefix("tel:").replace("(0)", "")
    digits = "".join(letter for letter in bare if letter in "0123456789")
    country = ""
    if bare.lstrip("( ").startswith("+") or digits.startswith("00"):
        digits = digits.lstrip("0")
        country = _country(digits)
    number = digits[len(country) :].lstrip("0")
    return Phone(country, number) if len(number) >= PHONE_DIGITS else None


def _country(digits: str) -> str:
    if digits[:1] in {"1", "7"}:
        return digits[:1]
    return digits[:2] if digits[:2] in _TWO_DIGIT_COUNTRIES else digits[:3]


def find_handle(place: Place, at: int, handle: Handle) -> Found | None:
    """The mention of the handle that begins with the word, if it is one."""
    last = at if place.word(at) in handle.joined else _last_word(place, at, handle.words)
    if last is None:
        return None
    start, end = place.start(at), place.end(last)
    before, after = place.before(start), place.after(end)
    is_called = before == "@" and not place.before(start - 1).isalnum()
    if after in _ENDS_HANDLE | {"@"} or (after in {"-", "."} and place.after(end + 1).isalnum()):
        return None
    if is_called:
        return Found(start - 1, end, Pii.HANDLE, HANDLE)
    if before in {"@", "_", "-", "."} or not _is_distinct(handle, place.word(at) if last == at else ""):
        return None
    return Found(start, end, Pii.HANDLE, HANDLE)


def _last_word(place: Place, at: int, words: tuple[str, ...]) -> int | None:
    """The word at which these end that begin there, with one sign or none between them."""
    if at + len(words) > place.last:
        return None
    for number, word in enumerate(words):
        if place.word(at + number) != word:
            return None
        if number and place.gap(at + number - 1) not in {"_", "-", ".", "", "~", "+"}:
            return None
    return at + len(words) - 1


def _is_distinct(handle: Handle, word: str) -> bool:
    """Whether nobody writes that by chance."""
    if not word or any(letter.isdigit() for letter in word):
        return True
    return word not in ORDINARY and len(word) >= _LEAST_DISTINCT and len(handle.words) >= 1


def find_email(place: Place, at: int, email: Email) -> Found | None:
    """The mention of the address whose box ends with the word, if it is one, spelled out or not."""
    sign = _past_sign(place, at)
    last = None if sign is None else _through(place, sign + 1, email.domain)
    first = None if last is None else _back_through(place, at, email.box)
    if first is None or last is None:
        return None
    start, end = place.start(first), place.end(last)
    if place.before(start) in {"_", "+"} or (place.before(start) in {".", "-"} and place.before(start - 1).isalnum()):
        return None
    return Found(start, end, Pii.EMAIL, EMAIL)


def _through(place: Place, at: int, words: tuple[str, ...]) -> int | None:
    """The last of these words, if they begin there with a dot or its name between."""
    for number, word in enumerate(words):
        if number:
            at += 1 if _is_dotted(place, at) else 2
            if not _is_dotted(place, at - 1) and (at >= place.last or place.word(at - 1) not in DOT):
                return None
        if at >= place.last or place.word(at) != word:
            return None
    return at


def _back_through(place: Place, at: int, words: tuple[str, ...]) -> int | None:
    """The first of these words, if they end there."""
    for word in reversed(words[:-1]):
        at -= 1
        if at >= place.first and not _is_dotted(place, at) and place.word(at) in DOT:
            at -= 1
        if at < place.first or place.word(at) != word:
            return None
    return at if place.word(at) == words[0] else None


def _is_dotted(place: Place, at: int) -> bool:
    gap = place.gap(at).strip() if at + 1 < place.last else ""
    return gap in _DOTS


def _past_sign(place: Place, at: int) -> int | None:
    """The last word before the domain: past a tag after the box and past an `at` that is spelled out."""
    if at + 1 < place.last and place.gap(at) == "+":
        at += 1
    if at + 1 >= place.last or len(place.gap(at)) > _LONGEST_SIGN:
        return None
    if "@" in place.gap(at):
        return at
    if place.word(at + 1) not in AT or at + 2 >= place.last:
        return None
    return at + 1 if len(place.gap(at + 1)) <= _LONGEST_SIGN else None


def find_phone(place: Place, last: int, phone: Phone) -> Found | None:
    """The mention of the number that ends with the digit at that place, if it is one, country and all.

    It may be written with its country's code or without, with a trunk zero or without, in any groups.
    """
    digits = list(_digits_back(place, last))
    size = len(phone.digits)
    written = "".join(place.compared[each] for each in digits)
    if written[:size] != phone.digits[::-1]:
        return None
    if place.after(last + 1).isalnum():
        return None
    for extra in range(min(len(digits), size + 7) - size, -1, -1):
        start = digits[size + extra - 1]
        before = place.before(start)
        if before.isdigit() or before.isalpha():
            continue
        lead = written[size : size + extra][::-1]
        plus = _plus(place, start)
        if _is_lead(lead, phone.country, called=plus is not None):
            begin = start if plus is None else plus
            # The parenthesis around the area is the number's.
            begin -= place.before(begin) == "(" and ")" in place.compared[begin:last]
            return Found(begin, last + 1, Pii.PHONE, PHONE)
    return None


def _digits_back(place: Place, last: int) -> Iterator[int]:
    """The digits of a number from its last, each with at most a few signs before the next."""
    compared = place.compared
    gap = found = 0
    for here in range(last, place.begin - 1, -1):
        letter = compared[here]
        if "0" <= letter <= "9":
            yield here
            gap, found = 0, found + 1
        elif letter in _BETWEEN_DIGITS and gap < _MOST_BETWEEN:
            gap += 1
        else:
            return
        if found >= _MOST_DIGITS:
            return


def _plus(place: Place, start: int) -> int | None:
    """Where the plus or the parenthesis stands that belongs to the number."""
    for back in (1, 2):
        if place.before(start - back + 1) == "+":
            return start - back
        if place.before(start - back + 1) not in {"(", " "}:
            return None
    return None


def _is_lead(lead: str, country: str, *, called: bool) -> bool:
    """Whether these digits may stand before the number."""
    if lead in {"", "0", "1" if country == "1" else "0", "8" if country == "7" else "0"}:
        return not called or not lead
    bare = lead.removeprefix("00") if lead.startswith("00") else lead.removeprefix("011")
    if country:
        return bare in {country, country + "0"}
    is_abroad = called or bare != lead
    return is_abroad and (_country(bare) == bare or _country(bare) + "0" == bare)
