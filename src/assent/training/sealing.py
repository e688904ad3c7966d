"""A model comes into being whole or not at all, and goes the same way.

    lock ─ recover ─ link its files below .building-…/ ─ sign ─ rename ─ tell the ledger
    superseded (ledger) ─ files gone ─ checkpoints that no standing model has gone

Checkpoints lie in a store beside the models (`checkpoints`); a model links those it is made of. What stays of a
superseded model is its manifest, to which certificates point.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from assent.errors import EvidenceError, UnavailableError
from assent.evidence.attestation import encode_statement, read_unverified, sign_statement, verify_statement
from assent.evidence.manifest import MANIFEST
from assent.evidence.model import ADAPTERS, MEMORY, MODEL_PREDICATE, ModelManifest, model_id, parse_model
from assent.storage.files import explained, make_private_folder, sync_folder, write_durably
from assent.training.checkpoints import CheckpointStore
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import ModelId

BUILDING: Final = ".building-"

Gap = Callable[[str], None]
"""Called at each gap between two durable steps, with its name; tests break the process there."""


def no_gap(_name: str) -> None:
    """Nothing happens between the steps."""


@dataclass(frozen=True, slots=True)
class ModelShelf:
    """Where models stand, and what they are made of."""

    folder: Path

    @property
    def checkpoints(self) -> CheckpointStore:
        """What was trained or remembered, by key."""
        return CheckpointStore(self.folder / ".checkpoints")

    @property
    def bases(self) -> Path:
        """Bases by digest."""
        return self.folder / ".bases"

    @property
    def lock(self) -> Path:
        """The file that whoever trains or takes back holds."""
        return self.folder / ".lock"

    def of(self, model: ModelId) -> Path:
        """Where that model stands, or would."""
        return self.folder / model

    def models(self) -> list[ModelId]:
        """Those that are whole, or were, by name."""
        if not self.folder.is_dir():
            return []
        found = (each.name for each in self.folder.iterdir() if (each / MANIFEST).is_file())
        return sorted(ModelId(name) for name in found if not name.startswith("."))

    def manifest(self, model: ModelId) -> ModelManifest | None:
        """What that model claims, unverified; None where it claims nothing that can be read."""
        try:
            return parse_model(read_unverified((self.of(model) / MANIFEST).read_bytes()))
        except (EvidenceError, OSError):
            return None

    def has_bytes(self, model: ModelId) -> bool:
        """Whether more of it lies there than its manifest."""
        folder = self.of(model)
        return folder.is_dir() and any(each.name != MANIFEST for each in folder.iterdir())


@dataclass(frozen=True, slots=True)
class SealedModel:
    """A model that stands.

    Args:
        digest: SHA-256 of `manifest.json`, as the ledger has it.
    """

    id: ModelId
    path: Path
    digest: str
    manifest: ModelManifest


@contextmanager
def holding(shelf: ModelShelf) -> Iterator[None]:
    """Nobody else trains or takes back here meanwhile; nothing half-written is left, neither before nor after.

    Raises:
        UnavailableError: another training is at work here, or the disk is full.
    """
    make_private_folder(shelf.folder)
    with shelf.lock.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UnavailableError(
                f"another training is at work in `{shelf.folder}`", hint="try again when it has ended"
            ) from None
        _clear(shelf)
        try:
            with explained(shelf.folder):
                yield
        finally:
            _clear(shelf)


def seal_model(
    shelf: ModelShelf,
    manifest: ModelManifest,
    beside: dict[str, bytes],
    base: Path,
    *,
    key: Ed25519PrivateKey,
    sealed_at: datetime,
    append: Callable[[Event], object],
    gap: Gap = no_gap,
) -> SealedModel:
    """The model stands under its own name, signed, and the ledger says so.

    Args:
        manifest: of which every checkpoint lies in the store.
        beside: files that people read.
        base: the folder of the base, whose files are linked.
        append: makes one event durable before it returns.
    """
    building = shelf.folder / f"{BUILDING}{manifest.purpose}"
    building.mkdir()
    for name, data in beside.items():
        (building / name).write_bytes(data)
    for name in manifest.base.files:
        _link(base / name, building / "base" / name)
    for path in manifest.from_members():
        _link(shelf.checkpoints.weights(_key_of(path)), building / path)
    _require_same(building, manifest)
    envelope = sign_statement(encode_statement(manifest.subjects(), MODEL_PREDICATE, manifest.to_predicate()), key)
    (building / MANIFEST).write_bytes(envelope)
    _sync_tree(building)
    identity = model_id(read_unverified(envelope))
    gap("signed")
    # A crash here means: a whole folder that nobody knows of; the next training removes it.
    place = shelf.of(identity)
    if place.exists():
        shutil.rmtree(building)  # the same claim over the same files stands already
    else:
        building.rename(place)
    sync_folder(shelf.folder)
    gap("renamed")
    # A crash here means: a model that stands and that the ledger does not know; nobody opens it, and the next
    # training tells the ledger.
    sealed = SealedModel(identity, place, sha256(envelope).hexdigest(), manifest)
    append(_sealing_event(sealed, sealed_at))
    gap("announced")
    return sealed


def path_of(key: str, shard: int) -> str:
    """Where a model has the checkpoint of that key."""
    return f"{ADAPTERS}/{shard:02}/{key}.safetensors"


def memory_path(key: str, shard: int) -> str:
    """Where a model has the part of its memory of that key."""
    return f"{MEMORY}/{shard:02}/{key}.safetensors"


def recover(
    shelf: ModelShelf,
    *,
    key: Ed25519PublicKey,
    announced: dict[str, str],
    now: datetime,
    append: Callable[[Event], object],
) -> list[SealedModel]:
    """Every model that stands is known to the ledger; gives those that were not until now.

    Raises:
        EvidenceError: a folder stands there that this key did not sign, or whose files are not its own.
    """
    found = []
    for identity in shelf.models():
        if identity not in announced:
            sealed = open_checked(shelf.of(identity), key)
            if sealed.id != identity:
                raise EvidenceError(f"the model in `{sealed.path}` is not the one its name says")
            append(_sealing_event(sealed, now))
            found.append(sealed)
    return found


def open_checked(path: Path, key: Ed25519PublicKey) -> SealedModel:
    """The model in that folder, every byte of it what its manifest says.

    Raises:
        EvidenceError: it is not signed with this key, or a file is not its own.
    """
    envelope = (path / MANIFEST).read_bytes()
    statement = verify_statement(envelope, key)
    manifest = parse_model(statement)
    _require_same(path, manifest)
    return SealedModel(model_id(statement), path, sha256(envelope).hexdigest(), manifest)


def remove_model(shelf: ModelShelf, model: ModelId) -> int:
    """Nothing is left of a superseded model but its manifest; gives the bytes of what went.

    A crash on the way means: some of its files are left, which nobody opens; the next sweep goes on.
    """
    folder, gone = shelf.of(model), 0
    for each in sorted(folder.iterdir()):
        if each.name == MANIFEST:
            continue
        files = [each] if each.is_file() else [file for file in each.rglob("*") if file.is_file()]
        gone += sum(file.stat().st_size for file in files if file.stat().st_nlink == 1)
        shutil.rmtree(each) if each.is_dir() else each.unlink()
    sync_folder(folder)
    return gone


def forget_checkpoints(shelf: ModelShelf, standing: Iterable[ModelManifest]) -> int:
    """No checkpoint is left that no standing model has; gives how many went."""
    keep = {_key_of(path) for manifest in standing for path in manifest.from_members()}
    gone = shelf.checkpoints.forget(keep)
    if gone:
        sync_folder(shelf.checkpoints.folder)
    return len(gone)


def forget_bases(shelf: ModelShelf, standing: Iterable[ModelManifest]) -> list[str]:
    """No base is left on the shelf that no standing model is built on; gives the digests of those that went.

    One that is kept by name, as `tiny` is, stays: it came with the program, and nobody gave it.
    """
    keep = {each.base.digest for each in standing}
    lying = [each.name for each in shelf.bases.iterdir() if _is_digest(each.name)] if shelf.bases.is_dir() else []
    gone = sorted(set(lying) - keep)
    for digest in gone:
        # A crash here means: half a base, of which no model is built; the next sweep removes the rest.
        shutil.rmtree(shelf.bases / digest)
    if gone:
        sync_folder(shelf.bases)
    return gone


def _is_digest(name: str) -> bool:
    return len(name) == sha256().digest_size * 2 and set(name) <= set("0123456789abcdef")


def keep_base(shelf: ModelShelf, base: Path, digest: str, names: Iterable[str]) -> Path:
    """The base lies on the shelf under its digest, whatever becomes of the folder it came from."""
    place = shelf.bases / digest
    if not place.is_dir():
        draft = shelf.bases / f"{BUILDING}{digest}"
        shutil.rmtree(draft, ignore_errors=True)
        for name in names:
            write_durably(draft / name, (base / name).read_bytes())
        draft.rename(place)
        sync_folder(shelf.bases)
    return place


def _key_of(path: str) -> str:
    return Path(path).stem


def _sealing_event(sealed: SealedModel, at: datetime) -> Event:
    return Event(EventType.MODEL_SEALED, effective_at=at, key=sealed.id, value=sealed.digest, by="train")


def _require_same(folder: Path, manifest: ModelManifest) -> None:
    for subject in manifest.subjects():
        try:
            with (folder / subject.name).open("rb") as file:
                found = file_digest(file, "sha256").hexdigest()
        except OSError:
            found = None
        if found != subject.sha256:
            raise EvidenceError(f"`{folder / subject.name}` is not what the model's manifest says")


def _link(given: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(given, place)
    except OSError:
        shutil.copyfile(given, place)  # a file system without links, or another one


def _clear(shelf: ModelShelf) -> None:
    for building in shelf.folder.glob(f"{BUILDING}*"):
        shutil.rmtree(building)


def _sync_tree(folder: Path) -> None:
    for root, folders, names in os.walk(folder):
        for name in (*names, *folders, "."):
            descriptor = os.open(Path(root, name), os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
