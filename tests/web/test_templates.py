"""What every template must hold to, read from their files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import assent.web

TEMPLATES = sorted(Path(assent.web.__file__).parent.rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parents[1].name}-{path.name}")
def test_only_literal_texts_are_marked_as_safe(path: Path) -> None:
    """`_` takes what it is given for HTML; a text of a pack, a person or an error goes through `lang`, which does not."""
    dynamic = re.findall(r"(?<![\w.])_\(\s*[^\"'\s][^)]*\)?", path.read_text(encoding="utf-8"))

    assert dynamic == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parents[1].name}-{path.name}")
def test_nothing_is_styled_or_scripted_in_the_page(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert re.findall(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:", text) == []
