"""What a request with an idempotency key was answered, so that its repetition gets the same answer and does nothing.

    begin ── new ──► the work is done ──► keep          a repetition gets what was kept
      │                    │
      │                    └── it failed, and nobody knows how far it came ──► let_go: a repetition begins again
      ├── kept before ──► the answer, again
      ├── under way ────► nothing yet: come back later
      └── under way for longer than any work takes ──► taken over: whoever did it is gone, and may have done it

Answers are kept for a day.
Source: draft-ietf-httpapi-idempotency-key-header.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from assent.desk.store import Desk
from assent.desk.tables import ANSWERS
from assent.vocabulary.instants import parse_instant

KEPT_FOR: Final = timedelta(hours=24)
GIVEN_UP_AFTER: Final = timedelta(minutes=2)
"""After this long a request under way is taken for one whose process died."""

_INSERT: Final[dict[str, Any]] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it was given."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Begun:
    """The work may begin.

    Args:
        since: when; who took over later knows by it whose turn it was.
        again: somebody began it before, and nobody knows how far they came.
    """

    since: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class UnderWay:
    """Somebody else is at it."""


@dataclass(frozen=True, slots=True)
class OtherRequest:
    """The key was used for something else."""


def begin(desk: Desk, *, caller: str, key: str, request: str, now: datetime) -> Begun | Kept | UnderWay | OtherRequest:
    """Whether the work of this request is to be done, and else what came of it.

    Args:
        request: a digest of all that was asked.
    """
    since = _sortable(now)
    with desk.changing() as connection:
        if connection.execute(_inserted(connection, caller, key, request, since)).rowcount:
            return Begun(since)
        row = connection.execute(sa.select(ANSWERS).where(_of(caller, key)).with_for_update()).one_or_none()
        if row is None:  # cleared this moment: as if it were under way
            return UnderWay()
        age = now - parse_instant(row.since)
        if age <= KEPT_FOR:
            if row.request != request:
                return OtherRequest()
            if row.status is not None:
                return Kept(row.status, bytes(row.body))
            if age <= GIVEN_UP_AFTER:
                return UnderWay()
        begun_anew = {"request": request, "status": None, "body": None, "since": since}
        connection.execute(sa.update(ANSWERS).where(_of(caller, key)).values(begun_anew))
        return Begun(since, again=age <= KEPT_FOR)


def keep(desk: Desk, *, caller: str, key: str, begun: Begun, answer: Kept) -> None:
    """Whoever repeats the request gets this answer."""
    with desk.changing() as connection:
        # Only one's own turn: who was taken over leaves the answer to the other.
        mine = sa.update(ANSWERS).where(_of(caller, key), ANSWERS.c.since == begun.since)
        connection.execute(mine.values(status=answer.status, body=answer.body))


def let_go(desk: Desk, *, caller: str, key: str, begun: Begun, now: datetime) -> None:
    """Whoever repeats the request begins again, and is told that it may have been done."""
    with desk.changing() as connection:
        mine = sa.update(ANSWERS).where(_of(caller, key), ANSWERS.c.since == begun.since)
        connection.execute(mine.values(since=_sortable(now - GIVEN_UP_AFTER - timedelta(seconds=1))))


def clear(desk: Desk, *, now: datetime) -> int:
    """Answers older than a day are gone; how many there were."""
    with desk.changing() as connection:
        return connection.execute(sa.delete(ANSWERS).where(ANSWERS.c.since < _sortable(now - KEPT_FOR))).rowcount


def _of(caller: str, key: str) -> sa.ColumnElement[bool]:
    return sa.and_(ANSWERS.c.caller == caller, ANSWERS.c.key == key)


def forget_answers(desk: Desk, people: Sequence[str]) -> None:
    """No answer that names one of them is kept. Cost: a pass over a day's answers for each."""
    with desk.changing() as connection:
        for person in people:
            # As JSON quotes it, so that `m1` is not found in `m11`.
            named = sa.literal(json.dumps(person, ensure_ascii=False).encode(), sa.LargeBinary)
            at = (
                sa.func.position(named.op("IN")(ANSWERS.c.body))
                if connection.dialect.name == "postgresql"
                else sa.func.instr(ANSWERS.c.body, named)
            )
            connection.execute(sa.delete(ANSWERS).where(at > 0))


def _inserted(connection: sa.Connection, caller: str, key: str, request: str, since: str) -> Any:
    row = _INSERT[connection.dialect.name](ANSWERS).values(caller=caller, key=key, request=request, since=since)
    return row.on_conflict_do_nothing()


def _sortable(instant: datetime) -> str:
    """With all its digits, so that texts sort as moments do."""
    return instant.isoformat(timespec="microseconds").replace("+00:00", "Z")
