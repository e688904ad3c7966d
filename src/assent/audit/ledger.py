"""A ledger checked by somebody who believes nobody: every entry, every event, every published file.

Everything is derived again from the database's rows and compared with what the log's key signed. What is
found is a report, never an exception: a damaged ledger is an answer. Where an event's bytes and salt are
gone its entry still stands in the tree. If an erasure in the log accounts for it, it is counted as *erased*,
beside *agrees* and *differs*; if nothing does, somebody deleted it behind the log's back, and that fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from json.encoder import encode_basestring
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from assent.audit.erasures import Erasures, is_marked
from assent.audit.keys import held_keys
from assent.audit.report import SHOWN_DIFFERENCES, Check
from assent.errors import AssentError, EvidenceError, InputError
from assent.evidence import merkle, tiles
from assent.evidence.checkpoint import Checkpoint
from assent.evidence.commitment import SALT_BYTES, commit, commit_all
from assent.evidence.handover import HeldKey, open_held_checkpoint, read_vkeys
from assent.evidence.note import VerifierKey
from assent.evidence.tiles import WIDTH, Tile
from assent.storage.database import Database
from assent.storage.place import place_of
from assent.storage.schema import (
    CHECKPOINT_NAME,
    EVENTS,
    HEAD,
    LEAVES,
    LOG_FOLDER,
    SCHEMA_NAME,
    SCHEMA_VERSION,
    SUPPRESSED,
    VKEY_NAME,
    VKEYS_NAME,
)

Progress = Callable[[int, int], None]
"""Told how many entries are done, and of how many."""

_CHUNK = WIDTH * WIDTH
_ABSENT = type(None)


@dataclass(slots=True)
class LedgerReport:
    """A ledger, checked.

    Args:
        size: how many entries its newest signed checkpoint covers; None when there is no such checkpoint.
        agrees: events that are what their entry commits to.
        erased: entries whose event and salt are gone, as an erasure in the log says.
        unaccounted: entries whose event and salt are gone, and nothing says why.
        differences: the first events that are not what was recorded, and why.
    """

    folder: str
    size: int | None = None
    agrees: int = 0
    differs: int = 0
    erased: int = 0
    unaccounted: int = 0
    checks: list[Check] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Everything was checked and nothing failed."""
        return bool(self.checks) and not self.differs and all(check.passed for check in self.checks)

    def require(self) -> None:
        """Nothing failed.

        Raises:
            EvidenceError: something did; the message says what first.
        """
        if self.ok:
            return
        failed = [f"{check.name}: {check.detail}" for check in self.checks if not check.passed]
        raise EvidenceError(
            f"the ledger in `{self.folder}` does not verify: {(failed + self.differences)[0]}",
            hint="stop using it and tell a person",
        )

    def differ(self, seq: int, what: str) -> None:
        """The event at that position is not the one that was recorded."""
        self.differs += 1
        if len(self.differences) < SHOWN_DIFFERENCES:
            self.differences.append(f"event {seq}: {what}")

    @contextmanager
    def checking(self, name: str) -> Iterator[list[str]]:
        """The report says how the block ended; what it puts into the list is the detail of a success."""
        seen: list[str] = []
        try:
            yield seen
        except (AssentError, OSError) as error:
            self.checks.append(Check(name, False, " ".join(str(error).split())))
        else:
            self.checks.append(Check(name, True, "; ".join(seen)))

    def to_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {
            "ledger": self.folder,
            "ok": self.ok,
            "size": self.size,
            "agrees": self.agrees,
            "differs": self.differs,
            "erased": self.erased,
            "unaccounted": self.unaccounted,
            "checks": [{"name": each.name, "passed": each.passed, "detail": each.detail} for each in self.checks],
            "differences": self.differences,
        }


def verify_ledger(folder: Path, *, vkey: str, progress: Progress = lambda _done, _total: None) -> LedgerReport:
    """What is found when everything in the folder is derived again. Cost: about 8 µs an event.

    Args:
        vkey: a public key of the log, from a place that whoever runs the ledger cannot change. Where keys
            were replaced since, or before, any one of them will do.

    Raises:
        InputError: the key is no verifier key, or there is no ledger in the folder.
    """
    verifier = VerifierKey.parse(vkey)
    place = place_of(folder)
    if place is None:
        raise InputError(f"there is no ledger in `{folder}`")
    report = LedgerReport(str(folder))
    database = place.open(read_only=True)
    try:
        # Damage is for the report; tables of another version are not damaged.
        with suppress(EvidenceError):
            if database.version_of(SCHEMA_NAME) is not None:
                database.require_version(name=SCHEMA_NAME, version=SCHEMA_VERSION)
        _verify(report, folder / LOG_FOLDER, database, verifier, progress)
    finally:
        database.close()
    return report


def _verify(report: LedgerReport, log: Path, database: Database, verifier: VerifierKey, progress: Progress) -> None:
    with report.checking("database file") as seen:
        damage = database.damage()
        if damage is not None:
            raise EvidenceError(damage)
        seen.append("no damage")
    keys: tuple[HeldKey, ...] = (HeldKey(verifier),)
    with report.checking("keys") as seen:
        keys = held_keys(database, [verifier])
        seen.append("one" if len(keys) == 1 else f"{len(keys)}, each vouched for from the one that was given")
    with report.checking("published key") as seen:
        _published_keys(log, keys)
        seen.append(keys[-1].key.text)
    published = recorded = None
    with report.checking("published checkpoint") as seen:
        published = open_held_checkpoint((log / CHECKPOINT_NAME).read_bytes(), keys)
        seen.append(f"size {published.size}, signed by {verifier.name}")
    with report.checking("recorded checkpoint") as seen:
        recorded = _recorded(database, keys)
        seen.append(f"size {recorded.size}, signed by {verifier.name}")
    if recorded is None:
        return
    report.size = recorded.size
    walk = _Walk(report, database, log, recorded, published)
    entries_read = False
    with report.checking("entries") as seen:
        walk.run(progress)
        seen.append(f"{recorded.size} entries lead to the signed root")
        entries_read = True
    if entries_read:
        with report.checking("erasures") as seen:
            lost = walk.erasures.unaccounted()
            report.erased, report.unaccounted = len(walk.erasures.missing) - len(lost), len(lost)
            walk.erasures.require_accounted()
            seen.append(f"{report.erased} entries were erased, {len(walk.erasures.claims)} erasures account for them")
        with report.checking("suppression list") as seen:
            seen.append(f"{walk.erasures.require_listed(_tags(database))} erased members stay out")
    with report.checking("published files") as seen:
        if walk.unlike:
            raise EvidenceError(f"{len(walk.unlike)} files are missing or differ, the first is `{walk.unlike[0]}`")
        seen.append(f"{walk.compared} files are what the entries give")


def _published_keys(log: Path, keys: Sequence[HeldKey]) -> None:
    if _text_of(log / VKEY_NAME).strip() != keys[-1].key.text:
        raise EvidenceError("the ledger publishes another key than the one that was given, or that it vouches for")
    if len(keys) == 1 and not (log / VKEYS_NAME).exists():
        return  # a log from before there was such a list
    first, handovers = read_vkeys(_text_of(log / VKEYS_NAME))
    if [first, *(each.new for each in handovers)] != [each.key for each in keys]:
        raise EvidenceError(f"`{VKEYS_NAME}` lists other keys than the log had")


def _text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="replace")


def _tags(database: Database) -> list[bytes]:
    with database.reading() as connection:
        return [bytes(tag) for tag in connection.execute(sa.select(SUPPRESSED.c.tag)).scalars()]


def _recorded(database: Database, keys: Sequence[HeldKey]) -> Checkpoint:
    with database.reading() as connection:
        head = connection.execute(sa.select(HEAD)).one_or_none()
        if head is None:
            raise EvidenceError("the database has no checkpoint")
        for table in (LEAVES, EVENTS):
            outside = sa.select(table.c.seq).where((table.c.seq < 0) | (table.c.seq >= head.size)).limit(1)
            stray = connection.execute(outside).scalar()
            if stray is not None:
                raise EvidenceError(f"`{table.name}` has a row at `{stray}`, beyond the size `{head.size}`")
    checkpoint = open_held_checkpoint(bytes(head.checkpoint), keys)
    if checkpoint.size != head.size or checkpoint.origin != head.origin:
        raise EvidenceError(f"the database says size `{head.size}`, its checkpoint `{checkpoint.size}`")
    return checkpoint


@dataclass(slots=True)
class _Walk:
    """One pass over all entries: events against entries, entries against the tree, the tree against files."""

    report: LedgerReport
    database: Database
    log: Path
    recorded: Checkpoint
    published: Checkpoint | None
    tree: merkle.Frontier = field(default_factory=merkle.Frontier)
    erasures: Erasures = field(default_factory=Erasures)
    compared: int = 0
    unlike: list[str] = field(default_factory=list)

    def run(self, progress: Progress) -> None:
        """Every entry was looked at, or it is known which one is missing."""
        public = self.published.size if self.published else 0
        if public > self.recorded.size:
            raise EvidenceError(f"size `{public}` was published, the database ends at `{self.recorded.size}`")
        tops: list[bytes] = []
        for first in range(0, self.recorded.size, _CHUNK):
            rows = self._rows(first)
            hashes = self._entries(rows)
            inside = max(0, min(public - first, len(hashes)))
            self._files(-1, first, [row[1] for row in rows[:inside]], tiles.encode_bundle)
            roots = self._files(0, first, hashes[:inside], b"".join)
            tops += roots
            # The chunk begins where a tile does, so what was hashed for the tiles need not be hashed again.
            self.tree = self.tree.extend(roots, height=tiles.HEIGHT).extend(hashes[len(roots) * WIDTH : inside])
            self._require_root(self.published)
            self.tree = self.tree.extend(hashes[inside:])
            progress(min(first + _CHUNK, self.recorded.size), self.recorded.size)
        self._require_root(self.recorded)
        level = 1
        while tops:
            tops = self._files(level, 0, tops, b"".join)
            level += 1

    def _require_root(self, checkpoint: Checkpoint | None) -> None:
        if checkpoint is not None and checkpoint.size == self.tree.size and checkpoint.root != self.tree.root:
            raise EvidenceError(f"the entries up to `{checkpoint.size}` do not lead to the root that was signed")

    def _rows(self, first: int) -> list[tuple[Any, ...]]:
        stop = min(first + _CHUNK, self.recorded.size)
        query = (
            sa.select(LEAVES.c.seq, LEAVES.c.commitment, EVENTS.c.member, EVENTS.c.salt, EVENTS.c.event)
            # The bounds stand twice: PostgreSQL carries none from one side of an outer join to the other.
            .select_from(
                sa.outerjoin(LEAVES, EVENTS, (LEAVES.c.seq == EVENTS.c.seq) & EVENTS.c.seq.between(first, stop))
            )
            .where(LEAVES.c.seq >= first, LEAVES.c.seq < stop)
            .order_by(LEAVES.c.seq)
        )
        with self.database.reading() as connection:
            rows = self.database.fetch_rows(connection, query)
        if [row[0] for row in rows] != list(range(first, stop)):
            found = {row[0] for row in rows}
            missing = next(seq for seq in range(first, stop) if seq not in found)
            raise EvidenceError(f"entry `{missing}` is missing from the database")
        strange = next((row[0] for row in rows if type(row[1]) is not bytes), None)
        if strange is not None:
            raise EvidenceError(f"entry `{strange}` is no hash")
        return rows

    def _entries(self, rows: list[tuple[Any, ...]]) -> list[bytes]:
        """The leaf hashes of the entries, after each event was held against its own."""
        seqs, entries, members, salts, events = zip(*rows, strict=True)
        whole = set(map(type, salts)) == set(map(type, events)) == {bytes} and set(map(type, members)) <= {str, _ABSENT}
        whole = whole and set(map(len, salts)) == {SALT_BYTES}
        if whole and commit_all(b"".join(salts), events) == list(entries) and all(map(is_about, events, members)):
            self.report.agrees += len(rows)
            for seq, event in zip(seqs, events, strict=True):
                if is_marked(event):
                    self.erasures.read(seq, event)
        else:
            for seq, entry, member, salt, event in rows:
                self._event(seq, entry, member, salt, event)
        return merkle.leaf_hashes(entries)

    def _event(self, seq: int, entry: bytes, member: str | None, salt: bytes | None, event: bytes | None) -> None:
        if event is None or salt is None:
            self.erasures.missing.append(seq)
        elif not isinstance(salt, bytes) or not isinstance(event, bytes) or commit(salt, event) != entry:
            self.report.differ(seq, "it is not what was recorded")
        elif not isinstance(member, str | None) or not is_about(event, member):
            self.report.differ(seq, "it is filed under another member than it names")
        else:
            self.report.agrees += 1
            if is_marked(event):
                self.erasures.read(seq, event)

    def _files(
        self, level: int, first: int, items: Sequence[bytes], encode: Callable[[Sequence[bytes]], bytes]
    ) -> list[bytes]:
        """The roots of the full tiles, after every tile was held against its published file."""
        roots: list[bytes] = []
        for at in range(0, len(items), WIDTH):
            part = items[at : at + WIDTH]
            tile = Tile(level, (first + at) // WIDTH, len(part))
            self.compared += 1
            if _bytes_of(self.log / tile.path) != encode(part):
                self.unlike.append(tile.path)
            self._shorter(tile, part, encode)
            if level >= 0 and len(part) == WIDTH:
                roots.append(merkle.perfect_root(part))
        return roots

    def _shorter(self, tile: Tile, items: Sequence[bytes], encode: Callable[[Sequence[bytes]], bytes]) -> None:
        """The tile's earlier, shorter forms were held against what it begins with: proofs were made from them."""
        for path in (self.log / Tile(tile.level, tile.index, 1).path).parent.glob("[!.]*"):
            width = int(path.name) if path.name.isdecimal() else 0
            if width != tile.width:
                self.compared += 1
                if not 0 < width < len(items) or _bytes_of(path) != encode(items[:width]):
                    self.unlike.append(str(path.relative_to(self.log)))


def is_about(event: bytes, member: str | None) -> bool:
    """Whether the event names this member; the column beside it only files it and proves nothing.

    A field's name cannot stand in quotes inside a text of the event: there the quotes would be escaped.
    """
    if member is None:
        return b'"member":' not in event
    return f'"member":{encode_basestring(member)}'.encode() in event


def _bytes_of(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
