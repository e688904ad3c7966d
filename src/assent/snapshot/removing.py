"""The bytes of a snapshot go once something stands in its place, and a signed statement says so.

    superseded (ledger) ─ removed.json ─ files gone ─ key gone ─ removed (ledger)

The ledger comes first: from then on no reader opens the snapshot, so none meets a folder with half its files.
What stays is `manifest.json`, to which the statement, and whatever rests on the snapshot, still points.
Whatever a crash leaves is finished by the next sweep: each step looks whether it was taken already.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assent.errors import EvidenceError
from assent.evidence.attestation import encode_statement, read_unverified, sign_statement
from assent.evidence.manifest import MANIFEST
from assent.evidence.removal import REMOVAL_PREDICATE, REMOVED, Removal, RemovedFile
from assent.snapshot.sealing import Gap, Shelf, no_gap
from assent.storage.files import sync_folder, write_durably
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import SnapshotId

STAYS = frozenset({MANIFEST, REMOVED})
WHY = "taken back"


@dataclass(frozen=True, slots=True)
class Place:
    """What stands where a snapshot stood: its id and manifest digest; `id` is None where nothing does."""

    id: SnapshotId | None
    digest: str


@dataclass(frozen=True, slots=True)
class Removed:
    """What was removed.

    Args:
        bytes: of files that no snapshot in its place shares.
        digest: SHA-256 of the statement.
    """

    id: SnapshotId
    files: int
    bytes: int
    digest: str


@dataclass(frozen=True, slots=True)
class Means:
    """What it takes to remove.

    Args:
        append: makes one event durable before it returns.
        recorded: the statements whose removal the ledger knows, by snapshot.
    """

    key: Ed25519PrivateKey
    now: datetime
    append: Callable[[Event], object]
    recorded: dict[str, set[str]]
    gap: Gap = no_gap


def supersede(identity: SnapshotId, place: Place, means: Means) -> None:
    """The ledger says that this snapshot no longer stands, and what stands in its place."""
    event = Event(
        EventType.SNAPSHOT_SUPERSEDED,
        effective_at=means.now,
        key=identity,
        value=place.digest,
        by="sweep" if place.id is not None else "sweep: its folder is gone",
    )
    means.append(event)
    means.gap("superseded")
    # A crash here means: two versions lie there, and readers open the new one only; the next sweep goes on here.


def has_bytes(shelf: Shelf, identity: SnapshotId) -> bool:
    """Whether more of the snapshot lies there than what stays of a removed one, or its key does."""
    folder = shelf.of(identity)
    left = folder.is_dir() and any(each.name not in STAYS for each in folder.iterdir())
    return left or shelf.decision_key(identity).exists() or shelf.index(identity).exists()


def remove(shelf: Shelf, identity: SnapshotId, place: Place, means: Means) -> Removed:
    """Of a superseded snapshot its manifest and a signed statement are left, and the ledger knows the statement."""
    folder = shelf.of(identity)
    if not (folder / MANIFEST).is_file():
        # Its folder is gone as a whole; there is nothing a statement could lie beside.
        shelf.decision_key(identity).unlink(missing_ok=True)
        shutil.rmtree(shelf.index(identity), ignore_errors=True)
        return Removed(identity, 0, 0, "")
    if not (folder / REMOVED).is_file():
        write_durably(folder / REMOVED, _statement(shelf, identity, place, means))
    means.gap("stated")
    # A crash here means: the statement says that files are gone which still lie there; nobody can open them.
    envelope = (folder / REMOVED).read_bytes()
    removal = read_unverified(envelope).predicate
    for each in sorted(folder.iterdir()):
        if each.name not in STAYS:
            shutil.rmtree(each) if each.is_dir() else each.unlink()
    sync_folder(folder)
    means.gap("emptied")
    # A crash here means: the files are gone and the key to decisions that are gone is left.
    shelf.decision_key(identity).unlink(missing_ok=True)
    shutil.rmtree(shelf.index(identity), ignore_errors=True)
    if shelf.decision_key(identity).parent.is_dir():
        sync_folder(shelf.decision_key(identity).parent)
    means.gap("unkeyed")
    # A crash here means: everything is gone and the ledger does not say so yet.
    digest = sha256(envelope).hexdigest()
    if digest not in means.recorded.get(identity, ()):
        means.append(Event(EventType.SNAPSHOT_REMOVED, effective_at=means.now, key=identity, value=digest, by="sweep"))
    means.gap("removed")
    # A crash here means: nothing; only whoever asked was not answered.
    gone = [each["bytes"] for each in removal["files"] if not each["kept"]]
    return Removed(identity, len(gone), sum(gone), digest)


def _statement(shelf: Shelf, identity: SnapshotId, place: Place, means: Means) -> bytes:
    folder = shelf.of(identity)
    envelope = (folder / MANIFEST).read_bytes()
    listed = {each.name: each.sha256 for each in read_unverified(envelope).subjects}
    taken = _digests_of(shelf, place)
    files = tuple(
        RemovedFile(name, digest, _size(folder / name), digest in taken) for name, digest in sorted(listed.items())
    )
    removal = Removal(
        snapshot=identity,
        manifest=sha256(envelope).hexdigest(),
        superseded_by=place.id,
        superseding=place.digest,
        why=WHY,
        decided_at=means.now,
        files=files,
    )
    return sign_statement(encode_statement(removal.subjects(), REMOVAL_PREDICATE, removal.to_predicate()), means.key)


def _digests_of(shelf: Shelf, place: Place) -> frozenset[str]:
    """The digests of everything in the snapshot that took the place."""
    if place.id is None:
        return frozenset()
    try:
        statement = read_unverified((shelf.of(place.id) / MANIFEST).read_bytes())
    except (OSError, EvidenceError):
        return frozenset()
    return frozenset(each.sha256 for each in statement.subjects)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
