"""Shards as chains of slices: which checkpoints a model needs, which of them there are, and the rest trained.

    rows by (shard, slice) ─ digests ─ keys ─ the longest prefix that lies in the store ─ train from there ─ checkpoints

Learning a new snapshot and unlearning a member are the same thing here: where a slice's rows are those of an earlier
model, and all before them, its key is the same and nothing is trained. Chains know nothing of each other, so they may
be trained by one process, by several, or on several machines that share a store; the bytes are the same.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Final

from assent.errors import UnavailableError
from assent.evidence.model import ROUTES, checkpoint_key
from assent.training.base import Base
from assent.training.checkpoints import Checkpoint, CheckpointStore
from assent.training.config import MemoryConfig, TrainingConfig
from assent.training.device import environment
from assent.training.lora import decode_state, encode_state
from assent.training.packing import Text, digest_of
from assent.training.slices import SliceTrainer, Step, nobody_watches

ReadSlice = Callable[[int, int], Sequence[Text]]
"""The rows of a (shard, slice), in any order; asked again for those that are trained."""
Watch = Callable[["Advance"], None]


@dataclass(frozen=True, slots=True)
class Advance:
    """How far training is.

    Args:
        tokens: learned so far, each as often as it was passed over; `of` are to be learned in all, about.
        loss: of the last step or slice, in nats per token; None before there is one.
        seconds: since training began.
        doing: what is going on, in words.
    """

    tokens: int
    of: int
    loss: float | None
    seconds: float
    doing: str = "training"

    @property
    def per_second(self) -> float:
        """Tokens learned in a second so far."""
        return self.tokens / self.seconds if self.seconds else 0.0


def nobody_looks(_advance: Advance) -> None:
    """Nothing is shown."""


@dataclass(frozen=True, slots=True)
class Link:
    """A slice in its chain.

    Args:
        key: of the checkpoint after it.
        before: of the checkpoint it begins from; None where it is the first that holds anything.
        data: SHA-256 over its rows alone.
        characters: of its texts, by which the work is estimated.
        learns: whether it holds anything; one that does not has the checkpoint of the slice before.
    """

    shard: int
    slice: int
    key: str
    before: str | None
    data: str
    rows: int
    members: int
    characters: int

    @property
    def learns(self) -> bool:
        """Whether there is anything in it."""
        return self.characters > 0


@dataclass(frozen=True, slots=True)
class Setting:
    """What every chain is trained with, and a memory is written with.

    Args:
        device: `cpu`, or `cuda`.
        route: which of `evidence.model.ROUTES`; by `memory` alone no chain is trained.
    """

    base: Base
    config: TrainingConfig
    device: str = "cpu"
    route: str = ROUTES[0]
    memory: MemoryConfig = field(default_factory=MemoryConfig)

    @property
    def parameters(self) -> int:
        """Of the base."""
        return sum(each.numel() for each in self.base.model().module.parameters())


def link_up(read: ReadSlice, shards: Iterable[int], slices: int, setting: Setting) -> list[Link]:
    """Every slice of these shards with the key of the checkpoint after it."""
    links = []
    for shard in shards:
        digests: tuple[str, ...] = ()
        before: str | None = None
        for part in range(slices):
            rows = read(shard, part)
            digests = (*digests, digest_of(rows))
            key = checkpoint_key(setting.base.digest, setting.config.digest, shard, digests)
            authors = {row.author for row in rows}
            size = sum(len(row.text) for row in rows)
            link = Link(shard, part, key, before, digests[-1], len(rows), len(authors), size)
            links.append(link)
            before = key if link.learns else before
    return links


def train_chains(  # noqa: PLR0917 - what a training is
    links: Sequence[Link],
    read: ReadSlice,
    setting: Setting,
    store: CheckpointStore,
    processes: int = 1,
    watch: Watch = nobody_looks,
) -> dict[str, Checkpoint]:
    """The checkpoint of every link that learns lies in the store; gives them by key.

    Killed at any moment, the next call goes on after the last slice that was finished, to the same bytes.

    Raises:
        InputError: a loss is no number any more, or the device is not there.
        UnavailableError: the disk is full, or a process of several was killed.
    """
    found = {link.key: known for link in links if link.learns and (known := store.find(link.key))}
    missing = [link for link in links if link.learns and link.key not in found]
    if not missing:
        return found
    pace = _Pace(watch, sum(link.characters for link in missing) * setting.config.epochs)
    if processes == 1 or len({link.shard for link in missing}) == 1:
        return found | _alone(missing, read, setting, store, pace)
    return found | _together(missing, read, setting, store, processes, pace)


_CHARACTERS_PER_TOKEN: Final = 4
"""A first guess; what was learned corrects it."""


class _Pace:
    """Turns what was learned into an `Advance`."""

    def __init__(self, watch: Watch, characters: int) -> None:
        self._watch, self._characters = watch, max(1, characters)
        self._started = time.monotonic()
        self._tokens, self._done = 0, 0

    def step(self, tokens: int, loss: float) -> None:
        self._tokens += tokens
        self._tell(loss)

    def slice_done(self, characters: int, tokens: int, loss: float | None) -> None:
        """A slice is finished, of which `tokens` had not been told before."""
        self._done += characters
        self._tokens += tokens
        self._tell(loss)

    def _tell(self, loss: float | None) -> None:
        guess = self._characters // _CHARACTERS_PER_TOKEN
        if self._done:
            guess = int(self._tokens * self._characters / self._done)
        self._watch(Advance(self._tokens, max(guess, self._tokens), loss, time.monotonic() - self._started))


def _alone(
    missing: Sequence[Link], read: ReadSlice, setting: Setting, store: CheckpointStore, pace: _Pace
) -> dict[str, Checkpoint]:
    trainer = _trainer(setting)
    found = {}
    for link in missing:
        found[link.key] = _train(trainer, link, read(link.shard, link.slice), store, pace.step)
        pace.slice_done(link.characters * setting.config.epochs, 0, found[link.key].loss)
    return found


def _together(  # noqa: PLR0917 - what a training is
    missing: Sequence[Link],
    read: ReadSlice,
    setting: Setting,
    store: CheckpointStore,
    processes: int,
    pace: _Pace,
) -> dict[str, Checkpoint]:
    chains: dict[int, list[Link]] = {}
    for link in missing:
        chains.setdefault(link.shard, []).append(link)
    # The longest chains first: at the end no process waits long for another.
    waiting = sorted(chains.values(), key=lambda chain: sum(each.characters for each in chain))
    found: dict[str, Checkpoint] = {}
    # A forked child would inherit torch's threads and not their state.
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_begin, initargs=(setting,))
    try:
        with pool:
            running: dict[Future[Checkpoint], list[Link]] = {}
            while waiting or running:
                while waiting and len(running) < processes:
                    _submit(pool, running, waiting.pop(), read, store)
                for done in wait(running, return_when=FIRST_COMPLETED).done:
                    link, *rest = running.pop(done)
                    known = found[link.key] = done.result()
                    tokens = known.tokens * setting.config.epochs
                    pace.slice_done(link.characters * setting.config.epochs, tokens, known.loss)
                    if rest:
                        _submit(pool, running, rest, read, store)
    except BrokenProcessPool:
        raise UnavailableError(
            "a training process was killed", hint="run the same again: it goes on after the last finished slice"
        ) from None
    return found


def _submit(
    pool: ProcessPoolExecutor,
    running: dict[Future[Checkpoint], list[Link]],
    chain: list[Link],
    read: ReadSlice,
    store: CheckpointStore,
) -> None:
    link = chain[0]
    running[pool.submit(_train_here, link, list(read(link.shard, link.slice)), store)] = chain


_here: list[SliceTrainer] = []
"""The trainer of this process, in a process of several."""


def _begin(setting: Setting) -> None:
    _here.append(_trainer(setting))


def _train_here(link: Link, rows: Sequence[Text], store: CheckpointStore) -> Checkpoint:
    return _train(_here[0], link, rows, store, nobody_watches)


def _trainer(setting: Setting) -> SliceTrainer:
    # Tokenising threads of their own would fight those that train for the cores.
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    base = setting.base
    return SliceTrainer.over(base.model(), base.tokenizer, setting.config, setting.device)


def _train(trainer: SliceTrainer, link: Link, rows: Sequence[Text], store: CheckpointStore, watch: Step) -> Checkpoint:
    state = None
    if link.before is not None:
        before = store.find(link.before)
        if before is None:
            raise UnavailableError(
                f"the checkpoint before slice {link.slice} of shard {link.shard} is gone", hint="run the same again"
            )
        state = decode_state(store.read(before), store.weights(link.before))
    learned = trainer.learn(state, rows, order=f"{link.shard}/{link.slice}", watch=watch)
    return store.keep(
        link.key,
        encode_state(learned.state),
        tokens=learned.tokens,
        environment=environment(trainer.device),
        loss=None if learned.loss is None else round(learned.loss, 6),
        curve=learned.curve,
    )


def serving(
    links: Sequence[Link], known: Mapping[str, Checkpoint], only: Collection[str] | None = None
) -> Iterator[tuple[Link, Checkpoint | None]]:
    """Each slice with the checkpoint that serves after it: its own, that of the last before it, or none.

    Args:
        only: the keys that may serve; a chain ends before the first link that learns under another.
    """
    last: dict[int, Checkpoint | None] = {}
    ended: set[int] = set()
    for link in links:
        if link.learns and only is not None and link.key not in only:
            ended.add(link.shard)
        if link.shard in ended:
            continue
        if link.learns:
            last[link.shard] = known[link.key]
        yield link, last.get(link.shard)
