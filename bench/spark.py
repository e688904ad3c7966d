"""The gate on Spark against the gate on DuckDB: the same decisions, the same bytes, and what each costs.

    python -m bench.spark [--quick] [--master local[2]] [SIZE …]

Each engine builds the same platform (`gate_data`) in a process of its own: CPU seconds are those of every process
it started, Java and its Python workers included, and peak memory is the sum of their peaks. What is compared is what
a manifest names: the root of the decisions, every data file by its SHA-256, and all counts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from assent.gate import GateRequest
from assent.policy.load import load_pack
from assent.snapshot.building import write_full
from assent.vocabulary.identifiers import PurposeName
from assent.vocabulary.tables import CANONICAL, Format, RecordTable
from bench.gate_data import AT, generate
from bench.report import Row

MEMORY_MIB, THREADS, SHARDS, SLICES = 3072, 2, 8, 8
MASTER = "local[2]"
PACK = "professional-network-2025-11-safeguarded"
_TICKS = os.sysconf("SC_CLK_TCK")


def run(*, quick: bool, sizes: tuple[int, ...] = (), master: str = MASTER) -> list[Row]:
    """The rows of the table, measured now. Cost: about 8 minutes on two cores, 3 with `quick`."""
    measured: list[tuple[int, dict[str, Any], dict[str, Any]]] = []
    with TemporaryDirectory(prefix="assent-bench-spark-") as folder:
        for size in sizes or ((20_000, 100_000) if quick else (100_000, 1_000_000)):
            generate(Path(folder) / str(size), size)
            measured.append((size, _measured(Path(folder), size, ""), _measured(Path(folder), size, master)))
    return [row for each in measured for row in _compared(*each)] + list(_slopes(measured))


def _compared(size: int, duck: dict[str, Any], spark: dict[str, Any]) -> Iterator[Row]:
    same = duck["root"] == spark["root"]
    yield Row(
        f"Spark against DuckDB, {size:,} synthetic records: decisions",
        "identical",
        f"{'the same' if same else 'another'} root over {spark['decided']:,}",
        same and duck["decided"] == spark["decided"] == size,
    )
    alike = all(duck[name] == spark[name] for name in ("files", "counts", "sql"))
    yield Row(
        "  data files, counts and the digest of the SQL",
        "identical",
        f"{len(set(duck['files']) & set(spark['files']))} of {len(duck['files'])} files by SHA-256, "
        f"{spark['counts']['allowed']:,} rows",
        alike,
    )
    yield Row(
        "  CPU seconds of every process, and peak memory",
        "—",
        f"DuckDB {duck['cpu']:.1f} s, {duck['peak_mib']:,.0f} MiB; Spark {spark['cpu']:.1f} s "
        f"({spark['cpu'] / duck['cpu']:.1f} times, {spark['driver']:.1f} s of it the driver's Python), "
        f"{spark['peak_mib']:,.0f} MiB",
        None,
    )


def _slopes(measured: list[tuple[int, dict[str, Any], dict[str, Any]]]) -> Iterator[Row]:
    for (few, _, first), (many, _, second) in pairwise(measured):
        each = (second["cpu"] - first["cpu"]) / (many - few)
        driver = (second["driver"] - first["driver"]) / (many - few)
        peak = (second["peak_mib"] - first["peak_mib"]) * 1024 / (many - few)
        yield Row(
            f"Spark, each record more, between {few:,} and {many:,}",
            "—",
            f"{each * 1e6:.1f} CPU-µs, {driver * 1e6:.1f} of them in the driver's Python; {peak:.2f} KiB at the peak",
            None,
        )


def _measured(folder: Path, size: int, master: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.spark", "--child", str(folder), str(size), master]
    ran = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def _child(folder: Path, size: int, master: str) -> dict[str, Any]:
    """One build of the platform; DuckDB's where there is no master."""
    platform = generate(folder / str(size), size)
    table = RecordTable((platform.records,), Format.PARQUET, CANONICAL)
    request = GateRequest(
        load_pack(PACK), PurposeName("train_generative"), AT, (table,), platform.events, SHARDS, SLICES,
        b"p" * 32, b"d" * 32, MEMORY_MIB, THREADS, master=master or None,
    )  # fmt: skip
    with TemporaryDirectory(dir=folder) as out:
        before, own = _cpu_seconds(), process_time()
        written = write_full(Path(out), request, (), None, lambda *_: None)
        return {
            "cpu": _cpu_seconds() - before,
            "driver": process_time() - own,
            "peak_mib": sum(_peak_mib(pid) for pid in _tree()),
            "root": written.decided.root.hex(),
            "decided": written.decided.count,
            "files": [each.sha256 for each in written.files],
            "counts": asdict(written.counts),
            "sql": written.sql,
        }


def _tree() -> list[int]:
    """This process and everything below it."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (stat := _stat(int(entry.name))):
            parents[int(entry.name)] = int(stat[1])
    found = [os.getpid()]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def _stat(pid: int) -> list[str]:
    """From the state on; empty where the process has ended."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _cpu_seconds() -> float:
    """Of this process, all below it, and all of those that have ended."""
    stats = [stat for pid in _tree() if (stat := _stat(pid))]
    return sum(int(field) for stat in stats for field in stat[11:15]) / _TICKS


def _peak_mib(pid: int) -> float:
    try:
        lines = (Path("/proc") / str(pid) / "status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def main() -> None:
    """The rows on the terminal; with `--child` one measurement as JSON."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["--child"]:
        print(json.dumps(_child(Path(arguments[1]), int(arguments[2]), arguments[3])))
        return
    master = arguments.pop(arguments.index("--master") + 1) if "--master" in arguments else MASTER
    sizes = tuple(int(each) for each in arguments if each.isdigit())
    for row in run(quick="--quick" in arguments, sizes=sizes, master=master):
        print(f"{row.figure:72} | {row.reach:10} | {row.measured} | {row.met}", flush=True)


if __name__ == "__main__":
    main()
