"""The batch gate against a copy that decides nothing: CPU seconds, each variant in a process of its own.

    python -m bench.gate [--quick]

The baseline copies records with a constant filter of the same selectivity into the same layout with the same
hashes. It gets its shard as the gate does: one HMAC for each member whose rows it keeps, joined to the
records by author; the same sort, the same writer, the same SHA-256 of every file. What it lacks is the
decision. The variants share one data set; gate and copy take turns, and medians are reported.
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
from assent.vocabulary.identifiers import PurposeName
from assent.vocabulary.tables import CANONICAL, Format, RecordTable
from bench.gate_data import AT, Platform, generate
from bench.report import Row

MEMORY_MIB, THREADS, SHARDS, SLICES = 1536, 2, 8, 8
TURNS = 2
PARTITION_KEY, DECISION_KEY = b"p" * 32, b"d" * 32
AUTHOR_ONLY = ("id", "category", "author", "created_at", "visibility", "text")
ANNOUNCED, SAFEGUARDED = "professional-network-2025-11", "professional-network-2025-11-safeguarded"


def run(*, quick: bool) -> list[Row]:
    """The rows of the table, measured now. Cost: under 8 minutes on two free cores, 1 with `quick`."""
    sizes = (200_000, 1_000_000) if quick else (1_000_000, 10_000_000)
    with TemporaryDirectory(prefix="assent-bench-gate-") as folder:
        for size in sizes:
            generate(Path(folder) / str(size), size)
        small = _measured(Path(folder), sizes[0], "full")
        return _rows(Path(folder), sizes[1], small["cpu"], sizes[1] // sizes[0])


def _rows(folder: Path, size: int, small_cpu: float, factor: int) -> list[Row]:
    author, base_author = _in_turns(folder, size, "author", "copy-narrow")
    full, base_full = _in_turns(folder, size, "full", "copy-wide")
    plain = _measured(folder, size, "plain", _share(author))
    base = base_author["cpu"]
    permit = author["place"] + author["permit"]
    deciding = author["fold"] + author["judge"] + permit
    over_full = full["cpu"] / base_full["cpu"] - 1
    slope = full["cpu"] / small_cpu
    rss = max(full["rss_mib"], author["rss_mib"])
    return [
        Row(
            f"gate, author's state at hand, {size:,} records, CPU over the constant-filter copy",
            "≤ +5 %",
            f"{permit / base - 1:+.1%} ({permit:.1f} s over {base:.1f} s, {_selectivity(author, size)}; "
            f"members placed {author['place']:.1f}, rows permitted and written {author['permit']:.1f})",
            permit / base - 1 <= 0.05,
        ),
        Row(
            "  the same with events folded and members judged",
            "—",
            f"{deciding / base - 1:+.1%} (fold {author['fold']:.1f} s, judge {author['judge']:.1f} s)",
            None,
        ),
        Row(
            "  the same with every record's mask and tag, the check for repeated ids and all counts",
            "—",
            f"{author['cpu'] / base - 1:+.1%} (tags {author['tag']:.1f} s, "
            f"records {author['records']:.1f} s, counts {author['count']:.1f} s)",
            None,
        ),
        Row(
            "  the copy itself over a plain COPY, no shards, no order, no hashes",
            "—",
            f"{base / plain['cpu'] - 1:+.1%} ({plain['cpu']:.1f} s); the gate {deciding / plain['cpu'] - 1:+.1%}",
            None,
        ),
        Row(
            "gate with others, masks, parents, counts and all decisions",
            "≤ +35 %",
            f"{over_full:+.1%} ({full['cpu']:.1f} s over {base_full['cpu']:.1f} s, {_selectivity(full, size)}: "
            f"fold {full['fold']:.1f}, judge {full['judge']:.1f}, place members {full['place']:.1f}, "
            f"others {full['others']:.1f}, tag members {full['tag']:.1f}, "
            f"records with tags, ids and parents {full['records']:.1f}, "
            f"permit {full['permit']:.1f}, counts {full['count']:.1f}, decisions {full['decide']:.1f})",
            over_full <= 0.35,
        ),
        Row(f"fold of {3 * (size // 5):,} events", "≤ 1.2 CPU-s", f"{author['fold']:.2f} CPU-s", author["fold"] <= 1.2),
        Row("whole gate, peak resident memory", "≤ 3 GB", f"{rss * 1.048576 / 1000:.2f} GB", rss * 1.048576 <= 3000),
        Row(
            f"slope, {factor} times the records",
            f"linear, about {factor}",
            f"{slope:.2f} times the CPU (load {os.getloadavg()[0]:.1f})",
            slope <= factor * 1.2,
        ),
    ]


def _selectivity(measured: dict[str, float], size: int) -> str:
    return f"{measured['allowed'] / size:.0%} of records allowed"


def _share(measured: dict[str, float]) -> str:
    """Members kept and records kept of theirs, per mille each, so that as many rows come out of as many members."""
    return f"{measured['member_share']:.6f},{measured['record_share']:.6f}"


def _in_turns(folder: Path, size: int, gate: str, copy: str) -> tuple[dict[str, float], dict[str, float]]:
    """Medians of both, measured one after the other and again, so that neither has the quieter machine."""
    gates, copies = [], []
    for _ in range(TURNS):
        gates.append(_measured(folder, size, gate))
        copies.append(_measured(folder, size, copy, _share(gates[0])))
    return _medians(gates), _medians(copies)


def _medians(runs: list[dict[str, float]]) -> dict[str, float]:
    return {key: median(each[key] for each in runs) for key in runs[0]}


def _measured(folder: Path, size: int, variant: str, argument: str = "") -> dict[str, float]:
    """One run of the variant in a process of its own."""
    command = [sys.executable, "-m", "bench.gate", "--child", variant, str(folder), str(size), argument]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(ran.stdout)
    return found


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
        load_pack(pack), PurposeName("train_generative"), AT, (table,), platform.events, SHARDS, SLICES,
        PARTITION_KEY, DECISION_KEY, MEMORY_MIB, THREADS,
    )  # fmt: skip
    marks = [("read", _cpu())]
    names = {
        "folding": "fold",
        "judging members": "judge",
        "placing members": "place",
        "judging others": "others",
        "tagging members": "tag",
        "judging records": "records",
    }
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
        SELECT member, part, (row_number() OVER (ORDER BY part, member))::INT AS seat FROM (
        SELECT member, (('0x' || substr(h, 1, 16))::UBIGINT % {SHARDS} * {SLICES}
                        + ('0x' || substr(h, 17, 16))::UBIGINT % {SLICES})::INT AS part
        FROM (SELECT member, sha256(unhex('{outer}') || unhex(sha256(unhex('{inner}') || encode(member)))) AS h
              FROM read_parquet('{platform.events.members[0]}')
              WHERE hash(member) % 1000000 < {member_share * 1e6:.0f}))
    """)
    query = f"""
        SELECT p.part, r.id, r.category, r.author,
               {subjects}::STRUCT(role TEXT, member TEXT)[] AS subjects, r.created_at,
               {"r.parent" if subjects == _PEOPLE else "NULL::TEXT"} AS parent, r.text
        FROM read_parquet('{platform.records}') r JOIN placed p ON r.author = p.member
        WHERE hash(r.id) % 1000000 < {record_share * 1e6:.0f}
        ORDER BY p.seat, r.id
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
