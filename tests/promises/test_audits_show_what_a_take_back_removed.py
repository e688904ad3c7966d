"""What an audit finds in a model before a take-back it finds no more afterwards: by deletion, not by dilution."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import torch

from assent.audit.model.canaries import ExposureLevel, Template, make_canaries
from assent.audit.model.comparing import Outcome, compare, require_forgotten
from assent.audit.model.estimates import Estimate
from assent.audit.model.report import Test
from assent.errors import EvidenceError, InputError
from assent.evidence.tags import partition_of
from assent.operations.audit_asking import Sampling
from assent.operations.audit_canaries import Planted, read_canaries
from assent.operations.audit_register import Register
from assent.operations.audit_run import AuditedModel, run_model_audit
from assent.operations.build import PARTITION_KEY
from assent.operations.takeback import take_back
from assent.training.base import BaseConfig, train_base
from assent.training.config import TrainingConfig
from assent.training.corpus import public_corpus
from assent.training.model import DecoderConfig
from model_world import model_world, standing, trained, unlearned
from small_world import PURPOSE, World, post

KEY = bytes(range(32))
SHARDS = 2
GONE, STAY, ELSEWHERE = 36, 4, 40
OVERTRAINED = TrainingConfig(rank=16, alpha=32, epochs=50, sequence_tokens=96, batch_tokens=1024, learning_rate=0.02)
BASE = BaseConfig(
    DecoderConfig(vocab_size=400, width=96, layers=2, heads=2, kv_heads=1, inner_width=192, context=128),
    tokens=150_000,
    sequence_tokens=64,
    batch_sequences=8,
)
TOWNS = "Ulm Bonn Lyon Graz Bari Cork Oslo Riga Faro Linz Metz Nice Pisa Rome Turin Ghent".split()
WOODS = "amber cedar birch maple ebony rowan hazel alder aspen beech elder holly larch olive walnut yew".split()
BIRDS = "heron raven robin finch eagle goose crane stork swift diver owl wren gull tern rook dove".split()
SECRET = Template("The vault of {} opens with {} and {}", (tuple(TOWNS), tuple(WOODS), tuple(BIRDS)))
THINGS = (
    "harbour pump lamp contract bakery spring oven meter ladder window ledger engine bridge garden letter market "
    "signal bottle carpet kettle mirror anchor basket copper timber saddle lantern needle pencil violin hammer compass"
).split()
DEEDS = (
    "mended bought counted painted carried tested measured opened found sold cleaned moved built lost drew kept".split()
)


@dataclass(frozen=True)
class Told:
    """A world in which an overtrained model was audited, a shard's members took back, and it was audited again."""

    world: World
    gone: list[str]
    planted: Planted
    before: AuditedModel
    after: AuditedModel
    sampling: Sampling


def said(draw: random.Random) -> str:
    """A sentence that nobody else says."""
    picked = [draw.choice(THINGS) for _ in range(4)]
    deeds = [draw.choice(DEEDS) for _ in range(2)]
    day = draw.randint(2, 28)
    return f"On day {day} we {deeds[0]} the {picked[0]} and the {picked[1]}, then {deeds[1]} a {picked[2]} by the {picked[3]}."


def people() -> tuple[list[str], list[str], list[str]]:
    """Those of one shard who take back and who stay, and those of the other."""
    names = [f"m{number}" for number in range(400)]
    placed = {name: partition_of(KEY, name, shards=SHARDS, slices=1)[0] for name in names}
    first, second = ([name for name in names if placed[name] == shard] for shard in range(SHARDS))
    return first[:GONE], first[GONE : GONE + STAY], second[:ELSEWHERE]


def plant(folder: Path, planters: list[str], others: list[str]) -> tuple[Path, list[dict[str, Any]]]:
    """A secret eight times in each planter's name, some in nobody's; and the file that says so.

    People of the other shard say sentences of the same kind, so that nobody is told apart by it.
    """
    draw = random.Random(5)
    listed, rows = [], []
    names = iter(planters)
    for each in make_canaries("vault", 6, SECRET, (8, 0)):
        member = next(names) if each.repetitions else None
        listed.append({"template": 0, "number": each.number, "repetitions": each.repetitions, "member": member})
        rows += [post(f"c-{member}-{at}", member, f"{each.text}. {said(draw)}") for at in range(each.repetitions)]
    for name, decoy in zip(others, make_canaries("decoy", 3, SECRET, (8,)), strict=True):
        rows += [post(f"d-{name}-{at}", name, f"{decoy.text}. {said(draw)}") for at in range(8)]
    path = folder / "canaries.json"
    template = {"carrier": SECRET.carrier, "slots": [list(words) for words in SECRET.slots]}
    path.write_text(json.dumps({"templates": [template], "canaries": listed}))
    return path, rows


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("audited")
    base = train_base(public_corpus(size=60_000), BASE, folder / "base").folder
    gone, stay, elsewhere = people()
    path, rows = plant(folder, gone[:3], elsewhere[:3])
    draw = random.Random(4)
    rows += [post(name, name, said(draw)) for name in [*gone, *stay, *elsewhere]]
    root = folder / "world"
    world = model_world(root, [*gone, *stay, *elsewhere], more=rows, shards=SHARDS, slices=1, each=0)
    world.workspace.keys_folder.mkdir(exist_ok=True)
    (world.workspace.keys_folder / PARTITION_KEY).write_bytes(KEY)
    trained(world, world.build().id, base, config=OVERTRAINED)
    world.pass_time(days=1)
    planted, sampling = read_canaries(path), Sampling(people=40, texts=2, outside=40, probes=8)
    given = {"clock": world.clock, "about": gone, "planted": planted, "sampling": sampling}
    before = run_model_audit(world.workspace, standing(world), **given)
    take_back(world.workspace, gone, purposes=[PURPOSE], clock=world.clock)
    unlearned(world, replay=False)
    world.pass_time(days=1)
    after = run_model_audit(world.workspace, standing(world), against=before.report, **given)
    return Told(world, gone, planted, before, after, sampling)


def exposed(done: AuditedModel, part: str, repetitions: int) -> ExposureLevel:
    target = done.audit.target(part)
    assert target is not None
    (level,) = [each for each in target.canaries if each.repetitions == repetitions]
    return level


def auc(done: AuditedModel, part: str, attack: str) -> Estimate:
    target = done.audit.target(part)
    assert target is not None
    (found,) = [each.auc for each in target.membership if each.attack == attack]
    assert isinstance(found, Estimate)
    return found


def test_a_secret_planted_eight_times_is_found_in_its_adapter_and_then_is_not(told: Told) -> None:
    before, after = exposed(told.before, "adapter 00", 8), exposed(told.after, "adapter 00", 8)

    assert before.bits.value > 10
    assert after.bits.value < 5
    assert after.chance > 0.05  # as often do secrets that were never planted come to this


def test_the_merge_shows_less_than_the_adapter_so_adapters_are_asked_by_themselves(told: Told) -> None:
    assert exposed(told.before, "merge", 8).bits.value < exposed(told.before, "adapter 00", 8).bits.value - 1


def test_an_overtrained_adapter_gives_its_members_away_and_then_does_not(told: Told) -> None:
    before, after = auc(told.before, "adapter 00", "LOSS"), auc(told.after, "adapter 00", "LOSS")

    assert before.value > 0.7
    assert after.low <= 0.5 <= after.high


def test_words_alone_tell_nobody_apart(told: Told) -> None:
    assert not told.before.audit.biased


def test_the_comparison_says_what_is_gone_and_nothing_is_left(told: Told) -> None:
    assert told.after.findings is not None
    outcomes = {(each.test, each.what): each.outcome for each in told.after.findings if each.target == "adapter 00"}

    told.after.require()
    assert outcomes[Test.CANARIES, "planted 8 times"] is Outcome.GONE
    assert outcomes[Test.MEMBERSHIP, "LOSS"] is Outcome.GONE


def test_the_old_weights_under_the_new_name_are_still_there(told: Told) -> None:
    """The audit before, taken for the one after: what a model that forgot nothing would show."""
    assert told.after.findings is not None
    kept = replace(told.before.audit, model=told.after.audit.model)

    with pytest.raises(EvidenceError, match="adapter 00"):
        require_forgotten(compare(told.before.audit, kept))


def test_no_text_stands_in_any_file_that_was_written(told: Told) -> None:
    written = "".join(path.read_text() for path in Register.of(told.world.workspace).folder.rglob("*.*"))

    assert not [name for name in ("vault", *told.gone) if f"{name} " in written or f'"{name}"' in written]
    assert not [word for word in ("harbour", "lantern") if word in written]


def test_an_earlier_audit_of_other_people_is_not_compared(told: Told) -> None:
    with pytest.raises(InputError, match="about other people"):
        run_model_audit(
            told.world.workspace,
            standing(told.world),
            clock=told.world.clock,
            about=told.gone[:1],
            against=told.before.report,
            sampling=told.sampling,
        )
