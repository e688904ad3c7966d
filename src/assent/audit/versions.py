"""The chain of versions a snapshot stands in: what it was made from, and what became of that."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from assent.audit.history import History
from assent.errors import EvidenceError
from assent.evidence.attestation import read_unverified, verify_statement
from assent.evidence.manifest import MANIFEST, SnapshotManifest, parse_manifest, snapshot_id
from assent.evidence.removal import REMOVED, Removal, parse_removal
from assent.vocabulary.identifiers import SnapshotId


def check_parents(folder: Path, manifest: SnapshotManifest, history: History) -> str:
    """Every version before this one rests on the same (T, N), was rewritten once less, and is superseded.

    Raises:
        EvidenceError: one does not or is not, was not sealed, or is not there.
    """
    steps = 0
    here, child = folder, manifest
    while child.withdrawals:
        steps += 1
        parent = child.parent
        if parent is None:
            raise EvidenceError(f"`{here.name}` was rewritten and names nothing that it was made from")
        there = folder.parent / parent
        envelope = _manifest_bytes(there)
        statement = read_unverified(envelope)
        if snapshot_id(statement) != parent or sha256(envelope).hexdigest() not in history.sealed.get(parent, ()):
            raise EvidenceError(f"`{parent}` is not what was sealed under this name")
        older = parse_manifest(statement)
        _require_same_base(older, child, parent)
        digest = sha256(_manifest_bytes(here)).hexdigest()
        if digest not in history.superseded.get(parent, ()):
            raise EvidenceError(f"the ledger does not say that `{here.name}` took the place of `{parent}`")
        here, child = there, older
    return f"{steps} versions back to the build, each superseded by the next"


def check_removed(folder: Path, key: Ed25519PublicKey | None, history: History | None) -> str:
    """The statement that the snapshot's bytes are gone is signed, recorded and true.

    Raises:
        EvidenceError: it is not.
    """
    envelope = (folder / REMOVED).read_bytes()
    removal = parse_removal(read_unverified(envelope) if key is None else verify_statement(envelope, key))
    manifest = _manifest_bytes(folder)
    named = {each.name: each.sha256 for each in read_unverified(manifest).subjects}
    if removal.snapshot != folder.name or removal.manifest != sha256(manifest).hexdigest():
        raise EvidenceError("the removal speaks of another snapshot")
    if {each.name: each.sha256 for each in removal.files} != named:
        raise EvidenceError("the removal names other files than the manifest")
    left = sorted(each.name for each in folder.iterdir() if each.name not in {MANIFEST, REMOVED})
    if left:
        raise EvidenceError(f"`{left[0]}` is still there", hint="run `assent sweep`")
    if history is not None:
        _require_recorded(folder.name, removal, sha256(envelope).hexdigest(), history)
    place = "nothing" if removal.superseded_by is None else removal.superseded_by
    return f"{len(removal.files)} files are gone, signed and recorded; {place} stands in their place"


def _require_recorded(name: str, removal: Removal, digest: str, history: History) -> None:
    if removal.superseding not in history.superseded.get(name, ()):
        raise EvidenceError("the ledger does not say what took the place of this snapshot")
    if digest not in history.removed.get(name, ()):
        raise EvidenceError("the ledger does not know this removal")


def _require_same_base(older: SnapshotManifest, newer: SnapshotManifest, parent: SnapshotId) -> None:
    def base(each: SnapshotManifest) -> tuple[object, ...]:
        return (
            each.purpose,
            each.at,
            each.pack_digest,
            each.ledger_size,
            each.sources,
            each.partition,
            each.counts.records,
            each.decisions.key_id,
        )

    if base(older) != base(newer):
        raise EvidenceError(f"`{parent}` rests on other rules, sources or another moment than what was made from it")
    if older.withdrawals != newer.withdrawals[:-1]:
        raise EvidenceError(
            f"a rewriting of `{parent}` is missing from what was made from it, or more than one was added"
        )


def _manifest_bytes(folder: Path) -> bytes:
    try:
        return (folder / MANIFEST).read_bytes()
    except OSError:
        raise EvidenceError(f"`{folder.name}` is not there, of which at least the manifest stays") from None
