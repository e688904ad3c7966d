"""A parent's rows with some of them dropped and others put in between, in the order they must have.

Everything here is a merge of two sorted sequences: nothing is sorted again, and memory holds a stretch of the parent
at a time, beside what is new.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assent.evidence.manifest import Decided
from assent.gate.keeping import AUTHOR_SCHEMA, ROW_SCHEMA
from assent.snapshot.choosing import Bools, Chosen
from assent.snapshot.reading import digest_of
from assent.snapshot.working import ABOUT_ROWS, Index, Unusable

Places = npt.NDArray[np.int64]


def masks_of(folder: Path, decided: Decided) -> npt.NDArray[np.uint32]:
    """The mask of each decision, in order.

    Raises:
        Unusable: a file is not the one that was sealed.
    """
    found = [np.empty(0, np.uint32)]
    for entry in decided.files:
        if digest_of(folder / entry.path) != entry.sha256:
            raise Unusable("one of its decision files is missing or changed")
        found.append(pq.read_table(folder / entry.path, columns=["mask"], use_threads=False)["mask"].to_numpy())
    return np.concatenate(found)


def merged_rows(
    folder: Path, decided: Decided, index: Index, chosen: Chosen, new: pa.Table
) -> Iterator[pa.RecordBatch]:
    """Every decision with what it is about, in `ROW_SCHEMA`, in order.

    Args:
        new: what was decided again, in `ROW_SCHEMA`, in order.
    """
    new_keys = _keys(new)
    taken = start = 0
    for old in _stored(folder, decided, index, chosen):
        stop = start + old.num_rows
        keys = _keys(old)
        last = np.searchsorted(new_keys, keys[-1:], side="right")[0]
        coming = new.slice(taken, last - taken)
        where = np.searchsorted(keys, new_keys[taken:last])
        yield from _placed(old, np.flatnonzero(chosen.dropped[start:stop]), coming, where).to_batches()
        taken, start = int(last), stop
    yield from new.slice(taken).combine_chunks().to_batches()


def merged_authors(authors: pa.Table, dropped: Bools, new: pa.Table, moved: pa.Table) -> pa.Table:
    """The authors of what stays and what is new, in the order of their tags.

    Args:
        new: the authors of what was decided again.
        moved: members whose region is another now.
    """
    rows = authors["rows"].to_numpy().copy()
    regions = authors["region"].to_numpy().copy()
    if len(rows):
        starts = np.concatenate([[0], np.cumsum(rows)[:-1]]).astype(np.int64)
        rows -= np.add.reduceat(dropped.astype(np.int64), starts)
    for table, counted in ((moved, False), (new, True)):
        place = pc.index_in(authors["member"], value_set=table["member"].combine_chunks()).combine_chunks()
        there = np.asarray(place.is_valid().to_numpy(zero_copy_only=False))
        at = place.drop_null().to_numpy()
        regions[there] = table["region"].to_numpy()[at]
        if counted:
            rows[there] += table["rows"].to_numpy()[at]
    merged = pa.table([authors["tag"], authors["member"], pa.array(rows), pa.array(regions)], schema=AUTHOR_SCHEMA)
    fresh = new.filter(pc.invert(pc.is_in(new["member"], value_set=authors["member"].combine_chunks())))
    where = np.searchsorted(_bytes(authors["tag"]), _bytes(fresh["tag"]))
    return _placed(merged, np.flatnonzero(rows == 0), fresh, where)


def merged_data(old: Iterator[pa.RecordBatch], gone: pa.Array, new: pa.Table) -> Iterator[pa.RecordBatch]:
    """The rows of a partition in the order of (author, id), without those that go and with those that come.

    Args:
        gone: ids.
        new: in the same order.
    """
    keys = list(zip(new["author"].to_pylist(), new["id"].to_pylist(), strict=True))
    taken = 0
    for batch in old:
        if not batch.num_rows:
            continue
        end = (batch.column("author")[-1].as_py(), batch.column("id")[-1].as_py())
        last = bisect_left(keys, end, lo=taken)
        where = _author_places(batch, keys[taken:last])
        out = np.flatnonzero(pc.is_in(batch.column("id"), value_set=gone).to_numpy(zero_copy_only=False))
        table = pa.Table.from_batches([batch])
        yield from _placed(table, out, new.slice(taken, last - taken), where).to_batches()
        taken = last
    yield from new.slice(taken).to_batches()


def _placed(old: pa.Table, out: Places, new: pa.Table, where: Places) -> pa.Table:
    """Old rows without those at `out`, and before those at `where` the new ones."""
    if not len(out) and not len(where):
        return old
    stays = np.delete(np.arange(old.num_rows), out)
    order = np.insert(stays, where - np.searchsorted(out, where), old.num_rows + np.arange(len(where)))
    return pa.concat_tables([old, new]).combine_chunks().take(pa.array(order)).combine_chunks()


def _stored(folder: Path, decided: Decided, index: Index, chosen: Chosen) -> Iterator[pa.Table]:
    """The parent's decisions with what they are about, files by their numbers now."""
    about = pa.Table.from_batches(list(index.rows()), ABOUT_ROWS)
    if about.num_rows != decided.count:
        raise Unusable("its working index does not fit its decisions")
    start = 0
    for entry in decided.files:
        with pq.ParquetFile(folder / entry.path, memory_map=True) as file:
            for group in range(file.num_row_groups):
                rows = file.read_row_group(group, use_threads=False)
                these = about.slice(start, rows.num_rows)
                start += rows.num_rows
                files = chosen.places[these["file"].to_numpy()]
                columns = [*rows.columns, these["id"], pa.array(files), these["category"], these["flags"]]
                yield pa.table(columns, schema=ROW_SCHEMA)


def _keys(rows: pa.Table) -> npt.NDArray[Any]:
    """Each row's two tags as one text of 32 bytes, which sorts as they do."""
    both = np.concatenate([_octets(rows["member_tag"]), _octets(rows["record_tag"])], axis=1)
    return both.view(f"S{both.shape[1]}").ravel()


def _bytes(tags: pa.ChunkedArray) -> npt.NDArray[Any]:
    octets = np.ascontiguousarray(_octets(tags))
    return octets.view(f"S{octets.shape[1]}").ravel()


def _octets(tags: pa.ChunkedArray) -> npt.NDArray[np.uint8]:
    width = tags.type.byte_width
    parts = [
        np.frombuffer(chunk.buffers()[1], np.uint8)[chunk.offset * width : (chunk.offset + len(chunk)) * width]
        for chunk in tags.chunks
        if len(chunk)
    ]
    joined = parts[0] if len(parts) == 1 else np.concatenate([*parts, np.empty(0, np.uint8)])
    return joined.reshape(-1, width)


def _author_places(batch: pa.RecordBatch, keys: Sequence[tuple[str, str]]) -> Places:
    """Before which row of the batch each key belongs."""
    if not keys:
        return np.empty(0, np.int64)
    runs = pc.run_end_encode(batch.column("author"))
    authors, ends = runs.values.to_pylist(), runs.run_ends.to_pylist()
    ids = batch.column("id")
    places = []
    for author, ident in keys:
        run = bisect_left(authors, author)
        low = ends[run - 1] if run else 0
        if run < len(authors) and authors[run] == author:
            low += bisect_left(ids.slice(low, ends[run] - low).to_pylist(), ident)
        places.append(low)
    return np.array(places, np.int64)
