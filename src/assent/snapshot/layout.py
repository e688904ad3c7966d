"""Permitted rows as files: one for each (shard, slice), named by what is in it.

The bytes follow from the rows alone: rows are put into groups of a fixed size however they arrive, the
writer's options are fixed, and no time and no name is written. So the same rows give the same file name, and
a file that is there need not be written again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from assent.errors import EvidenceError, UnavailableError
from assent.vocabulary.tables import SNAPSHOT_SCHEMA

DATA = "data"
ROW_GROUP_ROWS: Final = 32_768
_OPTIONS: Final = {
    "version": "2.6",
    "compression": "zstd",
    "compression_level": 1,
    "use_dictionary": ["category", "author"],
    "write_statistics": False,
    "store_schema": True,
    "data_page_size": 1 << 20,
}

Stretch = tuple[int, int, pa.RecordBatch]


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of permitted rows.

    Args:
        path: relative to the snapshot, `data/<sha256>.parquet`.
    """

    shard: int
    slice: int
    path: str
    sha256: str
    rows: int
    bytes: int


def write_partitions(stream: Iterable[Stretch], folder: Path) -> tuple[DataFile, ...]:
    """Every (shard, slice) of the stream lies below `folder` in a file of its own.

    Args:
        stream: rows in `SNAPSHOT_SCHEMA`, those of one (shard, slice) one after the other.
    """
    (folder / DATA).mkdir(parents=True, exist_ok=True)
    files = [
        _write(shard, part, (batch for _, _, batch in stretches), folder)
        for (shard, part), stretches in groupby(stream, key=lambda stretch: stretch[:2])
    ]
    places = [(each.shard, each.slice) for each in files]
    assert len(set(places)) == len(places), "the stream came back to a partition it had left"
    return tuple(files)


def read_partition(folder: Path, file: DataFile, *, batch_rows: int = ROW_GROUP_ROWS) -> Iterator[pa.RecordBatch]:
    """The rows of a file, once its bytes are what its name says.

    Raises:
        EvidenceError: the file is missing, or other bytes than were written.
    """
    path = folder / file.path
    try:
        data = path.read_bytes()
    except OSError:
        raise EvidenceError(f"`{path}` is missing") from None
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise EvidenceError(f"`{path}` is not what its name says")
    yield from pq.ParquetFile(pa.BufferReader(data)).iter_batches(batch_rows)


def _write(shard: int, part: int, batches: Iterator[pa.RecordBatch], folder: Path) -> DataFile:
    draft = folder / DATA / f".{shard}-{part}.partial"
    rows = 0
    try:
        with pq.ParquetWriter(draft, SNAPSHOT_SCHEMA, **_OPTIONS) as writer:
            for group in _groups(batches):
                writer.write_table(group, row_group_size=ROW_GROUP_ROWS)
                rows += group.num_rows
        with draft.open("rb") as written:
            digest = hashlib.file_digest(written, "sha256").hexdigest()
        # A crash before this line leaves a draft that no manifest names.
        path = draft.rename(folder / DATA / f"{digest}.parquet")
        return DataFile(shard, part, f"{DATA}/{path.name}", digest, rows, path.stat().st_size)
    except OSError as error:
        raise UnavailableError(f"`{folder}` cannot be written: {(error.strerror or 'error').lower()}") from None
    finally:
        draft.unlink(missing_ok=True)


def _groups(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    """The rows in tables of `ROW_GROUP_ROWS`, however they arrive; the last may be shorter.

    Each in one piece: where the writer ends a page follows from where the pieces do.
    """
    waiting: list[pa.RecordBatch] = []
    held = 0
    for batch in batches:
        waiting.append(batch)
        held += batch.num_rows
        while held >= ROW_GROUP_ROWS:
            table = pa.Table.from_batches(waiting, SNAPSHOT_SCHEMA)
            yield table.slice(0, ROW_GROUP_ROWS).combine_chunks()
            rest = table.slice(ROW_GROUP_ROWS)
            waiting, held = rest.to_batches(), rest.num_rows
    if held:
        yield pa.Table.from_batches(waiting, SNAPSHOT_SCHEMA).combine_chunks()
