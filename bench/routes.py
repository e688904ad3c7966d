"""Routes from members' text to answers, beside each other: what each says of other members' text, and what it costs.

    python -m bench routes [--quick]

Members are those of a question-and-answer site (Stack Exchange, French Language Meta), placed into shards as a snapshot
places them; the base is learned from occupations and tasks (O*NET) alone, in English. Figures are nats per token of
records by members whom nothing has seen. Settings (epochs, rank, the weight of the memory, its neighbours and its
temperature) are chosen on the records of yet other members. Costs are CPU seconds over those of the base alone; of a
take-back, what is trained again for one unlinked member: (R + 1) / (2R) of a shard, R slices.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq
import torch
from torch import Tensor

from assent.evidence.tags import partition_of
from assent.sources.stackexchange import read_dump
from assent.training.base import Base, BaseConfig, train_base
from assent.training.chains import Setting, link_up, train_chains
from assent.training.checkpoints import CheckpointStore
from assent.training.config import MemoryConfig, TrainingConfig
from assent.training.corpus import read_corpus
from assent.training.lora import State, decode_state
from assent.training.memory.entries import Pseudonyms
from assent.training.memory.search import Searched, nearest
from assent.training.memory.writing import PartWriter
from assent.training.model import DecoderConfig
from assent.training.packing import Text
from assent.training.serving import merged
from bench.report import Row

DATA = Path(os.environ.get("ASSENT_TEST_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
KEY = b"the key of this experiment"
SHARDS, SLICES = (1, 4, 8, 16), 4
WEIGHTS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
NEIGHBOURS, TEMPERATURES = (64, 256, 1024), (0.05, 0.1, 0.2, 0.4)
CONTEXT = 256


@dataclass(frozen=True, slots=True)
class Size:
    """How much is trained and asked.

    Args:
        members: of a hundred; `fitting` of them are what settings of adapters are compared on.
        base, tune, valid: in tokens.
    """

    base: int
    members: int
    fitting: int
    tune: int
    valid: int


FULL, QUICK = Size(600_000, 30, 8, 3_000, 8_000), Size(200_000, 6, 0, 1_000, 2_000)


@dataclass(slots=True)
class World:
    """A base, members' records, and records of others: to choose settings by, and to judge by."""

    folder: Path
    base: Base
    members: list[Text]
    tune: list[Tensor]
    valid: list[Tensor]


@dataclass(frozen=True, slots=True)
class Said:
    """The probability a route gave each next token, and the CPU seconds it took for one. Shape: (N,)."""

    tune: Tensor
    valid: Tensor
    seconds: float

    @property
    def loss(self) -> float:
        """On what it is judged by."""
        return loss_of(self.valid)


def run(*, quick: bool) -> list[Row]:
    """The table, measured now. Cost: about 20 minutes of CPU, 3 with `quick`."""
    torch.set_num_threads(1)
    size = QUICK if quick else FULL
    with TemporaryDirectory(prefix="assent-bench-routes-") as folder:
        world = prepare(Path(folder), size)
        return list(rows(world, size))


def rows(world: World, size: Size) -> Iterator[Row]:
    tokens = sum(len(each) - 1 for each in world.valid)
    base = ask(world, [])[1]
    yield Row(f"base alone, on {tokens:,} tokens", "—", f"{base.loss:.3f} nats", None)
    memory, config, entries = remembered(world)
    weight, alone = mixed(memory, base)
    yield line(f"memory alone, {entries:,} entries; {said_of(config, weight)}", alone, base, "0 (rows deleted)")
    training = TrainingConfig()
    if size.fitting:
        training, tried = fitted(world, size)
        yield from tried
    learned = f"{training.epochs} epochs, rank {training.rank}"
    found: dict[str, float] = {"memory alone": alone.loss}
    monolith = 0.0
    for shards in SHARDS:
        slices = 1 if shards == 1 else SLICES
        states = trained(world, world.members, training, shards, slices)
        each, average = ask(world, states, training)
        share = f"{(slices + 1) / (2 * slices) / shards:.1%}"
        name = f"S = {shards}"
        if shards == 1:
            monolith = average.loss
            yield line(f"one adapter on everything (S = 1), {learned}", average, base, share)
        else:
            yield Row(f"{name}: each adapter alone, mean", "—", f"{each:.3f} nats; 1.0 x a token", None)
            mean = ask(world, states, training, merge=True)[1]
            yield line(f"{name}: adapters, mean merge", mean, base, share)
            yield line(f"{name}: adapters, logit average", average, base, share)
            closed = (base.loss - min(mean.loss, average.loss)) / (base.loss - monolith)
            yield Row(
                f"{name}: of the gap from base to S = 1, adapters close", "≥ 75 %", f"{closed:.0%}", closed >= 0.75
            )
            weight, both = mixed(memory, mean)
            yield line(f"{name}: both, mean merge, weight {weight}", both, base, share)
            found[f"both, {name}, mean merge"] = both.loss
        weight, both = mixed(memory, average)
        yield line(f"{name}: both, logit average, weight {weight}", both, base, share)
        if shards > 1:
            found[f"both, {name}, logit average"] = both.loss
    best = min(found, key=lambda name: found[name])
    for name in dict.fromkeys(("memory alone", best)):
        measured = f"{found[name]:.3f} against {monolith:.3f}"
        yield Row(f"{name}: at least as good as one adapter on everything", "≤", measured, found[name] <= monolith)


def line(name: str, said: Said, base: Said, share: str) -> Row:
    cost = f"{said.loss:.3f} nats; {said.seconds / base.seconds:.1f} x a token; a take-back {share}"
    return Row(name, "—", cost, None)


def said_of(config: MemoryConfig, weight: float) -> str:
    return f"k = {config.neighbours}, temperature {config.temperature}, weight {weight}"


def prepare(folder: Path, size: Size) -> World:
    corpus = read_corpus([DATA / "onet"], licence="CC BY 4.0")
    base = train_base(corpus, BaseConfig(DecoderConfig.tiny(), tokens=size.base), folder / "base")
    read_dump(DATA / "stackexchange", folder / "staging")
    table = pq.read_table(folder / "staging" / "dump" / "records.parquet", columns=["id", "author", "text"])
    records = [Text(**each) for each in table.to_pylist() if each["text"] and each["author"]]
    kinds: dict[str, list[Text]] = {"members": [], "tune": [], "valid": []}
    for each in records:
        place = drawn(each.author)
        kind = "tune" if place >= 90 else "valid" if place >= 80 else "members" if place < size.members else None
        if kind is not None:
            kinds[kind].append(each)
    tune, valid = sequences(base, kinds["tune"], size.tune), sequences(base, kinds["valid"], size.valid)
    return World(folder, base, kinds["members"], tune, valid)


def drawn(member: str) -> int:
    """Under a hundred, and the same in every run."""
    return int.from_bytes(sha256(member.encode()).digest()[:8]) % 100


def sequences(base: Base, records: Sequence[Text], tokens: int) -> list[Tensor]:
    """Of records in an order by chance the first tokens of each, until there are as many."""
    found, held = [], 0
    for each in sorted(records, key=lambda each: sha256(each.id.encode()).digest()):
        ids = [base.tokenizer.begin, *base.tokenizer.encode([each.text])[0], base.tokenizer.end][: CONTEXT + 1]
        found.append(torch.tensor(ids))
        held += len(ids) - 1
        if held >= tokens:
            break
    return found


def trained(world: World, members: Sequence[Text], config: TrainingConfig, shards: int, slices: int) -> list[State]:
    """The adapter of every shard that learned anything."""
    placed: dict[tuple[int, int], list[Text]] = {}
    for each in members:
        placed.setdefault(partition_of(KEY, each.author, shards=shards, slices=slices), []).append(each)

    def read(shard: int, part: int) -> list[Text]:
        return placed.get((shard, part), [])

    setting, store = Setting(world.base, config), CheckpointStore(world.folder / "checkpoints")
    links = link_up(read, range(shards), slices, setting)
    known = train_chains(links, read, setting, store)
    last = {link.shard: link.key for link in links if link.learns}
    return [decode_state(store.read(known[key]), key) for key in last.values()]


def ask(
    world: World,
    states: Sequence[State],
    config: TrainingConfig | None = None,
    *,
    merge: bool = False,
) -> tuple[float, Said]:
    """The mean loss of each adapter alone, and what all say together: merged into one, or by the mean of logits."""
    groups = [list(states)] if merge or not states else [[state] for state in states]
    models = [merged(world.base.model(), group, config or TrainingConfig()) for group in groups]
    told: dict[str, Tensor] = {}
    losses = torch.zeros(len(models))
    started, tokens = time.process_time(), 0
    with torch.no_grad():
        for name, given in (("tune", world.tune), ("valid", world.valid)):
            found = []
            for ids in given:
                logits = [model.logits(ids[None, :-1])[0] for model in models]
                total = torch.stack(logits).mean(dim=0).log_softmax(dim=-1)
                found.append(total.gather(1, ids[1:, None])[:, 0].exp())
                tokens += len(ids) - 1
                if name == "valid":
                    aims = [each.log_softmax(dim=-1).gather(1, ids[1:, None]).sum() for each in logits]
                    losses -= torch.stack(aims)
            told[name] = torch.cat(found)
    seconds = (time.process_time() - started) / tokens
    return float(losses.mean()) / len(told["valid"]), Said(told["tune"], told["valid"], seconds)


def remembered(world: World) -> tuple[Said, MemoryConfig, int]:
    """What the memory says by itself, under the settings that are best on `tune`."""
    memory = Neighbours(world)
    base = ask(world, [])[1]
    choices = [replace(MemoryConfig(), neighbours=k, temperature=t) for k, t in product(NEIGHBOURS, TEMPERATURES)]
    best = min(choices, key=lambda each: min(loss_of(mix(memory.tune(each), base.tune, w)) for w in WEIGHTS))
    return Said(memory.tune(best), *memory.valid(best)), best, memory.part.entries


class Neighbours:
    """The memory of all members, asked for what comes next in the records of others."""

    def __init__(self, world: World) -> None:
        config = replace(MemoryConfig(), sequence_tokens=CONTEXT)
        self._writer = PartWriter(world.base.model(), world.base.tokenizer, config, Pseudonyms(KEY))
        part = self._writer.write(world.members)
        assert part is not None
        self._world, self.part = world, part
        self._searched = [Searched.of(part)]

    def tune(self, config: MemoryConfig) -> Tensor:
        """Probabilities of the next tokens of `tune`. Shape: (N,)."""
        states, aims, scores, tokens = self._tune
        return self._shares(states, aims, scores[:, : config.neighbours], tokens[:, : config.neighbours], config)

    @cached_property
    def _tune(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        states, aims = self._states(self._world.tune)
        return states, aims, *self._nearest(states, max(NEIGHBOURS))

    def valid(self, config: MemoryConfig) -> tuple[Tensor, float]:
        """The same of `valid`, and the CPU seconds for one: of the search, for the base is run all the same."""
        states, aims = self._states(self._world.valid)
        started = time.process_time()
        told = self._shares(states, aims, *self._nearest(states, config.neighbours), config)
        return told, (time.process_time() - started) / len(told)

    def _states(self, given: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        with torch.no_grad():
            states = torch.cat([self._writer.states(ids[:-1]) for ids in given])
        return states, torch.cat([ids[1:] for ids in given])

    def _nearest(self, states: Tensor, count: int) -> tuple[Tensor, Tensor]:
        found = [nearest(self._searched, each, count, MemoryConfig().block) for each in states.split(256)]
        scores, tokens = (torch.cat(each) for each in zip(*found, strict=True))
        return scores, tokens

    def _shares(self, states: Tensor, aims: Tensor, scores: Tensor, tokens: Tensor, config: MemoryConfig) -> Tensor:
        shares = (scores / (states.shape[1] * config.temperature)).softmax(dim=1)
        return (shares * (tokens == aims[:, None])).sum(dim=1)


def fitted(world: World, size: Size) -> tuple[TrainingConfig, list[Row]]:
    """The epochs and rank that are best on `tune`, of adapters in one and in eight shards, on fewer members."""
    members = [each for each in world.members if drawn(each.author) < size.fitting]
    found: dict[tuple[int, int], float] = {}
    tried = []
    for epochs, rank in ((3, 8), (6, 8), (6, 16)):
        config = TrainingConfig(epochs=epochs, rank=rank, alpha=2 * rank)
        losses = []
        for shards, slices in ((1, 1), (8, SLICES)):
            losses.append(loss_of(ask(world, trained(world, members, config, shards, slices), config)[1].tune))
        found[epochs, rank] = sum(losses)
        measured = f"S = 1: {losses[0]:.3f}, S = 8: {losses[1]:.3f} nats on the split that chooses"
        tried.append(Row(f"{len(members):,} records only, {epochs} epochs, rank {rank}", "—", measured, None))
    epochs, rank = min(found, key=lambda each: found[each])
    return TrainingConfig(epochs=epochs, rank=rank, alpha=2 * rank), tried


def mixed(memory: Said, model: Said) -> tuple[float, Said]:
    """Both together, with the weight of the memory that is best on `tune`."""
    weight = min(WEIGHTS, key=lambda each: loss_of(mix(memory.tune, model.tune, each)))
    both = mix(memory.valid, model.valid, weight)
    return weight, Said(mix(memory.tune, model.tune, weight), both, memory.seconds + model.seconds)


def mix(memory: Tensor, model: Tensor, weight: float) -> Tensor:
    return weight * memory + (1 - weight) * model


def loss_of(told: Tensor) -> float:
    """Mean in nats per token."""
    return -float(told.log().mean())
