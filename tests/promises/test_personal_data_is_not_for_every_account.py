"""On a machine with other accounts, what is recorded of people is for its owner and their group alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from feed_world import make_feed_world

PUBLIC = {"assent.toml", "records.parquet", "mapping.toml", "attest.pub.pem"}
"""What the platform brought itself, and the key that is handed to recipients."""
OTHERS_READ, OTHERS_ENTER = 0o004, 0o001


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def is_open(path: Path, root: Path) -> bool:
    """Whether every account of the machine may read the file, if it may enter `root`."""
    above = [each for each in path.parents if each.is_relative_to(root) and each != root]
    return bool(path.stat().st_mode & OTHERS_READ) and all(each.stat().st_mode & OTHERS_ENTER for each in above)


def test_only_the_public_log_and_keys_are_open_to_every_account(tmp_path: Path) -> None:
    feed = make_feed_world(tmp_path / "w")
    feed.snapshot()
    feed.build()

    root = feed.world.root
    found = {path.relative_to(root) for path in root.rglob("*") if path.is_file() and is_open(path, root)}
    log = Path("ledger", "log")
    assert {str(each) for each in found if log not in each.parents and each.name not in PUBLIC} <= {
        "ledger/publication.lock"
    }
    assert log / "checkpoint" in found
