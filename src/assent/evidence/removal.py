"""What a removed snapshot says of itself: the predicate `urn:assent:predicate:removal:v1`, as values.

It stays beside the manifest of the snapshot whose bytes are gone, signed with the same key: which files with
which digests were removed, when and why, and what took the snapshot's place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from assent.errors import AssentError, EvidenceError
from assent.evidence.attestation import Statement, Subject
from assent.vocabulary.identifiers import SnapshotId
from assent.vocabulary.instants import format_instant, parse_instant

REMOVED: Final = "removed.json"
REMOVAL_PREDICATE: Final = "urn:assent:predicate:removal:v1"


@dataclass(frozen=True, slots=True)
class RemovedFile:
    """A file that is gone; `kept` says that the snapshot in its place has the same bytes, for nobody left them."""

    name: str
    sha256: str
    bytes: int
    kept: bool


@dataclass(frozen=True, slots=True)
class Removal:
    """The statement that a snapshot's bytes were removed.

    Args:
        manifest: SHA-256 of the manifest that stays.
        superseded_by: what took its place; None where nothing did.
        superseding: SHA-256 of the manifest in its place, or the snapshot's own where nothing took it.
        decided_at: when the removal was decided, which is before the first file went.
    """

    snapshot: SnapshotId
    manifest: str
    superseded_by: SnapshotId | None
    superseding: str
    why: str
    decided_at: datetime
    files: tuple[RemovedFile, ...]

    def to_predicate(self) -> dict[str, Any]:
        """The predicate as JSON values."""
        return {
            "snapshot": self.snapshot,
            "manifest": self.manifest,
            "superseded_by": self.superseded_by,
            "superseding": self.superseding,
            "why": self.why,
            "decided_at": format_instant(self.decided_at),
            "files": [{"name": each.name, "bytes": each.bytes, "kept": each.kept} for each in self.files],
        }

    def subjects(self) -> tuple[Subject, ...]:
        """Every file that is gone, with the digest it had."""
        return tuple(Subject(each.name, each.sha256) for each in self.files)


def parse_removal(statement: Statement) -> Removal:
    """The removal in a statement.

    Raises:
        EvidenceError: another predicate type, a missing or ill-typed field, or files that are not its subjects.
    """
    if statement.predicate_type != REMOVAL_PREDICATE:
        raise EvidenceError(f"the removal's predicate is not `{REMOVAL_PREDICATE}`")
    digests = {each.name: each.sha256 for each in statement.subjects}
    try:
        return _parse(statement.predicate, digests)
    except (KeyError, TypeError, ValueError, AttributeError, AssentError) as error:
        raise EvidenceError(f"the removal cannot be read: {error}") from None


def _parse(given: Mapping[str, Any], digests: Mapping[str, str]) -> Removal:
    files = tuple(
        RemovedFile(str(each["name"]), digests[each["name"]], int(each["bytes"]), bool(each["kept"]))
        for each in given["files"]
    )
    if len(files) != len(digests):
        raise EvidenceError("it names other files than it is about")
    place = given["superseded_by"]
    return Removal(
        snapshot=SnapshotId(str(given["snapshot"])),
        manifest=str(given["manifest"]),
        superseded_by=None if place is None else SnapshotId(str(place)),
        superseding=str(given["superseding"]),
        why=str(given["why"]),
        decided_at=parse_instant(given["decided_at"], field="decided_at"),
        files=files,
    )
