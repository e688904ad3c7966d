"""A database that keeps its word: what is committed survives a power cut, one writer at a time, readers never wait.

This is what the ledger asks of one, and all that its code knows: `sqlite` and `postgresql` are the two there
are, `place` says which of them a folder uses. A transaction either holds the write lock from its first
statement (`writing`) or sees a single moment (`reading`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from assent.errors import AssentError, InputError, UnavailableError

STAMP: Final = sa.Table(
    "assent_schema",
    sa.MetaData(),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
)
"""Which tables there are, and of which version: the one record of it, which upgrades move too."""


class CommitUnknownError(UnavailableError):
    """The answer to a commit was lost: it may have been recorded, or not; who repeats looks first."""


class Database(ABC):
    """An open database; safe to use from many threads.

    Guarantee: when a `writing` block has ended without an error, its changes are on disk.

    Args:
        name: what messages call it.
    """

    def __init__(self, name: str, engine: sa.Engine) -> None:
        self.name = name
        self._engine = engine

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Every statement of the block sees the same moment."""
        with self._translated(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def glancing(self) -> Iterator[sa.Connection]:
        """As `reading`, for questions that need not see the same moment as one another; it may cost less."""
        with self.reading() as connection:
            yield connection

    @abstractmethod
    def writing(self) -> AbstractContextManager[sa.Connection]:
        """Nobody else writes during the block; at its end all of it is committed, after an error none of it.

        Raises:
            UnavailableError: another process holds the write lock for too long, or the disk is full.
            CommitUnknownError: the answer to the commit was lost.
        """

    def changing(self) -> AbstractContextManager[sa.Connection]:
        """As `writing`, but others may write at the same time where the database allows it.

        For tables that nobody has to append to in one order; two who change the same row wait for one another.
        """
        return self.writing()

    def alone(self, errand: str) -> AbstractContextManager[object]:  # noqa: ARG002 - what others need to know
        """Nobody else who uses this database is on the same errand; it does not keep anyone from writing.

        For an embedded database there is nothing to do: a lock on a file does the same.
        """
        return nullcontext()

    @abstractmethod
    def insert_rows(self, connection: sa.Connection, table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """All rows are in the table; each is a tuple in the order of the table's columns."""

    @abstractmethod
    def fetch_rows(self, connection: sa.Connection, query: sa.Select[Any]) -> list[tuple[Any, ...]]:
        """The rows as the driver gives them: for millions of them, in half the time of named rows."""

    @abstractmethod
    def after_many(self, connection: sa.Connection, *tables: sa.Table) -> None:
        """Whatever plans queries has heard that the tables grew by much."""

    @abstractmethod
    def damage(self) -> str | None:
        """What the database itself finds wrong with its files; None when it finds nothing. Cost: O(size)."""

    @abstractmethod
    def overwrite_deleted(self, table: sa.Table) -> None:
        """What was deleted from the table is in none of its files any more. Cost: up to O(size)."""

    def holds_text(self, text: str | None) -> bool:  # noqa: ARG002 - not every database is so free
        """Whether the text can be stored."""
        return True

    def create(self, metadata: sa.MetaData, *, name: str, version: int, connection: sa.Connection) -> None:
        """The tables exist and are stamped with the version of their schema."""
        STAMP.metadata.create_all(connection)
        metadata.create_all(connection)
        if connection.execute(sa.select(STAMP.c.version).where(STAMP.c.name == name)).first() is None:
            connection.execute(sa.insert(STAMP).values(name=name, version=version))

    def version_of(self, name: str) -> int | None:
        """The version of the tables of that name; None when there are none."""
        with self.reading() as connection:
            return self.stamped(connection, name)

    def stamped(self, connection: sa.Connection, name: str) -> int | None:
        """As `version_of`, inside a transaction."""
        if not connection.dialect.has_table(connection, STAMP.name, schema=self.schema):
            return None
        found = connection.execute(sa.select(STAMP.c.version).where(STAMP.c.name == name)).scalar()
        return None if found is None else int(found)

    def require_version(self, *, name: str, version: int) -> None:
        """The tables are of that version.

        Raises:
            InputError: they are of another version, or this is another kind of database.
        """
        found = self.version_of(name)
        if found is None:
            raise InputError(f"`{self.name}` is no {name} database")
        if found != version:
            raise InputError(
                f"`{self.name}` has version `{found}` of the {name} tables, this program reads version `{version}`",
                hint=f"run `assent {name} upgrade`"
                if found < version
                else "use the release of assent that wrote it, or a later one",
            )

    @property
    def schema(self) -> str | None:
        """The part of the database that the tables are in; None where a database is one whole."""
        return None

    def close(self) -> None:
        """No file or connection is open any more."""
        self._engine.dispose()

    @abstractmethod
    def _explained(self, error: Exception) -> AssentError:
        """What the driver's error means to whoever asked."""

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            raise self._explained(error) from error
        except PoolTimeoutError as error:
            raise UnavailableError(f"every connection to `{self.name}` is in use", hint="try again") from error


@contextmanager
def closed_on_error(database: Database) -> Iterator[Database]:
    """The database stays open after the block, and not after an error in it."""
    try:
        yield database
    except BaseException:
        database.close()
        raise
