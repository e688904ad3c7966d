"""DuckDB does what the protocol asks of an engine."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assent.engines import open_duckdb
from assent.errors import InputError
from assent.vocabulary.tables import Format


@pytest.fixture
def engine(tmp_path):
    engine = open_duckdb(memory_mib=256, threads=2, folder=tmp_path)
    yield engine
    engine.close()


def test_a_naive_text_is_read_in_utc_whatever_the_machine_is_set_to(tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    engine = open_duckdb(memory_mib=256, threads=1, folder=tmp_path)
    assert engine.rows("SELECT TIMESTAMPTZ '2025-01-01 00:00:00'") == [(datetime(2025, 1, 1, tzinfo=UTC),)]
    engine.close()


def test_texts_are_ordered_by_their_bytes(engine):
    texts = ["Z", "a", "é", "z", "👍", "ﬀ"]
    engine.load("t", pa.table({"x": texts}))
    assert [row[0] for row in engine.rows("SELECT x FROM t ORDER BY x")] == sorted(texts, key=str.encode)


def test_a_stream_comes_in_order_over_many_batches(engine):
    batches = engine.stream("SELECT i FROM range(10000) t(i) ORDER BY i", batch_rows=1000)
    assert [n for batch in batches for n in batch.column(0).to_pylist()] == list(range(10000))


def test_columns_and_types_of_a_file_are_told(engine, tmp_path):
    pq.write_table(pa.table({"a": [1], "t": pa.array([0], pa.timestamp("us"))}), tmp_path / "x.parquet")
    assert engine.columns(tmp_path / "x.parquet", Format.PARQUET) == {"a": "BIGINT", "t": "TIMESTAMP"}


@pytest.mark.parametrize("form", [Format.PARQUET, Format.CSV])
def test_a_missing_file_is_named(engine, tmp_path, form):
    with pytest.raises(InputError, match="there is no file"):
        engine.columns(tmp_path / "none", form)


def test_a_file_that_is_no_parquet_is_named_in_one_line(engine, tmp_path):
    (tmp_path / "x.parquet").write_text("hello")
    with pytest.raises(InputError) as raised:
        engine.columns(tmp_path / "x.parquet", Format.PARQUET)
    assert "x.parquet` cannot be read as parquet" in raised.value.message
    assert "\n" not in raised.value.message


def test_an_extension_cannot_be_fetched(engine):
    with pytest.raises(InputError, match="configuration has been locked"):
        engine.run("SET autoinstall_known_extensions = true")
