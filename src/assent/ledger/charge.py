"""Which database is in charge of a ledger, so that there is always one and never two.

A ledger may be moved to another database. What decides is one commit: the head of the old database says where
the ledger went (`moved_to`). Before it the old one is in charge, after it the new one; everything else only
makes that convenient, and whoever opens the ledger for writing completes what a crash left undone.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from assent.errors import AssentError, EvidenceError, InputError, UnavailableError
from assent.storage.database import STAMP, Database, closed_on_error
from assent.storage.files import exclusive_lock, explained, sync_folder
from assent.storage.place import Place, place_of
from assent.storage.schema import DATABASE_NAME, HEAD, LOG_FOLDER, SCHEMA_NAME, SCHEMA_VERSION, TABLES
from assent.storage.sqlite import SqliteDatabase

Gap = Callable[[str], None]
"""Called between two steps with the gap's name; tests let the process die in it."""


def no_gap(_name: str) -> None:
    """Nothing happens between the steps."""


ARRIVING: Final = "ledger arriving"
"""The stamp of a copy that is being made, and is in charge of nothing."""

MOVE_LOCK: Final = "move.lock"
_HOPS = 8


def make_database(place: Place, *, origin: str, vkey: str, checkpoint: bytes, gap: Gap) -> Database:
    """An empty ledger is in the database, and the folder says so.

    Raises:
        InputError: there is a ledger already, in the folder or in that database.
        UnavailableError: the server cannot be reached; nothing was left behind.
    """
    standing = place_of(place.folder)
    if standing is not None and standing.text != place.text:
        raise InputError(
            f"there is a ledger already in `{place.folder}`", hint="`assent ledger migrate` moves it elsewhere"
        )
    database = place.open(read_only=False, create=True)
    with closed_on_error(database):
        if place.server is not None:
            # Asked before the folder names the server, so that a wrong URL leaves nothing behind.
            _require_none(database, place)
            place.take_charge()
        # A crash here leaves a folder that names a database without a ledger; making it again goes on from here.
        gap("located")
        with database.writing() as connection:
            database.create(TABLES, name=SCHEMA_NAME, version=SCHEMA_VERSION, connection=connection)
            if connection.execute(sa.select(HEAD.c.id)).first() is not None:
                raise _taken(place)
            connection.execute(
                sa.insert(HEAD).values(id=1, origin=origin, vkey=vkey, size=0, frontier=b"", checkpoint=checkpoint)
            )
    return database


def _require_none(database: Database, place: Place) -> None:
    with database.reading() as connection:
        stamps = {name: database.stamped(connection, name) for name in (SCHEMA_NAME, ARRIVING)}
        if stamps[SCHEMA_NAME] is not None and connection.execute(sa.select(HEAD.c.id)).first() is not None:
            raise _taken(place)


def _taken(place: Place) -> InputError:
    where = place.folder if place.server is None else place.text
    hint = None if place.server is None else "several ledgers share a database by schemas: add ?schema=name"
    return InputError(f"there is a ledger already in `{where}`", hint=hint)


def open_database(folder: Path, *, read_only: bool, locked: bool = False) -> Database:
    """The database that is in charge of the folder's ledger; opened for writing, an unfinished move is finished.

    Args:
        locked: the caller holds the lock of moves.

    Raises:
        InputError: there is no ledger, it was never finished, or its tables are of another version.
    """
    place = place_of(folder)
    if place is None:
        published = (folder / LOG_FOLDER).is_dir()
        lost = "its published log is still there: restore the database from a backup, and do not start a second log"
        raise InputError(f"there is no ledger in `{folder}`", hint=lost if published else "run `assent ledger init`")
    for _ in range(_HOPS):
        database = place.open(read_only=read_only)
        with closed_on_error(database):
            gone_to = _gone_to(database, folder)
        if gone_to is None:
            if not read_only and not locked and place.server is not None and place.file.exists():
                _tidy(place)
            return database
        database.close()
        there = Place.parse(folder, gone_to)
        if not read_only:
            complete = complete_locked_move if locked else complete_move
            complete(place, there)
        place = there
    raise InputError(f"the databases of the ledger in `{folder}` name each other as the one in charge")


def _gone_to(database: Database, folder: Path) -> str | None:
    if database.version_of(ARRIVING) is None:
        database.require_version(name=SCHEMA_NAME, version=SCHEMA_VERSION)
    with database.reading() as connection:
        head = connection.execute(sa.select(HEAD.c.moved_to)).one_or_none()
    if head is None:
        raise InputError(f"the ledger in `{folder}` was never finished", hint="run `assent ledger init` again")
    return None if head.moved_to is None else str(head.moved_to)


def require_here(head: Any) -> Any:
    """The same head, of a database that is in charge.

    Raises:
        UnavailableError: the ledger was moved while it was open here.
    """
    if head.moved_to is not None:
        raise UnavailableError(f"the ledger was moved to `{head.moved_to}` meanwhile", hint="open it again")
    return head


def head_to_extend(connection: sa.Connection) -> Any:
    """The head, held against everyone else who would change it until the transaction ends.

    Raises:
        UnavailableError: the ledger was moved while it was open here.
    """
    return require_here(connection.execute(sa.select(HEAD).with_for_update()).one())


def complete_move(old: Place, new: Place, *, gap: Gap = no_gap) -> Path | None:
    """The folder names the new database, and the old one's file is put aside; where it is now, if it was one.

    Only after the old one's head says `moved_to`. Doing it again changes nothing.
    """
    with exclusive_lock(old.folder / MOVE_LOCK):
        return complete_locked_move(old, new, gap=gap)


def complete_locked_move(old: Place, new: Place, *, gap: Gap = no_gap) -> Path | None:
    """As `complete_move`, by who holds the lock of moves."""
    standing = place_of(old.folder)
    if standing is None or standing.text != old.text:
        return None
    database = new.open(read_only=False)
    try:
        with database.writing() as connection:
            if database.stamped(connection, ARRIVING) is not None:
                connection.execute(sa.update(STAMP).where(STAMP.c.name == ARRIVING).values(name=SCHEMA_NAME))
    finally:
        database.close()
    # A crash here: the new database is whole, the folder names the old one, whose head names the new one.
    gap("stamped")
    new.take_charge()
    # A crash here: the folder names the new one; the old file has its old name still, which nobody looks for.
    gap("switched")
    return None if old.server is not None else put_aside(old)


def _tidy(place: Place) -> None:
    """A file that a crashed move left under its old name is put aside; one that a move is filling is left alone."""
    with suppress(UnavailableError), exclusive_lock(place.folder / MOVE_LOCK, wait_seconds=0):
        if place_of(place.folder) == place and place.file.exists() and not is_copy(place.file):
            put_aside(Place(place.folder))


def is_copy(file: Path) -> bool:
    """Whether the file is a copy that a move has begun and that is in charge of nothing."""
    database = SqliteDatabase(file, read_only=True)
    try:
        return database.version_of(ARRIVING) is not None
    except EvidenceError:
        return False
    finally:
        database.close()


def put_aside(old: Place) -> Path:
    """The old database's file has a name that says what it is. It is not removed: a person does that."""
    aside = next(
        path
        for number in range(1, 1000)
        if not (path := old.folder / f"ledger-moved-away{f'-{number}' if number > 1 else ''}.db").exists()
    )
    database = old.open(read_only=False)
    # What is still in the journal goes into the file; where somebody reads, the journal is moved along.
    with suppress(AssentError):
        database.overwrite_deleted(HEAD)
    database.close()
    with explained(old.folder):
        for suffix in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                (old.folder / f"{DATABASE_NAME}{suffix}").rename(f"{aside}{suffix}")
        sync_folder(old.folder)
    return aside
