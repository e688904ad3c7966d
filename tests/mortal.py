"""Processes that die where they are told to, without the price of starting Python for each of them.

One process imports what the programs need, and forks another for every program; it starts no thread itself.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

MOMENT = 120


class Nursery:
    """The process that forks the others."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """What `python -c program arguments` would have given, killed after two minutes."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([program, *arguments]) + "\n")
        self._process.stdin.flush()
        code, stdout, stderr = json.loads(self._process.stdout.readline())
        return subprocess.CompletedProcess([program, *arguments], code, stdout, stderr)

    def close(self) -> None:
        """The process has ended."""
        self._process.communicate(timeout=30)


@cache
def nursery() -> Nursery:
    """The one of this test process."""
    made = Nursery()
    atexit.register(made.close)
    return made


def run(program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """What became of a process of that program."""
    return nursery().run(program, *map(str, arguments))


def die(program: str, *arguments: object) -> None:
    """A process of that program was killed by its own hand, before it said that it was done."""
    done = run(program, *arguments)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, ""), done.stderr


def _child(program: str, arguments: list[str], outputs: list[Path]) -> None:
    for number, path in enumerate(outputs, 1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    signal.alarm(MOMENT)
    sys.argv = ["-c", *arguments]
    code = 1
    try:
        exec(compile(program, "<program>", "exec"), {"__name__": "__main__"})
        code = 0
    except BaseException:  # noqa: BLE001 - whatever it is, the test is told of it
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _serve() -> None:
    import assent.cli.feed
    import assent.ledger.importing
    import assent.ledger.moving
    import assent.operations.erasing
    import assent.operations.rotation
    import assent.operations.takeback  # noqa: F401 - the children have it

    with tempfile.TemporaryDirectory(prefix="assent-mortal-") as folder:
        outputs = [Path(folder, name) for name in ("stdout", "stderr")]
        while line := sys.stdin.readline():
            program, *arguments = json.loads(line)
            child = os.fork()
            if not child:
                _child(program, arguments, outputs)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            told = [path.read_text(errors="replace") for path in outputs]
            for path in outputs:
                path.unlink()
            sys.stdout.write(json.dumps([code, *told]) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    _serve()
