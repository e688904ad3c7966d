"""Where a ledger's database is: a file in its folder, or the server that a file in its folder names.

The folder either holds `ledger.db`, or a file `database` with one line, a PostgreSQL URL without a password.
When both are there, `database` counts: replacing or removing that one name moves a ledger, in one step.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assent.errors import InputError
from assent.storage.database import Database
from assent.storage.files import explained, sync_folder, write_durably
from assent.storage.postgresql import PostgresDatabase, PostgresUrl
from assent.storage.schema import DATABASE_NAME
from assent.storage.sqlite import SqliteDatabase

POINTER_NAME: Final = "database"
EMBEDDED: Final = "sqlite"
"""What is written in a setting or on the command line for the file in the folder."""


@dataclass(frozen=True, slots=True)
class Place:
    """A database of the ledger in `folder`.

    Args:
        server: None is the file in the folder.
    """

    folder: Path
    server: PostgresUrl | None = None

    @classmethod
    def parse(cls, folder: Path, text: str) -> Place:
        """The place that a setting names: `sqlite`, or a PostgreSQL URL.

        Raises:
            InputError: it is neither, or carries a password.
        """
        return cls(folder, None if text == EMBEDDED else PostgresUrl.parse(text))

    @property
    def text(self) -> str:
        """What `parse` understands."""
        return EMBEDDED if self.server is None else self.server.text

    @property
    def file(self) -> Path:
        """The embedded database's file."""
        return self.folder / DATABASE_NAME

    def open(self, *, read_only: bool, create: bool = False) -> Database:
        """The database there.

        Args:
            create: make the embedded one's file when it is missing.
        """
        if self.server is not None:
            return PostgresDatabase(self.server, read_only=read_only)
        return SqliteDatabase(self.file, read_only=read_only, create=create)

    def take_charge(self) -> None:
        """The folder's ledger is in this database, durably; replaced in one step, so that it is never in none."""
        pointer = self.folder / POINTER_NAME
        if self.server is not None:
            write_durably(pointer, self.server.text.encode() + b"\n")
        elif pointer.exists():
            with explained(self.folder):
                pointer.unlink()
                sync_folder(self.folder)


def place_of(folder: Path) -> Place | None:
    """Where the database of the ledger in that folder is; None when there is no ledger.

    Raises:
        InputError: the file that names it cannot be read or names none.
    """
    pointer = folder / POINTER_NAME
    try:
        text = pointer.read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        return Place(folder) if (folder / DATABASE_NAME).is_file() else None
    except (OSError, UnicodeDecodeError):
        raise InputError(f"`{pointer}` cannot be read", hint="it holds one line, a PostgreSQL URL") from None
    try:
        return Place(folder, PostgresUrl.parse(text))
    except InputError as error:
        raise InputError(f"`{pointer}`: {error.message}", hint=error.hint) from None
