"""Who is behind a pseudonym of the ledger's trail."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from assent.desk.store import Desk
from assent.desk.tables import STAFF
from assent.vocabulary.instants import format_instant


def remember_staff(desk: Desk, subject: str, *, shown_name: str, role: str, now: datetime) -> None:
    """The desk knows this person of the staff as they were at their last sign-in."""
    row = {"shown_name": shown_name, "role": role, "seen_at": format_instant(now)}
    with desk.changing() as connection:
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        known = insert(STAFF).values(subject=subject, **row)
        connection.execute(known.on_conflict_do_update(index_elements=[STAFF.c.subject], set_=row))


def staff_names(desk: Desk) -> dict[str, str]:
    """The name to show for each pseudonym."""
    with desk.reading() as connection:
        rows = connection.execute(sa.select(STAFF.c.subject, STAFF.c.shown_name)).all()
    return {row.subject: row.shown_name for row in rows}
