from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from assent.cli.signals import app
from assent.errors import InputError
from small_world import make_world, switched


def _run(*arguments):
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def test_everything_that_is_said_of_a_page_is_read_together(tmp_path):
    (tmp_path / "robots.txt").write_text("User-agent: *\nContent-Usage: /a train-ai=n\n")
    (tmp_path / "tdmrep.json").write_text('[{"location": "/a", "tdm-reservation": 1}]')
    (tmp_path / "page.html").write_text('<meta name="tdm-reservation" content="0">')
    found = json.loads(
        _run("read", "--header", "Content-Usage: train-ai=y", "--robots", tmp_path / "robots.txt", "--tdmrep",
             tmp_path / "tdmrep.json", "--page", tmp_path / "page.html", "--path", "/a/b", "--json")
    )  # fmt: skip
    assert found == {
        "signals": {"aipref": "train-ai=y\ntrain-ai=n", "tdm_reservation": 0, "cawg": None},
        "denies": {"generative_training": True, "training": False},
    }


def test_an_assertion_separates_the_two_kinds_of_training(tmp_path):
    (tmp_path / "cawg.json").write_text('{"cawg.ai_training": {"use": "notAllowed"}}')
    assert "training: denied" in _run("read", "--cawg", tmp_path / "cawg.json")
    assert json.loads(_run("read", "--cawg", tmp_path / "cawg.json", "--json"))["denies"] == {
        "generative_training": False,
        "training": True,
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--header", "no colon"), "is no header"),
        (("--robots", "missing.txt", "--path", "/"), "cannot use `missing.txt`"),
        (("--robots", "missing.txt"), "rules of a site speak about paths"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=message):
        _run("read", *arguments)


def test_a_members_pages_follow_their_choice(tmp_path, monkeypatch):
    world = make_world(tmp_path / "w")
    monkeypatch.chdir(world.root)
    monkeypatch.setattr("assent.cli.signals.now", world.clock)
    before = json.loads(_run("page", "m1", "/in/m1", "--json"))
    world.tell(switched("m1", "off", "2026-02-03T00:00:00Z"))
    after = json.loads(_run("page", "m1", "/in/m1", "--json"))
    assert before["headers"] == {}
    assert after == {
        "headers": {"tdm-reservation": "1", "Content-Usage": "train-ai=n"},
        "meta": {"tdm-reservation": "1"},
        "robots": ["Content-Usage: /in/m1$ train-ai=n", "Content-Usage: /in/m1/ train-ai=n"],
        "tdmrep": [
            {"location": "/in/m1$", "tdm-reservation": 1},
            {"location": "/in/m1/", "tdm-reservation": 1},
        ],
    }
    assert "robots.txt, under User-agent: *:" in _run("page", "m1", "/in/m1")
