"""Whether a snapshot still stands: sealed by this ledger, on a past that was not rewritten, and not superseded."""

from __future__ import annotations

from assent.errors import EvidenceError, RefusedError
from assent.evidence.handover import open_held_checkpoint
from assent.evidence.manifest import SnapshotManifest
from assent.ledger import Ledger
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
    root = now.root if checkpoint.size == now.size else ledger.root_at(checkpoint.size)
    if root != checkpoint.root:
        raise EvidenceError("the ledger's past is not the one this snapshot rests on", hint="tell a person")
