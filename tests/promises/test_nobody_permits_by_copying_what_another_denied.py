"""Whoever copies a text without naming it permits nothing that its author denies, nor goes on permitting it later."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from assent.operations.takeback import TakenBack
from assent.vocabulary.reasons import Reason
from small_world import PURPOSE, World, joined, make_world, post, switched
from sweeping import Row, manifest_of, masks_in, newest, require_verified, rows_in, swept, taken_back

STORY = (
    "The migration of our payroll system took eleven months because nobody had written down which reports the tax"
    " office really reads, and in the end we asked the clerk who printed them."
)


def on(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


RECORDS = [
    post("told", "ann", STORY, created_at=on("2025-01-01")),
    post("copied", "bob", f"{STORY} So true!", created_at=on("2025-02-01")),
    post("of-the-copy", "cem", category="repost", parent="copied"),
    post("quoted-by-herself", "ann", f"Once more: {STORY}", created_at=on("2025-03-01")),
    post("own", "cem", "We never wrote down which reports anybody reads, and nobody has asked us for one since."),
    post("earlier", "dan", STORY, created_at=on("2024-01-01")),
]


def make(root: Path, records: list[Row], *more: Row) -> World:
    events = [each for member in ("ann", "bob", "cem", "dan") for each in joined(member)]
    return make_world(root, [*events, *more], records)


def reasons(world: World, version: Path) -> list[int]:
    return sorted(mask for mask in masks_in(version).values() if mask)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make(tmp_path / "w", RECORDS)


def version_without(world: World, *members: str) -> Path:
    done: TakenBack = taken_back(world, *members)
    return newest(world, done)


def test_a_copy_of_a_denied_text_is_denied_from_the_first_build_on(tmp_path: Path) -> None:
    world = make(tmp_path / "w", RECORDS, switched("ann", "off", "2025-10-01T00:00:00Z"))

    built = world.build()

    assert set(rows_in(world, built.path)) == {"own", "earlier"}
    require_verified(world, built.path)


def test_copies_go_with_what_is_taken_back_and_take_their_descendants_along(world: World) -> None:
    world.build()

    version = version_without(world, "ann")

    assert set(rows_in(world, version)) == {"own", "earlier"}
    derived, taken = Reason.DERIVED_FROM_EXCLUDED.bit, Reason.TAKEN_BACK.bit
    assert reasons(world, version) == sorted([derived, derived, taken, taken])
    curation = manifest_of(version).curation
    assert curation is not None
    assert curation.copied == 1
    require_verified(world, version)


def test_what_a_take_back_leaves_is_what_a_build_without_them_gives(world: World) -> None:
    world.build()
    version = version_without(world, "ann")
    world.pass_time(days=1)
    anew = world.build()

    assert rows_in(world, version) == rows_in(world, anew.path)


def test_a_second_take_back_keeps_what_the_first_found(world: World) -> None:
    world.build()
    first = version_without(world, "ann")

    second = version_without(world, "cem")

    assert set(rows_in(world, second)) == {"earlier"}
    before, now = manifest_of(first).curation, manifest_of(second).curation
    assert before is not None
    assert before.copies is not None
    assert now is not None
    assert now.copies == before.copies
    require_verified(world, second)


def test_copies_go_also_when_the_platform_no_longer_holds_what_was_read(world: World) -> None:
    world.build()
    (world.root / "records.parquet").unlink()

    version = version_without(world, "ann")

    assert set(rows_in(world, version)) == {"own", "earlier"}


def test_a_dry_run_counts_the_copies_that_would_go(world: World) -> None:
    world.build()
    world.pass_time(days=1)
    world.tell(
        {"type": "takeback.requested", "member": "ann", "purpose": PURPOSE, "effective_at": world.now.isoformat()}
    )

    (would,) = swept(world, dry_run=True).swept

    assert would.removed == 4


def test_what_a_build_refused_keeps_its_reason_when_what_it_carries_turns_out_a_copy(tmp_path: Path) -> None:
    minor = [*joined("eva", born="2010-01-01")]
    world = make(tmp_path / "w", [*RECORDS, post("by-a-minor", "eva", category="repost", parent="copied")], *minor)
    world.build()

    version = version_without(world, "ann")

    assert Reason.UNDER_AGE.bit in reasons(world, version)
    require_verified(world, version)
