"""A record and the people in it; the case that is decided; the verdict that comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assent.vocabulary.identifiers import Category, MemberId, PurposeName, RecordId, Role
from assent.vocabulary.reasons import Reason, from_mask
from assent.vocabulary.state import Hold, MemberState

SENSITIVE = "sensitive"
"""The context flag of a group or page about health, union, politics or religion."""

PUBLIC, GROUP, CONNECTIONS, PRIVATE = "public", "group", "connections", "private"
VISIBILITIES = (PUBLIC, GROUP, CONNECTIONS, PRIVATE)


@dataclass(frozen=True, slots=True)
class Signals:
    """Rights signals on a record, as found: a value that cannot be read is the absence of a signal.

    Args:
        aipref: the value of a `Content-Usage` header, an RFC 9651 dictionary.
        tdm_reservation: 0 or 1; anything else is unset.
        cawg: the entries of a CAWG training-and-data-mining assertion.
    """

    aipref: str | None = None
    tdm_reservation: int | str | None = None
    cawg: Mapping[str, Any] | None = None


NO_SIGNALS = Signals()


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open stretch of a text. Unit: Unicode code points."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody other than the author who appears in a record.

    Args:
        member: None for somebody who is no member; nobody permitted anything for them.
        spans: where the text names them; empty when it does not; None when that is not known,
            so that they cannot be masked.
    """

    role: Role
    member: MemberId | None
    spans: tuple[Span, ...] | None = ()


@dataclass(frozen=True, slots=True)
class Record:
    """What a platform holds, without its text.

    Args:
        parent: the record whose text this one carries (a repost, a quote); None when it carries none.
        unreadable: the row it came from could not be read in full.
    """

    id: RecordId
    category: Category | None
    author: MemberId | None
    subjects: tuple[Subject, ...] = ()
    created_at: datetime | None = None
    visibility: str | None = None
    excluded: bool = False
    signals: Signals = NO_SIGNALS
    context: frozenset[str] = frozenset()
    parent: RecordId | None = None
    unreadable: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """Everything one verdict depends on, besides the pack.

    Args:
        author: None when nothing is known of them.
        others: the state of each of `record.subjects`, in the same order; None for an unknown person.
        holds: those of the ledger; the pack's own are in the pack.
        parent_allowed: the parent's verdict; None when it names one that is unknown; True without a parent.
    """

    purpose: PurposeName
    at: datetime
    author: MemberState | None
    record: Record
    others: tuple[MemberState | None, ...] = ()
    holds: tuple[Hold, ...] = ()
    parent_allowed: bool | None = True


@dataclass(frozen=True, slots=True)
class Judgment:
    """What the rules say of a case: `mask` is empty exactly when it is allowed.

    Args:
        mask: the reasons, a bit each (`vocabulary.reasons`).
        masks: roles of the people to be masked in an allowed record, once each, by first appearance.
    """

    mask: int
    masks: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judgment that says what it rests on, so that anyone can derive it again.

    Args:
        as_of: T, the moment asked about.
        ledger_size: N, the number of ledger events that were taken into account.
    """

    allowed: bool
    reasons: tuple[Reason, ...]
    masks: tuple[Role, ...]
    pack_digest: str
    as_of: datetime
    ledger_size: int

    @classmethod
    def of(cls, judgment: Judgment, *, pack_digest: str, as_of: datetime, ledger_size: int) -> Verdict:
        """The verdict for a judgment."""
        return cls(not judgment.mask, from_mask(judgment.mask), judgment.masks, pack_digest, as_of, ledger_size)
