"""Spark does what the protocol asks of an engine."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assent.engines.files import relation_of
from assent.engines.protocol import BatchFunction
from assent.engines.spark import open_spark
from assent.errors import InputError, UnavailableError
from assent.vocabulary.tables import Format

NUMBERS = pa.schema([pa.field("n", pa.int64(), nullable=False)])


def test_a_naive_text_is_read_in_utc(spark):
    assert spark.rows("SELECT TIMESTAMP '2025-01-01 00:00:00'") == [(datetime(2025, 1, 1, tzinfo=UTC),)]


def test_texts_are_ordered_by_their_bytes(spark):
    texts = ["Z", "a", "é", "z", "👍", "ﬀ"]
    spark.load("t", pa.table({"x": texts}))
    assert [row[0] for row in spark.rows("SELECT x FROM t ORDER BY x")] == sorted(texts, key=str.encode)


def test_a_stream_comes_in_order_over_many_parts(spark):
    batches = spark.stream("SELECT id FROM range(0, 10000, 1, 7) ORDER BY id", batch_rows=1000)
    assert [n for batch in batches for n in batch.column(0).to_pylist()] == list(range(10_000))


def test_a_kept_table_is_revised_where_a_condition_is_true(spark):
    spark.keep("t", "SELECT id AS n, 0 AS m FROM range(4)")
    spark.keep("odd", "SELECT 1 AS n UNION ALL SELECT 3")
    spark.revise("t", "m", "`m` + 5", "`n` IN (SELECT `n` FROM `odd`)")
    assert spark.rows("SELECT n, m FROM t ORDER BY n") == [(0, 0), (1, 5), (2, 0), (3, 5)]


def test_files_are_read_together_and_each_row_knows_which_is_its_own(spark, tmp_path):
    names = ["b 100%.parquet", "a[1]{x,y}.parquet", "c;é?*.parquet"]
    for place, name in enumerate(names):
        pq.write_table(pa.table({"x": [place * 10]}), tmp_path / name)
    paths = [tmp_path / name for name in names]
    spark.attach(paths, Format.PARQUET)
    numbered = relation_of(map(str, paths), numbered=True)
    assert spark.rows(f"SELECT x, file_index FROM `{numbered}` ORDER BY x") == [(0, 0), (10, 1), (20, 2)]


def test_a_file_that_spark_would_pass_over_is_refused(spark, tmp_path):
    pq.write_table(pa.table({"x": [1]}), tmp_path / "_hidden.parquet")
    pq.write_table(pa.table({"x": [1]}), tmp_path / "seen.parquet")
    with pytest.raises(InputError, match="spark does not read"):
        spark.attach([tmp_path / "seen.parquet", tmp_path / "_hidden.parquet"], Format.PARQUET)


def test_what_duckdb_makes_of_files_is_a_table(spark, tmp_path):
    (tmp_path / "a.csv").write_text('x,y\n1,"a ""quoted"", one"\n')
    spark.stage("t", f"SELECT * FROM read_csv('{tmp_path}/a.csv', all_varchar = true)")
    assert spark.rows("SELECT x, y FROM t") == [("1", 'a "quoted", one')]


def test_columns_are_told_in_duckdbs_words(spark, tmp_path):
    pq.write_table(pa.table({"a": [1], "t": pa.array([0], pa.timestamp("us"))}), tmp_path / "x.parquet")
    assert spark.columns(tmp_path / "x.parquet", Format.PARQUET) == {"a": "BIGINT", "t": "TIMESTAMP"}


def test_a_query_that_cannot_be_asked_is_told_in_one_line(spark):
    with pytest.raises(InputError) as raised:
        spark.rows("SELECT nothing FROM nowhere")
    assert "\n" not in raised.value.message
    assert "nowhere" in raised.value.message


def test_invalid_utf8_is_refused_and_not_passed_on(spark, tmp_path):
    broken = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xff\xfe")])
    pq.write_table(pa.table({"x": broken}), tmp_path / "x.parquet")
    spark.attach([tmp_path / "x.parquet"], Format.PARQUET)
    with pytest.raises(InputError, match="UTF8"):
        spark.rows(f"SELECT x FROM `{relation_of([str(tmp_path / 'x.parquet')])}`")


def counting(mark: Path, deaths: int) -> BatchFunction:
    """Doubles; the first so many processes that are asked for the row 5,000 die of it."""
    # Inside, so that it travels whole: executors cannot import a test.
    schema, folder = NUMBERS, str(mark)

    def doubled(batch: pa.RecordBatch) -> pa.RecordBatch:
        given = batch.column(0).to_pylist()
        if 5_000 in given:
            for death in range(deaths):
                try:
                    os.close(os.open(f"{folder}/{death}", os.O_CREAT | os.O_EXCL))
                except FileExistsError:
                    continue
                os.kill(os.getpid(), signal.SIGKILL)
        return pa.RecordBatch.from_arrays([pa.array([2 * n for n in given], pa.int64())], schema=schema)

    return BatchFunction(doubled, schema)


QUERY = "SELECT id AS n FROM range(0, 10000, 1, 4) ORDER BY n"


def test_a_worker_that_dies_mid_stage_is_replaced_and_no_row_is_lost_or_said_twice(spark, tmp_path):
    through = counting(tmp_path, deaths=1)
    found = [n for batch in spark.stream(QUERY, through=through) for n in batch.column(0).to_pylist()]
    assert (tmp_path / "0").exists()
    assert found == list(range(0, 20_000, 2))


def test_workers_that_die_each_time_end_in_an_error_and_leave_nothing(spark, tmp_path):
    with pytest.raises(UnavailableError, match="lost an executor"):
        list(spark.stream(QUERY, through=counting(tmp_path, deaths=9)))
    assert [each.name for each in (tmp_path / "work").iterdir() if "out" in each.name] == []


def test_another_master_than_the_one_that_runs_is_refused(spark_master, tmp_path):
    with pytest.raises(InputError, match="has a Spark at"):
        open_spark("local[7]", memory_mib=256, threads=1, folder=tmp_path)


def test_a_closed_engine_leaves_no_folder(spark_master, tmp_path):
    engine = open_spark(spark_master, memory_mib=256, threads=1, folder=tmp_path / "gone")
    engine.keep("t", "SELECT 1 AS n")
    engine.close()
    assert not (tmp_path / "gone").exists()
