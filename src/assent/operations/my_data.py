"""Where a member's data went, and what they can show for it: snapshots, models, proofs, receipts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assent.errors import AssentError, InputError
from assent.evidence.manifest import SnapshotManifest
from assent.operations.chronicle import Chronicle
from assent.operations.platform import Platform
from assent.operations.progress import held_in, manifest_of
from assent.operations.receipt import Made, make_receipt
from assent.operations.snapshots import shelf_of
from assent.operations.subject import prove_subject
from assent.operations.subject_models import Learned, learned_from
from assent.vocabulary.events import Event
from assent.vocabulary.identifiers import MemberId, PurposeName, SnapshotId


@dataclass(frozen=True, slots=True)
class DataSet:
    """A snapshot, seen by one member.

    Args:
        purpose: what it was made for; None where its manifest cannot be read.
        made_at: the moment whose permissions it rests on.
        standing: nothing superseded it; `removed`: the ledger says that its files are gone.
        holds: rows of theirs in it; `named_in`: rows of others that name them. None where nobody can say any more.
        replaced_by: what took its place.
    """

    id: SnapshotId
    purpose: PurposeName | None
    made_at: datetime | None
    standing: bool
    removed: bool
    holds: int | None
    named_in: int | None
    replaced_by: SnapshotId | None


@dataclass(frozen=True, slots=True)
class WhereItWent:
    """Every snapshot of the platform, the newest first; and what learned from the member."""

    data_sets: tuple[DataSet, ...]
    learned: Learned


def where_it_went(platform: Platform, member: MemberId) -> WhereItWent:
    """Every snapshot that the ledger knows, with what it holds of the member, and what learned from it.

    Cost: one look into each snapshot that stands, which is kept.
    """
    shelf, known = shelf_of(platform.workspace), Chronicle.read(platform.ledger)
    here = set(shelf.snapshots())
    found = [_data_set(platform, known, SnapshotId(name), member, here=name in here) for name in known.sealed]
    ordered = sorted(found, key=lambda each: (each.made_at is not None, each.made_at, each.id), reverse=True)
    return WhereItWent(tuple(ordered), learned_from_member(platform, member))


def learned_from_member(platform: Platform, member: MemberId) -> Learned:
    """Which models learned from the member, here and elsewhere, and which certificates concern them."""
    return learned_from(platform.workspace, platform.ledger, member)


def proof_of(platform: Platform, member: MemberId, snapshot: str) -> bytes:
    """A file that proves what became of each of the member's records in that snapshot; it was verified.

    Raises:
        InputError: there is no such snapshot.
        RefusedError: it was superseded and nothing took its place, or its key is gone.
        EvidenceError: it is not what was sealed.
    """
    if snapshot not in Chronicle.read(platform.ledger).sealed:
        raise InputError("there is no such data set", hint="`My data` lists those there are")
    return prove_subject(platform.workspace, member, [snapshot], mentions=True, clock=platform.clock).data


def said_by(platform: Platform, member: MemberId) -> Sequence[tuple[int, Event]]:
    """Everything that the ledger holds about the member, the newest first; each can have a receipt."""
    said = platform.ledger.events_of(member)
    return [(seq, event) for seq, event in reversed(said) if isinstance(event, Event)]


def receipt_of(platform: Platform, member: MemberId, seq: int) -> Made:
    """A receipt of one event of the member's.

    Raises:
        InputError: they have no such event.
    """
    if all(position != seq for position, _ in said_by(platform, member)):
        raise InputError("there is no such receipt of yours", hint="`My data` lists what was recorded about you")
    return make_receipt(platform.workspace, member, seq=seq, clock=platform.clock, entropy=platform.entropy)


def _data_set(platform: Platform, known: Chronicle, identity: SnapshotId, member: MemberId, *, here: bool) -> DataSet:
    folder = shelf_of(platform.workspace).of(identity)
    manifest: SnapshotManifest | None = None
    holds = named = None
    standing = identity not in known.superseded
    try:
        if here:
            manifest = manifest_of(folder)
        if here and standing:
            holds, named = held_in(folder, member)
    except (AssentError, OSError):
        pass  # nobody can say; that is what the page says too
    return DataSet(
        identity,
        None if manifest is None else PurposeName(manifest.purpose),
        None if manifest is None else manifest.at,
        standing,
        identity in known.removed,
        holds,
        named,
        None if standing else known.place_of(identity).id,
    )
