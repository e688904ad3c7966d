"""Verification says what it checked, what it could not check, and what can no longer be known."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from assent.audit.snapshot import Means, verify_snapshot
from assent.ledger.shredding import Shredding
from assent.ledger.suppression import create_suppression_key
from assent.operations.build import BuildResult
from assent.operations.ledger import SUPPRESSION_KEY, suppression_key_of
from assent.operations.verify import verify_folder
from small_world import World, make_world


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, BuildResult]:
    world = make_world(tmp_path_factory.mktemp("verified") / "w")
    return world, world.build()


def test_a_stranger_with_the_snapshot_alone_is_told_what_was_not_checked(made: tuple[World, BuildResult]) -> None:
    report = verify_snapshot(made[1].path, Means())

    skipped = [each.name for each in report.checks if each.passed is None]
    assert skipped == ["signature", "partition", "ledger", "sources", "derivation"]
    assert (report.ok, report.complete) == (True, False)


def test_without_the_decision_key_nothing_is_derived(made: tuple[World, BuildResult]) -> None:
    world, result = made
    key = world.workspace.keys_folder / "snapshots" / f"{result.id}.key"
    hidden = key.rename(key.with_suffix(".away"))
    try:
        report = verify_folder(result.path, workspace=world.workspace)
    finally:
        hidden.rename(key)

    assert (report.ok, report.complete, report.compared) == (True, False, 0)


def test_a_folder_that_is_no_snapshot_does_not_verify(tmp_path: Path) -> None:
    report = verify_snapshot(tmp_path, Means())

    assert not report.ok


def shred(world: World, *members: str) -> None:
    """As an erasure does it, but the snapshots are left as they are: so may a copy be that somebody else holds."""
    create_suppression_key(world.workspace.keys_folder / SUPPRESSION_KEY, world.entropy)
    with world.ledger() as ledger:
        ledger.transact(Shredding(members, suppression_key_of(world.workspace), world.clock(), {}).draw)


def test_what_rests_on_an_erased_event_is_counted_as_erased(tmp_path: Path) -> None:
    world = make_world(tmp_path / "w")
    result = world.build()
    shred(world, "m10")

    report = verify_folder(result.path, workspace=world.workspace)

    # Three posts of m10's, and nothing else depends on them.
    assert (report.ok, report.erased, report.differs) == (True, 3, 0)


def test_without_the_suppression_key_whoever_is_unknown_may_be_the_erased(tmp_path: Path) -> None:
    world = make_world(tmp_path / "w")
    result = world.build()
    shred(world, "m10")
    (world.workspace.keys_folder / SUPPRESSION_KEY).rename(tmp_path / "away")

    report = verify_folder(result.path, workspace=world.workspace)

    # The post of somebody the ledger never knew too.
    assert (report.ok, report.erased, report.differs) == (True, 4, 0)


def test_what_carries_or_names_what_an_erased_person_wrote_is_counted_as_erased_too(tmp_path: Path) -> None:
    world = make_world(tmp_path / "w")
    result = world.build()
    shred(world, "m5")

    report = verify_folder(result.path, workspace=world.workspace)

    # Three posts, two comments that name them, a repost, and the repost of that.
    assert (report.ok, report.erased, report.differs) == (True, 7, 0)


def test_what_an_erased_person_had_excluded_of_others_is_counted_as_erased(tmp_path: Path) -> None:
    world = make_world(tmp_path / "w")
    world.tell({"type": "record.excluded", "record": "p-m2-0", "member": "m10", "effective_at": "2026-01-01T00:00:00Z"})
    result = world.build()
    shred(world, "m10")

    report = verify_folder(result.path, workspace=world.workspace)

    assert (report.ok, report.erased, report.differs) == (True, 4, 0)


def test_events_deleted_behind_the_logs_back_are_found(tmp_path: Path) -> None:
    world = make_world(tmp_path / "w")
    result = world.build()
    delete(world, "m10")

    report = verify_folder(result.path, workspace=world.workspace)

    assert [(check.name, check.passed) for check in report.checks if check.passed is not True] == [
        ("ledger", False),
        ("derivation", None),
    ]


def test_the_erasure_of_one_does_not_cover_what_was_deleted_of_another(tmp_path: Path) -> None:
    world = make_world(tmp_path / "w")
    result = world.build()
    shred(world, "m10")
    delete(world, "m5")

    report = verify_folder(result.path, workspace=world.workspace)

    assert (report.ok, report.erased) == (False, 0)


def delete(world: World, member: str) -> None:
    with sqlite3.connect(world.workspace.ledger_folder / "ledger.db") as connection:
        connection.execute("delete from ledger_events where member = ?", [member])
    connection.close()


def test_the_same_seed_draws_the_same_sample(made: tuple[World, BuildResult]) -> None:
    world, result = made

    first, second = (verify_folder(result.path, workspace=world.workspace, sample=5, seed=3) for _ in range(2))

    assert first.to_json() == second.to_json()
