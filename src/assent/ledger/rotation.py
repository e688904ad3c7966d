"""The log's key is replaced: the name stays, and the log itself says who signs from when.

One transaction appends `key.rotated`, with the signatures of both keys (`evidence.handover`), puts the new
key into the head, and signs the checkpoint with both. Later checkpoints are signed by the new key alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from assent.evidence.canonical import canonical_json
from assent.evidence.handover import Handover, HeldKey, chain_from, read_handover, sign_handover
from assent.evidence.note import SignerKey, VerifierKey
from assent.ledger.stored import Statement
from assent.storage.database import Database
from assent.storage.schema import EVENTS, HEAD
from assent.vocabulary.events import Event, EventType

_MARK = f'"type":"{EventType.KEY_ROTATED.value}"'.encode()


@dataclass(frozen=True, slots=True)
class Rotation:
    """The change to a new key, to be carried out inside a transaction of the ledger.

    Args:
        old: None when it is lost: then only the new key signs, and who trusts the old one must be told.
    """

    old: SignerKey | None
    new: SignerKey
    at: datetime

    def draw(self, connection: sa.Connection, size: int) -> Iterable[Sequence[Statement]]:
        """Gives the event that says so, signed."""
        before = VerifierKey.parse(connection.execute(sa.select(HEAD.c.vkey)).scalar_one())
        signers = (self.new,) if self.old is None else (self.old, self.new)
        handover = sign_handover(self.new.name, size, before, *signers)
        event = Event(
            EventType.KEY_ROTATED,
            self.at,
            key=handover.new.text,
            value=handover.old.text,
            by=handover.by,
            recorded_at=self.at,
        )
        return [[(None, canonical_json(event.to_json()))]]


def keys_of(database: Database) -> tuple[VerifierKey, tuple[Handover, ...]]:
    """The log's first key, and every change of it since. Cost: one look at the events about no member."""
    query = sa.select(EVENTS.c.seq, EVENTS.c.event).where(EVENTS.c.member.is_(None)).order_by(EVENTS.c.seq)
    with database.reading() as connection:
        head = connection.execute(sa.select(HEAD.c.origin, HEAD.c.vkey)).one()
        found = [(seq, json.loads(bytes(data))) for seq, data in connection.execute(query) if _MARK in bytes(data)]
    handovers = tuple(
        read_handover(head.origin, seq, new=each["vkey"], old=each["replaces"], by=each.get("by"))
        for seq, each in found
    )
    return handovers[0].old if handovers else VerifierKey.parse(head.vkey), handovers


def chain_of(database: Database) -> tuple[HeldKey, ...]:
    """Every key the log had, vouched for by the one it has."""
    with database.reading() as connection:
        vkey = connection.execute(sa.select(HEAD.c.vkey)).scalar_one()
    return chain_from(VerifierKey.parse(vkey), keys_of(database)[1])
