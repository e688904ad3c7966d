"""The keys of a log, from one that is trusted and from what the log itself says of their changes."""

from __future__ import annotations

import json
from collections.abc import Sequence

import sqlalchemy as sa

from assent.errors import EvidenceError
from assent.evidence.handover import HeldKey, chain_from, read_handover
from assent.evidence.note import VerifierKey
from assent.storage.database import Database
from assent.storage.schema import EVENTS, HEAD
from assent.vocabulary.events import EventType

_MARK = f'"type":"{EventType.KEY_ROTATED.value}"'.encode()


def held_keys(database: Database, trusted: Sequence[VerifierKey]) -> tuple[HeldKey, ...]:
    """Every key that a trusted one vouches for along the log's handovers, oldest first.

    Each handover is believed for the signatures it carries, not for where it was found, so this can come
    before anything else of the log was checked.

    Raises:
        EvidenceError: a change of key cannot be read, or ends at a key that nobody trusted vouches for.
    """
    query = sa.select(EVENTS.c.seq, EVENTS.c.event).where(EVENTS.c.member.is_(None)).order_by(EVENTS.c.seq)
    with database.reading() as connection:
        head = connection.execute(sa.select(HEAD.c.origin, HEAD.c.vkey)).one_or_none()
        rows = [(seq, bytes(data)) for seq, data in connection.execute(query) if type(data) is bytes and _MARK in data]
    if head is None:
        raise EvidenceError("the database has no checkpoint")
    try:
        found = [(seq, json.loads(data)) for seq, data in rows]
        handovers = [
            read_handover(head.origin, seq, new=str(each["vkey"]), old=str(each["replaces"]), by=each.get("by"))
            for seq, each in found
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise EvidenceError("a change of the log's key cannot be read") from None
    chains = [chain_from(key, handovers) for key in trusted]
    reaching = [chain for chain in chains if chain[-1].until is None]
    if chains and not reaching:
        raise EvidenceError(
            f"the key of `{head.origin}` was replaced at size `{chains[0][-1].until}` without the old key's signature,"
            " so the old key does not vouch for the new one"
        )
    return tuple(dict.fromkeys(key for chain in reaching for key in chain))
