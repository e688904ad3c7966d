"""Build a snapshot: from the ledger, the rules and the sources to something sealed."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import rfc8785

from assent.errors import InputError
from assent.evidence.checkpoint import parse_checkpoint
from assent.evidence.manifest import CARD, CROISSANT, PACK, InputTable, Partition, SnapshotManifest
from assent.evidence.tags import key_id
from assent.gate import GateRequest
from assent.ledger import Ledger
from assent.ledger.columns import ColumnarEvents
from assent.operations.catalogue import look_up_tables
from assent.operations.curating import curating_in
from assent.operations.flagging import topics_of
from assent.operations.inputs import Inputs, Progress, read_inputs
from assent.operations.ledger import ledger_key_of
from assent.operations.parentage import ENGINES, LATEST, find_ancestor
from assent.operations.rotation import LOG_KEY
from assent.operations.workspace import Workspace
from assent.policy.load import load_pack, pack_document
from assent.policy.pack import Pack
from assent.snapshot.building import Written, write_full
from assent.snapshot.card import write_card
from assent.snapshot.croissant import describe_snapshot
from assent.snapshot.curating import Curating
from assent.snapshot.incremental import write_child
from assent.snapshot.reading import file_identities
from assent.snapshot.sealing import Gap, Shelf, building_on, empty, keep_index, no_gap, recover, seal
from assent.snapshot.working import Unusable
from assent.storage.keys import load_or_create_key, publish_key
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import PurposeName, SnapshotId
from assent.vocabulary.tables import Problem

Clock = Callable[[], datetime]
Entropy = Callable[[int], bytes]

KEY_BYTES = 32
ATTEST_KEY, PARTITION_KEY, LEDGER_KEY = "attest.pem", "partition.key", LOG_KEY
ATTEST_PUBLIC = "attest.pub.pem"
"""The only file beside the private keys that may be given to others: whoever checks a snapshot needs it."""


@dataclass(frozen=True, slots=True)
class BuildResult:
    """A sealed snapshot.

    Args:
        digest: SHA-256 of its manifest, as the ledger has it.
        finished: snapshots of an earlier build that was cut off before the ledger knew of them.
        full_because: why every record was decided though a parent was asked for.
    """

    id: SnapshotId
    path: Path
    digest: str
    manifest: SnapshotManifest
    problems: tuple[Problem, ...]
    finished: tuple[SnapshotId, ...] = ()
    full_because: str | None = None


def no_progress(_what: str, _done: int, _total: int) -> None:
    """Nobody watches."""


def build_snapshot(
    workspace: Workspace,
    purpose: str,
    *,
    clock: Clock,
    pack: str | Path | None = None,
    at: datetime | None = None,
    entropy: Entropy = os.urandom,
    progress: Progress = no_progress,
    gap: Gap = no_gap,
    parent: str | None = None,
    master: str | None = None,
) -> BuildResult:
    """A snapshot of every record that may be used for the purpose stands in the workspace, and the ledger says so.

    Args:
        pack: a shipped pack or a file; None takes the workspace's.
        at: the moment asked about; None is now.
        parent: the snapshot to begin from, or `LATEST`; None decides every record, under a decision key of its own.
            What does not fit is not begun from either, and the result says why.
        master: of the Spark that decides; None has DuckDB do it on this machine.

    Raises:
        InputError: the pack has no such purpose, there is no source, or one cannot be read.
        UnavailableError: another build is at work, or a source changed meanwhile.
    """
    named = pack or workspace.pack
    rules = load_pack(named)
    if purpose not in rules.purposes:
        raise InputError(f"pack `{rules.name}` has no purpose `{purpose}`", hint=f"it has: {', '.join(rules.purposes)}")
    shelf = Shelf(workspace.snapshots_folder, workspace.keys_folder)
    # First: where the ledger's key is missing the others must not be made anew, or old snapshots stop verifying.
    ledger_key = ledger_key_of(workspace)
    key = load_or_create_key(workspace.keys_folder / ATTEST_KEY, entropy=entropy)
    publish_key(workspace.keys_folder / ATTEST_PUBLIC, key)
    partition_key = secret_key(workspace.keys_folder / PARTITION_KEY, entropy)
    with (
        Ledger.open(workspace.ledger_folder, clock=clock, key=ledger_key, entropy=entropy) as ledger,
        building_on(shelf, purpose) as building,
    ):
        append = _appending(ledger)
        known = sealed_snapshots(ledger)
        finished = recover(shelf, key=key.public_key(), announced=known, now=clock(), append=append)
        gap("begun")
        if master is not None:
            look_up_tables(workspace, master)
        inputs = read_inputs(workspace, progress, topics_of(rules.purposes[PurposeName(purpose)]))
        checkpoint = ledger.checkpoint().decode()
        size = parse_checkpoint(checkpoint.partition("\n\n")[0] + "\n").size
        request = _request(
            workspace,
            rules,
            purpose,
            at=at or ledger.present(clock()),
            inputs=inputs,
            events=ledger.columns(size=size),
            keys=(partition_key, entropy(KEY_BYTES)),
            master=master,
        )
        curating = curating_in(workspace, inputs.identifiers)(rules.purposes[request.purpose])
        made = _Making(building, shelf, request, file_identities(inputs.tables, inputs.described), progress, curating)
        made.begin_from(parent, ledger, known)
        manifest = made.manifest(inputs.described, checkpoint)
        inputs.require_unchanged()
        (building / PACK).write_bytes(rfc8785.dumps(pack_document(named)))
        (building / CARD).write_text(write_card(manifest, rules), encoding="utf-8")
        (building / CROISSANT).write_bytes(describe_snapshot(manifest, rules))
        sealed = seal(
            shelf,
            building,
            manifest,
            key=key,
            decision_key=made.request.decision_key,
            sealed_at=clock(),
            append=append,
            gap=gap,
        )
        keep_index(shelf, sealed.id, purpose)
        gap("indexed")
    late = tuple(each.id for each in finished)
    return BuildResult(
        sealed.id, sealed.path, sealed.digest, manifest, (*inputs.problems, *made.problems), late, made.full_because
    )


def _request(
    workspace: Workspace,
    rules: Pack,
    purpose: str,
    *,
    at: datetime,
    inputs: Inputs,
    events: ColumnarEvents,
    keys: tuple[bytes, bytes],
    master: str | None,
) -> GateRequest:
    """What the gate is asked; the keys are those of the partition and of the decisions."""
    return GateRequest(
        pack=rules,
        purpose=PurposeName(purpose),
        at=at,
        tables=inputs.tables,
        events=events,
        shards=workspace.number("snapshots.shards"),
        slices=workspace.number("snapshots.slices"),
        partition_key=keys[0],
        decision_key=keys[1],
        memory_mib=workspace.number("build.memory_mib"),
        threads=workspace.number("build.threads"),
        indexed=True,
        master=master,
    )


def sealed_snapshots(ledger: Ledger) -> Mapping[str, str]:
    """The manifest digests that the ledger's sealing events name, by snapshot."""
    return {
        event.key: event.value
        for _, event in ledger.system_events()
        if isinstance(event, Event) and event.type is EventType.SNAPSHOT_SEALED and event.key and event.value
    }


def secret_key(path: Path, entropy: Entropy) -> bytes:
    """The 32 secret bytes at `path`, made now when there are none.

    Raises:
        InputError: what lies there is no such key.
    """
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        key = entropy(KEY_BYTES)
        draft = path.with_name(f".{path.name}.{os.getpid()}.partial")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    if len(key) != KEY_BYTES:
        raise InputError(f"`{path}` is no key of {KEY_BYTES} bytes")
    return key


def _appending(ledger: Ledger) -> Callable[[Event], object]:
    return lambda event: ledger.append([event])


def _releases(request: GateRequest) -> dict[str, str]:
    """What decided and wrote, by name and version."""
    names = ENGINES if request.master is None else (*ENGINES, "pyspark")
    return {name: version(name) for name in names}


@dataclass(slots=True)
class _Making:
    """What is being written below the building folder, and from what."""

    building: Path
    shelf: Shelf
    request: GateRequest
    files: tuple[str, ...]
    progress: Progress
    curating: Curating
    parent: SnapshotId | None = None
    full_because: str | None = None
    problems: tuple[Problem, ...] = ()
    _written: Written | None = None

    def begin_from(self, named: str | None, ledger: Ledger, announced: Mapping[str, str]) -> None:
        """Data and decisions lie in the building folder, begun from that snapshot where it fits."""
        draft = self.shelf.index_draft(self.request.purpose)
        # Of a first build nobody need be told that there was nothing to begin from.
        if named is not None and (named != LATEST or self.shelf.of_purpose(self.request.purpose)):
            try:
                found = find_ancestor(self.shelf, ledger, named, self.request, announced)
                asked = replace(self.request, decision_key=found.decision_key)
                self._written = write_child(
                    self.building, asked, self.files, draft, found.parent, self.progress, curating=self.curating
                )
                self.request, self.parent = asked, found.id
            except Unusable as why:
                self.full_because = str(why)
                empty(self.building)
        if self._written is None:
            self._written = write_full(
                self.building, self.request, self.files, draft, self.progress, curating=self.curating
            )
        self.problems = self._written.problems

    def manifest(self, sources: tuple[InputTable, ...], checkpoint: str) -> SnapshotManifest:
        """What is true of the files that were written."""
        request, written = self.request, self._written
        assert written is not None
        return SnapshotManifest(
            purpose=request.purpose,
            at=request.at,
            pack_name=request.pack.name,
            pack_digest=request.pack.digest,
            ledger_size=request.events.size,
            checkpoint=checkpoint,
            sources=sources,
            engine={**_releases(request), "sql": written.sql},
            counts=written.counts,
            files=written.files,
            decisions=written.decided,
            partition=Partition(request.shards, request.slices, key_id(request.partition_key)),
            parent=self.parent,
            curation=written.curated,
        )
