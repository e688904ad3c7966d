"""Permitted rows become files whose names say what is in them."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

import pyarrow as pa
import pytest

from assent.errors import EvidenceError
from assent.snapshot.layout import ROW_GROUP_ROWS, read_partition, write_partitions
from assent.vocabulary.tables import SNAPSHOT_SCHEMA


def batch(start: int, stop: int) -> pa.RecordBatch:
    row = {
        "category": "post",
        "author": "m",
        "subjects": [{"role": "named", "member": "n"}],
        "created_at": datetime(2025, 1, 1, tzinfo=UTC),
    }
    return pa.RecordBatch.from_pylist(
        [{"id": f"{n:07}", "text": f"text {n}", **row} for n in range(start, stop)], SNAPSHOT_SCHEMA
    )


def test_the_bytes_do_not_depend_on_how_rows_arrive(tmp_path):
    size = ROW_GROUP_ROWS + 100
    whole = write_partitions([(0, 0, batch(0, size))], tmp_path / "whole")
    pieces = [(0, 0, batch(start, min(start + 5000, size))) for start in range(0, size, 5000)]
    assert write_partitions(pieces, tmp_path / "pieces") == whole


def test_a_file_is_named_by_its_bytes_and_stands_for_one_partition(tmp_path):
    files = write_partitions([(0, 1, batch(0, 3)), (0, 1, batch(3, 5)), (2, 0, batch(5, 6))], tmp_path)
    assert [(file.shard, file.slice, file.rows) for file in files] == [(0, 1, 5), (2, 0, 1)]
    for file in files:
        data = (tmp_path / file.path).read_bytes()
        assert file.path == f"data/{sha256(data).hexdigest()}.parquet"
        assert file.bytes == len(data)


def test_rows_come_back_as_they_were(tmp_path):
    (file,) = write_partitions([(0, 0, batch(0, 10))], tmp_path)
    assert pa.Table.from_batches(read_partition(tmp_path, file)).to_pylist() == batch(0, 10).to_pylist()


def test_a_changed_file_is_not_read(tmp_path):
    (file,) = write_partitions([(0, 0, batch(0, 10))], tmp_path)
    path = tmp_path / file.path
    data = bytearray(path.read_bytes())
    data[40] ^= 1
    path.write_bytes(data)
    with pytest.raises(EvidenceError):
        list(read_partition(tmp_path, file))


def test_no_draft_is_left_when_the_stream_breaks(tmp_path):
    def broken():
        yield 0, 0, batch(0, 3)
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError):
        write_partitions(broken(), tmp_path)
    assert list((tmp_path / "data").iterdir()) == []
