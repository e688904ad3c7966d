"""A build that begins from its parent against a full one: CPU seconds, each in a process of its own.

    python -m bench incremental

10 M records lie in one file (the gate's platform). One in a hundred more come in a file of their own, with one in a
hundred more events: (a) of members drawn from all, (b) of one member in two hundred, so that they lie together, (c) or
nothing comes and an hour passes. Both builds hash the sources, decide, write data and decisions and keep a working
index; signing, syncing and the ledger's own columns are left out. What the two wrote is compared.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq

from assent.evidence.manifest import InputFile, InputTable, Partition, SnapshotManifest
from assent.gate import GateRequest
from assent.ledger.columns import ColumnarEvents
from assent.policy.load import load_pack
from assent.snapshot.building import Written, write_full
from assent.snapshot.incremental import Parent, write_child
from assent.snapshot.reading import digest_of, file_identities
from assent.snapshot.working import open_index
from assent.vocabulary.identifiers import PurposeName
from assent.vocabulary.tables import CANONICAL, Format, RecordTable
from bench.gate import DECISION_KEY, MEMORY_MIB, PARTITION_KEY, SAFEGUARDED, SHARDS, SLICES, THREADS
from bench.gate_data import AT, generate, grow
from bench.report import Row

SPREADS = {"random": "spread over all members", "few": "of 1 member in 200", "nothing": "nothing changed"}
GROWING = ("random", "few")
LATER = AT + timedelta(hours=1)


def run(*, quick: bool) -> list[Row]:
    """The rows of the table, measured now. Cost: about 6 minutes on two free cores, 1 with `quick`."""
    size = 1_000_000 if quick else 10_000_000
    with TemporaryDirectory(prefix="assent-bench-incremental-") as folder:
        generate(Path(folder), size)
        for spread in GROWING:
            grow(Path(folder), size, spread, size // 5 if spread == "random" else size // 1000)
        _measured(Path(folder), size, "full", "")
        rows = [row for spread in SPREADS for row in _rows(Path(folder), size, spread)]
        return [*rows, _index_row(Path(folder))]


def _rows(folder: Path, size: int, spread: str) -> Sequence[Row]:
    full = _measured(folder, size, "full", spread)
    child = _measured(folder, size, "child", spread)
    assert full["said"] == child["said"], "the two builds differ"
    share = child["cpu"] / full["cpu"]
    figure = f"incremental build, {size:,} records, {SPREADS[spread]}"
    stages = ", ".join(f"{name} {seconds:.1f}" for name, seconds in child["stages"].items())
    measured = (
        f"{share:.1%} ({child['cpu']:.1f} of {full['cpu']:.1f} CPU-s: {stages}; {child['rss_mib'] / 1024:.1f} GiB)"
    )
    return [Row(figure, "≤ 10 %", measured, share <= 0.10)]


def _index_row(folder: Path) -> Row:
    index = sum(path.stat().st_size for path in (folder / "full-" / "index").iterdir())
    data = sum(path.stat().st_size for path in (folder / "full-").glob("d*/*"))
    return Row(
        "  the working index, beside the snapshot's bytes", "—", f"{index / data:.0%} ({index / 2**20:.0f} MiB)", None
    )


def _measured(folder: Path, size: int, how: str, spread: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.incremental", str(folder), str(size), how, spread]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=dict(os.environ))
    if done.returncode:
        raise RuntimeError(done.stderr)
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured


def _child(folder: Path, size: int, how: str, spread: str) -> dict[str, Any]:
    before = _cpu()
    request = _request(folder, size, spread)
    files = _identities(request)
    out = folder / f"{how}-{spread}"
    out.mkdir()
    marks = [("digests", before)]
    marks.append(("begin", _cpu()))

    def watch(what: str, _done: int, _total: int) -> None:
        if marks[-1][0] != what:
            marks.append((what, _cpu()))

    if how == "full":
        written = write_full(out, request, files, out / "index", watch)
    else:
        written = write_child(out, request, files, out / "index", _parent(folder, size), watch)
    marks.append(("end", _cpu()))
    stages = {name: after - start for (name, start), (_, after) in pairwise(marks)}
    (out / "written.pickle").write_bytes(pickle.dumps(written))
    return {
        "cpu": _cpu() - before,
        "stages": stages,
        "said": _said(written),
        "rss_mib": getrusage(RUSAGE_SELF).ru_maxrss / 1024,
    }


def _said(written: Written) -> list[Any]:
    data, decided = written.files, written.decided
    return [
        [each.sha256 for each in data],
        [each.sha256 for each in decided.files],
        decided.root.hex(),
        str(written.counts),
    ]


def _paths(folder: Path, spread: str) -> tuple[Path, ...]:
    more = [folder / f"records-{spread}.parquet"] if spread in GROWING else []
    return (folder / "records.parquet", *more)


def _request(folder: Path, size: int, spread: str) -> GateRequest:
    said = [folder / "events.parquet"]
    count = 3 * (size // 5)
    if spread in GROWING:
        said.append(folder / f"events-{spread}.parquet")
        count += pq.read_metadata(said[-1]).num_rows
    table = RecordTable(_paths(folder, spread), Format.PARQUET, CANONICAL)
    return GateRequest(
        load_pack(SAFEGUARDED), PurposeName("train_generative"), LATER if spread else AT, (table,),
        ColumnarEvents(tuple(said), (folder / "members.parquet",), count, size // 5), SHARDS, SLICES,
        PARTITION_KEY, DECISION_KEY, MEMORY_MIB, THREADS, indexed=True,
    )  # fmt: skip


def _identities(request: GateRequest) -> tuple[str, ...]:
    """As a build finds them: every file is read once and hashed."""
    (table,) = request.tables
    listed = tuple(InputFile(path.name, digest_of(path), path.stat().st_size) for path in table.files)
    return file_identities((table,), (InputTable("site", "tables", table.format, table.columns, None, listed),))


def _parent(folder: Path, size: int) -> Parent:
    request = _request(folder, size, "")
    written: Written = pickle.loads((folder / "full-" / "written.pickle").read_bytes())
    manifest = SnapshotManifest(
        request.purpose, request.at, request.pack.name, request.pack.digest, request.events.size, "", (),
        {"sql": written.sql}, written.counts, written.files, written.decided, Partition(SHARDS, SLICES, ""),
    )  # fmt: skip
    return Parent(folder / "full-", manifest, open_index(folder / "full-" / "index"))


def _cpu() -> float:
    used = getrusage(RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    _, folder, size, how, spread = sys.argv
    print(json.dumps(_child(Path(folder), int(size), how, spread)))
