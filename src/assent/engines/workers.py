"""A function over record batches in several processes, the results in the order of the batches.

Each worker is a Python of its own (`python -m assent.engines.worker`) that takes one batch at a time through a pipe and
answers with what the function makes of it, as Arrow streams. Nothing of the parent is forked or imported again, so it
works below any script, thread or server. A batch is in flight for each worker and no more: memory stays bounded, and
no pipe can fill up on both sides.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import cycle

import pyarrow as pa

from assent.engines.protocol import BatchFunction
from assent.errors import UnavailableError


def mapped(batches: Iterable[pa.RecordBatch], through: BatchFunction, *, processes: int) -> Iterator[pa.RecordBatch]:
    """What the function makes of each batch, in order.

    The first batch is done here: of little data nothing is worth a process.

    Raises:
        UnavailableError: a worker ended before it answered.
    """
    given = iter(batches)
    first = next(given, None)
    if first is None:
        return
    yield through.function(first)
    if processes < 2:  # noqa: PLR2004 - one process is this one
        for batch in given:
            yield through.function(batch)
        return
    with ExitStack() as stack:
        yield from _in_turn(given, through, processes, stack)


def _in_turn(
    batches: Iterator[pa.RecordBatch], through: BatchFunction, processes: int, stack: ExitStack
) -> Iterator[pa.RecordBatch]:
    workers: list[_Worker] = []
    busy: list[_Worker] = []
    for batch, number in zip(batches, cycle(range(processes))):
        if number == len(workers):
            workers.append(_Worker(through))
            stack.callback(workers[-1].close)
        if workers[number] in busy:
            busy.remove(workers[number])
            yield workers[number].answer()
        workers[number].ask(batch)
        busy.append(workers[number])
    for worker in busy:
        yield worker.answer()


class _Worker:
    """One process and the pipes to it."""

    def __init__(self, through: BatchFunction) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "assent.engines.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to, self._from = self._process.stdin, self._process.stdout
        self._tell(pickle.dumps(through.function))

    def ask(self, batch: pa.RecordBatch) -> None:
        """The batch is on its way."""
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as writer:
            writer.write_batch(batch)
        self._tell(sink.getvalue())

    def answer(self) -> pa.RecordBatch:
        """What became of the batch that was asked about."""
        size = self._from.read(8)
        data = self._from.read(int.from_bytes(size)) if len(size) == 8 else b""  # noqa: PLR2004 - a length
        if not data or len(data) < int.from_bytes(size):
            raise self._gone()
        return pa.ipc.open_stream(pa.py_buffer(data)).read_next_batch()

    def close(self) -> None:
        """The process has ended."""
        self._process.kill()
        self._process.communicate()

    def _tell(self, data: bytes | pa.Buffer) -> None:
        try:
            self._to.write(len(data).to_bytes(8))
            self._to.write(data)
            self._to.flush()
        except OSError:
            raise self._gone() from None

    def _gone(self) -> UnavailableError:
        code = self._process.poll()
        return UnavailableError(
            f"a worker process ended with `{code}` before it answered",
            hint="there may be too little memory; lower `build.threads` and try again",
        )
