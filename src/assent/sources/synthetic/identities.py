# ruff: noqa: PLR2004 - the numbers are shares of a draw
"""What people are recognised by: a handle, an address and a number for each, from their number alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from assent.sources.synthetic.dice import Stream
from assent.sources.synthetic.people import Directory, Person
from assent.sources.synthetic.plan import Plan
from assent.vocabulary.people import IdentifierKind

_DOMAINS = ("example.com", "example.org", "example.net", "mail.example", "post.example")
# Ofcom keeps 496 0000 to 0999 in these areas for drama; the American numbers are kept for it too.
_AREAS = ("113", "114", "115", "116", "117", "118", "121", "131", "141", "151", "161", "191")
_OTHER_STREAM = 0x1D
_OBJECTORS_SEED = "objectors"


def plain(name: str) -> str:
    """The letters of a name as an address has them."""
    bare = unicodedata.normalize("NFKD", name.translate(_STROKES)).encode("ascii", "ignore").decode().lower()
    return "".join(letter for letter in bare if letter.isalnum()) or "me"


_STROKES = str.maketrans({"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ı": "i", "ß": "ss"})  # noqa: RUF001 - letters


def identifiers_of(person: Person, key: int) -> Mapping[IdentifierKind, str]:
    """What the platform has of the person; numbers and domains are kept for examples and belong to nobody."""
    stream = Stream(key ^ _OTHER_STREAM, person.ordinal)
    given, family = plain(person.given), plain(person.family)
    number = int(stream.unit() * 90) + 10
    handle = stream.pick((f"{given}_{family}{number}", f"{given}{family}", f"{family}-{given[:1]}{number}"))
    box = stream.pick(
        (f"{given}.{family}{person.ordinal}", f"{given[:1]}.{family}{number}", f"{given}{family}{number}")
    )
    area, line = stream.pick(_AREAS), int(stream.unit() * 1000)
    return {
        IdentifierKind.NAME: person.name,
        IdentifierKind.HANDLE: handle,
        IdentifierKind.EMAIL: f"{box}@{stream.pick(_DOMAINS)}",
        IdentifierKind.PHONE: f"+44 {area} 496 {line:04d}" if stream.unit() < 0.5 else f"0{area} 496 {line:04d}",
    }


class Objectors:
    """Invented people who are no members and objected; another network's members, so to speak."""

    def __init__(self, plan: Plan) -> None:
        count = max(5, plan.members // 20)
        other = Plan(int.from_bytes(_OBJECTORS_SEED.encode()[:6], "big") ^ plan.seed, count, 0)
        self._key = other.key
        self._directory = Directory(other)
        self.count = count

    def person(self, ordinal: int) -> Person:
        """The person of that number."""
        return self._directory.person(ordinal)

    def identifiers(self, ordinal: int) -> Mapping[IdentifierKind, str]:
        """What they objected with; nobody without an account has a handle."""
        found = identifiers_of(self.person(ordinal), self._key)
        return {kind: value for kind, value in found.items() if kind is not IdentifierKind.HANDLE}
