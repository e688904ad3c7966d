"""Train a model on a snapshot: exactly what its reader gives, a shard at a time, to something sealed."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from itertools import product
from pathlib import Path

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assent.errors import InputError
from assent.evidence.manifest import MANIFEST
from assent.evidence.model import (
    LOSSES,
    MODEL_CARD,
    ROUTES,
    TRAINING_CONTENT,
    BaseModel,
    ModelManifest,
    Slice,
)
from assent.evidence.tags import key_id
from assent.ledger import Ledger
from assent.operations.build import ATTEST_KEY, PARTITION_KEY
from assent.operations.ledger import open_ledger
from assent.operations.model_chronicle import ModelChronicle
from assent.operations.remembering import AUTO, characters_of, memory_config, memory_manifest, route_for
from assent.operations.snapshots import find_snapshot
from assent.operations.workspace import Workspace
from assent.snapshot.reader import SnapshotReader, open_snapshot
from assent.snapshot.standing import require_not_superseded
from assent.storage.keys import load_key
from assent.training.base import PROVENANCE, Base, Learned, open_base
from assent.training.base import TINY as TINY_BASE
from assent.training.chains import Advance, Link, Setting, Watch, link_up, nobody_looks, serving, train_chains
from assent.training.checkpoints import Checkpoint, CheckpointStore
from assent.training.config import MemoryConfig, TrainingConfig
from assent.training.described import draw_losses, write_card, write_training_content
from assent.training.memory.entries import Pseudonyms
from assent.training.memory.keeping import Recording, Remembered
from assent.training.packing import Text
from assent.training.sealing import (
    Gap,
    ModelShelf,
    SealedModel,
    holding,
    keep_base,
    no_gap,
    path_of,
    recover,
    seal_model,
)
from assent.training.serving import AGGREGATIONS
from assent.vocabulary.events import Event
from assent.vocabulary.identifiers import ModelId

Clock = Callable[[], datetime]
TINY = "tiny"


@dataclass(frozen=True, slots=True)
class Trained:
    """A sealed model.

    Args:
        trained: slices that were trained for it; `kept` had a checkpoint already.
        left_out: rows of the snapshot that its reader left out.
        remembered: records that the base read for its memory; those of earlier parts were copied.
    """

    model: SealedModel
    trained: int
    kept: int
    left_out: int
    seconds: float
    remembered: int = 0


def train_model(
    workspace: Workspace,
    snapshot: str,
    *,
    clock: Clock,
    base: str = TINY,
    declared: str | None = None,
    config: TrainingConfig | None = None,
    aggregation: str = AGGREGATIONS[0],
    route: str = ROUTES[0],
    memory: MemoryConfig | None = None,
    processes: int | None = None,
    device: str = "cpu",
    watch: Watch = nobody_looks,
    gap: Gap = no_gap,
) -> Trained:
    """A model of what may be read of the snapshot now stands in the workspace, and the ledger says so.

    Args:
        base: `tiny`, which is trained on public text once, or a Hugging Face folder.
        declared: what the base was trained on, where its folder does not say.
        route: `adapters`, a `memory`, `both`, or `auto`, which is one of the first two by how much text there is.
            The usual one is adapters all the same: audits take them apart shard by shard, and their folder does not
            hold members' texts as they are.
        processes: that train side by side; None is as configured.

    Raises:
        InputError: there is no such snapshot or base, nobody says what the base read, or nothing may be read.
        RefusedError: the snapshot was superseded.
        EvidenceError: it is not what was sealed.
        UnavailableError: another training is at work, the ledger cannot be reached, or the disk is full.
    """
    if aggregation not in AGGREGATIONS:
        raise InputError(f"adapters cannot be joined by `{aggregation}`", hint=f"by {' or '.join(AGGREGATIONS)}")
    if route not in {*ROUTES, AUTO}:
        raise InputError(f"there is no route `{route}`", hint=f"there are {', '.join((*ROUTES, AUTO))}")
    with open_training(workspace, clock=clock, gap=gap) as training:
        opened = training.open_base(base, declared, watch)
        setting = Setting(opened, config or TrainingConfig(), device, route, memory_config(memory, opened))
        folder = find_snapshot(workspace, snapshot)
        with training.reading(folder) as reader:
            if route == AUTO:
                setting = replace(setting, route=route_for(characters_of(reader)))
            made = training.learn(reader, setting, processes=processes, watch=watch)
            sealed = training.sealed_already(made, aggregation) or training.seal(made, aggregation=aggregation)
    read = 0 if made.memory is None else made.memory.read
    return Trained(sealed, made.trained, made.kept, made.left_out, made.seconds, read)


@dataclass(frozen=True, slots=True)
class Made:
    """Chains of a snapshot, trained or found, and its memory.

    Args:
        links: of every slice, none by the route of memory alone; `known` has the checkpoints of those that learn,
            by key.
        only: the keys that may serve; None is all.
        memory: None by the route of adapters alone.
    """

    reader: SnapshotReader
    setting: Setting
    links: Sequence[Link]
    known: Mapping[str, Checkpoint]
    trained: int
    kept: int
    left_out: int
    seconds: float
    only: frozenset[str] | None = None
    memory: Remembered | None = None


@dataclass(slots=True)
class Training:
    """A shelf of models that is held, with what it takes to put one there."""

    workspace: Workspace
    shelf: ModelShelf
    ledger: Ledger
    key: Ed25519PrivateKey
    clock: Clock
    gap: Gap

    def open_base(self, named: str, declared: str | None, watch: Watch = nobody_looks) -> Base:
        """The base, as it lies on the shelf from now on.

        Raises:
            InputError: there is none, or nobody says what it read.
        """

        def tell(learned: Learned) -> None:
            tokens = TINY_BASE.tokens * learned.step // learned.steps
            seconds = tokens / learned.tokens_per_second
            watch(Advance(tokens, TINY_BASE.tokens, learned.loss, seconds, "learning the base, once"))

        found = open_base(named, cache=self.shelf.bases, declared=declared, progress=tell)
        stated = [PROVENANCE] if (found.folder / PROVENANCE).is_file() else []
        place = keep_base(self.shelf, found.folder, found.digest, [*found.files, *stated])
        return replace(found, folder=place, name=named if named == TINY else found.name)

    def reading(self, folder: Path) -> SnapshotReader:
        """A reader of that snapshot.

        Raises:
            RefusedError: it was superseded.
            EvidenceError: it is not what was sealed.
        """
        staleness = timedelta(seconds=self.workspace.number("read.max_staleness_seconds"))
        return open_snapshot(folder, ledger=self.ledger, max_staleness=staleness, clock=self.clock)

    def learn(
        self,
        reader: SnapshotReader,
        setting: Setting,
        *,
        earlier: ModelManifest | None = None,
        processes: int | None = None,
        watch: Watch = nobody_looks,
    ) -> Made:
        """Every slice of what may be read now has its checkpoint in the store, and its part of the memory.

        Args:
            earlier: the model before, whose memory need not be read again where it is the same.
        """
        started = time.monotonic()
        read, links = self.link(reader, setting)
        memory = self.remember(reader, setting, earlier=earlier, watch=watch)
        if not any(link.learns for link in links) and (memory is None or not memory.parts):
            raise InputError(
                f"nothing of `{reader.id}` may be read", hint="`assent read` says what is left out and why"
            )
        needed = {link.key for link in links if link.learns}
        before = {key for key in needed if self.shelf.checkpoints.find(key)}
        known = train_chains(links, read, setting, self.shelf.checkpoints, self._processes(setting, processes), watch)
        self.gap("trained")
        # A crash here means: every slice is trained and nothing is sealed; the same command seals it.
        left = sum(reader.left_out.values())
        seconds = time.monotonic() - started
        return Made(reader, setting, links, known, len(needed - before), len(before), left, seconds, memory=memory)

    def remember(
        self,
        reader: SnapshotReader,
        setting: Setting,
        *,
        earlier: ModelManifest | None = None,
        store: CheckpointStore | None = None,
        only: Collection[tuple[int, int]] | None = None,
        watch: Watch = nobody_looks,
    ) -> Remembered | None:
        """Every slice of what the reader gave at its last look has its part of the memory in the store.

        Args:
            store: None is that of the shelf.
            only: of these (shard, slice); None is every one.

        Raises:
            InputError: the key that pseudonyms are made with is not the snapshot's.
        """
        if setting.route == "adapters":
            return None
        partition = reader.manifest.partition
        recording = Recording(
            partial(_texts, reader),
            sorted(only) if only is not None else list(product(range(partition.shards), range(partition.slices))),
            setting,
            pseudonyms_of(self.workspace, partition.key_id),
            partition.key_id,
            {} if earlier is None else {(each.shard, each.slice): each.key for each in earlier.parts},
        )
        return recording.keep_all(store or self.shelf.checkpoints, watch)

    def train(self, made: Made, links: Sequence[Link], store: CheckpointStore, watch: Watch) -> dict[str, Checkpoint]:
        """The checkpoints of these chains, trained into another store from the rows that `made` was trained on."""
        read = partial(_texts, made.reader)
        return train_chains(links, read, made.setting, store, self._processes(made.setting, None), watch)

    def _processes(self, setting: Setting, given: int | None) -> int:
        return 1 if setting.device != "cpu" else given or self.workspace.number("models.processes")

    def link(self, reader: SnapshotReader, setting: Setting) -> tuple[Callable[[int, int], list[Text]], list[Link]]:
        """How to read a slice as of the reader's last look, and the chains that follow from it."""
        partition = reader.manifest.partition
        read = partial(_texts, reader)
        if setting.route == "memory":
            return read, []
        return read, link_up(read, range(partition.shards), partition.slices, setting)

    def seal(self, made: Made, *, aggregation: str, parent: ModelId | None = None) -> SealedModel:
        """The model stands, and the ledger says so.

        Raises:
            RefusedError: the snapshot was superseded meanwhile; what was trained is kept for the next.
        """
        require_not_superseded(self.ledger, made.reader.id)
        manifest = self._manifest(made, aggregation, parent)
        purpose = made.reader.purpose
        curves = {
            (each.shard, each.slice): made.known[each.key].curve for each in manifest.slices if each.loss is not None
        }
        beside = {
            MODEL_CARD: write_card(manifest, purpose).encode(),
            TRAINING_CONTENT: write_training_content(manifest, made.reader.manifest, purpose).encode(),
            LOSSES: draw_losses(curves),
        }
        digests = {name: sha256(data).hexdigest() for name, data in beside.items()}
        return seal_model(
            self.shelf,
            replace(manifest, beside=digests),
            beside,
            made.setting.base.folder,
            key=self.key,
            sealed_at=self.clock(),
            append=self.append,
            gap=self.gap,
        )

    def sealed_already(self, made: Made, aggregation: str) -> SealedModel | None:
        """The model that stands and is made of just these checkpoints, as after a kill between sealing and answer."""
        known = ModelChronicle.read(self.ledger)
        keys = [link.key for link in made.links]
        wanted = memory_manifest(made.memory, made.setting.memory)
        for model in known.standing():
            found = self.shelf.manifest(model)
            how = (aggregation, _config_digest(made.setting), made.setting.route)
            if found is None or (found.aggregation, found.config_digest, found.route) != how:
                continue
            same = found.memory == wanted and [each.key for each in found.slices] == keys
            if found.snapshot == made.reader.id and same:
                return SealedModel(model, self.shelf.of(model), known.sealed[model], found)
        return None

    def append(self, event: Event) -> object:
        """The ledger has this event."""
        return self.ledger.append([event])

    def _manifest(self, made: Made, aggregation: str, parent: ModelId | None) -> ModelManifest:
        reader, setting = made.reader, made.setting
        moment, snapshot, base = reader.looked_at, reader.manifest, setting.base
        slices = tuple(_slice(link, known, made.known) for link, known in serving(made.links, made.known, made.only))
        memory = memory_manifest(made.memory, made.setting.memory)
        written = () if made.memory is None else (each.kept for each in made.memory.parts)
        environments = {_digest(each.environment): each.environment for each in (*made.known.values(), *written)}
        parts = () if memory is None else memory.parts
        named = {each.environment for each in slices if each.environment} | {each.environment for each in parts}
        return ModelManifest(
            purpose=snapshot.purpose,
            snapshot=reader.id,
            snapshot_digest=sha256((reader.path / MANIFEST).read_bytes()).hexdigest(),
            at=moment.at,
            ledger_size=moment.size,
            checkpoint=self.ledger.checkpoint().decode(),
            shards=snapshot.partition.shards,
            slices_per_shard=snapshot.partition.slices,
            partition=snapshot.partition.key_id,
            base=BaseModel(
                base.name, base.digest, made.setting.parameters, base.provenance.to_json(), dict(base.files)
            ),
            config={} if setting.route == "memory" else setting.config.to_json(),
            config_digest=_config_digest(setting),
            aggregation=aggregation,
            slices=slices,
            code=version("assent"),
            environments={name: each for name, each in sorted(environments.items()) if name in named},
            parent=parent,
            complete=len(slices) == len(made.links),
            route=setting.route,
            memory=memory,
        )


@contextmanager
def open_training(workspace: Workspace, *, clock: Clock, gap: Gap = no_gap) -> Iterator[Training]:
    """The shelf of models is held for as long as the block lasts, and the ledger knows every model that stands.

    Raises:
        InputError: there is no ledger or no key yet.
        UnavailableError: another training is at work.
    """
    path = workspace.keys_folder / ATTEST_KEY
    if not path.is_file():
        raise InputError(f"the key `{path}` is missing", hint="build a snapshot first: `assent build PURPOSE`")
    key, shelf = load_key(path), ModelShelf(workspace.models_folder)
    with open_ledger(workspace, clock=clock) as ledger, holding(shelf):
        training = Training(workspace, shelf, ledger, key, clock, gap)
        announced = ModelChronicle.read(ledger).sealed
        recover(shelf, key=key.public_key(), announced=announced, now=clock(), append=training.append)
        yield training


def pseudonyms_of(workspace: Workspace, named: str) -> Pseudonyms:
    """What stands for people and records in the memories of this workspace.

    Args:
        named: the id of the key they are made with.

    Raises:
        InputError: the key is missing, or another.
    """
    path = workspace.keys_folder / PARTITION_KEY
    try:
        key = path.read_bytes()
    except OSError:
        raise InputError(f"the key `{path}` is missing", hint="without it nobody finds a member's rows") from None
    if key_id(key) != named:
        raise InputError(f"the key `{path}` is not the one that members were placed with")
    return Pseudonyms(key)


def _config_digest(setting: Setting) -> str:
    """Of how adapters were trained; of nothing where there are none."""
    return _digest({}) if setting.route == "memory" else setting.config.digest


def _texts(reader: SnapshotReader, shard: int, part: int) -> list[Text]:
    """What may be read of a slice, as of the reader's last look."""
    found = []
    for batch in reader.batches(shard=shard, slice=part, look=False):
        columns = (batch.column(name).to_pylist() for name in ("id", "author", "text"))
        found += [Text(ident, author, text) for ident, author, text in zip(*columns, strict=True) if text]
    return found


def _slice(link: Link, serves: Checkpoint | None, known: Mapping[str, Checkpoint]) -> Slice:
    own = known[link.key] if link.learns else None
    return Slice(
        shard=link.shard,
        slice=link.slice,
        key=link.key,
        data=link.data,
        rows=link.rows,
        members=link.members,
        tokens=own.tokens if own else 0,
        path=None if serves is None else path_of(serves.key, link.shard),
        sha256=None if serves is None else serves.sha256,
        bytes=0 if serves is None else serves.bytes,
        environment="" if serves is None else _digest(serves.environment),
        loss=own.loss if own else None,
    )


def _digest(environment: Mapping[str, str]) -> str:
    return sha256(rfc8785.dumps(dict(environment))).hexdigest()
