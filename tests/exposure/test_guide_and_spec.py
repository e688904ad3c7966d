"""The guide prints what it says, and the specification names every key."""

from __future__ import annotations

import dataclasses
import re
import shlex
import zipfile
from pathlib import Path

import pytest
from exports import files, write_export
from typer.testing import CliRunner

from assent.cli import build_app
from assent.exposure import columns, report
from assent.exposure.judging import Fact

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDE = (DOCS / "guides" / "one-person-one-evening.md").read_text(encoding="utf-8")
SPEC = (DOCS / "spec" / "exposure.md").read_text(encoding="utf-8")


@pytest.fixture
def evening(tmp_path, monkeypatch):
    """The folder of the guide, with both instalments."""
    write_export(tmp_path / "Complete_LinkedInDataExport.zip")
    with zipfile.ZipFile(tmp_path / "Basic_LinkedInDataExport.zip", "w") as archive:
        for name, data in files():
            if name in {"Profile.csv", "Skills.csv", "Positions.csv", "Connections.csv", "messages.csv"}:
                archive.writestr(name, data)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(command: str):
    return CliRunner(env={"COLUMNS": "80"}).invoke(build_app(), shlex.split(command.removeprefix("assent ")))


def test_the_example_prints_what_the_guide_shows(evening):
    ((command, shown),) = re.findall(r"```console\n\$ (assent [^\n]*)\n(.*?)```", GUIDE, re.DOTALL)
    printed = "\n".join(line.rstrip() for line in run(command).stdout.splitlines())
    for part in shown.split("…\n"):
        assert part.strip("\n") in printed


def test_every_other_command_of_the_guide_runs(evening):
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)).replace("\\\n", " ")
    commands = [line for line in blocks.splitlines() if line.startswith("assent ")]
    assert [(command, run(command).exit_code) for command in commands] == [(command, 0) for command in commands]
    assert len(commands) == 2


def test_every_key_of_the_json_is_in_the_specification():
    kinds = [each for each in vars(report).values() if dataclasses.is_dataclass(each) and isinstance(each, type)]
    keys = {field.name for each in kinds for field in dataclasses.fields(each)}
    assert [key for key in sorted(keys) if not re.search(rf"[`\"]{key}[`\"]", SPEC)] == []


def test_every_fact_and_visibility_is_in_the_specification():
    assert [word for word in (*Fact, *columns.VISIBILITIES) if f"`{word}`" not in SPEC] == []
