"""A ledger moved to another database, salts, erasures and all, while nobody else writes to it.

Steps, under a lock that keeps moves apart and the old database's write lock:

1. copy everything into the new database, where it is stamped as a copy that is in charge of nothing;
2. read it back, row by row against the old one, and derive the root from the copied entries;
3. commit the copy;
4. commit, in the old database, that the ledger went to the new one: *this decides*;
5. stamp the copy as a ledger, let the folder name it, put the old file aside (`charge.complete_move`).

A process that has the old database open finds at its next step that the ledger is elsewhere. The head it
would extend is made unusable too, so that a release that knows nothing of moves stops as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from assent.errors import EvidenceError, InputError
from assent.evidence import merkle
from assent.evidence.checkpoint import parse_checkpoint
from assent.ledger.charge import (
    ARRIVING,
    MOVE_LOCK,
    Gap,
    complete_locked_move,
    head_to_extend,
    is_copy,
    no_gap,
    open_database,
    put_aside,
)
from assent.storage.database import STAMP, Database
from assent.storage.files import exclusive_lock
from assent.storage.place import Place, place_of
from assent.storage.schema import (
    EVENTS,
    HEAD,
    LEAVES,
    MEMBER_INDEX,
    SCHEMA_NAME,
    SCHEMA_VERSION,
    SUPPRESSED,
    TABLES,
)

Progress = Callable[[int, int], None]
"""Told how many rows are done, and of how many."""

_PAGE: Final = 1 << 15
_NO_FRONTIER: Final = b"moved"
"""No tree has a frontier of this length: whoever would extend it finds damage instead."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A move that is done.

    Args:
        size: entries of the log.
        erased: those of them without an event.
        aside: the old database's file under its new name; None when the old one is on a server.
    """

    old: str
    new: str
    size: int
    erased: int
    aside: Path | None


def move_ledger(
    folder: Path, target: str, *, gap: Gap = no_gap, progress: Progress = lambda _done, _total: None
) -> Moved:
    """The folder's ledger is in the target database; the old one takes no more events and is kept.

    Args:
        target: `sqlite`, or the URL of a PostgreSQL database.

    Raises:
        InputError: there is no ledger, it is there already, or the target holds another one.
        EvidenceError: the ledger is damaged, or the copy is not the same; the old database stays in charge.
        UnavailableError: somebody writes, or one of the databases cannot be reached.
    """
    new = Place.parse(folder, target)
    with exclusive_lock(folder / MOVE_LOCK, wait_seconds=1):
        source = open_database(folder, read_only=False, locked=True)
        old = place_of(folder)
        assert old is not None
        try:
            if old.text == new.text:
                raise InputError(f"the ledger is in `{new.text}` already")
            head, erased = _copy_and_decide(source, new, gap, progress)
        finally:
            source.close()
        # A crash here: the new database is in charge; whoever opens the ledger for writing completes the move.
        gap("decided")
        return Moved(old.text, new.text, head.size, erased, complete_locked_move(old, new, gap=gap))


def _copy_and_decide(source: Database, new: Place, gap: Gap, progress: Progress) -> tuple[Any, int]:
    _clear(new)
    target = new.open(read_only=False, create=True)
    try:
        with source.writing() as old:
            head = head_to_extend(old)
            with target.writing() as copy:
                _make_room(target, copy, new)
                erased = _Copying(source, old, target, copy, head, progress).run()
                # A crash here leaves the target as it was.
                gap("compared")
            # A crash here leaves a copy that is in charge of nothing; the next move writes over it.
            gap("copied")
            old.execute(sa.update(HEAD).values(moved_to=new.text, frontier=_NO_FRONTIER))
    finally:
        target.close()
    return head, erased


def _clear(new: Place) -> None:
    """No file is in the way of an embedded database: what a crashed move left is removed, all else put aside."""
    if new.server is not None or not new.file.exists():
        return
    if not is_copy(new.file):
        put_aside(new)
        return
    for suffix in ("-wal", "-shm", ""):
        with suppress(FileNotFoundError):
            new.file.with_name(new.file.name + suffix).unlink()


def _make_room(target: Database, copy: sa.Connection, new: Place) -> None:
    """The target has empty tables, stamped as a copy.

    Raises:
        InputError: a ledger is in them, in charge or moved away.
    """
    if target.stamped(copy, SCHEMA_NAME) is not None:
        raise InputError(
            f"there is a ledger already in `{new.text}`",
            hint=f"choose another schema with ?schema=name; or, if it is not needed, drop schema {target.schema}",
        )
    if target.stamped(copy, ARRIVING) is not None:
        TABLES.drop_all(copy)
        copy.execute(sa.delete(STAMP))
    target.create(TABLES, name=ARRIVING, version=SCHEMA_VERSION, connection=copy)
    # An index over so many new rows is built faster at the end than kept meanwhile.
    MEMBER_INDEX.drop(copy)


@dataclass(slots=True)
class _Copying:
    """One pass that copies and one that reads back, page by page."""

    source: Database
    old: sa.Connection
    target: Database
    copy: sa.Connection
    head: Any
    progress: Progress

    def run(self) -> int:
        """Everything is in the copy and was compared; how many entries have no event."""
        size = self.head.size
        for start, stop in self._pages():
            for table in (LEAVES, EVENTS):
                rows = self._rows(self.source, self.old, table, start, stop)
                self.target.insert_rows(self.copy, table, rows)
            self.progress(stop, 2 * size)
        suppressed = self.source.fetch_rows(self.old, sa.select(SUPPRESSED))
        self.target.insert_rows(self.copy, SUPPRESSED, suppressed)
        head = self.source.fetch_rows(self.old, sa.select(HEAD))
        self.target.insert_rows(self.copy, HEAD, head)
        MEMBER_INDEX.create(self.copy)
        self.target.after_many(self.copy, LEAVES, EVENTS)
        erased = self._compare()
        order = SUPPRESSED.c.tag
        there = self.target.fetch_rows(self.copy, sa.select(SUPPRESSED).order_by(order))
        if there != self.source.fetch_rows(self.old, sa.select(SUPPRESSED).order_by(order)):
            raise EvidenceError("the copy of the suppression list is not the same")
        return erased

    def _compare(self) -> int:
        """Each copied row is what it was, and the entries lead to the root that was signed."""
        tree, events = merkle.Frontier(), 0
        for start, stop in self._pages():
            for table in (LEAVES, EVENTS):
                rows = self._rows(self.target, self.copy, table, start, stop)
                if rows != self._rows(self.source, self.old, table, start, stop):
                    raise EvidenceError(f"the copy differs between `{start}` and `{stop}`")
                if table is LEAVES:
                    tree = tree.extend(merkle.leaf_hashes([row[1] for row in rows]))
                else:
                    events += len(rows)
            self.progress(self.head.size + stop, 2 * self.head.size)
        signed = parse_checkpoint(bytes(self.head.checkpoint).partition(b"\n\n")[0].decode() + "\n")
        if (tree.size, tree.root) != (signed.size, signed.root) or signed.size != self.head.size:
            raise EvidenceError(
                "the ledger's entries do not lead to the root that was signed", hint="run `assent ledger verify`"
            )
        return int(tree.size - events)

    def _pages(self) -> Iterator[tuple[int, int]]:
        for start in range(0, self.head.size, _PAGE):
            yield start, min(start + _PAGE, self.head.size)

    @staticmethod
    def _rows(
        database: Database, connection: sa.Connection, table: sa.Table, start: int, stop: int
    ) -> list[tuple[Any, ...]]:
        seq = table.c.seq
        query = sa.select(table).where(seq >= start, seq < stop).order_by(seq)
        return database.fetch_rows(connection, query)
