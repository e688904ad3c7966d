"""`assent token`: made, shown once, listed without its secret, revoked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assent.cli import build_app
from assent.errors import AssentError, InputError
from small_world import joined, make_world


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(make_world(tmp_path, joined("m0"), []).root)


def told(*command: str) -> Any:
    """What the command says as JSON; an error is raised as itself."""
    done = CliRunner().invoke(build_app("token"), ["token", *command, "--json"])
    if isinstance(done.exception, AssentError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_a_token_is_made_with_its_scopes_and_listed_without_its_secret() -> None:
    made = told("make", "feed builder", "--scope", "decide", "--scope", "settings.read")
    listed = told("list")

    assert made["token"] not in json.dumps(listed)
    assert [(each["name"], set(each["scopes"]), each["made_by"]) for each in listed] == [
        ("feed builder", {"decide", "settings.read"}, "command-line")
    ]


def test_a_revoked_one_is_listed_as_over() -> None:
    made = told("make", "feed builder", "--scope", "decide")
    told("revoke", made["id"])

    assert [each["revoked_at"] is not None for each in told("list")] == [True]


@pytest.mark.parametrize("scope", ["own.write", "all"])
def test_a_scope_that_no_token_gets_makes_none(scope: str) -> None:
    with pytest.raises(InputError):
        told("make", "feed builder", "--scope", scope)

    assert told("list") == []
