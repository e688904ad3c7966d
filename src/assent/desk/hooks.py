"""Who is told of changed settings or of a model, how far they have heard, and whose turn it is to tell them.

A hook is told by one process at a time. Whoever tells it has claimed it by moving `next_at` ahead, and moves it on with
every message; a process that dies simply lets it lapse. Every write names the `next_at` it rests on, so that a
process that was overtaken changes nothing any more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from assent.desk.store import Desk
from assent.desk.tables import HOOKS
from assent.vocabulary.instants import format_instant, parse_instant

LEASE: Final = timedelta(minutes=2)
"""How long a claim holds; longer than one message may take."""


@dataclass(frozen=True, slots=True)
class Hook:
    """Where messages go.

    Args:
        told_to: the ledger's size up to which everything was delivered.
        tries: attempts at the next message that failed.
        next_at: when its turn comes, or until when somebody is at it.
        detail: what came of the last attempt.
        stopped_at: when it was given up; nothing is sent until somebody starts it again.
        about: the model trained elsewhere that it hears of; None hears of changed settings.
    """

    id: str
    address: str
    secret: bytes
    made_at: datetime
    told_to: int
    tries: int = 0
    next_at: datetime | None = None
    detail: str | None = None
    stopped_at: datetime | None = None
    turn: str = ""
    about: str | None = None


def add(desk: Desk, hook: Hook) -> bool:
    """The hook is there; False where one with its address about the same is there already."""
    row = {
        "id": hook.id,
        "address": hook.address,
        "secret": hook.secret,
        "made_at": format_instant(hook.made_at),
        "told_to": hook.told_to,
        "next_at": _sortable(hook.made_at),
        "about": hook.about,
    }
    same = sa.and_(HOOKS.c.address == hook.address, HOOKS.c.about.is_not_distinct_from(hook.about))
    with desk.changing() as connection:
        if connection.execute(sa.select(HOOKS.c.id).where(same)).first() is not None:
            return False
        connection.execute(sa.insert(HOOKS).values(row))
    return True


def remove(desk: Desk, ident: str) -> bool:
    """The hook and its secret are gone; whether it was there."""
    with desk.changing() as connection:
        return bool(connection.execute(sa.delete(HOOKS).where(HOOKS.c.id == ident)).rowcount)


def all_hooks(desk: Desk) -> list[Hook]:
    """Every hook, the oldest first."""
    with desk.reading() as connection:
        rows = connection.execute(sa.select(HOOKS).order_by(HOOKS.c.made_at, HOOKS.c.id)).all()
    return [_read(row) for row in rows]


def due(desk: Desk, *, now: datetime, size: int) -> list[Hook]:
    """Those whose turn it is and who have not heard everything up to that size of the ledger."""
    turn = sa.and_(HOOKS.c.stopped_at.is_(None), HOOKS.c.next_at <= _sortable(now), HOOKS.c.told_to < size)
    with desk.reading() as connection:
        rows = connection.execute(sa.select(HOOKS).where(turn).order_by(HOOKS.c.next_at)).all()
    return [_read(row) for row in rows]


def claim(desk: Desk, hook: Hook, *, now: datetime) -> Hook | None:
    """The hook, ours to tell for as long as the lease; None where somebody else was faster."""
    return _moved(desk, hook, replace(hook, turn=_sortable(now + LEASE)))


def heard(desk: Desk, hook: Hook, told_to: int, *, now: datetime, detail: str | None = None) -> Hook | None:
    """The hook has heard everything up to there and stays ours; None where it was taken over or removed."""
    told = replace(hook, told_to=told_to, tries=0, detail=detail or hook.detail, turn=_sortable(now + LEASE))
    return _moved(desk, hook, told)


def release(desk: Desk, hook: Hook, *, now: datetime) -> None:
    """Anybody may tell it again, at once."""
    _moved(desk, hook, replace(hook, turn=_sortable(now)))


def failed(desk: Desk, hook: Hook, *, detail: str, next_at: datetime, stopped_at: datetime | None) -> None:
    """The next message did not arrive; it is tried again then, or not at all."""
    tried = replace(hook, tries=hook.tries + 1, detail=detail, stopped_at=stopped_at, turn=_sortable(next_at))
    _moved(desk, hook, tried)


def start(desk: Desk, ident: str, *, now: datetime) -> bool:
    """A hook that was given up is tried again, from where it had heard; whether it is there."""
    anew = {"stopped_at": None, "tries": 0, "next_at": _sortable(now)}
    with desk.changing() as connection:
        return bool(connection.execute(sa.update(HOOKS).where(HOOKS.c.id == ident).values(anew)).rowcount)


def _moved(desk: Desk, old: Hook, new: Hook) -> Hook | None:
    values: dict[str, Any] = {
        "told_to": new.told_to,
        "tries": new.tries,
        "detail": new.detail,
        "next_at": new.turn,
        "stopped_at": None if new.stopped_at is None else format_instant(new.stopped_at),
    }
    with desk.changing() as connection:
        mine = sa.update(HOOKS).where(HOOKS.c.id == old.id, HOOKS.c.next_at == old.turn, HOOKS.c.stopped_at.is_(None))
        return new if connection.execute(mine.values(values)).rowcount else None


def _read(row: Any) -> Hook:
    return Hook(
        id=row.id,
        address=row.address,
        secret=bytes(row.secret),
        made_at=parse_instant(row.made_at),
        told_to=row.told_to,
        tries=row.tries,
        next_at=parse_instant(row.next_at),
        detail=row.detail,
        stopped_at=None if row.stopped_at is None else parse_instant(row.stopped_at),
        turn=row.next_at,
        about=row.about,
    )


def _sortable(instant: datetime) -> str:
    """With all its digits, so that texts sort as moments do."""
    return instant.isoformat(timespec="microseconds").replace("+00:00", "Z")
