"""One Spark for all tests that ask for it: set for small data, started when the first one does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assent.engines import Engine, open_duckdb
from assent.engines.java import require_java
from assent.errors import UnavailableError

MASTER = "local[2]"
_FOR_SMALL_DATA = {
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.driver.memory": "1g",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    # Compiling a plan costs more than interpreting it for a few rows.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.shuffle.partitions": "3",
}


@pytest.fixture(scope="session")
def spark_master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The master of a Spark that runs in this process."""
    pytest.importorskip("pyspark")
    try:
        require_java()
    except UnavailableError as error:
        pytest.skip(f"{error.message}; {error.hint}")
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway

    from assent.engines.spark_session import as_retrying

    folder = tmp_path_factory.mktemp("spark")
    settings = _FOR_SMALL_DATA | {"spark.sql.warehouse.dir": str(folder / "warehouse")}
    conf = SparkConf().setMaster(as_retrying(MASTER)).setAppName("tests").setAll(list(settings.items()))
    with (folder / "java.log").open("wb") as log:
        gateway = launch_gateway(conf, {"stderr": log})
    context = SparkContext(conf=conf, gateway=gateway)
    yield MASTER
    context.stop()
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait(timeout=60)
    SparkContext._gateway = SparkContext._jvm = None


@pytest.fixture
def spark(spark_master: str, tmp_path: Path) -> Iterator[Engine]:
    """An engine of its own on that Spark."""
    from assent.engines.spark import open_spark

    engine = open_spark(spark_master, memory_mib=512, threads=1, folder=tmp_path / "work")
    yield engine
    engine.close()


@pytest.fixture
def duck(tmp_path: Path) -> Iterator[Engine]:
    """DuckDB, to be compared with."""
    engine = open_duckdb(memory_mib=256, threads=1, folder=tmp_path / "spill")
    yield engine
    engine.close()
