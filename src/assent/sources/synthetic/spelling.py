# ruff: noqa: RUF001 - the numbers are shares of a draw; the letters look alike on purpose
"""The ways people write a name, a handle, an address or a number; and what only looks like one of theirs."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from assent.sources.synthetic.dice import Dice, Weighted
from assent.sources.synthetic.people import Person
from assent.vocabulary.people import IdentifierKind

_CYRILLIC = str.maketrans("aeopcxyi", "аеорсхуі")
_SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "Ø": "Oe"})
_STROKES = str.maketrans({"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ı": "i"})
_INVISIBLE = ("\u200b", "\u200d", "\u2060", "\u200f", "\u00ad", "\ufeff")
_TITLES = ("Dr. ", "Prof. ", "Ms ", "Mr ", "Frau ")

SENTENCES = {
    IdentifierKind.NAME: (
        "Ask {} about it.", "It was {} who told me.", "Regards, {}", "cc {}", "Nobody knows this better than {}.",
        "As {} likes to say: slow is smooth.", "I spoke with {} on the phone.", "{} will know more.",
        "(this goes back to {})", "More from {}: soon!", "Thank you, {}!", "The minutes are by {}.",
    ),
    IdentifierKind.HANDLE: (
        "Find me as {} elsewhere.", "cc {}", "Follow {} for more.", "As {} wrote: keep going.", "Photo: {}",
    ),
    IdentifierKind.EMAIL: (
        "Write to {} for the slides.", "Mail: {}", "({}, mornings)", "You reach us at {}.", "Send it to {}, please.",
    ),
    IdentifierKind.PHONE: (
        "Call {} after six.", "Tel. {}", "The number is {}.", "({}, evenings)", "Ring me: {}, any day.",
    ),
}  # fmt: skip
"""Where each kind stands; `{}` is the identifier."""

KINDS = Weighted(tuple(IdentifierKind), (60, 13, 15, 12))


def spelled(kind: IdentifierKind, value: str, person: Person, dice: Dice, *, alone: bool) -> str:
    """The identifier in one of the ways that people write it.

    Args:
        alone: whether one word of a name will do.
    """
    if kind is IdentifierKind.NAME:
        ways = (*_NAME_WAYS, *_ALONE_WAYS) if alone else _NAME_WAYS
        return dice.pick(ways)(person, dice)
    return dice.pick(_WAYS[kind])(value, dice)


def decoy(person: Person, other: Person, value: str, dice: Dice) -> str:
    """A sentence that speaks of somebody else or of nobody, though it looks like this person."""
    family = other.family if other.family != person.family else "Quellmark"
    given = other.given if other.given != person.given else "Ottoline"
    return dice.pick(
        (
            f"I mean {person.given} {family}, of course.",
            f"Not to be mixed up with {given} {person.family}.",
            f"Write to {value.replace('@', '.desk@')} instead.",
            "Mark my words, and may grace be with you.",
            "Will you bill the young king?",
            "We may grant hope to long strands of rose and heather.",
            f"Our version is 4.{person.ordinal % 10}.0 of 2024-11-0{1 + person.ordinal % 9}.",
            "Invoice 20240113-49600177 is paid.",
        )
    )


def _initials(person: Person) -> str:
    return f"{person.given[0]}. {person.family}"


def _without_accents(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.translate(_STROKES))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def _hidden(text: str, dice: Dice) -> str:
    at = dice.between(1, max(1, len(text) - 1))
    return text[:at] + dice.pick(_INVISIBLE) + text[at:]


def _full(person: Person) -> str:
    return f"{person.given} {person.family}"


_NAME_WAYS: tuple[Callable[[Person, Dice], str], ...] = (
    lambda person, _: person.name,
    lambda person, _: person.name,
    lambda person, _: _full(person),
    lambda person, _: _full(person).lower(),
    lambda person, _: _full(person).upper(),
    lambda person, _: f"{person.family}, {person.given}",
    lambda person, _: f"{person.family.upper()}, {person.given}",
    lambda person, _: f"{person.family} {person.given}",
    lambda person, _: _initials(person),
    lambda person, _: _without_accents(_full(person)),
    lambda person, _: unicodedata.normalize("NFD", person.name),
    lambda person, _: _full(person).translate(_SPELLED_OUT),
    lambda person, _: _full(person).translate(_CYRILLIC),
    lambda person, dice: _hidden(_full(person), dice),
)
_ALONE_WAYS: tuple[Callable[[Person, Dice], str], ...] = (
    lambda person, _: person.given,
    lambda person, _: person.given,
    lambda person, _: person.family,
    lambda person, _: f"{person.given} {person.family.rpartition(' ')[2][0].upper()}.",
    lambda person, _: _without_accents(person.given),
)


def _with_at(value: str, dice: Dice) -> str:
    return value.replace("@", dice.pick((" [at] ", " (at) ", " at ", "[at]"))).replace(".", dice.pick((".", " dot ")))


def _tenfold(value: str) -> str:
    """The ten digits without country and zero."""
    return "".join(letter for letter in value if letter.isdigit())[-10:]


_WAYS: dict[IdentifierKind, tuple[Callable[[str, Dice], str], ...]] = {
    IdentifierKind.HANDLE: (
        lambda value, _: f"@{value}",
        lambda value, _: f"@{value}",
        lambda value, _: f"@{value.upper()}",
        lambda value, dice: f"@{_hidden(value, dice)}",
    ),
    IdentifierKind.EMAIL: (
        lambda value, _: value,
        lambda value, _: value.upper(),
        lambda value, _: value.title(),
        _with_at,
        lambda value, _: value.translate(_CYRILLIC),
        _hidden,
    ),
    IdentifierKind.PHONE: (
        lambda value, _: value,
        lambda value, _: f"+44{_tenfold(value)}",
        lambda value, _: f"0044 {_tenfold(value)}",
        lambda value, _: f"+44 (0){_tenfold(value)[:3]} {_tenfold(value)[3:]}",
        lambda value, _: f"0{_tenfold(value)[:3]}-{_tenfold(value)[3:6]}-{_tenfold(value)[6:]}",
        lambda value, _: f"0{_tenfold(value)[:3]}.{_tenfold(value)[3:6]}.{_tenfold(value)[6:]}",
        lambda value, _: f"(0{_tenfold(value)[:3]}) {_tenfold(value)[3:6]} {_tenfold(value)[6:]}",
    ),
}
