"""The batch gate against a copy that decides nothing: CPU seconds, each variant in a process of its own.

    python -m bench.gate [--quick]

The baseline copies records with a constant filter of the same selectivity into the same layout with the same
hashes. It gets its shard as the gate does: one HMAC for each member whose rows it keeps, joined to the
records by author; the same sort, the same writer, the same SHA-256 of every file. What it lacks is the
decision. The variants share one data set and run one after the other, several times; medians are reported.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median
from tempfile import TemporaryDirectory

import duckdb

from assent.engines import open_duckdb
from assent.gate import GateRequest, open_gate
from assent.gate.gate import _by_partition
from assent.policy.load import load_pack
from assent.snapshot.layout import write_partitions
from assent.vocabulary.tables import CANONICAL, Format, RecordTable
from bench.gate_data import AT, Platform, generate
from bench.report import Row

MEMORY_MIB, THREADS, SHARDS, SLICES = 1536, 2, 8, 8
PARTITION_KEY, DECISION_KEY = b"p" * 32, b"d" * 32
AUTHOR_ONLY = ("id", "category", "author", "created_at", "visibility", "text")
ANNOUNCED, SAFEGUARDED = "professional-network-2025-11", "professional-network-2025-11-safeguarded"


def run(*, quick: bool) -> list[Row]:
    """The rows of the table, measured now. Cost: about 10 minutes, 1 with `quick`."""
    sizes = (200_000, 1_000_000) if quick else (1_000_000, 10_000_000)
    repetitions = 2 if quick else 3
    with TemporaryDirectory(prefix="assent-bench-gate-") as folder:
        for size in sizes:
            generate(Path(folder) / str(size), size)
        small = _full(Path(folder), sizes[0], 1)
        return _rows(Path(folder), sizes[1], repetitions, small["cpu"], sizes[1] // sizes[0])


def _rows(folder: Path, size: int, repetitions: int, small_cpu: float, factor: int) -> list[Row]:
    author = _measured(folder, size, repetitions, "author")
    full = _full(folder, size, repetitions)
    base_author = _measured(folder, size, repetitions, "copy-narrow", _share(author))
    base_full = _measured(folder, size, repetitions, "copy-wide", _share(full))
    plain = _measured(folder, size, repetitions, "plain", _share(author))
    deciding = author["fold"] + author["judge"] + author["permit"]
    whole = author["cpu"]
    over_author = deciding / base_author["cpu"] - 1
    over_full = full["cpu"] / base_full["cpu"] - 1
    slope = full["cpu"] / small_cpu
    rss = max(full["rss_mib"], author["rss_mib"])
    load = os.getloadavg()[0]
    return [
        Row(
            f"gate, author's state, {size:,} records, CPU over the constant-filter copy",
            "≤ +5 %",
            f"{over_author:+.1%} ({deciding:.1f} s over {base_author['cpu']:.1f} s, {author['allowed']:,} rows out)",
            over_author <= 0.05,
        ),
        Row(
            "  the same with the check for repeated ids and all counts",
            "—",
            f"{whole / base_author['cpu'] - 1:+.1%} (ids {author['ids']:.1f} s, counts {author['count']:.1f} s)",
            None,
        ),
        Row(
            "  the copy itself over a plain COPY, no shards, no order, no hashes",
            "—",
            f"{base_author['cpu'] / plain['cpu'] - 1:+.1%} ({plain['cpu']:.1f} s); "
            f"the gate {deciding / plain['cpu'] - 1:+.1%}",
            None,
        ),
        Row(
            "gate with others, masks, parents, counts and all decisions",
            "≤ +35 %",
            f"{over_full:+.1%} ({full['cpu']:.1f} s over {base_full['cpu']:.1f} s: "
            f"ids {full['ids']:.1f}, fold {full['fold']:.1f}, "
            f"judge {full['judge']:.1f}, others and parents {full['others']:.1f}, permit {full['permit']:.1f}, "
            f"counts {full['count']:.1f}, decisions {full['decide']:.1f})",
            over_full <= 0.35,
        ),
        Row(f"fold of {3 * (size // 5):,} events", "≤ 1.2 CPU-s", f"{author['fold']:.2f} CPU-s", author["fold"] <= 1.2),
        Row("whole gate, peak resident memory", "≤ 3 GB", f"{rss * 1.048576 / 1000:.2f} GB", rss * 1.048576 <= 3000),
        Row(
            f"slope, {factor} times the records",
            f"linear, about {factor}",
            f"{slope:.2f} times the CPU (load {load:.1f})",
            slope <= factor * 1.2,
        ),
    ]


def _share(measured: dict[str, float]) -> str:
    """Members kept and records kept of theirs, per mille each, so that as many rows come out of as many members."""
    return f"{measured['member_share']:.6f},{measured['record_share']:.6f}"


def _full(folder: Path, size: int, repetitions: int) -> dict[str, float]:
    return _measured(folder, size, repetitions, "full")


def _measured(folder: Path, size: int, repetitions: int, variant: str, argument: str = "") -> dict[str, float]:
    """Medians over runs of the variant, each in a process of its own."""
    command = [sys.executable, "-m", "bench.gate", "--child", variant, str(folder), str(size), argument]
    runs = [
        json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        for _ in range(repetitions)
    ]
    return {key: median(each[key] for each in runs) for key in runs[0]}


def _child(variant: str, folder: Path, size: int, argument: str) -> dict[str, float]:
    platform = generate(folder / str(size), size)
    with TemporaryDirectory(dir=folder) as out:
        work: dict[str, Callable[[], dict[str, float]]] = {
            "author": lambda: _gate(platform, ANNOUNCED, AUTHOR_ONLY, Path(out), decide=False),
            "full": lambda: _gate(platform, SAFEGUARDED, tuple(CANONICAL), Path(out), decide=True),
            "copy-narrow": lambda: _copy(platform, argument, Path(out), subjects="NULL"),
            "copy-wide": lambda: _copy(platform, argument, Path(out), subjects=_PEOPLE),
            "plain": lambda: _plain(platform, argument, Path(out)),
        }
        before = _cpu()
        found = work[variant]()
        return {"cpu": _cpu() - before, "rss_mib": getrusage(RUSAGE_SELF).ru_maxrss / 1024, **found}


def _cpu() -> float:
    used = getrusage(RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _gate(platform: Platform, pack: str, columns: tuple[str, ...], out: Path, *, decide: bool) -> dict[str, float]:
    table = RecordTable((platform.records,), Format.PARQUET, {name: CANONICAL[name] for name in columns})
    request = GateRequest(
        load_pack(pack), "train_generative", AT, (table,), platform.events, SHARDS, SLICES,
        PARTITION_KEY, DECISION_KEY, MEMORY_MIB, THREADS,
    )  # fmt: skip
    marks = [("ids", _cpu())]
    names = {"folding": "fold", "judging members": "judge", "judging others": "others"}
    with open_gate(request, lambda stage: marks.append((names[stage], _cpu())) if stage in names else None) as gate:
        marks.append(("permit", _cpu()))
        rows = sum(file.rows for file in write_partitions(gate.permitted(), out))
        marks.append(("count", _cpu()))
        counts = gate.counts
        marks.append(("decide", _cpu()))
        if decide:
            assert sum(batch.num_rows for batch in gate.decisions()) == platform.size
        marks.append(("end", _cpu()))
    stages = {name: after - at for (name, at), (_, after) in pairwise(marks)}
    assert rows == counts.allowed
    kept = counts.members / platform.events.member_count
    return {**stages, "allowed": rows, "member_share": kept, "record_share": min(rows / platform.size / kept, 1.0)}


_PEOPLE = "list_transform(r.subjects, LAMBDA s : {'role': s.role, 'member': s.member})"


def _copy(platform: Platform, argument: str, out: Path, *, subjects: str) -> dict[str, float]:
    """The constant-filter copy, through the same engine and the same writer."""
    member_share, record_share = map(float, argument.split(","))
    engine = open_duckdb(memory_mib=MEMORY_MIB, threads=THREADS, folder=out)
    inner, outer = (bytes(byte ^ pad for byte in PARTITION_KEY.ljust(64, b"\0")).hex() for pad in (0x36, 0x5C))
    engine.run(f"""
        CREATE TEMP TABLE placed AS
        SELECT member, (('0x' || substr(h, 1, 16))::UBIGINT % {SHARDS} * {SLICES}
                        + ('0x' || substr(h, 17, 16))::UBIGINT % {SLICES})::INT AS part
        FROM (SELECT member, sha256(unhex('{outer}') || unhex(sha256(unhex('{inner}') || encode(member)))) AS h
              FROM read_parquet('{platform.events.members[0]}')
              WHERE hash(member) % 1000000 < {member_share * 1e6:.0f})
    """)
    query = f"""
        SELECT p.part, r.id, r.category, r.author,
               {subjects}::STRUCT(role TEXT, member TEXT)[] AS subjects, r.created_at,
               {"r.parent" if subjects == _PEOPLE else "NULL::TEXT"} AS parent, r.text
        FROM read_parquet('{platform.records}') r JOIN placed p ON r.author = p.member
        WHERE hash(r.id) % 1000000 < {record_share * 1e6:.0f}
        ORDER BY p.part, r.author, r.id
    """
    stream = (
        (part // SLICES, part % SLICES, rows) for batch in engine.stream(query) for part, rows in _by_partition(batch)
    )
    rows = sum(file.rows for file in write_partitions(stream, out / "copied"))
    engine.close()
    return {"rows": rows}


def _plain(platform: Platform, argument: str, out: Path) -> dict[str, float]:
    """What DuckDB takes to copy as many rows to one Parquet file, in any order."""
    member_share, record_share = map(float, argument.split(","))
    connection = duckdb.connect(
        config={"threads": THREADS, "memory_limit": f"{MEMORY_MIB}MiB", "preserve_insertion_order": False}
    )
    connection.execute(f"""
        COPY (SELECT id, category, author, created_at, text FROM read_parquet('{platform.records}')
              WHERE hash(id) % 1000000 < {member_share * record_share * 1e6:.0f})
        TO '{out}/plain.parquet' (COMPRESSION zstd)
    """)
    return {}


if __name__ == "__main__":
    if "--child" in sys.argv:
        _, _, variant, folder, size, argument = sys.argv
        print(json.dumps(_child(variant, Path(folder), int(size), argument)))
    else:
        for row in run(quick="--quick" in sys.argv):
            print(f"{row.figure:72} | {row.reach:14} | {row.measured} | {row.met}")
