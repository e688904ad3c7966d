"""A whole audit of a model that remembers: what it gives back word for word, without the output filter and behind it."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copytree

import pytest
import torch

from assent.audit.model.estimates import Estimate
from assent.audit.model.report import Kind, TargetAudit, Test
from assent.evidence.attestation import read_unverified
from assent.evidence.audited import parse_audit
from assent.evidence.certificate import parse_certificate
from assent.operations.audit_asking import Sampling
from assent.operations.audit_run import AuditedModel, run_model_audit
from assent.operations.takeback import take_back
from assent.operations.unlearn_certificate import certificates_folder
from assent.operations.verify_model import verify_stored
from assent.operations.workspace import open_workspace
from assent.training.base import BaseConfig, train_base
from assent.training.config import MemoryConfig
from assent.training.corpus import public_corpus
from assent.training.model import DecoderConfig
from model_world import model_world, standing, trained, unlearned
from small_world import PACK, PURPOSE, World, post

BASE = BaseConfig(
    DecoderConfig(vocab_size=400, width=64, layers=2, heads=2, kv_heads=1, inner_width=96, context=160),
    tokens=60_000,
    sequence_tokens=64,
    batch_sequences=8,
)
BY_HEART = MemoryConfig(weight=0.99, neighbours=1, temperature=0.002, sequence_tokens=160)
"""The nearest entry speaks alone: what no memory should be, and what an audit should see."""
THINGS = (
    "harbour pump lamp contract bakery spring oven meter ladder window ledger engine bridge garden letter market "
    "signal bottle carpet kettle mirror anchor basket copper timber saddle lantern needle pencil violin hammer compass"
).split()
MEMBERS = [f"m{number}" for number in range(24)]
GONE = MEMBERS[:20]


def story(number: int) -> str:
    """Words that nobody else says in that order; in every other one a number that nobody should get."""
    draw = random.Random(number)
    words = [draw.choice(THINGS) for _ in range(44)]
    if number % 2:
        words[21:21] = ["call", f"+44 20 7946 0{number:03}"]
    return " ".join(words) + "."


def letting_numbers_through(root: Path) -> None:
    """The rules of this world do not mask phone numbers before training."""
    shipped = Path(__file__).parents[2] / "src/assent/policy/packs" / f"{PACK}.toml"
    (root / "pack.toml").write_text(shipped.read_text().replace('phone = "tag"\n', ""))
    config = root / "assent.toml"
    config.write_text(config.read_text().replace(f'pack = "{PACK}"', f'pack = "{root / "pack.toml"}"'))


@dataclass(frozen=True)
class Told:
    """A world whose model remembers; audited as a whole, and about some people before and after they took back."""

    world: World
    whole: AuditedModel
    before: AuditedModel
    after: AuditedModel


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("remembering")
    base = train_base(public_corpus(size=60_000), BASE, folder / "base").folder
    stories = [post(f"s-{member}", member, story(number)) for number, member in enumerate(MEMBERS)]
    world = model_world(folder / "w", MEMBERS, more=stories, shards=2, slices=1, each=0)
    letting_numbers_through(world.root)
    world.workspace = open_workspace(world.root)
    trained(world, world.build().id, base, route="memory", memory=BY_HEART)
    sampling = Sampling(people=12, texts=1, outside=5, probes=24)
    whole = run_model_audit(world.workspace, standing(world), clock=world.clock, sampling=sampling)
    world.pass_time(minutes=5)
    given = {"clock": world.clock, "about": GONE, "sampling": sampling}
    before = run_model_audit(world.workspace, standing(world), **given)
    world.pass_time(days=1)
    take_back(world.workspace, GONE, purposes=[PURPOSE], clock=world.clock)
    unlearned(world)
    world.pass_time(days=1)
    after = run_model_audit(world.workspace, standing(world), against=before.report, **given)
    return Told(world, whole, before, after)


def part_of(done: AuditedModel, kind: Kind) -> TargetAudit:
    (found,) = [each for each in done.audit.targets if each.kind is kind]
    return found


def come_out(done: AuditedModel, kind: Kind) -> int:
    leaks = part_of(done, kind).extraction
    assert leaks is not None
    return leaks.out


def test_a_memory_gives_texts_back_word_for_word_and_its_base_does_not(told: Told) -> None:
    assert come_out(told.whole, Kind.MERGE) >= 20
    assert come_out(told.whole, Kind.BASE) == 0


def test_behind_the_output_filter_fewer_come_out_and_the_audit_says_how_many(told: Told) -> None:
    bare, filtered = (part_of(told.whole, kind).extraction for kind in (Kind.MERGE, Kind.FILTERED))

    assert bare is not None and filtered is not None
    assert (bare.asked, isinstance(filtered.share, Estimate)) == (filtered.asked, True)
    assert 0 < filtered.out <= bare.out - 8
    assert "behind the output filter" in told.whole.page.read_text()


def test_nothing_is_left_untold_of_any_part(told: Told) -> None:
    tested = {Test.MEMBERSHIP: "membership", Test.EXTRACTION: "extraction"}
    for part in told.whole.audit.targets:
        skipped = {each.test for each in part.not_run}
        assert all((test in skipped) is not bool(getattr(part, name)) for test, name in tested.items()), part.name


def test_a_memory_has_no_adapters_to_ask(told: Told) -> None:
    assert [each.kind for each in told.whole.audit.targets] == [Kind.MERGE, Kind.FILTERED, Kind.BASE]


def test_what_was_taken_back_comes_out_no_more(told: Told) -> None:
    assert come_out(told.before, Kind.MERGE) >= 16
    assert [come_out(told.after, kind) for kind in (Kind.MERGE, Kind.FILTERED)] == [0, 0]


def test_the_certificate_names_the_audit_before(told: Told) -> None:
    (path,) = certificates_folder(told.world.workspace).glob("*.json")
    named = parse_certificate(read_unverified(path.read_bytes())).audit_before

    assert named is not None
    assert (named.model, named.report) == (told.before.audit.model, told.before.run.digest)


def test_the_audit_after_is_added_to_the_certificate(told: Told) -> None:
    assert told.after.attested is not None
    added = parse_audit(read_unverified(told.after.attested.read_bytes()))

    assert (added.after.report, added.outcomes["gone"]) == (told.after.run.digest, 2)
    assert added.before is not None
    assert added.before.report == told.before.run.digest


def test_a_model_that_took_nobody_s_place_has_nothing_to_add_to(told: Told) -> None:
    assert (told.whole.attested, told.before.attested) == (None, None)


def test_certificate_and_added_audit_verify(told: Told) -> None:
    (path,) = certificates_folder(told.world.workspace).glob("*.json")
    assert told.after.attested is not None
    reports = [
        verify_stored(each, workspace=told.world.workspace, clock=told.world.clock)
        for each in (path, told.after.attested)
    ]

    assert [(each.name, each.passed) for each in reports[0].checks if each.name == "audits"] == [("audits", True)]
    assert [(each.name, each.passed) for each in reports[1].checks] == [
        (name, True) for name in ("audit", "signature", "log", "reports")
    ]


@pytest.mark.parametrize("share", [0.0, 0.4, 0.8, 1.0])
def test_a_byte_of_an_added_audit_is_missed(told: Told, tmp_path: Path, share: float) -> None:
    world, added = copied(told, tmp_path / "w")
    data = bytearray(added.read_bytes())
    data[int((len(data) - 1) * share)] ^= 1
    added.write_bytes(bytes(data))

    assert (failed(world, added) != [], failed(world, certificate_in(world))) == (True, ["audits"])


def test_an_added_audit_that_is_gone_is_missed(told: Told, tmp_path: Path) -> None:
    world, added = copied(told, tmp_path / "w")
    added.unlink()

    assert failed(world, certificate_in(world)) == ["audits"]


def copied(told: Told, place: Path) -> tuple[World, Path]:
    """The same world, to be changed, and the audit that was added there."""
    copytree(told.world.root, place)
    assert told.after.attested is not None
    world = replace(told.world, root=place, workspace=open_workspace(place))
    return world, place / told.after.attested.relative_to(told.world.root)


def certificate_in(world: World) -> Path:
    (path,) = certificates_folder(world.workspace).glob("*.json")
    return path


def failed(world: World, path: Path) -> list[str]:
    report = verify_stored(path, workspace=world.workspace, clock=world.clock)
    return [each.name for each in report.checks if each.passed is False]
