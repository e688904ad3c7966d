"""Who a model must not name, as keyed hashes: the predicate `urn:assent:predicate:suppression-list:v1`, as values.

Nobody reads a name out of it who has not the key, and who has the key can only ask of a name whether it is there. What
is hashed is folded text, in roles that say how it is looked for; `assent.curation.outputs` does both.

Shape: docs/spec/suppression.md.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from assent.errors import AssentError, EvidenceError
from assent.evidence.attestation import (
    Statement,
    Subject,
    encode_statement,
    require_one_form,
    sign_statement,
    verify_statement,
)
from assent.vocabulary.instants import format_instant, parse_instant

SUPPRESSION_PREDICATE: Final = "urn:assent:predicate:suppression-list:v1"
TAG_BYTES: Final = 16
TAGS: Final = "tags"
"""The one thing that the statement is about: the tags of all roles, one after the other."""


class Role(StrEnum):
    """What a hash stands for, and so how it is looked for."""

    NAME_BEGINS = "name.begins"
    """A word with which a name can begin; the next says whether it does."""
    NAME = "name"
    """Two neighbouring words that are enough to name somebody."""
    NAME_CAPITAL = "name.capital"
    """The same where both are words of a language, too: they count with capitals only."""
    NAME_STRANGE = "name.strange"
    """The same by a spelling that only letters beyond ASCII can mean."""
    NAME_INITIAL = "name.initial"
    """An initial and a name of the family."""
    NAME_LINK = "name.link"
    """Two neighbouring words that belong to a name and are not enough for it."""
    NAME_JOINED = "name.joined"
    """A whole name in one word."""
    SCRIPT_BEGINS = "script.begins"
    SCRIPT = "script"
    """A name in a script that writes words without gaps."""
    EMAIL_BEGINS = "email.begins"
    EMAIL = "email"
    HANDLE_BEGINS = "handle.begins"
    HANDLE = "handle"
    """A handle that nobody writes by chance."""
    HANDLE_CALLED = "handle.called"
    """One that counts behind an `@` only."""
    PHONE = "phone"
    """The digits of a number, without what stands before it."""


SINGLE: Final = frozenset(
    {Role.NAME_BEGINS, Role.NAME_JOINED, Role.SCRIPT_BEGINS, Role.EMAIL_BEGINS, Role.HANDLE_BEGINS}
)
"""Roles of one word, asked of every word."""

Tags = Mapping[Role, frozenset[bytes]]


@dataclass(frozen=True, slots=True)
class SuppressionList:
    """People who took back or objected, as hashes.

    Args:
        made_at, ledger_size: the moment and the ledger as of which it is complete.
        purposes: whose refusals it takes in.
        key_id: of the key of its hashes, so that another key does not read it as empty.
        people: how many it is about; `unknown` more refused, and nothing is known to recognise them by.
    """

    made_at: datetime
    ledger_size: int
    purposes: tuple[str, ...]
    key_id: str
    people: int
    unknown: int
    tags: Tags = field(default_factory=dict)

    def to_predicate(self) -> dict[str, Any]:
        """The predicate as JSON values; hashes in order, so that equal lists have equal bytes."""
        return {
            "made_at": format_instant(self.made_at),
            "ledger_size": self.ledger_size,
            "purposes": list(self.purposes),
            "key_id": self.key_id,
            "people": self.people,
            "unknown": self.unknown,
            "tags": {role.value: base64.b64encode(_joined(self.tags.get(role, ()))).decode() for role in Role},
        }


def role_tag(key: bytes, kind: str, words: Sequence[str]) -> bytes:
    """What stands for these folded words.

    Args:
        kind: `word` for one of them, `pair` for two of a name, `whole` for all of an identifier, `digits` for a number.
    """
    message = b"assent suppression v1\0" + kind.encode() + b"\0" + " ".join(words).encode("utf-8", "surrogatepass")
    return hmac.digest(key, message, "sha256")[:TAG_BYTES]


def sign_list(made: SuppressionList, key: Ed25519PrivateKey) -> bytes:
    """The list as it is handed to whoever serves a model."""
    digest = sha256(b"".join(_joined(made.tags.get(role, ())) for role in Role)).hexdigest()
    return sign_statement(encode_statement([Subject(TAGS, digest)], SUPPRESSION_PREDICATE, made.to_predicate()), key)


def open_list(data: bytes, key: Ed25519PublicKey) -> SuppressionList:
    """The list in a file, whose every byte its publisher signed.

    Raises:
        EvidenceError: it is not signed with this key, was changed, or is no such list.
    """
    statement = verify_statement(data, key)
    require_one_form(data, key)
    return parse_list(statement)


def parse_list(statement: Statement) -> SuppressionList:
    """The list in a statement.

    Raises:
        EvidenceError: another predicate type, a missing or ill-typed field, or hashes that are not its subject.
    """
    if statement.predicate_type != SUPPRESSION_PREDICATE:
        raise EvidenceError(f"the predicate is not `{SUPPRESSION_PREDICATE}`", hint="this is no suppression list")
    given = statement.predicate
    try:
        packed = {role: base64.b64decode(given["tags"][role.value], validate=True) for role in Role}
        found = SuppressionList(
            made_at=parse_instant(given["made_at"], field="made_at"),
            ledger_size=int(given["ledger_size"]),
            purposes=tuple(str(each) for each in given["purposes"]),
            key_id=str(given["key_id"]),
            people=int(given["people"]),
            unknown=int(given["unknown"]),
            tags={role: _apart(each) for role, each in packed.items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError, AssentError) as error:
        raise EvidenceError(f"the suppression list cannot be read: {error}") from None
    digest = sha256(b"".join(packed[role] for role in Role)).hexdigest()
    if [(each.name, each.sha256) for each in statement.subjects] != [(TAGS, digest)]:
        raise EvidenceError("the suppression list is about other hashes than it holds")
    return found


def _joined(tags: Iterable[bytes]) -> bytes:
    return b"".join(sorted(tags))


def _apart(packed: bytes) -> frozenset[bytes]:
    if len(packed) % TAG_BYTES:
        raise ValueError("a hash is cut off")
    return frozenset(packed[at : at + TAG_BYTES] for at in range(0, len(packed), TAG_BYTES))
