"""`assent decide`, `assent init`, `assent config`: what they answer and how they end."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib

import pytest
from typer.testing import CliRunner

from assent.cli import build_app
from assent.errors import InputError
from assent.operations.setup import make_workspace
from assent.operations.workspace import open_workspace

CASE = {
    "id": "c",
    "purpose": "train_generative",
    "at": "2026-01-01T00:00:00Z",
    "member": {"id": "m", "region": "US", "birth_date": "1990-01-01"},
    "record": {"category": "post", "visibility": "public"},
}


def run(*words: str):
    return CliRunner().invoke(build_app(), list(words))


def test_each_case_is_answered_on_a_line_of_its_own(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_text(f"{json.dumps(CASE)}\nnonsense\n{json.dumps(CASE | {'id': 2, 'purpose': 'other'})}\n")
    result = run("decide", "--cases", str(path), "--pack", "professional-network-2025-11", "--json")
    first, second, third = map(json.loads, result.stdout.splitlines())
    assert first == {"id": "c", "allowed": True, "reasons": [], "masks": []}
    assert (second["id"], "error" in second) == (None, True)
    assert third["reasons"] == ["purpose_unknown"]
    assert result.exit_code == 0


def test_a_file_that_is_not_there_is_one_clear_error(tmp_path):
    result = run("decide", "--cases", str(tmp_path / "none"), "--pack", "community-qa")
    assert isinstance(result.exception, InputError)
    assert result.stdout == ""


def test_a_new_working_folder_can_be_opened(tmp_path):
    workspace = make_workspace(tmp_path / "new", pack="community-qa", origin="example.test/log")
    assert (workspace.pack, workspace.origin) == ("community-qa", "example.test/log")
    assert tomllib.loads(workspace.config_path.read_text())["pack"] == "community-qa"


def test_an_existing_working_folder_is_left_alone(tmp_path):
    make_workspace(tmp_path, pack="community-qa", origin="a.test/log")
    with pytest.raises(InputError, match="is there already"):
        make_workspace(tmp_path, pack="consent-first", origin="b.test/log")
    assert open_workspace(tmp_path).pack == "community-qa"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("pakc = 'x'", "unknown key `pakc`"),
        ("[build]\nthreads = 0", "whole number above zero"),
        ("[build]\nthreads = 'many'", "whole number above zero"),
        ("pack = 3", "must be a text"),
        ("[sources]\nx = 3", "source `x` needs"),
        ("pack = ", "no valid TOML"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, text, complaint):
    (tmp_path / "assent.toml").write_text(text)
    with pytest.raises(InputError, match=complaint):
        open_workspace(tmp_path)


def test_a_variable_overrides_the_file(tmp_path):
    (tmp_path / "assent.toml").write_text("[build]\nthreads = 2\n")
    workspace = open_workspace(tmp_path, environ={"ASSENT_BUILD_THREADS": "7", "ASSENT_PACK": "consent-first"})
    assert (workspace.number("build.threads"), workspace.pack) == (7, "consent-first")


@pytest.mark.parametrize("odd", ["half a character \ud800", "[/x]", "\\[/x]", "[red]"])
@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_an_odd_id_is_answered_like_any_other(tmp_path, odd, flags):
    path = tmp_path / "cases.jsonl"
    subjects = [{"role": odd}]
    record = CASE["record"] | {"subjects": subjects}
    path.write_text(
        "".join(f"{json.dumps(CASE | {'id': odd, 'at': at, 'record': record})}\n" for at in (CASE["at"], odd))
    )
    command = [sys.executable, "-m", "assent", "decide", "--cases", str(path), "--pack", "community-qa", *flags]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    if flags:
        assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [odd, odd]
    else:
        assert [line.startswith(odd.replace("\ud800", r"\ud800")) for line in done.stdout.splitlines()] == [True, True]
