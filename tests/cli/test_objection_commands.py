"""`assent objection` from receipt to appeal, as a command line sees it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assent.cli import build_app
from assent.errors import AssentError, InputError, RefusedError
from small_world import World, joined, make_world, post

GROUNDS = "We are bound by law to keep using this."


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = make_world(tmp_path, joined("m1"), [post("r1", "m1")])
    monkeypatch.chdir(tmp_path)
    return made


def run(*words: str) -> Any:
    """What the command says as JSON; an error is raised as itself."""
    done = CliRunner().invoke(build_app("objection"), ["objection", *words, "--json"])
    if isinstance(done.exception, AssentError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def received() -> str:
    return str(run("receive", "m1", "--purpose", "train_other", "--words", "not with mine")["id"])


@pytest.mark.usefixtures("world")
def test_the_queue_lists_what_was_received() -> None:
    case = received()
    found = run("list")
    assert [(each["id"], each["state"], each["words"]) for each in found["cases"]] == [
        (case, "received", "not with mine")
    ]


@pytest.mark.usefixtures("world")
def test_a_case_goes_from_rejection_to_appeal_to_being_upheld() -> None:
    case = received()
    run("weigh", case, "--by", "staff:1")
    run("decide", case, "rejected", "--grounds", GROUNDS, "--by", "staff:1")
    run("appeal", case, "--words", "no")
    run("decide", case, "upheld", "--by", "staff:2")
    steps = [each["step"] for each in run("show", case)["steps"]]
    assert steps == ["received", "weighed", "rejected", "appealed", "upheld"]


@pytest.mark.usefixtures("world")
def test_a_rejection_without_grounds_is_one_clear_line() -> None:
    case = received()
    with pytest.raises(InputError, match="needs grounds"):
        run("decide", case, "rejected")


@pytest.mark.usefixtures("world")
def test_a_case_that_is_over_is_not_decided_again() -> None:
    case = received()
    assert run("withdraw", case)["state"] == "withdrawn"
    with pytest.raises(RefusedError, match="withdrawn already"):
        run("decide", case, "upheld")


@pytest.mark.usefixtures("world")
def test_what_is_no_case_is_named() -> None:
    with pytest.raises(InputError, match="no objection or claim `nowhere`"):
        run("show", "nowhere")


def test_healing_opens_a_case_for_what_only_the_ledger_knows(world: World) -> None:
    world.tell({"type": "objection.received", "purpose": "train_other", "member": "m1",
                "effective_at": "2026-02-01T00:00:00Z"})  # fmt: skip
    healed = run("heal")
    assert (healed["ended"], len(healed["opened"]), run("list")["total"]) == (0, 1, 1)
