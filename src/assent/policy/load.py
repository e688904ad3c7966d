"""From TOML to a `Pack`: read, overlay, validate, resolve; every problem is reported at once.

    text ─ tomllib ─► document ─ extends ─► merged document ─ schema ─► Document ─ resolve ─► Pack

The identity of a pack is the SHA-256 of the canonical JSON of the merged document, so that it does not
depend on comments, order or on how the document was split into overlays.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path, PurePath
from typing import Any

import rfc8785
from pydantic import ValidationError

from assent.errors import InputError
from assent.policy.lines import Path as KeyPath
from assent.policy.lines import line_of, locate
from assent.policy.messages import plain_message
from assent.policy.pack import Pack
from assent.policy.resolve import Resolver
from assent.policy.schema import Document

_MAX_BYTES = 256 << 10
_MAX_DEPTH = 16
_MAX_OVERLAYS = 8
_NAMING: frozenset[KeyPath] = frozenset({("name",), ("title",)})


@dataclass(frozen=True, slots=True)
class PackProblem:
    """One thing that is wrong in a pack. `line` is None when no file names the key."""

    file: str
    line: int | None
    key: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


class PackError(InputError):
    """The pack cannot be used; `problems` has all that is wrong, in the order of the file."""

    def __init__(self, name: str, problems: tuple[PackProblem, ...]) -> None:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(
            f"pack `{name}` cannot be used: {problems[0]}{more}",
            hint=f"`assent policy check {name}` lists every problem",
        )
        self.problems = problems


@dataclass(frozen=True, slots=True)
class _Layer:
    """One file of a pack, before merging."""

    file: str
    document: Mapping[str, Any]
    lines: Mapping[KeyPath, int]


def shipped_packs() -> tuple[str, ...]:
    """The names of the packs that come with Assent."""
    return tuple(
        sorted(entry.name.removesuffix(".toml") for entry in _shipped().iterdir() if entry.name.endswith(".toml"))
    )


def load_pack(name: str | Path) -> Pack:
    """The pack of that name, or in that file, with its overlays.

    Raises:
        PackError: it cannot be used; all problems are in it.
        InputError: there is no such pack.
    """
    return _build(str(name), _layers(str(name)))


def pack_document(name: str | Path) -> dict[str, Any]:
    """The merged document as JSON values, from which `pack_from_document` makes the same pack again."""
    return {key: _plain(value) for key, value in _merged(_layers(str(name))).items()}


def pack_from_document(document: Mapping[str, Any]) -> Pack:
    """The pack that a merged document (JSON values) states."""
    name = str(document.get("name", "?"))
    return _build(name, (_Layer(name, _dated(document), {}),))


def dated_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with dates where JSON has them as text."""
    return {key: _dated(value, key) for key, value in document.items()}


def places(name: str | Path) -> Callable[[KeyPath, str], PackProblem]:
    """Says of a key of that pack, and what is remarkable about it, in which file and line it stands."""
    layers = _layers(str(name))
    return lambda path, message: _problem(layers, path, message)


def digest_of(document: Mapping[str, Any]) -> str:
    """The identity of a merged document: SHA-256 over its canonical JSON, hexadecimal."""
    try:
        return hashlib.sha256(rfc8785.dumps(_plain(document))).hexdigest()
    except rfc8785.CanonicalizationError as error:
        raise InputError(f"the pack has no canonical form: {error}") from None


def _build(name: str, layers: tuple[_Layer, ...]) -> Pack:
    merged = _merged(layers)
    document, removed, found = _validated(merged)
    problems = [_problem(layers, path, message) for path, message in found]
    if document is not None:
        resolver = Resolver(document, removed=removed)
        pack = resolver.pack(digest_of(merged), lineage=tuple(PurePath(layer.file).name for layer in layers))
        problems += [_problem(layers, path, message) for path, message in resolver.problems]
        if not problems:
            return pack
    raise PackError(name, tuple(_ordered(problems)))


def _validated(merged: dict[str, Any]) -> tuple[Document | None, frozenset[KeyPath], list[tuple[KeyPath, str]]]:
    """The document, without the parts that are wrong in themselves, so that the rest is looked at as well.

    Returns: the document, or None when nothing could be kept; what was left out; what is wrong with it.
    """
    removed: set[KeyPath] = set()
    found: list[tuple[KeyPath, str]] = []
    while True:
        try:
            return Document.model_validate(merged), frozenset(removed), found
        except ValidationError as error:
            details = error.errors(include_url=False)
        paths = {_trim(tuple(str(part) for part in detail["loc"]), merged) for detail in details}
        if not removed:
            found = _told(details, merged)
        missing = {path for path in paths if not _has(merged, path)}
        merged = merged | {path[0]: "unnamed" for path in missing & _NAMING}
        gone = (paths - missing) | {path[:-1] for path in missing - _NAMING}
        if () in gone or any(path in removed for path in gone):
            return None, frozenset(removed), found
        removed |= gone
        for path in gone:
            merged = _without(merged, path)


def _told(details: Sequence[Any], merged: Mapping[str, Any]) -> list[tuple[KeyPath, str]]:
    """One message for each wrong key; where a key may be of two kinds, what is wrong with it as either."""
    messages: dict[KeyPath, list[str]] = {}
    for detail in details:
        path = _trim(tuple(str(part) for part in detail["loc"]), merged)
        messages.setdefault(path, []).append(plain_message(detail))
    return [(path, " or ".join(dict.fromkeys(told))) for path, told in messages.items()]


def _layers(name: str) -> tuple[_Layer, ...]:
    """The files of a pack, the one asked for first, the one that extends nothing last."""
    layers: list[_Layer] = []
    source: Traversable | Path = _find(name, beside=None)
    while True:
        layer = _read(source)
        layers.append(layer)
        extends = layer.document.get("extends")
        if not isinstance(extends, str):
            return tuple(layers)
        if len(layers) > _MAX_OVERLAYS:
            problem = PackProblem(
                layer.file, layer.lines.get(("extends",)), "extends", "overlays go in a circle or too deep"
            )
            raise PackError(name, (problem,))
        source = _find(extends, beside=source if isinstance(source, Path) else None)


def _find(name: str, *, beside: Path | None) -> Traversable | Path:
    if name in shipped_packs():
        return _shipped() / f"{name}.toml"
    path = (beside.parent / name) if beside else Path(name)
    try:
        if path.is_file():
            return path
    except (OSError, ValueError):
        name = f"{name[:40]}…"
    raise InputError(f"no pack `{name}`", hint=f"give a file, or one of: {', '.join(shipped_packs())}")


def _shipped() -> Traversable:
    return resources.files("assent.policy") / "packs"


def _read(source: Traversable | Path) -> _Layer:
    """The file as it stands; a path is named as it was given, a shipped pack by its file."""
    file = str(source) if isinstance(source, Path) and source.parent != _shipped() else source.name
    try:
        raw = source.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read `{file}`: {(error.strerror or 'unknown').lower()}") from None
    if len(raw) > _MAX_BYTES:
        raise InputError(f"`{file}` is too large to be a pack: {len(raw)} bytes", hint=f"at most {_MAX_BYTES}")
    try:
        text = raw.decode("utf-8")
        document = tomllib.loads(text)
        if _too_deep(document):
            raise PackError(file, (PackProblem(file, None, "", "nested too deeply"),))
        return _Layer(file, document, locate(text))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise PackError(file, (PackProblem(file, line, "", f"no UTF-8 text: {error.reason}"),)) from None
    except RecursionError:
        raise PackError(file, (PackProblem(file, None, "", "nested too deeply"),)) from None
    except ValueError as error:  # TOML syntax, and numbers too long to be read
        message, _, place = str(error).partition(" (at ")
        at_line = re.match(r"line (\d+)", place)
        line = int(at_line[1]) if at_line else text.count("\n") + 1
        raise PackError(file, (PackProblem(file, line, "", message[:1].lower() + message[1:200]),)) from None


def _too_deep(document: dict[str, Any]) -> bool:
    front: list[Any] = [document]
    for _ in range(_MAX_DEPTH):
        front = [
            inner
            for value in front
            if isinstance(value, dict | list)
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
    return bool(front)


def _merged(layers: tuple[_Layer, ...]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for layer in reversed(layers):
        merged = _merge(merged, layer.document)
    merged.pop("extends", None)
    return merged


def _merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        result[key] = _merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result


def _trim(path: KeyPath, document: object) -> KeyPath:
    """The part of a validation path that exists in the document, plus one missing or unknown key."""
    kept: list[str] = []
    for part in path:
        if isinstance(document, dict) and part in document:
            document = document[part]
            kept.append(part)
        elif isinstance(document, dict):
            return (*kept, part)
        else:
            break
    return tuple(kept)


def _has(document: object, path: KeyPath) -> bool:
    for part in path:
        if not isinstance(document, dict) or part not in document:
            return False
        document = document[part]
    return True


def _without(document: dict[str, Any], path: KeyPath) -> dict[str, Any]:
    """The document without what stands at the path; nothing given is changed."""
    if not _has(document, path):
        return document
    name, rest = path[0], path[1:]
    if rest:
        return document | {name: _without(document[name], rest)}
    return {key: value for key, value in document.items() if key != name}


def _problem(layers: tuple[_Layer, ...], path: KeyPath, message: str) -> PackProblem:
    """The problem, placed in the topmost file that knows most of its path."""
    best = max(layers, key=lambda layer: (_depth(layer, path), -layers.index(layer)))
    return PackProblem(best.file, line_of(best.lines, path), ".".join(path), message)


def _depth(layer: _Layer, path: KeyPath) -> int:
    return next((depth for depth in range(len(path), 0, -1) if path[:depth] in layer.lines), 0)


def _ordered(problems: list[PackProblem]) -> Iterator[PackProblem]:
    yield from sorted(dict.fromkeys(problems), key=lambda problem: (problem.file, problem.line or 0, problem.key))


def _plain(value: Any) -> Any:
    """JSON values: dates and instants become text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date | datetime) else value


_DATED = frozenset({"from", "until", "content_from"})


def _dated(value: Any, key: str = "") -> Any:
    """The inverse of `_plain` for the keys that hold dates."""
    if isinstance(value, Mapping):
        return {name: _dated(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_dated(inner) for inner in value]
    if key in _DATED and isinstance(value, str):
        try:
            return date.fromisoformat(value) if len(value) == len("2025-11-03") else datetime.fromisoformat(value)
        except ValueError:
            return value
    return value
