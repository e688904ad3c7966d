"""A thousand of two million members take back: seconds until nobody reads them, CPU until no file has them.

    python -m bench takeback [--quick]

The gate's platform in a working folder with a real ledger: a full build, then 1 in 2,000 members take back for
the purpose it was built for, then a sweep. Each step in a process of its own, CPU of the process and its threads.
They are drawn at random, so that every one of the 64 partitions holds somebody and none can be shared.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from tempfile import TemporaryDirectory

import duckdb

from assent import open_snapshot
from assent.ledger import Ledger
from assent.operations.build import build_snapshot
from assent.operations.ledger import create_ledger, import_files, open_ledger
from assent.operations.setup import make_workspace
from assent.operations.sweep import sweep
from assent.operations.takeback import take_back
from assent.operations.workspace import open_workspace
from assent.vocabulary.tables import COLUMNS
from bench.gate_data import _KINDS, AT, generate
from bench.report import Row

PURPOSE, PACK = "train_generative", "professional-network-2025-11-safeguarded"
ONE_IN = 2_000

_EVENTS = """
SELECT ['member.region', 'member.birth_date', 'setting.changed', 'objection.received', 'notice.delivered']
           [list_position([{region}, {birth}, {setting}, {objection}, {notice}], e.kind::INT)] AS type,
       m.member, e.effective_at,
       CASE e.kind WHEN {region} THEN e.value END AS region, CASE e.kind WHEN {birth} THEN e.value END AS birth_date,
       CASE e.kind WHEN {setting} THEN e.key END AS setting, CASE e.kind WHEN {setting} THEN e.value END AS value,
       CASE e.kind WHEN {objection} THEN e.key END AS purpose, CASE e.kind WHEN {notice} THEN e.key END AS notice
FROM '{events}' e JOIN '{members}' m ON e.member = m.ordinal ORDER BY e.seq
"""


def run(*, quick: bool) -> list[Row]:
    """The rows of the table, measured now. Cost: about 6 minutes of CPU, under 1 with `quick`."""
    size = 1_000_000 if quick else 10_000_000
    with TemporaryDirectory(prefix="assent-bench-takeback-") as folder:
        prepare(Path(folder), size)
        built = _step(Path(folder), "build")
        asked = _step(Path(folder), "ask")
        swept = _step(Path(folder), "sweep")
    who = f"{int(asked['members']):,} members out of {size:,} records"
    share = swept["cpu"] / built["cpu"]
    return [
        Row(
            f"take back of {who}: CPU of the sweep over a full build",
            "≤ 25 %",
            f"{share:.0%} ({swept['cpu']:.1f} s over {built['cpu']:.1f} s; {int(swept['removed']):,} rows removed, "
            f"{int(swept['masked']):,} masked anew, {int(swept['rewritten'])} files rewritten, "
            f"{int(swept['kept'])} kept)",
            share <= 0.25,
        ),
        Row(
            "  recorded, so that from then on no reader gives them",
            "—",
            f"{asked['recorded']:.2f} s ({asked['recorded'] / asked['members'] * 1000:.2f} ms a member)",
            None,
        ),
        Row(
            "  effective at the next read of a reader that is open",
            "≤ 1 s",
            f"{asked['look']:.2f} s ({int(asked['left_out']):,} rows left out)",
            asked["look"] <= 1,
        ),
        Row("  the same of one that has to be opened", "—", f"{asked['open']:.2f} s", None),
        Row("  until the last byte is gone", "—", f"{swept['seconds']:.1f} s", None),
    ]


def prepare(folder: Path, size: int) -> None:
    """A working folder with the platform's records, its events in a ledger."""
    platform = generate(folder, size)
    events = folder / "import.parquet"
    query = _EVENTS.format(events=platform.events.events[0], members=platform.events.members[0], **_KINDS)
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(f"COPY ({query}) TO '{events}'")
    make_workspace(folder / "w", pack=PACK, origin="assent.bench/log")
    columns = "".join(f'{name} = "{name}"\n' for name in COLUMNS if name != "category")
    head = f'[[records]]\nfiles = ["{platform.records}"]\ncategory = {{ column = "category" }}\n[records.columns]\n'
    (folder / "w" / "mapping.toml").write_text(head + columns)
    with (folder / "w" / "assent.toml").open("a") as config:
        config.write('[sources.site]\nkind = "tables"\npath = "mapping.toml"\n')
    workspace = open_workspace(folder / "w")
    create_ledger(workspace).close()
    with open_ledger(workspace) as ledger:
        import_files(ledger, [events])


def _step(folder: Path, name: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.takeback", name, str(folder)], check=True, capture_output=True, text=True
    )
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured


def _build(folder: Path) -> dict[str, float]:
    build_snapshot(open_workspace(folder / "w"), PURPOSE, clock=_now, at=AT)
    return {}


def _ask(folder: Path) -> dict[str, float]:
    workspace = open_workspace(folder / "w")
    with open_ledger(workspace, read_only=True) as ledger:
        count = _members(ledger)
    drawn = [f"m{number:08}" for number in Random(7).sample(range(count), max(count // ONE_IN, 1))]
    (path,) = (each for each in workspace.snapshots_folder.iterdir() if not each.name.startswith("."))
    with open_snapshot(path, ledger=workspace.ledger_folder) as reader:
        # As a job would that reads it epoch by epoch.
        assert sum(batch.num_rows for batch in reader) == reader.rows
        recorded = _timed(lambda: take_back(workspace, drawn, purposes=[PURPOSE], later=True, clock=_now))
        look = _timed(lambda: next(iter(reader)))
        left_out = sum(reader.left_out.values())
    opened = _timed(lambda: _first_batch(path, workspace.ledger_folder))
    return {"members": len(drawn), "recorded": recorded, "look": look, "open": opened, "left_out": left_out}


def _first_batch(path: Path, ledger: Path) -> None:
    with open_snapshot(path, ledger=ledger) as reader:
        next(iter(reader))


def _sweep(folder: Path) -> dict[str, float]:
    workspace = open_workspace(folder / "w")
    started = time.monotonic()
    (done,) = sweep(workspace, clock=_now).swept
    names = ("removed", "masked", "rewritten", "kept")
    return {name: getattr(done, name) for name in names} | {"seconds": time.monotonic() - started}


def _members(ledger: Ledger) -> int:
    return ledger.columns().member_count


def _now() -> datetime:
    return datetime.now(UTC)


def _timed(work: Callable[[], object]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


def _cpu() -> float:
    return sum(used.ru_utime + used.ru_stime for used in map(getrusage, (RUSAGE_SELF, RUSAGE_CHILDREN)))


STEPS: dict[str, Callable[[Path], dict[str, float]]] = {"build": _build, "ask": _ask, "sweep": _sweep}

if __name__ == "__main__":
    before = _cpu()
    found = STEPS[sys.argv[1]](Path(sys.argv[2]))
    sys.stdout.write(json.dumps(found | {"cpu": _cpu() - before}) + "\n")
