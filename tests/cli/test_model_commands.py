"""`assent model …`, and what a take-back says of models elsewhere."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assent.cli import build_app
from elsewhere_world import NAME, SERVES_AT, Elsewhere, Owner, elsewhere_world, listening
from small_world import PURPOSE

WHO = ("--by", "search team")


@pytest.fixture
def owner() -> Iterator[Owner]:
    with listening() as here:
        yield here


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Elsewhere:
    made = elsewhere_world(tmp_path)
    config = tmp_path / "assent.toml"
    config.write_text(config.read_text() + '\n[hooks]\nprivate_hosts = "127.0.0.1"\n')
    made.platform.close()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    return made


def called(*arguments: str) -> Any:
    done = CliRunner().invoke(build_app(arguments[0]), list(arguments))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def answer(*arguments: str) -> Any:
    return json.loads(called(*arguments, "--json").stdout)


def register(here: Elsewhere, *more: str) -> Any:
    at = here.world.now.isoformat()
    said = ("--snapshot", here.snapshot, "--trained-at", at, *WHO, "--serves-at", SERVES_AT)
    return answer("model", "register", NAME, *said, *more)


def test_a_model_elsewhere_from_its_registration_to_its_next_training(here: Elsewhere, owner: Owner) -> None:
    made = register(here, "--owner-hook", owner.address)
    swept = answer("takeback", "ben", "--purpose", PURPOSE)
    affected = answer("model", "affected")
    now = swept["sweep"]["swept"][0]["replaced_by"]
    digest = "ab" * 32
    done = answer("model", "retrained", NAME, "--snapshot", now, *WHO, "--weights-digest", digest)

    assert made["secret"].startswith("whsec_")
    [asked] = swept["sweep"]["asked"]
    assert (asked["model"], asked["people"], asked["removed"]) == (NAME, 1, 3)
    assert [(each["model"], each["owner_heard"], each["overdue"]) for each in affected["affected"]] == [
        (NAME, True, False)
    ]
    assert (done["answered_now"], done["trainings"], done["weights"], done["asked"]) == (1, 2, digest, [])
    assert [each["type"] for each in owner.told()] == [
        "model.registered",
        "model.retraining_asked",
        "model.retrained",
    ]


def test_one_list_has_models_from_everywhere(here: Elsewhere) -> None:
    register(here)

    assert [(each["id"], each["where"]) for each in answer("models")] == [(NAME, SERVES_AT)]
    assert answer("model", "list") == answer("models")
    assert SERVES_AT in called("model", "list").stdout


def test_a_model_is_shown_with_whoever_hears_of_it(here: Elsewhere) -> None:
    register(here)
    hook = answer("hook", "add", "http://127.0.0.1:9/hook", "--model", NAME)

    shown = answer("model", "show", NAME)
    assert (hook["model"], [each["hook"] for each in shown["hooks"]]) == (NAME, [hook["hook"]])
    assert "trained elsewhere by search team" in called("model", "show", NAME).stdout


def test_an_overdue_model_ends_the_command_with_1(here: Elsewhere) -> None:
    register(here)
    before = called("model", "affected")
    asked = (here.world.now - timedelta(days=31)).isoformat()
    here.world.tell({"type": "takeback.requested", "purpose": PURPOSE, "member": "ben", "effective_at": asked})
    called("sweep")

    after = called("model", "affected")
    assert (before.exit_code, after.exit_code) == (0, 1)
    assert "overdue: chat-7b, by search team" in after.stdout


def test_nothing_here_opens_torch() -> None:
    """Whoever trains elsewhere need not have installed what trains here."""
    code = "import sys, assent.cli.model, assent.cli.takeback, assent.cli.subject; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert done.stdout.strip() == "False"
