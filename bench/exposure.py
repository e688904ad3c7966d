"""One person's report on a complete export: time and memory of the whole command, start of Python included."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.report import Row

GENERATOR = Path(__file__).resolve().parent.parent / "tests" / "exposure"
MESSAGES, SECONDS, MIB = 20_000, 10, 500


def run(*, quick: bool) -> list[Row]:
    """The rows of the table."""
    messages = MESSAGES // 10 if quick else MESSAGES
    with tempfile.TemporaryDirectory() as folder:
        export = make_export(Path(folder) / "export.zip", messages)
        seconds, mib, report = measured(export, Path(folder) / "page.html")
        size_mib = sum(info for info in sizes(export)) / (1 << 20)
    what = f"exposure report, {report['rows']:,} rows with {messages:,} messages, {size_mib:.0f} MiB unpacked"
    return [
        Row(f"{what}: time", f"≤ {SECONDS} s", f"{seconds:.1f} s", seconds <= SECONDS),
        Row("… memory, resident", f"≤ {MIB} MB", f"{mib:.0f} MiB", mib <= MIB),
    ]


def make_export(path: Path, messages: int) -> Path:
    """A complete export from the tests' generator."""
    sys.path.insert(0, str(GENERATOR))
    try:
        from exports import write_export
    finally:
        sys.path.remove(str(GENERATOR))
    return Path(write_export(path, messages=messages))


def sizes(export: Path) -> list[int]:
    """Bytes of each member, unpacked."""
    import zipfile

    with zipfile.ZipFile(export) as archive:
        return [info.file_size for info in archive.infolist()]


def measured(export: Path, page: Path) -> tuple[float, float, dict[str, object]]:
    """Seconds, peak resident MiB and the answer of the command, run as a person runs it, page included."""
    person = ["--country", "NL", "--birth-date", "1990-05-01", "--at", "2026-07-01"]
    command = [sys.executable, "-m", "assent", "exposure", str(export), *person, "--html", str(page), "--json"]
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        answer = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    assert process.returncode == 0
    peak = usage.ru_maxrss / 1024 if sys.platform != "darwin" else usage.ru_maxrss / (1 << 20)
    return seconds, peak, json.loads(answer)
