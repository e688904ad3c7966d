"""Zips of a few files, and the small export of which every row is counted by hand."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from small_export import SMALL


@pytest.fixture
def zip_of(tmp_path):
    """Writes a zip of these files."""

    def write(files: dict[str, str | bytes], name: str = "export.zip") -> Path:
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, data in files.items():
                archive.writestr(member, data)
        return path

    return write


@pytest.fixture
def small(zip_of) -> Path:
    return zip_of(SMALL)
