from __future__ import annotations

import json
import tempfile

import pytest
from typer.testing import CliRunner

from assent.cli.source import app
from assent.errors import InputError
from assent.operations.workspace import open_workspace

CONFIG = '# my rules\r\npack = "community-qa"   # keep this\n[ledger]\nfolder = "ledger"'


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    (tmp_path / "assent.toml").write_bytes(CONFIG.encode())
    (tmp_path / "posts.csv").write_text("id,who\np1,u1\np2,\n", encoding="utf-8")
    (tmp_path / "mapping.toml").write_text(
        '[[records]]\nfiles = ["posts.csv"]\ncategory = "post"\n[records.columns]\nid = "id"\nauthor = "who"\n',
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _run(*arguments):
    result = CliRunner().invoke(app, list(arguments))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def test_add_names_the_source_and_leaves_the_rest_to_the_byte(workspace):
    _run("add", "blog", "tables", "mapping.toml")
    written = (workspace / "assent.toml").read_bytes().decode()
    assert written == CONFIG + '\n\n[sources.blog]\nkind = "tables"\npath = "mapping.toml"\n'
    assert open_workspace(workspace).sources["blog"].path == workspace / "mapping.toml"


def test_list_shows_what_was_added(workspace):
    _run("add", "blog", "tables", "mapping.toml")
    shown = json.loads(_run("list", "--json"))
    assert shown == [{"name": "blog", "kind": "tables", "path": str(workspace / "mapping.toml")}]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("blog", "tables", "mapping.toml"), "there is a source `blog` already"),
        (("a.b", "tables", "mapping.toml"), "`a.b` cannot name a source"),
        (("new", "tabels", "mapping.toml"), "did you mean `tables`"),
        (("new", "tables", "missing.toml"), "cannot read"),
        (("new", "stackexchange", "."), "no Users.xml in"),
    ],
)
def test_a_refused_add_changes_nothing(workspace, arguments, message):
    _run("add", "blog", "tables", "mapping.toml")
    before = {path.name: path.read_bytes() for path in workspace.iterdir()}
    with pytest.raises(InputError, match=message):
        _run("add", *arguments)
    assert {path.name: path.read_bytes() for path in workspace.iterdir()} == before


def test_sources_written_in_one_line_are_left_alone(workspace):
    config = 'sources = { old = { kind = "tables", path = "mapping.toml" } }\n'
    (workspace / "assent.toml").write_text(config, encoding="utf-8")
    with pytest.raises(InputError, match="cannot be added at the end"):
        _run("add", "blog", "tables", "mapping.toml")
    assert (workspace / "assent.toml").read_text(encoding="utf-8") == config


def test_preview_counts_without_a_workspace_and_leaves_nothing(workspace, monkeypatch, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    (workspace / "assent.toml").unlink()
    shown = json.loads(_run("preview", "tables", "mapping.toml", "--json"))
    assert shown == {
        "members": 1,
        "records": 2,
        "by_category": {"post": 2},
        "by_region": {"unknown": 1},
        "problems": ["posts.csv: record has no author"],
    }
    assert list(elsewhere.iterdir()) == []


def test_a_made_up_network_is_a_source(workspace):
    made = json.loads(_run("synthesize", "net", "--members", "20", "--records", "60", "--seed", "3", "--json"))
    _run("add", "net", "synthetic", "net")
    shown = json.loads(_run("preview", "synthetic", "net", "--json"))
    assert (made["members"], made["records"]) == (shown["members"], shown["records"]) == (20, 60)
    assert shown["by_category"] == made["by_category"]


@pytest.mark.external_data
def test_preview_of_a_real_dump(external_data, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    shown = json.loads(_run("preview", "stackexchange", str(external_data / "stackexchange"), "--json"))
    assert (shown["members"], shown["records"]) == (1703, 3022)
    assert sum(shown["by_region"].values()) == 1703
    assert shown["by_region"]["FR"] > 300
    assert list(tmp_path.iterdir()) == []
