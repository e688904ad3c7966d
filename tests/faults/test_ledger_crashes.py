"""The fault table of an append, on both stores: the process dies in each gap, and what the next one finds.

| dies at | events are | the writer knows | next opening |
|---|---|---|---|
| `located` | none yet | nothing | finds no ledger; making it again goes on (a server's database only) |
| `created` | none yet | nothing | publishes the empty log |
| `written` | gone | nothing | finds what was before |
| `committed` | recorded | nothing | publishes them: failed but persisted |
| `tiles-written` | recorded | nothing | publishes the checkpoint |
| `checkpoint-written` | recorded | nothing | finds everything in place |

The same for an import: all of its rows, or none.
"""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import mortal
from assent.audit.ledger import verify_ledger
from assent.errors import InputError
from assent.ledger import Ledger

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)


def clock():
    return datetime(2026, 1, 1, tzinfo=UTC)


PROGRAM = """
import json, os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from assent.ledger import Ledger
from assent.ledger.importing import import_events
from assent.vocabulary.events import Event, EventType

folder, database, doomed, before, after, how = Path(sys.argv[1]), *sys.argv[2:4], *map(int, sys.argv[4:6]), sys.argv[6]
key = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
armed = doomed in ("located", "created")

def gap(name):
    if armed and name == doomed:
        os.kill(os.getpid(), signal.SIGKILL)

def events(count):
    moment = datetime(2025, 1, 1, tzinfo=UTC)
    return [Event(EventType.SETTING_CHANGED, moment, f"m{n}", "ads", "off") for n in range(count)]

clock = lambda: datetime(2026, 1, 1, tzinfo=UTC)
ledger = Ledger.create(folder, origin="example.org/log", key=key, clock=clock, database=database, gap=gap)
ledger.append(events(before))
armed = True
if how == "append":
    ledger.append(events(after))
else:
    lines = folder / "events.jsonl"
    lines.write_text("".join(json.dumps(event.to_json()) + "\\n" for event in events(after)))
    import_events(ledger, [lines])
print("answered", flush=True)
"""


@pytest.fixture
def die(store):
    """A process that recorded `before` events and died in that gap of recording `after` more."""

    def run(folder, gap, *, before=3, after=2, how="append"):
        mortal.die(PROGRAM, folder, store, gap, before, after, how)

    return run


def outcome(folder):
    """Size after the next opening, and whether a stranger finds everything in order."""
    with Ledger.open(folder, clock=clock, key=KEY) as ledger:
        size, vkey = ledger.size, ledger.vkey
    report = verify_ledger(folder, vkey=vkey)
    return size, report.ok, report.agrees


SURVIVES = {"written": 3, "committed": 5, "tiles-written": 5, "checkpoint-written": 5}


@pytest.mark.parametrize("how", ["append", "import"])
@pytest.mark.parametrize(("gap", "size"), SURVIVES.items())
def test_after_a_crash_in_each_gap_the_ledger_is_whole(tmp_path, die, gap, size, how):
    die(tmp_path / "ledger", gap, how=how)
    assert outcome(tmp_path / "ledger") == (size, True, size)


@pytest.mark.parametrize(("gap", "size"), {"written": 250, "committed": 700, "tiles-written": 700}.items())
def test_after_a_crash_while_tiles_fill_up_the_ledger_is_whole(tmp_path, die, gap, size):
    die(tmp_path / "ledger", gap, before=250, after=450)
    assert outcome(tmp_path / "ledger") == (size, True, size)


def test_a_crash_while_creating_leaves_a_ledger_that_opens(tmp_path, die):
    die(tmp_path / "ledger", "created")
    assert outcome(tmp_path / "ledger") == (0, True, 0)


def test_a_crash_before_creating_leaves_no_ledger_and_does_not_stand_in_the_way(tmp_path, die, store):
    die(tmp_path / "ledger", "located")
    with pytest.raises(InputError):
        Ledger.open(tmp_path / "ledger", clock=clock)
    Ledger.create(tmp_path / "ledger", origin="example.org/log", key=KEY, clock=clock, database=store).close()
    assert outcome(tmp_path / "ledger") == (0, True, 0)


def test_a_reader_never_sees_what_was_not_committed(tmp_path, die):
    die(tmp_path / "ledger", "written")
    with Ledger.open(tmp_path / "ledger", clock=clock) as reader:
        assert (reader.size, len(list(reader.events()))) == (3, 3)


def test_what_was_published_before_the_crash_stays_published(tmp_path, die):
    die(tmp_path / "ledger", "tiles-written")
    published = (tmp_path / "ledger" / "log" / "checkpoint").read_text().split("\n")[1]
    assert published == "3"


@pytest.mark.parametrize("lost", ["tile/0/000.p/5", "tile/entries/000.p/5", "checkpoint", "vkey"])
def test_published_files_lost_in_a_power_cut_are_published_again(tmp_path, die, lost):
    die(tmp_path / "ledger", "checkpoint-written")
    (tmp_path / "ledger" / "log" / lost).unlink()
    assert outcome(tmp_path / "ledger") == (5, True, 5)


@pytest.mark.parametrize("emptied", ["tile/0/000.p/5", "tile/entries/000.p/5"])
def test_published_files_emptied_in_a_power_cut_are_published_again(tmp_path, die, emptied):
    die(tmp_path / "ledger", "checkpoint-written")
    (tmp_path / "ledger" / "log" / emptied).write_bytes(b"")
    assert outcome(tmp_path / "ledger") == (5, True, 5)


def test_the_log_can_be_published_anew_from_the_database_alone(tmp_path, die):
    die(tmp_path / "ledger", "checkpoint-written", before=300, after=2)
    (tmp_path / "ledger" / "log").rename(tmp_path / "lost")
    assert outcome(tmp_path / "ledger") == (302, True, 302)


def test_a_process_that_dies_with_the_publication_lock_does_not_keep_it(tmp_path, die):
    die(tmp_path / "ledger", "tiles-written")
    with Ledger.open(tmp_path / "ledger", clock=clock, key=KEY) as ledger:
        assert (ledger.folder / "log" / "checkpoint").read_bytes() == ledger.checkpoint()
