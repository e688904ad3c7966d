"""Replay: the build of a snapshot run again at its own (T, N), with its own keys, and held against what stands there.

Verification derives decisions with other code; whether texts were curated rightly only the same code over the same
input can show. So replay asks that the input is the same: the sources, what was known of people, and the releases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from assent.errors import EvidenceError, RefusedError
from assent.evidence.manifest import SnapshotManifest
from assent.evidence.tags import key_id
from assent.gate import GateRequest
from assent.operations.build import PARTITION_KEY
from assent.operations.curating import curating_in
from assent.operations.ledger import open_ledger
from assent.operations.opened import Opened, tables_unchanged
from assent.operations.parentage import ENGINES
from assent.operations.workspace import Workspace
from assent.snapshot.building import Written, write_full
from assent.snapshot.curating import Curating
from assent.snapshot.sealing import BUILDING, Shelf, held
from assent.vocabulary.identifiers import SnapshotId

Clock = Callable[[], datetime]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay came to.

    Args:
        files: how many files were written again; `differing` names what is not the same.
        decisions: whether decisions were compared; those of a rewritten version keep what its build said.
    """

    id: SnapshotId
    files: int
    differing: tuple[str, ...]
    decisions: bool

    @property
    def same(self) -> bool:
        """Whether every byte is."""
        return not self.differing

    def require(self) -> None:
        """Everything is the same.

        Raises:
            EvidenceError: it is not.
        """
        if self.differing:
            raise EvidenceError(
                f"`{self.id}` is not what its build gives again: {len(self.differing)} of it differ, first"
                f" `{self.differing[0]}`",
                hint="run `assent verify` on it; tell a person",
            )

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "snapshot": self.id,
            "same": self.same,
            "files": self.files,
            "decisions_compared": self.decisions,
            "differing": list(self.differing),
        }


def replay_snapshot(
    workspace: Workspace,
    identity: SnapshotId,
    *,
    clock: Clock,
    progress: Progress = lambda _what, _done, _total: None,
) -> Replayed:
    """What the build of this snapshot gives when it is run again; nothing of it is kept.

    Raises:
        EvidenceError: the snapshot is not what the ledger says was sealed, or a key is not its own.
        RefusedError: a source, what is known of people, or a release is not what it was.
        UnavailableError: a build or a sweep is at work.
    """
    shelf = Shelf(workspace.snapshots_folder, workspace.keys_folder)
    with open_ledger(workspace, clock=clock, read_only=True) as ledger, held(shelf):
        opened = Opened.of(shelf, identity, ledger)
        manifest = opened.manifest
        tables = tables_unchanged(manifest, workspace.root)
        curating = curating_in(workspace)(opened.purpose)
        _require_same_input(identity, manifest, curating, sources=tables is not None)
        assert tables is not None
        request = GateRequest(
            pack=opened.pack,
            purpose=manifest.purpose,
            at=manifest.at,
            tables=tables,
            events=ledger.columns(size=manifest.ledger_size),
            shards=manifest.partition.shards,
            slices=manifest.partition.slices,
            partition_key=_partition_key(workspace, manifest),
            decision_key=opened.decision_key(shelf),
            memory_mib=workspace.number("build.memory_mib"),
            threads=workspace.number("build.threads"),
            taken_back=opened.taken_back(ledger),
        )
        # On the shelf, where whoever holds it next clears what a killed replay left of people's texts.
        with TemporaryDirectory(prefix=f"{BUILDING}replay-", dir=shelf.folder) as folder:
            written = write_full(Path(folder), request, (), None, progress, curating=curating)
    return _compared(identity, manifest, written)


def _require_same_input(identity: SnapshotId, manifest: SnapshotManifest, curating: Curating, *, sources: bool) -> None:
    before = manifest.curation
    reasons = {
        "a file that it read is gone or changed": not sources,
        "it was made by other releases": any(manifest.engine.get(name) != version(name) for name in ENGINES)
        or (before is not None and dict(before.tools) != dict(curating.tools)),
        "what is known of people changed": before is not None and before.identifiers != curating.identifiers_digest,
    }
    for reason, true in reasons.items():
        if true:
            raise RefusedError(
                f"`{identity}` cannot be replayed: {reason}",
                hint="verify it instead; a replay needs the same input and the same releases",
            )


def _partition_key(workspace: Workspace, manifest: SnapshotManifest) -> bytes:
    path = workspace.keys_folder / PARTITION_KEY
    key = path.read_bytes() if path.is_file() else b""
    if key_id(key) != manifest.partition.key_id:
        raise EvidenceError(f"`{path}` is not the partition key of the snapshot")
    return key


def _compared(identity: SnapshotId, manifest: SnapshotManifest, written: Written) -> Replayed:
    rewritten = bool(manifest.withdrawals)
    pairs: list[tuple[str, Any, Any]] = [
        *_by_place("data", manifest.files, written.files),
        *_by_place(
            "judgments",
            manifest.curation.files if manifest.curation else (),
            written.curated.files if written.curated else (),
        ),
        ("counts of curation", _plain(manifest.curation), _plain(written.curated)),
    ]
    if not rewritten:
        pairs += [
            ("decisions", manifest.decisions.root, written.decided.root),
            ("counts", manifest.counts, written.counts),
        ]
    differing = tuple(what for what, before, now in pairs if before != now)
    return Replayed(identity, len(written.files), differing, not rewritten)


def _by_place(what: str, before: Iterable[Any], now: Iterable[Any]) -> list[tuple[str, Any, Any]]:
    old, new = (
        {(each.shard, getattr(each, "slice", None)): each.sha256 for each in entries} for entries in (before, now)
    )
    return [
        (
            f"{what} of shard {place[0]}" + ("" if place[1] is None else f", slice {place[1]}"),
            old.get(place),
            new.get(place),
        )
        for place in sorted({*old, *new}, key=str)
    ]


def _plain(curated: Any) -> Mapping[str, Any] | None:
    names = ("records", "masked", "kept", "dropped", "clusters")
    return None if curated is None else {name: getattr(curated, name) for name in names}
