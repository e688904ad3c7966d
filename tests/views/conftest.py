"""Makes `lakes`, and the networks of the gate's tests, importable by their names; a Spark for a module at a time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "gate")]

from lakes import OneOf, open_spark  # noqa: E402 - found by the line above

from assent.engines.java import require_java  # noqa: E402
from assent.errors import UnavailableError  # noqa: E402


@pytest.fixture(scope="module")
def spark_lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneOf]:
    try:
        require_java()
    except UnavailableError as error:
        pytest.skip(error.message)
    folder = tmp_path_factory.mktemp("spark")
    session, started = open_spark(folder)
    yield OneOf("spark", session=session, folder=folder)
    if started:
        session.stop()


@pytest.fixture
def postgres_lake(postgres) -> OneOf:
    return OneOf("postgres", server=postgres)


@pytest.fixture
def duckdb_lake() -> OneOf:
    return OneOf("duckdb")


@pytest.fixture(params=["duckdb", "postgres"])
def lake(request: pytest.FixtureRequest) -> OneOf:
    """The two that answer at once; Spark has tests of its own."""
    return request.getfixturevalue(f"{request.param}_lake")
