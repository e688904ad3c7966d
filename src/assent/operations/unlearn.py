"""Every model that learned from what was taken back learns anew without it, from the last clean checkpoints on.

    known to the ledger ─ finish what a crash left ─ for each model whose snapshot was rewritten:
    swap in the clean prefixes ─ the old files go ─ the rest learns again ─ sealed ─ certificate

Effective with the swap: from then on nothing that serves has learned from them. Certified when the rest has learned
again. Each step looks whether it was taken already, so whoever is killed goes on with the next call.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from assent.errors import AssentError, EvidenceError, InputError, RefusedError
from assent.evidence.attestation import encode_statement, sign_statement, verify_statement
from assent.evidence.certificate import (
    CERTIFICATE_PREDICATE,
    AskedElsewhere,
    Certificate,
    Request,
    certificate_id,
    parse_certificate,
)
from assent.evidence.manifest import SnapshotManifest
from assent.evidence.model import ModelManifest
from assent.evidence.tags import member_key, member_tag
from assent.ledger import Ledger
from assent.operations.chronicle import Chronicle
from assent.operations.model_chronicle import ModelChronicle
from assent.operations.models_elsewhere import asked_between
from assent.operations.opened import manifest_on
from assent.operations.snapshots import shelf_of
from assent.operations.train import Clock, Made, Training, open_training
from assent.operations.workspace import Workspace
from assent.snapshot.reader import SnapshotReader
from assent.snapshot.since import Moment
from assent.snapshot.withdrawn import withdrawn_between
from assent.storage.files import write_durably
from assent.training.base import open_base
from assent.training.chains import Setting, Watch, nobody_looks
from assent.training.checkpoints import CheckpointStore
from assent.training.config import MemoryConfig, TrainingConfig
from assent.training.sealing import BUILDING, Gap, SealedModel, forget_checkpoints, no_gap, remove_model
from assent.unlearning.plan import compare_models, plan_retraining
from assent.unlearning.remembered import compare_memories
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import CertificateId, MemberId, ModelId, SnapshotId

CERTIFICATES = "certificates"


@dataclass(frozen=True, slots=True)
class Unlearned:
    """What became of a model that had learned from what was taken back.

    Args:
        replaced_by: the model in its place, whole; None where only clean prefixes serve as yet.
        swapped: the model that served meanwhile; None where nothing had to be left out.
        seconds_to_effect: until no file of the model before was left; `seconds_to_certificate` until all was done.
        slices: of the model; `retrained` learned again.
        parts: of the memory, written anew; `read` records the base read for them, the others were copied.
    """

    id: ModelId
    swapped: ModelId | None
    replaced_by: ModelId | None
    certificate: CertificateId | None
    slices: int
    retrained: int
    shards: int
    seconds_to_effect: float
    seconds_to_certificate: float | None
    parts: int = 0
    read: int = 0


@dataclass(frozen=True, slots=True)
class UnlearnResult:
    """What a sweep of models did.

    Args:
        looked_at: how many models stood; `problems` has those that could not be reached, and why.
        finished: models of which an earlier sweep had left files.
        forgotten: checkpoints that went because no standing model has them.
    """

    looked_at: int
    unlearned: tuple[Unlearned, ...]
    finished: tuple[ModelId, ...]
    forgotten: int
    problems: Mapping[ModelId, AssentError] = field(default_factory=dict)


def unlearn(
    workspace: Workspace,
    *,
    clock: Clock,
    swap_only: bool = False,
    replay: bool = True,
    device: str = "cpu",
    watch: Watch = nobody_looks,
    gap: Gap = no_gap,
) -> UnlearnResult:
    """No model of the workspace serves what learned from rows that a sweep of snapshots took out.

    Args:
        swap_only: the rest does not learn again yet; the next call without it goes on.
        replay: the shards that learned again do so once more from nothing, and the certificate says whether the
            bytes are the same; about doubles the cost.

    Raises:
        InputError: there is no ledger or no key.
        UnavailableError: a training or another sweep is at work, or the disk is full.
    """
    with open_training(workspace, clock=clock, gap=gap) as training:
        return _Unlearning(training, swap_only, replay, device, watch).run()


@dataclass(slots=True)
class _Unlearning:
    training: Training
    swap_only: bool
    replay: bool
    device: str
    watch: Watch
    problems: dict[ModelId, AssentError] = field(default_factory=dict)

    def run(self) -> UnlearnResult:
        self._supersede_parents()
        finished = list(self._finish())
        standing = self._chronicle().standing()
        done = []
        for model in standing:
            try:
                found = self._reach(model)
            except (EvidenceError, InputError, RefusedError) as error:
                # One model that cannot be reached does not keep the others from it; it is refused to whoever serves.
                self.problems[model] = error
                continue
            if found is not None:
                done.append(found)
        forgotten = self._forget()
        return UnlearnResult(len(standing), tuple(done), tuple(finished), forgotten, self.problems)

    def _chronicle(self) -> ModelChronicle:
        return ModelChronicle.read(self.training.ledger)

    def _supersede_parents(self) -> None:
        """A model that was sealed has taken the place of its parent, also where that was cut off."""
        known = self._chronicle()
        for model in self.training.shelf.models():
            manifest = self.training.shelf.manifest(model)
            parent = None if manifest is None else manifest.parent
            if parent in known.sealed and parent not in known.superseded and model in known.sealed:
                self._supersede(ModelId(str(parent)), known.sealed[model])

    def _supersede(self, model: ModelId, digest: str) -> None:
        now = self.training.ledger.present(self.training.clock())
        self.training.append(Event(EventType.MODEL_SUPERSEDED, now, key=model, value=digest, by="sweep"))
        self.training.gap("superseded")
        # A crash here means: files of a model that nobody opens any more; the next sweep removes them.

    def _finish(self) -> Iterator[ModelId]:
        for name in sorted(self._chronicle().superseded):
            model = ModelId(name)
            if self.training.shelf.has_bytes(model):
                remove_model(self.training.shelf, model)
                yield model

    def _forget(self) -> int:
        standing = (self.training.shelf.manifest(each) for each in self._chronicle().standing())
        return forget_checkpoints(self.training.shelf, [each for each in standing if each is not None])

    def _reach(self, model: ModelId) -> Unlearned | None:
        """The model in its place has learned from nothing that was taken back; None where it never had."""
        started = time.monotonic()
        before = self.training.shelf.manifest(model)
        if before is None:
            raise EvidenceError(f"`{model}` lacks its manifest", hint="restore its folder, or train anew")
        snapshots = Chronicle.read(self.training.ledger)
        place = _standing_place(snapshots, before.snapshot)
        if place == before.snapshot and before.complete:
            self._certify_again(model, before)
            return None
        if place is None:
            raise EvidenceError(
                f"`{model}` learned from `{before.snapshot}`, in whose place nothing stands",
                hint="build a snapshot and train anew; the model is refused to whoever would serve it",
            )
        with self.training.reading(shelf_of(self.training.workspace).of(place)) as reader:
            return self._again(model, before, reader, started)

    def _again(self, model: ModelId, before: ModelManifest, reader: SnapshotReader, started: float) -> Unlearned:
        training = self.training
        setting = self._setting(before)
        _, links = training.link(reader, setting)
        plan = plan_retraining(before, links)
        # Rows of a memory are deleted and those whose masks changed read again before anything serves: that is quick.
        memory = training.remember(reader, setting, earlier=before)
        swapped: SealedModel | None = None
        if plan.again and before.complete:
            known = {key: found for key in plan.clean if (found := training.shelf.checkpoints.find(key))}
            clean = Made(reader, setting, links, known, 0, len(known), 0, 0.0, frozenset(known), memory)
            swapped = training.seal(clean, aggregation=before.aggregation, parent=model)
            self._take_place(model, swapped)
        effect = time.monotonic() - started
        shards = len({link.shard for link in plan.again})
        now = model if swapped is None else swapped.id
        parts, read = (0, 0) if memory is None else (memory.written, memory.read)
        if self.swap_only and plan.again:
            served = None if swapped is None else now
            return Unlearned(model, served, None, None, len(links), 0, shards, effect, None, parts, read)
        made = training.learn(reader, setting, watch=self.watch)
        whole = training.seal(made, aggregation=before.aggregation, parent=now)
        self._take_place(now, whole)
        effect = effect if swapped is not None else time.monotonic() - started
        replayed = self._replayed(made, {link.shard for link in plan.again}, before)
        certificate = self._certify(whole.id, whole.manifest, replayed)
        return Unlearned(
            id=model,
            swapped=None if swapped is None else swapped.id,
            replaced_by=whole.id,
            certificate=certificate,
            slices=len(links),
            retrained=made.trained,
            shards=shards,
            seconds_to_effect=effect,
            seconds_to_certificate=time.monotonic() - started,
            parts=parts,
            read=read,
        )

    def _replayed(self, made: Made, shards: set[int], before: ModelManifest) -> str:
        """Whether these shards, and the parts of the memory that changed, come from nothing to the same bytes."""
        if not self.replay:
            return "not run: not asked for"
        said = [self._trained_again(made, shards)] if shards else []
        said += [self._remembered_again(made, before)] if made.memory is not None else []
        return "; ".join(each for each in said if each) or "not run: no checkpoint changed"

    def _remembered_again(self, made: Made, before: ModelManifest) -> str:
        had = {each.key for each in before.parts}
        fresh = [] if made.memory is None else [each for each in made.memory.parts if each.kept.key not in had]
        if not fresh:
            return ""
        with TemporaryDirectory(prefix=f"{BUILDING}replay-", dir=self.training.shelf.folder) as folder:
            places = {(each.shard, each.slice) for each in fresh}
            again = self.training.remember(made.reader, made.setting, store=CheckpointStore(Path(folder)), only=places)
        found = {} if again is None else {each.kept.key: each.kept.sha256 for each in again.parts}
        differing = [each for each in fresh if found.get(each.kept.key) != each.kept.sha256]
        if differing:
            return f"differs in {len(differing)} parts of the memory"
        return f"same bytes in {len(fresh)} parts of the memory"

    def _trained_again(self, made: Made, shards: set[int]) -> str:
        links = [link for link in made.links if link.shard in shards]
        with TemporaryDirectory(prefix=f"{BUILDING}replay-", dir=self.training.shelf.folder) as folder:
            again = self.training.train(made, links, CheckpointStore(Path(folder)), self.watch)
        differing = sorted({link.shard for link in links if link.learns and again[link.key] != made.known[link.key]})
        if differing:
            return f"differs in shards {', '.join(map(str, differing))}"
        return f"same bytes in {len(again)} checkpoints of {len(shards)} shards"

    def _setting(self, before: ModelManifest) -> Setting:
        folder = self.training.shelf.bases / before.base.digest
        declared = before.base.provenance.get("declaration")
        base = open_base(folder, declared=None if declared is None else str(declared))
        if base.digest != before.base.digest:
            raise EvidenceError(f"the base in `{folder}` is not the one that was trained on")
        memory = MemoryConfig() if before.memory is None else MemoryConfig.of(before.memory.config)
        return Setting(base, TrainingConfig.of(before.config), self.device, before.route, memory)

    def _take_place(self, before: ModelId, after: SealedModel) -> None:
        self._supersede(before, after.digest)
        remove_model(self.training.shelf, before)
        self.training.gap("emptied")
        # A crash here means: checkpoints that no standing model has are left in the store; the next sweep removes them.
        self._forget()

    def _certify_again(self, model: ModelId, manifest: ModelManifest) -> None:
        """A model that took another's place has its certificate, also where that was cut off."""
        if manifest.parent is not None and certificate_id(model) not in self._chronicle().certificates:
            self._certify(model, manifest)

    def _certify(self, model: ModelId, after: ModelManifest, replayed: str = "not run: cut off") -> CertificateId:
        training = self.training
        identity = certificate_id(model)
        certificate = replace(_certificate(training, model, after), replay=replayed)
        payload = encode_statement(certificate.subjects(), CERTIFICATE_PREDICATE, certificate.to_predicate())
        envelope = sign_statement(payload, training.key)
        path = certificates_folder(training.workspace) / f"{identity}.json"
        written = _own_certificate(path, training, certificate)
        if written is None:
            write_durably(path, envelope)
        else:
            envelope = written  # by a sweep that was cut off before the ledger knew
        training.gap("certified")
        # A crash here means: a certificate that the ledger does not know; the next sweep tells it.
        digest, now = sha256(envelope).hexdigest(), training.ledger.present(training.clock())
        training.append(Event(EventType.CERTIFICATE_ISSUED, now, key=identity, value=digest, by="sweep"))
        return identity


def _own_certificate(path: Path, training: Training, about: Certificate) -> bytes | None:
    """What lies there, if this platform signed it about the same two models."""
    try:
        envelope = path.read_bytes()
        statement = verify_statement(envelope, training.key.public_key())
        found = parse_certificate(statement)
    except (EvidenceError, FileNotFoundError):
        return None
    return envelope if found.subjects() == about.subjects() else None


def certificates_folder(workspace: Workspace) -> Path:
    """Where certificates lie."""
    return workspace.models_folder / CERTIFICATES


def _standing_place(known: Chronicle, snapshot: str) -> SnapshotId | None:
    """What stands now where that snapshot stood; itself where it does."""
    here: str | None = snapshot
    seen: set[str] = set()
    while here is not None and here in known.superseded and here not in seen:
        seen.add(here)
        here = known.place_of(here).id
    return None if here is None or here in known.superseded or here not in known.sealed else SnapshotId(here)


def _certificate(training: Training, model: ModelId, after: ModelManifest) -> Certificate:
    first = _first_whole(training, after)
    before = training.shelf.manifest(first)
    known = ModelChronicle.read(training.ledger)
    shelf = shelf_of(training.workspace)
    snapshots = [manifest_on(shelf, SnapshotId(each)) for each in (before.snapshot, after.snapshot)] if before else []
    if before is None or None in snapshots:
        raise EvidenceError(f"the manifest of what `{model}` came from is gone", hint="restore it from a copy")
    old, new = (each for each in snapshots if each is not None)
    requests = tuple(_requests(training, before, after, new))
    retrained = compare_models(before, after)
    learned = {each.key for each in before.slices if each.loss is not None}
    again = [each for each in after.slices if each.loss is not None and each.key not in learned]
    return Certificate(
        model_before=first,
        model_before_digest=known.sealed[first],
        model_after=model,
        model_after_digest=known.sealed[model],
        snapshot_before=before.snapshot,
        snapshot_before_digest=before.snapshot_digest,
        snapshot_after=after.snapshot,
        snapshot_after_digest=after.snapshot_digest,
        ledger_before=before.ledger_size,
        ledger_after=after.ledger_size,
        checkpoint=after.checkpoint,
        requests=requests,
        rows_removed=old.counts.allowed - new.counts.allowed,
        base_digest=after.base.digest,
        config_digest=after.config_digest,
        aggregation=after.aggregation,
        code=after.code,
        environment=_joined(after.environments.values()),
        retrained=retrained,
        slices=len(after.slices),
        slices_retrained=len(again),
        effective_at=_superseded_at(training.ledger, first),
        issued_at=training.ledger.present(training.clock()),
        memory=compare_memories(before, after),
        elsewhere=tuple(_asked_elsewhere(training, before, after)),
    )


def _asked_elsewhere(training: Training, before: ModelManifest, after: ModelManifest) -> Iterator[AskedElsewhere]:
    """What was asked of owners of models that read versions of the same snapshot, between the two models."""
    snapshots = Chronicle.read(training.ledger)
    asked = asked_between(training.workspace, training.ledger, before.ledger_size, after.ledger_size)
    for each in asked:
        if snapshots.standing_for(each.request.read) == snapshots.standing_for(after.snapshot):
            yield AskedElsewhere(each.request.model, each.digest, each.request.retrain_by)


def _joined(environments: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """What computed; where a model was computed in several places, all that they were."""
    said: dict[str, set[str]] = {}
    for each in environments:
        for name, value in each.items():
            said.setdefault(name, set()).add(value)
    return {name: "; ".join(sorted(values)) for name, values in sorted(said.items())}


def _first_whole(training: Training, after: ModelManifest) -> ModelId:
    """The last model before this one that was whole."""
    here = after.parent
    while here is not None:
        manifest = training.shelf.manifest(here)
        if manifest is None or manifest.complete:
            return here
        here = manifest.parent
    raise EvidenceError("the model took nobody's place")


def _requests(
    training: Training, before: ModelManifest, after: ModelManifest, snapshot: SnapshotManifest
) -> Iterator[Request]:
    """Who withdrew between the two models, under their pseudonyms in the snapshot's decisions."""
    shelf = shelf_of(training.workspace)
    with training.reading(shelf.of(after.snapshot)) as reader:
        then, now = Moment(before.at, before.ledger_size), Moment(after.at, after.ledger_size)
        found = withdrawn_between(training.ledger, reader.pack, reader.purpose, then, now)
    key = shelf.decision_key(after.snapshot).read_bytes()
    for member in sorted(found.members):
        said = [
            event.effective_at
            for _, event in training.ledger.events_of(MemberId(member))
            if isinstance(event, Event) and (event.type, event.key) == (EventType.TAKEBACK_REQUESTED, snapshot.purpose)
        ]
        # An objection that was upheld, or an erasure, asks for nothing more than to be acted on.
        yield Request(member_tag(member_key(key, member)).hex(), said[-1] if said else after.at)


def _superseded_at(ledger: Ledger, model: ModelId) -> datetime:
    found = [
        event.effective_at
        for _, event in ledger.system_events()
        if isinstance(event, Event) and event.type is EventType.MODEL_SUPERSEDED and event.key == model
    ]
    if not found:
        raise EvidenceError(f"the ledger does not say that `{model}` was superseded")
    return found[0]
