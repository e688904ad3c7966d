"""The README is true: its example prints what it says, its commands exist, its links lead somewhere."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from assent.cli import COMMANDS, GROUPS, build_app

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])


def console_blocks() -> list[tuple[str, str]]:
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    return [tuple(block.removeprefix("$ assent ").split("\n", 1)) for block in blocks]


def commands(page: Path) -> Iterator[str]:
    """Every `assent …` in a code block or in backticks."""
    text = page.read_text(encoding="utf-8")
    for block in re.findall(r"```(?:sh|console)\n(.*?)```", text, re.DOTALL):
        yield from re.findall(r"^(?:\$ )?(assent .*)$", block, re.MULTILINE)
    yield from re.findall(r"`(assent [a-z][^`|]*)`", text)


@pytest.mark.parametrize(("command", "output"), console_blocks())
def test_an_example_prints_what_the_readme_shows(command, output, monkeypatch):
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(build_app(), shlex.split(command))
    assert result.stdout == output


def test_it_is_short():
    assert len(README.splitlines()) < 120


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_named_exists(page):
    missing = []
    for line in commands(page):
        command = get_command(build_app())
        for word in line.split("#")[0].split()[1:]:
            if not hasattr(command, "commands") or word.startswith("-") or word.isupper():
                break
            if word not in command.commands:
                missing.append(line)
                break
            command = command.commands[word]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def test_every_proof_named_in_the_tests_readme_exists():
    text = (ROOT / "tests/README.md").read_text(encoding="utf-8")
    named = re.findall(r"`([a-z_]+/[a-z_*./]*)`", text.partition("|---|---|")[2])
    assert named
    assert [name for name in named if not list((ROOT / "tests").glob(name.rstrip("/")))] == []


def test_every_command_is_found_alone():
    """What is loaded for one command has that command, under the name the table of modules says."""
    whole = get_command(build_app())
    for name in whole.commands:
        assert list(get_command(build_app(name)).commands).count(name) == 1
    listed = [*GROUPS, *(command for commands in COMMANDS.values() for command in commands)]
    assert sorted(listed) == sorted(whole.commands)
