"""Many threads of several processes on one log: consecutive positions, nothing lost, nothing twice."""

import json
import subprocess
import sys

import pytest

from assent.audit.ledger import verify_ledger
from assent.ledger import Ledger

PROGRAM = """
import json, sys, threading
from datetime import UTC, datetime
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from assent.ledger import Ledger
from assent.vocabulary.events import Event, EventType

folder, name, threads, each = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
clock = lambda: datetime(2026, 1, 1, tzinfo=UTC)
told = {}

def write(ledger, thread):
    for number in range(each):
        member = f"{name}-{thread}-{number}"
        [told[member]] = ledger.append([Event(EventType.MEMBER_JOINED, clock(), member)])

with Ledger.open(folder, clock=clock, key=Ed25519PrivateKey.from_private_bytes(b"k" * 32)) as ledger:
    print("ready", flush=True)
    sys.stdin.readline()
    running = [threading.Thread(target=write, args=(ledger, thread)) for thread in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
print(json.dumps(told))
"""

THREADS, PROCESSES, EACH = 64, 2, 5


@pytest.fixture
def told(ledger):
    """What each writer was told, by member."""
    ledger.close()
    arguments = [[sys.executable, "-c", PROGRAM, str(ledger.folder), str(name), str(THREADS), str(EACH)] for name in range(PROCESSES)]  # fmt: skip
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    running = [subprocess.Popen(each, **pipes) for each in arguments]
    for process in running:
        assert process.stdout.readline() == "ready\n"
    for process in running:
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=120)[0] for process in running]
    return {member: seq for answer in answers for member, seq in json.loads(answer).items()}


def test_positions_are_consecutive_and_each_writer_was_told_its_own(told, ledger, clock):
    with Ledger.open(ledger.folder, clock=clock) as reader:
        stored = {event.member: seq for seq, event in reader.events()}
    assert (stored, sorted(stored.values())) == (told, list(range(THREADS * PROCESSES * EACH)))


def test_the_chain_verifies_and_is_published_to_the_end(told, ledger):
    report = verify_ledger(ledger.folder, vkey=(ledger.folder / "log" / "vkey").read_text().strip())
    assert (report.ok, report.agrees) == (True, len(told))
    assert (ledger.folder / "log" / "checkpoint").read_text().split("\n")[1] == str(len(told))
