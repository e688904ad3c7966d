"""`assent replay` builds a snapshot again and finds every byte as it was, or says which is not and why it cannot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assent.cli import build_app
from assent.errors import EvidenceError, RefusedError
from assent.operations.replay import replay_snapshot
from assent.snapshot import judging
from curated_world import something_to_curate
from small_world import World, make_world, post, write_records
from sweeping import newest, taken_back


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path / "w", *something_to_curate())


def test_a_build_is_replayed_to_the_byte(world: World) -> None:
    built = world.build()
    world.pass_time(days=400)

    replayed = replay_snapshot(world.workspace, built.path.name, clock=world.clock)

    assert (replayed.same, replayed.decisions, replayed.files) == (True, True, len(built.manifest.files))


def test_a_version_without_those_who_took_back_is_replayed(world: World) -> None:
    world.build()
    version = newest(world, taken_back(world, "bob"))

    replayed = replay_snapshot(world.workspace, version.name, clock=world.clock)

    assert (replayed.same, replayed.decisions) == (True, False)


def test_a_replay_finds_judgments_that_these_rules_do_not_give(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    built = world.build()
    monkeypatch.setattr(judging, "_near_duplicates", lambda twins: judging.JUDGMENT_SCHEMA.empty_table())

    replayed = replay_snapshot(world.workspace, built.path.name, clock=world.clock)

    assert any(each.startswith("judgments of shard") for each in replayed.differing)
    with pytest.raises(EvidenceError, match="is not what its build gives again"):
        replayed.require()


def test_other_input_is_refused_and_nothing_is_left_behind(world: World) -> None:
    built = world.build()
    before = sorted(world.workspace.snapshots_folder.rglob("*"))
    write_records(world.root / "records.parquet", [post("p1", "ann")])

    with pytest.raises(RefusedError, match="a file that it read is gone or changed"):
        replay_snapshot(world.workspace, built.path.name, clock=world.clock)
    assert sorted(world.workspace.snapshots_folder.rglob("*")) == before


def test_the_command_says_so_to_people_and_machines(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    built = world.build()
    monkeypatch.chdir(world.root)

    told = CliRunner().invoke(build_app(), ["replay", built.path.name])
    asked = CliRunner().invoke(build_app(), ["replay", built.path.name, "--json"])

    assert "replays: data, judgments and decisions come out the same" in told.output
    assert json.loads(asked.stdout)["same"] is True
