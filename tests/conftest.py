"""Fixtures that every part of the suite may ask for."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from real_postgres import NOT_FOUND, PostgresServer, binaries, make_server

ROOT = Path(__file__).resolve().parent.parent

# How long an example takes says more about the machine than about the code.
settings.register_profile("assent", deadline=None)
settings.load_profile("assent")


@pytest.fixture(scope="session")
def external_data() -> Path:
    """The folder of test data outside the repository; the test is reported as not run when it is missing."""
    folder = Path(os.environ.get("ASSENT_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"test data folder {folder.name} not found; set ASSENT_TEST_DATA to run this")
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server that stays up for the whole session; who kills one makes one of their own."""
    if binaries() is None:
        pytest.skip(NOT_FOUND)
    server = make_server()
    yield server
    server.remove()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> str:
    """What `database` says of a new ledger: every test that asks for it runs on both stores."""
    return "sqlite" if request.param == "sqlite" else request.getfixturevalue("postgres").url()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system of its own of 24 MiB, which is soon full."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("a small file system can be mounted by root only")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)
