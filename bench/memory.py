"""A memory: a member out of ten million entries, tokens per second with search and without, what it repeats verbatim.

    python -m bench memory [--quick]

Removal and speed are measured on keys made up by chance, of the tiny base's width: neither depends on what keys say.
Removal is what a take-back does to a part: read its file, delete the rows, write the file durably. Extraction is of
members of a question-and-answer site (see `bench.routes`), as an auditor would try it: the first 50 tokens of a text,
then 50 tokens greedily; all of them must be those of the text. The adapter is one on everything, so that nothing is
diluted; without a list the output filter masks personal details alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor

from assent.curation.outputs import OutputFilter
from assent.storage.files import write_durably
from assent.training.base import Base
from assent.training.config import MemoryConfig, TrainingConfig
from assent.training.language import LanguageModel
from assent.training.memory.answering import Logits, Memory, Remembering, go_on
from assent.training.memory.entries import Part, Pseudonyms, decode_part, encode_part, quantised, tags
from assent.training.memory.writing import PartWriter
from assent.training.serving import merged
from bench.report import Row
from bench.routes import FULL, QUICK, World, prepare, trained

PSEUDONYMS = Pseudonyms(b"the key of this experiment")
ENTRIES, PARTS, RECORD = 10_000_000, 64, 25
"""16 shards of 4 slices; a record has as many tokens as one of the synthetic network, about."""
SEARCHED = (100_000, 1_000_000, 10_000_000)
PREFIX = CONTINUED = 50


def run(*, quick: bool) -> list[Row]:
    """The rows of the table, measured now. Cost: about 10 minutes of CPU, 2 with `quick`."""
    torch.set_num_threads(1)
    size = 10 if quick else 1
    with TemporaryDirectory(prefix="assent-bench-memory-") as folder:
        world = prepare(Path(folder), QUICK if quick else replace(FULL, members=QUICK.members))
        parts = [made_up(ENTRIES // PARTS // size, seed) for seed in range(PARTS)]
        return [
            *removal(parts, Path(folder)),
            *speed(world.base, parts, [each // size for each in SEARCHED]),
            *extraction(world, 20 if quick else 60, (3,) if quick else (3, 30)),
        ]


def made_up(entries: int, seed: int, width: int = 128) -> Part:
    """A part of members with ten records each, of keys drawn by chance."""
    drawn = torch.Generator().manual_seed(seed)
    records = entries // RECORD
    keys, scales = quantised(torch.randn(records * RECORD, width, generator=drawn))
    names = sorted(PSEUDONYMS.record(f"{seed}/{number}") for number in range(records))
    return Part(
        keys,
        scales,
        torch.randint(0, 2048, (len(keys),), generator=drawn, dtype=torch.int32),
        torch.full((records,), RECORD, dtype=torch.int32),
        tags([PSEUDONYMS.owner(f"{seed}/{number // 10}") for number in range(records)]),
        tags(names),
        tags([PSEUDONYMS.record(f"text {seed}/{number}") for number in range(records)]),
    )


def removal(parts: list[Part], folder: Path) -> Iterator[Row]:
    entries = sum(each.entries for each in parts)
    place, member = 17, PSEUDONYMS.owner("17/3")
    path = folder / "part.safetensors"
    # All of a member's entries lie in one part; the files of the others are not touched.
    write_durably(path, encode_part(parts[place]))
    started = time.perf_counter()
    left = decode_part(path.read_bytes(), path).without(owners=[member])
    write_durably(path, encode_part(left))
    seconds = time.perf_counter() - started
    gone = parts[place].entries - left.entries
    fresh = sha256(encode_part(_never_had(parts[place], 3))).digest()
    same = sha256(path.read_bytes()).digest() == fresh and gone > 0
    yield Row(
        f"a member ({gone:,} entries) out of {entries:,}, made-up keys, {len(parts)} parts",
        "≤ 1 s, equal to a store without them",
        f"{seconds:.3f} s, {'equal' if same else 'not equal'}",
        seconds <= 1 and same,
    )
    memory = Memory.of(MemoryConfig(), parts)
    started = time.perf_counter()
    found = memory.without(owners=[member])
    seconds = time.perf_counter() - started
    yield Row("the same in a memory that is being asked", "—", f"{seconds:.2f} s to {found.entries:,} entries", None)


def _never_had(part: Part, member: int) -> Part:
    """The part put together without the ten records of that member, which lie one after another."""
    first, last = 10 * member, 10 * (member + 1)
    entries = [
        torch.cat((each[: first * RECORD], each[last * RECORD :])) for each in (part.keys, part.scales, part.values)
    ]
    records = [torch.cat((each[:first], each[last:])) for each in (part.counts, part.owners, part.records, part.texts)]
    return Part(*entries, *records)


def speed(base: Base, parts: list[Part], sizes: list[int]) -> Iterator[Row]:
    model = base.model()
    ids = torch.randint(3, model.vocab_size, (1, 32), generator=torch.Generator().manual_seed(1))
    alone = _tokens_per_second(lambda given: model.logits(given)[:, -1], ids, 20)
    yield Row("tokens/s, one text at a time, no search", "—", f"{alone:,.0f}", None)
    for size in sizes:
        memory = Memory.of(MemoryConfig(), list(_first(parts, size)))
        count = max(3, min(20, 20_000_000 // size))
        searched = _tokens_per_second(Remembering(model, memory).next, ids, count)
        states = torch.randn(64, 128, generator=torch.Generator().manual_seed(2))
        started = time.process_time()
        memory.probabilities(states, model.vocab_size)
        many = 64 / (time.process_time() - started)
        yield Row(
            f"tokens/s with search among {memory.entries:,} entries",
            "—",
            f"{searched:,.1f} one text at a time ({searched / alone:.0%}); {many:,.0f} questions/s of 64 at once",
            None,
        )


def _first(parts: list[Part], entries: int) -> Iterator[Part]:
    for part in parts:
        records = min(len(part.counts), entries // RECORD)
        entries -= records * RECORD
        if records:
            yield part.only(torch.arange(len(part.counts)) < records)


def _tokens_per_second(says: Callable[[Tensor], Tensor], ids: Tensor, count: int) -> float:
    started = time.process_time()
    go_on(says, ids, count, context=512)
    return count / (time.process_time() - started)


def extraction(world: World, asked: int, epochs: tuple[int, ...]) -> Iterator[Row]:
    """Of a model by memory, one by an adapter, and the base: how many texts come back word for word."""
    base, model = world.base, world.base.model()
    told = base.tokenizer.encode([each.text for each in world.members])
    texts = [ids for ids in told if len(ids) >= PREFIX + CONTINUED][:asked]
    wanted = [base.tokenizer.decode(ids[PREFIX : PREFIX + CONTINUED]) for ids in texts]
    config, outputs = MemoryConfig(), OutputFilter(None)
    part = PartWriter(model, base.tokenizer, config, PSEUDONYMS).write(world.members)
    assert part is not None
    rest = f"{len(texts)} texts of {part.entries:,} tokens"
    for name, says in (
        ("the base", _last(model)),
        *((f"an adapter, {each} epochs", _last(_adapted(world, each))) for each in epochs),
        *(
            (f"the memory, temperature {each.temperature}", Remembering(model, Memory.of(each, [part])).next)
            for each in (config, replace(config, temperature=config.temperature / 10))
        ),
    ):
        said = [_continued(says, ids, base) for ids in texts]
        hits = sum(each == other for each, other in zip(said, wanted, strict=True))
        left = sum(each == other for each, other in zip(outputs.clean_all(said).texts, wanted, strict=True))
        alike = sum(_longest(each, other) for each, other in zip(said, wanted, strict=True)) / len(said)
        yield Row(
            f"{CONTINUED} tokens word for word after {PREFIX}, {rest}: {name}",
            "—",
            f"{hits / len(said):.0%}, behind the output filter {left / len(said):.0%}; {alike:.0f} characters alike",
            None,
        )


def _adapted(world: World, epochs: int) -> LanguageModel:
    config = replace(TrainingConfig(), epochs=epochs)
    return merged(world.base.model(), trained(world, world.members, config, shards=1, slices=1), config)


def _last(model: LanguageModel) -> Logits:
    return lambda ids: model.logits(ids)[:, -1]


def _continued(says: Callable[[Tensor], Tensor], ids: list[int], base: Base) -> str:
    given = torch.tensor([[base.tokenizer.begin, *ids[:PREFIX]]])
    answer = go_on(says, given, CONTINUED, context=base.model().context, stop=(base.tokenizer.end,))
    return base.tokenizer.decode(answer[0, PREFIX + 1 :].tolist())


def _longest(one: str, other: str) -> int:
    """How many characters both begin with."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
