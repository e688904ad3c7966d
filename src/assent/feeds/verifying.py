"""The recipient's side: whether a folder of batches is what the sender signed, and what it amounts to.

Needs the folder and the sender's public key, no ledger and no network, and shares with the sender the manifest's
format and no other code. Batches form a chain: each names the digest of the one before it. A batch that a later one
lists as `cancelled` is passed over: its sender never learned that it had arrived, and has sent what it was about again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from assent.errors import EvidenceError, InputError
from assent.evidence.attestation import verify_statement
from assent.feeds.manifest import (
    ADDITIONS,
    MANIFEST,
    BatchFile,
    FeedManifest,
    Link,
    batch_digest,
    parse_feed_manifest,
)


@dataclass(frozen=True, slots=True)
class Received:
    """A batch that verifies."""

    folder: Path
    digest: str
    manifest: FeedManifest


@dataclass(frozen=True, slots=True)
class Chain:
    """Everything a recipient was given, checked, in order.

    Args:
        passed_over: batches that a later one cancelled.
    """

    batches: tuple[Received, ...]
    passed_over: tuple[Received, ...] = ()

    @property
    def last(self) -> Received:
        """The newest batch: its digest is what is acknowledged."""
        return self.batches[-1]


def verify_feed(folder: Path, key: Ed25519PublicKey) -> Chain:
    """The batches in that folder, each signed, whole, and following the one before it.

    Raises:
        InputError: there is no batch.
        EvidenceError: a signature, a digest, a line or the chain does not hold.
    """
    found = {each.manifest.number: each for each in _received(folder, key)}
    if not found:
        raise InputError(
            f"there is no batch in `{folder}`", hint="a batch is a folder like 000001 with a manifest.json"
        )
    cancelled = {link for each in found.values() for link in each.manifest.cancelled}
    kept: list[Received] = []
    passed_over: list[Received] = []
    last: Link | None = None
    for number in sorted(found):
        batch = found[number]
        link = Link(number, batch.digest)
        if link in cancelled:
            passed_over.append(batch)
            continue
        _require_next(batch, last, kept[-1] if kept else None)
        kept.append(batch)
        last = link
    if not kept:
        raise EvidenceError(f"every batch in `{folder}` was cancelled by another")
    return Chain(tuple(kept), tuple(passed_over))


def current_set(chain: Chain) -> dict[str, dict[str, Any]]:
    """What the recipient may use now, by id. Memory: all of it; `replay` streams instead."""
    held: dict[str, dict[str, Any]] = {}
    for _, row in replay(chain):
        if set(row) == {"id", "reason"}:
            held.pop(row["id"], None)
        else:
            held[row["id"]] = row
    return held


def replay(chain: Chain) -> Iterator[tuple[int, dict[str, Any]]]:
    """Every line of the chain with its batch's number, in the order in which they are to be applied.

    A line with nothing but `id` and `reason` takes a record back; any other gives it, or gives it anew.
    """
    for batch in chain.batches:
        for file in sorted(batch.manifest.files, key=lambda each: each.name, reverse=True):
            with (batch.folder / file.name).open("rb") as lines:
                for line in lines:
                    yield batch.manifest.number, json.loads(line)


def _received(folder: Path, key: Ed25519PublicKey) -> Iterator[Received]:
    if not folder.is_dir():
        return
    for each in sorted(folder.iterdir()):
        if each.name.isdigit() and each.is_dir():
            yield _verified(each, key)


def _verified(folder: Path, key: Ed25519PublicKey) -> Received:
    try:
        envelope = (folder / MANIFEST).read_bytes()
    except OSError:
        raise EvidenceError(f"`{folder / MANIFEST}` is missing") from None
    manifest = parse_feed_manifest(verify_statement(envelope, key))
    if int(folder.name) != manifest.number:
        raise EvidenceError(f"`{folder}` holds batch `{manifest.number}`")
    for file in manifest.files:
        _require_file(folder / file.name, file, {name for name, _ in manifest.schema})
    strange = {each.name for each in folder.iterdir()} - {MANIFEST, *(each.name for each in manifest.files)}
    if strange:
        raise EvidenceError(f"`{folder}` has a file that nobody signed: `{min(strange)}`")
    return Received(folder, batch_digest(envelope), manifest)


def _require_file(path: Path, file: BatchFile, columns: set[str]) -> None:
    """The bytes are those that were signed, and each line is what the manifest says lines are."""
    expected = columns if file.name == ADDITIONS else {"id", "reason"}
    hashed, rows = sha256(), 0
    try:
        with path.open("rb") as lines:
            for line in lines:
                hashed.update(line)
                rows += 1
                if not _has_keys(line, expected):
                    raise EvidenceError(f"`{path}`, line {rows}: no row like the manifest's schema")
    except OSError:
        raise EvidenceError(f"`{path}` is missing") from None
    if hashed.hexdigest() != file.sha256 or rows != file.rows:
        raise EvidenceError(f"`{path}` is not what was signed", hint="ask for the batch again")


def _has_keys(line: bytes, expected: set[str]) -> bool:
    try:
        row = json.loads(line)
    except ValueError:
        return False
    return isinstance(row, dict) and set(row) == expected and isinstance(row["id"], str)


def _require_next(batch: Received, last: Link | None, before: Received | None) -> None:
    manifest = batch.manifest
    if manifest.previous != last:
        after = "nothing" if manifest.previous is None else f"batch `{manifest.previous.number}`"
        raise EvidenceError(
            f"batch `{manifest.number}` follows {after}, which is not the one before it here",
            hint="a batch is missing or was replaced; ask for it again",
        )
    if before is not None and before.manifest.recipient != manifest.recipient:
        raise EvidenceError(f"batch `{manifest.number}` is for `{manifest.recipient}`")
