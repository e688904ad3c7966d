"""Whether a snapshot still stands: sealed by this ledger, on a past that was not rewritten, and not superseded."""

from __future__ import annotations

from pathlib import Path

from assent.errors import EvidenceError, RefusedError
from assent.evidence.handover import open_held_checkpoint
from assent.evidence.manifest import SnapshotManifest
from assent.evidence.merkle import EMPTY_ROOT, subtree_root
from assent.evidence.tiles import nodes_from
from assent.ledger import Ledger
from assent.storage.schema import LOG_FOLDER
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import SnapshotId


def require_sealed(ledger: Ledger, identity: SnapshotId, digest: str) -> None:
    """The ledger says that this manifest was sealed under this name.

    Raises:
        EvidenceError: it does not know the name, or knows it with another manifest.
    """
    sealed = [
        event.value
        for _, event in ledger.system_events()
        if isinstance(event, Event) and event.type is EventType.SNAPSHOT_SEALED and event.key == identity
    ]
    if digest not in sealed:
        raise EvidenceError(
            f"the ledger does not say that `{identity}` was sealed like this",
            hint="it was changed, belongs to another ledger, or its build was cut off; the next build finishes it",
        )


def require_not_superseded(ledger: Ledger, identity: SnapshotId) -> None:
    """Nothing took this snapshot's place.

    Raises:
        RefusedError: something did.
    """
    for _, event in ledger.system_events():
        if isinstance(event, Event) and event.type is EventType.SNAPSHOT_SUPERSEDED and event.key == identity:
            raise RefusedError(f"`{identity}` was superseded", hint="open the snapshot that took its place")


def require_prefix(ledger: Ledger, manifest: SnapshotManifest) -> None:
    """The ledger is the one that the snapshot rests on, grown since and not rewritten.

    Raises:
        EvidenceError: the checkpoint in the manifest is not this ledger's, or not of its past.
    """
    keys = ledger.keys
    checkpoint = open_held_checkpoint(manifest.checkpoint.encode(), keys)
    now = open_held_checkpoint(ledger.checkpoint(), keys)
    if checkpoint.size != manifest.ledger_size or checkpoint.size > now.size:
        raise EvidenceError(
            f"the snapshot rests on `{checkpoint.size}` events and the ledger has `{now.size}`",
            hint="the ledger was set back; restore its newest copy",
        )
    if checkpoint.size == now.size:
        root = now.root
    elif checkpoint.size:
        node = nodes_from(lambda name: _tile(ledger.folder / LOG_FOLDER / name), now.size)
        root = subtree_root(0, checkpoint.size, node)
    else:
        root = EMPTY_ROOT
    if root != checkpoint.root:
        raise EvidenceError("the ledger's past is not the one this snapshot rests on", hint="tell a person")


def _tile(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise EvidenceError(f"the published log lacks `{path}`", hint="run `assent ledger verify`") from None
