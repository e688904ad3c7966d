"""Sweep: every snapshot that holds what was taken back is rewritten without it, and what it replaces is removed.

    finish what a crash left ─ for each snapshot that stands: who withdrew? ─ which rows? ─ files anew ─ seal
    ─ superseded ─ removed.json ─ files gone ─ key gone ─ removed

Readers leave the withdrawn out from the first event on; a sweep makes it true of the bytes as well.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import file_digest, sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.compute as pc
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assent.engines import open_duckdb
from assent.errors import AssentError, EvidenceError, InputError, UnavailableError
from assent.evidence.attestation import read_unverified
from assent.evidence.checkpoint import parse_checkpoint
from assent.evidence.manifest import (
    CARD,
    CROISSANT,
    MANIFEST,
    PACK,
    SnapshotManifest,
    Withdrawal,
    parse_manifest,
)
from assent.evidence.tags import key_id
from assent.gate.lookup import find_texts
from assent.ledger import Ledger
from assent.operations.build import ATTEST_KEY, sealed_snapshots
from assent.operations.ledger import open_ledger
from assent.operations.workspace import Workspace
from assent.policy.load import pack_from_document
from assent.policy.pack import Pack, Purpose
from assent.snapshot.again import Again, Sources, asks_sources, decide_again
from assent.snapshot.card import write_card
from assent.snapshot.croissant import describe_snapshot
from assent.snapshot.regions import rows_by_region
from assent.snapshot.removing import Means, Place, Removed, has_bytes, remove, supersede
from assent.snapshot.rewriting import Rewritten, count_again, rewrite_data, rewrite_decisions
from assent.snapshot.sealing import BUILDING, Gap, Sealed, Shelf, held, no_gap, recover, seal, start_building
from assent.snapshot.since import Moment
from assent.snapshot.standing import require_prefix, require_sealed
from assent.snapshot.touched import Row, find_touched, open_data
from assent.snapshot.withdrawn import Withdrawn, withdrawn_between
from assent.storage.keys import load_key
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import SnapshotId
from assent.vocabulary.tables import RecordTable

Clock = Callable[[], datetime]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Swept:
    """A snapshot that held what was taken back.

    Args:
        replaced_by: the version in its place; None in a dry run.
        members: who withdrew since it was decided, or since it was last swept; most have no row in it.
        removed: rows that go; `masked` stay with somebody masked who was not.
        unmasked: rows that go only because the files they came from are no longer there to mask from.
        rewritten: data files written anew, or gone with all their rows; `kept` are shared with the old version.
        bytes_removed: of files that are gone.
    """

    id: SnapshotId
    purpose: str
    members: int
    removed: int
    masked: int
    unmasked: int
    replaced_by: SnapshotId | None = None
    rewritten: int = 0
    kept: int = 0
    bytes_removed: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class SweepResult:
    """What a sweep did.

    Args:
        looked_at: how many snapshots stood.
        finished: snapshots whose removal an earlier sweep had begun, or that were superseded otherwise.
        lost: snapshots of which the ledger knows and whose folder is gone; the ledger says so now.
        problems: snapshots that could not be swept, and why.
    """

    looked_at: int
    swept: tuple[Swept, ...]
    finished: tuple[Removed, ...] = ()
    lost: tuple[SnapshotId, ...] = ()
    problems: Mapping[SnapshotId, AssentError] = field(default_factory=dict)
    dry_run: bool = False


@dataclass(slots=True)
class Chronicle:
    """What the ledger says became of snapshots: their manifests' digests, and those of removal statements."""

    sealed: dict[str, str] = field(default_factory=dict)
    superseded: dict[str, str] = field(default_factory=dict)
    removed: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, ledger: Ledger) -> Chronicle:
        """All of it, as of now."""
        found = cls()
        for _, event in ledger.system_events():
            if not isinstance(event, Event) or event.key is None or event.value is None:
                continue
            if event.type is EventType.SNAPSHOT_SEALED:
                found.sealed[event.key] = event.value
            elif event.type is EventType.SNAPSHOT_SUPERSEDED:
                found.superseded[event.key] = event.value
            elif event.type is EventType.SNAPSHOT_REMOVED:
                found.removed.setdefault(event.key, set()).add(event.value)
        return found

    def place_of(self, snapshot: str) -> Place:
        """What took the place of a superseded snapshot."""
        digest = self.superseded[snapshot]
        taken = next((name for name, each in self.sealed.items() if each == digest and name != snapshot), None)
        return Place(None if taken is None else SnapshotId(taken), digest)

    def standing(self) -> list[SnapshotId]:
        """Those that nothing superseded."""
        return sorted(SnapshotId(name) for name in self.sealed if name not in self.superseded)


def sweep(
    workspace: Workspace,
    *,
    clock: Clock,
    dry_run: bool = False,
    progress: Progress = lambda _what, _done, _total: None,
    gap: Gap = no_gap,
) -> SweepResult:
    """No snapshot of the workspace holds what was taken back, and no superseded one holds anything.

    Args:
        dry_run: nothing is changed; the result says what would be.

    Raises:
        InputError: there is no ledger, or a key is missing.
        UnavailableError: a build or another sweep is at work, or the folder of snapshots is not there.
    """
    shelf = Shelf(workspace.snapshots_folder, workspace.keys_folder)
    if dry_run:
        with open_ledger(workspace, clock=clock, read_only=True) as ledger:
            return _Sweep(workspace, shelf, ledger, clock, progress, gap, None).look()
    path = workspace.keys_folder / ATTEST_KEY
    key = load_key(path) if path.is_file() else None
    with open_ledger(workspace, clock=clock) as ledger:
        _require_shelf(shelf, ledger)
    with open_ledger(workspace, clock=clock) as ledger, held(shelf):
        return _Sweep(workspace, shelf, ledger, clock, progress, gap, key).run()


def _require_shelf(shelf: Shelf, ledger: Ledger) -> None:
    """The folder is the one that snapshots were built in, and not the empty place of a disk that is not there.

    Raises:
        UnavailableError: nothing was ever built in it, and the ledger knows snapshots that stand.
    """
    if not shelf.lock.exists() and Chronicle.read(ledger).standing():
        raise UnavailableError(
            f"nothing was ever built in `{shelf.folder}`, and the ledger knows snapshots that stand",
            hint=f"bring the disk back; if it is gone for good, make an empty file `{shelf.lock}` and sweep again",
        )


@dataclass(slots=True)
class _Sweep:
    """One sweep over a shelf that is held."""

    workspace: Workspace
    shelf: Shelf
    ledger: Ledger
    clock: Clock
    progress: Progress
    gap: Gap
    key: Ed25519PrivateKey | None
    problems: dict[SnapshotId, AssentError] = field(default_factory=dict)

    def look(self) -> SweepResult:
        """What a sweep would do."""
        standing = [each for each in Chronicle.read(self.ledger).standing() if self._lies_there(each)]
        found = [self._trying(each, self._would) for each in standing]
        swept = tuple(each for each in found if each is not None)
        return SweepResult(len(standing), swept, problems=self.problems, dry_run=True)

    def run(self) -> SweepResult:
        """Everything is swept that can be."""
        if self.key is None:
            if Chronicle.read(self.ledger).standing():
                raise InputError(
                    f"the key `{self.workspace.keys_folder / ATTEST_KEY}` is missing, and snapshots stand",
                    hint="bring it back and sweep again; readers leave out what was taken back all the same",
                )
            # Nothing was ever sealed here.
            return SweepResult(0, ())
        recover(
            self.shelf,
            key=self.key.public_key(),
            announced=sealed_snapshots(self.ledger),
            now=self.clock(),
            append=self._append,
        )
        self.gap("begun")
        self._supersede_rewritten()
        lost = self._give_up_lost()
        finished = list(self._finish())
        standing = Chronicle.read(self.ledger).standing()
        found = [self._trying(each, self._sweep) for each in standing]
        swept = tuple(each for each in found if each is not None)
        return SweepResult(len(standing), swept, tuple(finished), tuple(lost), self.problems)

    def _append(self, event: Event) -> object:
        return self.ledger.append([event])

    def _lies_there(self, snapshot: SnapshotId) -> bool:
        return (self.shelf.of(snapshot) / MANIFEST).is_file()

    def _means(self, recorded: dict[str, set[str]]) -> Means:
        assert self.key is not None
        return Means(self.key, self.ledger.present(self.clock()), self._append, recorded, self.gap)

    def _supersede_rewritten(self) -> None:
        """A version that was sealed has taken the place of what it rewrites, also when that was cut off."""
        known = Chronicle.read(self.ledger)
        for identity in self.shelf.snapshots():
            manifest = _manifest_of(self.shelf, identity)
            parent = None if manifest is None or not manifest.withdrawals else manifest.parent
            if parent in known.sealed and parent not in known.superseded and identity in known.sealed:
                supersede(SnapshotId(str(parent)), Place(identity, known.sealed[identity]), self._means({}))

    def _give_up_lost(self) -> list[SnapshotId]:
        known = Chronicle.read(self.ledger)
        lost = [each for each in known.standing() if not self._lies_there(each)]
        for identity in lost:
            supersede(identity, Place(None, known.sealed[identity]), self._means({}))
        return lost

    def _finish(self) -> Iterator[Removed]:
        """No superseded snapshot has bytes left."""
        known = Chronicle.read(self.ledger)
        for name in sorted(known.superseded):
            identity = SnapshotId(name)
            unsaid = self._lies_there(identity) and name not in known.removed
            if unsaid or has_bytes(self.shelf, identity):
                yield remove(self.shelf, identity, known.place_of(name), self._means(known.removed))

    def _trying(self, identity: SnapshotId, work: Callable[[Opened], Swept | None]) -> Swept | None:
        """One snapshot that cannot be swept does not keep the others from being swept."""
        try:
            return work(Opened.of(self.shelf, identity, self.ledger))
        except EvidenceError as error:
            self.problems[identity] = error
            return None

    def _would(self, opened: Opened) -> Swept | None:
        now = Moment(self.ledger.present(self.clock()), self.ledger.size)
        withdrawn = opened.withdrawn(self.ledger, now)
        rows = find_touched(opened.folder, opened.manifest, withdrawn, self.progress) if withdrawn else []
        if not rows:
            return None
        again = self._decide(opened, rows, withdrawn)[0]
        if not again.denied and not again.shown:
            return None
        touched = {row.file for row, _ in again.denied} | {each.row.file for each in again.shown}
        return replace(
            _swept(opened, withdrawn, again),
            rewritten=len(touched),
            kept=len(opened.manifest.files) - len(touched),
            bytes_removed=sum(opened.manifest.files[number].bytes for number in touched)
            + sum(each.bytes for each in opened.manifest.decisions.files if again.denied),
        )

    def _decide(self, opened: Opened, rows: Sequence[Row], withdrawn: Withdrawn) -> tuple[Again, bool]:
        """What becomes of the rows, and whether their sources could be read."""
        asked = [row.id for row in rows if asks_sources(row, opened.purpose)]
        sources: Sources | None = {}
        if asked:
            self.progress("reading where they came from", 0, 0)
            sources = self._sources(opened.manifest, asked)
        return decide_again(rows, withdrawn, opened.purpose, sources), sources is not None

    def _sources(self, manifest: SnapshotManifest, asked: Sequence[str]) -> Sources | None:
        tables = tables_unchanged(manifest, self.workspace.root)
        if tables is None:
            return None
        memory, threads = (self.workspace.number(f"build.{name}") for name in ("memory_mib", "threads"))
        # On the shelf, where whoever holds it next clears what a killed sweep left of people's texts.
        place = None if self.key is None else self.shelf.folder
        with TemporaryDirectory(prefix=f"{BUILDING}sources-", dir=place) as folder:
            engine = open_duckdb(memory_mib=memory, threads=threads, folder=Path(folder))
            try:
                return find_texts(engine, tables, pa.array(asked, pa.string()))
            finally:
                engine.close()

    def _sweep(self, opened: Opened) -> Swept | None:
        started = time.monotonic()
        checkpoint = self.ledger.checkpoint().decode()
        size = parse_checkpoint(checkpoint.partition("\n\n")[0] + "\n").size
        now = Moment(self.ledger.present(self.clock()), size)
        withdrawn = opened.withdrawn(self.ledger, now)
        rows = find_touched(opened.folder, opened.manifest, withdrawn, self.progress) if withdrawn else []
        again, read = self._decide(opened, rows, withdrawn)
        if not again.denied and not again.shown:
            return None
        withdrawal = Withdrawal(now.at, now.size, checkpoint, read, again.unmasked)
        sealed, written = self._rewrite(opened, again, withdrawal)
        means = self._means({})
        place = Place(sealed.id, sealed.digest)
        supersede(opened.id, place, means)
        self.progress("removing what it replaces", 0, 0)
        removed = remove(self.shelf, opened.id, place, means)
        return replace(
            _swept(opened, withdrawn, again),
            replaced_by=sealed.id,
            rewritten=len(opened.manifest.files) - written.kept,
            kept=written.kept,
            bytes_removed=removed.bytes,
            seconds=time.monotonic() - started,
        )

    def _rewrite(self, opened: Opened, again: Again, withdrawal: Withdrawal) -> tuple[Sealed, Rewritten]:
        """The new version is sealed."""
        assert self.key is not None
        decision_key = opened.decision_key(self.shelf)
        old = opened.manifest
        building = start_building(self.shelf, old.purpose)
        written = rewrite_data(opened.folder, building, old, again, self.progress)
        decided = rewrite_decisions(
            opened.folder, building, old.decisions, again.denied, key=decision_key, progress=self.progress
        )
        manifest = replace(
            old, files=written.files, decisions=decided, parent=opened.id, withdrawals=(*old.withdrawals, withdrawal)
        )
        counts = count_again(old.counts, again, written.gone, self._regions(opened, again))
        if sum(counts.allowed_by_region.values()) != counts.allowed:
            counts = replace(counts, allowed_by_region=self._all_regions(manifest, building))
        manifest = replace(manifest, counts=counts)
        (building / PACK).write_bytes((opened.folder / PACK).read_bytes())
        (building / CARD).write_text(write_card(manifest, opened.pack), encoding="utf-8")
        (building / CROISSANT).write_bytes(describe_snapshot(manifest, opened.pack))
        sealed = seal(
            self.shelf,
            building,
            manifest,
            key=self.key,
            decision_key=decision_key,
            sealed_at=self.clock(),
            append=self._append,
            gap=self.gap,
        )
        return sealed, written

    def _regions(self, opened: Opened, again: Again) -> dict[str, int]:
        gone = Counter(row.author for row, _ in again.denied)
        found = rows_by_region(self.ledger, opened.base, gone)
        return {region: number for region, number in found.items() if region is not None}

    def _all_regions(self, manifest: SnapshotManifest, folder: Path) -> dict[str, int]:
        """Counted anew: somebody who goes was erased, and nobody knows any more where they were."""
        rows: Counter[str] = Counter()
        for entry in manifest.files:
            found = pc.value_counts(open_data(folder, entry).read(columns=["author"]).column("author"))
            for author, number in zip(
                found.field("values").to_pylist(), found.field("counts").to_pylist(), strict=True
            ):
                rows[author] += number
        counted = rows_by_region(self.ledger, Moment(manifest.at, manifest.ledger_size), rows)
        return {region: number for region, number in sorted(counted.items(), key=str) if region is not None}


@dataclass(frozen=True, slots=True)
class Opened:
    """A snapshot that stands, found to be what was sealed."""

    id: SnapshotId
    folder: Path
    manifest: SnapshotManifest
    pack: Pack
    purpose: Purpose

    @classmethod
    def of(cls, shelf: Shelf, identity: SnapshotId, ledger: Ledger) -> Opened:
        """The snapshot of that name.

        Raises:
            EvidenceError: it is not what the ledger says was sealed.
        """
        folder = shelf.of(identity)
        try:
            envelope, document = ((folder / name).read_bytes() for name in (MANIFEST, PACK))
        except OSError:
            raise EvidenceError(f"`{folder}` lacks its manifest or its rules") from None
        require_sealed(ledger, identity, sha256(envelope).hexdigest())
        manifest = parse_manifest(read_unverified(envelope))
        require_prefix(ledger, manifest)
        if sha256(document).hexdigest() != manifest.pack_digest:
            raise EvidenceError(f"`{folder / PACK}` is not the pack that decided")
        pack = pack_from_document(json.loads(document))
        return cls(identity, folder, manifest, pack, pack.purposes[manifest.purpose])

    @property
    def base(self) -> Moment:
        """(T, N), which every version keeps."""
        return Moment(self.manifest.at, self.manifest.ledger_size)

    def withdrawn(self, ledger: Ledger, now: Moment) -> Withdrawn:
        """Who withdrew by now and had not when it was last swept."""
        found = withdrawn_between(ledger, self.pack, self.purpose, self.base, now)
        for each in self.manifest.withdrawals if found else ():
            before = withdrawn_between(ledger, self.pack, self.purpose, self.base, Moment(each.at, each.ledger_size))
            found = Withdrawn(found.members - before.members, found.records - before.records)
        return found

    def decision_key(self, shelf: Shelf) -> bytes:
        """The key under which its decisions stand, which the next version inherits."""
        path = shelf.decision_key(self.id)
        key = path.read_bytes() if path.is_file() else b""
        if key_id(key) != self.manifest.decisions.key_id:
            raise EvidenceError(
                f"`{path}` is not the decision key of `{self.id}`",
                hint="restore it; without it nothing can be rewritten",
            )
        return key


def tables_unchanged(manifest: SnapshotManifest, root: Path) -> tuple[RecordTable, ...] | None:
    """The tables the records came from; None where a file is gone or no longer the one that was read."""
    for table in manifest.sources:
        for file in table.files:
            try:
                with (root / file.path).open("rb") as stream:
                    if file_digest(stream, "sha256").hexdigest() != file.sha256:
                        return None
            except OSError:
                return None
    return tuple(table.located(root) for table in manifest.sources)


def _swept(opened: Opened, withdrawn: Withdrawn, again: Again) -> Swept:
    return Swept(
        opened.id,
        opened.manifest.purpose,
        members=len(withdrawn.members),
        removed=len(again.denied),
        masked=len(again.shown),
        unmasked=again.unmasked,
    )


def _manifest_of(shelf: Shelf, identity: SnapshotId) -> SnapshotManifest | None:
    try:
        return parse_manifest(read_unverified((shelf.of(identity) / MANIFEST).read_bytes()))
    except (EvidenceError, OSError):
        return None
