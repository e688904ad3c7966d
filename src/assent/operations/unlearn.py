"""Every model that learned from what was taken back learns anew without it, from the last clean checkpoints on.

    known to the ledger ─ finish what a crash left ─ for each model whose snapshot was rewritten:
    swap in the clean prefixes ─ the old files go ─ the rest learns again ─ sealed ─ certificate

Effective with the swap: from then on nothing that serves has learned from them. Certified when the rest has learned
again. Each step looks whether it was taken already, so whoever is killed goes on with the next call.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from assent.errors import AssentError, EvidenceError, InputError, RefusedError
from assent.evidence.certificate import certificate_id
from assent.evidence.model import ModelManifest
from assent.operations.chronicle import Chronicle
from assent.operations.model_chronicle import ModelChronicle
from assent.operations.snapshots import shelf_of
from assent.operations.train import Clock, Made, Training, open_training
from assent.operations.unlearn_certificate import certify
from assent.operations.unlearn_replay import replay
from assent.operations.workspace import Workspace
from assent.snapshot.reader import SnapshotReader
from assent.training.base import open_base
from assent.training.chains import Setting, Watch, nobody_looks
from assent.training.config import MemoryConfig, TrainingConfig
from assent.training.device import device_like, prepare
from assent.training.sealing import Gap, SealedModel, forget_bases, forget_checkpoints, no_gap, remove_model
from assent.unlearning.plan import plan_retraining
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import CertificateId, ModelId, SnapshotId


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
        bases: those that went because no standing model is built on them, by digest.
    """

    looked_at: int
    unlearned: tuple[Unlearned, ...]
    finished: tuple[ModelId, ...]
    forgotten: int
    problems: Mapping[ModelId, AssentError] = field(default_factory=dict)
    bases: tuple[str, ...] = ()


def unlearn(
    workspace: Workspace,
    *,
    clock: Clock,
    swap_only: bool = False,
    replay: bool = True,
    device: str | None = None,
    watch: Watch = nobody_looks,
    gap: Gap = no_gap,
) -> UnlearnResult:
    """No model of the workspace serves what learned from rows that a sweep of snapshots took out.

    Args:
        swap_only: the rest does not learn again yet; the next call without it goes on.
        replay: the shards that learned again do so once more from nothing, and the certificate says whether the
            bytes are the same; about doubles the cost.
        device: what learns again; None is what each model learned on. Where that is not here, its clean prefixes
            serve, and the model is among the problems.

    Raises:
        InputError: there is no ledger or no key, or the device that is named is not there.
        UnavailableError: a training or another sweep is at work, or the disk is full.
    """
    if device is not None:
        prepare(device)
    with open_training(workspace, clock=clock, gap=gap) as training:
        return _Unlearning(training, swap_only, replay, device, watch).run()


@dataclass(slots=True)
class _Unlearning:
    training: Training
    swap_only: bool
    replay: bool
    device: str | None
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
        forgotten, bases = self._forget(), self._forget_bases()
        return UnlearnResult(len(standing), tuple(done), tuple(finished), forgotten, self.problems, bases)

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

    def _forget_bases(self) -> tuple[str, ...]:
        standing = [self.training.shelf.manifest(each) for each in self._chronicle().standing()]
        found = [each for each in standing if each is not None]
        # A model whose manifest cannot be read may be mended from a copy, and needs its base then.
        return () if len(found) < len(standing) else tuple(forget_bases(self.training.shelf, found))

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
        training, setting = self.training, self._setting(before)
        _, links = training.link(reader, setting)
        plan = plan_retraining(before, links)
        shards = {link.shard for link in plan.again}
        # Rows of a memory are deleted and those whose masks changed read again before anything serves: that is quick.
        memory = training.remember(reader, setting, earlier=before)
        now, effect = model, None
        if plan.again and before.complete:
            known = {key: kept for key in plan.clean if (kept := training.shelf.checkpoints.find(key))}
            clean = Made(reader, setting, links, known, 0, len(known), 0, 0.0, frozenset(known), memory)
            now = self._take_place(model, training.seal(clean, aggregation=before.aggregation, parent=model))
            effect = time.monotonic() - started
        swapped = None if effect is None else now
        parts, read = (0, 0) if memory is None else (memory.written, memory.read)
        found = Unlearned(model, swapped, None, None, len(links), 0, len(shards), effect or 0.0, None, parts, read)
        device = self._device(now, before) if plan.again and not self.swap_only else "cpu"
        if device is None or (plan.again and self.swap_only):
            return found
        made = training.learn(reader, replace(setting, device=device), watch=self.watch)
        whole = training.seal(made, aggregation=before.aggregation, parent=now)
        self._take_place(now, whole)
        effect = time.monotonic() - started if effect is None else effect
        replayed = replay(training, made, shards, before, self.watch) if self.replay else "not run: not asked for"
        return replace(
            found,
            replaced_by=whole.id,
            certificate=certify(training, whole.id, whole.manifest, replayed),
            retrained=made.trained,
            seconds_to_effect=effect,
            seconds_to_certificate=time.monotonic() - started,
        )

    def _device(self, model: ModelId, before: ModelManifest) -> str | None:
        """What the rest is to learn on; None where that is not here, which is then the model's problem."""
        learned: ModelManifest | None = before
        while learned is not None and not learned.complete and learned.parent is not None:
            learned = self.training.shelf.manifest(learned.parent)
        used = {each.environment for each in (learned or before).slices if each.path is not None}
        try:
            return self.device or device_like({(learned or before).environments[each]["device"] for each in used})
        except InputError as error:
            self.problems[model] = error
            return None

    def _setting(self, before: ModelManifest) -> Setting:
        folder = self.training.shelf.bases / before.base.digest
        declared = before.base.provenance.get("declaration")
        base = open_base(folder, declared=None if declared is None else str(declared))
        if base.digest != before.base.digest:
            raise EvidenceError(f"the base in `{folder}` is not the one that was trained on")
        memory = MemoryConfig() if before.memory is None else MemoryConfig.of(before.memory.config)
        return Setting(base, TrainingConfig.of(before.config), route=before.route, memory=memory)

    def _take_place(self, before: ModelId, after: SealedModel) -> ModelId:
        self._supersede(before, after.digest)
        remove_model(self.training.shelf, before)
        self.training.gap("emptied")
        # A crash here means: checkpoints that no standing model has are left in the store; the next sweep removes them.
        self._forget()
        return after.id

    def _certify_again(self, model: ModelId, manifest: ModelManifest) -> None:
        """A model that took another's place has its certificate, also where that was cut off."""
        if manifest.parent is not None and certificate_id(model) not in self._chronicle().certificates:
            certify(self.training, model, manifest)


def _standing_place(known: Chronicle, snapshot: str) -> SnapshotId | None:
    """What stands now where that snapshot stood; itself where it does."""
    here: str | None = snapshot
    seen: set[str] = set()
    while here is not None and here in known.superseded and here not in seen:
        seen.add(here)
        here = known.place_of(here).id
    return None if here is None or here in known.superseded or here not in known.sealed else SnapshotId(here)
