"""Batches go through a function in several processes and come back in order."""

import os

import pyarrow as pa
import pytest

from assent.engines.protocol import BatchFunction
from assent.engines.workers import mapped
from assent.errors import UnavailableError

SCHEMA = pa.schema([pa.field("n", pa.int64()), pa.field("process", pa.int64())])


def test_results_come_in_the_order_of_the_batches():
    assert [row["n"] for row in _rows(processes=3)] == list(range(20))


def test_all_but_the_first_batch_are_done_elsewhere():
    processes = [row["process"] for row in _rows(processes=2)]
    assert (processes[0] == os.getpid(), len(set(processes[2:]) - {os.getpid()})) == (True, 2)


def test_one_process_is_this_one():
    assert {row["process"] for row in _rows(processes=1)} == {os.getpid()}


def test_of_nothing_comes_nothing():
    assert list(mapped([], BatchFunction(_marked(), SCHEMA), processes=2)) == []


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_worker_that_dies_is_said(capfd):
    batches = [_batch([n]) for n in range(4)]
    with pytest.raises(UnavailableError, match="a worker process ended"):
        list(mapped(batches, BatchFunction(_dying(), SCHEMA), processes=2))
    capfd.readouterr()


def _rows(*, processes):
    batches = (_batch([2 * n, 2 * n + 1]) for n in range(10))
    return [
        row
        for batch in mapped(batches, BatchFunction(_marked(), SCHEMA), processes=processes)
        for row in batch.to_pylist()
    ]


def _batch(numbers):
    return pa.record_batch([pa.array(numbers, pa.int64())], names=["n"])


def _marked():
    """A function whose module every process finds: this one's tests are no package."""
    return _Marking()


class _Marking:
    def __call__(self, batch):
        column = pa.array([os.getpid()] * batch.num_rows, pa.int64())
        return pa.record_batch([batch.column("n"), column], schema=SCHEMA)

    def __reduce__(self):
        code = (
            "lambda batch: __import__('pyarrow').record_batch("
            "[batch.column('n'), __import__('pyarrow').array([__import__('os').getpid()] * batch.num_rows)],"
            " names=['n', 'process'])"
        )
        return eval, (code,)


def _dying():
    class Dying:
        def __call__(self, batch):
            return _Marking()(batch)

        def __reduce__(self):
            return eval, ("lambda batch: __import__('os')._exit(9)",)

    return Dying()
