"""`assent hook …`"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assent.cli import build_app
from assent.errors import InputError
from portal_world import make_portal

ADDRESS = "http://127.0.0.1:9/hook"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_portal(tmp_path).platform.close()
    config = tmp_path / "assent.toml"
    config.write_text(config.read_text() + '\n[hooks]\nprivate_hosts = "127.0.0.1"\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Any:
    done = CliRunner().invoke(build_app("hook"), ["hook", *arguments, "--json"])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return json.loads(done.stdout)


def test_a_hook_is_added_listed_and_removed(folder: Path) -> None:
    made = run("add", ADDRESS)
    listed = run("list")
    run("remove", made["hook"])

    assert made["secret"].startswith("whsec_")
    assert ([(each["hook"], each["state"]) for each in listed], run("list")) == ([(made["hook"], "telling")], [])


def test_what_is_not_there_is_said(folder: Path) -> None:
    with pytest.raises(InputError, match="there is no hook"):
        run("remove", "h0")


def test_sending_says_how_many_arrived(folder: Path) -> None:
    run("add", ADDRESS)

    assert run("send") == {"arrived": 0, "waiting": []}
