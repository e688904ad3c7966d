"""An erased person's paperwork goes with them."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from assent.desk.answers import forget_answers
from assent.desk.objections import forget_objections
from assent.desk.store import Desk
from assent.desk.tables import CONTACTS, OBJECTIONS, OUTBOX, SESSIONS


def forget_people(desk: Desk, people: Sequence[str]) -> None:
    """Nothing on the desk is about them: sessions, addresses, mail, objections, claims, answers of the API; no byte.

    Links under way, which are about an address and nobody known yet, end by themselves within two days.
    """
    for person in people:
        forget_objections(desk, person)
        with desk.changing() as connection:
            for table in (SESSIONS, CONTACTS, OUTBOX):
                connection.execute(sa.delete(table).where(table.c.member == person))
    forget_answers(desk, people)
    desk.database.overwrite_deleted(OBJECTIONS)
