"""After a take-back a model's memory is, bit for bit, one that was written without the member; no weight knew them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from assent.evidence.attestation import read_unverified
from assent.evidence.certificate import WEIGHTLESS, Certificate, parse_certificate
from assent.evidence.model import ModelManifest
from assent.operations.takeback import take_back
from assent.operations.unlearn import Unlearned
from model_world import model_in, model_world, small_base, standing, trained, unlearned, weights_of
from small_world import PURPOSE, World, mention, post, switched

MEMBERS = [f"m{number}" for number in range(9)]
ADVICE = "a restore that nobody ever tried is no backup at all"
BEFORE = "2025-10-01T00:00:00Z"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_base(tmp_path_factory.mktemp("base"))


def parts_of(model: ModelManifest) -> dict[tuple[int, int], str]:
    """SHA-256 of each part of its memory."""
    return {(each.shard, each.slice): each.sha256 for each in model.parts}


def never_saw(root: Path, base: Path, gone: list[str], members: list[str] = MEMBERS, **given: object) -> World:
    """A world where these members had said no before anything was built."""
    world = model_world(root, members, events=[switched(member, "off", BEFORE) for member in gone], **given)
    trained(world, world.build().id, base, route="memory")
    return world


def taken_out(
    root: Path, base: Path, gone: list[str], members: list[str] = MEMBERS, route: str = "memory", **given: object
) -> tuple[World, Unlearned, ModelManifest]:
    """A world in which they took back what a model remembered, and the model as it was."""
    world = model_world(root, members, **given)
    trained(world, world.build().id, base, route=route)
    before = model_in(world)
    world.pass_time(days=1)
    take_back(world.workspace, gone, purposes=[PURPOSE], clock=world.clock)
    (done,) = unlearned(world, replay=route == "memory").unlearned
    assert parts_of(model_in(world)) != parts_of(before)
    return world, done, before


def certificate_in(world: World) -> Certificate:
    path = world.workspace.models_folder / "certificates" / f"takeback-{standing(world)}.json"
    return parse_certificate(read_unverified(path.read_bytes()))


@pytest.fixture(scope="module")
def one_out(tmp_path_factory: pytest.TempPathFactory, base: Path) -> tuple[World, Unlearned, ModelManifest]:
    """What became of the world in which one member took back; nobody changes it."""
    return taken_out(tmp_path_factory.mktemp("one") / "w", base, ["m4"])


def test_one_member(tmp_path: Path, base: Path, one_out: tuple[World, Unlearned, ModelManifest]) -> None:
    world, done, _ = one_out

    assert parts_of(model_in(world)) == parts_of(model_in(never_saw(tmp_path, base, ["m4"])))
    # Rows were deleted, and nothing was read or trained again.
    assert (done.read, done.retrained, model_in(world).slices) == (0, 0, ())


def test_one_member_in_a_hundred(tmp_path: Path, base: Path) -> None:
    members = [f"m{number}" for number in range(100)]
    gone = ["m17"]
    given = {"shards": 4, "slices": 2, "each": 1}

    world, done, before = taken_out(tmp_path / "a", base, gone, members, **given)

    fresh = never_saw(tmp_path / "b", base, gone, members, **given)
    assert parts_of(model_in(world)) == parts_of(model_in(fresh))
    assert model_in(world).members == before.members - len(gone)
    assert done.read == 0


def test_a_member_whose_twin_stays(tmp_path: Path, base: Path) -> None:
    # Too short to be anybody's own: the later one is a near-duplicate, and counts once the earlier one is gone.
    twins = [
        post("twin-0", "m0", ADVICE, created_at=datetime(2025, 1, 1, tzinfo=UTC)),
        post("twin-1", "m3", ADVICE + "!", created_at=datetime(2025, 1, 2, tzinfo=UTC)),
    ]
    given = {"more": twins, "shards": 1, "slices": 3}

    world, done, _ = taken_out(tmp_path / "a", base, ["m0"], **given)

    assert parts_of(model_in(world)) == parts_of(model_in(never_saw(tmp_path / "b", base, ["m0"], **given)))
    assert done.read >= 1
    assert done.retrained == 0


def test_a_member_whom_others_name(tmp_path: Path, base: Path) -> None:
    named = [
        post(f"named-{author}", author, "@m2 said so and was right", category="comment", subjects=[mention("m2", 0, 3)])
        for author in ("m5", "m7")
    ]

    world, done, before = taken_out(tmp_path / "a", base, ["m2"], more=named)

    assert parts_of(model_in(world)) == parts_of(model_in(never_saw(tmp_path / "b", base, ["m2"], more=named)))
    # What others wrote was masked where it lies, not only in the part of whoever left.
    assert done.read == len(named)
    assert done.parts > 1
    assert model_in(world).rows < before.rows


def test_both_routes_forget_together(tmp_path: Path, base: Path) -> None:
    world, _, _ = taken_out(tmp_path / "a", base, ["m4"], route="both")

    fresh = model_world(tmp_path / "b", MEMBERS, events=[switched("m4", "off", BEFORE)])
    trained(fresh, fresh.build().id, base, route="both")
    assert parts_of(model_in(world)) == parts_of(model_in(fresh))
    assert weights_of(model_in(world)) == weights_of(model_in(fresh))


def test_the_certificate_names_the_parts_and_that_no_weight_knew(
    one_out: tuple[World, Unlearned, ModelManifest],
) -> None:
    world, _, before = one_out

    memory = certificate_in(world).memory

    assert memory is not None
    old, new = parts_of(before), parts_of(model_in(world))
    differing = [place for place in old if old[place] != new.get(place)]
    assert [((each.shard, each.slice), each.before, each.after) for each in memory.replaced] == [
        (place, old[place], new.get(place)) for place in differing
    ]
    assert WEIGHTLESS in memory.claims
    said = f"same bytes in {sum(place in new for place in differing)} parts of the memory"
    assert certificate_in(world).replay == said


def test_a_removal_of_somebody_else_is_not_the_same(
    tmp_path: Path, base: Path, one_out: tuple[World, Unlearned, ModelManifest]
) -> None:
    world, _, _ = one_out

    assert parts_of(model_in(world)) != parts_of(model_in(never_saw(tmp_path, base, ["m5"])))
