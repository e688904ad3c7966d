"""The ledger's figures: import, concurrent appends, full verification, one proof; and the columns for the gate."""

from __future__ import annotations

import random
import sys
import tempfile
import threading
import time
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
from bench.report import Row

KEY = Ed25519PrivateKey.from_private_bytes(b"b" * 32)
START = datetime(2025, 1, 1, tzinfo=UTC)
WRITERS = 64
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


def appends_per_second(folder: Path, each: int) -> float:
    """Durable appends of one event each by 64 threads at once."""
    with Ledger.create(folder, origin="bench.example/log", key=KEY, clock=now) as ledger:

        def write(name: int) -> None:
            for _ in range(each):
                event = Event(EventType.SETTING_CHANGED, now(), f"urn:member:{name:010}", SETTINGS[0], "off", "member")
                ledger.append([event])

        threads = [threading.Thread(target=write, args=(name,)) for name in range(WRITERS)]
        started = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return WRITERS * each / (time.perf_counter() - started)


def median_proof_ms(ledger: Ledger, rounds: int) -> float:
    random.seed(11)
    taken = []
    for _ in range(rounds):
        seq = random.randrange(ledger.size)
        started = time.perf_counter()
        ledger.prove(seq)
        taken.append((time.perf_counter() - started) * 1000)
    return sorted(taken)[rounds // 2]


def run(*, quick: bool) -> list[Row]:
    """The rows of the table; `quick` takes a tenth of the events."""
    count = 100_000 if quick else 1_000_000
    scale = f"{count:,} events"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_events(folder / "events.parquet", count)
        with Ledger.create(folder / "ledger", origin="bench.example/log", key=KEY, clock=now) as ledger:
            started, cpu = time.perf_counter(), time.process_time()
            import_events(ledger, [folder / "events.parquet"])
            importing, import_cpu = time.perf_counter() - started, time.process_time() - cpu
            proof = median_proof_ms(ledger, 200)
            started = time.perf_counter()
            ledger.columns()
            mirroring = time.perf_counter() - started
            vkey = ledger.vkey
        started, cpu = time.perf_counter(), time.process_time()
        report = verify_ledger(folder / "ledger", vkey=vkey)
        verifying, verify_cpu = time.perf_counter() - started, time.process_time() - cpu
        report.require()
        appends = appends_per_second(folder / "appends", 40 if quick else 150)
    limit = 15 * count / 1_000_000
    return [
        Row(
            f"ledger import, Parquet to durable, {scale}",
            "≥ 50,000 events/s",
            f"{count / importing:,.0f} events/s ({import_cpu / count * 1e6:.1f} CPU-µs an event)",
            count / importing >= 50_000,
        ),
        Row("durable appends, 64 concurrent writers", "≥ 2,000/s", f"{appends:,.0f}/s", appends >= 2_000),
        Row(
            f"full verification, {scale}",
            f"≤ {limit:.1f} s",
            f"{verifying:.1f} s ({verify_cpu:.1f} CPU-s)",
            verifying <= limit,
        ),
        Row(f"one inclusion proof, {scale}, median", "≤ 2 ms", f"{proof:.2f} ms", proof <= 2),
        Row(f"columns for the gate, {scale}", "—", f"{count / mirroring:,.0f} events/s", None),
    ]


if __name__ == "__main__":
    for row in run(quick="--quick" in sys.argv):
        print(row)
