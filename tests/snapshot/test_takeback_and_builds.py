"""A build that begins from a parent never brings back what was taken out of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from assent.operations.parentage import LATEST
from small_world import World, joined, make_world, mention, post, switched
from sweeping import manifest_of, newest, require_verified, rows_in, swept, taken_back

RECORDS = [
    post("mira-1", "mira"),
    post("tom-1", "tom"),
    post("about-mira", "tom", "@mira said so", category="comment", subjects=[mention("mira", 0, 5)]),
    post("of-mira", "tom", category="repost", parent="mira-1"),
]
LEFT = {"tom-1", "about-mira"}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path / "w", [event for member in ("mira", "tom") for event in joined(member)], RECORDS)


def test_the_newest_is_no_longer_one_to_begin_from(world: World) -> None:
    world.build()
    taken_back(world, "mira")
    world.pass_time(hours=1)

    built = world.build(parent=LATEST)

    assert built.full_because is not None
    assert set(rows_in(world, built.path)) == LEFT
    require_verified(world, built.path)


def test_a_superseded_one_that_is_named_is_not_begun_from(world: World) -> None:
    old = world.build()
    taken_back(world, "mira")
    world.pass_time(hours=1)

    built = world.build(parent=old.id)

    assert "cannot be begun from" in str(built.full_because)
    assert set(rows_in(world, built.path)) == LEFT


def test_the_version_in_its_place_brings_nobody_back(world: World) -> None:
    world.build()
    version = newest(world, taken_back(world, "mira"))
    world.pass_time(hours=1)

    built = world.build(parent=version.name)

    assert set(rows_in(world, built.path)) == LEFT
    require_verified(world, built.path)


def test_a_build_that_began_from_it_before_is_swept_as_well(world: World) -> None:
    first = world.build()
    world.pass_time(hours=1)
    second = world.build(parent=LATEST)

    result = taken_back(world, "mira").swept

    assert result is not None
    assert {each.id for each in result.swept} == {first.id, second.id}
    for each in result.swept:
        assert each.replaced_by is not None
        require_verified(world, world.workspace.snapshots_folder / each.replaced_by)


def test_who_permits_again_is_in_the_next_build_only(world: World) -> None:
    world.build()
    version = newest(world, taken_back(world, "mira"))
    world.tell(switched("mira", "on", world.pass_time(days=1)))
    world.pass_time(hours=1)

    built = world.build(parent=LATEST)
    swept(world)

    assert set(rows_in(world, built.path)) == {row["id"] for row in RECORDS}
    assert set(rows_in(world, version)) == LEFT
    assert manifest_of(built.path).withdrawals == ()
