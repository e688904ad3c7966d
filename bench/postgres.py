"""The ledger in PostgreSQL: import, and durable appends by 64 writers in two processes. A real server, fsync on."""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from assent.audit.ledger import verify_ledger
from assent.ledger import Ledger
from assent.ledger.importing import import_events
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import MemberId
from bench.ledger import APPENDS, KEY, SETTINGS, Took, median, now, timed, write_events
from bench.report import Row
from real_postgres import NOT_FOUND, binaries, make_server

PROCESSES = 2
THREADS = 32


def write(folder: Path, process: int, each: int, ready: object, start: object) -> None:
    """One process of writers: each of its threads appends one event after another."""
    with Ledger.open(folder, clock=now, key=KEY) as ledger:

        def append(name: int) -> None:
            member = MemberId(f"urn:member:{name:010}")
            for _ in range(each):
                ledger.append([Event(EventType.SETTING_CHANGED, now(), member, SETTINGS[0], "off", "member")])

        threads = [threading.Thread(target=append, args=(process * THREADS + name,)) for name in range(THREADS)]
        ready.release()  # type: ignore[attr-defined]
        start.wait()  # type: ignore[attr-defined]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def appending(folder: Path, url: str, each: int) -> Took:
    """Durable appends of one event each, until the last writer was answered."""
    Ledger.create(folder, origin="bench.example/log", key=KEY, clock=now, database=url).close()
    context = multiprocessing.get_context("spawn")
    ready, start = context.Semaphore(0), context.Event()
    writers = [context.Process(target=write, args=(folder, number, each, ready, start)) for number in range(PROCESSES)]
    for writer in writers:
        writer.start()
    for _ in writers:
        ready.acquire()
    began = time.perf_counter()
    start.set()
    for writer in writers:
        writer.join()
    took = time.perf_counter() - began
    with Ledger.open(folder, clock=now) as ledger:
        assert ledger.size == PROCESSES * THREADS * each
    return Took(took, 0.0)


def run(*, quick: bool) -> list[Row]:
    """The rows of the table; `quick` takes a tenth of the events."""
    if binaries() is None:
        return [Row("ledger in PostgreSQL", "", NOT_FOUND, None)]
    count, each = (100_000, 40) if quick else (1_000_000, 150)
    server = make_server()
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_events(folder / "events.parquet", count)
            with Ledger.create(
                folder / "ledger", origin="bench.example/log", key=KEY, clock=now, database=server.url()
            ) as ledger:
                with timed() as importing:
                    import_events(ledger, [folder / "events.parquet"])
                vkey = ledger.vkey
            with timed() as verifying:
                verify_ledger(folder / "ledger", vkey=vkey).require()
            appends = median([appending(folder / f"appends-{n}", server.url(), each) for n in range(APPENDS)])
    finally:
        server.remove()
    return _rows(count, PROCESSES * THREADS * each, importing[0], appends, verifying[0])


def _rows(count: int, appended: int, importing: Took, appends: Took, verifying: Took) -> list[Row]:
    scale = f"{count:,} events"
    return [
        Row(
            f"PostgreSQL: ledger import, Parquet to durable, {scale}",
            "≥ 40,000 events/s",
            f"{count / importing.wall:,.0f} events/s ({importing.cpu_us(count)} an event, without the server's)",
            count / importing.wall >= 40_000,
        ),
        Row(
            f"PostgreSQL: durable appends, {PROCESSES * THREADS} writers, {PROCESSES} processes, median of {APPENDS}",
            "≥ 2,000/s",
            f"{appended / appends.wall:,.0f}/s",
            appended / appends.wall >= 2_000,
        ),
        Row(
            f"PostgreSQL: full verification, {scale}",
            "",
            f"{verifying.wall:.1f} s ({verifying.cpu_us(count)} an event, without the server's)",
            None,
        ),
    ]


if __name__ == "__main__":
    for row in run(quick="--quick" in sys.argv):
        print(row)
