"""Where SQL runs. `protocol` says what an engine must do; `duckdb` does it on one machine, with `workers` of its
own for what is no SQL, and `spark` on many, in a `spark_session`. `files` names what is read, `catalogue` finds where
tables of Spark's lie, `java` what it runs on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType

from assent.engines.duckdb import open_duckdb
from assent.engines.protocol import BatchFunction, Engine
from assent.errors import UnavailableError

__all__ = ["BatchFunction", "Engine", "locate_tables", "open_duckdb", "open_engine"]


def open_engine(master: str | None, *, memory_mib: int, threads: int, folder: Path) -> Engine:
    """Spark at this master, or DuckDB where there is none.

    Raises:
        UnavailableError: Spark is not installed, has no Java to run on, or does not start.
    """
    if master is None:
        return open_duckdb(memory_mib=memory_mib, threads=threads, folder=folder)
    opened: Engine = _spark("spark").open_spark(master, memory_mib=memory_mib, threads=threads, folder=folder)
    return opened


def locate_tables(
    master: str, tables: Mapping[str, Sequence[str]], *, memory_mib: int, copies: Path
) -> dict[str, tuple[Path, ...]]:
    """The files of each table of Spark's catalogue; see `catalogue.locate_tables`."""
    found: dict[str, tuple[Path, ...]] = _spark("catalogue").locate_tables(
        master, tables, memory_mib=memory_mib, copies=copies
    )
    return found


def _spark(module: str) -> ModuleType:
    """An extra: who does not use it need not have it, nor wait for it."""
    try:
        return import_module(f"assent.engines.{module}")
    except ModuleNotFoundError as error:
        if error.name is None or not error.name.startswith(("pyspark", "py4j")):
            raise
        raise UnavailableError("spark is not installed", hint="install it with `pip install 'assent[spark]'`") from None
