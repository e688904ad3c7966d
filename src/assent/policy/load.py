"""From TOML to a `Pack`: read, overlay, validate, resolve; every problem is reported at once.

    text ─ tomllib ─► document ─ extends ─► merged document ─ schema ─► Document ─ resolve ─► Pack

The identity of a pack is the SHA-256 of the canonical JSON of the merged document, so that it does not
depend on comments, order or on how the document was split into overlays.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import rfc8785
from pydantic import ValidationError

from assent.errors import InputError
from assent.policy.lines import line_of, locate
from assent.policy.pack import Pack
from assent.policy.resolve import Resolver
from assent.policy.schema import Document

_MAX_BYTES = 1 << 20
_MAX_OVERLAYS = 8


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
            f"pack `{name}` cannot be used: {problems[0]}{more}", hint=f"`assent policy check {name}` lists every problem"
        )
        self.problems = problems


@dataclass(frozen=True, slots=True)
class _Layer:
    """One file of a pack, before merging."""

    file: str
    document: Mapping[str, Any]
    lines: Mapping[tuple[str, ...], int]


def shipped_packs() -> tuple[str, ...]:
    """The names of the packs that come with Assent."""
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in _shipped().iterdir() if entry.name.endswith(".toml")))


def load_pack(name: str | Path) -> Pack:
    """The pack of that name, or in that file, with its overlays.

    Raises:
        PackError: it cannot be used; all problems are in it.
        InputError: there is no such pack.
    """
    return _build(str(name), _layers(str(name)))


def pack_document(name: str | Path) -> dict[str, Any]:
    """The merged document as JSON values, from which `pack_from_document` makes the same pack again."""
    return _plain(_merged(_layers(str(name))))


def pack_from_document(document: Mapping[str, Any]) -> Pack:
    """The pack that a merged document (JSON values) states."""
    name = str(document.get("name", "?"))
    return _build(name, (_Layer(name, _dated(document), {}),))


def digest_of(document: Mapping[str, Any]) -> str:
    """The identity of a merged document: SHA-256 over its canonical JSON, hexadecimal."""
    try:
        return hashlib.sha256(rfc8785.dumps(_plain(document))).hexdigest()
    except rfc8785.CanonicalizationError as error:
        raise InputError(f"the pack has no canonical form: {error}") from None


def _build(name: str, layers: tuple[_Layer, ...]) -> Pack:
    merged = _merged(layers)
    problems: list[PackProblem] = []
    try:
        document = Document.model_validate(merged)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_context=False):
            path = tuple(str(part) for part in detail["loc"])
            problems.append(_problem(layers, _trim(path, merged), _plainly(detail)))
        raise PackError(name, tuple(_ordered(problems))) from None
    resolver = Resolver(document)
    pack = resolver.pack(digest_of(merged), lineage=tuple(layer.file for layer in layers))
    if resolver.problems:
        found = [_problem(layers, path, message) for path, message in resolver.problems]
        raise PackError(name, tuple(_ordered(found)))
    return pack


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
            problem = PackProblem(layer.file, layer.lines.get(("extends",)), "extends", "overlays go in a circle or too deep")
            raise PackError(name, (problem,))
        source = _find(extends, beside=source if isinstance(source, Path) else None)


def _find(name: str, *, beside: Path | None) -> Traversable | Path:
    if name in shipped_packs():
        return _shipped() / f"{name}.toml"
    path = (beside.parent / name) if beside else Path(name)
    if path.is_file():
        return path
    raise InputError(f"no pack `{name}`", hint=f"give a file, or one of: {', '.join(shipped_packs())}")


def _shipped() -> Traversable:
    return resources.files("assent.policy") / "packs"


def _read(source: Traversable | Path) -> _Layer:
    raw = source.read_bytes()
    if len(raw) > _MAX_BYTES:
        raise InputError(f"`{source.name}` is too large to be a pack: {len(raw)} bytes")
    try:
        text = raw.decode("utf-8")
        return _Layer(source.name, tomllib.loads(text), locate(text))
    except UnicodeDecodeError as error:
        raise PackError(source.name, (PackProblem(source.name, None, "", f"no UTF-8 text: {error.reason}"),)) from None
    except tomllib.TOMLDecodeError as error:
        message, _, place = str(error).partition(" (at line ")
        line = int(place.split(",")[0]) if place else None
        raise PackError(source.name, (PackProblem(source.name, line, "", message.lower()),)) from None
    except RecursionError:
        raise PackError(source.name, (PackProblem(source.name, None, "", "nested too deeply"),)) from None


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


def _trim(path: tuple[str, ...], document: object) -> tuple[str, ...]:
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


def _problem(layers: tuple[_Layer, ...], path: tuple[str, ...], message: str) -> PackProblem:
    """The problem, placed in the topmost file that knows most of its path."""
    best = max(layers, key=lambda layer: (_depth(layer, path), -layers.index(layer)))
    return PackProblem(best.file, line_of(best.lines, path), ".".join(path), message)


def _depth(layer: _Layer, path: tuple[str, ...]) -> int:
    return next((depth for depth in range(len(path), 0, -1) if path[:depth] in layer.lines), 0)


def _ordered(problems: list[PackProblem]) -> Iterator[PackProblem]:
    yield from sorted(dict.fromkeys(problems), key=lambda problem: (problem.file, problem.line or 0, problem.key))


def _plainly(detail: Any) -> str:
    kind = detail["type"]
    if kind == "extra_forbidden":
        return "unknown key"
    if kind == "missing":
        return "is missing"
    text = str(detail["msg"]).removeprefix("Value error, ")
    return text[0].lower() + text[1:]


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
