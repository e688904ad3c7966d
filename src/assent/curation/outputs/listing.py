"""Names and identifiers as the keyed hashes under which a text is looked through for them.

The forms are those that the finder of known people (`redact.known`) looks for in every text, of people who are no
members: two neighbouring words of a name, one of them of the family, in either order; an initial and the family; the
whole name in one word; addresses, handles and numbers however they are written. One word of a name alone names nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from assent.curation.redact.known.addresses import Email, Handle, Phone, read_email, read_handle, read_phone
from assent.curation.redact.known.named import NAMES, Name, Part, take_apart
from assent.curation.redact.known.words import OPENINGS, ORDINARY, PARTICLES
from assent.evidence.suppression_list import Role, Tags, role_tag
from assent.vocabulary.people import IdentifierKind

PLAIN: Final = ORDINARY | OPENINGS | PARTICLES
DISTINCT_LETTERS: Final = 7
"""A handle of so many letters, or with a digit, is written by nobody by chance."""

Form = tuple[Role, str, tuple[str, ...]]
"""How it is looked for, the kind of its hash, and what is hashed."""


def list_identifiers(identifiers: Iterable[tuple[str, str]], key: bytes) -> Tags:
    """The hashes of these (kind, value), in every form in which they are looked for.

    Args:
        identifiers: kinds are those of `IdentifierKind`; what cannot be read as one, or is too short to be told
            from other words, has no hash.
    """
    tags: dict[Role, set[bytes]] = defaultdict(set)
    for kind, value in identifiers:
        for role, how, words in forms_of(kind, value):
            tags[role].add(role_tag(key, how, words))
    # Where a pair is enough in any writing it is enough, whoever else asks for more of it.
    for weaker in (Role.NAME_CAPITAL, Role.NAME_STRANGE, Role.NAME_INITIAL, Role.NAME_LINK):
        tags[weaker] -= tags[Role.NAME]
    tags[Role.HANDLE_CALLED] -= tags[Role.HANDLE]
    return {role: frozenset(tags[role]) for role in Role}


def forms_of(kind: str, value: str) -> Iterator[Form]:
    """Every form of an identifier that is looked for; none where nobody could tell it from other words."""
    match kind:
        case IdentifierKind.NAME:
            yield from _of_name(take_apart(value))
        case IdentifierKind.HANDLE:
            yield from _of_handle(read_handle(value))
        case IdentifierKind.EMAIL:
            yield from _of_email(read_email(value))
        case IdentifierKind.PHONE:
            yield from _of_phone(read_phone(value))


def _of_name(name: Name) -> Iterator[Form]:
    if name.script:
        if len(name.script) > 1:
            yield Role.SCRIPT_BEGINS, "word", name.script[:1]
            yield Role.SCRIPT, "whole", name.script
        return
    for word, part in name.parts.items():
        if part & Part.JOINED and not part & NAMES:
            yield Role.NAME_JOINED, "word", (word,)
    for one, other, role in _pairs(name):
        yield Role.NAME_BEGINS, "word", (one,)
        yield role, "pair", (one, other)


def _pairs(name: Name) -> Iterator[tuple[str, str, Role]]:
    words = {word: part for word, part in name.parts.items() if part & (NAMES | Part.PARTICLE)}
    for one, first in words.items():
        for other, second in words.items():
            if one != other:
                yield one, other, _role_of(one, first, other, second)
    for word, part in words.items():
        if part & Part.FAMILY:
            for initial in name.any_initial - name.family:
                yield initial, word, Role.NAME_INITIAL
                yield word, initial, Role.NAME_INITIAL
        elif part & NAMES:
            for initial in name.any_initial:
                yield word, initial, Role.NAME_LINK


def _role_of(one: str, first: int, other: str, second: int) -> Role:
    kinds = (first | second) & NAMES
    if not kinds & Part.FAMILY or kinds.bit_count() < 2 or not (first & NAMES and second & NAMES):  # noqa: PLR2004
        return Role.NAME_LINK
    if (first | second) & Part.STRANGE:
        return Role.NAME_STRANGE
    return Role.NAME_CAPITAL if {one, other} <= PLAIN else Role.NAME


def _of_handle(handle: Handle | None) -> Iterator[Form]:
    if handle is None:
        return
    for word in sorted(handle.joined):
        distinct = any(letter.isdigit() for letter in word) or (len(word) >= DISTINCT_LETTERS and word not in PLAIN)
        yield Role.HANDLE_BEGINS, "word", (word,)
        yield Role.HANDLE if distinct else Role.HANDLE_CALLED, "whole", (word,)
    if len(handle.words) > 1:
        yield Role.HANDLE_BEGINS, "word", handle.words[:1]
        yield Role.HANDLE, "whole", handle.words


def _of_email(email: Email | None) -> Iterator[Form]:
    if email is not None:
        yield Role.EMAIL_BEGINS, "word", email.box[:1]
        yield Role.EMAIL, "whole", (*email.box, *email.domain)


def _of_phone(phone: Phone | None) -> Iterator[Form]:
    if phone is not None:
        yield Role.PHONE, "digits", (phone.digits,)
        if phone.country:
            yield Role.PHONE, "digits", (phone.country + phone.digits,)
