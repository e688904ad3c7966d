"""`assent hold` as a command line sees it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assent.cli import build_app
from assent.errors import AssentError, InputError, RefusedError
from small_world import PURPOSE, joined, make_world, post


@pytest.fixture(autouse=True)
def _world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_world(tmp_path, joined("m1"), [post("r1", "m1")])
    monkeypatch.chdir(tmp_path)


def run(*words: str) -> Any:
    done = CliRunner().invoke(build_app("hold"), ["hold", *words, "--json"])
    if isinstance(done.exception, AssentError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def standing() -> list[tuple[str, str]]:
    return [(each["purpose"], each["region"]) for each in run("list") if not each["by_rules"]]


def test_a_hold_is_placed_listed_and_lifted() -> None:
    run("place", PURPOSE, "--region", "DE", "--why", "the authority asked")
    assert standing() == [(PURPOSE, "DE")]
    run("lift", PURPOSE, "--region", "DE", "--why", "settled")
    assert standing() == []


def test_a_region_that_nobody_knows_is_refused_unless_one_is_sure() -> None:
    with pytest.raises(RefusedError, match="would stop the use everywhere"):
        run("place", PURPOSE, "--region", "Germany", "--why", "asked")
    run("place", PURPOSE, "--region", "Germany", "--why", "asked", "--sure")
    assert standing() == [(PURPOSE, "Germany")]


def test_a_use_that_the_rules_do_not_have_is_refused() -> None:
    with pytest.raises(InputError, match="no use `nothing`"):
        run("place", "nothing", "--why", "asked")


def test_what_does_not_stand_is_not_lifted() -> None:
    with pytest.raises(RefusedError, match="no hold"):
        run("lift", PURPOSE, "--region", "DE", "--why", "x")
