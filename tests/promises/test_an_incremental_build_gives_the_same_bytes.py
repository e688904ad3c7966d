"""A build that begins from its parent seals what a full build of the same moment seals, and verifies like any other."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from assent.errors import InputError, UnavailableError
from assent.evidence.attestation import read_unverified
from assent.evidence.manifest import MANIFEST, parse_manifest
from assent.operations.build import BuildResult
from assent.operations.verify import verify_folder
from assent.vocabulary.events import Event, EventType
from mortal import die
from small_world import NOTICE, World, joined, make_world, mention, post, switched, write_records

LATEST = "latest"


def child(world: World, **given: Any) -> BuildResult:
    result = world.build(parent=LATEST, **given)
    assert result.full_because is None
    assert result.manifest.parent is not None
    return result


def twin(world: World, result: BuildResult) -> BuildResult:
    """A full build of the same moment, under the same decision key."""
    key = (world.workspace.keys_folder / "snapshots" / f"{result.id}.key").read_bytes()
    saved = {
        path.name: path.read_bytes() if path.is_file() else None
        for path in (world.workspace.keys_folder / "snapshots").iterdir()
    }
    assert f"{result.id}.index" in saved
    return world.build(entropy=lambda count: key[:count], at=result.manifest.at)


def tree(result: BuildResult) -> dict[str, bytes]:
    """The files' bytes, but for what says from which snapshot and by which SQL they came to be."""
    found = {str(path.relative_to(result.path)): path.read_bytes() for path in result.path.rglob("*") if path.is_file()}
    del found[MANIFEST]
    sql = result.manifest.engine["sql"].encode()
    return {name: data.replace(sql, b"SQL") for name, data in found.items()}


def claims(result: BuildResult) -> Any:
    manifest = replace(result.manifest, parent=None, engine={**result.manifest.engine, "sql": ""})
    # The twin is built after the first was announced: it rests on one event more, which says nothing of anybody.
    return replace(manifest, ledger_size=0, checkpoint="")


def same(world: World) -> BuildResult:
    """Builds from the parent, and asserts that a full build says the same."""
    result = child(world)
    other = twin(world, result)

    def without_position(found: dict[str, bytes]) -> dict[str, bytes]:
        return {name: data for name, data in found.items() if name != "card.md"}

    assert without_position(tree(result)) == without_position(tree(other))
    assert claims(result) == claims(other)
    return result


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = make_world(tmp_path / "w")
    world.build()
    return world


def rows_of(world: World) -> list[dict[str, Any]]:
    return pq.read_table(world.root / "records.parquet").to_pylist()


def test_when_nothing_changed(world: World) -> None:
    before = world.build()
    result = same(world)

    assert result.manifest.files == before.manifest.files
    assert result.manifest.decisions == before.manifest.decisions


def test_files_without_a_change_are_shared_with_the_parent(world: World) -> None:
    before = world.build()
    world.tell(switched("m11", "off", "2026-02-01T00:00:00Z"))

    result = child(world)

    shared = {each.path for each in before.manifest.files} & {each.path for each in result.manifest.files}
    assert len(shared) == len(before.manifest.files) - 1
    assert all((before.path / path).samefile(result.path / path) for path in shared)


def test_a_member_withdraws(world: World) -> None:
    world.tell(switched("m5", "off", "2026-02-01T00:00:00Z"))

    result = same(world)

    assert not {"p-m5-0", "p-m5-1", "r-1", "r-2"} & world.ids(result)


def test_a_member_comes_back(world: World) -> None:
    world.tell(switched("off", "on", "2026-02-01T00:00:00Z"))

    result = same(world)

    assert {"p-off", "r-3", "r-4"} <= world.ids(result)


def test_records_are_changed_added_and_deleted(world: World) -> None:
    rows = [row for row in rows_of(world) if row["id"] != "p-m1-0"]
    rows[0] = {**rows[0], "text": "something else"}
    write_records(world.root / "records.parquet", [*rows, post("gone", "m3"), post("p-new", "m4")])

    result = same(world)

    assert {"gone", "r-5", "p-new"} <= world.ids(result)


def test_time_alone_passes_over_a_waiting_period_and_a_birthday(world: World) -> None:
    soon = (world.now + timedelta(days=3)).date()
    events = joined("late")[:3] + joined("teen", born=soon.replace(year=soon.year - 18).isoformat())
    told = {"type": "notice.delivered", "notice": NOTICE, "member": "late"}
    world.tell(*events, {**told, "effective_at": (world.now - timedelta(days=28)).isoformat()})
    rows = [*rows_of(world), post("p-late", "late"), post("p-teen", "teen", created_at=world.now + timedelta(days=30))]
    write_records(world.root / "records.parquet", rows)
    first = child(world)
    world.pass_time(days=4)

    result = same(world)

    assert world.ids(result) - world.ids(first, at=world.now) >= {"p-late", "p-teen"}


def test_somebody_excludes_and_somebody_objects(world: World) -> None:
    at = "2026-02-01T00:00:00Z"
    world.tell(
        {"type": "record.excluded", "record": "p-m2-0", "member": "m2", "effective_at": at},
        {"type": "record.included", "record": "p-m1-1", "member": "m1", "effective_at": at},
        {"type": "objection.received", "purpose": "train_generative", "member": "m6", "effective_at": at},
    )

    same(world)


def test_a_chain_of_many_builds(world: World) -> None:
    for n in range(4):
        world.pass_time(days=1)
        world.tell(switched(f"m{n}", "off" if n % 2 else "on", world.now.isoformat()))
        write_records(
            world.root / "records.parquet",
            [
                *rows_of(world),
                post(f"chain-{n}", f"m{n + 4}", "@m1 !", category="comment", subjects=[mention("m1", 0, 3)]),
            ],
        )
        result = same(world)

    assert verify_folder(result.path, workspace=world.workspace).complete


def test_it_verifies_like_any_other(world: World) -> None:
    world.tell(switched("m5", "off", "2026-02-01T00:00:00Z"))

    report = verify_folder(child(world).path, workspace=world.workspace)

    assert report.complete


def test_the_parent_is_as_it_was(world: World) -> None:
    before = world.build()
    bytes_before = tree(before)
    world.tell(switched("m5", "off", "2026-02-01T00:00:00Z"))
    child(world)

    assert tree(before) == bytes_before
    assert verify_folder(before.path, workspace=world.workspace).complete


def test_an_id_that_appears_twice_is_refused_as_ever(world: World) -> None:
    write_records(world.root / "records.parquet", [*rows_of(world), post("p-m1-0", "m2")])

    with pytest.raises(InputError, match="appears 2 times"):
        world.build(parent=LATEST)


def spoil(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)


def damage(world: World, parent: BuildResult, what: str) -> None:
    index = world.workspace.keys_folder / "snapshots" / f"{parent.id}.index"
    match what:
        case "index":
            spoil(index / "rows.arrow")
        case "no index":
            shutil.rmtree(index)
        case "cut off":
            (index / "basis.json").unlink()
        case "key":
            (world.workspace.keys_folder / "snapshots" / f"{parent.id}.key").write_bytes(b"x" * 32)
        case "data":
            for entry in parent.manifest.files:
                spoil(parent.path / entry.path)
        case "decisions":
            spoil(parent.path / parent.manifest.decisions.files[0].path)
        case "manifest":
            spoil(parent.path / MANIFEST)


@pytest.mark.parametrize("what", ["index", "no index", "cut off", "key", "data", "decisions"])
def test_what_is_damaged_is_not_begun_from(world: World, what: str) -> None:
    parent = world.build()
    damage(world, parent, what)
    world.tell(switched("m5", "off", "2026-02-01T00:00:00Z"))

    result = world.build(parent=LATEST)

    assert result.full_because is not None
    assert result.manifest.parent is None
    assert verify_folder(result.path, workspace=world.workspace).complete


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"pack": "professional-network-2025-11"}, "other rules"),
        ({"at": "earlier"}, "later moment"),
        ({"parent": "train_generative-000000000000"}, "cannot be begun from"),
    ],
)
def test_what_does_not_fit_is_not_begun_from(world: World, given: dict[str, Any], why: str) -> None:
    if "at" in given:
        given = {"at": world.now - timedelta(days=1)}

    result = world.build(**({"parent": LATEST} | given))

    assert why in str(result.full_because)
    assert result.manifest.parent is None


def test_what_was_superseded_is_not_begun_from(world: World) -> None:
    parent = world.build()
    world.tell(Event(EventType.SNAPSHOT_SUPERSEDED, world.now, key=parent.id, value="0" * 64))

    assert "superseded" in str(world.build(parent=LATEST).full_because)


def test_the_first_build_needs_no_excuse(tmp_path: Path) -> None:
    assert make_world(tmp_path / "w").build(parent=LATEST).full_because is None


def test_the_index_is_for_its_owner_alone_and_only_the_newest_is_kept(world: World) -> None:
    result = child(world)

    (index,) = (world.workspace.keys_folder / "snapshots").glob("*.index")
    assert index.name == f"{result.id}.index"
    assert {path.stat().st_mode & 0o077 for path in (index, *index.iterdir())} == {0}


SCRIPT = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from assent.operations.build import build_snapshot
from assent.operations.workspace import open_workspace

def gap(name):
    if name == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

now = datetime.fromisoformat(sys.argv[3])
build_snapshot(open_workspace(Path(sys.argv[1])), "train_generative", clock=lambda: now, gap=gap, parent="latest")
"""


@pytest.mark.parametrize("gap", ["begun", "written", "signed", "keyed", "renamed", "announced", "indexed"])
def test_killed_at_any_moment_the_parent_stands_and_the_next_build_goes_on(world: World, gap: str) -> None:
    parent = world.build()
    before = tree(parent)
    world.tell(switched("m5", "off", "2026-02-01T00:00:00Z"))
    die(SCRIPT, world.root, gap, world.now.isoformat())

    result = world.build(parent=LATEST)

    assert tree(parent) == before
    assert verify_folder(result.path, workspace=world.workspace).complete
    assert not list((world.workspace.keys_folder / "snapshots").glob(".*"))


def test_a_disk_that_is_full_leaves_the_parent_and_no_draft(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    parent = world.build()
    before = tree(parent)
    world.tell(switched("m5", "off", "2026-02-01T00:00:00Z"))

    def full(*_: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("assent.snapshot.working.os.fsync", full)
    with pytest.raises(UnavailableError, match="no space left"):
        world.build(parent=LATEST)

    assert tree(parent) == before
    assert not list((world.workspace.keys_folder / "snapshots").glob(".*"))
    assert parse_manifest(read_unverified((parent.path / MANIFEST).read_bytes())) == parent.manifest
