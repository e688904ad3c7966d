"""What of the permitted rows counts: judgments over the clean text of each shard, in a file beside its data.

A judgment is a function of the data files and the rules alone. So a build, one that began from a parent, and a
snapshot rewritten after a withdrawal judge alike: when the row leaves that stood for its near-duplicates, another of
them is elected as if it had never been there. The rows that are dropped stay where they are; readers leave them out.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assent.evidence.copies import COPY_SCHEMA
from assent.evidence.manifest import CopyFileEntry, DataFileEntry, JudgmentFileEntry
from assent.evidence.tags import member_key, member_tag, record_tag
from assent.vocabulary.curation import Curation, Drop

FOLDER = "curation"
JUDGMENT_SCHEMA: Final = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("drop", pa.string(), nullable=False),
        pa.field("rule", pa.string(), nullable=False),
        pa.field("match", pa.string()),
        pa.field("value", pa.float32(), nullable=False),
    ]
)
"""A row that does not count: a `Drop` value, the rule, for a near-duplicate the row that stands for it, and what was
measured (for a near-duplicate the similarity). Near-duplicates of one row come in the order in which they would be
elected in its place."""

_READ: Final = ["id", "category", "created_at", "text", "redactions"]
_ROWS_AT_ONCE = 32_768
_OPTIONS: Final = {"version": "2.6", "compression": "zstd", "write_statistics": False, "store_schema": True}

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Judged:
    """What the judgments come to; see `evidence.manifest.Curated`."""

    records: int
    masked: dict[str, int]
    kept: int
    dropped: dict[str, int]
    clusters: int
    files: tuple[JudgmentFileEntry, ...]


def write_judgments(folder: Path, files: Sequence[DataFileEntry], rules: Curation, progress: Progress) -> Judged:
    """The judgments of every shard lie below `folder`, beside the data they are about.

    Args:
        files: the data files that lie there, by (shard, slice).
    """
    total = _Total()
    for shard, entries in groupby(sorted(files, key=lambda each: (each.shard, each.slice)), lambda each: each.shard):
        progress("judging texts", total.rows, sum(each.rows for each in files))
        rows = _Shard(rules, total)
        for entry in entries:
            rows.add(folder / entry.path)
        judgments = rows.judgments()
        if judgments.num_rows:
            total.files.append(_write(folder, shard, judgments))
    return total.judged()


def read_judgments(path: Path) -> pa.Table:
    """The judgments in that file, in `JUDGMENT_SCHEMA`."""
    return pq.read_table(path, schema=JUDGMENT_SCHEMA, use_threads=False)


def write_copies(
    folder: Path, copied: pa.Table, decision_key: bytes, *, earlier: pa.Table | None = None
) -> CopyFileEntry | None:
    """The copies lie below `folder` under the tags of their decisions; None where there is none.

    Args:
        copied: in `COPIED_SCHEMA`.
        earlier: in `COPY_SCHEMA`, those that were found before.
    """
    before = (earlier or COPY_SCHEMA.empty_table()).to_pylist()
    if not copied.num_rows and not before:
        return None
    names = [(copied[author].to_pylist(), copied[ident].to_pylist()) for author, ident in _PAIR]
    tags = [[_tags(decision_key, *each) for each in zip(*some, strict=True)] for some in names]
    rows = sorted([tuple(each.values()) for each in before] + [(*copy, *one) for copy, one in zip(*tags, strict=True)])
    table = pa.table(
        [pa.array(column, COPY_SCHEMA.field(0).type) for column in zip(*rows, strict=True)], schema=COPY_SCHEMA
    )
    path, digest = _named_by_content(folder, table)
    return CopyFileEntry(f"{FOLDER}/{path.name}", digest, table.num_rows, path.stat().st_size)


_PAIR: Final = (("author", "id"), ("original_author", "original"))


def _tags(decision_key: bytes, author: str | None, record: str) -> tuple[bytes, bytes]:
    own = member_key(decision_key, author)
    return member_tag(own), record_tag(own, record)


def passed_over(judgments: pa.Table, out: Collection[str]) -> frozenset[str]:
    """The ids of rows that do not count while those in `out` are not read.

    Where the row that stood for its near-duplicates is not read, the first of them that may be read is.
    """
    dropped = []
    standing: set[str] = set()
    for ident, match in zip(*(judgments[name].to_pylist() for name in ("id", "match")), strict=True):
        if ident in out:
            continue
        if match in out and match not in standing:
            standing.add(match)
        else:
            dropped.append(ident)
    return frozenset(dropped)


@dataclass(slots=True)
class _Total:
    """Counts over all shards."""

    rows: int = 0
    records: int = 0
    clusters: int = 0
    masked: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    files: list[JudgmentFileEntry] = field(default_factory=list)

    def judged(self) -> Judged:
        """All of it."""
        return Judged(
            self.records,
            dict(sorted(self.masked.items())),
            self.rows - self.dropped.total(),
            {each.value: self.dropped[each.value] for each in Drop if self.dropped[each.value]},
            self.clusters,
            tuple(self.files),
        )


@dataclass(slots=True)
class _Shard:
    """One shard's rows on their way to a judgment; of the texts nothing is kept but signatures."""

    rules: Curation
    total: _Total
    _unfit: list[pa.Table] = field(default_factory=list)
    _signed: list[pa.Table] = field(default_factory=list)

    def add(self, path: Path) -> None:
        """The rows of this file come next."""
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_ROWS_AT_ONCE, columns=_READ, use_threads=False):
                self._add(batch)

    def judgments(self) -> pa.Table:
        """What does not count, in `JUDGMENT_SCHEMA`."""
        tables = list(self._unfit)
        if self._signed:
            from assent.curation.duplicates import cluster

            twins, clusters = cluster(pa.concat_tables(self._signed), self.rules.near_duplicates or 1)
            self.total.clusters += clusters
            tables.append(_near_duplicates(twins))
        table = pa.concat_tables([*tables, JUDGMENT_SCHEMA.empty_table()])
        self.total.dropped.update(table["drop"].to_pylist())
        return table

    def _add(self, batch: pa.RecordBatch) -> None:
        self._count(batch)
        fit = batch
        if self.rules.quality is not None:
            from assent.curation.quality import judge

            unfit = judge(batch["category"], batch["text"], self.rules.quality)
            places = unfit["row"].combine_chunks()
            ids = batch["id"].take(places)
            none = pa.nulls(len(ids), pa.string())
            columns = [ids, unfit["drop"], unfit["rule"], none, unfit["value"]]
            self._unfit.append(pa.table(columns, schema=JUDGMENT_SCHEMA))
            fit = batch.filter(pc.invert(pc.is_in(pa.arange(0, batch.num_rows).cast(places.type), places)))
        if self.rules.near_duplicates is not None:
            from assent.curation.duplicates import sign

            columns = [fit["id"], fit["created_at"], sign(fit["text"])]
            self._signed.append(pa.table(columns, names=["id", "created_at", "signature"]))

    def _count(self, batch: pa.RecordBatch) -> None:
        redactions = batch["redactions"]
        self.total.rows += batch.num_rows
        self.total.records += batch.num_rows - redactions.null_count
        types = pc.value_counts(pc.struct_field(pc.list_flatten(redactions), "type"))
        self.total.masked.update(dict(_pairs(types)))


def _pairs(counted: pa.StructArray) -> Iterator[tuple[str, int]]:
    return zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True)


def _near_duplicates(twins: pa.Table) -> pa.Table:
    drop = pa.repeat(pa.scalar(Drop.NEAR_DUPLICATE.value), twins.num_rows)
    rule = pa.repeat(pa.scalar("duplicates.minhash"), twins.num_rows)
    return pa.table([twins["id"], drop, rule, twins["match"], twins["similarity"]], schema=JUDGMENT_SCHEMA)


def _write(folder: Path, shard: int, judgments: pa.Table) -> JudgmentFileEntry:
    path, digest = _named_by_content(folder, judgments)
    return JudgmentFileEntry(shard, f"{FOLDER}/{path.name}", digest, judgments.num_rows, path.stat().st_size)


def _named_by_content(folder: Path, table: pa.Table) -> tuple[Path, str]:
    (folder / FOLDER).mkdir(exist_ok=True)
    draft = folder / FOLDER / ".partial"
    pq.write_table(table.combine_chunks(), draft, **_OPTIONS)
    with draft.open("rb") as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()
    return draft.rename(folder / FOLDER / f"{digest}.parquet"), digest
