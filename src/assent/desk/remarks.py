"""Why somebody of the staff did what the ledger says they did: their words, which the ledger does not take."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from assent.desk.store import Desk
from assent.desk.tables import REMARKS


@dataclass(frozen=True, slots=True)
class Remark:
    """What stands beside an event of the ledger. Unit: `took_ms` in milliseconds, None where nothing was measured."""

    words: str
    took_ms: float | None


def add_remark(desk: Desk, seq: int, words: str, *, took_ms: float | None = None) -> None:
    """The words stand beside the event at that position."""
    with desk.changing() as connection:
        connection.execute(sa.insert(REMARKS).values(seq=seq, words=words, took_ms=took_ms))


def remarks_on(desk: Desk, seqs: Collection[int]) -> dict[int, Remark]:
    """What stands beside these events."""
    with desk.reading() as connection:
        rows = connection.execute(sa.select(REMARKS).where(REMARKS.c.seq.in_(list(seqs)))).all()
    return {row.seq: Remark(row.words, row.took_ms) for row in rows}
