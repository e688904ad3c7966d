"""What leaves with a model: merged weights, and the list of those it must not name."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assent.cli import build_app
from assent.curation.outputs import open_filter
from assent.errors import EvidenceError, InputError
from model_world import model_world, small_base, standing, trained
from small_world import World
from sweeping import taken_back


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    place = tmp_path_factory.mktemp("world")
    made = model_world(place / "w", ["ann", "bob", "cem"], shards=2)
    trained(made, made.build().id, small_base(place))
    return made


def said(world: World, monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    monkeypatch.chdir(world.root)
    done = CliRunner().invoke(build_app(), list(words), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_merged_weights_are_a_folder_that_transformers_opens(world: World, tmp_path: Path, monkeypatch) -> None:
    from transformers import AutoModelForCausalLM

    said(world, monkeypatch, "model", "export", standing(world), str(tmp_path / "out"))
    found = AutoModelForCausalLM.from_pretrained(tmp_path / "out", local_files_only=True)
    assert found.config.vocab_size == 320
    with pytest.raises(InputError, match="exists already"):
        said(world, monkeypatch, "model", "export", standing(world), str(tmp_path / "out"))


def test_a_list_opens_with_its_key_and_its_publisher_s_alone(world: World, tmp_path: Path, monkeypatch) -> None:
    listed, key, other = tmp_path / "list.json", tmp_path / "list.key", tmp_path / "other.key"
    done = json.loads(
        said(world, monkeypatch, "model", "suppress", "acme", "--output", str(listed), "--key", str(key), "--json")
    )
    assert (done["people"], stat.S_IMODE(key.stat().st_mode)) == (0, 0o600)
    publisher = world.root / done["publisher"]
    assert open_filter(listed, key, publisher, now=world.now).clean("Mail a.b@corp.example") == "Mail [EMAIL]"

    other.write_bytes(bytes(32))
    with pytest.raises(EvidenceError):
        open_filter(listed, other, publisher, now=world.now)
    listed.write_bytes(listed.read_bytes().replace(b'"payload": "e', b'"payload": "f'))
    with pytest.raises(EvidenceError):
        open_filter(listed, key, publisher, now=world.now)


def test_who_took_back_and_is_known_by_nothing_is_counted(world: World, tmp_path: Path, monkeypatch) -> None:
    taken_back(world, "bob")
    done = json.loads(
        said(world, monkeypatch, "model", "suppress", "acme", "--output", str(tmp_path / "list.json"), "--json")
    )
    assert (done["people"], done["unknown"], done["key"]) == (0, 1, None)
