"""The fault table of a feed: the process dies in each gap, and what the next one finds.

| dies at | the batch is | the recipient has | the next delivery |
|---|---|---|---|
| `begun`, `written` | gone | nothing of it | what waited before still waits |
| `renamed` | gone: a folder that the state does not know | nothing of it | removes the folder; what waited still waits |
| `committed` | built | nothing of it | sends it; files of what it replaced are removed |
| `tried` | tried | nobody knows | sends it again under the same id |
| `copied` | tried | a hidden half | removes the half and sends it again |
| `placed`, `answered` | tried | all of it | finds it there, and goes on |
| `noted` | sent | all of it | tells the ledger, removes the data here |
| `feed.sent-told` | sent | all of it | finds the event in the ledger and does not repeat it |
| `acknowledged` | acknowledged | all of it | tells the ledger |
| `feed.acknowledged-told` | acknowledged | all of it | finds the event and does not repeat it |
"""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

import mortal
from assent.errors import UnavailableError
from assent.feeds import building
from assent.operations.feeds import acknowledge
from feed_world import NAME, FeedWorld, make_feed_world

PROGRAM = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from assent.operations import feeds
from assent.operations.workspace import open_workspace

root, operation, doomed, now = Path(sys.argv[1]), sys.argv[2], sys.argv[3], datetime.fromisoformat(sys.argv[4])

def gap(name):
    if name == doomed:
        os.kill(os.getpid(), signal.SIGKILL)

around = feeds.Surroundings(lambda: now, gap=gap)
workspace = open_workspace(root)
if operation == "acknowledge":
    feeds.acknowledge(workspace, "acme", 1, around)
else:
    getattr(feeds, operation)(workspace, "acme", around)
"""

BUILDING = ("begun", "written", "renamed", "committed")
DELIVERING = ("tried", "copied", "placed", "answered", "noted", "feed.sent-told")
ACKNOWLEDGING = ("acknowledged", "feed.acknowledged-told")


def die(feed: FeedWorld, operation: str, gap: str) -> None:
    feed.world.pass_time(minutes=1)
    mortal.die(PROGRAM, feed.world.root, operation, gap, feed.world.now.isoformat())


def left(feed: FeedWorld) -> set[str]:
    """Everything below the feed but the state and the locks."""
    named = {str(path.relative_to(feed.folder)) for path in feed.folder.rglob("*")}
    return {name for name in named if not name.startswith(("state.db", ".lock", ".delivering"))}


def once(feed: FeedWorld, kind: str) -> bool:
    keys = [key for key, _, _ in feed.events(kind)]
    return len(keys) == len(set(keys))


@pytest.fixture
def feed(tmp_path: Path) -> FeedWorld:
    return make_feed_world(tmp_path / "w")


@pytest.mark.parametrize("gap", BUILDING)
def test_a_build_that_was_killed_can_be_run_again(feed: FeedWorld, gap: str) -> None:
    snapshot = feed.snapshot()
    die(feed, "build_feed", gap)
    feed.build()
    feed.deliver()

    assert feed.received() == feed.readable(snapshot)
    assert not any(name.endswith(".jsonl") or "building" in name for name in left(feed))


@pytest.mark.parametrize("gap", BUILDING[:3])
def test_a_build_killed_before_its_end_leaves_what_waited(feed: FeedWorld, gap: str) -> None:
    snapshot = feed.snapshot()
    feed.build()
    die(feed, "build_feed", gap)

    assert feed.status().waiting == (1,)
    assert feed.deliver().sent == (1,)
    assert feed.received() == feed.readable(snapshot)


@pytest.mark.parametrize("gap", BUILDING)
def test_a_retraction_that_was_killed_is_made_by_the_next_delivery(feed: FeedWorld, gap: str) -> None:
    snapshot = feed.snapshot()
    feed.build()
    feed.deliver()
    feed.withdraw("m2")
    die(feed, "retract_feed", gap)
    feed.deliver()

    assert feed.received() == feed.readable(snapshot)


@pytest.mark.parametrize("gap", DELIVERING)
def test_a_delivery_that_was_killed_is_finished_by_the_next(feed: FeedWorld, gap: str) -> None:
    snapshot = feed.snapshot()
    feed.build()
    die(feed, "deliver", gap)
    feed.deliver()

    assert feed.received() == feed.readable(snapshot)
    assert (len(feed.events("feed.sent")), feed.status().waiting) == (1, ())
    assert left(feed) == {"000001", "000001/manifest.json"}


@pytest.mark.parametrize("gap", DELIVERING)
def test_a_withdrawal_after_a_delivery_that_was_killed_reaches_the_recipient(feed: FeedWorld, gap: str) -> None:
    snapshot = feed.snapshot()
    feed.build()
    die(feed, "deliver", gap)
    feed.withdraw("m4")
    feed.deliver()

    assert feed.received() == feed.readable(snapshot)
    assert once(feed, "feed.sent")
    assert not any(path.name.startswith(".incoming") for path in feed.inbox.iterdir())


@pytest.mark.parametrize("gap", ACKNOWLEDGING)
def test_an_acknowledgement_that_was_killed_is_in_the_ledger_once(feed: FeedWorld, gap: str) -> None:
    feed.snapshot()
    feed.build()
    feed.deliver()
    die(feed, "acknowledge", gap)
    acknowledge(feed.workspace, NAME, 1, feed.around)

    assert [key for key, _, _ in feed.events("feed.acknowledged")] == [f"{NAME}/1"]
    assert feed.status().acknowledged == 1


def test_a_full_disk_leaves_what_waited(feed: FeedWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = feed.snapshot()
    feed.build()

    def full(_folder: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(building, "sync_folder", full)
        with pytest.raises(UnavailableError, match="no space left"):
            feed.build()

    assert feed.deliver().sent == (1,)
    assert feed.received() == feed.readable(snapshot)
