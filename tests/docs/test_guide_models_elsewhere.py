"""Every command and option in the pages about models elsewhere exists; the Python in them runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer

from assent.cli import build_app

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDE = (DOCS / "guides" / "models-trained-elsewhere.md").read_text(encoding="utf-8")
SPEC = (DOCS / "spec" / "elsewhere.md").read_text(encoding="utf-8")
COMMANDS = sorted(
    {line.removeprefix("$ ") for line in GUIDE.splitlines() if line.startswith("$ assent ")}
    | set(re.findall(r"`(assent [^`]+)`", GUIDE + SPEC)) - {"assent.open_snapshot"}
)


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_exists_with_its_options(line: str) -> None:
    words = shlex.split(line)[1:]
    command = typer.main.get_command(build_app(words[0]))
    for word in words:
        # The member whom `assent subject` is asked about is no command, and need not be.
        if word.startswith("-") or not hasattr(command, "commands") or command.name == "subject":
            break
        command = command.commands[word]
    known = {name for each in command.params for name in each.opts}

    assert [word for word in words if word.startswith("--") and word not in known] == []


def test_the_python_in_the_guide_compiles() -> None:
    blocks = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    for block in blocks:
        exec(compile(block, "guide", "exec"), {})

    assert len(blocks) == 2
