"""A snapshot as it may be read now: what was permitted then, without what has been denied since.

    with open_snapshot("snapshots/train_generative-0123456789ab", ledger="ledger") as reader:
        for batch in reader:            # Arrow, PERMITTED_SCHEMA
            ...
    reader.left_out                     # how many rows, by reason
    reader.dropped                      # how many more curation drops, by reason

So a withdrawal is effective at the next read, before anything is rewritten. Bytes are hashed before they
are parsed; a snapshot the ledger does not know, or knows under another digest, is not opened.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assent.errors import AssentError, EvidenceError, InputError, UnavailableError
from assent.evidence.attestation import read_unverified
from assent.evidence.manifest import (
    MANIFEST,
    PACK,
    DataFileEntry,
    JudgmentFileEntry,
    SnapshotManifest,
    parse_manifest,
    snapshot_id,
)
from assent.ledger import Ledger
from assent.policy.load import pack_from_document
from assent.policy.pack import Others, Pack, Purpose
from assent.snapshot.judging import JUDGMENT_SCHEMA, passed_over
from assent.snapshot.since import Changes, Moment, People, changes_between, events_of
from assent.snapshot.standing import require_not_superseded, require_prefix, require_sealed
from assent.vocabulary.curation import Drop
from assent.vocabulary.identifiers import SnapshotId
from assent.vocabulary.reasons import REASONS, Reason
from assent.vocabulary.tables import PERMITTED_SCHEMA

Clock = Callable[[], datetime]

_NEVER = datetime.min.replace(tzinfo=UTC)
_READERS = 4
"""Files that are looked into at once: hashing and unpacking them lets go of the interpreter."""
_JUDGED = ["id", "category", "author", "subjects", "created_at", "parent"]


def system_clock() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def open_snapshot(
    path: str | Path,
    *,
    ledger: Ledger | str | Path,
    at: datetime | None = None,
    max_staleness: timedelta = timedelta(hours=1),
    clock: Clock = system_clock,
) -> SnapshotReader:
    """A reader of the snapshot in that folder, as of `at` or of now.

    Args:
        max_staleness: how long one look at the ledger is good for; a reader that goes on longer looks again.

    Raises:
        InputError: there is no snapshot, or `at` lies before the moment it was decided for.
        RefusedError: it was superseded.
        UnavailableError: the ledger cannot be reached.
        EvidenceError: it is not what the ledger says was sealed, or the ledger is not the one it rests on.
    """
    folder = Path(path)
    try:
        envelope = (folder / MANIFEST).read_bytes()
    except OSError:
        raise InputError(f"there is no snapshot in `{folder}`", hint="`assent snapshots` lists them") from None
    opened = isinstance(ledger, Ledger)
    log = ledger if isinstance(ledger, Ledger) else _reach(Path(ledger), clock)
    try:
        statement = read_unverified(envelope)
        manifest, identity = parse_manifest(statement), snapshot_id(statement)
        if at is not None and at < manifest.at:
            raise InputError(f"`{identity}` was decided for a later moment than `{at.isoformat()}`")
        require_sealed(log, identity, sha256(envelope).hexdigest())
        # Before anything beside the manifest is looked for: of a snapshot that was removed nothing else is left.
        require_not_superseded(log, identity)
        require_prefix(log, manifest)
        pack = _pack(folder, manifest, log, identity)
        reader = SnapshotReader(
            folder, identity, manifest, pack, pack.purposes[manifest.purpose], log, at, max_staleness, clock, not opened
        )
        reader.look()
    except BaseException:
        if not opened:
            log.close()
        raise
    return reader


@dataclass(slots=True)
class SnapshotReader:
    """Reads what is still permitted; each pass over it looks at the ledger first."""

    path: Path
    id: SnapshotId
    manifest: SnapshotManifest
    pack: Pack
    purpose: Purpose
    _ledger: Ledger
    _at: datetime | None
    _max_staleness: timedelta
    _clock: Clock
    _owns_ledger: bool
    _looked_at: datetime = _NEVER
    _size: int = 0
    _out: dict[str, Reason] = field(default_factory=dict)
    _dropped: pa.Table | None = None
    _passed_over: frozenset[str] = frozenset()
    _seen: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """The ledger is closed if it was opened here."""
        if self._owns_ledger:
            self._ledger.close()

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        return self.batches()

    @property
    def looked_at(self) -> Moment:
        """The moment, and the ledger's size, of the last look."""
        return Moment(self._looked_at, self._size)

    @property
    def left_out(self) -> Mapping[Reason, int]:
        """How many rows of the snapshot are left out now, by the reason that is shown first."""
        counts = Counter(self._out.values())
        return {reason: counts[reason] for reason in REASONS if counts[reason]}

    @property
    def left_out_ids(self) -> frozenset[str]:
        """The records that are left out now."""
        return frozenset(self._out)

    @property
    def dropped(self) -> Mapping[Drop, int]:
        """How many rows curation drops, by reason, of those that are not left out for another."""
        drops = dict(zip(*(self._judgments()[name].to_pylist() for name in ("id", "drop")), strict=True))
        counts = Counter(drops[ident] for ident in self._passed_over)
        return {drop: counts[drop.value] for drop in Drop if counts[drop.value]}

    @property
    def rows(self) -> int:
        """How many rows are read now."""
        return sum(each.rows for each in self.manifest.files) - len(self._out) - len(self._passed_over)

    def batches(
        self,
        *,
        shard: int | None = None,
        slice: int | None = None,  # noqa: A002 - the word of the format
        look: bool = True,
    ) -> Iterator[pa.RecordBatch]:
        """What is still permitted and counts, its text clean, of all partitions or of one, in `PERMITTED_SCHEMA`.

        Args:
            look: False gives what was permitted when the ledger was last looked at, for whoever reads one thing in
                several passes; what was withdrawn meanwhile is found out by the next look.

        Raises:
            EvidenceError: a file is missing or not the one that was sealed.
            UnavailableError: it is time to look at the ledger again, and it cannot be reached.
        """
        if look:
            self.look()
        for entry in self.manifest.files:
            if shard not in (None, entry.shard) or slice not in (None, entry.slice):
                continue
            for batch in self._file(entry).iter_batches(columns=PERMITTED_SCHEMA.names):
                if look and self._at is None and self._clock() - self._looked_at > self._max_staleness:
                    self.look()
                kept = self._kept(batch.cast(PERMITTED_SCHEMA))
                if kept.num_rows:
                    yield kept

    def look(self) -> None:
        """`left_out` is true of this moment. Cost: a scan of two ledger columns; more only after a change."""
        try:
            at = max(self._at or self._ledger.present(self._clock()), self.manifest.at)
            size = self._ledger.size
            require_not_superseded(self._ledger, self.id)
            now = Moment(at, size)
            changes = changes_between(
                self._ledger, self.pack, self.purpose, Moment(self.manifest.at, self.manifest.ledger_size), now
            )
            self._out = self._judge(changes, now) if changes else {}
            self._passed_over = passed_over(self._judgments(), self._out)
        except (InputError, OSError) as error:
            raise UnavailableError(
                f"the ledger cannot be read: {error}", hint="without it nobody knows what was withdrawn"
            ) from error
        self._looked_at, self._size = at, size

    def _file(self, entry: DataFileEntry | JudgmentFileEntry) -> pq.ParquetFile:
        """The file as it was sealed.

        Raises:
            RefusedError: it is gone because the snapshot was superseded since this reader was opened.
            EvidenceError: it is not the file that was sealed.
        """
        try:
            return _open(self.path, entry, self._seen)
        except EvidenceError:
            require_not_superseded(self._ledger, self.id)
            raise

    def _kept(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        if not self._out and not self._passed_over:
            return batch
        out = pc.is_in(batch.column("id"), pa.array([*self._out, *self._passed_over], pa.string()))
        return batch.filter(pc.invert(out))

    def _judgments(self) -> pa.Table:
        """What curation judged of the rows.

        Raises:
            EvidenceError: a file of judgments is missing or not the one that was sealed.
        """
        if self._dropped is None:
            files = self.manifest.curation.files if self.manifest.curation else ()
            tables = [self._file(entry).read(use_threads=False) for entry in files]
            self._dropped = pa.concat_tables([JUDGMENT_SCHEMA.empty_table(), *tables])
        return self._dropped

    def _judge(self, changes: Changes, now: Moment) -> dict[str, Reason]:
        """The ids of rows that are left out, and why. Cost: a pass over all columns but the text."""
        members, events = changes.members, changes.events
        if changes.everybody:
            members = frozenset(person for each in self.manifest.files for person in _people(self._judged(each)))
            events = events_of(self._ledger, members, now.size)
        people = People(self.pack, self.purpose, now, changes.holds, events, changes.taken_back)
        named, excluded = pa.array(members, pa.string()), pa.array(changes.excluded, pa.string())

        def concerned(entry: DataFileEntry) -> tuple[pa.Table, pa.Table]:
            table = self._judged(entry)
            linked = table.select(["id", "parent"]).filter(pc.is_valid(table.column("parent")))
            return table.filter(_touched(table, named, excluded)), linked

        out: dict[str, Reason] = {}
        linked: list[pa.Table] = []
        with ThreadPoolExecutor(_READERS) as readers:
            for touched, carrying in readers.map(concerned, self.manifest.files):
                linked.append(carrying)
                for row in touched.to_pylist():
                    reason = _reason(row, people, members, changes.excluded, self.purpose)
                    if reason is not None:
                        out[row["id"]] = reason
        return _with_descendants(out, linked)

    def _judged(self, entry: DataFileEntry) -> pa.Table:
        return self._file(entry).read(columns=_JUDGED, use_threads=False)


def _reason(
    row: Mapping[str, Any],
    people: People,
    members: frozenset[str],
    excluded: frozenset[str],
    purpose: Purpose,
) -> Reason | None:
    """Why this row may no longer be used: the reason that is shown first."""
    author, created_at = row["author"], row["created_at"]
    reasons: set[Reason] = set()
    if author in members:
        reasons |= people.reasons(author, created_at)
    if row["id"] in excluded:
        reasons.add(Reason.ITEM_EXCLUDED)
    # The files no longer say where somebody is named, so nobody can be masked now: the row goes.
    if purpose.scope[row["category"]].others is not Others.ANYONE:
        others = (each["member"] for each in row["subjects"] or ())
        if any(other in members and people.reasons(other, created_at) for other in others):
            reasons.add(Reason.OTHER_SUBJECT)
    return next((reason for reason in REASONS if reason in reasons), None)


def _touched(table: pa.Table, members: pa.Array, excluded: pa.Array) -> pa.Array:
    """Which rows somebody with changes wrote or appears in, or were excluded."""
    touched = pc.is_in(table.column("author"), members)
    if len(excluded):
        touched = pc.or_(touched, pc.is_in(table.column("id"), excluded))
    subjects = table.column("subjects").combine_chunks()
    where = pc.list_parent_indices(subjects)
    appears = where.filter(pc.is_in(pc.struct_field(pc.list_flatten(subjects), "member"), members))
    if not len(appears):
        return touched
    return pc.or_(touched, pc.is_in(pa.arange(0, table.num_rows).cast(where.type), appears))


def _people(table: pa.Table) -> Iterator[str]:
    yield from pc.unique(table.column("author")).to_pylist()
    others = pc.struct_field(pc.list_flatten(table.column("subjects").combine_chunks()), "member")
    yield from pc.unique(others).drop_null().to_pylist()


def _with_descendants(out: dict[str, Reason], linked: list[pa.Table]) -> dict[str, Reason]:
    """Whoever carries the text of a row that is left out is left out, through any number of steps."""
    fresh = set(out)
    while fresh:
        parents = pa.array(fresh, pa.string())
        carried = (batch.filter(pc.is_in(batch.column("parent"), parents)).column("id") for batch in linked)
        fresh = {row for ids in carried for row in ids.to_pylist()} - set(out)
        out |= dict.fromkeys(fresh, Reason.DERIVED_FROM_EXCLUDED)
    return out


def _reach(folder: Path, clock: Clock) -> Ledger:
    try:
        return Ledger.open(folder, clock=clock)
    except (InputError, OSError) as error:
        message = error.message if isinstance(error, AssentError) else str(error)
        raise UnavailableError(
            f"the ledger cannot be reached: {message}", hint="without it nobody knows what was withdrawn"
        ) from error


def _pack(folder: Path, manifest: SnapshotManifest, ledger: Ledger, identity: SnapshotId) -> Pack:
    try:
        document = (folder / PACK).read_bytes()
    except OSError:
        # It may have been superseded and removed a moment ago.
        require_not_superseded(ledger, identity)
        raise EvidenceError(f"`{folder / PACK}` is missing") from None
    # The pack's digest is over its canonical form, and that is the form in which it lies here.
    if sha256(document).hexdigest() != manifest.pack_digest:
        raise EvidenceError(f"`{folder / PACK}` is not the pack that decided")
    return pack_from_document(json.loads(document))


def _open(folder: Path, entry: DataFileEntry | JudgmentFileEntry, seen: dict[str, tuple[int, ...]]) -> pq.ParquetFile:
    """The file, after its bytes were found to be those that were sealed.

    Args:
        seen: what the disk said of files whose bytes were hashed before; one that is still the same is not again.
    """
    path = folder / entry.path
    try:
        file = pa.OSFile(str(path))
        found = path.stat()
        same = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        if seen.get(entry.path) == same:
            # Then only the columns that are asked for are read.
            return pq.ParquetFile(file)
        data = file.read()
    except OSError:
        raise EvidenceError(f"`{path}` is missing") from None
    if sha256(data).hexdigest() != entry.sha256:
        raise EvidenceError(f"`{path}` is not the file that was sealed", hint="it was changed or damaged")
    seen[entry.path] = same
    return pq.ParquetFile(pa.BufferReader(data))
