"""The published balancing test: why the platform holds that its interest outweighs that of its members.

A file of Markdown that `[portal] balancing_test` names; beside `balancing.md` a `balancing.de.md` is the German one.
What it holds is shown as text, headings, lists, tables and links. It can bring neither markup nor pictures of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from assent.errors import InputError
from assent.operations.workspace import NOT_STATED, Workspace

LARGEST: Final = 1 << 18
_TOP: Final = 2
"""The page has a heading of its own above these."""
_LAST: Final = 6
_LINKS: Final = ("https://", "http://", "mailto:", "/", "#")


@dataclass(frozen=True, slots=True)
class BalancingTest:
    """The text as HTML that is safe to show, and the language it is in, as far as its name says; else None."""

    html: str
    language: str | None


def balancing_test_of(workspace: Workspace, language: str) -> BalancingTest | None:
    """The balancing test in that language if there is one, else in its own; None where none is published.

    Raises:
        InputError: it is named and cannot be read.
    """
    named = workspace.text("portal.balancing_test")
    if named == NOT_STATED:
        return None
    path = workspace.root / named
    translated = path.with_suffix(f".{language}{path.suffix}")
    chosen = translated if translated.is_file() else path
    return BalancingTest(render(_read(chosen)), language if chosen == translated else None)


def render(text: str) -> str:
    """The Markdown as HTML in which nothing runs and nothing is fetched; its headings begin at the second level."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    tokens = reader.parse(text)
    levels = [int(each.tag[1:]) for each in tokens if each.type == "heading_open"]
    down = _TOP - min(levels, default=_TOP)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(max(int(token.tag[1:]) + down, _TOP), _LAST)}"
        _keep_links(token)
    return str(reader.renderer.render(tokens, reader.options, {}))


def _keep_links(token: Token) -> None:
    """Links lead to pages and mailboxes and nowhere else."""
    for each in token.children or ():
        if each.type == "link_open" and not str(each.attrs.get("href", "")).lower().startswith(_LINKS):
            each.attrs = {}
    if token.type in {"th_open", "td_open"}:
        token.attrs = {}  # alignment is written as a style, which pages of ours may not have


def _read(path: Path) -> str:
    try:
        data = path.read_bytes()
        if len(data) > LARGEST:
            raise InputError("the balancing test is too long to be read by anybody")
        return data.decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise InputError("the balancing test cannot be read", hint="look at [portal] balancing_test") from None
