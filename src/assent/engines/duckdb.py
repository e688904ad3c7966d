"""DuckDB on this machine: pinned to UTC, inside its limits, away from the network."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pyarrow as pa

from assent.engines.protocol import BatchFunction
from assent.engines.workers import mapped
from assent.errors import AssentError, InputError, UnavailableError
from assent.vocabulary.tables import Format

T = TypeVar("T")

_PERFECT_HASH_BITS = 24
"""Groups by a small whole number are found by position, not by hash; the default stops at 12 bits."""


def open_duckdb(*, memory_mib: int, threads: int, folder: Path) -> DuckDB:
    """A connection to an empty database in memory that may spill into `folder`.

    Args:
        memory_mib: what DuckDB itself may use; Arrow batches on their way out come on top. Unit: MiB.
    """
    connection = duckdb.connect(
        config={
            "memory_limit": f"{memory_mib}MiB",
            "threads": threads,
            "temp_directory": str(folder),
            # Only what is in the wheel: an extension would be fetched from the network.
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            # Every order that matters is asked for in the SQL.
            "preserve_insertion_order": False,
            "perfect_ht_threshold": _PERFECT_HASH_BITS,
        }
    )
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")
    # A UUID leaves as its sixteen bytes, not as text.
    connection.execute("SET arrow_lossless_conversion = true")
    # Joins as they are written, the table to look things up in on the right: filters mislead the estimates so far
    # that records with their texts would be put into the hash table.
    connection.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
    connection.execute("SET lock_configuration = true")
    return DuckDB(connection, threads)


class DuckDB:
    """The engine of one machine; see `protocol.Engine`."""

    dialect = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection, processes: int = 1) -> None:
        self._connection = connection
        self._processes = processes

    def attach(self, paths: Sequence[Path], form: Format) -> None:
        """Files are read where a query names them."""

    def stage(self, name: str, sql: str) -> None:
        """A table of that name holds the rows of the query."""
        self.keep(name, sql)

    def keep(self, name: str, sql: str) -> None:
        """A table of that name holds the rows of the query."""
        self.run(f'CREATE TEMPORARY TABLE "{name}" AS {sql}')

    def view(self, name: str, sql: str) -> None:
        """The name stands for the query."""
        self.run(f'CREATE TEMPORARY VIEW "{name}" AS {sql}')

    def revise(self, name: str, column: str, given: str, where: str) -> None:
        """In the rows for which `where` is true, the column has another value."""
        self.run(f'UPDATE "{name}" SET "{column}" = {given} WHERE {where}')  # noqa: S608 - all of it from the gate

    def run(self, sql: str) -> None:
        """The statement has taken effect."""
        _explained(lambda: self._connection.execute(sql))

    def stream(
        self, sql: str, *, batch_rows: int = 65_536, through: BatchFunction | None = None
    ) -> Iterator[pa.RecordBatch]:
        """The result in batches, in order, each as what `through` makes of it."""
        batches = self._batches(sql, batch_rows)
        return batches if through is None else mapped(batches, through, processes=self._processes)

    def _batches(self, sql: str, batch_rows: int) -> Iterator[pa.RecordBatch]:
        # A relation streams; a result of `execute` is gathered first and copied once more.
        reader = _explained(lambda: self._connection.sql(sql).to_arrow_reader(batch_rows))
        while (batch := _explained(lambda: next(reader, None))) is not None:
            yield batch

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The whole of a small result as Python values."""
        # Through Arrow: fetching an instant with a zone directly would need another library.
        batches = list(self.stream(sql))
        return [row for batch in batches for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)]

    def load(self, name: str, table: pa.Table) -> None:
        """A table of that name holds these rows."""
        self._connection.register("_loading", table)
        self.run(f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT * FROM _loading')  # noqa: S608 - names come from the gate
        self._connection.unregister("_loading")

    def columns(self, path: Path, form: Format) -> Mapping[str, str]:
        """The file's columns and DuckDB's names for their types; JSON Lines has none of its own.

        Raises:
            InputError: the file is missing or cannot be read in that format.
        """
        if not path.is_file():
            raise InputError(f"there is no file `{path}`")
        if form is Format.JSONL:
            return {}
        read: Callable[[], duckdb.DuckDBPyRelation] = {
            Format.PARQUET: lambda: self._connection.read_parquet(str(path)),
            Format.CSV: lambda: self._connection.read_csv(str(path), all_varchar=True, header=True),
        }[form]
        try:
            relation = read()
        except duckdb.Error as error:
            raise InputError(f"`{path}` cannot be read as {form.value}: {_first_line(error)}") from None
        return dict(zip(relation.columns, map(str, relation.types), strict=True))

    def close(self) -> None:
        """The connection and everything in it are gone."""
        self._connection.close()


def _explained(work: Callable[[], T]) -> T:
    try:
        return work()
    except duckdb.Error as error:
        raise _translated(error) from None


def _translated(error: duckdb.Error) -> AssentError:
    """What the caller does next, from what DuckDB says went wrong."""
    line = _first_line(error)
    if isinstance(error, duckdb.OutOfMemoryException):
        return UnavailableError(f"the memory limit is too small: {line}", hint="raise `build.memory_mib`")
    if isinstance(error, duckdb.IOException):
        return UnavailableError(f"a file cannot be read or written: {line}")
    if isinstance(error, duckdb.InterruptException):
        return UnavailableError("the work was interrupted")
    return InputError(f"the data cannot be read: {line}", hint="check the file, or the mapping of its columns")


def _first_line(error: duckdb.Error) -> str:
    """DuckDB's message without its class, its advice and the rows it quotes."""
    text = str(error).partition("\n")[0]
    return re.sub(r"^[A-Z][A-Za-z ]+: ", "", text).rstrip(".")[:200]
