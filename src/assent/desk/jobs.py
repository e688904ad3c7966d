"""Work that goes on after the request that asked for it: what every process knows of it.

    running ──► done | failed            by whoever does it
       └──► lost                         by whoever looks, once its heart has not beaten for `LOST_AFTER`

Of one kind about one thing there is one running at most.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from assent.desk.store import Desk
from assent.desk.tables import JOBS
from assent.vocabulary.instants import format_instant, parse_instant

RUNNING, DONE, FAILED, LOST = "running", "done", "failed", "lost"
LOST_AFTER: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Job:
    """What is known of one.

    Args:
        step: what it is at.
        result: what came of it, a JSON value; of one that failed, why.
    """

    id: str
    kind: str
    about: str
    asked_by: str
    asked_at: datetime
    state: str
    ended_at: datetime | None
    step: str | None
    result: Any

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.state != RUNNING


def add_job(desk: Desk, ident: str, *, kind: str, about: str, by: str, now: datetime) -> bool:
    """The job is known as running; False where one of that kind about that thing runs already."""
    row = {"id": ident, "kind": kind, "about": about, "asked_by": by, "asked_at": format_instant(now),
           "beat_at": format_instant(now), "state": RUNNING}  # fmt: skip
    find_lost(desk, now=now)
    with desk.changing() as connection:
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        # The index allows one that runs: of two who ask at once the second finds the first's.
        return bool(connection.execute(insert(JOBS).values(row).on_conflict_do_nothing()).rowcount)


def beat(desk: Desk, ident: str, *, now: datetime, step: str | None = None) -> None:
    """It is known to be alive, and what it is at."""
    values = {"beat_at": format_instant(now)} | ({} if step is None else {"step": step})
    with desk.changing() as connection:
        connection.execute(sa.update(JOBS).where(JOBS.c.id == ident, JOBS.c.state == RUNNING).values(values))


def end_job(desk: Desk, ident: str, *, state: str, result: object, now: datetime) -> None:
    """It is over. One that was given up for lost and came back is believed."""
    values = {"state": state, "result": json.dumps(result), "ended_at": format_instant(now)}
    with desk.changing() as connection:
        connection.execute(sa.update(JOBS).where(JOBS.c.id == ident).values(values))


def find_lost(desk: Desk, *, now: datetime) -> int:
    """Those whose heart has stopped are known to be lost; how many they were."""
    silent = JOBS.c.beat_at < format_instant(now - LOST_AFTER)
    with desk.changing() as connection:
        lost = sa.update(JOBS).where(JOBS.c.state == RUNNING, silent)
        return connection.execute(lost.values(state=LOST, ended_at=format_instant(now))).rowcount


def job_of(desk: Desk, ident: str) -> Job | None:
    """That one."""
    with desk.reading() as connection:
        row = connection.execute(sa.select(JOBS).where(JOBS.c.id == ident)).one_or_none()
    return None if row is None else _read(row)


def jobs_about(desk: Desk, *, kind: str, about: str | None = None, most: int = 20) -> list[Job]:
    """Those of a kind, the newest first."""
    wanted = sa.select(JOBS).where(JOBS.c.kind == kind).order_by(JOBS.c.asked_at.desc(), JOBS.c.id).limit(most)
    with desk.reading() as connection:
        rows = connection.execute(wanted if about is None else wanted.where(JOBS.c.about == about)).all()
    return [_read(row) for row in rows]


def _read(row: Any) -> Job:
    return Job(
        row.id,
        row.kind,
        row.about,
        row.asked_by,
        parse_instant(row.asked_at),
        row.state,
        None if row.ended_at is None else parse_instant(row.ended_at),
        row.step,
        None if row.result is None else json.loads(row.result),
    )
