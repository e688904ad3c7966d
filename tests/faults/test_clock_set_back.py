"""A clock that was set back: what was said before it was must not be overlooked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assent.errors import UnavailableError
from assent.operations.feeds import build_feed, deliver
from assent.operations.sweep import sweep
from assent.operations.takeback import take_back
from feed_world import NAME, make_feed_world
from small_world import make_world, switched
from sweeping import asked_back, folders

BEHIND = timedelta(minutes=5)


@pytest.fixture
def world(tmp_path):
    made = make_world(tmp_path / "w")
    made.tell(switched("m5", "off", made.now))
    return made


def test_a_build_refuses_a_clock_that_is_behind_the_ledger(world):
    world.now -= BEHIND
    with pytest.raises(UnavailableError, match="this clock is behind the ledger"):
        world.build()
    assert list(world.workspace.snapshots_folder.glob("train*")) == []


def test_a_build_as_of_an_earlier_moment_is_still_possible(world):
    moment = world.now - BEHIND
    result = world.build(at=moment)
    assert result.manifest.at == moment


def test_a_reader_refuses_a_clock_that_is_behind_the_ledger(world):
    result = world.build()
    world.now -= BEHIND
    with pytest.raises(UnavailableError, match="this clock is behind the ledger"):
        world.ids(result)


def test_a_clock_a_moment_behind_counts_what_was_said_in_that_moment(world):
    world.now -= timedelta(seconds=2)
    permitted = world.ids(world.build())
    assert not {ident for ident in permitted if ident.startswith("p-m5-")}
    assert {ident for ident in permitted if ident.startswith("p-m6-")}


def test_a_sweep_refuses_a_clock_that_is_behind_the_ledger(world):
    result = world.build()
    world.tell(asked_back("m5", world.now))
    world.now -= BEHIND
    with pytest.raises(UnavailableError, match="this clock is behind the ledger"):
        sweep(world.workspace, clock=world.clock)
    assert folders(world) == {result.id}


def test_a_take_back_refuses_a_clock_that_is_behind_the_ledger(world):
    with world.ledger() as ledger:
        size = ledger.size
    world.now -= BEHIND
    with pytest.raises(UnavailableError, match="this clock is behind the ledger"):
        take_back(world.workspace, ["m5"], clock=world.clock)
    with world.ledger() as ledger:
        assert ledger.size == size


def test_a_feed_gives_nothing_by_a_clock_that_is_behind_the_ledger(tmp_path):
    feed = make_feed_world(tmp_path / "f")
    feed.snapshot()
    feed.build()
    feed.withdraw("m2")
    feed.world.now -= BEHIND
    with pytest.raises(UnavailableError, match="this clock is behind the ledger"):
        build_feed(feed.workspace, NAME, feed.around)
    told = deliver(feed.workspace, NAME, feed.around)
    assert (told.sent, list(feed.inbox.glob("*"))) == ((), [])
    assert "this clock is behind the ledger" in (told.problem or "")
