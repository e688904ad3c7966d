"""`assent exposure` as people type it: answers, errors in one line, and nothing that leaves the machine."""

from __future__ import annotations

import json
import shutil
import socket
import stat
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from assent.cli import build_app
from assent.errors import AssentError, InputError

PERSON = ("--country", "NL", "--birth-date", "1990-05-01", "--at", "2026-07-01")


def run(*words, columns="100"):
    return CliRunner(env={"COLUMNS": columns}).invoke(build_app(), ["exposure", *map(str, words)])


def refused(*words):
    result = run(*words)
    assert isinstance(result.exception, InputError)
    assert "\n" not in result.exception.message
    return result.exception


def test_it_answers_in_words(small):
    words = " ".join(run(small, *PERSON).stdout.split())
    for sentence in (
        "the Netherlands, 1 July 2026, born 1 May 1990 (36); 18 records read",
        "Since 3 November 2025, 8 records of yours are used, and 3 more may be",
        "1. Turn off “Data for Generative AI Improvement” Settings & Privacy → Data privacy → How LinkedIn uses your data",
        "2. Object to: Training AI models that do not generate content Data Processing Objection Form",
        "This is not legal advice.",
    ):
        assert sentence in words


def test_it_answers_in_json(small):
    found = json.loads(run(small, *PERSON, "--json").stdout)
    assert (found["format"], found["records"], found["region"], found["kinds"][0]["then"]) == (
        "assent-exposure-1", 18, "NL", {"used": 8, "may_be_used": 3, "never": 7},
    )  # fmt: skip


@pytest.mark.parametrize("columns", ["40", "60", "80", "200"])
def test_no_line_is_wider_than_the_terminal(small, columns):
    widest = max(len(line) for line in run(small, *PERSON, columns=columns).stdout.splitlines())
    assert widest <= min(int(columns), 100)


@pytest.mark.parametrize("country", ["nl", "Nederland", "the Netherlands", "Holland", "Pays-Bas", "Niederlande"])
def test_a_country_is_understood(small, country):
    found = json.loads(run(small, "--country", country, *PERSON[2:], "--json").stdout)
    assert found["region"] == "NL"


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (("--country", "Nederlnd"), "no country `Nederlnd`", "Netherlands (NL)"),
        (("--country", "Georgia"), "no country `Georgia`", "Georgia (GE)"),
        (("--country", "zzzzzzzz"), "no country `zzzzzzzz`", "write a code like NL"),
        (("--country", "NL", "--birth-date", "1.5.1990"), "no birth date `1.5.1990`", "1990-05-01"),
        (("--country", "NL", "--birth-date", "2990-05-01"), "birth date `2990-05-01` is out of range", "1990-05-01"),
        (("--country", "NL", "--at", "tomorrow"), "no date `tomorrow`", "2025-11-03"),
        (("--country", "NL", "--at", "2025-13-03"), "no date `2025-13-03`", "2025-11-03"),
        (("--country", "NL", "--at", "0001-01-01"), "date `0001-01-01` is out of range", "2025-11-03"),
        (("--country", "NL", "--setting", "x=off"), "no setting `x`", "generative_ai_improvement"),
        (("--country", "NL", "--setting", "ads_measurement=maybe"), "cannot be `maybe`", "ads_measurement=off"),
        (("--country", "NL", "--objected", "x"), "no purpose `x`", "train_other"),
        (("--country", "NL", "--pack", "nowhere"), "no pack", ""),
    ],
)
def test_what_is_not_understood_is_one_line_with_a_hint(small, words, message, hint):
    error = refused(small, *words)
    assert message in error.message
    assert hint in (error.hint or "")


def test_the_page_is_for_its_owner_alone(small, tmp_path):
    page = tmp_path / "page.html"
    assert run(small, *PERSON, "--html", page).exit_code == 0
    assert stat.S_IMODE(page.stat().st_mode) == 0o600


def test_a_page_that_cannot_be_written_is_one_line(small, tmp_path):
    (tmp_path / "file").write_text("")
    error = run(small, *PERSON, "--html", tmp_path / "file" / "page.html").exception
    assert isinstance(error, AssentError)
    assert "\n" not in error.message


def test_no_socket_is_ever_opened(small, tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("something went to the network")

    for name in ("socket", "create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)
    assert run(small, *PERSON, "--html", tmp_path / "page.html").exit_code == 0


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs `unshare` to cut a process off from the network")
def test_it_works_cut_off_from_the_network(small):
    cut_off = ["unshare", "--map-root-user", "--net"]
    if subprocess.run([*cut_off, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody cut a process off from the network")
    command = [*cut_off, sys.executable, "-m", "assent", "exposure", str(small), *PERSON]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_it_needs_no_workspace_and_leaves_nothing_behind(small, tmp_path, monkeypatch):
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    assert (run(small, *PERSON).exit_code, list(empty.iterdir())) == (0, [])


def test_the_same_export_gives_the_same_report(small):
    assert run(small, *PERSON, "--json").stdout == run(small, *PERSON, "--json").stdout
