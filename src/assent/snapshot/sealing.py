"""A snapshot comes into being whole or not at all.

    lock ─ recover ─ write below .building-…/ ─ sign ─ keep the key ─ rename ─ tell the ledger

Everything is written and synced under a name no reader looks at; one rename makes it a snapshot; one
ledger event makes it known. Whatever a crash leaves behind is either removed or finished by `recover`,
which every build begins with.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest, sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from assent.errors import EvidenceError, UnavailableError
from assent.evidence.attestation import (
    SNAPSHOT_PREDICATE,
    encode_statement,
    read_unverified,
    sign_statement,
    verify_statement,
)
from assent.evidence.manifest import CARD, CROISSANT, MANIFEST, PACK, SnapshotManifest, purpose_in_id, snapshot_id
from assent.storage.files import explained, make_private_folder
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import SnapshotId

BUILDING = ".building-"
INDEX = ".index"
BESIDE = (PACK, CARD, CROISSANT)

Gap = Callable[[str], None]
"""Called at each gap between two durable steps, with its name; tests break the process there."""


def no_gap(_name: str) -> None:
    """Nothing happens between the steps."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where snapshots stand, and beside them, apart, each one's decision key."""

    folder: Path
    keys_folder: Path

    @property
    def lock(self) -> Path:
        """The file that whoever builds or sweeps holds; it is there since the first build."""
        return self.folder / ".lock"

    def of(self, snapshot: SnapshotId) -> Path:
        """Where that snapshot stands, or would."""
        return self.folder / snapshot

    def decision_key(self, snapshot: SnapshotId) -> Path:
        """The file of the key that opens its decisions."""
        return self.keys_folder / "snapshots" / f"{snapshot}.key"

    def index(self, snapshot: SnapshotId) -> Path:
        """The folder of what its build left for the next one (`working`); as secret as the decision key."""
        return self.keys_folder / "snapshots" / f"{snapshot}{INDEX}"

    def index_draft(self, purpose: str) -> Path:
        """Where an index lies until its snapshot is sealed."""
        return self.keys_folder / "snapshots" / f"{BUILDING}{purpose}{INDEX}"

    def indexed(self, purpose: str) -> list[SnapshotId]:
        """The snapshots of the purpose that have an index, by name."""
        found = (each.name.removesuffix(INDEX) for each in (self.keys_folder / "snapshots").glob(f"*{INDEX}"))
        return sorted(SnapshotId(name) for name in found if name.rpartition("-")[0] == purpose_in_id(purpose))

    def of_purpose(self, purpose: str) -> list[SnapshotId]:
        """Those of one purpose that are whole, by name."""
        return [each for each in self.snapshots() if each.rpartition("-")[0] == purpose_in_id(purpose)]

    def snapshots(self) -> list[SnapshotId]:
        """Those that are whole, by name."""
        if not self.folder.is_dir():
            return []
        found = (each.name for each in self.folder.iterdir() if (each / MANIFEST).is_file())
        return sorted(SnapshotId(name) for name in found if not name.startswith("."))


@dataclass(frozen=True, slots=True)
class Sealed:
    """A snapshot that stands.

    Args:
        digest: SHA-256 of `manifest.json`, as the ledger has it.
    """

    id: SnapshotId
    path: Path
    digest: str


@contextmanager
def building_on(shelf: Shelf, purpose: str) -> Iterator[Path]:
    """An empty folder to build in, held by this process alone; nothing is left of it after an error.

    Raises:
        UnavailableError: another build is at work here.
    """
    with held(shelf):
        yield start_building(shelf, purpose)


@contextmanager
def held(shelf: Shelf) -> Iterator[None]:
    """Nobody else builds or sweeps here meanwhile; nothing half-built is left, neither before nor after.

    Raises:
        UnavailableError: another build is at work here, or the disk is full.
    """
    make_private_folder(shelf.folder)
    with shelf.lock.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UnavailableError(
                f"another build is at work in `{shelf.folder}`", hint="try again when it has ended"
            ) from None
        # A crash here means: nothing but the lock file, and the lock went with the process.
        _clear(shelf)
        try:
            with explained(shelf.folder):
                yield
        finally:
            _clear(shelf)


def start_building(shelf: Shelf, purpose: str) -> Path:
    """An empty folder to build in, on a shelf that is held."""
    building = shelf.folder / f"{BUILDING}{purpose}"
    building.mkdir()
    return building


def seal(
    shelf: Shelf,
    building: Path,
    manifest: SnapshotManifest,
    *,
    key: Ed25519PrivateKey,
    decision_key: bytes,
    sealed_at: datetime,
    append: Callable[[Event], object],
    gap: Gap = no_gap,
) -> Sealed:
    """What lies in the building folder is a signed snapshot under its own name, and the ledger says so.

    Args:
        manifest: true of the files in the building folder.
        append: makes one event durable before it returns.
    """
    beside = {name: sha256((building / name).read_bytes()).hexdigest() for name in BESIDE}
    payload = encode_statement(manifest.subjects(beside), SNAPSHOT_PREDICATE, manifest.to_predicate())
    envelope = sign_statement(payload, key)
    identity = snapshot_id(read_unverified(envelope))
    gap("written")
    # A crash here means: a building folder without a manifest; the next build removes it.
    (building / MANIFEST).write_bytes(envelope)
    _sync_tree(building)
    gap("signed")
    # A crash here means: a whole building folder that nobody knows of; the next build removes it.
    _keep_key(shelf.decision_key(identity), decision_key)
    gap("keyed")
    # A crash here means: as before, and a key for a snapshot that never was; both are removed.
    _take_place(building, shelf.of(identity))
    gap("renamed")
    # A crash here means: a snapshot that stands and that the ledger does not know. Readers refuse it;
    # the next build, or `recover`, tells the ledger.
    sealed = Sealed(identity, shelf.of(identity), sha256(envelope).hexdigest())
    append(_sealing_event(sealed, sealed_at))
    gap("announced")
    # A crash here means: nothing; the snapshot is sealed, only whoever asked for it was not answered.
    return sealed


def keep_index(shelf: Shelf, identity: SnapshotId, purpose: str) -> None:
    """What the build left stands beside the decision key, and no other of the purpose does.

    A crash before this means: the next build removes the draft, and decides every record.
    """
    place, draft = shelf.index(identity), shelf.index_draft(purpose)
    if draft.is_dir():
        shutil.rmtree(place, ignore_errors=True)
        draft.rename(place)
        _sync(place.parent)
    for other in shelf.indexed(purpose):
        if other != identity:
            shutil.rmtree(shelf.index(other))


def recover(
    shelf: Shelf,
    *,
    key: Ed25519PublicKey,
    announced: Mapping[str, str],
    now: datetime,
    append: Callable[[Event], object],
) -> list[Sealed]:
    """Every snapshot that stands is known to the ledger; gives those that were not until now.

    Args:
        announced: the manifest digests that the ledger's sealing events name, by snapshot.

    Raises:
        EvidenceError: a folder stands there that this key did not sign, or whose files are not its own.
    """
    found = []
    for identity in shelf.snapshots():
        if identity in announced:
            continue
        sealed = _checked(shelf.of(identity), identity, key)
        append(_sealing_event(sealed, now))
        found.append(sealed)
    return found


def empty(building: Path) -> None:
    """Nothing lies in the building folder any more."""
    for each in building.iterdir():
        shutil.rmtree(each) if each.is_dir() else each.unlink()


def _checked(path: Path, identity: SnapshotId, key: Ed25519PublicKey) -> Sealed:
    envelope = (path / MANIFEST).read_bytes()
    statement = verify_statement(envelope, key)
    if snapshot_id(statement) != identity:
        raise EvidenceError(f"the snapshot in `{path}` is not the one its name says")
    for subject in statement.subjects:
        with (path / subject.name).open("rb") as file:
            if file_digest(file, "sha256").hexdigest() != subject.sha256:
                raise EvidenceError(f"`{path / subject.name}` is not what the manifest says")
    return Sealed(identity, path, sha256(envelope).hexdigest())


def _sealing_event(sealed: Sealed, at: datetime) -> Event:
    return Event(EventType.SNAPSHOT_SEALED, effective_at=at, key=sealed.id, value=sealed.digest, by="build")


def _clear(shelf: Shelf) -> None:
    """No building folder is left, nor the key of a snapshot that one would have become, nor a draft of an index."""
    for draft in (shelf.keys_folder / "snapshots").glob(f"{BUILDING}*{INDEX}"):
        shutil.rmtree(draft)
    for building in shelf.folder.glob(f"{BUILDING}*"):
        envelope = building / MANIFEST
        if envelope.is_file():
            try:
                identity = snapshot_id(read_unverified(envelope.read_bytes()))
            except EvidenceError:
                identity = None  # cut off while the manifest was written, so before there was a key
            if identity and not shelf.of(identity).exists():
                shelf.decision_key(identity).unlink(missing_ok=True)
        shutil.rmtree(building)


def _keep_key(path: Path, key: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    _sync(path.parent)


def _take_place(building: Path, place: Path) -> None:
    if place.exists():
        # The same claim over the same files stands already: the same inputs, keys and moment.
        shutil.rmtree(building)
    else:
        building.rename(place)
    _sync(place.parent)


def _sync_tree(folder: Path) -> None:
    for root, folders, names in os.walk(folder):
        for name in (*names, *folders, "."):
            _sync(Path(root, name))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
