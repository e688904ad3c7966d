"""A batch as a folder somewhere else: whole under its own name, then named in `LATEST`.

Whoever watches that place sees a batch only when all of it is there. What was put there is the
recipient's; only a batch that was cancelled before they were told of it is taken away again.
"""

from __future__ import annotations

import os
import shutil
from hashlib import file_digest
from pathlib import Path
from typing import Final

from assent.errors import EvidenceError
from assent.evidence.canonical import canonical_json
from assent.feeds.feed import Feed, Gap, no_gap
from assent.feeds.manifest import MANIFEST, FeedManifest, batch_digest
from assent.feeds.state import Batch
from assent.storage.files import explained, make_folder, sync_folder, write_durably

LATEST: Final = "LATEST"
_INCOMING = ".incoming-"


def drop_batch(feed: Feed, batch: Batch, envelope: bytes, manifest: FeedManifest, *, gap: Gap = no_gap) -> None:
    """The batch lies in the recipient's folder, whole, and `LATEST` names it.

    Raises:
        InputError: the folder cannot be used.
        UnavailableError: the disk is full.
        EvidenceError: another batch lies there under this number.
    """
    target = Path(feed.recipient.destination)
    source = feed.batch_folder(batch.number)
    place = target / source.name
    with explained(target):
        make_folder(target)
        for leftover in target.glob(f"{_INCOMING}*"):
            shutil.rmtree(leftover)
        for link in manifest.cancelled:
            _take_away(target / f"{link.number:06d}", link.digest)
        if not place.exists():
            incoming = target / f"{_INCOMING}{source.name}"
            incoming.mkdir()
            for name in (*(each.name for each in manifest.files), MANIFEST):
                shutil.copyfile(source / name, incoming / name)
                _sync(incoming / name)
            sync_folder(incoming)
            gap("copied")
            # A crash here leaves a hidden folder at the recipient's; the next attempt removes it.
            incoming.rename(place)
            sync_folder(target)
        gap("placed")
        # A crash here leaves a whole batch that `LATEST` does not name; the next attempt finds it and goes on.
        _require_same(place, manifest, batch)
        write_durably(
            target / LATEST,
            canonical_json({"number": str(batch.number), "digest": batch_digest(envelope)}) + b"\n",
        )


def _require_same(place: Path, manifest: FeedManifest, batch: Batch) -> None:
    """What lies there is this batch, whoever put it there."""
    try:
        same = batch_digest((place / MANIFEST).read_bytes()) == batch.digest
        for each in manifest.files:
            with (place / each.name).open("rb") as file:
                same = same and file_digest(file, "sha256").hexdigest() == each.sha256
    except FileNotFoundError:
        same = False
    if not same:
        raise EvidenceError(f"`{place}` is there and is another batch", hint="nothing was replaced; tell a person")


def _take_away(place: Path, digest: str) -> None:
    manifest = place / MANIFEST
    if manifest.is_file() and batch_digest(manifest.read_bytes()) == digest:
        shutil.rmtree(place)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
