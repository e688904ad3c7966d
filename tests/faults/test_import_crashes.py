"""A bulk import that is cut off: all of its rows or none, on both stores, and read again it doubles nothing.

| cut off | rows | the same file again, as `import_new_events` |
|---|---|---|
| between two of its batches | none | records all |
| `written`: before the commit | none | records all |
| `committed`: failed but persisted | all | records none |
| `tiles-written`, `checkpoint-written` | all | records none |
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import mortal
from assent.audit.ledger import verify_ledger
from assent.ledger import Ledger
from assent.ledger.importing import import_events, import_new_events
from assent.vocabulary.events import Event, EventType

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
MOMENT = datetime(2025, 1, 1, tzinfo=UTC)
ROWS = 500

PROGRAM = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from assent.ledger import Ledger, rows
from assent.ledger.importing import import_events

rows._ROWS = 100  # five batches
folder, file, doomed = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
read = 0

def gap(name):
    if name == doomed:
        os.kill(os.getpid(), signal.SIGKILL)

def advance(count):
    global read
    read += count
    if read == 300:
        gap("batch")

key = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
with Ledger.open(folder, clock=lambda: datetime(2026, 1, 1, tzinfo=UTC), key=key, gap=gap) as ledger:
    import_events(ledger, [file], advance=advance)
print("answered", flush=True)
"""

RECORDED = {"batch": 0, "written": 0, "committed": ROWS, "tiles-written": ROWS, "checkpoint-written": ROWS}


def clock() -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC)


def opened(folder: Path, **given: object) -> Ledger:
    return Ledger.open(folder, clock=clock, key=KEY, **given)


@pytest.fixture
def folder(tmp_path: Path, store: str) -> Path:
    made = tmp_path / "ledger"
    with Ledger.create(made, origin="example.org/log", key=KEY, clock=clock, database=store) as ledger:
        ledger.append([Event(EventType.MEMBER_JOINED, MOMENT, "before")])
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    rows = [{"type": "member.joined", "member": f"m{n}", "effective_at": "2025-01-01T00:00:00Z"} for n in range(ROWS)]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "events.parquet")
    return tmp_path / "events.parquet"


def require_whole(folder: Path, size: int) -> None:
    with opened(folder) as ledger:
        members = [event.member for _, event in ledger.events()]
        vkey = ledger.vkey
    report = verify_ledger(folder, vkey=vkey)
    assert (len(members), len(set(members)), report.ok, report.agrees) == (size, size, True, size)


@pytest.mark.parametrize(("gap", "recorded"), RECORDED.items())
def test_all_of_its_rows_are_there_or_none(folder: Path, file: Path, gap: str, recorded: int) -> None:
    mortal.die(PROGRAM, folder, file, gap)

    require_whole(folder, 1 + recorded)


@pytest.mark.parametrize(("gap", "recorded"), RECORDED.items())
def test_read_again_it_adds_what_is_missing_and_doubles_nothing(
    folder: Path, file: Path, gap: str, recorded: int
) -> None:
    mortal.die(PROGRAM, folder, file, gap)

    with opened(folder) as ledger:
        seqs, held = import_new_events(ledger, [file])
    assert (len(seqs), held) == (ROWS - recorded, recorded)
    require_whole(folder, 1 + ROWS)


@pytest.mark.parametrize("how", ["append", "import"])
def test_who_got_an_error_after_the_commit_finds_it_recorded(folder: Path, file: Path, how: str) -> None:
    def fail(name: str) -> None:
        if name == "committed":
            raise OSError(5, "Input/output error")

    event = Event(EventType.MEMBER_JOINED, MOMENT, "m0")
    with opened(folder, gap=fail) as ledger:
        record = (lambda: ledger.append([event])) if how == "append" else (lambda: import_events(ledger, [file]))
        with pytest.raises(OSError, match="Input/output"):
            record()
    with opened(folder) as ledger:
        seqs, held = import_new_events(ledger, [file])

    already = 1 if how == "append" else ROWS
    assert (len(seqs), held) == (ROWS - already, already)
    require_whole(folder, 1 + ROWS)
