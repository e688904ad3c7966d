"""Erasing, the suppression list and the log's key, as a person gives the commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assent.cli import build_app
from assent.errors import AssentError, InputError, RefusedError
from small_world import World, joined, make_world, post

RECORDS = [post("mira-1", "mira"), post("tom-1", "tom"), post("eve-1", "eve")]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    world = make_world(tmp_path / "w", joined("mira") + joined("tom") + joined("eve"), RECORDS)
    monkeypatch.chdir(world.root)
    return world


def run(*arguments: str) -> Any:
    """What the command says in JSON; an Assent error is raised as it is."""
    answer = CliRunner().invoke(build_app(), [*arguments, "--json"])
    if isinstance(answer.exception, AssentError):
        raise answer.exception
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


def said(*arguments: str) -> str:
    answer = CliRunner().invoke(build_app(), [*arguments])
    assert answer.exit_code == 0, answer.output
    return " ".join(answer.stdout.split())


@pytest.mark.usefixtures("world")
def test_erasing_says_what_was_removed_and_what_was_not() -> None:
    run("build", "train_generative")
    told = said("erase", "mira", "--yes")
    assert told.startswith("erased mira: 5 events shredded removed: ")
    assert "backups of the ledger" in told.partition("not removed: ")[2]


@pytest.mark.usefixtures("world")
def test_many_are_erased_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "ids.txt").write_text("mira\n\n tom \nmira\n")
    answer = run("erase", "--file", str(tmp_path / "ids.txt"), "--yes")
    assert answer["erased"] == [
        {"member": "mira", "events": 5, "named": 0},
        {"member": "tom", "events": 5, "named": 0},
    ]


@pytest.mark.usefixtures("world")
def test_nothing_is_erased_without_confirmation() -> None:
    with pytest.raises(InputError, match="needs a confirmation"):
        run("erase", "mira")
    assert run("ledger", "state", "mira")["state"] is not None


@pytest.mark.usefixtures("world")
def test_nobody_is_erased_where_nobody_is_named() -> None:
    with pytest.raises(InputError, match="say whom to erase"):
        run("erase", "--yes")


@pytest.mark.usefixtures("world")
def test_the_list_says_who_stays_out() -> None:
    run("erase", "mira", "--yes")
    assert [run("ledger", "suppressed", member)["suppressed"] for member in ("mira", "tom")] == [True, False]


@pytest.mark.usefixtures("world")
def test_the_state_of_somebody_erased_says_so() -> None:
    run("erase", "mira", "--yes")
    assert run("ledger", "state", "mira")["erased"]
    assert said("ledger", "state", "mira").startswith("mira was erased")
    assert not run("ledger", "state", "stranger")["erased"]


@pytest.mark.usefixtures("world")
def test_an_explanation_says_erased_and_the_verdict_of_the_build() -> None:
    run("erase", "mira", "--yes")
    answer = run("explain", "mira-1", "--purpose", "train_generative")
    assert (answer["allowed"], answer["reasons"], answer["erased"]) == (False, ["state_missing"], True)
    assert "was erased at their request" in said("explain", "mira-1", "--purpose", "train_generative")


@pytest.mark.usefixtures("world")
def test_an_import_says_how_many_it_left_out(tmp_path: Path) -> None:
    run("erase", "mira", "--yes")
    (tmp_path / "e.jsonl").write_text("".join(json.dumps(event) + "\n" for event in joined("mira") + joined("new")))
    answer = run("ledger", "import", str(tmp_path / "e.jsonl"))
    assert (answer["recorded"], answer["erased"]) == (4, 4)


@pytest.mark.usefixtures("world")
def test_who_came_back_is_let_in() -> None:
    run("erase", "mira", "--yes")
    with pytest.raises(RefusedError, match="was erased"):
        run("ledger", "append", "--type", "member.joined", "--member", "mira")
    run("ledger", "readmit", "mira", "--yes")
    assert run("ledger", "append", "--type", "member.joined", "--member", "mira")["recorded"] == 1


@pytest.mark.usefixtures("world")
def test_verification_shows_the_third_outcome() -> None:
    snapshot = run("build", "train_generative")["snapshot"]
    run("erase", "mira", "--yes")
    (standing,) = (each["id"] for each in run("snapshots") if each["state"] == "sealed")
    assert standing != snapshot
    answer = run("verify", standing)
    assert (answer["ok"], answer["agrees"], answer["differs"], answer["erased"]) == (True, 2, 0, 1)
    assert "1 of them rest on what was erased since" in said("verify", standing)
    ledger = run("ledger", "verify")
    assert (ledger["ok"], ledger["erased"], ledger["unaccounted"]) == (True, 5, 0)


@pytest.mark.usefixtures("world")
def test_the_key_is_rotated_and_both_verify() -> None:
    done = run("ledger", "rotate-key", "--yes")
    assert [run("ledger", "verify", "--vkey", done[name])["ok"] for name in ("old", "new")] == [True, True]


@pytest.mark.usefixtures("world")
def test_a_key_is_not_rotated_without_confirmation() -> None:
    with pytest.raises(InputError, match="needs a confirmation"):
        run("ledger", "rotate-key")
