"""Which models learned from one member's records, here and elsewhere, and which certificates concern them.

Told from what the ledger, manifests and the decisions of snapshots say. It is stated and not proved: what a model
learned stands in its signed manifest, whose records those were in the decisions that a member's proof opens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from assent.errors import AssentError, EvidenceError
from assent.evidence.attestation import read_unverified
from assent.evidence.certificate import Certificate, parse_certificate
from assent.evidence.decisions import verify_member
from assent.evidence.manifest import SnapshotManifest
from assent.evidence.model import ModelManifest
from assent.evidence.tags import key_id, member_key, member_tag, partition_of
from assent.ledger import Ledger, Positioned, fold_member
from assent.operations.build import PARTITION_KEY
from assent.operations.chronicle import Chronicle
from assent.operations.model_chronicle import ModelChronicle
from assent.operations.models_elsewhere import Elsewhere, models_elsewhere
from assent.operations.opened import Opened, manifest_on
from assent.operations.own_models import OwnModel, own_models
from assent.operations.snapshots import shelf_of
from assent.operations.workspace import Workspace
from assent.policy.evaluate import person_reasons
from assent.snapshot.proving import open_decisions
from assent.snapshot.sealing import Shelf
from assent.snapshot.since import Moment
from assent.snapshot.withdrawn import WHERE_STOPS_TAKE_BACK
from assent.vocabulary.events import Event
from assent.vocabulary.identifiers import CertificateId, MemberId, ModelId, PurposeName, SnapshotId
from assent.vocabulary.instants import format_instant
from assent.vocabulary.reasons import Reason

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class LearnedHere:
    """A model trained here that learned from the member's records, or remembers them.

    Args:
        stands: it may serve; else its files are gone, and what stands in its place is another entry or none.
        records: how many of the member's; `removed` of them were taken out of the snapshot since.
        shard, slice: where they lie; None where the key that says so is gone.
        adapter: the file that serves for the shard; None where it stands no more or has none.
        remembered: it has a memory with entries of that slice.
    """

    id: ModelId
    state: str
    stands: bool
    purpose: PurposeName
    snapshot: SnapshotId
    at: datetime
    records: int
    removed: int
    shard: int | None
    slice: int | None
    adapter: str | None
    remembered: bool


@dataclass(frozen=True, slots=True)
class LearnedElsewhere:
    """A model trained elsewhere on a snapshot that held the member's records.

    Args:
        retrain_by: the first day by which its owner was asked to train it without the member; None where nobody was.
    """

    name: str
    serves_at: str
    by: str
    trained_at: datetime
    purpose: PurposeName
    snapshot: SnapshotId
    records: int
    removed: int
    retrain_by: datetime | None


@dataclass(frozen=True, slots=True)
class CertificateOf:
    """A certificate that has the member's take-back among its requests."""

    id: CertificateId
    before: ModelId
    after: ModelId
    asked_at: datetime
    effective_at: datetime
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class Learned:
    """All of it; `unread` names what nobody can look into just now."""

    here: tuple[LearnedHere, ...]
    elsewhere: tuple[LearnedElsewhere, ...]
    certificates: tuple[CertificateOf, ...]
    unread: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """All of it as JSON values."""
        return {
            "models": [{"where": "here"} | _json(each) for each in self.here]
            + [{"where": "elsewhere"} | _json(each) for each in self.elsewhere],
            "certificates": [_json(each) for each in self.certificates],
            "unread": list(self.unread),
        }


def learned_from(workspace: Workspace, ledger: Ledger, member: str) -> Learned:
    """Every model that learned from the member's records, and every certificate about their take-backs.

    Cost: a look into the decisions of each snapshot that a model read; nothing that trains is opened.
    """
    return _Looking(workspace, ledger, MemberId(member)).all()


@dataclass(frozen=True, slots=True)
class _Held:
    """How many of a member's records a snapshot held when it was read, and how many went since."""

    records: int
    removed: int


class _Looking:
    """One member, looked for in everything that learned."""

    def __init__(self, workspace: Workspace, ledger: Ledger, member: MemberId) -> None:
        self._workspace, self._ledger, self._member = workspace, ledger, member
        self._shelf: Shelf = shelf_of(workspace)
        self._snapshots = Chronicle.read(ledger)
        self._said: Sequence[Positioned] = ledger.events_of(member)
        self._masks: dict[SnapshotId, list[int]] = {}
        self._unread: list[str] = []

    def all(self) -> Learned:
        here = tuple(
            found
            for each in own_models(self._workspace, self._ledger)
            for found in self._trying(each.id, self._here(each))
        )
        known = models_elsewhere(self._workspace, self._ledger)
        self._unread += [*self._lost(), *known.problems]
        elsewhere = tuple(
            found for name, each in known.models.items() for found in self._trying(name, self._elsewhere(each))
        )
        certificates = tuple(sorted(self._certificates(), key=lambda each: each.issued_at))
        return Learned(here, elsewhere, certificates, tuple(dict.fromkeys(self._unread)))

    def _lost(self) -> Iterator[str]:
        """Models that stand in the ledger and do not lie here."""
        lie_here = {each.id for each in own_models(self._workspace, self._ledger)}
        return (each for each in ModelChronicle.read(self._ledger).standing() if each not in lie_here)

    def _trying(self, name: str, looked: Iterator[Found]) -> list[Found]:
        """What was found; of what cannot be looked into just now the name is kept."""
        try:
            return list(looked)
        except (AssentError, OSError):
            self._unread.append(name)
            return []

    def _here(self, own: OwnModel) -> Iterator[LearnedHere]:
        manifest = own.manifest
        if manifest is None:
            self._unread.append(own.id)
            return
        held = self._held(manifest.snapshot)
        if held is None or not held.records or self._left_out(manifest):
            return
        place = self._place(manifest)
        learned, remembered = _learned_at(manifest, place)
        if not learned and not remembered:
            return
        last = None if place is None or not own.stands or not learned else manifest.last(place[0])
        yield LearnedHere(
            own.id,
            own.state,
            own.stands,
            manifest.purpose,
            manifest.snapshot,
            manifest.at,
            held.records,
            held.removed,
            None if place is None else place[0],
            None if place is None else place[1],
            None if last is None else last.path,
            remembered,
        )

    def _elsewhere(self, model: Elsewhere) -> Iterator[LearnedElsewhere]:
        for read in model.said.snapshots:
            held = self._held(read.id)
            if held is None:
                self._unread.append(model.name)
                continue
            if not held.records:
                continue
            mine = self._pseudonym(read.id)
            asked = [each for each in model.open if mine in {one.pseudonym for one in each.request.people}]
            yield LearnedElsewhere(
                model.name,
                model.said.serves_at,
                model.said.by,
                model.said.trained_at,
                read.purpose,
                read.id,
                held.records,
                held.removed,
                min((each.request.retrain_by for each in asked), default=None),
            )

    def _certificates(self) -> Iterator[CertificateOf]:
        folder = self._workspace.models_folder / "certificates"
        for name, digest in ModelChronicle.read(self._ledger).certificates.items():
            for found in self._trying(name, _read_certificate(folder / f"{name}.json", digest)):
                mine = self._pseudonym(found.snapshot_after)
                asked = [each.asked_at for each in found.requests if each.pseudonym == mine]
                if asked:
                    yield CertificateOf(
                        CertificateId(name),
                        found.model_before,
                        found.model_after,
                        asked[0],
                        found.effective_at,
                        found.issued_at,
                    )

    def _held(self, snapshot: SnapshotId) -> _Held | None:
        """None where nothing stands in its place, so that nobody can say any more."""
        now = self._snapshots.standing_for(snapshot)
        if now is None:
            return None
        masks = self._masks_in(now)
        here = masks.count(0)
        gone = sum(bool(mask & Reason.TAKEN_BACK.bit) for mask in masks) if self._spoke_since(snapshot, now) else 0
        return _Held(here + gone, gone)

    def _masks_in(self, snapshot: SnapshotId) -> list[int]:
        if snapshot not in self._masks:
            manifest = manifest_on(self._shelf, snapshot)
            if manifest is None:
                raise EvidenceError(f"`{snapshot}` has no manifest any more", hint="restore it from a copy")
            key = member_key(self._shelf.decision_key(snapshot).read_bytes(), self._member)
            with open_decisions(self._shelf.of(snapshot), manifest.decisions) as decisions:
                proof = decisions.prove(key)
            decided = manifest.decisions
            found = verify_member(proof, root=decided.root, count=decided.count, key=key)
            self._masks[snapshot] = list(found.values())
        return self._masks[snapshot]

    def _spoke_since(self, snapshot: SnapshotId, now: SnapshotId) -> bool:
        """Whether what took rows out can be theirs: else they had taken back before it was decided."""
        before = manifest_on(self._shelf, snapshot)
        if snapshot == now or before is None:
            return False
        then = _moment_of(before)
        return any(isinstance(event, Event) and not then.counts(seq, event.effective_at) for seq, event in self._said)

    def _left_out(self, manifest: ModelManifest) -> bool:
        """Whether the reader that the model was trained through left them out, as somebody who had withdrawn."""
        now = self._snapshots.standing_for(manifest.snapshot)
        if now is None:
            return False
        opened = Opened.of(self._shelf, now, self._ledger)
        state = fold_member(self._said, at=manifest.at, size=manifest.ledger_size)
        found = person_reasons(opened.pack, opened.purpose, state, manifest.at, None)
        return bool(found & WHERE_STOPS_TAKE_BACK)

    def _place(self, manifest: ModelManifest) -> tuple[int, int] | None:
        path = self._workspace.keys_folder / PARTITION_KEY
        key = path.read_bytes() if path.is_file() else b""
        if key_id(key) != manifest.partition:
            return None
        return partition_of(key, self._member, shards=manifest.shards, slices=manifest.slices_per_shard)

    def _pseudonym(self, snapshot: SnapshotId) -> str | None:
        """Under which name decisions, requests and certificates speak of them; every version keeps it."""
        now = self._snapshots.standing_for(snapshot) or snapshot
        path = self._shelf.decision_key(now)
        return member_tag(member_key(path.read_bytes(), self._member)).hex() if path.is_file() else None


def _moment_of(manifest: SnapshotManifest) -> Moment:
    """As of which a version was decided, or rewritten last."""
    if not manifest.withdrawals:
        return Moment(manifest.at, manifest.ledger_size)
    last = manifest.withdrawals[-1]
    return Moment(last.at, last.ledger_size)


def _learned_at(manifest: ModelManifest, place: tuple[int, int] | None) -> tuple[bool, bool]:
    """Whether it learned from that slice, and whether it remembers it; yes to both where nobody knows the place."""
    slices = {(each.shard, each.slice) for each in manifest.slices if each.loss is not None}
    parts = {(each.shard, each.slice) for each in manifest.parts}
    return (bool(slices), bool(parts)) if place is None else (place in slices, place in parts)


def _read_certificate(path: Path, digest: str) -> Iterator[Certificate]:
    envelope = path.read_bytes()
    if sha256(envelope).hexdigest() != digest:
        raise EvidenceError(f"`{path}` is not what the ledger has the digest of", hint="restore it from a copy")
    yield parse_certificate(read_unverified(envelope))


def _json(each: LearnedHere | LearnedElsewhere | CertificateOf) -> dict[str, Any]:
    values = {name: getattr(each, name) for name in each.__slots__}
    return {name: format_instant(value) if isinstance(value, datetime) else value for name, value in values.items()}
