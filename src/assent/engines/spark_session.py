"""A Spark to work in: started where none runs, set so that it says what DuckDB would say."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Final

from py4j.protocol import Py4JError  # type: ignore[import-untyped]
from pyspark import SparkConf, SparkContext
from pyspark.errors import PySparkException
from pyspark.java_gateway import launch_gateway
from pyspark.sql import SparkSession

from assent.engines.java import require_java
from assent.errors import InputError, UnavailableError

LOG: Final = "spark.log"
_RETRIES = 4
_SETTINGS: Final = {
    # Instants are UTC, texts are bytes, names are spelled as they are; what does not fit is an error, not a null.
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_LTZ",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "true",
    "spark.sql.legacy.sizeOfNull": "false",
    "spark.sql.parser.escapedStringLiterals": "false",
    # Parquet as it lies there: no calendar of the past, no instants in twelve bytes, nothing passed over.
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.int96RebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.parquet.binaryAsString": "false",
    "spark.sql.parquet.mergeSchema": "false",
    "spark.sql.parquet.compression.codec": "lz4_raw",
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.files.ignoreMissingFiles": "false",
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "16384",
}


def open_session(master: str, *, memory_mib: int, folder: Path) -> tuple[SparkSession, bool]:
    """A session of its own at this master, and whether Spark was started for it.

    Raises:
        UnavailableError: there is no Java, or Spark does not start.
        InputError: a Spark with another master runs in this process.
    """
    running = SparkContext._active_spark_context  # noqa: SLF001 - pyspark asks itself the same way, and no other
    if running is not None and running._jsc is not None:  # noqa: SLF001
        if running.master != as_retrying(master):
            raise InputError(
                f"this process has a Spark at `{running.master}` already, not at `{master}`",
                hint="stop that one first",
            )
        context, started = running, False
    else:
        require_java()
        context, started = _start(_configured(as_retrying(master), memory_mib, folder), folder), True
    if is_local(master) and "PYSPARK_PYTHON" not in os.environ:
        context.pythonExec = sys.executable
    context.setLogLevel("ERROR")
    session = SparkSession(context).newSession()
    for name, value in _SETTINGS.items():
        session.conf.set(name, value)
    return session, started


def is_local(master: str) -> bool:
    """Whether everything runs in this machine's one Java."""
    return master.startswith("local") and not master.startswith("local-cluster")


def as_retrying(master: str) -> str:
    """The master with a task tried again when it fails, which a local one does not do unless it is told."""
    if master == "local":
        return f"local[1,{_RETRIES}]"
    return re.sub(r"^local\[([^,\]]+)\]$", rf"local[\1,{_RETRIES}]", master)


def _configured(master: str, memory_mib: int, folder: Path) -> SparkConf:
    conf = SparkConf().setMaster(master).setAppName("assent")
    conf.set("spark.ui.enabled", "false").set("spark.ui.showConsoleProgress", "false")
    conf.set("spark.driver.memory", f"{memory_mib}m")
    if master.startswith("local"):
        # Nobody else need reach it.
        conf.set("spark.driver.host", "127.0.0.1").set("spark.driver.bindAddress", "127.0.0.1")
        conf.set("spark.local.dir", str(folder / "spill"))
        conf.set("spark.sql.warehouse.dir", str(folder / "warehouse"))
        conf.setIfMissing("spark.sql.shuffle.partitions", "16")
    return conf


def _start(conf: SparkConf, folder: Path) -> SparkContext:
    log = folder / LOG
    try:
        with log.open("ab") as told:
            # What Java says goes where it can be read, not between the lines of a command.
            gateway = SparkContext._gateway or launch_gateway(conf, {"stderr": told})  # type: ignore[no-untyped-call]  # noqa: SLF001
        return SparkContext(conf=conf, gateway=gateway)
    except (PySparkException, Py4JError, OSError, RuntimeError) as error:
        raise UnavailableError(f"spark does not start: {_reason(error)}", hint=_advice(log)) from None


def _reason(error: Exception) -> str:
    """The line in which Java says why."""
    found = re.search(r"(?m)^: ?(?:[\w.$]+: )?(.+)$", str(error))
    return (found[1] if found else str(error).partition("\n")[0])[:200]


def _advice(log: Path) -> str | None:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    telling = [line for line in lines if "ERROR" in line or "Exception" in line]
    return f"java says: {telling[-1].strip()[:200]}" if telling else None
