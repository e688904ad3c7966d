"""Where members can be written to, in which language, and whether they want reminders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from assent.desk.store import Desk
from assent.desk.tables import CONTACTS, OUTBOX
from assent.vocabulary.identifiers import MemberId

_INSERT: Final[dict[str, Any]] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


@dataclass(frozen=True, slots=True)
class Contact:
    """One member's address."""

    member: MemberId
    address: str
    language: str
    reminders: bool = True


def put_contacts(desk: Desk, contacts: Sequence[Contact]) -> None:
    """All of them are known, or after an error none; a choice about reminders that was made before stays."""
    if not contacts:
        return
    rows = [{"member": e.member, "address": e.address, "language": e.language, "reminders": True} for e in contacts]
    with desk.changing() as connection:
        insert = _INSERT[connection.dialect.name](CONTACTS)
        new = {"address": insert.excluded.address, "language": insert.excluded.language}
        connection.execute(insert.on_conflict_do_update(index_elements=["member"], set_=new), rows)


def addressed_members(desk: Desk) -> list[str]:
    """Whoever has an address, without it."""
    query = sa.select(CONTACTS.c.member).where(CONTACTS.c.address.is_not(None))
    with desk.reading() as connection:
        return [row[0] for row in desk.database.fetch_rows(connection, query)]


def all_contacts(desk: Desk) -> dict[str, Contact]:
    """Whoever has an address. Cost: memory for all of them."""
    query = sa.select(CONTACTS.c.member, CONTACTS.c.address, CONTACTS.c.language, CONTACTS.c.reminders)
    with desk.reading() as connection:
        rows = desk.database.fetch_rows(connection, query.where(CONTACTS.c.address.is_not(None)))
    return {row[0]: Contact(MemberId(row[0]), row[1], row[2], bool(row[3])) for row in rows}


def contact_of(desk: Desk, member: str) -> Contact | None:
    """That member's, if there is one."""
    with desk.reading() as connection:
        row = connection.execute(sa.select(CONTACTS).where(CONTACTS.c.member == member)).one_or_none()
    if row is None or row.address is None:
        return None
    return Contact(row.member, row.address, row.language, bool(row.reminders))


def end_reminders(desk: Desk, member: str) -> None:
    """The member gets no reminders any more; those that wait are not sent."""
    waiting = sa.and_(OUTBOX.c.member == member, OUTBOX.c.is_reminder.is_(True), OUTBOX.c.state == "waiting")
    with desk.changing() as connection:
        connection.execute(sa.update(CONTACTS).where(CONTACTS.c.member == member).values(reminders=False))
        connection.execute(sa.delete(OUTBOX).where(waiting))


def forget_contact(desk: Desk, member: str) -> None:
    """Neither an address of the member nor any mail to them is on the desk."""
    with desk.changing() as connection:
        for table in (CONTACTS, OUTBOX):
            connection.execute(sa.delete(table).where(table.c.member == member))
