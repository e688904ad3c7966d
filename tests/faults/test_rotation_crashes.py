"""The fault table of a change of key: the process is killed in each gap, and what the next command finds.

| killed at | the log's key | key files | next opening |
|---|---|---|---|
| `next-key`, `written` | the old one | `log.pem` is it, `log.next.pem` is scrap | as if nothing had been |
| `committed`, `tiles-written`, `checkpoint-written` | the new one | `log.next.pem` is it | retires the old, takes over |
| `retired` | the new one | the old one has two names | takes over |
| `replaced` | the new one | `log.pem` is it | finds everything in place |
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assent.operations.ledger import open_ledger, verify_ledger_in
from assent.operations.rotation import rotate_key
from assent.operations.workspace import open_workspace
from assent.vocabulary.events import parse_event
from mortal import die
from small_world import World, joined, make_world, post, switched

SCRIPT = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from assent.operations.rotation import rotate_key
from assent.operations.workspace import open_workspace

def gap(name):
    if name == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

now = datetime.fromisoformat(sys.argv[3])
rotate_key(open_workspace(Path(sys.argv[1])), clock=lambda: now, gap=gap)
"""

BEFORE = ["next-key", "written"]
AFTER = ["committed", "tiles-written", "checkpoint-written", "retired", "replaced"]


@pytest.fixture(scope="module")
def killed() -> dict[str, World]:
    """Working folders in which the command was killed, by gap; made once and copied."""
    return {}


@pytest.fixture
def world(gap: str, killed: dict[str, World], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A working folder in which a change of key was killed in that gap; `first.vkey` and `first.pem` were before it."""
    if gap not in killed:
        made = make_world(tmp_path_factory.mktemp("killed") / "w", joined("tom"), [post("tom-1", "tom")])
        (made.root / "first.vkey").write_text(key_of(made))
        shutil.copy(made.workspace.keys_folder / "log.pem", made.root / "first.pem")
        kill_at(made, gap)
        killed[gap] = made
    shutil.copytree(killed[gap].root, tmp_path / "w")
    return World(tmp_path / "w", open_workspace(tmp_path / "w"))


def kill_at(world: World, gap: str) -> None:
    die(SCRIPT, world.root, gap, world.now.isoformat())


def key_of(world: World) -> str:
    with open_ledger(world.workspace, clock=world.clock, read_only=True) as ledger:
        return ledger.vkey


def append(world: World) -> None:
    with open_ledger(world.workspace, clock=world.clock) as ledger:
        ledger.append([parse_event(switched("tom", "on", "2026-01-01T00:00:00Z"))])


def key_files(world: World) -> list[str]:
    return sorted(path.name for path in world.workspace.keys_folder.glob("log*"))


@pytest.mark.parametrize("gap", [*BEFORE, *AFTER])
def test_the_ledger_goes_on_and_verifies_from_the_first_key(world: World) -> None:
    first = (world.root / "first.vkey").read_text()
    append(world)

    assert verify_ledger_in(world.workspace.ledger_folder, vkey=first).ok
    assert verify_ledger_in(world.workspace.ledger_folder).ok


@pytest.mark.parametrize("gap", BEFORE)
def test_killed_before_the_commit_the_key_is_the_old_one(world: World) -> None:
    first = (world.root / "first.vkey").read_text()
    append(world)

    assert (key_of(world), key_files(world)) == (first, ["log.next.pem", "log.pem"])


@pytest.mark.parametrize("gap", BEFORE)
def test_the_next_attempt_takes_the_key_that_was_made(world: World) -> None:
    made = (world.workspace.keys_folder / "log.next.pem").read_bytes()

    done = rotate_key(world.workspace, clock=world.clock)

    assert (done.finished, (world.workspace.keys_folder / "log.pem").read_bytes()) == (False, made)


@pytest.mark.parametrize("gap", AFTER)
def test_killed_after_the_commit_the_next_opening_takes_the_new_key_over(world: World) -> None:
    first = (world.root / "first.vkey").read_text()
    old = (world.root / "first.pem").read_bytes()
    append(world)

    assert key_of(world) != first
    assert key_files(world) == ["log.pem"]
    assert [path.read_bytes() for path in (world.workspace.keys_folder / "retired").iterdir()] == [old]


@pytest.mark.parametrize("gap", AFTER[:-1])
def test_given_again_it_is_finished_and_not_done_twice(world: World) -> None:
    first = (world.root / "first.vkey").read_text()
    done = rotate_key(world.workspace, clock=world.clock)

    assert (done.finished, done.old, done.new) == (True, first, key_of(world))
    with open_ledger(world.workspace, clock=world.clock, read_only=True) as ledger:
        assert ledger.size == done.seq + 1
