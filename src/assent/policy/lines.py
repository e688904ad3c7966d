"""Where each key of a TOML file stands, so that a problem can name its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping

Path = tuple[str, ...]

_TOKEN = re.compile(
    r"""
      "{3}(?:\\.|[^\\])*?"{3}"{0,2}   # text over several lines; it may end in quotes of its own
    | '{3}.*?'{3}'{0,2}
    | "(?:\\.|[^"\\\n])*"
    | '[^'\n]*'
    | \#[^\n]*
    | (?P<open>[\[{])
    | (?P<close>[\]}])
    | (?P<newline>\n)
    """,
    re.VERBOSE | re.DOTALL,
)


def locate(text: str) -> Mapping[Path, int]:
    """The 1-based line of every table and key in a valid TOML text, by dotted path. Cost: O(n)."""
    found: dict[Path, int] = {}
    table: Path = ()
    for line, statement in _statements(text):
        if statement.startswith("["):
            table = next(iter(_deepest(tomllib.loads(statement))), ())
            _note(found, table, line)
        elif not statement.startswith("#"):
            for path in _paths(tomllib.loads(statement)):
                _note(found, (*table, *path), line)
    return found


def line_of(found: Mapping[Path, int], path: Path) -> int | None:
    """The line of the deepest part of the path that the file has; None when it has none of it."""
    for depth in range(len(path), 0, -1):
        if path[:depth] in found:
            return found[path[:depth]]
    return None


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each header and assignment with the line it starts on: a line, or as many as its brackets are open."""
    text = text.replace("\r\n", "\n") + "\n"
    line, start, depth, first = 1, 0, 0, 1
    for token in _TOKEN.finditer(text):
        if token["open"]:
            depth += 1
        elif token["close"]:
            depth -= 1
        elif not token["newline"]:
            line += token[0].count("\n")
        else:
            line += 1
            if not depth:
                statement = text[start : token.start()].strip(" \t")
                if statement:
                    yield first, statement
                start, first = token.end(), line


def _note(found: dict[Path, int], path: Path, line: int) -> None:
    for depth in range(1, len(path) + 1):
        found.setdefault(path[:depth], line)


def _deepest(document: object, prefix: Path = ()) -> Iterator[Path]:
    if isinstance(document, list):
        document = document[0]
    if not document:
        yield prefix
    elif isinstance(document, dict):
        for name, inner in document.items():
            yield from _deepest(inner, (*prefix, name))


def _paths(value: object, prefix: Path = ()) -> Iterator[Path]:
    if prefix:
        yield prefix
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _paths(inner, (*prefix, name))
