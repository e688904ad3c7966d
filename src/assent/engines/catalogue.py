"""Where the rows of tables in Spark's catalogue lie, as Parquet files that anybody can read without it.

A table that is plain Parquet is read where it lies. Of any other (a view, a table format with a log of its own) the
named columns are copied, as they are at that moment. Either way what was read has names and digests like other files.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote, urlparse

import pyarrow.parquet as pq
from py4j.protocol import Py4JError  # type: ignore[import-untyped]
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql.types import TimestampType

from assent.engines.spark_session import open_session
from assent.errors import InputError


def locate_tables(
    master: str, tables: Mapping[str, Sequence[str]], *, memory_mib: int, copies: Path
) -> dict[str, tuple[Path, ...]]:
    """The files of each table of the catalogue.

    Args:
        tables: by name, the columns that are wanted of each.
        copies: a new folder for what has to be copied; every machine that reads it must see it.

    Raises:
        InputError: there is no such table, or it has not the columns.
        UnavailableError: Spark does not start.
    """
    with TemporaryDirectory(prefix="assent-catalogue-") as folder:
        session, started = open_session(master, memory_mib=memory_mib, folder=Path(folder))
        try:
            return {name: _located(session, name, columns, copies / name) for name, columns in tables.items()}
        except (PySparkException, Py4JError) as error:
            raise InputError(
                f"spark cannot read a table of its catalogue: {str(error).partition(chr(10))[0]}"
            ) from None
        finally:
            if started:
                session.sparkContext.stop()


def _located(session: SparkSession, name: str, columns: Sequence[str], copy: Path) -> tuple[Path, ...]:
    if not session.catalog.tableExists(name):
        raise InputError(f"spark's catalogue has no table `{name}`", hint="name it in full, like `database.table`")
    rows = session.table(name)
    missing = [column for column in columns if column not in rows.columns]
    if missing:
        raise InputError(f"table `{name}` has no column `{missing[0]}`", hint=f"it has: {', '.join(rows.columns)}")
    if _is_parquet(session, name):
        files = tuple(sorted(Path(unquote(urlparse(uri).path)) for uri in rows.inputFiles()))
        instants = {each.name for each in rows.schema if isinstance(each.dataType, TimestampType)}
        if files and all(_says_it_all(path, columns, instants) for path in files):
            return files
    rows.select(*(f"`{column}`" for column in columns)).write.parquet(str(copy))
    return tuple(sorted(copy.glob("part-*.parquet")))


def _says_it_all(path: Path, columns: Sequence[str], instants: Collection[str]) -> bool:
    """Whether the file has the columns, and its instants a zone: those in twelve bytes have none."""
    if not path.is_file():
        return False
    schema = pq.read_schema(path)
    return all(name in schema.names and (name not in instants or schema.field(name).type.tz) for name in columns)


def _is_parquet(session: SparkSession, name: str) -> bool:
    told = {row["col_name"]: row["data_type"] for row in session.sql(f"DESCRIBE TABLE EXTENDED {name}").collect()}
    return str(told.get("Provider")).lower() == "parquet" and told.get("Type") in {"MANAGED", "EXTERNAL"}
