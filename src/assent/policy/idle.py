"""Rules that change no cell: a pack is held against itself with the rule taken out.

Whatever can be taken out and leave every verdict, every reason and every other statement as it was says nothing.
The comparison is `policy.difference`, so it is exhaustive over what both packs can tell apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

from assent.errors import InputError
from assent.policy.difference import differing_purposes
from assent.policy.lines import Path
from assent.policy.load import pack_from_document
from assent.policy.pack import Pack
from assent.policy.resolve import PRIVATE_MESSAGES
from assent.policy.schema import Terms

IDLE = "changes nothing: every case is decided the same without it"
OVERRIDDEN = "no purpose takes it, each states its own"

_TERMS = tuple(name for name in Terms.model_fields if name != "note")
_RESTRICTING = ("minimum_age", "content_from", "sensitive", "waiting_days", "setting")


def idle_rules(pack: Pack, document: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Where a rule stands that could be left out, and why that is.

    Args:
        document: the merged document the pack was made from.

    Cost: a comparison for each rule, some ten milliseconds each.
    """
    for path in _candidates(document):
        without = _loaded(_without(document, path))
        if without is None:
            continue
        if _same(pack, without):
            yield path, OVERRIDDEN if path[0] == "every_purpose" else IDLE
        elif path[0] not in {"every_purpose", "purposes"} and not differing_purposes(pack, without):
            yield path, IDLE


def repeated(document: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Lists in which a name stands twice."""
    for path, names in _lists(document, ()):
        for name in dict.fromkeys(each for each in names if names.count(each) > 1):
            yield path, f"`{name}` stands there twice"


def _candidates(document: Mapping[str, Any]) -> Iterator[Path]:
    """Rules that may be taken out: keys of tables, and entries of lists."""
    offered = [part for part in document["purposes"].values() if part.get("offered", True)]
    for name in document.get("every_purpose", {}):
        # A term that is what holds anyway says so, and is no dead rule.
        if name in _TERMS and all(name in part for part in offered):
            yield "every_purpose", name
    for name, part in document["purposes"].items():
        if part.get("offered", True):
            yield from (("purposes", name, field) for field in _RESTRICTING if field in part)
    yield from (("holds", name) for name in document.get("holds", {}))
    for name, part in document.get("settings", {}).items():
        yield from (("settings", name, "defaults", region) for region in part.get("defaults", {}))
        yield from (("settings", name, "off_with", other) for other in part.get("off_with", []))
    for name, parts in document.get("coverages", {}).items():
        for key, part in parts.items():
            yield from (("coverages", name, key, "except", region) for region in part.get("except", []))
    never = document.get("categories", {}).get("never", [])
    yield from (("categories", "never", name) for name in never if name != PRIVATE_MESSAGES)
    yield from (("categories", "two_person", name) for name in _unknown_pairs(document))


def _unknown_pairs(document: Mapping[str, Any]) -> Iterator[str]:
    """Categories with two people that no scope lists; what is listed may matter to an overlay."""
    listed = {name for parts in document["scopes"].values() for part in parts.values() for name in part["categories"]}
    yield from (name for name in document.get("categories", {}).get("two_person", []) if name not in listed)


def _without(document: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """The document without what stands at the path: a key of a table, or an entry of a list."""
    copy = deepcopy(dict(document))
    place: Any = copy
    for name in path[:-1]:
        place = place[name]
    if isinstance(place, list):
        place.remove(path[-1])
    else:
        del place[path[-1]]
    return copy


def _loaded(document: Mapping[str, Any]) -> Pack | None:
    try:
        return pack_from_document(document)
    except InputError:
        return None


def _same(one: Pack, two: Pack) -> bool:
    return replace(one, digest="", lineage=()) == replace(two, digest="", lineage=())


def _lists(part: Any, path: Path) -> Iterator[tuple[Path, Sequence[str]]]:
    if isinstance(part, Mapping):
        for name, inner in part.items():
            yield from _lists(inner, (*path, name))
    elif isinstance(part, list) and all(isinstance(each, str) for each in part) and path[-1] != "menu":
        yield path, part
