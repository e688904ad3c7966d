"""Models that were trained elsewhere: what they read, and what is asked of whoever trained them, as values.

    urn:assent:predicate:model-elsewhere:v1       a model read these snapshots; said anew when it was trained again
    urn:assent:predicate:retraining-request:v1    what it read held somebody who took back; train it again by then

Both are signed statements about the manifests of snapshots. The ledger has their digests, in the order in which they
were made.

Shape: docs/spec/elsewhere.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from assent.errors import AssentError, EvidenceError, InputError
from assent.evidence.attestation import Statement, Subject
from assent.vocabulary.identifiers import PurposeName, SnapshotId
from assent.vocabulary.instants import format_instant, parse_instant

MODEL_ELSEWHERE_PREDICATE: Final = "urn:assent:predicate:model-elsewhere:v1"
RETRAINING_REQUEST_PREDICATE: Final = "urn:assent:predicate:retraining-request:v1"

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}[a-z0-9]|[a-z0-9]")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ReadSnapshot:
    """A snapshot that a model read, with the digest of its manifest."""

    id: SnapshotId
    digest: str
    purpose: PurposeName
    at: datetime


@dataclass(frozen=True, slots=True)
class ModelElsewhere:
    """What whoever trained a model says of it.

    Args:
        by: who trained it; a team or a firm, not a person.
        weights: SHA-256 over its weights, as they count it; None where they do not say.
        replaces: digest of what was said of it before; None where this is the first.
    """

    name: str
    snapshots: tuple[ReadSnapshot, ...]
    trained_at: datetime
    by: str
    serves_at: str
    said_at: datetime
    weights: str | None = None
    replaces: str | None = None

    def subjects(self) -> tuple[Subject, ...]:
        """The manifests of what it read."""
        return tuple(Subject(each.id, each.digest) for each in self.snapshots)

    def to_predicate(self) -> dict[str, Any]:
        """The predicate as JSON values."""
        return {
            "name": self.name,
            "snapshots": [
                {"id": each.id, "purpose": each.purpose, "at": format_instant(each.at)} for each in self.snapshots
            ],
            "trained_at": format_instant(self.trained_at),
            "by": self.by,
            "serves_at": self.serves_at,
            "said_at": format_instant(self.said_at),
            "weights": self.weights,
            "replaces": self.replaces,
        }


@dataclass(frozen=True, slots=True)
class AskedBy:
    """Somebody's take-back, under the pseudonym they have in the snapshot's decisions."""

    pseudonym: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class RetrainingRequest:
    """That a model has to be trained again.

    Args:
        model: its name; `registration` is the digest of what was said of it last.
        read: the snapshot it read, and `held` the version of it in which the rows were found.
        people: whose rows it concerns, or whose names in rows of others.
        removed: rows that may not be read any more; `masked` stay, with somebody masked who was not.
        retrain_by: the first of the take-backs, and the time that the pack of the snapshot gives.
    """

    model: str
    registration: str
    read: SnapshotId
    read_digest: str
    held: SnapshotId
    people: tuple[AskedBy, ...]
    removed: int
    masked: int
    made_at: datetime
    retrain_by: datetime

    def subjects(self) -> tuple[Subject, ...]:
        """The manifest of what the model read."""
        return (Subject(self.read, self.read_digest),)

    def to_predicate(self) -> dict[str, Any]:
        """The predicate as JSON values."""
        return {
            "model": self.model,
            "registration": self.registration,
            "read": self.read,
            "held": self.held,
            "people": [
                {"pseudonym": each.pseudonym, "asked_at": format_instant(each.asked_at)} for each in self.people
            ],
            "records": {"removed": self.removed, "masked": self.masked},
            "made_at": format_instant(self.made_at),
            "retrain_by": format_instant(self.retrain_by),
        }


def require_name(name: str) -> str:
    """The name, which a model elsewhere can have: what is fit for a file and for a command line.

    Raises:
        InputError: it is not.
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            f"`{name[:80]}` is no name for a model",
            hint="at most 64 small letters, digits, dots, dashes and underscores; the first and last a letter or digit",
        )
    return name


def require_digest(digest: str) -> str:
    """The digest of weights, as 64 hexadecimal digits.

    Raises:
        InputError: it is something else.
    """
    bare = digest.removeprefix("sha256:").lower()
    if not _DIGEST.fullmatch(bare):
        raise InputError(f"`{digest[:80]}` is no SHA-256", hint="64 hexadecimal digits")
    return bare


def parse_model_elsewhere(statement: Statement) -> ModelElsewhere:
    """What a statement says of a model.

    Raises:
        EvidenceError: another predicate type, a missing or ill-typed field, or snapshots that are not its subjects.
    """
    if statement.predicate_type != MODEL_ELSEWHERE_PREDICATE:
        raise EvidenceError(f"the predicate is not `{MODEL_ELSEWHERE_PREDICATE}`")
    digests = {each.name: each.sha256 for each in statement.subjects}
    try:
        found = _model(statement.predicate, digests)
    except (KeyError, TypeError, ValueError, AttributeError, AssentError) as error:
        raise EvidenceError(f"what was said of a model cannot be read: {error}") from None
    if {each.name: each.sha256 for each in found.subjects()} != digests:
        raise EvidenceError("what was said of a model names other snapshots than it is about")
    return found


def _model(given: Mapping[str, Any], digests: Mapping[str, str]) -> ModelElsewhere:
    return ModelElsewhere(
        name=require_name(str(given["name"])),
        snapshots=tuple(
            ReadSnapshot(
                SnapshotId(str(each["id"])),
                digests[each["id"]],
                PurposeName(str(each["purpose"])),
                parse_instant(each["at"], field="at"),
            )
            for each in given["snapshots"]
        ),
        trained_at=parse_instant(given["trained_at"], field="trained_at"),
        by=str(given["by"]),
        serves_at=str(given["serves_at"]),
        said_at=parse_instant(given["said_at"], field="said_at"),
        weights=None if given["weights"] is None else str(given["weights"]),
        replaces=None if given["replaces"] is None else str(given["replaces"]),
    )


def parse_retraining_request(statement: Statement) -> RetrainingRequest:
    """The request in a statement.

    Raises:
        EvidenceError: another predicate type, a missing or ill-typed field, or another subject.
    """
    if statement.predicate_type != RETRAINING_REQUEST_PREDICATE:
        raise EvidenceError(f"the predicate is not `{RETRAINING_REQUEST_PREDICATE}`")
    digests = {each.name: each.sha256 for each in statement.subjects}
    try:
        found = _request(statement.predicate, digests)
    except (KeyError, TypeError, ValueError, AttributeError, AssentError) as error:
        raise EvidenceError(f"the request to train again cannot be read: {error}") from None
    if {each.name: each.sha256 for each in found.subjects()} != digests:
        raise EvidenceError("the request to train again names another snapshot than it is about")
    return found


def _request(given: Mapping[str, Any], digests: Mapping[str, str]) -> RetrainingRequest:
    return RetrainingRequest(
        model=require_name(str(given["model"])),
        registration=str(given["registration"]),
        read=SnapshotId(str(given["read"])),
        read_digest=digests[given["read"]],
        held=SnapshotId(str(given["held"])),
        people=tuple(
            AskedBy(str(each["pseudonym"]), parse_instant(each["asked_at"], field="asked_at"))
            for each in given["people"]
        ),
        removed=int(given["records"]["removed"]),
        masked=int(given["records"]["masked"]),
        made_at=parse_instant(given["made_at"], field="made_at"),
        retrain_by=parse_instant(given["retrain_by"], field="retrain_by"),
    )
