"""Curation as a whole: how fast clean rows come of permitted ones, and how much memory that takes.

    python -m bench curation [--quick]

Texts are real (posts, comments and profiles of the Stack Exchange dump) where the external data is there, else the
labelled sentences of the evaluation. Speeds are CPU time, all threads of the process counted, of one process. The parts
measure themselves: `curation_known`, `curation_pii`, `curation_tagger`, `curation_duplicates`, `curation_quality`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from assent.curation.curator import Curator
from assent.curation.tools import LEARNED
from assent.evidence.manifest import DataFileEntry
from assent.policy.load import load_pack
from assent.snapshot.judging import write_judgments
from assent.snapshot.layout import write_partitions
from assent.vocabulary.curation import Curation
from assent.vocabulary.tables import PERMITTED_SCHEMA
from bench import curation_duplicates, curation_known, curation_pii, curation_quality, curation_tagger
from bench.report import Row

PACK, PURPOSE = "professional-network-2025-11-safeguarded", "train_generative"
ROWS_AT_ONCE = 65_536
REPEATS = 3


def run(*, quick: bool) -> list[Row]:
    """Every figure of curation."""
    return [
        *_whole(quick=quick),
        *curation_known.measure(quick),
        *curation_pii.measure(quick=quick),
        *curation_tagger.measure(quick=quick),
        *curation_duplicates.run(quick=quick),
        *curation_quality.measure(quick),
    ]


def _whole(*, quick: bool) -> Iterator[Row]:
    texts = curation_quality.texts()
    size = 2_000_000 if quick else 10_000_000
    once = sum(len(text.encode()) for text in texts)
    many = texts * max(1, size // once)
    nbytes = once * max(1, size // once)
    rows = _rows(many)
    rules = load_pack(PACK).purposes[PURPOSE].curation
    without = replace(rules, mask={kind: how for kind, how in rules.mask.items() if kind not in LEARNED})
    for name, asked, reach in (("without the tagger", without, 10.0), ("with it", rules, 2.3)):
        seconds = _cpu(lambda asked=asked: _curate(rows, asked))
        speed = nbytes / 1e6 / seconds
        yield Row(f"whole curation {name}, per core", f">= {reach} MB/s", f"{speed:.1f} MB/s", speed >= reach)


def _curate(rows: pa.Table, rules: Curation) -> None:
    """The rows through everything: redaction, data files, quality and near-duplicates."""
    curator = Curator(rules, None, b"\0" * 32)
    with TemporaryDirectory(prefix="assent-bench-") as folder:
        clean = ((0, 0, curator(batch)) for batch in rows.to_batches(ROWS_AT_ONCE))
        files = write_partitions(clean, Path(folder))
        entries = [DataFileEntry(f.shard, f.slice, f.path, f.sha256, f.rows, f.bytes) for f in files]
        write_judgments(Path(folder), entries, rules, lambda _what, _done, _total: None)


def _rows(texts: list[str]) -> pa.Table:
    count = len(texts)
    columns = [
        pa.array([f"r{n:09}" for n in range(count)]),
        pa.array(["post"] * count),
        pa.array([f"m{n // 10:08}" for n in range(count)]),
        *(pa.nulls(count, PERMITTED_SCHEMA.field(n).type) for n in (3, 4, 5)),
        pa.array(texts),
    ]
    return pa.table(columns, schema=PERMITTED_SCHEMA).combine_chunks()


def _cpu(work: Callable[[], None]) -> float:
    """The median of the CPU seconds that it takes."""
    taken = []
    for _ in range(REPEATS):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return sorted(taken)[len(taken) // 2]


if __name__ == "__main__":
    for row in _whole(quick="--quick" in sys.argv):
        sys.stdout.write(f"{row.figure}: {row.measured} ({row.reach})\n")
