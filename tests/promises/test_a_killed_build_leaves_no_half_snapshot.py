"""A build that is killed at any moment leaves a whole snapshot or none, and can be run again."""

from __future__ import annotations

from pathlib import Path

import pytest

from assent.errors import EvidenceError, UnavailableError
from assent.operations.build import sealed_snapshots
from assent.operations.verify import verify_folder
from assent.snapshot.sealing import building_on
from mortal import die
from small_world import PURPOSE, World, make_world

GAPS_BEFORE = ("begun", "written", "signed", "keyed")
GAPS_AFTER = ("renamed", "announced")

SCRIPT = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from assent.operations.build import build_snapshot
from assent.operations.workspace import open_workspace

def gap(name):
    if name == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

now = datetime.fromisoformat(sys.argv[3])
build_snapshot(open_workspace(Path(sys.argv[1])), "train_generative", clock=lambda: now, gap=gap)
"""


def kill_a_build_at(world: World, gap: str) -> None:
    die(SCRIPT, world.root, gap, world.now.isoformat())


def standing(world: World) -> set[str]:
    """Names of folders that a person would take for snapshots."""
    return {path.name for path in world.workspace.snapshots_folder.iterdir() if not path.name.startswith(".")}


def keys(world: World) -> set[str]:
    folder = world.workspace.keys_folder / "snapshots"
    return {path.stem for path in folder.iterdir()} if folder.is_dir() else set()


def announced(world: World) -> set[str]:
    with world.ledger() as ledger:
        return set(sealed_snapshots(ledger))


@pytest.fixture
def world(tmp_path: Path, store: str) -> World:
    return make_world(tmp_path / "w", database=store)


@pytest.mark.parametrize("gap", GAPS_BEFORE)
def test_killed_before_the_rename_there_is_no_snapshot(world: World, gap: str) -> None:
    kill_a_build_at(world, gap)

    assert (standing(world), announced(world)) == (set(), set())


@pytest.mark.parametrize("gap", GAPS_BEFORE)
def test_the_next_build_removes_what_was_left(world: World, gap: str) -> None:
    kill_a_build_at(world, gap)

    result = world.build()

    left = {path.name for path in world.workspace.snapshots_folder.iterdir()}
    assert left == {result.id, ".lock"}
    assert (keys(world), announced(world)) == ({result.id}, {result.id})


@pytest.mark.parametrize("gap", GAPS_AFTER)
def test_killed_after_the_rename_the_snapshot_is_whole_and_the_next_build_finishes_it(world: World, gap: str) -> None:
    kill_a_build_at(world, gap)
    (name,) = standing(world)
    world.build()

    report = verify_folder(world.workspace.snapshots_folder / name, workspace=world.workspace)

    assert report.complete


def test_a_snapshot_the_ledger_does_not_know_is_not_read(world: World) -> None:
    from assent import open_snapshot

    kill_a_build_at(world, "renamed")
    (name,) = standing(world)

    with pytest.raises(EvidenceError, match="does not say"):
        open_snapshot(world.workspace.snapshots_folder / name, ledger=world.workspace.ledger_folder, clock=world.clock)


def test_the_next_build_tells_the_ledger_of_it(world: World) -> None:
    kill_a_build_at(world, "renamed")
    (name,) = standing(world)

    result = world.build()

    assert result.finished == (name,)
    assert announced(world) == standing(world) == {name, result.id}


def test_a_snapshot_that_was_announced_is_not_announced_again(world: World) -> None:
    kill_a_build_at(world, "announced")

    assert world.build().finished == ()


def test_an_error_in_the_middle_leaves_nothing(world: World) -> None:
    def fail(name: str) -> None:
        if name == "signed":
            raise UnavailableError("the disk is full")

    with pytest.raises(UnavailableError):
        world.build(gap=fail)

    assert {path.name for path in world.workspace.snapshots_folder.iterdir()} == {".lock"}


def test_one_build_at_a_time(world: World) -> None:
    from assent.operations.snapshots import shelf_of

    with building_on(shelf_of(world.workspace), PURPOSE), pytest.raises(UnavailableError, match="another build"):
        world.build()


def test_a_foreign_folder_among_the_snapshots_stops_the_build(world: World, tmp_path: Path) -> None:
    other = make_world(tmp_path / "other", seed=b"other")
    foreign = other.build()
    world.workspace.snapshots_folder.mkdir()
    foreign.path.rename(world.workspace.snapshots_folder / foreign.id)

    with pytest.raises(EvidenceError, match="signature"):
        world.build()
