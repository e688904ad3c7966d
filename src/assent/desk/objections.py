"""Objections and claims as paperwork: words, addresses, deadlines, and every step with its time.

Whether an objection stands is the ledger's to say. A case here carries at most one step that is `pending`: written
down, on its way into the ledger, and not yet settled; `operations.casework` says what a crash between means.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from assent.desk.sessions import digest_of
from assent.desk.store import Desk
from assent.desk.tables import CONTACTS, LINKS, OBJECTIONS, STEPS
from assent.vocabulary.identifiers import MemberId, PurposeName, RecordId
from assent.vocabulary.instants import format_instant, parse_instant

OBJECTION: Final = "objection"
CLAIM: Final = "claim"

OPEN_STATES: Final = frozenset({"received", "weighed", "appealed"})
"""States in which staff have something to do and a clock runs."""

STATUS_ERRAND: Final = "objection.case"
"""What a link is for that shows a case to somebody who has no account."""

NEVER: Final = "9999-12-31T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a case."""

    at: datetime
    step: str
    by: str
    words: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """An objection or a claim.

    Args:
        person: the member, or the pseudonym under which the ledger knows somebody who is none.
        about: what somebody who is no member says it is about; of a claim, what was asked and seen, as JSON.
        extended: why the time was extended.
        take_back: of a claim: undo past use if it is confirmed.
        pending: a step on its way into the ledger.
    """

    id: str
    kind: str
    purpose: PurposeName
    person: MemberId
    is_member: bool
    name: str | None
    address: str | None
    language: str
    words: str
    state: str
    received_at: datetime
    due_at: datetime
    extended: str | None = None
    decided_at: datetime | None = None
    grounds: str | None = None
    records: tuple[RecordId, ...] = ()
    about: str | None = None
    take_back: bool = False
    pending: str | None = None
    steps: tuple[Step, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether staff have still to answer it."""
        return self.state in OPEN_STATES

    @property
    def is_appeal(self) -> bool:
        """Whether the person contradicted a rejection."""
        return any(each.step == "appealed" for each in self.steps)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which cases are looked for; None asks nothing."""

    kind: str | None = OBJECTION
    states: Collection[str] | None = None
    purpose: str | None = None
    due_before: datetime | None = None

    def condition(self) -> sa.ColumnElement[bool]:
        """The same as SQL."""
        table = OBJECTIONS.c
        parts: list[sa.ColumnElement[bool]] = [sa.true()]
        if self.kind is not None:
            parts.append(table.kind == self.kind)
        if self.states is not None:
            parts.append(table.state.in_(sorted(self.states)))
        if self.purpose is not None:
            parts.append(table.purpose == self.purpose)
        if self.due_before is not None:
            parts.append(table.due_at < format_instant(self.due_before))
        return sa.and_(*parts)


def open_case(desk: Desk, case: Case, *steps: Step) -> bool:
    """Whether the case lies on the desk now, and with it its pending step: not where it, or one like it, lay there."""
    with desk.changing() as connection:
        done = _insert(connection, case)
        for step in steps if done else ():
            add_step(connection, case.id, step)
    return done


def open_case_by_link(desk: Desk, case: Case, link: str) -> bool:
    """Whether the case lies on the desk now and the link with that digest works no more: not where it was used before.

    Guarantee: both or neither, so that a link is never used up for nothing.
    """
    with desk.changing() as connection:
        used = connection.execute(sa.delete(LINKS).where(LINKS.c.digest == link)).rowcount
        return used == 1 and _insert(connection, case)


def begin_step(desk: Desk, case: Case, pending: str) -> bool:
    """Whether the step is the case's pending one now: not where the case changed since it was read."""
    unchanged = sa.and_(OBJECTIONS.c.id == case.id, OBJECTIONS.c.state == case.state, OBJECTIONS.c.pending.is_(None))
    with desk.changing() as connection:
        done = connection.execute(sa.update(OBJECTIONS).where(unchanged).values(pending=pending))
    return done.rowcount == 1


def correct_case(desk: Desk, case: Case, step: Step, changes: dict[str, Any]) -> bool:
    """Whether the case is as the ledger says now: not where it changed since it was read."""
    unchanged = sa.and_(OBJECTIONS.c.id == case.id, OBJECTIONS.c.state == case.state, OBJECTIONS.c.pending.is_(None))
    with desk.changing() as connection:
        done = connection.execute(sa.update(OBJECTIONS).where(unchanged).values(**changes)).rowcount == 1
        if done:
            add_step(connection, case.id, step)
    return done


def settle_step(desk: Desk, ident: str, pending: str, step: Step, changes: dict[str, Any]) -> bool:
    """Whether this call settled the step: the case is as the step leaves it, and nothing is pending."""
    this = sa.and_(OBJECTIONS.c.id == ident, OBJECTIONS.c.pending == pending)
    with desk.changing() as connection:
        done = connection.execute(sa.update(OBJECTIONS).where(this).values(pending=None, **changes))
        if done.rowcount == 1:
            add_step(connection, ident, step)
    return done.rowcount == 1


def add_step(connection: sa.Connection, ident: str, step: Step) -> None:
    """The history of the case ends with the step."""
    row = {"objection": ident, "at": format_instant(step.at), "step": step.step, "by": step.by, "words": step.words}
    connection.execute(sa.insert(STEPS).values(row))


def drop_step(desk: Desk, ident: str, pending: str) -> None:
    """The step did not happen; a case that only began with it is gone."""
    this = sa.and_(OBJECTIONS.c.id == ident, OBJECTIONS.c.pending == pending)
    with desk.changing() as connection:
        began = sa.exists().where(STEPS.c.objection == ident)
        connection.execute(sa.delete(OBJECTIONS).where(this, ~began))
        connection.execute(sa.update(OBJECTIONS).where(this).values(pending=None))


def case_of(desk: Desk, ident: str) -> Case | None:
    """The case with its steps; None where there is none."""
    if not _is_storable(ident):
        return None
    with desk.reading() as connection:
        return next(iter(_cases(connection, OBJECTIONS.c.id == ident)), None)


def cases_of(desk: Desk, person: str) -> list[Case]:
    """One person's cases, the newest first."""
    with desk.reading() as connection:
        return _cases(connection, OBJECTIONS.c.person == person)


def open_cases_at(desk: Desk, address: str, purpose: str, kind: str) -> list[Case]:
    """Cases of somebody who is no member that are not over, by the address that was confirmed."""
    table = OBJECTIONS.c
    theirs = sa.and_(
        table.address == address, table.purpose == purpose, table.kind == kind, table.is_member.is_(False),
        table.state.in_(sorted(OPEN_STATES)),
    )  # fmt: skip
    with desk.reading() as connection:
        return _cases(connection, theirs)


def cases_by(desk: Desk, wanted: Filter, *, first: int, count: int) -> list[Case]:
    """A page of them without their steps: what is due soonest first. Cost: O(count), by an index."""
    query = sa.select(OBJECTIONS).where(wanted.condition()).order_by(OBJECTIONS.c.due_at, OBJECTIONS.c.id)
    with desk.reading() as connection:
        return [_case(row, ()) for row in connection.execute(query.offset(first).limit(count))]


def count_by(desk: Desk, wanted: Filter) -> int:
    """How many there are."""
    query = sa.select(sa.func.count()).select_from(OBJECTIONS).where(wanted.condition())
    with desk.reading() as connection:
        return int(connection.execute(query).scalar_one())


def count_by_state(desk: Desk, kind: str) -> dict[str, int]:
    """How many there are in each state."""
    query = sa.select(OBJECTIONS.c.state, sa.func.count()).where(OBJECTIONS.c.kind == kind).group_by(OBJECTIONS.c.state)
    with desk.reading() as connection:
        return {state: int(count) for state, count in connection.execute(query)}


def pending_cases(desk: Desk) -> list[Case]:
    """Cases with a step that is not settled."""
    with desk.reading() as connection:
        return _cases(connection, OBJECTIONS.c.pending.is_not(None))


def mailbox_of(desk: Desk, member: str) -> tuple[str | None, str | None]:
    """Where a member gets mail, and in which language."""
    query = sa.select(CONTACTS.c.address, CONTACTS.c.language).where(CONTACTS.c.member == member)
    with desk.reading() as connection:
        found = connection.execute(query).one_or_none()
    return (None, None) if found is None else (found.address, found.language)


def link_to_case(desk: Desk, ident: str, secret: str) -> None:
    """Whoever has the secret sees the case until `end_links` says when that ends."""
    row = {"digest": digest_of(secret), "errand": STATUS_ERRAND, "about": ident, "ends_at": NEVER}
    with desk.changing() as connection:
        connection.execute(sa.insert(LINKS).values(row))


def end_links(desk: Desk, ident: str, ends_at: datetime | None) -> None:
    """Every link to the case works until then; None is for as long as it is open."""
    those = sa.and_(LINKS.c.errand == STATUS_ERRAND, LINKS.c.about == ident)
    until = NEVER if ends_at is None else format_instant(ends_at)
    with desk.changing() as connection:
        connection.execute(sa.update(LINKS).where(those).values(ends_at=until))


def forget_objections(desk: Desk, person: str) -> int:
    """Nothing lies on the desk of this person's objections and claims; gives how many there were."""
    theirs = sa.select(OBJECTIONS.c.id).where(OBJECTIONS.c.person == person)
    with desk.changing() as connection:
        connection.execute(sa.delete(STEPS).where(STEPS.c.objection.in_(theirs)))
        connection.execute(sa.delete(LINKS).where(LINKS.c.errand == STATUS_ERRAND, LINKS.c.about.in_(theirs)))
        return connection.execute(sa.delete(OBJECTIONS).where(OBJECTIONS.c.person == person)).rowcount


def clear_words(desk: Desk, before: datetime) -> int:
    """Of a case that was closed before that moment the outcome stays, and nothing that anybody wrote; how many lost it.

    Name, address, words and grounds go, and what was said at each step. State and times stay, as in the ledger.
    """
    table = OBJECTIONS.c
    closed = sa.and_(table.state.not_in(sorted(OPEN_STATES)), table.pending.is_(None),
                     table.decided_at < format_instant(before))  # fmt: skip
    texts = (table.name, table.address, table.about, table.grounds, table.extended)
    said = sa.or_(table.words != "", *(each.is_not(None) for each in texts))
    with desk.changing() as connection:
        found = list(connection.execute(sa.select(table.id).where(closed, said)).scalars())
        those = table.id.in_(found)
        connection.execute(sa.update(OBJECTIONS).where(those).values(words="", **{each.name: None for each in texts}))
        connection.execute(sa.update(STEPS).where(STEPS.c.objection.in_(found)).values(words=None))
    if found:
        desk.database.overwrite_deleted(OBJECTIONS)
    return len(found)


def _insert(connection: sa.Connection, case: Case) -> bool:
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(OBJECTIONS).values(**_columns(case)).on_conflict_do_nothing()
    return connection.execute(statement).rowcount == 1


def _is_storable(text: str) -> bool:
    return "\x00" not in text and text.isascii()


def _cases(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> list[Case]:
    query = sa.select(OBJECTIONS).where(condition).order_by(OBJECTIONS.c.received_at.desc(), OBJECTIONS.c.id)
    rows = connection.execute(query).all()
    steps: dict[str, list[Step]] = {row.id: [] for row in rows}
    named = sa.select(STEPS).where(STEPS.c.objection.in_(list(steps))).order_by(STEPS.c.number)
    for row in connection.execute(named) if rows else ():
        steps[row.objection].append(Step(parse_instant(row.at), row.step, row.by, row.words))
    return [_case(row, steps[row.id]) for row in rows]


def _case(row: Any, steps: Sequence[Step]) -> Case:
    given = dict(row._mapping)  # noqa: SLF001 - its public name, as SQLAlchemy documents it
    given |= {
        "purpose": PurposeName(row.purpose),
        "person": MemberId(row.person),
        "is_member": bool(row.is_member),
        "received_at": parse_instant(row.received_at),
        "due_at": parse_instant(row.due_at),
        "decided_at": None if row.decided_at is None else parse_instant(row.decided_at),
        "records": tuple(RecordId(each) for each in json.loads(row.records or "[]")),
        "take_back": bool(row.take_back),
        "steps": tuple(steps),
    }
    return Case(**given)


def _columns(case: Case) -> dict[str, Any]:
    given = {name: getattr(case, name) for name in Case.__slots__ if name != "steps"}
    return given | {
        "received_at": format_instant(case.received_at),
        "due_at": format_instant(case.due_at),
        "decided_at": None if case.decided_at is None else format_instant(case.decided_at),
        "records": json.dumps(list(case.records)) if case.records else None,
    }
