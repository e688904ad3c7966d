"""HTML bodies as plain text: blocks become lines, entities characters, and code is kept and marked."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser

from assent.vocabulary.records import Span

_BLOCKS = frozenset(
    "address article blockquote dd div dl dt figure h1 h2 h3 h4 h5 h6 hr ol p pre section table ul".split()
)
_LINES = frozenset({"br", "li", "tr"})
_CODE = frozenset({"code", "pre", "kbd", "samp"})
_UNSEEN = frozenset({"script", "style", "template"})
_SPACE, _LINE, _PARAGRAPH = " ", "\n", "\n\n"


@dataclass(frozen=True, slots=True)
class Prose:
    """A text and the stretches of it that are code."""

    text: str
    code: tuple[Span, ...] = ()


def to_prose(html: str) -> Prose:
    """The text a reader would see, without the markup; unbalanced tags do no harm.

    Cost: O(n).
    """
    if not html:
        return Prose("")
    writer = _Writer()
    writer.feed(html)
    writer.close()
    return Prose("".join(writer.pieces), tuple(writer.code))


class _Writer(HTMLParser):
    """Writes text as it comes; white space waits until something follows it, so no offset ever moves."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.code: list[Span] = []
        self._length = 0
        self._gap = ""
        self._depth = {"code": 0, "pre": 0, "unseen": 0}

    def updatepos(self, i: int, j: int) -> int:  # noqa: ARG002
        """No line numbers are kept; nobody asks, and counting them takes time."""
        return j

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._enter(tag, 1)
        if tag == "li":
            self._write("-")
            self._gap = _SPACE
        elif tag in {"td", "th"}:
            self._separate(_SPACE)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        self._enter(tag, -1)

    def handle_data(self, data: str) -> None:
        if self._depth["unseen"]:
            return
        if self._depth["pre"]:
            self._write(data.rstrip("\n") if data.strip() else data)
            return
        words = data.split()
        if not words:
            self._separate(_SPACE)
            return
        if data[0].isspace():
            self._separate(_SPACE)
        self._write(" ".join(words))
        if data[-1].isspace():
            self._separate(_SPACE)

    def _enter(self, tag: str, step: int) -> None:
        self._break(tag)
        for kind, tags in (("code", _CODE), ("pre", {"pre"}), ("unseen", _UNSEEN)):
            if tag in tags:
                self._depth[kind] = max(0, self._depth[kind] + step)

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._separate(_PARAGRAPH)
        elif tag in _LINES:
            self._separate(_LINE)

    def _separate(self, gap: str) -> None:
        self._gap = max(self._gap, gap, key=(_SPACE, _LINE, _PARAGRAPH, "").index) if self._gap else gap

    def _write(self, text: str) -> None:
        if self._length:
            self._append(self._gap)
        self._gap = ""
        start = self._length
        self._append(text)
        if self._depth["code"]:
            self.code.append(Span(start, self._length))

    def _append(self, text: str) -> None:
        self.pieces.append(text)
        self._length += len(text)
