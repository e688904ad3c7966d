"""Events as they lie in the ledger: read back into values, or honestly unreadable."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assent.errors import InputError
from assent.vocabulary.events import Event, parse_event
from assent.vocabulary.instants import parse_instant


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An event of a type or value this program does not know, as a later release may have written it.

    Args:
        effective_at: None when not even that can be read; then it counts at every moment.
        why: one line for an engineer.
    """

    member: str | None
    effective_at: datetime | None
    why: str


Stored = Event | Unreadable
Positioned = tuple[int, Stored]
"""An event at its position, `seq`."""

Statement = tuple[str | None, bytes]
"""Whose event it is, and its canonical bytes, `recorded_at` included."""


def read_event(data: bytes) -> Stored:
    """The event that these canonical bytes state."""
    try:
        fields: Any = json.loads(data)
        return parse_event(fields)
    except InputError as error:
        return _unreadable(fields, error.message)
    except (ValueError, AttributeError, TypeError, RecursionError):
        return Unreadable(None, None, "the stored bytes are no JSON object")


def read_rows(rows: Iterable[Any]) -> Iterator[Positioned]:
    """The events of (seq, bytes) rows."""
    for seq, data in rows:
        yield seq, read_event(data)


def _unreadable(fields: dict[str, Any], why: str) -> Unreadable:
    effective_at = None
    with suppress(InputError):
        effective_at = parse_instant(fields.get("effective_at"))
    member = fields.get("member")
    return Unreadable(member if isinstance(member, str) else None, effective_at, why)
