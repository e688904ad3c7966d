"""Crypto-shredding: salt and event are deleted, the entry in the log stays and says nothing any more.

One transaction:

1. find every event of the members;
2. delete them, salts included;
3. put the members on the suppression list;
4. append for each an `erasure.completed` under a pseudonym, which names the positions.

So there is never a gap without the event that accounts for it, nor an erased member who could be imported.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from assent.evidence.canonical import canonical_json
from assent.evidence.erasure import (
    NOBODY,
    READMISSION,
    READMITTED,
    erased_by,
    pseudonym_of,
    read_positions,
    write_positions,
)
from assent.ledger.columns import Shredded
from assent.ledger.stored import Statement, read_event
from assent.ledger.suppression import Suppression, SuppressionKey
from assent.storage.schema import EVENTS, SUPPRESSED
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import MemberId


@dataclass(slots=True)
class Shredding:
    """The erasure of these members, to be carried out inside a transaction of the ledger.

    Args:
        at: when it is carried out.
        shredded: how many events of each member went; filled in by `draw`, in vain if the transaction fails.
    """

    members: Sequence[str]
    key: SuppressionKey
    at: datetime
    shredded: dict[str, int]

    def draw(self, connection: sa.Connection, size: int) -> Iterable[Sequence[Statement]]:
        """The members' events are gone and they are on the list; gives the events that say so.

        Raises:
            InputError: the key is missing.
            EvidenceError: it is not the one that made the list.
        """
        suppression = Suppression(connection, self.key)
        statements: list[Statement] = []
        for member in self.members:
            found = connection.execute(
                sa.select(EVENTS.c.seq).where(EVENTS.c.member == member).order_by(EVENTS.c.seq)
            ).scalars()
            seqs = list(found)
            self.shredded[member] = len(seqs)
            if not seqs and suppression.among([member]):
                continue  # was erased before: nothing new to account for
            tag = suppression.tag(member)
            connection.execute(sa.delete(EVENTS).where(EVENTS.c.member == member))
            _list(connection, tag, size + len(statements))
            by = erased_by(suppression.tag(NOBODY))
            statements.append(_completed(pseudonym_of(tag), write_positions(seqs), by, self.at))
        if statements:
            _list(connection, suppression.tag(NOBODY), size + len(statements) - 1)
        return [statements]


@dataclass(frozen=True, slots=True)
class Readmission:
    """A member is taken from the list, to be carried out inside a transaction of the ledger.

    The event that says so names the pseudonym: that somebody was let back in can be audited, who cannot.
    """

    member: str
    key: SuppressionKey
    at: datetime

    def draw(self, connection: sa.Connection, _size: int) -> Iterable[Sequence[Statement]]:
        """The member is not on the list; gives the event that says so, none when they were not on it."""
        suppression = Suppression(connection, self.key)
        if not suppression.among([self.member]):
            return [[]]
        tag = suppression.tag(self.member)
        # The row stays under a tag that matches nobody: mirrors must still learn of that erasure.
        was = connection.execute(sa.select(SUPPRESSED.c.seq).where(SUPPRESSED.c.tag == tag)).scalar_one()
        connection.execute(
            sa.update(SUPPRESSED).where(SUPPRESSED.c.tag == tag).values(tag=READMITTED + was.to_bytes(8) + tag)
        )
        name = MemberId(pseudonym_of(tag))
        event = Event(EventType.MEMBER_JOINED, self.at, name, by=READMISSION, recorded_at=self.at)
        return [[(name, canonical_json(event.to_json()))]]


def shredded_since(connection: sa.Connection, seen: int) -> Shredded:
    """What was shredded after the erasure at position `seen`. Cost: one look when there was none."""
    later = set(connection.execute(sa.select(SUPPRESSED.c.seq).where(SUPPRESSED.c.seq > seen)).scalars())
    if not later:
        return Shredded(seen)
    return Shredded(max(later), min((first for at in later for first in _lowest(connection, at)), default=None))


def _lowest(connection: sa.Connection, at: int) -> Iterable[int]:
    data = connection.execute(sa.select(EVENTS.c.event).where(EVENTS.c.seq == at)).scalar()
    event = None if data is None else read_event(bytes(data))
    if not isinstance(event, Event) or event.type is not EventType.ERASURE_COMPLETED:
        return (0,)
    return (run.start for run in read_positions(event.value or ""))


def _list(connection: sa.Connection, tag: bytes, seq: int) -> None:
    connection.execute(sa.delete(SUPPRESSED).where(SUPPRESSED.c.tag == tag))
    connection.execute(sa.insert(SUPPRESSED).values(tag=tag, seq=seq))


def _completed(name: str, positions: str, by: str, at: datetime) -> Statement:
    event = Event(EventType.ERASURE_COMPLETED, at, MemberId(name), value=positions, by=by, recorded_at=at)
    return name, canonical_json(event.to_json())
