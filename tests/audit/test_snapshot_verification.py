"""Verification says what it checked, what it could not check, and what can no longer be known."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from assent.audit.snapshot import Means, verify_snapshot
from assent.operations.build import BuildResult
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


def test_what_rests_on_an_erased_event_is_counted_as_erased(tmp_path: Path) -> None:
    world = make_world(tmp_path / "w")
    result = world.build()
    world.tell({"type": "erasure.requested", "member": "m10", "effective_at": "2026-03-01T13:00:00Z"})
    with sqlite3.connect(world.workspace.ledger_folder / "ledger.db") as connection:
        connection.execute("delete from ledger_events where member = 'm10' and seq < ?", [result.manifest.ledger_size])
    connection.close()

    report = verify_folder(result.path, workspace=world.workspace)

    # Three posts of m10's, and nothing else depends on them; a record by somebody the ledger never knew could too.
    assert report.ok
    assert (report.erased, report.differs) == (4, 0)


def test_the_same_seed_draws_the_same_sample(made: tuple[World, BuildResult]) -> None:
    world, result = made

    first, second = (verify_folder(result.path, workspace=world.workspace, sample=5, seed=3) for _ in range(2))

    assert first.to_json() == second.to_json()
