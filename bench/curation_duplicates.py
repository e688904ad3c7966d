"""Near-duplicates: planted twins found, and how fast, beside datasketch on the same texts in the same run.

    python -m bench.curation_duplicates [--quick]

The texts are made by `tests/planted_twins.py` from seeds that nothing was tuned on. datasketch is used as its own
documentation shows it: MinHash with 128 permutations over the same pairs of words, MinHashLSH at the same threshold.
CPU of this process, medians of three.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import TypeVar

import pyarrow as pa
from datasketch import MinHash, MinHashLSH

from assent.curation.duplicates import Originals, cluster, sign, sign_originals
from bench.report import Row

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from planted_twins import Post, as_columns, macro_f1, plant  # type: ignore[import-not-found]

SEEDS = (9001, 9002, 9003)
THRESHOLD = 0.7
REPEATS = 3
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures of one run; seconds are of CPU."""

    rows: int
    megabytes: float
    f1: tuple[float, ...]
    precision: tuple[float, ...]
    recall: tuple[float, ...]
    signing: float
    clustering: float
    copying: float
    datasketch: float
    datasketch_f1: float

    @property
    def times(self) -> float:
        """How many times as fast as datasketch, over signing and clustering."""
        return self.datasketch / (self.signing + self.clustering)


def measure(quick: bool) -> Measured:
    """Everything, now. Cost: about 40 s of CPU, 8 with `quick`."""
    worlds = [plant(seed, 800 if quick else 4_000) for seed in SEEDS]
    scores = [macro_f1(posts, _ours(posts)) for posts in worlds]
    posts = worlds[0]
    _, _, texts = as_columns(posts)
    table = _table(posts)
    pairs, theirs = _cpu(lambda: _datasketch(posts), 1)
    half = len(posts) // 2
    denied = _table(posts[:half]).set_column(3, "signature", sign_originals(texts.slice(0, half)))
    index = Originals.of(denied)
    return Measured(
        len(posts),
        texts.nbytes / 1e6,
        *(tuple(each) for each in zip(*scores, strict=True)),
        signing=_cpu(lambda: sign(texts))[1],
        clustering=_cpu(lambda: cluster(table, THRESHOLD))[1],
        copying=_cpu(lambda: index.copies(table))[1],
        datasketch=theirs,
        datasketch_f1=macro_f1(posts, pairs)[0],
    )


def run(*, quick: bool) -> list[Row]:
    """The rows of the table."""
    found = measure(quick)
    ours = found.signing + found.clustering
    return [
        Row(
            "near-duplicates on planted twins: macro F1, the worst of three seeds",
            "≥ .95",
            f"{min(found.f1):.3f} (precision {min(found.precision):.3f}, recall {min(found.recall):.3f}; "
            f"datasketch on the first seed {found.datasketch_f1:.3f}, ours {found.f1[0]:.3f})",
            min(found.f1) >= 0.95,
        ),
        Row(
            f"  documents a CPU-second, {found.rows:,} texts of {found.megabytes * 1e6 / found.rows:.0f} bytes",
            "≥ 3 times datasketch",
            f"{found.rows / ours:,.0f} against {found.rows / found.datasketch:,.0f}: {found.times:.0f} times",
            found.times >= 3,
        ),
        Row(
            "  text a CPU-second: signing, clustering, both",
            "—",
            f"{found.megabytes / found.signing:.0f}, {found.megabytes / found.clustering:.0f}, "
            f"{found.megabytes / ours:.0f} MB/s",
            None,
        ),
        Row(
            f"copies of {found.rows // 2:,} denied records among {found.rows:,} permitted ones",
            "—",
            f"{found.megabytes / found.copying:.0f} MB/s once signed",
            None,
        ),
    ]


def _table(posts: list[Post]) -> pa.Table:
    ids, moments, texts = as_columns(posts)
    authors = pa.array([each.author for each in posts])
    return pa.table([ids, authors, moments, sign(texts)], ["id", "author", "created_at", "signature"])


def _ours(posts: list[Post]) -> dict[str, str]:
    found, _ = cluster(_table(posts), THRESHOLD)
    return dict(zip(found["id"].to_pylist(), found["match"].to_pylist(), strict=True))


def _datasketch(posts: list[Post]) -> dict[str, str]:
    """For each post the one that stands for its cluster: posts that are found for one another are one cluster."""
    index = MinHashLSH(threshold=THRESHOLD, num_perm=128)
    stands: dict[str, str] = {}
    word = re.compile(r"\w+")
    for post in sorted(posts, key=lambda each: (each.created_at, each.id)):
        words = word.findall(post.text.lower())
        signature = MinHash(num_perm=128)
        signature.update_batch([f"{one} {two}".encode() for one, two in pairwise(words)] or [b""])
        near = index.query(signature)
        stands[post.id] = min(stands[each] for each in near) if near else post.id
        index.insert(post.id, signature)
    return stands


def _cpu(what: Callable[[], T], repeats: int = REPEATS) -> tuple[T, float]:
    """What it gave, and the median of its CPU seconds."""
    seconds = []
    for _ in range(repeats):
        started = time.process_time()
        given = what()
        seconds.append(time.process_time() - started)
    return given, median(seconds)


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.curation_duplicates", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    rows = run(quick=parser.parse_args().quick)
    for row in rows:
        print(f"{row.figure}\n    {row.reach}: {row.measured}")
    return int(any(row.met is False for row in rows))


if __name__ == "__main__":
    sys.exit(main())
