"""A disk that is really full: one clear line, nothing half is visible, and with room again everything goes on.

The folder lies on a small file system of its own; a filler leaves only so many bytes, so that the work fails at
another step each time. What was acknowledged before is there afterwards.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from assent.errors import UnavailableError
from assent.evidence.removal import REMOVED
from assent.ledger.importing import import_events
from assent.ledger.moving import move_ledger
from assent.operations.ledger import verify_ledger_in
from assent.operations.sweep import sweep
from assent.operations.takeback import take_back
from assent.operations.verify import verify_folder
from assent.vocabulary.events import EventType
from feed_world import make_feed_world, position, some_members
from real_postgres import PostgresServer
from small_world import World, joined, make_world, post, switched

LEFT = (0, 4_096, 40_960, 200_000)
"""How many bytes are left when the work begins."""

# Of different words, or everybody would copy whoever takes back.
MANY = [post(f"p-{n}", f"m{n % 40}", f"what{n} somebody{n} wrote{n} " * 60) for n in range(400)]
PEOPLE = [event for n in range(40) for event in joined(f"m{n}")]


@contextmanager
def full(disk: Path, left: int) -> Iterator[None]:
    """Only so many bytes are left on the disk."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 16))
        except OSError:
            pass
        file.truncate(max(0, file.tell() - left))
    try:
        yield
    finally:
        filler.unlink()


@pytest.fixture
def world(small_disk: Path) -> World:
    return make_world(small_disk / "w", PEOPLE, MANY)


def fails_without_room(disk: Path, left: int, work: Callable[[], object]) -> bool:
    """Whether the work failed, as it must say: in one line, with the way on."""
    with full(disk, left):
        try:
            work()
        except UnavailableError as error:
            said = error.message
        else:
            return False
    assert re.search(r"\A[^\n]*(no space left on device|full|cannot be written)[^\n]*\Z", said), said
    return True


def size_of(world: World) -> int:
    with world.ledger() as ledger:
        return ledger.size


@pytest.mark.parametrize("left", LEFT)
def test_an_append_is_recorded_or_refused(world: World, small_disk: Path, left: int) -> None:
    before = size_of(world)
    refused = fails_without_room(small_disk, left, lambda: world.tell(switched("m1", "off", "2026-02-01T00:00:00Z")))

    assert refused or left > 0
    assert size_of(world) in ({before, before + 1} if refused else {before + 1})
    world.tell(switched("m2", "off", "2026-02-01T00:00:00Z"))
    assert verify_ledger_in(world.workspace.ledger_folder).ok


@pytest.mark.parametrize("left", LEFT)
def test_an_import_is_recorded_whole_or_not_at_all(world: World, small_disk: Path, tmp_path: Path, left: int) -> None:
    lines = tmp_path / "events.jsonl"
    events = [switched(f"m{n % 40}", "off", f"2026-02-01T00:{n % 60:02}:{n // 60 % 60:02}Z") for n in range(20_000)]
    lines.write_text("".join(json.dumps(event) + "\n" for event in events))
    before = size_of(world)

    def import_all() -> None:
        with world.ledger() as ledger:
            import_events(ledger, [lines])

    assert fails_without_room(small_disk, left, import_all)
    assert size_of(world) in {before, before + len(events)}
    world.tell(switched("m2", "on", "2026-03-01T00:00:00Z"))
    assert verify_ledger_in(world.workspace.ledger_folder).ok


@pytest.mark.parametrize("left", LEFT)
@pytest.mark.parametrize("begun", ["anew", "from a parent"])
def test_a_build_leaves_a_whole_snapshot_or_none(world: World, small_disk: Path, left: int, begun: str) -> None:
    parent = "latest" if begun == "from a parent" else None
    if parent:
        world.build()
        world.pass_time(hours=1)
        world.tell(*(switched(f"m{n}", "off", "2026-02-01T00:00:00Z") for n in range(0, 40, 2)))
    standing = {path.name for path in world.workspace.snapshots_folder.glob("[!.]*")}

    fails_without_room(small_disk, left, lambda: world.build(parent=parent))

    found = {path for path in world.workspace.snapshots_folder.glob("[!.]*") if path.name not in standing}
    assert all((path / "manifest.json").is_file() for path in found)
    world.pass_time(hours=1)
    built = world.build(parent=parent)
    assert verify_folder(built.path, workspace=world.workspace).ok


@pytest.mark.parametrize("left", LEFT)
def test_a_sweep_leaves_the_old_version_or_the_new(world: World, small_disk: Path, left: int) -> None:
    world.build()
    world.pass_time(hours=1)
    take_back(world.workspace, ["m1"], clock=world.clock, later=True)

    fails_without_room(small_disk, left, lambda: sweep(world.workspace, clock=world.clock))
    sweep(world.workspace, clock=world.clock)

    stored = [path for path in world.workspace.snapshots_folder.rglob("*") if path.suffix == ".parquet"]
    authors = {
        author for path in stored if path.parent.name == "data" for author in pq.read_table(path)["author"].to_pylist()
    }
    assert authors == {f"m{n}" for n in range(40)} - {"m1"}
    assert verify_ledger_in(world.workspace.ledger_folder).ok


@pytest.mark.parametrize("left", [0, 4_096])
def test_a_move_to_a_full_disk_leaves_the_old_ledger_in_charge(
    small_disk: Path, postgres: PostgresServer, left: int
) -> None:
    world = make_world(small_disk / "w", PEOPLE, MANY, database=postgres.url())
    before = size_of(world)

    assert fails_without_room(small_disk, left, lambda: move_ledger(world.workspace.ledger_folder, "sqlite"))
    assert size_of(world) == before
    world.tell(switched("m2", "off", "2026-02-01T00:00:00Z"))
    move_ledger(world.workspace.ledger_folder, "sqlite")
    assert size_of(world) == before + 1
    assert verify_ledger_in(world.workspace.ledger_folder).ok


@pytest.mark.parametrize("left", LEFT)
def test_a_feed_is_built_and_sent_whole_or_still_waits(small_disk: Path, left: int) -> None:
    events, _ = some_members(40)
    records = [position(f"p-{n}", f"m{n % 40}", "where somebody worked " * 60) for n in range(400)]
    feed = make_feed_world(small_disk / "w", events=events, records=records)
    snapshot = feed.snapshot()

    def give() -> None:
        feed.build()
        if (error := feed.deliver().error) is not None:
            raise error

    fails_without_room(small_disk, left, give)

    assert not any(path.name[0] != "." and not (path / "manifest.json").is_file() for path in feed.inbox.glob("0*"))
    feed.build()
    feed.world.pass_time(hours=12)
    feed.deliver()
    assert feed.received() == feed.readable(snapshot)
    assert feed.status().waiting == ()


@pytest.mark.parametrize("left", LEFT)
def test_a_take_back_that_was_acknowledged_or_not_can_be_given_again(world: World, small_disk: Path, left: int) -> None:
    built = world.build()
    world.pass_time(hours=1)

    fails_without_room(small_disk, left, lambda: take_back(world.workspace, ["m1"], clock=world.clock))
    world.pass_time(hours=1)
    take_back(world.workspace, ["m1"], clock=world.clock)

    assert (built.path / REMOVED).is_file()
    with world.ledger() as ledger:
        asked = [event.key for _, event in ledger.events_of("m1") if event.type is EventType.TAKEBACK_REQUESTED]
    assert len(asked) == len(set(asked)) > 0
    assert verify_ledger_in(world.workspace.ledger_folder).ok


@pytest.mark.parametrize("command", ["build train_generative", "sweep", "ledger import events.jsonl"])
def test_a_person_is_told_in_one_line_and_the_exit_code_says_try_again(
    world: World, small_disk: Path, command: str
) -> None:
    (world.root / "events.jsonl").write_text(
        "".join(json.dumps(switched(f"m{n % 40}", "off", "2026-02-01T00:00:00Z")) + "\n" for n in range(20_000))
    )
    world.build()
    take_back(world.workspace, ["m1"], clock=world.clock, later=True)

    with full(small_disk, 0):
        done = subprocess.run(
            [sys.executable, "-m", "assent", *command.split()],
            cwd=world.root,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={**os.environ, "COLUMNS": "400", "NO_COLOR": "1"},
        )

    assert done.returncode == 5, done.stderr
    said = [line for line in done.stderr.splitlines() if re.search("no space left|full|cannot be written", line)]
    assert len(said) == 1, done.stderr
    assert "Traceback" not in done.stderr
