"""The process at the other end of `workers`: a function first, then batches, one answer for each."""

from __future__ import annotations

import pickle
import sys

import pyarrow as pa


def main() -> None:
    """Every batch that came in was answered, until there was none."""
    given, answers = sys.stdin.buffer, sys.stdout.buffer
    # Whatever a library prints must not stand between the answers.
    sys.stdout = sys.stderr
    length = given.read(8)
    # The parent is this program itself, over a pipe that nobody else has.
    function = pickle.loads(given.read(int.from_bytes(length)))  # noqa: S301
    while length := given.read(8):
        batch = pa.ipc.open_stream(pa.py_buffer(given.read(int.from_bytes(length)))).read_next_batch()
        result = function(batch)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, result.schema) as writer:
            writer.write_batch(result)
        data = sink.getvalue()
        answers.write(len(data).to_bytes(8))
        answers.write(data)
        answers.flush()


if __name__ == "__main__":
    main()
