"""The ledger's holds for a process that goes on running: read whole once, then only what was recorded since."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

from assent.ledger import Ledger, Positioned
from assent.vocabulary.events import Event, EventType

MOST_NEWS: Final = 20_000
"""After so many new events, those about nobody are sooner read anew."""

_HOLDS: Final = frozenset({EventType.HOLD_PLACED, EventType.HOLD_LIFTED})


@dataclass(frozen=True, slots=True)
class HoldEvents:
    """Among the first `size` events, those that are holds or liftings, or cannot be read and might be."""

    size: int
    events: tuple[Positioned, ...]


_kept: WeakKeyDictionary[Ledger, HoldEvents] = WeakKeyDictionary()
_lock = threading.Lock()


def hold_events(ledger: Ledger) -> HoldEvents:
    """All of them, of a size found out after this was called.

    Cost: one short query, and what it takes to read the events that are new.
    """
    with _lock:
        kept = _kept.get(ledger)
    size, new = (-1, None) if kept is None else ledger.news(kept.size, most=MOST_NEWS)
    if kept is None or new is None:
        size = ledger.size
        found = HoldEvents(size, tuple(each for each in ledger.system_events(size=size) if _may_be_hold(each)))
    else:
        found = HoldEvents(size, (*kept.events, *(each for each in new if _may_be_hold(each))))
    with _lock:
        _kept[ledger] = found
    return found


def _may_be_hold(positioned: Positioned) -> bool:
    _, event = positioned
    return event.member is None and (not isinstance(event, Event) or event.type in _HOLDS)
