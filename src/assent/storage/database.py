"""The embedded database: what is committed survives a power cut, one writer at a time, readers never wait.

Only this module knows that it is SQLite. What the ledger asks of a database: a transaction that holds the
write lock from its first statement (`writing`), one that sees a single moment (`reading`), and many rows
in one statement (`insert_rows`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DatabaseError, DBAPIError, IntegrityError, OperationalError

from assent.errors import AssentError, EvidenceError, InputError, UnavailableError

_STAMP = sa.Table(
    "assent_schema",
    sa.MetaData(),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
)

_ROWS_AT_ONCE = 250


class Database:
    """An open database; safe to use from many threads.

    Guarantee: when a `writing` block has ended without an error, its changes are on disk.
    """

    def __init__(self, path: Path, *, read_only: bool, busy_seconds: float = 30.0) -> None:
        self.path = path
        self._engine = sa.create_engine(
            sa.URL.create("sqlite", database=str(path)),
            connect_args={"timeout": busy_seconds, "check_same_thread": False},
            pool_timeout=busy_seconds,
        )
        sa.event.listen(self._engine, "connect", _on_connect_read_only if read_only else _on_connect)
        sa.event.listen(self._engine, "begin", _on_begin)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Every statement of the block sees the same moment."""
        with _translated(self.path), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Nobody else writes during the block; at its end all of it is committed, after an error none of it.

        Raises:
            UnavailableError: another process holds the write lock for too long, or the disk is full.
        """
        with (
            _translated(self.path),
            self._engine.connect() as connection,
            connection.execution_options(assent_writes=True).begin(),
        ):
            yield connection

    def insert_rows(self, connection: sa.Connection, table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """All rows are in the table; each is a tuple in the order of the table's columns."""
        one, place = _insertion(table)
        for first in range(0, len(rows), _ROWS_AT_ONCE):
            some = rows[first : first + _ROWS_AT_ONCE]
            # The driver gives up the interpreter's lock at each statement: many rows to one take half the time.
            statement = one + f", {place}" * (len(some) - 1)
            connection.exec_driver_sql(statement, tuple(chain.from_iterable(some)))

    def fetch_rows(self, connection: sa.Connection, query: sa.Select[Any]) -> list[tuple[Any, ...]]:
        """The rows as the driver gives them: for millions of them, in half the time of named rows."""
        with connection.execute(query) as result:
            try:
                return list(result.cursor.fetchall())
            except sqlite3.Error as error:
                raise DBAPIError.instance(str(query), None, error, sqlite3.Error) from error

    def create(self, metadata: sa.MetaData, *, name: str, version: int, connection: sa.Connection) -> None:
        """The tables exist and are stamped with the version of their schema."""
        _STAMP.metadata.create_all(connection)
        metadata.create_all(connection)
        if connection.execute(sa.select(_STAMP.c.version).where(_STAMP.c.name == name)).first() is None:
            connection.execute(sa.insert(_STAMP).values(name=name, version=version))

    def require_version(self, *, name: str, version: int) -> None:
        """The tables are of that version.

        Raises:
            InputError: they are of another version, or this is another kind of database.
        """
        with self.reading() as connection:
            stamped = sa.inspect(connection).has_table(_STAMP.name)
            found = (
                connection.execute(sa.select(_STAMP.c.version).where(_STAMP.c.name == name)).scalar()
                if stamped
                else None
            )
        if found is None:
            raise InputError(f"`{self.path}` is no {name} database")
        if found != version:
            raise InputError(
                f"`{self.path}` has version `{found}` of the {name} tables, this program reads version `{version}`",
                hint="use the release of assent that wrote it, or a later one",
            )

    def damage(self) -> str | None:
        """What the database itself finds wrong with its file; None when it finds nothing. Cost: O(size)."""
        try:
            with self.reading() as connection:
                found = str(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar())
        except EvidenceError as error:
            return error.message
        return None if found == "ok" else " ".join(found.split())

    def close(self) -> None:
        """No file is open any more."""
        self._engine.dispose()


@cache
def _insertion(table: sa.Table) -> tuple[str, str]:
    """The statement that inserts one row, and the part of it that every further row repeats."""
    one = str(sa.insert(table).compile(dialect=sqlite.dialect()))
    return one, one[one.rindex("(") :]


def _on_connect(connection: Any, _record: object) -> None:
    # The driver must not begin transactions of its own accord; `_on_begin` does, with the lock that is needed.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # in WAL mode anything less may lose the last commits in a power cut
        "secure_delete=ON",  # what is erased is overwritten, not merely unlinked
        "cache_size=-131072",  # KiB
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _on_connect_read_only(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("query_only=ON", "cache_size=-65536", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("assent_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        raise _as_assent_error(error, path) from error


def _as_assent_error(error: DatabaseError, path: Path) -> AssentError:
    reason = " ".join(str(error.orig).split())
    if isinstance(error, OperationalError) and "locked" in reason:
        return UnavailableError(f"another process is writing to `{path}`", hint="try again when it is done")
    if isinstance(error, OperationalError) and ("full" in reason or "I/O" in reason):
        return UnavailableError(f"`{path}` cannot be written: {reason}", hint="nothing was recorded")
    if isinstance(error, OperationalError) and ("unable to open" in reason or "readonly" in reason):
        return InputError(f"`{path}` cannot be opened: {reason}")
    if isinstance(error, IntegrityError):
        return EvidenceError(f"`{path}` holds rows that exclude each other: {reason}")
    return EvidenceError(f"`{path}` is damaged: {reason}", hint="run `assent ledger verify`; restore a backup")
