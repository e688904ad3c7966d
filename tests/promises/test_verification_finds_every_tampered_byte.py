"""Whatever byte of a snapshot, its ledger or its sources is changed, verification says so."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assent.audit.report import SnapshotReport
from assent.operations.build import BuildResult
from assent.operations.verify import verify_folder
from assent.operations.workspace import open_workspace
from small_world import World, make_world, switched


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, BuildResult]:
    world = make_world(tmp_path_factory.mktemp("tampered") / "w")
    result = world.build()
    world.pass_time(days=1)
    world.tell(switched("m5", "off", world.now))
    return world, result


def copy_of(original: tuple[World, BuildResult], place: Path) -> Path:
    """A copy of the whole working folder, to be tampered with."""
    shutil.copytree(original[0].root, place)
    return place


def verified(root: Path, original: tuple[World, BuildResult], **given: int) -> SnapshotReport:
    vkey = (original[0].workspace.ledger_folder / "log" / "vkey").read_text()
    folder = root / "snapshots" / original[1].id
    return verify_folder(folder, workspace=open_workspace(root), vkey=vkey, **given)


def flip(path: Path, place: int = -1) -> None:
    data = bytearray(path.read_bytes())
    data[place if place >= 0 else len(data) // 2] ^= 1
    path.write_bytes(data)


def test_untouched_it_verifies_completely(original: tuple[World, BuildResult], tmp_path: Path) -> None:
    report = verified(copy_of(original, tmp_path / "w"), original)

    assert (report.complete, report.agrees, report.differences) == (True, report.records, [])


def files_of(original: tuple[World, BuildResult]) -> list[str]:
    folder = original[1].path
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_byte_of_any_file_of_the_snapshot(
    original: tuple[World, BuildResult], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    root = copy_of(original, tmp_path_factory.mktemp("byte") / "w")
    path = root / "snapshots" / original[1].id / data.draw(st.sampled_from(files_of(original)))
    place = data.draw(st.integers(0, path.stat().st_size - 1))
    flip(path, place)

    assert not verified(root, original).ok


@pytest.mark.parametrize("name", ["manifest.json", "pack.json", "card.md", "croissant.json", "data", "decisions"])
def test_a_file_of_each_kind_removed(original: tuple[World, BuildResult], tmp_path: Path, name: str) -> None:
    root = copy_of(original, tmp_path / "w")
    found = next(each for each in files_of(original) if each.startswith(name))
    (root / "snapshots" / original[1].id / found).unlink()

    assert not verified(root, original).ok


def test_a_file_added(original: tuple[World, BuildResult], tmp_path: Path) -> None:
    root = copy_of(original, tmp_path / "w")
    (root / "snapshots" / original[1].id / "data" / "extra.parquet").write_bytes(b"")

    assert not verified(root, original).ok


def test_the_source_changed(original: tuple[World, BuildResult], tmp_path: Path) -> None:
    root = copy_of(original, tmp_path / "w")
    flip(root / "records.parquet")

    assert not verified(root, original).ok


def change_ledger(statement: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        with sqlite3.connect(root / "ledger" / "ledger.db") as connection:
            connection.execute(statement)
        connection.close()

    return change


@pytest.mark.parametrize(
    "change",
    [
        change_ledger("update ledger_events set event = replace(event, 'DE', 'FR') where seq = 1"),
        change_ledger("update ledger_events set member = 'm1' where member = 'off'"),
        change_ledger("update ledger_events set salt = zeroblob(32) where seq = 5"),
        change_ledger("update ledger_leaves set commitment = zeroblob(32) where seq = 5"),
        change_ledger("delete from ledger_leaves where seq = 5"),
    ],
    ids=["event", "whose it is", "salt", "entry", "entry gone"],
)
def test_the_ledger_changed(
    original: tuple[World, BuildResult], tmp_path: Path, change: Callable[[Path], None]
) -> None:
    root = copy_of(original, tmp_path / "w")
    change(root)

    assert not verified(root, original).ok


def test_a_ledger_with_another_past(original: tuple[World, BuildResult], tmp_path: Path) -> None:
    root = copy_of(original, tmp_path / "w")
    other = make_world(tmp_path / "other", seed=b"other")
    shutil.rmtree(root / "ledger")
    shutil.copytree(other.workspace.ledger_folder, root / "ledger")

    assert not verified(root, original).ok


def test_a_sample_finds_it_too(original: tuple[World, BuildResult], tmp_path: Path) -> None:
    root = copy_of(original, tmp_path / "w")
    flip(next((root / "snapshots" / original[1].id / "data").iterdir()))

    assert not verified(root, original, sample=3).ok


def test_a_sample_of_an_untouched_one_verifies(original: tuple[World, BuildResult], tmp_path: Path) -> None:
    report = verified(copy_of(original, tmp_path / "w"), original, sample=10)

    assert (report.ok, report.complete, report.compared, report.agrees) == (True, False, 10, 10)
