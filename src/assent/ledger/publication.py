"""The log as files anyone may serve: always derivable from the database, never ahead of it.

Steps, under a lock that spans processes:

1. read how far the database goes, and how far the published checkpoint;
2. write the tiles between; full ones durably, partial ones so that a power cut may lose them;
3. derive the root from the tiles as published and compare it with the database's;
4. replace the checkpoint, durably.

Repeating them is always safe: tiles are functions of the commitments, and a partial tile has a name
of its own for each width. Opening the ledger looks at the last tiles again, so that a lost one is replaced.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from assent.errors import EvidenceError
from assent.evidence import merkle, tiles
from assent.evidence.checkpoint import Checkpoint, parse_checkpoint
from assent.evidence.handover import write_vkeys
from assent.evidence.tiles import WIDTH, Tile
from assent.ledger.charge import Gap, no_gap, require_here
from assent.ledger.rotation import keys_of
from assent.storage.database import Database
from assent.storage.files import exclusive_lock, write_all_durably, write_durably, write_whole
from assent.storage.schema import CHECKPOINT_NAME, HEAD, LEAVES, LOG_FOLDER, VKEY_NAME, VKEYS_NAME

_CHUNK = WIDTH * WIDTH


@dataclass(frozen=True, slots=True)
class Publication:
    """The published files of one ledger."""

    folder: Path
    database: Database
    gap: Gap = no_gap

    @property
    def log(self) -> Path:
        """The folder that may be served to anyone."""
        return self.folder / LOG_FOLDER

    def read(self, path: str) -> bytes:
        """The bytes of a published file.

        Raises:
            EvidenceError: it is missing or cannot be read.
        """
        try:
            return (self.log / path).read_bytes()
        except OSError:
            raise EvidenceError(f"the log has no readable file `{path}`", hint="run `assent ledger verify`") from None

    def checkpoint(self) -> tuple[bytes, Checkpoint] | None:
        """The published checkpoint as it lies there; None before the first."""
        try:
            note = (self.log / CHECKPOINT_NAME).read_bytes()
        except FileNotFoundError:
            return None
        text = note.partition(b"\n\n")[0].decode("utf-8", errors="replace") + "\n"
        return note, parse_checkpoint(text)

    def bring_up_to_date(self, *, thorough: bool = False) -> None:
        """Everything that is committed is published.

        Args:
            thorough: look at the partial tiles even when the checkpoint is the newest.

        Raises:
            EvidenceError: what is published is not a prefix of the database: one of the two was replaced.
        """
        # The file's lock spans the processes of one machine; the database's, where it is a server, all machines.
        with exclusive_lock(self.folder / "publication.lock"), self.database.alone("publication"):
            with self.database.reading() as connection:
                head = require_here(connection.execute(sa.select(HEAD)).one())
            published = self.checkpoint()
            frontier = merkle.Frontier.from_bytes(head.size, head.frontier)
            if published is None or thorough:
                self._publish_keys(head.vkey)
            current = published is not None and published[0] == head.checkpoint
            if current and not (thorough and self._lacks_tiles(frontier)):
                return
            old = 0 if published is None or current else published[1].size
            if published is not None and old >= frontier.size and published[1].root != frontier.root and not current:
                raise EvidenceError(
                    f"the published checkpoint has size `{old}` and the database `{frontier.size}`",
                    hint="the database may be an old copy; restore the newest one",
                )
            self._write_tiles(old, frontier)
            # A crash here leaves tiles that no checkpoint speaks of; they are written again, with the same bytes.
            self.gap("tiles-written")
            write_durably(self.log / CHECKPOINT_NAME, head.checkpoint)
            # A crash here has lost nothing: database and files say the same.
            self.gap("checkpoint-written")

    def _publish_keys(self, vkey: str) -> None:
        # Before the checkpoint: whoever finds one of the new key finds here why it is the log's.
        first, handovers = keys_of(self.database)
        for name, text in ((VKEYS_NAME, write_vkeys(first, handovers)), (VKEY_NAME, f"{vkey}\n")):
            path = self.log / name
            if not path.is_file() or path.read_bytes() != text.encode():
                write_durably(path, text.encode())

    def _write_tiles(self, old: int, frontier: merkle.Frontier) -> None:
        # INVARIANT: a checkpoint is published only when the tiles as published lead to its root.
        try:
            self._extend(old, frontier.size)
        except EvidenceError:
            if not old:
                raise
        else:
            if not self._lacks_tiles(frontier):
                return
        # A tile that the growth rests on is missing or damaged: all of them are derived anew.
        self._extend(0, frontier.size)
        if self._lacks_tiles(frontier):
            raise EvidenceError("the commitments in the database do not lead to its checkpoint")

    def _lacks_tiles(self, frontier: merkle.Frontier) -> bool:
        """Whether the tiles at the growing edge do not lead to the root. Cost: a few files, whatever the size."""
        size = frontier.size
        if not size:
            return False
        try:
            root = merkle.subtree_root(0, size, tiles.nodes_from(self.read, size))
            last = tiles.tile_at(-1, (size - 1) // WIDTH, size)
            entries = tiles.decode_bundle(self.read(last.path))
            hashes = self.read(tiles.tile_at(0, last.index, size).path)
        except EvidenceError:
            return True
        return root != frontier.root or b"".join(merkle.leaf_hashes(entries)) != hashes

    def _extend(self, old: int, size: int) -> None:
        """Every tile of the tree of `size` that the tree of `old` did not have is on disk."""
        row: list[bytes] = []
        for first, commitments in self._commitments(old // WIDTH * WIDTH, size):
            hashes = merkle.leaf_hashes(commitments)
            self._write(-1, first, commitments, tiles.encode_bundle)
            self._write(0, first, hashes, b"".join)
            row += _roots_of_full(hashes)
        level, start = 1, old // WIDTH
        while size >> (tiles.HEIGHT * level):
            before = start % WIDTH
            if before:
                tile = Tile(level, start // WIDTH, before)
                row = tiles.split_hashes(self.read(tile.path), before) + row
            self._write(level, start - before, row, b"".join)
            level, start, row = level + 1, start // WIDTH, _roots_of_full(row)

    def _write(self, level: int, first: int, items: list[bytes], encode: Callable[[list[bytes]], bytes]) -> None:
        files: list[tuple[Path, bytes]] = []
        full: list[Path] = []
        for at in range(0, len(items), WIDTH):
            part = items[at : at + WIDTH]
            path = self.log / Tile(level, (first + at) // WIDTH, len(part)).path
            if len(part) < WIDTH:
                write_whole(path, encode(part))
                continue
            files.append((path, encode(part)))
            full.append(path.with_name(path.name + ".p"))
        write_all_durably(files)
        for partials in full:
            # The format allows this: whoever asks for a partial tile can take the full one.
            shutil.rmtree(partials, ignore_errors=True)

    def _commitments(self, start: int, size: int) -> Iterator[tuple[int, list[bytes]]]:
        column = LEAVES.c.commitment
        for first in range(start, size, _CHUNK):
            stop = min(first + _CHUNK, size)
            query = sa.select(column).where(LEAVES.c.seq >= first, LEAVES.c.seq < stop).order_by(LEAVES.c.seq)
            with self.database.reading() as connection:
                found = [row[0] for row in self.database.fetch_rows(connection, query)]
            if len(found) != stop - first:
                raise EvidenceError(f"commitments between `{first}` and `{stop}` are missing from the database")
            yield first, found


def _roots_of_full(row: list[bytes]) -> list[bytes]:
    return [merkle.perfect_root(row[at : at + WIDTH]) for at in range(0, len(row) // WIDTH * WIDTH, WIDTH)]
