"""After a take-back a model's weights are, bit for bit, those of a training that never saw the member."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from assent.operations.takeback import take_back
from model_world import model_in, model_world, small_base, standing, trained, unlearned, weights_of
from small_world import PURPOSE, World, mention, post, switched

MEMBERS = [f"m{number}" for number in range(9)]
ADVICE = "a restore that nobody ever tried is no backup at all"
BEFORE = "2025-10-01T00:00:00Z"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_base(tmp_path_factory.mktemp("base"))


def never_saw(root: Path, base: Path, gone: list[str], **given: object) -> dict[tuple[int, int], str | None]:
    """The weights where these members had said no before anything was built."""
    world = model_world(root, MEMBERS, events=[switched(member, "off", BEFORE) for member in gone], **given)
    trained(world, world.build().id, base)
    return weights_of(model_in(world))


def taken_out(
    root: Path, base: Path, gone: list[str], **given: object
) -> tuple[World, dict[tuple[int, int], str | None]]:
    """The weights after they took back what a model had learned, and the world it happened in."""
    world = model_world(root, MEMBERS, **given)
    trained(world, world.build().id, base)
    before = weights_of(model_in(world))
    world.pass_time(days=1)
    take_back(world.workspace, gone, purposes=[PURPOSE], clock=world.clock)
    (done,) = unlearned(world).unlearned
    assert done.replaced_by == standing(world)
    after = weights_of(model_in(world))
    assert after != before
    return world, after


def test_one_member(tmp_path: Path, base: Path) -> None:
    _, after = taken_out(tmp_path / "a", base, ["m4"])

    assert after == never_saw(tmp_path / "b", base, ["m4"])


def test_several_members_at_once(tmp_path: Path, base: Path) -> None:
    gone = ["m1", "m5", "m8"]

    _, after = taken_out(tmp_path / "a", base, gone)

    assert after == never_saw(tmp_path / "b", base, gone)


def test_one_after_the_other(tmp_path: Path, base: Path) -> None:
    world, _ = taken_out(tmp_path / "a", base, ["m1"])
    world.pass_time(days=1)
    take_back(world.workspace, ["m6"], purposes=[PURPOSE], clock=world.clock)

    unlearned(world)

    assert weights_of(model_in(world)) == never_saw(tmp_path / "b", base, ["m1", "m6"])


def test_a_member_whose_twin_stays(tmp_path: Path, base: Path) -> None:
    # Too short to be anybody's own: the later one is a near-duplicate, and counts once the earlier one is gone.
    twins = [
        post("twin-0", "m0", ADVICE, created_at=datetime(2025, 1, 1, tzinfo=UTC)),
        post("twin-1", "m3", ADVICE + "!", created_at=datetime(2025, 1, 2, tzinfo=UTC)),
    ]
    given = {"more": twins, "shards": 1, "slices": 3}

    world, after = taken_out(tmp_path / "a", base, ["m0"], **given)

    assert after == never_saw(tmp_path / "b", base, ["m0"], **given)
    built = world.workspace.snapshots_folder / model_in(world).snapshot
    with world.read(type("Built", (), {"path": built})) as reader:  # type: ignore[arg-type]
        assert "twin-1" in {row["id"] for batch in reader for row in batch.to_pylist()}


def test_a_member_whom_others_name(tmp_path: Path, base: Path) -> None:
    named = [
        post(f"named-{author}", author, "@m2 said so and was right", category="comment", subjects=[mention("m2", 0, 3)])
        for author in ("m5", "m7")
    ]

    world, after = taken_out(tmp_path / "a", base, ["m2"], more=named)

    assert after == never_saw(tmp_path / "b", base, ["m2"], more=named)
    # What others wrote learned again where they are, not only in the shard of whoever left.
    assert len({each.shard for each in model_in(world).slices}) > 1


def test_a_model_whose_removal_is_sabotaged_is_not_the_same(tmp_path: Path, base: Path) -> None:
    _, after = taken_out(tmp_path / "a", base, ["m4"])

    assert after != never_saw(tmp_path / "b", base, [])
    assert after != never_saw(tmp_path / "c", base, ["m5"])
