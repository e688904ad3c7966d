"""A step of a case, kept by two stores of which each can fail: the ledger, which decides, and the desk.

Every step takes this way:

1. the desk writes the whole step down as the case's `pending` one; a new case begins with it;
2. the ledger appends the step's events, unless they are there: looked up while nobody else can append;
3. a mail about it is put into the outbox;
4. the desk settles: state, deadline and history are as after the step, nothing is pending.

A crash after 1: nothing holds yet, and everything needed is written down. After 2: what the ledger says holds already,
restriction from receipt among it; the desk is behind and nobody was told. After 3: told, and the desk still behind; the
mail is sent twice rather than never. Whoever looks at the case next carries the step to its end (`healed`), once
whoever began it has surely gone. No second step begins while one is pending, so no order of events is ever changed.

The other order, ledger first, would lose the words of an objection that is in force, and with them its clock.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from assent.desk.objections import Case, Step, begin_step, case_of, drop_step, end_links, pending_cases, settle_step
from assent.errors import InputError, RefusedError
from assent.ledger.statements import statement_of
from assent.ledger.stored import Statement
from assent.operations.objection_mail import tell
from assent.operations.platform import Platform
from assent.vocabulary.events import Event, parse_event
from assent.vocabulary.instants import format_instant, parse_instant

GRACE: Final = timedelta(minutes=1)
"""After which a pending step is nobody's any more."""
LINKS_LAST: Final = timedelta(days=90)
"""How long somebody without an account sees their case after it was closed."""


@dataclass(frozen=True, slots=True)
class Move:
    """A step that is to be taken.

    Args:
        step: its name, for history and mail; `words`: what the person or the staff said to it.
        events: what the ledger is told, in one append.
        changes: columns of the case after it, as the desk stores them.
        since: the ledger's size when the step began; its events do not stand before.
    """

    step: str
    at: datetime
    by: str
    since: int
    words: str | None = None
    events: tuple[Event, ...] = ()
    changes: Mapping[str, Any] = field(default_factory=dict)

    def to_text(self) -> str:
        """The move as the desk keeps it while it is pending."""
        fields = {name: getattr(self, name) for name in Move.__slots__}
        events = [each.to_json() for each in self.events]
        return json.dumps(fields | {"at": format_instant(self.at), "events": events, "changes": dict(self.changes)})

    @classmethod
    def from_text(cls, text: str) -> Move:
        """The move that the text says."""
        fields = json.loads(text)
        events = tuple(parse_event(each) for each in fields["events"])
        return cls(**(fields | {"at": parse_instant(fields["at"]), "events": events}))


def take_step(platform: Platform, case: Case, move: Move) -> Case:
    """The step is taken: it holds, is told and is in the case's history.

    Raises:
        RefusedError: somebody else changed the case meanwhile, or the person was erased; nothing happened.
        UnavailableError: the ledger cannot be written; the step is kept and carried out later.
    """
    pending = move.to_text()
    if not begin_step(platform.desk, case, pending):
        raise RefusedError("somebody changed this case at the same moment", hint="open it again and look")
    return finish(platform, case, pending)


def finish(platform: Platform, case: Case, pending: str) -> Case:
    """Steps 2 to 4: what is pending is in the ledger, told and settled."""
    move = Move.from_text(pending)
    try:
        _record_once(platform, case, move)
    except (InputError, RefusedError):
        # Nothing was recorded and never will be: the case is as before.
        drop_step(platform.desk, case.id, pending)
        raise
    after = replace(case, **_fields(move.changes))
    tell(platform, after, move.step, move.words)
    if not case.is_member:
        end_links(platform.desk, case.id, None if after.is_open else move.at + LINKS_LAST)
    settle_step(platform.desk, case.id, pending, Step(move.at, move.step, move.by, move.words), dict(move.changes))
    return case_of(platform.desk, case.id) or after


def healed(platform: Platform, case: Case) -> Case:
    """The case with its pending step carried to its end, unless whoever began it may still be at it."""
    if case.pending is None or Move.from_text(case.pending).at + GRACE > platform.clock():
        return case
    return finish(platform, case, case.pending)


def heal_all(platform: Platform) -> int:
    """No step waits that nobody is at any more; gives how many did."""
    found = [case for case in pending_cases(platform.desk) if case.pending]
    return sum(healed(platform, case).pending is None for case in found)


def _record_once(platform: Platform, case: Case, move: Move) -> None:
    """The step's events stand in the ledger, once."""
    if not move.events:
        return

    def wanted() -> Iterator[Sequence[Statement]]:
        # Drawn while the ledger lets nobody else append: what is not there now was never recorded.
        if not _is_recorded(platform, case, move):
            recorded_at = platform.ledger.recorded_now()
            yield [statement_of(event, recorded_at) for event in move.events]

    def refuse(left_out: int) -> None:
        if left_out:
            raise RefusedError("this person was erased, and nothing about them is recorded again")

    platform.ledger.append_statements(wanted(), left_out=refuse)


def _is_recorded(platform: Platform, case: Case, move: Move) -> bool:
    theirs = {_bare(event) for event in move.events if event.member is not None}
    # A step with nothing about the person is one of the staff's trail: said twice after a crash rather than never.
    return bool(theirs) and any(
        seq >= move.since and isinstance(event, Event) and _bare(event) in theirs
        for seq, event in platform.ledger.events_of(case.person)
    )


def _bare(event: Event) -> Event:
    return replace(event, recorded_at=None)


def _fields(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Columns as the fields of a case."""
    found = dict(changes)
    for name in ("due_at", "decided_at"):
        if found.get(name) is not None:
            found[name] = parse_instant(found[name])
    if "records" in found:
        found["records"] = tuple(json.loads(found["records"] or "[]"))
    return found
