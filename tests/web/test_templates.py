"""What every template must hold to, read from their files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import assent.web

TEMPLATES = sorted(Path(assent.web.__file__).parent.rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parents[1].name}-{path.name}")
def test_nothing_is_styled_or_scripted_in_the_page(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert re.findall(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:", text) == []
