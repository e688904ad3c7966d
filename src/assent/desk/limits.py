"""How often somebody came in a span of time, counted over all processes."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from assent.desk.store import Desk
from assent.desk.tables import SHOWN
from assent.vocabulary.instants import format_instant


def count_visit(desk: Desk, errand: str, who: str, *, span_seconds: int, now: datetime) -> tuple[int, int]:
    """The visit is counted; gives how many there were in the present span, and the seconds until the next one.

    `who`, an address perhaps, is stored as a digest that belongs to the span alone, and goes with it.
    """
    second = int(now.timestamp())
    end = second - second % span_seconds + span_seconds
    span = format_instant(datetime.fromtimestamp(end, UTC))
    row = {"who": hashlib.sha256(f"{errand}\0{who}\0{span}".encode()).hexdigest(), "span": span, "count": 1}
    with desk.changing() as connection:
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        again = insert(SHOWN).values(row).on_conflict_do_update(
            index_elements=[SHOWN.c.who, SHOWN.c.span], set_={"count": SHOWN.c.count + 1}
        )  # fmt: skip
        count = int(connection.execute(again.returning(SHOWN.c.count)).scalar_one())
        if count == 1:
            connection.execute(sa.delete(SHOWN).where(SHOWN.c.span < format_instant(now)))
    return count, end - second
