"""The fault table of a move between databases: dies in each gap, one database is in charge, nothing is lost.

| dies at | in charge | the next move | the next opening for writing |
|---|---|---|---|
| `compared` | the old one | begins anew | finds what was before |
| `copied` | the old one | writes over the copy | finds what was before |
| `decided` | the new one | is there already | completes the move |
| `stamped` | the new one | is there already | completes the move |
| `switched` | the new one | is there already | puts the old file aside |
"""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import mortal
from assent.audit.ledger import verify_ledger
from assent.errors import InputError
from assent.ledger import Ledger
from assent.ledger.moving import move_ledger
from assent.storage.place import place_of
from assent.vocabulary.events import Event, EventType

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)

PROGRAM = """
import os, signal, sys
from pathlib import Path
from assent.ledger.moving import move_ledger

folder, target, doomed = Path(sys.argv[1]), sys.argv[2], sys.argv[3]

def gap(name):
    if name == doomed:
        os.kill(os.getpid(), signal.SIGKILL)

move_ledger(folder, target, gap=gap)
print("moved", flush=True)
"""

IN_CHARGE = {"compared": "old", "copied": "old", "decided": "new", "stamped": "new", "switched": "new"}


def clock():
    return datetime(2026, 1, 1, tzinfo=UTC)


def joined(member):
    return Event(EventType.MEMBER_JOINED, clock(), member)


@pytest.fixture(params=["to a server", "from a server"])
def places(request, postgres):
    pair = ("sqlite", postgres.url())
    return pair if request.param == "to a server" else pair[::-1]


@pytest.fixture
def folder(tmp_path, places):
    folder = tmp_path / "ledger"
    with Ledger.create(folder, origin="example.org/log", key=KEY, clock=clock, database=places[0]) as ledger:
        ledger.append([joined(f"m{number}") for number in range(5)])
    return folder


def die(folder, target, gap):
    mortal.die(PROGRAM, folder, target, gap)


def place(folder, places):
    """Which of the two places the folder uses."""
    return "old" if (place_of(folder).text == "sqlite") == (places[0] == "sqlite") else "new"


@pytest.mark.parametrize(("gap", "chosen"), IN_CHARGE.items())
def test_after_a_crash_in_each_gap_the_next_writer_finds_the_one_in_charge(folder, places, gap, chosen):
    die(folder, places[1], gap)
    with Ledger.open(folder, clock=clock, key=KEY) as ledger:
        assert (ledger.append([joined("m5")]), place(folder, places)) == (range(5, 6), chosen)
        vkey = ledger.vkey
    report = verify_ledger(folder, vkey=vkey)
    assert (report.ok, report.agrees) == (True, 6)


@pytest.mark.parametrize("gap", IN_CHARGE)
def test_after_a_crash_in_each_gap_a_reader_finds_everything(folder, places, gap):
    die(folder, places[1], gap)
    with Ledger.open(folder, clock=clock) as reader:
        assert [event.member for _, event in reader.events()] == [f"m{number}" for number in range(5)]


@pytest.mark.parametrize(("gap", "chosen"), IN_CHARGE.items())
def test_after_a_crash_in_each_gap_the_move_can_be_asked_for_again(folder, places, gap, chosen):
    die(folder, places[1], gap)
    if chosen == "old":
        assert move_ledger(folder, places[1]).size == 5
    else:
        with pytest.raises(InputError, match="already"):
            move_ledger(folder, places[1])
    assert place(folder, places) == "new"


@pytest.mark.parametrize("gap", [gap for gap, chosen in IN_CHARGE.items() if chosen == "new"])
def test_who_had_the_old_database_open_cannot_append_whatever_gap_the_move_died_in(folder, places, gap):
    with Ledger.open(folder, clock=clock, key=KEY) as stale:
        die(folder, places[1], gap)
        with pytest.raises(Exception, match="moved to"):
            stale.append([joined("lost")])
    with Ledger.open(folder, clock=clock, key=KEY) as ledger:
        assert ledger.size == 5


@pytest.mark.parametrize("gap", ["decided", "stamped", "switched"])
def test_the_next_writer_puts_the_old_file_aside(folder, places, gap):
    if places[0] != "sqlite":
        pytest.skip("the old database is no file")
    die(folder, places[1], gap)
    Ledger.open(folder, clock=clock, key=KEY).close()
    names = {path.name for path in folder.iterdir()}
    assert ("ledger.db" in names, "ledger-moved-away.db" in names) == (False, True)
