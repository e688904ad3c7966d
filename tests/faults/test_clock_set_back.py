"""A clock that was set back: what was said before it was must not be overlooked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assent.errors import UnavailableError
from small_world import make_world, switched

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
