"""Spark on one machine or many: the same queries, their tables kept as Parquet in one folder.

What is kept lies in the work folder and is read from there again, so a plan never grows from step to step, and an
executor that dies takes nothing along that is not made anew. What leaves Spark leaves through the same folder:
executors write sorted parts there, the driver reads them in order, a batch at a time. So the work folder has to be
one that every executor sees; `tempfile` decides where it is (TMPDIR).

Tables of members lie in buckets by member, in a database of their own for as long as the engine is open.
Files Spark would read differently than DuckDB (CSV, JSON Lines, odd types) are read by DuckDB on the driver.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
from py4j.protocol import Py4JError  # type: ignore[import-untyped]
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - its common name
from pyspark.sql.classic.dataframe import DataFrame as Classic
from pyspark.sql.pandas.types import from_arrow_schema
from pyspark.sql.types import StringType
from pyspark.sql.udf import _create_udf
from pyspark.util import PythonEvalType

from assent.engines.duckdb import DuckDB, open_duckdb
from assent.engines.files import relation_of
from assent.engines.protocol import BatchFunction
from assent.engines.spark_session import open_session
from assent.errors import AssentError, InputError, UnavailableError
from assent.vocabulary.tables import Format

_FILE_INDEX = "file_index"
_BUCKETED_BY = "member"
_GLOB = re.compile(r"([\\{}\[\]*?,^])")


def open_spark(master: str, *, memory_mib: int, threads: int, folder: Path) -> Spark:
    """A session at this master that keeps its tables below `folder`.

    Args:
        memory_mib: what Spark's driver may use; where the master is local that is all of Spark. Unit: MiB.
        threads: what DuckDB uses where it reads files for Spark.

    Raises:
        UnavailableError: there is no Java that Spark can run on, or Spark does not start.
    """
    folder.mkdir(parents=True, exist_ok=True)
    session, started = open_session(master, memory_mib=memory_mib, folder=folder)
    driver = open_duckdb(memory_mib=max(memory_mib // 2, 256), threads=threads, folder=folder / "duckdb")
    return Spark(session, driver, folder, stop=started)


class Spark:
    """The engine of a cluster; see `protocol.Engine`."""

    dialect = "spark"

    def __init__(self, session: SparkSession, driver: DuckDB, folder: Path, *, stop: bool) -> None:
        self._session = session
        self._driver = driver
        self._folder = folder
        self._stop = stop
        self._made = 0
        self._lying: dict[str, Path] = {}
        self._database: str | None = None

    def attach(self, paths: Sequence[Path], form: Format) -> None:
        """Queries may read these files, under the name that follows from them."""
        names = [str(path) for path in paths]
        if form is not Format.PARQUET or not names:
            return
        with _explained():
            read = self._read(names)
            found = {unquote(urlparse(each).path): each for each in read.inputFiles()}
            missing = [name for name in names if name not in found]
            if missing:
                raise InputError(f"spark does not read `{missing[0]}`", hint="names must not begin with `_` or `.`")
            rows = _in_utf8(read)
            rows.createOrReplaceTempView(relation_of(names))
            if _FILE_INDEX not in rows.columns:
                places = {found[name]: place for place, name in enumerate(names)}
                rows = _in_utf8(read.withColumn(_FILE_INDEX, _place_of(places)))
            rows.createOrReplaceTempView(relation_of(names, numbered=True))

    def stage(self, name: str, sql: str) -> None:
        """A table of that name holds what DuckDB makes of the files on this machine."""
        path = self._new(name)
        path.mkdir()
        target = str(path / "part-0.parquet").replace("'", "''")
        self._driver.run(f"COPY ({sql}) TO '{target}' (FORMAT parquet, ROW_GROUP_SIZE 65536)")
        self._put(name, path)

    def keep(self, name: str, sql: str) -> None:
        """A table of that name holds the rows of the query."""
        path = self._new(name)
        with _explained():
            rows = self._session.sql(sql)
            if _BUCKETED_BY in rows.columns:
                self._put(name, path, self._bucketed(rows, path))
                return
            rows.write.parquet(str(path))
        self._put(name, path)

    def view(self, name: str, sql: str) -> None:
        """The name stands for the query."""
        with _explained():
            self._session.sql(sql).createOrReplaceTempView(name)

    def revise(self, name: str, column: str, given: str, where: str) -> None:
        """The table is written once more, with another value where `where` is true."""
        changed = f"CASE WHEN {where} THEN {given} ELSE `{column}` END AS `{column}`"
        self.keep(name, f"SELECT * EXCEPT (`{column}`), {changed} FROM `{name}`")  # noqa: S608 - all of it from the gate

    def load(self, name: str, table: pa.Table) -> None:
        """A table of that name holds these rows."""
        path = self._new(name)
        path.mkdir()
        pq.write_table(table, path / "part-0.parquet")
        self._put(name, path)

    def stream(
        self, sql: str, *, batch_rows: int = 65_536, through: BatchFunction | None = None
    ) -> Iterator[pa.RecordBatch]:
        """The result in batches, in order, each as what `through` makes of it on the executors."""
        path = self._new("out")
        try:
            with _explained():
                rows = self._session.sql(sql)
                (rows if through is None else _mapped(rows, through)).write.parquet(str(path))
            # Parts are numbered in the order of the sort.
            for part in sorted(path.glob("part-*.parquet")):
                for batch in pq.ParquetFile(part).iter_batches(batch_rows):
                    with _explained():
                        batch.validate(full=True)
                    yield batch if through is None else batch.cast(through.schema)
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The whole of a small result as Python values."""
        with _explained():
            found = self._session.sql(sql).toArrow()
        return list(zip(*(column.to_pylist() for column in found.columns), strict=True))

    def columns(self, path: Path, form: Format) -> Mapping[str, str]:
        """The file's columns, and what DuckDB calls their types."""
        return self._driver.columns(path, form)

    def close(self) -> None:
        """The session is over, and Spark with it where it was started for it; nothing is left in the folder."""
        self._driver.close()
        if self._database is not None:
            with suppress(PySparkException, Py4JError):
                self._session.sql(f"DROP DATABASE `{self._database}` CASCADE")
        if self._stop:
            self._session.sparkContext.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _read(self, names: Sequence[str]) -> DataFrame:
        first, *_ = paths = [f"file://{escaped}" for escaped in (_GLOB.sub(r"\\\1", name) for name in names)]
        return self._session.read.schema(self._session.read.parquet(first).schema).parquet(*paths)

    def _new(self, name: str) -> Path:
        self._made += 1
        return self._folder / f"{self._made:04}-{name}"

    def _bucketed(self, rows: DataFrame, path: Path) -> DataFrame:
        """The rows lie in buckets by member, as many as a join has parts, so that no join moves them again."""
        if self._database is None:
            self._database = f"assent_{uuid4().hex}"
            self._session.sql(f"CREATE DATABASE `{self._database}` LOCATION 'file://{self._folder}/buckets'")
        buckets = int(str(self._session.conf.get("spark.sql.shuffle.partitions")))
        table = f"`{self._database}`.`{path.name[5:]}_{path.name[:4]}`"
        placed = rows.repartition(buckets, _BUCKETED_BY).write.bucketBy(buckets, _BUCKETED_BY).sortBy(_BUCKETED_BY)
        placed.format("parquet").option("path", f"file://{path}").saveAsTable(table)
        return self._session.table(table)

    def _put(self, name: str, path: Path, rows: DataFrame | None = None) -> None:
        with _explained():
            (rows if rows is not None else self._session.read.parquet(str(path))).createOrReplaceTempView(name)
        if (before := self._lying.get(name)) is not None:
            shutil.rmtree(before, ignore_errors=True)
        self._lying[name] = path


def _in_utf8(rows: DataFrame) -> DataFrame:
    """The rows; whoever reads a text that is no UTF-8 is told so, where Spark would pass it on."""
    checked = [
        F.validate_utf8(F.col(f"`{each.name}`")).alias(each.name)
        if isinstance(each.dataType, StringType)
        else F.col(f"`{each.name}`")
        for each in rows.schema
    ]
    return rows.select(*checked)


def _place_of(places: Mapping[str, int]) -> Any:
    if len(places) == 1:
        return F.lit(0)
    # Spark lists its files under one spelling of their names and tells rows another.
    spelled = {**places} | {name.replace("file:///", "file:/"): place for name, place in places.items()}
    listed = [F.lit(each) for pair in spelled.items() for each in pair]
    return F.create_map(*listed)[F.col("_metadata.file_path")]


def _mapped(rows: DataFrame, through: BatchFunction) -> DataFrame:
    """As `rows.mapInArrow` would have it, which asks for pandas before it does anything, and then does without."""
    kind = PythonEvalType.SQL_MAP_ARROW_ITER_UDF
    schema = pa.schema([pa.field(each.name, _as_spark_has_it(each.type)) for each in through.schema])
    function = _create_udf(f=_each(through.function, schema), returnType=from_arrow_schema(schema), evalType=kind)
    columns: Any = function(*[rows[f"`{name}`"] for name in rows.columns])
    given: Any = rows
    return Classic(given._jdf.mapInArrow(columns._jc, False, None), given.sparkSession)  # noqa: SLF001 - as pyspark does


def _as_spark_has_it(kind: pa.DataType) -> pa.DataType:
    """The type, or the next wider one where Spark lacks it."""
    if pa.types.is_fixed_size_binary(kind):
        return pa.binary()
    if pa.types.is_unsigned_integer(kind):
        return pa.decimal128(20, 0) if kind.bit_width == 64 else pa.int64()  # noqa: PLR2004 - bits
    if pa.types.is_list(kind):
        return pa.list_(_as_spark_has_it(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(each.name, _as_spark_has_it(each.type)) for each in kind])
    return kind


def _each(
    function: Callable[[pa.RecordBatch], pa.RecordBatch], schema: pa.Schema
) -> Callable[..., Iterator[pa.RecordBatch]]:
    def mapped(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            batch.validate(full=True)
            yield function(batch).cast(schema)

    return mapped


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (PySparkException, Py4JError, pa.ArrowInvalid) as error:
        raise _translated(error) from None


def _translated(error: Exception) -> AssentError:
    """What the caller does next, from what Spark says went wrong."""
    text = str(error)
    line = _line(text)
    if "OutOfMemoryError" in text or "Cannot grow BufferHolder" in text:
        return UnavailableError(f"the memory limit is too small: {line}", hint="raise `build.memory_mib`")
    if any(sign in text for sign in ("ExecutorLostFailure", "exited unexpectedly", "Answer from Java side is empty")):
        return UnavailableError(f"spark lost an executor more often than it tries again: {line}")
    if "No space left on device" in text:
        return UnavailableError("the disk of the work folder is full", hint="let TMPDIR name a larger one")
    if isinstance(error, AnalysisException):
        return InputError(f"the data cannot be read: {line}", hint="check the file, or the mapping of its columns")
    return InputError(f"spark cannot do it: {line}", hint="check the file, or the mapping of its columns")


def _line(text: str) -> str:
    """Spark's message in one line, without the names of its classes."""
    first = next((line for line in text.splitlines() if line.strip()), "no reason given")
    found = re.search(r"(?m)^(?:[\w.$]*(?:Exception|Error)): (.+)$", text)
    chosen = first if first.startswith("[") or found is None else found[1]
    return chosen.strip().rstrip(".")[:200]
