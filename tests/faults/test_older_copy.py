"""The ledger's database was restored from an older copy: what was published since tells, and nothing is written."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from assent.errors import EvidenceError
from assent.operations.ledger import verify_ledger_in
from assent.operations.sweep import sweep
from assent.operations.takeback import take_back
from small_world import World, make_world, switched

WRITING: dict[str, Callable[[World], object]] = {
    "append": lambda world: world.tell(switched("m5", "on", world.now)),
    "build": lambda world: world.build(),
    "sweep": lambda world: sweep(world.workspace, clock=world.clock),
    "take back": lambda world: take_back(world.workspace, ["m5"], clock=world.clock),
}


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A working folder whose database is from before its newest event; `newest` beside it is the one it had."""
    made = make_world(tmp_path / "w")
    made.build()
    database = made.workspace.ledger_folder / "ledger.db"
    shutil.copy(database, tmp_path / "older")
    made.tell(switched("m5", "off", made.now))
    assert not database.with_name("ledger.db-wal").exists(), "all of it is in the file once nobody has it open"
    shutil.copy(database, tmp_path / "newest")
    shutil.copy(tmp_path / "older", database)
    return made


@pytest.mark.parametrize("what", WRITING)
def test_nothing_is_written_and_the_newest_copy_goes_on(world: World, tmp_path: Path, what: str) -> None:
    log = world.workspace.ledger_folder / "log"
    published = {path: path.read_bytes() for path in log.rglob("*") if path.is_file()}
    shelf = sorted(world.workspace.snapshots_folder.glob("[!.]*"))

    with pytest.raises(EvidenceError, match="published checkpoint has size") as caught:
        WRITING[what](world)

    assert caught.value.hint == "the database may be an old copy; restore the newest one"
    assert {path: path.read_bytes() for path in log.rglob("*") if path.is_file()} == published
    assert sorted(world.workspace.snapshots_folder.glob("[!.]*")) == shelf
    shutil.copy(tmp_path / "newest", world.workspace.ledger_folder / "ledger.db")
    WRITING[what](world)
    assert verify_ledger_in(world.workspace.ledger_folder).ok


def test_who_verifies_is_told(world: World) -> None:
    assert not verify_ledger_in(world.workspace.ledger_folder).ok
