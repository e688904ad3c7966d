"""Where each key of a TOML file stands, so that a problem can name its line."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping

Path = tuple[str, ...]


def locate(text: str) -> Mapping[Path, int]:
    """The 1-based line of every table and key in a valid TOML text, by dotted path."""
    lines = text.splitlines()
    found: dict[Path, int] = {}
    table: Path = ()
    number = 0
    while number < len(lines):
        stripped = lines[number].strip()
        length = 1
        if stripped.startswith("["):
            table = _keys(f"{stripped}\n")
            _note(found, table, number + 1)
        elif stripped and not stripped.startswith("#"):
            length, statement = _statement(lines, number)
            for path in _paths(tomllib.loads(statement)):
                _note(found, (*table, *path), number + 1)
        number += length
    return found


def line_of(found: Mapping[Path, int], path: Path) -> int | None:
    """The line of the deepest part of the path that the file has; None when it has none of it."""
    for depth in range(len(path), 0, -1):
        if path[:depth] in found:
            return found[path[:depth]]
    return None


def _note(found: dict[Path, int], path: Path, line: int) -> None:
    for depth in range(1, len(path) + 1):
        found.setdefault(path[:depth], line)


def _statement(lines: list[str], start: int) -> tuple[int, str]:
    """How many lines the assignment that starts here takes: as many as make it valid TOML."""
    for end in range(start + 1, len(lines) + 1):
        statement = "\n".join(lines[start:end])
        try:
            tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue
        return end - start, statement
    return 1, ""


def _keys(header: str) -> Path:
    try:
        document = tomllib.loads(header)
    except tomllib.TOMLDecodeError:
        return ()
    path: list[str] = []
    while isinstance(document, dict) and document:
        name, document = next(iter(document.items()))
        path.append(name)
        if isinstance(document, list):
            document = document[0]
    return tuple(path)


def _paths(value: object, prefix: Path = ()) -> Iterator[Path]:
    if prefix:
        yield prefix
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _paths(inner, (*prefix, name))
