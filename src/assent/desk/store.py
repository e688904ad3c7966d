"""The desk's database: where the ledger's is, beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from assent.desk.tables import DESK, DESK_VERSION, HOOKS, TABLES
from assent.storage.database import STAMP, Database, closed_on_error
from assent.storage.files import explained, make_private_folder
from assent.storage.place import place_of
from assent.storage.postgresql import PostgresDatabase
from assent.storage.sqlite import SqliteDatabase

FOLDER_NAME: Final = "desk"
FILE_NAME: Final = "desk.db"


_BEFORE_MODELS: Final = 1
"""The version in which every hook was about settings."""


def _add_what_hooks_are_about(database: Database) -> None:
    """The desk has the column that says which model a hook is about, whoever else opens it at this moment."""
    with database.writing() as connection:
        if database.stamped(connection, DESK) == _BEFORE_MODELS:
            where = HOOKS.name if database.schema is None else f'"{database.schema}".{HOOKS.name}'
            connection.execute(sa.text(f"ALTER TABLE {where} ADD COLUMN {HOOKS.c.about.name} TEXT"))
            connection.execute(sa.update(STAMP).where(STAMP.c.name == DESK).values(version=DESK_VERSION))


class Desk:
    """An open desk; safe to use from many threads and processes at once."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @classmethod
    def open(cls, root: Path, *, ledger_folder: Path) -> Desk:
        """The desk of the working folder; an empty one is made where there is none.

        Args:
            ledger_folder: the desk is in the server that the ledger is in, else in a file below `root`.

        Raises:
            InputError: it was written by a later release.
        """
        place = place_of(ledger_folder)
        database: Database
        if place is not None and place.server is not None:
            database = PostgresDatabase(place.server, read_only=False)
        else:
            folder = root / FOLDER_NAME
            with explained(folder):
                make_private_folder(folder)
            database = SqliteDatabase(folder / FILE_NAME, read_only=False, create=True)
        with closed_on_error(database):
            if database.version_of(DESK) is None:
                # Two processes that start at once come here one after the other; the second finds what is there.
                with database.writing() as connection:
                    database.create(TABLES, name=DESK, version=DESK_VERSION, connection=connection)
            if database.version_of(DESK) == _BEFORE_MODELS:
                _add_what_hooks_are_about(database)
            database.require_version(name=DESK, version=DESK_VERSION)
        return cls(database)

    @staticmethod
    def may_hold(root: Path, *, ledger_folder: Path) -> bool:
        """Whether anything can lie on the desk of the working folder; without looking, where it is in a server."""
        place = place_of(ledger_folder)
        return (place is not None and place.server is not None) or (root / FOLDER_NAME / FILE_NAME).is_file()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Every statement of the block sees the same moment."""
        with self.database.reading() as connection:
            yield connection

    @contextmanager
    def glancing(self) -> Iterator[sa.Connection]:
        """For one statement, which sees its own moment; it costs less than `reading`."""
        with self.database.glancing() as connection:
            yield connection

    @contextmanager
    def changing(self) -> Iterator[sa.Connection]:
        """What the block changes is durable after it, or none of it after an error."""
        with self.database.changing() as connection:
            yield connection

    def close(self) -> None:
        """No connection is open any more."""
        self.database.close()
