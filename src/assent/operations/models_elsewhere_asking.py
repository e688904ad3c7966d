"""Owners of models trained elsewhere are asked to train them again: signed, in the ledger, once for each rewriting.

A sweep that is about to rewrite a snapshot asks first, while it still knows whose rows go. A crash after that asks
nothing twice: the next sweep finds the same rows, and what was asked about them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assent.evidence.attestation import Subject, encode_statement, sign_statement
from assent.evidence.elsewhere import (
    MODEL_ELSEWHERE_PREDICATE,
    RETRAINING_REQUEST_PREDICATE,
    AskedBy,
    ModelElsewhere,
    ReadSnapshot,
    RetrainingRequest,
)
from assent.evidence.tags import member_key, member_tag
from assent.ledger import Ledger
from assent.operations.chronicle import Chronicle
from assent.operations.models_elsewhere import Asked, Elsewhere, models_elsewhere, place_of_statement
from assent.operations.workspace import Workspace
from assent.policy.pack import Purpose
from assent.snapshot.again import Again
from assent.snapshot.since import Moment
from assent.snapshot.withdrawn import Withdrawn
from assent.storage.files import make_private_folder, write_durably
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import MemberId, SnapshotId


@dataclass(frozen=True, slots=True)
class Reached:
    """What a snapshot loses by take-backs.

    Args:
        people: whose rows it concerns, or whose names in rows of others.
        removed: rows that go; `masked` stay, with somebody masked who was not.
    """

    snapshot: SnapshotId
    purpose: Purpose
    people: frozenset[str]
    removed: int
    masked: int


@dataclass(frozen=True, slots=True)
class Asking:
    """What it takes to ask: a ledger to append to, a key to sign with, the moment."""

    workspace: Workspace
    ledger: Ledger
    key: Ed25519PrivateKey
    now: Moment

    def record(self, name: str, kind: EventType, envelope: bytes, *, by: str) -> tuple[str, int]:
        """The statement lies in its place, and the ledger has its digest; gives digest and position."""
        digest = sha256(envelope).hexdigest()
        path = place_of_statement(self.workspace, name, digest)
        make_private_folder(path.parent)
        write_durably(path, envelope)
        # A crash here leaves a statement that the ledger does not know, which nobody reads.
        placed = self.ledger.append([Event(kind, self.now.at, key=name, value=digest, by=by)])
        return digest, placed.start

    def signed(self, subjects: Sequence[Subject], predicate_type: str, predicate: dict[str, Any]) -> bytes:
        """The envelope of that statement."""
        return sign_statement(encode_statement(subjects, predicate_type, predicate), self.key)


def people_in(withdrawn: Withdrawn, again: Again) -> frozenset[str]:
    """Those of the withdrawn whom a row that goes, or is masked anew, concerns; authors of records that were."""
    rows = [row for row, _ in again.denied]
    named = {member for row in (*rows, *(each.row for each in again.shown)) for member in row.others}
    own = {row.author for row in rows if row.author in withdrawn.members or row.id in withdrawn.records}
    return frozenset(own | (named & withdrawn.members))


def ask_owners(asking: Asking, reached: Reached, decision_key: bytes) -> list[Asked]:
    """Every model elsewhere that read what the snapshot is a version of is asked to be trained again.

    Args:
        decision_key: of the snapshot, under which people have their pseudonyms.
    """
    known = Chronicle.read(asking.ledger)
    return [
        asked
        for model in models_elsewhere(asking.workspace, asking.ledger).models.values()
        for read in model.said.snapshots
        if known.standing_for(read.id) == reached.snapshot
        if (asked := ask_owner(asking, model, read, reached, decision_key)) is not None
    ]


def ask_owner(
    asking: Asking, model: Elsewhere, read: ReadSnapshot, reached: Reached, decision_key: bytes
) -> Asked | None:
    """The owner is asked; None where just this was asked before."""
    people = tuple(_people(asking, reached, decision_key))
    first = min((each.asked_at for each in people), default=asking.now.at)
    request = RetrainingRequest(
        model=model.name,
        registration=model.digest,
        read=read.id,
        read_digest=read.digest,
        held=reached.snapshot,
        people=people,
        removed=reached.removed,
        masked=reached.masked,
        made_at=asking.now.at,
        retrain_by=first + reached.purpose.retrain_within,
    )
    if any(_same(each.request, request) for each in model.open):
        return None
    envelope = asking.signed(request.subjects(), RETRAINING_REQUEST_PREDICATE, request.to_predicate())
    digest, seq = asking.record(model.name, EventType.MODEL_RETRAINING_ASKED, envelope, by="sweep")
    return Asked(request, digest, seq)


def say_model(asking: Asking, said: ModelElsewhere, kind: EventType) -> tuple[str, int]:
    """What was said of a model is signed and recorded; gives digest and position."""
    envelope = asking.signed(said.subjects(), MODEL_ELSEWHERE_PREDICATE, said.to_predicate())
    return asking.record(said.name, kind, envelope, by=said.by)


def _same(before: RetrainingRequest, now: RetrainingRequest) -> bool:
    """Whether both ask about the same rows: then a sweep that was cut off is doing its work again."""
    return (before.read, before.held, before.removed, before.masked) == (
        now.read,
        now.held,
        now.removed,
        now.masked,
    ) and {each.pseudonym for each in before.people} == {each.pseudonym for each in now.people}


def _people(asking: Asking, reached: Reached, decision_key: bytes) -> Iterator[AskedBy]:
    tagged = ((member_tag(member_key(decision_key, each)).hex(), each) for each in reached.people)
    for pseudonym, member in sorted(tagged):
        yield AskedBy(pseudonym, asked_at(asking.ledger, member, reached.purpose, asking.now))


def asked_at(ledger: Ledger, member: str, purpose: Purpose, now: Moment) -> datetime:
    """When somebody took back: when they asked for it, else by the newest of what counts of them."""
    counted = [
        event
        for seq, event in ledger.events_of(MemberId(member))
        if isinstance(event, Event) and now.counts(seq, event.effective_at)
    ]
    asked = [each for each in counted if (each.type, each.key) == (EventType.TAKEBACK_REQUESTED, purpose.name)]
    # A stop, an upheld objection or an erasure is not later than the last thing that was said of them.
    return max((each.effective_at for each in asked or counted), default=now.at)


def requests_about(models: Collection[Elsewhere]) -> list[Asked]:
    """Everything that is asked of them and not answered, what is due first."""
    found = [each for model in models for each in model.open]
    return sorted(found, key=lambda each: (each.request.retrain_by, each.seq))
