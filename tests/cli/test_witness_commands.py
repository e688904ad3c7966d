"""`assent witness …`, `assent ledger cosign` and `--witness`, as they are typed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assent.cli import build_app
from assent.errors import AssentError, EvidenceError, InputError, RefusedError, UnavailableError
from small_world import World, joined, make_world, switched

Run = Callable[..., Any]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path / "world", joined("m1"), [])


@pytest.fixture
def run(world: World, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(world.root)

    def call(*arguments: str) -> Any:
        result = CliRunner().invoke(build_app(), arguments)
        if isinstance(result.exception, AssentError):
            result.exception.add_note(result.stdout)
            raise result.exception
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout) if "--json" in arguments else result.stdout

    return call


@pytest.fixture
def watched(run: Run, world: World) -> Run:
    """Two witnesses without an address watch the log; the workspace trusts both."""
    for name in ("a", "b"):
        vkey = run("witness", "init", f"w/{name}", "--name", f"{name}.example/w", "--json")["vkey"]
        run("witness", "trust", f"w/{name}", "--vkey", "ledger/log/vkey")
        with (world.root / "assent.toml").open("a") as config:
            config.write(f'[witnesses.{name}]\nvkey = "{vkey}"\n')
    return run


def cosign(run: Run, *names: str) -> None:
    for name in names:
        run("witness", "cosign", f"w/{name}", "ledger", "--out", f"{name}.note")
        run("ledger", "cosign", "--add", f"{name}.note")


def test_a_cosigned_ledger_verifies_with_names_and_times(watched: Run) -> None:
    cosign(watched, "a", "b")
    for command in (("ledger", "verify"), ("verify", "ledger")):
        found = watched(*command, "--witness", "2-of-2", "--json")
        assert [(each["witness"], each["size"]) for each in found["witnesses"]["cosigned"]] == [
            ("a.example/w", 4),
            ("b.example/w", 4),
        ]
        assert found["checks"][-1]["name"] == "witnesses"


def test_too_few_end_the_command_with_what_to_do(watched: Run) -> None:
    cosign(watched, "a")
    with pytest.raises(EvidenceError, match="1 of the 2") as caught:
        watched("ledger", "verify", "--witness", "2-of-2")
    assert caught.value.hint is not None
    assert "ledger cosign" in caught.value.hint


def test_a_snapshot_is_verified_with_witnesses(watched: Run, world: World) -> None:
    result = world.build()
    cosign(watched, "a", "b")
    found = watched("verify", result.path.name, "--witness", "2-of-2", "--json")
    assert found["checks"][-1] == {
        "name": "witnesses",
        "passed": True,
        "detail": found["checks"][-1]["detail"],
    }


def test_both_notes_of_a_split_view_are_kept(watched: Run, world: World, tmp_path: Path) -> None:
    cosign(watched, "a")
    other = make_world(tmp_path / "other", joined("m9"), [], seed=b"world")
    note = world.root / "a.note"
    with pytest.raises(EvidenceError, match="another history to witness `a"):
        watched("ledger", "verify", str(other.workspace.ledger_folder), "--witness", "1-of-2", "--cosigned", str(note))
    try:
        watched(
            "ledger",
            "verify",
            str(other.workspace.ledger_folder),
            "--witness",
            "1-of-2",
            "--cosigned",
            "a.note",
            "--json",
        )
    except EvidenceError as error:
        [found] = json.loads(error.__notes__[0])["witnesses"]["contradictions"]
    assert found["notes"][0] == note.read_text()
    assert found["notes"][1].startswith("assent.test/log\n4\n")


def test_status_shows_how_far_each_log_was_seen(watched: Run) -> None:
    cosign(watched, "a")
    assert [watched("witness", "status", f"w/{name}", "--json")["logs"][0]["size"] for name in "ab"] == [4, None]


def test_an_old_cosignature_is_not_published(watched: Run, world: World) -> None:
    watched("witness", "cosign", "w/a", "ledger", "--out", "a.note")
    world.tell(switched("m1", "off", "2026-02-01T00:00:00Z"))
    with pytest.raises(EvidenceError, match="not the newest checkpoint"):
        watched("ledger", "cosign", "--add", "a.note")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("witness", "init", "w/a", "--name", "again"), InputError),
        (("witness", "init", "w/c", "--name", "two words"), InputError),
        (("witness", "trust", "w/a", "--vkey", "nonsense"), InputError),
        (("witness", "trust", "w/none", "--vkey", "ledger/log/vkey"), InputError),
        (("witness", "cosign", "w/a", "nowhere"), InputError),
        (("witness", "cosign", "w/a", "http://127.0.0.1:9"), UnavailableError),
        (("witness", "serve", "w/a", "--host", "256.1.1.1"), InputError),
        (("ledger", "cosign"), InputError),
        (("ledger", "cosign", "--witness", "nobody"), InputError),
        (("ledger", "cosign", "--witness", "http://127.0.0.1:9"), InputError),
        (("ledger", "verify", "--witness", "3-of-3"), InputError),
        (("ledger", "verify", "--cosigned", "x"), InputError),
        (("verify", "ledger", "--witness-key", "x"), InputError),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    watched: Run, arguments: tuple[str, ...], error: type[AssentError]
) -> None:
    with pytest.raises(error) as caught:
        watched(*arguments)
    assert "\n" not in caught.value.message


def test_a_log_that_is_not_watched_is_refused(run: Run) -> None:
    run("witness", "init", "w", "--name", "w")
    with pytest.raises(RefusedError, match="not watched"):
        run("witness", "cosign", "w", "ledger")


def test_without_its_libraries_the_server_says_what_to_install(watched: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "starlette.applications", None)
    with pytest.raises(InputError, match="needs starlette and uvicorn") as caught:
        watched("witness", "serve", "w/a", "--port", "0")
    assert caught.value.hint == "pip install 'assent[web]'"


@pytest.mark.parametrize("entry", ["vkey = 3", 'url = "x"', 'vkey = "x"\nother = 1'])
def test_a_witness_in_another_form_is_refused_when_the_folder_is_opened(run: Run, world: World, entry: str) -> None:
    with (world.root / "assent.toml").open("a") as config:
        config.write(f"[witnesses.w]\n{entry}\n")
    with pytest.raises(InputError, match="witness `w` needs"):
        run("ledger", "cosign")
