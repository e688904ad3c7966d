"""The embedded database: one file, in write-ahead mode, that many processes of one machine may share."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from assent.errors import AssentError, EvidenceError, InputError, UnavailableError
from assent.storage.database import Database

_ROWS_AT_ONCE = 250


class SqliteDatabase(Database):
    """A database in one file.

    Args:
        create: make the file when it is missing; without, a missing file is an error and stays missing.
    """

    def __init__(self, path: Path, *, read_only: bool, create: bool = False, busy_seconds: float = 30.0) -> None:
        self.path = path
        if create:
            # What is recorded of people is not for every account of the machine; the journal takes the file's mode.
            with suppress(OSError):  # which the driver explains
                os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640))
        mode = "rwc" if create else "rw"
        engine = sa.create_engine(
            "sqlite://",
            creator=lambda: sqlite3.connect(
                f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=busy_seconds, check_same_thread=False
            ),
            poolclass=sa.QueuePool,
            pool_timeout=busy_seconds,
        )
        super().__init__(str(path), engine)
        sa.event.listen(engine, "connect", _on_connect_read_only if read_only else _on_connect)
        sa.event.listen(engine, "begin", _on_begin)

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """As for every database."""
        with (
            self._translated(),
            self._engine.connect() as connection,
            connection.execution_options(assent_writes=True).begin(),
        ):
            yield connection

    def insert_rows(self, connection: sa.Connection, table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """As for every database."""
        one, place = _insertion(table)
        for first in range(0, len(rows), _ROWS_AT_ONCE):
            some = rows[first : first + _ROWS_AT_ONCE]
            # The driver gives up the interpreter's lock at each statement: many rows to one take half the time.
            statement = one + f", {place}" * (len(some) - 1)
            connection.exec_driver_sql(statement, tuple(chain.from_iterable(some)))

    def fetch_rows(self, connection: sa.Connection, query: sa.Select[Any]) -> list[tuple[Any, ...]]:
        """As for every database."""
        with connection.execute(query) as result:
            try:
                return list(result.cursor.fetchall())
            except sqlite3.Error as error:
                raise DBAPIError.instance(str(query), None, error, sqlite3.Error) from error

    def after_many(self, connection: sa.Connection, *tables: sa.Table) -> None:
        """As for every database: SQLite's plans for these tables do not depend on their size."""

    def damage(self) -> str | None:
        """As for every database."""
        try:
            with self.reading() as connection:
                found = str(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar())
        except EvidenceError as error:
            return error.message
        return None if found == "ok" else " ".join(found.split())

    def overwrite_deleted(self, table: sa.Table) -> None:  # noqa: ARG002 - all tables are in the one file
        """As for every database: the file is written anew, and the journal is emptied.

        `secure_delete` alone is not enough: when a page of an index was split, a copy of what moved away stays
        in the page's unused part, and no delete ever comes by there. (Measured: one of 218 rows' members in a
        file of 100,000 rows.)
        """
        connection = self._engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute("PRAGMA temp_store=FILE")  # the copy that is made on the way may be larger than memory
            cursor.execute("VACUUM")
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            cursor.execute("PRAGMA temp_store=MEMORY")
        except sqlite3.Error as error:
            raise _as_assent_error(DBAPIError.instance("VACUUM", None, error, sqlite3.Error), self.path) from error
        finally:
            connection.close()
        if busy is None or busy[0]:
            raise UnavailableError(
                f"somebody still reads an older state of `{self.name}`",
                hint="what was deleted is gone from the ledger, and from its journal when they are done",
            )

    def _explained(self, error: Exception) -> AssentError:
        return _as_assent_error(error, self.path)


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


def _as_assent_error(error: Exception, path: Path) -> AssentError:
    reason = " ".join(str(getattr(error, "orig", error)).split())
    if isinstance(error, OperationalError) and "locked" in reason:
        return UnavailableError(f"another process is writing to `{path}`", hint="try again when it is done")
    if isinstance(error, OperationalError) and ("full" in reason or "I/O" in reason):
        return UnavailableError(f"`{path}` cannot be written: {reason}", hint="nothing was recorded")
    if isinstance(error, OperationalError) and ("unable to open" in reason or "readonly" in reason):
        return InputError(f"`{path}` cannot be opened: {reason}")
    if isinstance(error, IntegrityError):
        return EvidenceError(f"`{path}` holds rows that exclude each other: {reason}")
    return EvidenceError(f"`{path}` is damaged: {reason}", hint="run `assent ledger verify`; restore a backup")
