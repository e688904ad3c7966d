"""Fixtures that every part of the suite may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def external_data() -> Path:
    """The folder of test data outside the repository; the test is reported as not run when it is missing."""
    folder = Path(os.environ.get("ASSENT_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"test data folder {folder.name} not found; set ASSENT_TEST_DATA to run this")
    return folder
