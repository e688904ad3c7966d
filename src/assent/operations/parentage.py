"""From which snapshot a build can begin: the newest of the purpose that fits, with what its build left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version

from assent.errors import AssentError
from assent.evidence.attestation import read_unverified
from assent.evidence.manifest import MANIFEST, Partition, SnapshotManifest, parse_manifest
from assent.evidence.tags import key_id
from assent.gate import GateRequest
from assent.ledger import Ledger
from assent.snapshot.incremental import Parent
from assent.snapshot.sealing import Shelf
from assent.snapshot.standing import require_not_superseded, require_prefix
from assent.snapshot.working import Unusable, open_index
from assent.vocabulary.identifiers import SnapshotId

LATEST = "latest"
ENGINES = ("assent", "duckdb", "pyarrow")
"""Whose versions decide whether a build gives the same bytes."""


@dataclass(frozen=True, slots=True)
class Ancestor:
    """A snapshot a build can begin from, and the decision key that it passes on."""

    id: SnapshotId
    parent: Parent
    decision_key: bytes


def find_ancestor(
    shelf: Shelf, ledger: Ledger, named: str, request: GateRequest, announced: Mapping[str, str]
) -> Ancestor:
    """The snapshot to begin from.

    Args:
        named: an id, or `LATEST` for the newest of the purpose that left an index.
        announced: the manifest digests that the ledger's sealing events name, by snapshot.

    Raises:
        Unusable: there is none, or it does not fit what is asked.
    """
    identity = _latest(shelf, request.purpose) if named == LATEST else SnapshotId(named)
    folder = shelf.of(identity)
    try:
        envelope = (folder / MANIFEST).read_bytes()
        if announced.get(identity) != sha256(envelope).hexdigest():
            raise Unusable(f"the ledger does not know `{identity}`")
        manifest = parse_manifest(read_unverified(envelope))
        require_not_superseded(ledger, identity)
        require_prefix(ledger, manifest)
        decision_key = shelf.decision_key(identity).read_bytes()
    except (AssentError, OSError) as error:
        raise Unusable(f"`{identity}` cannot be begun from: {str(error).splitlines()[0]}") from None
    _require_fit(identity, manifest, request, decision_key)
    return Ancestor(identity, Parent(folder, manifest, open_index(shelf.index(identity))), decision_key)


def _latest(shelf: Shelf, purpose: str) -> SnapshotId:
    found = []
    for identity in shelf.indexed(purpose):
        try:
            manifest = parse_manifest(read_unverified((shelf.of(identity) / MANIFEST).read_bytes()))
        except (AssentError, OSError):
            continue
        found.append((manifest.at, manifest.ledger_size, identity))
    if not found:
        raise Unusable("no snapshot for this purpose has a working index")
    return max(found)[-1]


def _require_fit(identity: SnapshotId, manifest: SnapshotManifest, request: GateRequest, decision_key: bytes) -> None:
    partition = Partition(request.shards, request.slices, key_id(request.partition_key))
    misfits = {
        "is for another purpose": manifest.purpose != request.purpose,
        "was decided by other rules": manifest.pack_digest != request.pack.digest,
        "is laid out otherwise": manifest.partition != partition,
        "was made by other releases": any(manifest.engine.get(name) != version(name) for name in ENGINES),
        "was decided for a later moment": manifest.at > request.at,
        "rests on more events": manifest.ledger_size > request.events.size,
        "has lost its decision key": manifest.decisions.key_id != key_id(decision_key),
    }
    for misfit, true in misfits.items():
        if true:
            raise Unusable(f"`{identity}` {misfit}")
