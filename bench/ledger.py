"""The ledger's figures: import, concurrent appends, full verification, one proof; and the columns for the gate."""

from __future__ import annotations

import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from assent.audit.ledger import verify_ledger
from assent.ledger import Ledger
from assent.ledger.importing import import_events
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import MemberId
from bench.report import Row

KEY = Ed25519PrivateKey.from_private_bytes(b"b" * 32)
START = datetime(2025, 1, 1, tzinfo=UTC)
WRITERS = 64
APPENDS = 5
PROOFS = 200
REGIONS = ("DE", "FR", "US", "GB", "CA", "CH", "HK", "BR", "IN", "NO")
SETTINGS = ("generative_ai_improvement", "ads_off_platform", "share_affiliates")


def now() -> datetime:
    return datetime.now(UTC)


def write_events(path: Path, count: int) -> None:
    """A file as a platform exports it: three events a member in the order of time, members in no order."""
    random.seed(7)
    rows: list[dict[str, object]] = []
    for place in range(count):
        member = f"urn:member:{random.randrange(count // 3):010}"
        row: dict[str, object] = {
            "effective_at": START + timedelta(seconds=place * 7, microseconds=place % 1000 * 1000)
        }
        match place % 3:
            case 0:
                row |= {"type": "member.region", "region": random.choice(REGIONS)}
            case 1:
                row |= {
                    "type": "member.birth_date",
                    "birth_date": f"{1950 + place % 60}-0{1 + place % 9}-1{place % 10}",
                }
            case _:
                row |= {
                    "type": "setting.changed",
                    "setting": random.choice(SETTINGS),
                    "value": random.choice(["on", "off"]),
                    "by": "member",
                }
        rows.append(row | {"member": member})
    names = ("type", "effective_at", "member", "region", "birth_date", "setting", "value", "by")
    schema = pa.schema(
        [(name, pa.timestamp("us", tz="UTC") if name == "effective_at" else pa.string()) for name in names]
    )
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path)


@dataclass(frozen=True, slots=True)
class Took:
    """What a piece of work took. Unit: seconds of the clock, and of all cores together."""

    wall: float
    cpu: float

    def cpu_us(self, count: int) -> str:
        """CPU time for each of so many."""
        return f"{self.cpu / count * 1e6:.1f} CPU-µs"


@dataclass(frozen=True, slots=True)
class Figures:
    """What each piece of work took, on a ledger of `count` events; `appends` is for `appended` of them."""

    count: int
    appended: int
    importing: Took
    appends: Took
    verifying: Took
    proof: Took
    mirroring: Took


@contextmanager
def timed() -> Iterator[list[Took]]:
    """The list holds, after the block, what it took."""
    seen: list[Took] = []
    wall, cpu = time.perf_counter(), time.process_time()
    yield seen
    seen.append(Took(time.perf_counter() - wall, time.process_time() - cpu))


def appending(folder: Path, each: int) -> Took:
    """Durable appends of one event each by 64 threads at once."""
    with Ledger.create(folder, origin="bench.example/log", key=KEY, clock=now) as ledger:

        def write(name: int) -> None:
            for _ in range(each):
                event = Event(
                    EventType.SETTING_CHANGED, now(), MemberId(f"urn:member:{name:010}"), SETTINGS[0], "off", "member"
                )
                ledger.append([event])

        threads = [threading.Thread(target=write, args=(name,)) for name in range(WRITERS)]
        with timed() as took:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        return took[0]


def proving(ledger: Ledger) -> Took:
    """One inclusion proof, the median of many."""
    random.seed(11)
    taken = []
    for _ in range(PROOFS):
        seq = random.randrange(ledger.size)
        with timed() as took:
            ledger.prove(seq)
        taken += took
    return median(taken)


def median(taken: list[Took]) -> Took:
    """The one in the middle by the clock."""
    return sorted(taken, key=lambda each: each.wall)[len(taken) // 2]


def run(*, quick: bool) -> list[Row]:
    """The rows of the table; `quick` takes a tenth of the events."""
    count = 100_000 if quick else 1_000_000
    each = 40 if quick else 150
    # Nothing is deleted before the end: a file system that spares freshly freed inodes creates files slowly then.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_events(folder / "events.parquet", count)
        with Ledger.create(folder / "ledger", origin="bench.example/log", key=KEY, clock=now) as ledger:
            with timed() as importing:
                import_events(ledger, [folder / "events.parquet"])
            proof = proving(ledger)
            with timed() as mirroring:
                ledger.columns()
            vkey = ledger.vkey
        with timed() as verifying:
            report = verify_ledger(folder / "ledger", vkey=vkey)
        report.require()
        appends = median([appending(folder / f"appends-{number}", each) for number in range(APPENDS)])
    return _rows(Figures(count, WRITERS * each, importing[0], appends, verifying[0], proof, mirroring[0]))


def _rows(took: Figures) -> list[Row]:
    count = took.count
    scale = f"{count:,} events"
    limit = 15 * count / 1_000_000
    return [
        Row(
            f"ledger import, Parquet to durable, {scale}",
            "≥ 50,000 events/s",
            f"{count / took.importing.wall:,.0f} events/s ({took.importing.cpu_us(count)} an event)",
            count / took.importing.wall >= 50_000,
        ),
        Row(
            f"durable appends, 64 concurrent writers, median of {APPENDS}",
            "≥ 2,000/s",
            f"{took.appended / took.appends.wall:,.0f}/s ({took.appends.cpu_us(took.appended)} an append)",
            took.appended / took.appends.wall >= 2_000,
        ),
        Row(
            f"full verification, {scale}",
            f"≤ {limit:.1f} s",
            f"{took.verifying.wall:.1f} s ({took.verifying.cpu_us(count)} an event)",
            took.verifying.wall <= limit,
        ),
        Row(
            f"one inclusion proof, {scale}, median of {PROOFS}",
            "≤ 2 ms",
            f"{took.proof.wall * 1000:.2f} ms ({took.proof.cpu * 1000:.2f} CPU-ms)",
            took.proof.wall <= 0.002,
        ),
        Row(
            f"columns for the gate, {scale}",
            "≥ 150,000 events/s",
            f"{count / took.mirroring.wall:,.0f} events/s ({took.mirroring.cpu_us(count)} an event)",
            count / took.mirroring.wall >= 150_000,
        ),
    ]


if __name__ == "__main__":
    for row in run(quick="--quick" in sys.argv):
        print(row)
