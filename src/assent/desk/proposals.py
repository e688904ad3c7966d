"""Packs that somebody proposes and somebody else approves: the paperwork; what was approved is the ledger's to say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from assent.desk.store import Desk
from assent.desk.tables import PROPOSALS
from assent.vocabulary.instants import format_instant, parse_instant

PROPOSED, APPROVED, REJECTED, WITHDRAWN = "proposed", "approved", "rejected", "withdrawn"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A pack that would take the place of the one in force.

    Args:
        document: the merged document, canonical JSON; `digest` is its identity.
        state: `proposed`, `approved`, `rejected` or `withdrawn`.
    """

    id: str
    pack: str
    document: str
    digest: str
    why: str
    proposed_by: str
    proposed_at: datetime
    state: str = PROPOSED
    settled_by: str | None = None
    settled_at: datetime | None = None


def add_proposal(desk: Desk, proposal: Proposal) -> None:
    """The desk knows it."""
    row = {
        "id": proposal.id,
        "pack": proposal.pack,
        "document": proposal.document,
        "digest": proposal.digest,
        "why": proposal.why,
        "proposed_by": proposal.proposed_by,
        "proposed_at": format_instant(proposal.proposed_at),
        "state": proposal.state,
    }
    with desk.changing() as connection:
        connection.execute(sa.insert(PROPOSALS).values(row))


def proposal_of(desk: Desk, ident: str) -> Proposal | None:
    """That one."""
    with desk.reading() as connection:
        row = connection.execute(sa.select(PROPOSALS).where(PROPOSALS.c.id == ident)).one_or_none()
    return None if row is None else _read(row)


def all_proposals(desk: Desk, *, state: str | None = None) -> list[Proposal]:
    """Every one there ever was, or those of a state, the newest first."""
    wanted = sa.select(PROPOSALS).order_by(PROPOSALS.c.proposed_at.desc(), PROPOSALS.c.id)
    with desk.reading() as connection:
        rows = connection.execute(wanted if state is None else wanted.where(PROPOSALS.c.state == state)).all()
    return [_read(row) for row in rows]


def settle_proposal(desk: Desk, ident: str, *, state: str, by: str, now: datetime) -> bool:
    """It is settled; False where it was settled before, which stays."""
    with desk.changing() as connection:
        open_one = sa.update(PROPOSALS).where(PROPOSALS.c.id == ident, PROPOSALS.c.state == PROPOSED)
        settled = open_one.values(state=state, settled_by=by, settled_at=format_instant(now))
        return bool(connection.execute(settled).rowcount)


def _read(row: Any) -> Proposal:
    return Proposal(
        row.id,
        row.pack,
        row.document,
        row.digest,
        row.why,
        row.proposed_by,
        parse_instant(row.proposed_at),
        row.state,
        row.settled_by,
        None if row.settled_at is None else parse_instant(row.settled_at),
    )
