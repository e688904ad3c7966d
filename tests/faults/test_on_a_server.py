"""What the other files break on SQLite, with the ledger in PostgreSQL: builds from a parent, feeds, a change of key."""

from __future__ import annotations

from pathlib import Path

import pytest
import test_feed_crashes as feeds
import test_rotation_crashes as rotation

from assent.operations.feeds import acknowledge
from assent.operations.ledger import verify_ledger_in
from assent.operations.rotation import rotate_key
from assent.operations.verify import verify_folder
from feed_world import NAME, FeedWorld, recipient_table, some_members
from mortal import die
from real_postgres import PostgresServer
from small_world import World, joined, make_world, post, switched

FROM_A_PARENT = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from assent.operations.build import build_snapshot
from assent.operations.workspace import open_workspace

def gap(name):
    if name == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

now = datetime.fromisoformat(sys.argv[3])
build_snapshot(open_workspace(Path(sys.argv[1])), "train_generative", clock=lambda: now, gap=gap, parent="latest")
print("answered", flush=True)
"""


@pytest.mark.parametrize("gap", ["begun", "written", "signed", "keyed", "renamed", "announced", "indexed"])
def test_a_build_from_a_parent(postgres: PostgresServer, tmp_path: Path, gap: str) -> None:
    people = [event for n in range(4) for event in joined(f"m{n}")]
    records = [post(f"p-{n}", f"m{n % 4}") for n in range(12)]
    world = make_world(tmp_path / "w", people, records, database=postgres.url())
    parent = world.build()
    world.tell(switched("m1", "off", "2026-02-01T00:00:00Z"))
    die(FROM_A_PARENT, world.root, gap, world.now.isoformat())

    built = world.build(parent="latest")

    assert {"p-0", "p-2"} <= world.ids(built) <= {f"p-{n}" for n in range(12) if n % 4 != 1}
    assert verify_folder(built.path, workspace=world.workspace).complete
    assert verify_folder(parent.path, workspace=world.workspace).complete
    assert not list((world.workspace.keys_folder / "snapshots").glob(".*"))


@pytest.mark.parametrize("gap", [*rotation.BEFORE, *rotation.AFTER])
def test_a_change_of_key(postgres: PostgresServer, tmp_path: Path, gap: str) -> None:
    world = make_world(tmp_path / "w", joined("tom"), [post("tom-1", "tom")], database=postgres.url())
    first = rotation.key_of(world)
    rotation.kill_at(world, gap)
    rotation.append(world)
    assert verify_ledger_in(world.workspace.ledger_folder, vkey=first).ok

    # After the commit the append above has finished the change; before it, the next attempt makes it.
    if gap in rotation.BEFORE:
        rotate_key(world.workspace, clock=world.clock)
    rotation.append(world)
    assert rotation.key_of(world) != first
    assert verify_ledger_in(world.workspace.ledger_folder, vkey=first).ok


@pytest.fixture
def feed(postgres: PostgresServer, tmp_path: Path) -> FeedWorld:
    world: World = make_world(tmp_path / "w", *some_members(), database=postgres.url())
    with (world.root / "assent.toml").open("a") as file:
        file.write(recipient_table('deliver = "folder"\npath = "inbox"\npseudonyms = false\n'))
    return FeedWorld(world)


@pytest.mark.parametrize(
    ("operation", "gap"),
    [
        *(("build_feed", gap) for gap in feeds.BUILDING),
        *(("deliver", gap) for gap in feeds.DELIVERING),
        *(("acknowledge", gap) for gap in feeds.ACKNOWLEDGING),
    ],
)
def test_a_feed(feed: FeedWorld, operation: str, gap: str) -> None:
    snapshot = feed.snapshot()
    if operation != "build_feed":
        feed.build()
    if operation == "acknowledge":
        feed.deliver()
    feeds.die(feed, operation, gap)

    feed.build()
    feed.deliver()
    # A build that was cut off after its commit has its batch replaced, so the newest one sent counts.
    newest = max(int(key.rpartition("/")[2]) for key, _, _ in feed.events("feed.sent"))
    acknowledge(feed.workspace, NAME, newest, feed.around)

    assert feed.received() == feed.readable(snapshot)
    assert (feeds.once(feed, "feed.sent"), feeds.once(feed, "feed.acknowledged")) == (True, True)
    assert (feed.status().acknowledged, feed.status().unacknowledged) == (1, ())
