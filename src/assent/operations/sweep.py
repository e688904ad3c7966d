"""Sweep: every snapshot that holds what was taken back is rewritten without it, and what it replaces is removed.

    finish what a crash left ─ for each snapshot that stands: who withdrew? ─ which rows? ─ owners of models that
    read them elsewhere asked ─ files anew ─ seal ─ superseded ─ removed.json ─ files gone ─ key gone ─ removed

Readers leave the withdrawn out from the first event on; a sweep makes it true of the bytes as well.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assent.curation.copying import COPIED_SCHEMA, SIGNING
from assent.engines import Engine, open_duckdb
from assent.errors import AssentError, EvidenceError, InputError, UnavailableError
from assent.evidence.checkpoint import parse_checkpoint
from assent.evidence.manifest import (
    CARD,
    CROISSANT,
    MANIFEST,
    PACK,
    Curated,
    SnapshotManifest,
    Withdrawal,
)
from assent.gate.copies import find_said
from assent.gate.lookup import find_texts
from assent.ledger import Ledger
from assent.operations.build import ATTEST_KEY, sealed_snapshots
from assent.operations.chronicle import Chronicle
from assent.operations.curating import curating_in
from assent.operations.ledger import open_ledger
from assent.operations.models_elsewhere import Asked, models_elsewhere
from assent.operations.models_elsewhere_asking import Asking, Reached, ask_owners, people_in
from assent.operations.opened import Opened, manifest_on, tables_unchanged
from assent.operations.workspace import Workspace
from assent.policy.pack import Purpose
from assent.snapshot.again import Again, Sources, asks_sources, decide_again
from assent.snapshot.card import write_card
from assent.snapshot.croissant import describe_snapshot
from assent.snapshot.curating import NOTHING, Curating
from assent.snapshot.judging import write_copies
from assent.snapshot.recopying import find_recopied
from assent.snapshot.regions import rows_by_region
from assent.snapshot.removing import Means, Place, Removed, has_bytes, remove, supersede
from assent.snapshot.rewriting import Rewritten, count_again, rewrite_data, rewrite_decisions
from assent.snapshot.sealing import BUILDING, Gap, Sealed, Shelf, held, no_gap, recover, seal, start_building
from assent.snapshot.since import Moment
from assent.snapshot.touched import Row, find_touched, open_data
from assent.snapshot.withdrawn import Withdrawn
from assent.storage.keys import load_key
from assent.vocabulary.events import Event
from assent.vocabulary.identifiers import SnapshotId
from assent.vocabulary.tables import RecordTable, without_redactions

Clock = Callable[[], datetime]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Swept:
    """A snapshot that held what was taken back.

    Args:
        replaced_by: the version in its place; None in a dry run.
        members: who withdrew since it was decided, or since it was last swept; most have no row in it.
        people: of them, those whom a row that goes or is masked anew concerns.
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
    people: int = 0


@dataclass(frozen=True, slots=True)
class SweepResult:
    """What a sweep did.

    Args:
        looked_at: how many snapshots stood.
        finished: snapshots whose removal an earlier sweep had begun, or that were superseded otherwise.
        lost: snapshots of which the ledger knows and whose folder is gone; the ledger says so now.
        problems: snapshots that could not be swept, and why.
        asked: of owners of models trained elsewhere, to train them again.
        unheard: models elsewhere whose statements cannot be read, so that nobody can say whether to ask, and why.
    """

    looked_at: int
    swept: tuple[Swept, ...]
    finished: tuple[Removed, ...] = ()
    lost: tuple[SnapshotId, ...] = ()
    problems: Mapping[SnapshotId, AssentError] = field(default_factory=dict)
    dry_run: bool = False
    asked: tuple[Asked, ...] = ()
    unheard: Mapping[str, AssentError] = field(default_factory=dict)


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
            return _Sweep(workspace, shelf, ledger, clock, progress, gap, None, _no_curating).look()
    path = workspace.keys_folder / ATTEST_KEY
    key = load_key(path) if path.is_file() else None
    with open_ledger(workspace, clock=clock) as ledger:
        _require_shelf(shelf, ledger)
    with open_ledger(workspace, clock=clock) as ledger, held(shelf):
        return _Sweep(workspace, shelf, ledger, clock, progress, gap, key, curating_in(workspace)).run()


def look_over(workspace: Workspace, snapshots: Collection[SnapshotId], *, clock: Clock) -> SweepResult:
    """What a sweep would do to these snapshots, which stand; nothing is changed."""
    shelf = Shelf(workspace.snapshots_folder, workspace.keys_folder)
    with open_ledger(workspace, clock=clock, read_only=True) as ledger:
        return _Sweep(workspace, shelf, ledger, clock, _nobody_looks, no_gap, None, _no_curating).look(snapshots)


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
    curating: Callable[[Purpose], Curating]
    problems: dict[SnapshotId, AssentError] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def look(self, only: Collection[SnapshotId] | None = None) -> SweepResult:
        """What a sweep would do."""
        standing = [each for each in Chronicle.read(self.ledger).standing() if self._lies_there(each)]
        standing = [each for each in standing if only is None or each in only]
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
        unheard = models_elsewhere(self.workspace, self.ledger).problems
        return SweepResult(
            len(standing), swept, tuple(finished), tuple(lost), self.problems, asked=tuple(self.asked), unheard=unheard
        )

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
            manifest = manifest_on(self.shelf, identity)
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
        again = self._decide(opened, rows, withdrawn).again
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

    def _decide(self, opened: Opened, rows: Sequence[Row], withdrawn: Withdrawn) -> _Decided:
        alone = self._decided(opened, rows, withdrawn, NO_COPIES)
        if not alone.again.denied or not opened.purpose.unlinked_copies_denied:
            return alone
        copied = self._recopied(opened, alone.again)
        if not copied.num_rows:
            return alone
        reached = Withdrawn(frozenset(), frozenset(copied["id"].to_pylist()))
        also = find_touched(opened.folder, opened.manifest, reached, self.progress)
        every = {(row.file, row.place): row for row in (*rows, *also)}
        return self._decided(opened, [every[place] for place in sorted(every)], withdrawn, copied)

    def _decided(self, opened: Opened, rows: Sequence[Row], withdrawn: Withdrawn, copied: pa.Table) -> _Decided:
        asked = [row.id for row in rows if asks_sources(row, opened.purpose)]
        sources: Sources | None = {}
        if asked:
            self.progress("reading where they came from", 0, 0)
            with self._reading(opened.manifest) as reading:
                sources = None if reading is None else find_texts(*reading, pa.array(asked, pa.string()))
        again = decide_again(rows, withdrawn, opened.purpose, sources, copied["id"].to_pylist())
        return _Decided(again, sources is not None, copied)

    def _recopied(self, opened: Opened, again: Again) -> pa.Table:
        """Who copies what goes, in `COPIED_SCHEMA`."""
        self.progress("looking for copies", 0, 0)
        with self._reading(opened.manifest) as reading, self._waiting() as spool:
            said = None if reading is None else partial(_said, reading)
            return find_recopied(opened.folder, opened.manifest, again, said, spool)

    @contextmanager
    def _reading(self, manifest: SnapshotManifest) -> Iterator[tuple[Engine, tuple[RecordTable, ...]] | None]:
        """The files the rows came from, open to be asked; None where they are gone or changed."""
        tables = tables_unchanged(manifest, self.workspace.root)
        if tables is None:
            yield None
            return
        memory, threads = (self.workspace.number(f"build.{name}") for name in ("memory_mib", "threads"))
        with self._waiting() as folder:
            engine = open_duckdb(memory_mib=memory, threads=threads, folder=folder)
            try:
                yield engine, tables
            finally:
                engine.close()

    @contextmanager
    def _waiting(self) -> Iterator[Path]:
        """A folder on the shelf, where whoever holds it next clears what a killed sweep left of people's texts."""
        place = None if self.key is None else self.shelf.folder
        with TemporaryDirectory(prefix=f"{BUILDING}waiting-", dir=place) as folder:
            yield Path(folder)

    def _sweep(self, opened: Opened) -> Swept | None:
        started = time.monotonic()
        checkpoint = self.ledger.checkpoint().decode()
        size = parse_checkpoint(checkpoint.partition("\n\n")[0] + "\n").size
        now = Moment(self.ledger.present(self.clock()), size)
        withdrawn = opened.withdrawn(self.ledger, now)
        rows = find_touched(opened.folder, opened.manifest, withdrawn, self.progress) if withdrawn else []
        decided = self._decide(opened, rows, withdrawn)
        again = decided.again
        if not again.denied and not again.shown:
            return None
        self._ask_owners(opened, withdrawn, again, now)
        withdrawal = Withdrawal(now.at, now.size, checkpoint, decided.sources_read, again.unmasked)
        sealed, written = self._rewrite(opened, decided, withdrawal)
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

    def _ask_owners(self, opened: Opened, withdrawn: Withdrawn, again: Again, now: Moment) -> None:
        """Whoever trained on a version of this snapshot elsewhere is asked to train again."""
        assert self.key is not None
        people = people_in(withdrawn, again)
        reached = Reached(opened.id, opened.purpose, people, len(again.denied), len(again.shown))
        asking = Asking(self.workspace, self.ledger, self.key, now)
        self.asked += ask_owners(asking, reached, opened.decision_key(self.shelf))

    def _rewrite(self, opened: Opened, decided: _Decided, withdrawal: Withdrawal) -> tuple[Sealed, Rewritten]:
        """The new version is sealed."""
        assert self.key is not None
        again = decided.again
        decision_key = opened.decision_key(self.shelf)
        old = opened.manifest
        building = start_building(self.shelf, old.purpose)
        # What is known of people matters to rows masked anew alone; else nobody asks for files that may be gone.
        knowing = self.curating if again.shown else curating_in(self.workspace, identifiers=())
        curating = knowing(opened.purpose) if old.curation is not None else NOTHING
        curate = curating.curate(decision_key)
        written = rewrite_data(opened.folder, building, old, again, self.progress, curate=curate or without_redactions)
        decisions = rewrite_decisions(
            opened.folder, building, old.decisions, again.denied, key=decision_key, progress=self.progress
        )
        manifest = replace(
            old, files=written.files, decisions=decisions, parent=opened.id, withdrawals=(*old.withdrawals, withdrawal)
        )
        counts = count_again(old.counts, again, written.gone, self._regions(opened, again))
        if sum(counts.allowed_by_region.values()) != counts.allowed:
            counts = replace(counts, allowed_by_region=self._all_regions(manifest, building))
        copies = write_copies(building, decided.copied, decision_key, earlier=_copies_before(opened))
        curated = curating.judged(building, manifest.files, self.progress, copies)
        manifest = replace(manifest, counts=counts, curation=_as_sealed(old.curation, curated))
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
class _Decided:
    """What becomes of a snapshot's rows.

    Args:
        sources_read: whether the files they came from could be read, where they were asked for.
        copied: the rows that go because they copy, in `COPIED_SCHEMA`.
    """

    again: Again
    sources_read: bool
    copied: pa.Table


NO_COPIES: Final = COPIED_SCHEMA.empty_table()


def _said(reading: tuple[Engine, tuple[RecordTable, ...]], ids: pa.Array) -> Iterator[pa.RecordBatch]:
    return find_said(*reading, ids, SIGNING)


def _copies_before(opened: Opened) -> pa.Table | None:
    entry = opened.manifest.curation.copies if opened.manifest.curation else None
    return None if entry is None else open_data(opened.folder, entry).read()


def _as_sealed(before: Curated | None, now: Curated | None) -> Curated | None:
    """The judgments of now; of rows that stay it is still true what their build knew of people."""
    return None if before is None or now is None else replace(now, identifiers=before.identifiers)


def _nobody_looks(_what: str, _done: int, _total: int) -> None:
    """Nobody is told how far it is."""


def _no_curating(_purpose: Purpose) -> Curating:
    return NOTHING


def _swept(opened: Opened, withdrawn: Withdrawn, again: Again) -> Swept:
    return Swept(
        opened.id,
        opened.manifest.purpose,
        members=len(withdrawn.members),
        removed=len(again.denied),
        masked=len(again.shown),
        unmasked=again.unmasked,
        people=len(people_in(withdrawn, again)),
    )
