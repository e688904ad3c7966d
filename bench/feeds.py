"""What a feed costs: `python -m bench.feeds [RECORDS]`, a million by default, in a folder of its own.

Prints one line per step: wall time, and at the end the process's peak memory and the size of the state.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from assent.ledger import Ledger
from assent.operations.build import ATTEST_PUBLIC, LEDGER_KEY, build_snapshot
from assent.operations.feed_status import holds_of
from assent.operations.feeds import Surroundings, build_feed, deliver, retract_feed, verify_received
from assent.operations.ledger import open_ledger
from assent.operations.setup import make_workspace
from assent.operations.workspace import Workspace, open_workspace
from assent.snapshot.reader import system_clock
from assent.storage.keys import create_key
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.tables import RECORD_SCHEMA

PURPOSE, NAME = "share_affiliates", "acme"
RECORDS_OF_ONE = 50
SINCE = datetime(2025, 1, 1, tzinfo=UTC)
_CONFIG = """
[sources.site]
kind = "tables"
path = "mapping.toml"
[recipients.acme]
purpose = "share_affiliates"
deliver = "folder"
path = "inbox"
"""


def main() -> None:
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory(dir=".") as folder:
        measure(make(Path(folder).resolve(), records), records)


def make(root: Path, records: int) -> Workspace:
    make_workspace(root, pack="professional-network-2025-11", origin="bench.example/log")
    with (root / "assent.toml").open("a") as config:
        config.write(_CONFIG)
    names = "".join(f'{name} = "{name}"\n' for name in RECORD_SCHEMA.names if name != "category")
    (root / "mapping.toml").write_text(
        f'[[records]]\nfiles = ["records.parquet"]\ncategory = {{ column = "category" }}\n[records.columns]\n{names}'
    )
    with pq.ParquetWriter(root / "records.parquet", RECORD_SCHEMA) as writer:
        for first in range(0, records, 50_000):
            rows = range(first, min(first + 50_000, records))
            columns = {
                "id": [f"record-{n}" for n in rows],
                "category": ["profile.position"] * len(rows),
                "author": [f"member-{n // RECORDS_OF_ONE}" for n in rows],
                "created_at": [SINCE] * len(rows),
                "text": [f"worked on matter {n} and on much else besides, for years " * 4 for n in rows],
            }
            arrays = [pa.array(columns.get(f.name, [None] * len(rows)), f.type) for f in RECORD_SCHEMA]
            writer.write_batch(pa.record_batch(arrays, schema=RECORD_SCHEMA))
    workspace = open_workspace(root)
    key = create_key(workspace.keys_folder / LEDGER_KEY)
    with Ledger.create(workspace.ledger_folder, origin="bench.example/log", key=key, clock=system_clock) as ledger:
        for first in range(0, records // RECORDS_OF_ONE, 5_000):
            members = [f"member-{n}" for n in range(first, min(first + 5_000, records // RECORDS_OF_ONE))]
            ledger.append(
                event
                for member in members
                for event in (
                    Event(EventType.MEMBER_JOINED, SINCE, member),
                    Event(EventType.MEMBER_REGION, SINCE, member, value="US"),
                )
            )
    return workspace


def measure(workspace: Workspace, records: int) -> None:
    around = Surroundings(system_clock)
    step("build the snapshot", lambda: build_snapshot(workspace, PURPOSE, clock=system_clock))
    print(f"peak memory before any feed: {peak()} MiB")
    step(f"first batch, {records:,} records", lambda: build_feed(workspace, NAME, around))
    step("deliver it to a folder", lambda: deliver(workspace, NAME, around))
    print(f"state: {size(workspace) / 2**20:.0f} MiB, {size(workspace) / records:.0f} bytes a record")
    step("build again, nothing new", lambda: build_feed(workspace, NAME, around))
    with open_ledger(workspace) as ledger:
        off = (EventType.SETTING_CHANGED, system_clock())
        ledger.append([Event(*off, f"member-{n}", PURPOSE, "off") for n in range(100)])
    step("retract 100 members, 5,000 records", lambda: retract_feed(workspace, NAME, around))
    step("deliver the retraction", lambda: deliver(workspace, NAME, around))
    step("who was told of a member", lambda: holds_of(workspace, "member-7", around))
    print(f"peak memory of the feed's steps: {peak()} MiB")
    key = workspace.keys_folder / ATTEST_PUBLIC
    step("the recipient verifies everything", lambda: verify_received(workspace.root / "inbox", key))


def step(what: str, work: Callable[[], object]) -> None:
    began = time.perf_counter()
    work()
    print(f"{what}: {time.perf_counter() - began:.2f} s", flush=True)


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def size(workspace: Workspace) -> int:
    return sum(path.stat().st_size for path in (workspace.feeds_folder / NAME).glob("state.db*"))


if __name__ == "__main__":
    main()
