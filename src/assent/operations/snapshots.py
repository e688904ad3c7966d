"""What a person can ask of snapshots that stand: which there are, and what may be read of one now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from assent.errors import AssentError, InputError
from assent.evidence.attestation import read_unverified
from assent.evidence.manifest import MANIFEST, parse_manifest
from assent.ledger import Ledger
from assent.operations.workspace import Workspace
from assent.snapshot.reader import open_snapshot
from assent.snapshot.sealing import Shelf
from assent.storage.schema import DATABASE_NAME
from assent.vocabulary.curation import Drop
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import SnapshotId
from assent.vocabulary.reasons import Reason

SEALED, SUPERSEDED, UNKNOWN, BROKEN = "sealed", "superseded", "not in the ledger", "unreadable"
REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Listed:
    """A snapshot in a list; counts are None when its manifest cannot be read."""

    id: SnapshotId
    state: str
    purpose: str | None = None
    at: datetime | None = None
    ledger_size: int | None = None
    records: int | None = None
    allowed: int | None = None
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Readable:
    """What a reader gets of a snapshot now.

    Args:
        sealed: rows of the files; `rows` of them may still be read and count.
        dropped: rows that may be read and do not count, by why curation passes over them.
        sample: the first of those.
    """

    id: SnapshotId
    at: datetime
    sealed: int
    rows: int
    left_out: Mapping[Reason, int]
    dropped: Mapping[Drop, int]
    sample: Sequence[Mapping[str, Any]]


def shelf_of(workspace: Workspace) -> Shelf:
    """Where the workspace keeps snapshots and their keys."""
    return Shelf(workspace.snapshots_folder, workspace.keys_folder)


def find_snapshot(workspace: Workspace | None, named: str) -> Path:
    """The folder of a snapshot that is given as a path, an id, or the beginning of one id only.

    Raises:
        InputError: there is none, or several begin like this.
    """
    path = Path(named)
    if (path / MANIFEST).is_file():
        return path.resolve()
    if path.is_dir():
        raise InputError(
            f"`{named}` is neither a snapshot nor a ledger",
            hint=f"a snapshot's folder has a `{MANIFEST}`, a ledger's a `{DATABASE_NAME}`",
        )
    shelf = None if workspace is None else shelf_of(workspace)
    found = [each for each in shelf.snapshots() if each.startswith(named)] if shelf and named else []
    if shelf is None or not found:
        raise InputError(f"no snapshot `{named}`", hint="`assent snapshots` lists those there are")
    if len(found) > 1 and named not in found:
        raise InputError(f"`{named}` could be any of {len(found)} snapshots", hint=f"for example `{found[0]}`")
    return shelf.of(SnapshotId(named if named in found else found[0]))


def list_snapshots(workspace: Workspace, *, clock: Callable[[], datetime]) -> list[Listed]:
    """Every snapshot of the workspace and whether it still stands, the newest first."""
    states: dict[str, str] = {}
    with Ledger.open(workspace.ledger_folder, clock=clock) as ledger:
        for _, event in ledger.system_events():
            if isinstance(event, Event) and event.key and event.type is EventType.SNAPSHOT_SEALED:
                states.setdefault(event.key, SEALED)
            elif isinstance(event, Event) and event.key and event.type is EventType.SNAPSHOT_SUPERSEDED:
                states[event.key] = SUPERSEDED
            elif isinstance(event, Event) and event.key and event.type is EventType.SNAPSHOT_REMOVED:
                states[event.key] = REMOVED
    shelf = shelf_of(workspace)
    listed = [_listed(shelf, each, states.get(each, UNKNOWN)) for each in shelf.snapshots()]
    return sorted(listed, key=lambda each: (each.at is not None, each.at, each.id), reverse=True)


def _listed(shelf: Shelf, identity: SnapshotId, state: str) -> Listed:
    try:
        manifest = parse_manifest(read_unverified((shelf.of(identity) / MANIFEST).read_bytes()))
    except (AssentError, OSError):
        return Listed(identity, BROKEN)
    return Listed(
        identity,
        state,
        manifest.purpose,
        manifest.at,
        manifest.ledger_size,
        manifest.counts.records,
        manifest.counts.allowed,
        0 if state == REMOVED else sum(each.bytes for each in manifest.stored),
    )


def read_snapshot(workspace: Workspace, named: str, *, limit: int, clock: Callable[[], datetime]) -> Readable:
    """What may be read of a snapshot now, what may no longer be read and why, and the first rows.

    Raises:
        RefusedError: it was superseded.
        UnavailableError: the ledger cannot be reached, so nobody knows what was withdrawn.
        EvidenceError: it is not what was sealed.
    """
    folder = find_snapshot(workspace, named)
    staleness = timedelta(seconds=workspace.number("read.max_staleness_seconds"))
    with open_snapshot(folder, ledger=workspace.ledger_folder, max_staleness=staleness, clock=clock) as reader:
        rows = (row for batch in reader for row in batch.to_pylist())
        sample = list(islice(rows, limit))
        sealed = sum(each.rows for each in reader.manifest.files)
        return Readable(reader.id, clock(), sealed, reader.rows, reader.left_out, reader.dropped, sample)
