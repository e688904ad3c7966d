"""An executor that dies mid-stage, its whole Java with it, costs time and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assent.engines.java import require_java
from assent.errors import UnavailableError

SCRIPT = """
import os, signal, sys
from pathlib import Path
import pyarrow as pa
from assent.engines.protocol import BatchFunction
from assent.engines.spark import open_spark

schema = pa.schema([pa.field("n", pa.int64(), nullable=False)])
folder = sys.argv[1]

def doubled(batch):
    given = batch.column(0).to_pylist()
    if 5_000 in given:
        try:
            os.close(os.open(f"{folder}/died", os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            pass
        else:
            above = Path(f"/proc/{os.getppid()}/stat").read_text().rpartition(")")[2].split()[1]
            os.kill(int(above), signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)
    return pa.RecordBatch.from_arrays([pa.array([2 * n for n in given], pa.int64())], schema=schema)

engine = open_spark("local-cluster[2,1,1024]", memory_mib=512, threads=1, folder=Path(folder) / "work")
batches = engine.stream("SELECT id AS n FROM range(0, 10000, 1, 4) ORDER BY n", through=BatchFunction(doubled, schema))
print([n for batch in batches for n in batch.column(0).to_pylist()] == list(range(0, 20_000, 2)))
engine.close()
"""


def test_another_executor_takes_over_and_every_row_comes_once_and_in_order(tmp_path):
    pyspark = pytest.importorskip("pyspark")
    try:
        require_java()
    except UnavailableError as error:
        pytest.skip(f"{error.message}; {error.hint}")
    environ = os.environ | {
        "PYSPARK_PYTHON": sys.executable,
        "JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    }
    (tmp_path / "killed.py").write_text(SCRIPT)
    command = [sys.executable, str(tmp_path / "killed.py"), str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True, env=environ, cwd=tmp_path, timeout=300, check=False)
    # Such a cluster has its executors work beside Spark's own files, whatever it is told.
    shutil.rmtree(Path(pyspark.__file__).parent / "work", ignore_errors=True)
    assert (tmp_path / "died").exists(), ran.stderr
    assert ran.stdout.splitlines()[-1] == "True"
