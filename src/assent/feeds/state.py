"""What one recipient holds, as digests, and what became of every batch: the only memory a feed has.

A record they hold, or may hold, is a row of `held`: their id for it, the digest of the line they were sent last
and the tags of the people in it. A digest of null means that nobody knows which version they have: a batch with
it was tried and never answered. What is built and not yet sent lies in `waiting`; a retraction has no digest there.

A batch is `built`, then `tried`, then `sent`, then `acknowledged`. A new build cancels those that are not sent and
takes over what they were about, so that at most one batch of retractions and one of additions wait at a time:

# INVARIANT: whatever of the cancelled batches the recipient has kept, applying the later ones gives the same set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from assent.feeds.lines import Line
from assent.storage.files import explained, make_private_folder
from assent.storage.sqlite import SqliteDatabase
from assent.vocabulary.instants import format_instant, parse_instant

STATE: Final = "state.db"
SCHEMA_NAME: Final = "feed"
SCHEMA_VERSION: Final = 1

_TABLES = sa.MetaData()
_HELD = sa.Table(
    "held",
    _TABLES,
    sa.Column("known_as", sa.Text, primary_key=True),
    sa.Column("digest", sa.LargeBinary),
    sa.Column("people", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
_WAITING = sa.Table(
    "waiting",
    _TABLES,
    sa.Column("known_as", sa.Text, primary_key=True),
    sa.Column("digest", sa.LargeBinary),
    sa.Column("people", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
_RETRACTED = sa.Table(
    "retracted",
    _TABLES,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("known_as", sa.Text, primary_key=True),
    sa.Column("people", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
_BATCHES = sa.Table(
    "batches",
    _TABLES,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("additions", sa.Integer, nullable=False),
    sa.Column("retractions", sa.Integer, nullable=False),
    sa.Column("made_at", sa.Text, nullable=False),
    sa.Column("owed_since", sa.Text),
    sa.Column("sent_at", sa.Text),
    sa.Column("acknowledged_at", sa.Text),
    sa.Column("acknowledged_by", sa.Text),
    sa.Column("sent_logged", sa.Boolean, nullable=False, default=False),
    sa.Column("acknowledged_logged", sa.Boolean, nullable=False, default=False),
    sa.Column("tried", sa.Boolean, nullable=False, default=False),
)
_NOTES = sa.Table(
    "notes", _TABLES, sa.Column("name", sa.Text, primary_key=True), sa.Column("value", sa.Text, nullable=False)
)


class Stage(StrEnum):
    """How far a batch got."""

    BUILT = "built"
    TRIED = "tried"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    CANCELLED = "cancelled"


PENDING: Final = (Stage.BUILT, Stage.TRIED)
DELIVERED: Final = (Stage.SENT, Stage.ACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class Batch:
    """One numbered batch.

    Args:
        digest: SHA-256 of its `manifest.json`, hexadecimal.
        owed_since: when the oldest of its retractions was first built, also in a batch that was cancelled.
        tried: the recipient may have some or all of it.
        sent_logged, acknowledged_logged: the ledger has been told.
    """

    number: int
    digest: str
    stage: Stage
    additions: int
    retractions: int
    made_at: datetime
    owed_since: datetime | None = None
    sent_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    sent_logged: bool = False
    acknowledged_logged: bool = False
    tried: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """How many records with a certain person in them, by what became of them."""

    held: int
    waiting: int
    retracted: tuple[tuple[int, int], ...]
    """Batch number and count."""


class FeedState:
    """The memory of one feed. Guarantee: a block of `writing` happens whole or not at all."""

    def __init__(self, folder: Path) -> None:
        with explained(folder):
            make_private_folder(folder)
        self._database = SqliteDatabase(folder / STATE, read_only=False, create=True)
        with self._database.writing() as connection:
            self._database.create(_TABLES, name=SCHEMA_NAME, version=SCHEMA_VERSION, connection=connection)
        self._database.require_version(name=SCHEMA_NAME, version=SCHEMA_VERSION)

    def close(self) -> None:
        """Its file is closed."""
        self._database.close()

    @contextmanager
    def reading(self) -> Iterator[Page]:
        """One moment of it."""
        with self._database.reading() as connection:
            yield Page(connection)

    @contextmanager
    def writing(self) -> Iterator[Page]:
        """A change of it, all or nothing."""
        with self._database.writing() as connection:
            yield Page(connection)


class Page:
    """The state inside one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    # --- batches

    def batches(self, *stages: Stage) -> list[Batch]:
        """Those in one of these stages, or all, by number."""
        query = sa.select(_BATCHES).order_by(_BATCHES.c.number)
        if stages:
            query = query.where(_BATCHES.c.state.in_([each.value for each in stages]))
        return [_batch(row) for row in self._connection.execute(query)]

    def batch(self, number: int) -> Batch | None:
        """The batch of that number."""
        row = self._connection.execute(sa.select(_BATCHES).where(_BATCHES.c.number == number)).one_or_none()
        return None if row is None else _batch(row)

    def add(self, batch: Batch) -> None:
        """The batch is known."""
        self._connection.execute(
            sa.insert(_BATCHES).values(
                number=batch.number,
                digest=batch.digest,
                state=batch.stage.value,
                additions=batch.additions,
                retractions=batch.retractions,
                made_at=format_instant(batch.made_at),
                owed_since=None if batch.owed_since is None else format_instant(batch.owed_since),
                tried=batch.tried,
            )
        )

    def mark_tried(self, number: int) -> None:
        """From now on the recipient may have some or all of it."""
        self._update(number, state=Stage.TRIED.value, tried=True)

    def mark_sent(self, number: int, at: datetime) -> None:
        """The recipient has it; what waited in it is what they hold now."""
        batch = self.batch(number)
        assert batch is not None, "batches are never forgotten"
        assert batch.stage in PENDING, "only what waits can be sent"
        if batch.retractions:
            self._run(
                "INSERT OR REPLACE INTO retracted SELECT ?, known_as, people FROM waiting WHERE digest IS NULL", number
            )
            self._run("DELETE FROM held WHERE known_as IN (SELECT known_as FROM waiting WHERE digest IS NULL)")
            self._run("DELETE FROM waiting WHERE digest IS NULL")
        if batch.additions:
            self._run("INSERT OR REPLACE INTO held SELECT * FROM waiting WHERE digest IS NOT NULL ORDER BY known_as")
            self._run("DELETE FROM waiting WHERE digest IS NOT NULL")
        self._update(number, state=Stage.SENT.value, sent_at=format_instant(at))

    def mark_acknowledged(self, number: int, at: datetime, by: str) -> None:
        """The recipient said that they applied it."""
        values = {"acknowledged_at": format_instant(at), "acknowledged_by": by}
        self._update(number, state=Stage.ACKNOWLEDGED.value, **values)

    def mark_logged(self, number: int, *, sent: bool = False, acknowledged: bool = False) -> None:
        """The ledger has been told."""
        self._update(number, **({"sent_logged": True} if sent else {}))
        self._update(number, **({"acknowledged_logged": True} if acknowledged else {}))

    def cancel_pending(self) -> None:
        """Nothing waits any more. What was tried counts as possibly held, in a version nobody knows."""
        for batch in self.batches(*PENDING):
            if batch.tried and batch.additions:
                self._run(
                    "INSERT INTO held SELECT known_as, NULL, people FROM waiting WHERE digest IS NOT NULL"
                    " ON CONFLICT (known_as) DO UPDATE SET digest = NULL, people = held.people || excluded.people"
                )
            if batch.tried and batch.retractions:
                self._run(
                    "UPDATE held SET digest = NULL"
                    " WHERE known_as IN (SELECT known_as FROM waiting WHERE digest IS NULL)"
                )
            self._update(batch.number, state=Stage.CANCELLED.value)
        self._run("DELETE FROM waiting")

    # --- comparing what may be read now with what they hold

    def begin_comparison(self) -> None:
        """Nothing has been seen."""
        self._run(
            "CREATE TEMP TABLE IF NOT EXISTS seen"
            " (place INTEGER PRIMARY KEY, known_as TEXT NOT NULL UNIQUE, digest BLOB NOT NULL, people BLOB NOT NULL)"
        )
        self._run("DELETE FROM temp.seen")

    def compare(self, first: int, lines: Sequence[Line], *, only_held: bool) -> list[int]:
        """Which of these lines they do not hold like this, by place; those wait now.

        Args:
            first: the place of the first line among all.
            only_held: a record that they do not hold at all is passed over.
        """
        rows = [(first + n, each.known_as, each.digest, each.people) for n, each in enumerate(lines)]
        self._connection.exec_driver_sql("INSERT INTO temp.seen VALUES (?, ?, ?, ?)", rows)
        differs = (
            "FROM temp.seen AS s LEFT JOIN held AS h ON h.known_as = s.known_as"
            " WHERE s.place >= ? AND h.digest IS NOT s.digest" + (" AND h.known_as IS NOT NULL" if only_held else "")
        )
        self._run(f"INSERT INTO waiting SELECT s.known_as, s.digest, s.people {differs}", first)
        found = self._connection.exec_driver_sql(f"SELECT s.place {differs} ORDER BY s.place", (first,))
        return [place for (place,) in found]

    def retract_unseen(self) -> int:
        """Everything they hold or may hold and that was not seen waits to be retracted; gives how much that is."""
        unseen = "FROM held WHERE known_as NOT IN (SELECT known_as FROM temp.seen)"
        return self._run(f"INSERT INTO waiting SELECT known_as, NULL, people {unseen}")

    def end_comparison(self) -> None:
        """What was seen takes no more room."""
        self._run("DELETE FROM temp.seen")

    def retract(self, known: Iterable[str]) -> int:
        """Those of these records that they hold, or may hold, wait to be retracted; gives how many there are."""
        statement = "INSERT OR IGNORE INTO waiting SELECT known_as, NULL, people FROM held WHERE known_as = ?"
        before = self._count("waiting")
        rows = [(each,) for each in known]
        if rows:
            self._connection.exec_driver_sql(statement, rows)
        return self._count("waiting") - before

    def holding(self, known: Iterable[str]) -> set[str]:
        """Those of these records that they hold, or may hold, or that wait to be added."""
        found = set()
        for each in known:
            query = (
                "SELECT 1 FROM held WHERE known_as = ?1 AND known_as NOT IN"
                " (SELECT known_as FROM waiting WHERE known_as = ?1 AND digest IS NULL)"
                " UNION ALL SELECT 1 FROM waiting WHERE known_as = ?1 AND digest IS NOT NULL LIMIT 1"
            )
            if self._connection.exec_driver_sql(query, (each,)).first():
                found.add(each)
        return found

    def waiting_retractions(self) -> Iterator[str]:
        """The records whose retraction waits, as the recipient knows them, in order."""
        query = "SELECT known_as FROM waiting WHERE digest IS NULL ORDER BY known_as"
        for (known_as,) in self._connection.exec_driver_sql(query):
            yield known_as

    def forget_digests(self) -> None:
        """Whatever they hold, nobody knows in which version: the next build gives all of it again."""
        self._run("UPDATE held SET digest = NULL")

    # --- people

    def with_person(self, tag: bytes) -> list[str]:
        """Records they hold, or may hold, or that wait to be added, in which that person is."""
        query = (
            "SELECT known_as FROM held WHERE instr(people, ?1)"
            " UNION SELECT known_as FROM waiting WHERE digest IS NOT NULL AND instr(people, ?1)"
        )
        return [known_as for (known_as,) in self._connection.exec_driver_sql(query, (tag,))]

    def share_of(self, tag: bytes) -> Share:
        """How many records with that person in them they hold, wait, and were retracted."""
        retracted = self._connection.exec_driver_sql(
            "SELECT number, count(*) FROM retracted WHERE instr(people, ?) GROUP BY number ORDER BY number", (tag,)
        ).all()
        return Share(
            self._count(self._perhaps_held, "instr(people, ?)", tag),
            self._count("waiting", "digest IS NOT NULL AND instr(people, ?)", tag),
            tuple((number, count) for number, count in retracted),
        )

    # --- notes

    @property
    def held(self) -> int:
        """How many records they hold or may hold."""
        return self._count(self._perhaps_held)

    def note(self, name: str) -> str | None:
        """What was noted under that name."""
        return self._connection.execute(sa.select(_NOTES.c.value).where(_NOTES.c.name == name)).scalar()

    def write_note(self, name: str, value: str | None) -> None:
        """That is noted, or nothing is."""
        self._connection.execute(sa.delete(_NOTES).where(_NOTES.c.name == name))
        if value is not None:
            self._connection.execute(sa.insert(_NOTES).values(name=name, value=value))

    @property
    def _perhaps_held(self) -> str:
        """A table of what they hold, with what waits in a batch that was tried: that may have arrived."""
        if not any(each.tried and each.additions for each in self.batches(*PENDING)):
            return "held"
        return (
            "(SELECT known_as, people FROM waiting WHERE digest IS NOT NULL UNION ALL SELECT known_as, people FROM held"
            " WHERE known_as NOT IN (SELECT known_as FROM waiting WHERE digest IS NOT NULL))"
        )

    def _update(self, number: int, **values: Any) -> None:
        if values:
            self._connection.execute(sa.update(_BATCHES).where(_BATCHES.c.number == number).values(**values))

    def _run(self, statement: str, *parameters: Any) -> int:
        return self._connection.exec_driver_sql(statement, parameters).rowcount

    def _count(self, table: str, condition: str = "1", *parameters: Any) -> int:
        query = f"SELECT count(*) FROM {table} WHERE {condition}"  # noqa: S608 - constants
        return int(self._connection.exec_driver_sql(query, parameters).scalar_one())


def _batch(row: Any) -> Batch:
    return Batch(
        number=row.number,
        digest=row.digest,
        stage=Stage(row.state),
        additions=row.additions,
        retractions=row.retractions,
        made_at=parse_instant(row.made_at),
        owed_since=_instant(row.owed_since),
        sent_at=_instant(row.sent_at),
        acknowledged_at=_instant(row.acknowledged_at),
        acknowledged_by=row.acknowledged_by,
        sent_logged=row.sent_logged,
        acknowledged_logged=row.acknowledged_logged,
        tried=row.tried,
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else parse_instant(text)
