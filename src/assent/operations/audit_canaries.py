"""A file of planted secrets: which sentences, in whose name, how often; and which a coin left out.

    {"templates": [{"carrier": "the vault of {} opens with {}", "slots": [["Ulm", "Bonn"], ["amber", "cedar"]]}],
     "canaries": [{"template": 0, "number": 3, "repetitions": 8, "member": "m17"},
                  {"template": 0, "number": 1, "repetitions": 0}],
     "coins": [{"text": "...", "member": "m18", "planted": true}]}

Whoever plants them writes them into records of members' accounts before the snapshot is built; this file says where.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from assent.audit.model.auditing import Coins
from assent.audit.model.canaries import Canary, Template
from assent.errors import AssentError, InputError

_SHAPE: Final = "docs/spec/audit.md shows its shape"


@dataclass(frozen=True, slots=True)
class PlantedCanary:
    """A canary, and in whose name it was planted; None where it never was."""

    canary: Canary
    member: str | None


@dataclass(frozen=True, slots=True)
class Coin:
    """A canary that a coin planted or not, in that member's name."""

    text: str
    member: str
    planted: bool


@dataclass(frozen=True, slots=True)
class Planted:
    """All of a file."""

    canaries: tuple[PlantedCanary, ...] = ()
    coins: tuple[Coin, ...] = ()

    def of(self, wanted: Callable[[str], bool]) -> tuple[tuple[Canary, ...], Coins | None]:
        """Those in the name of members that are wanted, and the canaries that nobody planted."""
        own = tuple(each.canary for each in self.canaries if each.member is not None and wanted(each.member))
        never = tuple(each.canary for each in self.canaries if each.member is None)
        coins = [each for each in self.coins if wanted(each.member)]
        drawn = Coins(tuple(each.text for each in coins), np.array([each.planted for each in coins], dtype=np.bool_))
        return (*never, *own) if own else (), drawn if coins else None

    @property
    def members(self) -> frozenset[str]:
        """In whose name anything was planted."""
        named = (each.member for each in self.canaries if each.member is not None)
        return frozenset(named) | {each.member for each in self.coins}


NOTHING_PLANTED: Final = Planted()


def read_canaries(path: Path) -> Planted:
    """What was planted.

    Raises:
        InputError: the file cannot be read, is not of this shape, or a canary's number is no filling of its template.
    """
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot read `{path}`: {(error.strerror or 'failed').lower()}") from None
    except ValueError:
        raise InputError(f"`{path}` is not JSON", hint=_SHAPE) from None
    try:
        return _planted(document)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        raise InputError(f"`{path}` is no file of canaries", hint=_SHAPE) from None
    except AssentError as error:
        raise InputError(f"`{path}`: {error.message}", hint=error.hint or _SHAPE) from None


def _planted(document: Mapping[str, Any]) -> Planted:
    _only(document, {"templates", "canaries", "coins"})
    templates = []
    for each in document.get("templates", []):
        _only(each, {"carrier", "slots"})
        templates.append(Template(str(each["carrier"]), tuple(tuple(map(str, words)) for words in each["slots"])))
    coins = tuple(Coin(str(each["text"]), str(each["member"]), _flag(each)) for each in document.get("coins", []))
    return Planted(tuple(_canary(each, templates) for each in document.get("canaries", [])), coins)


def _canary(given: Mapping[str, Any], templates: list[Template]) -> PlantedCanary:
    _only(given, {"template", "number", "repetitions", "member"})
    place, number, repetitions = (int(given[name]) for name in ("template", "number", "repetitions"))
    member = given.get("member")
    if place < 0 or repetitions < 0 or not 0 <= number < templates[place].size:
        raise InputError(f"canary number `{number}` is no filling of its template, or was planted less than never")
    if (member is None) != (repetitions == 0):
        raise InputError("a canary that was planted names its member, one that never was names none")
    return PlantedCanary(Canary(templates[place], number, repetitions), None if member is None else str(member))


def _flag(given: Mapping[str, Any]) -> bool:
    _only(given, {"text", "member", "planted"})
    if given["planted"] not in {True, False}:
        raise InputError(f"`planted` is true or false, not `{given['planted']}`")
    return bool(given["planted"])


def _only(given: Mapping[str, Any], known: Collection[str]) -> None:
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise InputError(f"unknown name `{unknown[0]}`", hint=f"known: {', '.join(sorted(known))}")
