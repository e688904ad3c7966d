"""An event as the ledger takes it: whose it is, and its canonical bytes with the moment it was recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from assent.errors import InputError, RefusedError
from assent.evidence.canonical import canonical_json
from assent.ledger.stored import Statement
from assent.ledger.suppression import require_unreserved
from assent.vocabulary.events import Event, EventType, parse_event

_OWN = {
    EventType.KEY_ROTATED: "`assent ledger rotate-key` records it with the key's own signature",
    EventType.ERASURE_COMPLETED: "`assent erase` records it together with what it shreds",
}


def statement_of(event: Event, recorded_at: datetime) -> Statement:
    """The event as it is stored.

    Raises:
        InputError: it would not be read back as the same event.
        RefusedError: only the ledger itself records such an event.
    """
    require_unreserved(event.member)
    if event.type is EventType.KEY_ROTATED or (event.type is EventType.ERASURE_COMPLETED and event.value is not None):
        raise RefusedError(f"`{event.type}` cannot be appended", hint=_OWN[event.type])
    if event.effective_at.tzinfo is None:
        raise InputError(f"{event.type}: `effective_at` names no zone", hint="give an instant in UTC")
    fields = replace(event, recorded_at=recorded_at).to_json()
    parse_event(fields)
    return event.member, canonical_json(fields)
