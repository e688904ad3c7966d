"""A witness as a process of its own, which can be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SERVE = "import sys; from assent.cli import build_app; build_app()(sys.argv[1:])"


@dataclass
class Running:
    process: subprocess.Popen[str]
    url: str

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()


def start(folder: Path) -> Running:
    command = [sys.executable, "-c", SERVE, "witness", "serve", str(folder), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    process.stdout.close()
    return Running(process, line.split()[-1])


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    witness = start(folder)
    try:
        yield witness
    finally:
        witness.kill()
