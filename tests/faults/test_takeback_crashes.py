"""A take-back that is cut off: what was said stands, nobody reads them, and the same command finishes it.

Its request is one append (`test_ledger_crashes.py`), then it sweeps (`test_sweep_crashes.py`); here it dies between.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from assent.operations.takeback import take_back
from mortal import die
from small_world import PURPOSE, World, joined, make_world, mention, post
from sweeping import folders, require_verified, rows_in

SCRIPT = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from assent.operations.takeback import take_back
from assent.operations.workspace import open_workspace

def gap(name):
    if name == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

now = datetime.fromisoformat(sys.argv[3])
take_back(open_workspace(Path(sys.argv[1])), ["mira"], purposes=["train_generative"], clock=lambda: now, gap=gap)
print("answered", flush=True)
"""


@pytest.fixture
def world(tmp_path: Path, store: str) -> World:
    people = [event for member in ("mira", "tom") for event in joined(member)]
    records = [
        post("mira-1", "mira"),
        post("tom-1", "tom"),
        post("tom-2", "tom", "@mira said so", category="comment", subjects=[mention("mira", 0, 5)]),
    ]
    return make_world(tmp_path / "w", people, records, database=store)


@pytest.mark.parametrize("gap", ["begun", "renamed", "emptied", "removed"])
def test_the_same_command_finishes_it_and_says_nothing_twice(world: World, gap: str) -> None:
    built = world.build()
    world.pass_time(days=1)
    die(SCRIPT, world.root, gap, world.now.isoformat())
    with world.ledger() as ledger:
        said = len(ledger.events_of("mira"))
    assert said == len(joined("mira")) + 2

    world.pass_time(minutes=1)
    take_back(world.workspace, ["mira"], purposes=[PURPOSE], clock=world.clock)

    with world.ledger() as ledger:
        assert len(ledger.events_of("mira")) == said
    (version,) = folders(world) - {built.id}
    assert set(rows_in(world, world.workspace.snapshots_folder / version)) == {"tom-1", "tom-2"}
    require_verified(world, world.workspace.snapshots_folder / version)
