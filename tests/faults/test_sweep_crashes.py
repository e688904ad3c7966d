"""A sweep that is killed at any gap: nothing half is visible, nobody who took back is read, the next one finishes.

| killed at | what lies there | readers get | the next sweep |
|---|---|---|---|
| begun, written, signed, keyed | the old version, and leftovers | the old one, minus who took back | begins anew |
| renamed | both, the ledger knows the old one | the same | announces the new one, removes the old |
| announced | both, the ledger knows both | either, minus who took back | removes the old one |
| superseded, stated | both | the new one | removes the old one |
| emptied, unkeyed | the new one, and what is left of the old | the new one | records the removal |
| removed | the same | the new one | has nothing to do |
"""

from __future__ import annotations

from pathlib import Path

import pytest

from assent.errors import EvidenceError, RefusedError, UnavailableError
from assent.evidence.manifest import MANIFEST
from assent.evidence.removal import REMOVED
from assent.operations.build import BuildResult
from assent.operations.chronicle import Chronicle
from mortal import die
from small_world import World, joined, make_world, mention, post
from sweeping import folders, manifest_of, require_verified, rows_in, swept, taken_back

BEFORE = ("begun", "written", "signed", "keyed")
BOTH = ("renamed", "announced", "superseded", "stated")
AFTER = ("emptied", "unkeyed", "removed")
GAPS = (*BEFORE, *BOTH, *AFTER)
RECORDS = [
    post("mira-1", "mira", "what nobody may keep"),
    post("tom-1", "tom"),
    post("about-mira", "tom", "@mira said so", category="comment", subjects=[mention("mira", 0, 5)]),
    post("of-mira", "eve", "what nobody may keep", category="repost", parent="mira-1"),
    *(post(f"eve-{n}", "eve") for n in range(5)),
]
LEFT = {"tom-1", "about-mira", *(f"eve-{n}" for n in range(5))}

SCRIPT = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from assent.operations.sweep import sweep
from assent.operations.workspace import open_workspace

def gap(name):
    if name == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

now = datetime.fromisoformat(sys.argv[3])
sweep(open_workspace(Path(sys.argv[1])), clock=lambda: now, gap=gap)
"""


@pytest.fixture
def world(tmp_path: Path, store: str) -> World:
    people = [event for member in ("mira", "tom", "eve") for event in joined(member)]
    return make_world(tmp_path / "w", people, RECORDS, database=store)


@pytest.fixture
def sealed(world: World) -> BuildResult:
    built = world.build()
    taken_back(world, "mira", later=True)
    return built


def kill_a_sweep_at(world: World, gap: str) -> None:
    world.pass_time(minutes=1)
    die(SCRIPT, world.root, gap, world.now.isoformat())


def readable(world: World) -> dict[str, set[str]]:
    """What a reader gets of each folder on the shelf that it does not refuse."""
    found = {}
    for name in folders(world):
        try:
            found[name] = set(rows_in(world, world.workspace.snapshots_folder / name))
        except RefusedError:
            continue
        except EvidenceError:
            # The new one, between its renaming and its announcement: the ledger does not say it was sealed.
            with world.ledger() as ledger:
                assert name not in Chronicle.read(ledger).sealed
    return found


@pytest.mark.usefixtures("sealed")
@pytest.mark.parametrize("gap", GAPS)
def test_whoever_reads_in_between_reads_nobody_who_took_back(world: World, gap: str) -> None:
    kill_a_sweep_at(world, gap)

    found = readable(world)
    assert found
    assert all(rows <= LEFT and {"tom-1"} <= rows for rows in found.values())


@pytest.mark.parametrize("gap", GAPS)
def test_the_next_sweep_finishes_it(world: World, sealed: BuildResult, gap: str) -> None:
    kill_a_sweep_at(world, gap)

    swept(world)

    (version,) = folders(world) - {sealed.id}
    folder = world.workspace.snapshots_folder / version
    assert {path.name for path in sealed.path.iterdir()} == {MANIFEST, REMOVED}
    assert set(rows_in(world, folder)) == LEFT
    assert manifest_of(folder).parent == sealed.id
    require_verified(world, folder)
    shelf = world.workspace.snapshots_folder
    assert not [path for path in shelf.iterdir() if path.name.startswith(".building")]
    assert not [path for path in shelf.rglob("*") if path.is_file() and b"nobody may keep" in path.read_bytes()]
    assert {path.stem for path in (world.workspace.keys_folder / "snapshots").iterdir()} == {version}
    with world.ledger() as ledger:
        known = Chronicle.read(ledger)
    assert (set(known.superseded), set(known.removed), len(known.removed[sealed.id])) == ({sealed.id}, {sealed.id}, 1)


@pytest.mark.parametrize("gap", ["keyed", "renamed", "announced", "superseded"])
def test_a_build_in_between_is_whole_and_the_sweep_still_finishes(world: World, sealed: BuildResult, gap: str) -> None:
    kill_a_sweep_at(world, gap)
    built = world.build()

    swept(world)

    assert {path.name for path in sealed.path.iterdir()} == {MANIFEST, REMOVED}
    assert set(rows_in(world, built.path)) == LEFT


@pytest.mark.parametrize("gap", GAPS)
def test_an_error_in_the_middle_is_like_a_kill(world: World, sealed: BuildResult, gap: str) -> None:
    def fail(name: str) -> None:
        if name == gap:
            raise UnavailableError("the disk is full")

    with pytest.raises(UnavailableError, match="disk is full"):
        swept(world, gap=fail)

    assert all(rows <= LEFT for rows in readable(world).values())
    swept(world)
    (version,) = folders(world) - {sealed.id}
    require_verified(world, world.workspace.snapshots_folder / version)


@pytest.mark.usefixtures("sealed")
def test_what_was_appended_and_not_answered_is_not_appended_twice(world: World) -> None:
    kill_a_sweep_at(world, "removed")
    with world.ledger() as ledger:
        size = ledger.size

    swept(world)

    with world.ledger() as ledger:
        assert ledger.size == size
