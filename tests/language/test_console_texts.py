"""Every text of the console is there in every language: its templates', its charts' and the reasons' short names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2.ext import babel_extract

import assent.operations.plots
from assent.language.catalogue import language, languages
from assent.operations.plots import title_of
from assent.policy.curation_words import DROPPED, PII
from assent.vocabulary.reasons import REASONS

TEMPLATES = Path(__file__).resolve().parents[2] / "src" / "assent" / "web" / "console" / "templates"


def texts() -> Iterator[str]:
    for path in TEMPLATES.glob("*.html"):
        with path.open("rb") as file:
            for _, _, found, _ in babel_extract(file, ("_", "gettext", "ngettext"), [], {"silent": "false"}):
                first = found if isinstance(found, str | None) else found[0]
                if first is not None:
                    yield first
    tree = ast.parse(Path(str(assent.operations.plots.__file__)).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Chart":
            yield from (each.value for each in node.args[1:3] if isinstance(each, ast.Constant))
    yield from assent.operations.plots._TOLD.values()
    yield from (*PII.values(), *DROPPED.values())
    yield from (title_of(each.label) for each in REASONS)


@pytest.mark.parametrize("code", [code for code in languages() if code != "en"])
def test_every_text_is_translated(code: str) -> None:
    known = language(code).translations._catalog
    assert [text for text in texts() if text not in known and (text, 0) not in known and (text, 1) not in known] == []
