"""The table of faults is complete: every gap of the source is in it, and in a test that breaks it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "tests" / "faults" / "README.md").read_text(encoding="utf-8")
TESTS = sorted({ROOT / "tests" / "faults" / name for name in re.findall(r"`((?:\.\./)?[a-z_/]+\.py)`", PAGE)})


def calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            # A gap between words is none.
            if name.lstrip("_") == "gap" and node.args and "curation" not in path.parts:
                yield node


def gaps() -> set[str]:
    """The names of all gaps; of a name that is put together, its last part."""
    found = set()
    for path in (ROOT / "src").rglob("*.py"):
        for call in calls(path):
            name = call.args[0]
            last = name.values[-1] if isinstance(name, ast.JoinedStr) else name
            assert isinstance(last, ast.Constant), f"{path}: {ast.unparse(call)}"
            found.add(str(last.value).lstrip("-"))
    return found


def strings(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    texts = (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return {word for text in texts for word in re.findall(r"[a-z-]+", text)}


def test_there_are_gaps_to_break():
    assert len(gaps()) > 30


def test_every_gap_is_in_the_table():
    assert sorted(gaps() - set(re.findall(r"`([a-z-]+)`", PAGE))) == []


def test_every_gap_is_named_by_a_test_of_the_table():
    named = {word for path in TESTS for word in strings(path)}
    ends = {word.rpartition("-")[2] for word in named}
    assert sorted(gaps() - named - ends) == []


def test_every_test_of_the_table_exists():
    assert [path for path in TESTS if not path.is_file()] == []
