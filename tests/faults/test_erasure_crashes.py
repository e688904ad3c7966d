"""The fault table of an erasure: the process is killed in each gap, and the same command is given again.

| killed at | their events | readers and builds | given again |
|---|---|---|---|
| `written` 1, in the request | are there | see them as before | begins anew |
| `committed` 1, `requested` | are there | leave them out | goes on |
| `swept`, `key-made` | are there | leave them out, and no snapshot holds them | goes on |
| `written` 2, in the shredding | are there | as before | shreds |
| `committed` 2, `tiles-written` 2, `shredded` | are gone | know nobody of that name | clears what was derived |
| `overwritten`, `cleared` | are gone | know nobody of that name | finds nothing to do |
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assent.operations.erasing import erase
from assent.operations.erasure import is_suppressed
from assent.operations.ledger import verify_ledger_in
from assent.operations.workspace import open_workspace
from mortal import die
from real_postgres import PostgresServer
from small_world import World, joined, make_world, mention, post

MEMBER = "zq-member-774411"
RECORDS = [
    post("a-1", MEMBER),
    post("b-1", "tom"),
    post("b-2", "tom", "@them said so", category="comment", subjects=[mention(MEMBER, 0, 5)]),
]

SCRIPT = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from assent.operations.erasing import erase
from assent.operations.workspace import open_workspace

left = int(sys.argv[3])

def gap(name):
    global left
    if name == sys.argv[2]:
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

now = datetime.fromisoformat(sys.argv[4])
erase(open_workspace(Path(sys.argv[1])), [sys.argv[5]], clock=lambda: now, gap=gap)
"""

BEFORE = [("written", 1), ("committed", 1), ("requested", 1), ("swept", 1), ("key-made", 1), ("written", 2)]
AFTER = [
    ("committed", 2),
    ("tiles-written", 2),
    ("checkpoint-written", 2),
    ("shredded", 1),
    ("overwritten", 1),
    ("cleared", 1),
]


@pytest.fixture(scope="module")
def killed() -> dict[tuple[str, int], World]:
    """Working folders in which the command was killed, by gap; made once and copied."""
    return {}


@pytest.fixture
def world(
    gap: str, time: int, killed: dict[tuple[str, int], World], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> World:
    """A working folder in which an erasure was killed in that gap."""
    if (gap, time) not in killed:
        made = make_world(tmp_path_factory.mktemp("killed") / "w", joined(MEMBER) + joined("tom"), RECORDS)
        made.ids(made.build())
        made.pass_time(hours=1)
        kill_at(made, gap, time)
        killed[gap, time] = made
    shutil.copytree(killed[gap, time].root, tmp_path / "w")
    return World(tmp_path / "w", open_workspace(tmp_path / "w"), now=killed[gap, time].now)


def kill_at(world: World, gap: str, time: int) -> None:
    die(SCRIPT, world.root, gap, time, world.now.isoformat(), MEMBER)


def traces(world: World) -> list[str]:
    return [
        str(path.relative_to(world.root))
        for path in world.root.rglob("*")
        if path.is_file() and path.name != "records.parquet" and MEMBER.encode() in path.read_bytes()
    ]


@pytest.mark.parametrize(("gap", "time"), BEFORE)
def test_killed_before_the_shredding_is_committed_their_events_are_all_there(world: World) -> None:
    report = verify_ledger_in(world.workspace.ledger_folder)
    with world.ledger() as ledger:
        assert len(ledger.events_of(MEMBER)) >= 4
    assert (report.ok, report.erased) == (True, 0)


@pytest.mark.parametrize(("gap", "time"), AFTER)
def test_killed_after_it_they_are_gone_listed_and_accounted_for(world: World) -> None:
    with world.ledger() as ledger:
        assert ledger.events_of(MEMBER) == []
    report = verify_ledger_in(world.workspace.ledger_folder)
    assert (report.ok, report.erased, report.unaccounted) == (True, 5, 0)
    assert is_suppressed(world.workspace, MEMBER, clock=world.clock)


@pytest.mark.parametrize(("gap", "time"), [*BEFORE, *AFTER])
def test_given_again_it_is_finished_and_no_byte_is_left(world: World) -> None:
    erase(world.workspace, [MEMBER], clock=world.clock)

    assert traces(world) == []
    report = verify_ledger_in(world.workspace.ledger_folder)
    assert (report.ok, report.erased) == (True, 5)


@pytest.mark.parametrize(("gap", "time"), [*BEFORE[1:], *AFTER])
def test_from_the_request_on_no_build_takes_them_in(world: World) -> None:
    world.pass_time(hours=1)

    # A mirror made before, of which a part holds them still, must not speak for them.
    assert world.ids(world.build()) == {"b-1", "b-2"}


@pytest.mark.parametrize(("gap", "time"), [*BEFORE, *AFTER])
def test_on_a_server_it_is_finished_too(postgres: PostgresServer, tmp_path: Path, gap: str, time: int) -> None:
    world = make_world(tmp_path / "w", joined(MEMBER) + joined("tom"), RECORDS, database=postgres.url())
    world.build()
    world.pass_time(hours=1)
    kill_at(world, gap, time)

    erase(world.workspace, [MEMBER], clock=world.clock)
    report = verify_ledger_in(world.workspace.ledger_folder)
    assert (traces(world), report.ok, report.erased, report.unaccounted) == ([], True, 5, 0)
