"""The database under a ledger: move it to another one, bring its tables up to date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assent.errors import InputError
from assent.ledger.moving import Moved, Progress, move_ledger
from assent.operations.workspace import Workspace
from assent.storage.place import Place, place_of
from assent.storage.postgresql import PostgresUrl
from assent.storage.schema import SCHEMA_NAME, SCHEMA_VERSION
from assent.storage.upgrades import upgrade


@dataclass(frozen=True, slots=True)
class Migrated:
    """A move that is done, and what a person still has to do.

    Args:
        kept: where the old database is, which holds everything that will ever be erased from the new one.
        removal: the command that removes it.
    """

    moved: Moved
    kept: str
    removal: str

    def to_json(self) -> dict[str, Any]:
        """The move as JSON values."""
        return {
            "from": self.moved.old,
            "to": self.moved.new,
            "size": self.moved.size,
            "erased": self.moved.erased,
            "kept": self.kept,
            "removal": self.removal,
        }


def migrate_ledger(workspace: Workspace, target: str, *, progress: Progress = lambda _done, _total: None) -> Migrated:
    """The working folder's ledger is in the target database; the old one is kept and takes no more events.

    Raises:
        InputError: there is no ledger, it is there already, or the target holds another one.
        EvidenceError: the ledger is damaged, or the copy is not the same; nothing was switched.
        UnavailableError: somebody writes, or one of the databases cannot be reached; nothing was switched.
    """
    moved = move_ledger(workspace.ledger_folder, target, progress=progress)
    if moved.aside is not None:
        return Migrated(moved, str(moved.aside), f"rm {moved.aside}*")
    place = PostgresUrl.parse(moved.old)
    return Migrated(moved, f"schema {place.schema} of {moved.old}", f'DROP SCHEMA "{place.schema}" CASCADE')


def upgrade_ledger(workspace: Workspace) -> tuple[int, int]:
    """The ledger's tables are of this program's version; of which they were before, and are now.

    Raises:
        InputError: there is no ledger, or a later release wrote it.
    """
    place: Place | None = place_of(workspace.ledger_folder)
    if place is None:
        raise InputError(f"there is no ledger in `{workspace.ledger_folder}`", hint="run `assent ledger init`")
    database = place.open(read_only=False)
    try:
        return upgrade(database, name=SCHEMA_NAME, version=SCHEMA_VERSION)
    finally:
        database.close()
