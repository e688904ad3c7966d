"""Answers that should have been given by now: of the desk's cases, and of objections that only the ledger knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from assent.operations.objection_clock import due
from assent.operations.objections import queue
from assent.operations.platform import Platform
from assent.operations.population import Told, read_population
from assent.vocabulary.events import Event, EventType

_CLOSING = frozenset({EventType.OBJECTION_DECIDED, EventType.OBJECTION_WITHDRAWN})


def overdue_of(platform: Platform) -> Counter[str]:
    """How many objections and claims to each use should have been answered.

    One that lies on the desk goes by the desk's day, which knows of extensions; one that came in by an import, by a
    month from its receipt.
    """
    now = platform.present()
    cases = queue(platform, kind=None, per_page=max(1, queue(platform, kind=None, per_page=1).total)).cases
    found = Counter(str(each.purpose) for each in cases if each.due_at < now)
    on_desk = {(str(each.person), str(each.purpose)) for each in cases}
    for told in _open_in_ledger(platform, now):
        event = next((each for _, each in platform.ledger.events(told.seq, told.seq + 1)), None)
        late = due(told.at) < now
        if late and isinstance(event, Event) and (str(event.member), told.key) not in on_desk:
            found[told.key] += 1
    return found


def _open_in_ledger(platform: Platform, now: datetime) -> Iterator[Told]:
    """Of each member and use the objection that nothing has closed, as it was received."""
    opened: dict[tuple[int, str], Told] = {}
    for each in read_population(platform.ledger.columns(size=platform.ledger.size), at=now).told:
        place = each.member, each.key
        if each.kind is EventType.OBJECTION_RECEIVED:
            opened.setdefault(place, each)
        elif each.kind in _CLOSING:
            opened.pop(place, None)
    yield from opened.values()
