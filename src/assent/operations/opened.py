"""A snapshot that stands, opened for those who rewrite it or build it again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path

from assent.errors import EvidenceError, RefusedError
from assent.evidence.attestation import read_unverified
from assent.evidence.manifest import MANIFEST, PACK, SnapshotManifest, parse_manifest
from assent.evidence.tags import key_id
from assent.ledger import Ledger
from assent.policy.load import pack_from_document
from assent.policy.pack import Pack, Purpose
from assent.snapshot.sealing import Shelf
from assent.snapshot.since import Moment
from assent.snapshot.standing import require_prefix, require_sealed
from assent.snapshot.withdrawn import Withdrawn, withdrawn_between
from assent.vocabulary.identifiers import SnapshotId
from assent.vocabulary.tables import RecordTable


@dataclass(frozen=True, slots=True)
class Opened:
    """A snapshot that stands, found to be what was sealed."""

    id: SnapshotId
    folder: Path
    manifest: SnapshotManifest
    pack: Pack
    purpose: Purpose

    @classmethod
    def of(cls, shelf: Shelf, identity: SnapshotId, ledger: Ledger) -> Opened:
        """The snapshot of that name.

        Raises:
            EvidenceError: it is not what the ledger says was sealed.
        """
        folder = shelf.of(identity)
        try:
            envelope, document = ((folder / name).read_bytes() for name in (MANIFEST, PACK))
        except OSError:
            raise EvidenceError(f"`{folder}` lacks its manifest or its rules") from None
        require_sealed(ledger, identity, sha256(envelope).hexdigest())
        manifest = parse_manifest(read_unverified(envelope))
        require_prefix(ledger, manifest)
        if sha256(document).hexdigest() != manifest.pack_digest:
            raise EvidenceError(f"`{folder / PACK}` is not the pack that decided")
        pack = pack_from_document(json.loads(document))
        return cls(identity, folder, manifest, pack, pack.purposes[manifest.purpose])

    @property
    def base(self) -> Moment:
        """(T, N), which every version keeps."""
        return Moment(self.manifest.at, self.manifest.ledger_size)

    def withdrawn(self, ledger: Ledger, now: Moment) -> Withdrawn:
        """Who withdrew by now and had not when it was last swept."""
        found = withdrawn_between(ledger, self.pack, self.purpose, self.base, now)
        for each in self.manifest.withdrawals if found else ():
            before = withdrawn_between(ledger, self.pack, self.purpose, self.base, Moment(each.at, each.ledger_size))
            found = Withdrawn(found.members - before.members, found.records - before.records)
        return found

    def taken_back(self, ledger: Ledger) -> frozenset[str]:
        """The members without whom it was rewritten.

        Raises:
            RefusedError: it was rewritten without single items too, which no gate is asked about.
        """
        if not self.manifest.withdrawals:
            return frozenset()
        last = self.manifest.withdrawals[-1]
        found = withdrawn_between(ledger, self.pack, self.purpose, self.base, Moment(last.at, last.ledger_size))
        if found.records:
            raise RefusedError(
                f"`{self.id}` cannot be replayed: it was rewritten without items that were left out one by one",
                hint="verify it instead",
            )
        return found.members

    def decision_key(self, shelf: Shelf) -> bytes:
        """The key under which its decisions stand, which the next version inherits."""
        path = shelf.decision_key(self.id)
        key = path.read_bytes() if path.is_file() else b""
        if key_id(key) != self.manifest.decisions.key_id:
            raise EvidenceError(
                f"`{path}` is not the decision key of `{self.id}`",
                hint="restore it; without it nothing can be rewritten",
            )
        return key


def tables_unchanged(manifest: SnapshotManifest, root: Path) -> tuple[RecordTable, ...] | None:
    """The tables the records came from; None where a file is gone or no longer the one that was read."""
    for table in manifest.sources:
        for file in (*table.files, *table.flagged):
            try:
                with (root / file.path).open("rb") as stream:
                    if file_digest(stream, "sha256").hexdigest() != file.sha256:
                        return None
            except OSError:
                return None
    return tuple(table.located(root) for table in manifest.sources)


def manifest_on(shelf: Shelf, identity: SnapshotId) -> SnapshotManifest | None:
    """What that snapshot claims, unverified; None where it claims nothing that can be read."""
    try:
        return parse_manifest(read_unverified((shelf.of(identity) / MANIFEST).read_bytes()))
    except (EvidenceError, OSError):
        return None
