"""The desk follows the ledger: where the two differ about an objection, the ledger is right.

An objection can be recorded without the desk: by an import, by `assent ledger append`, by a take-back of a use that has
no toggle. Then nobody would weigh it. Whoever looks at a person's cases finds such an objection and opens its case.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from assent.desk.objections import OBJECTION, OPEN_STATES, Case, Step, case_of, cases_of, correct_case, open_case
from assent.ledger import Positioned, fold_member
from assent.ledger.columns import KINDS
from assent.operations.contact import PERSON_PREFIX
from assent.operations.objection_clock import due
from assent.operations.platform import Platform
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import MemberId, PurposeName
from assent.vocabulary.instants import format_instant
from assent.vocabulary.state import Objection

_STATES: Final = {
    Objection.OPEN: OPEN_STATES,
    Objection.UPHELD: frozenset({"upheld"}),
    Objection.REJECTED: frozenset({"rejected"}),
    None: frozenset({"withdrawn"}),
}
_BECOMES: Final = {Objection.OPEN: "received", Objection.UPHELD: "upheld", Objection.REJECTED: "rejected",
                   None: "withdrawn"}  # fmt: skip
_ABOUT: Final = frozenset({EventType.OBJECTION_RECEIVED, EventType.OBJECTION_DECIDED, EventType.OBJECTION_WITHDRAWN})


def aligned(platform: Platform, case: Case) -> Case:
    """The case in the state that the ledger says; older cases of the same person and use are left as they ended."""
    if case.kind != OBJECTION or case.pending is not None:
        return case
    said = platform.ledger.events_of(case.person)
    state = fold_member(said, at=platform.present(), size=platform.ledger.size)
    if state is None:
        return case  # erased, or of a ledger that was lost: nothing is known better
    stands = state.objections.get(case.purpose)
    if case.state in _STATES[stands] or not _is_latest(platform, case):
        return case
    at = _last(said, case.purpose) or platform.present()
    ended = None if stands is Objection.OPEN else format_instant(at)
    changes: dict[str, str | None] = {"state": _BECOMES[stands], "decided_at": ended}
    if stands is Objection.OPEN:
        changes["due_at"] = format_instant(due(at))
    correct_case(platform.desk, case, Step(at, _BECOMES[stands] + "_elsewhere", "ledger", None), changes)
    return case_of(platform.desk, case.id) or case


def adopted(platform: Platform, person: str, known: Sequence[Case]) -> list[Case]:
    """New cases for objections of the person that stand in the ledger and lie on no desk."""
    said = platform.ledger.events_of(person)
    state = fold_member(said, at=platform.present(), size=platform.ledger.size)
    missing = set(state.objections) - {case.purpose for case in known if case.kind == OBJECTION} if state else set()
    return [_adopt(platform, MemberId(person), purpose, said) for purpose in sorted(missing)]


def _adopt(platform: Platform, person: MemberId, purpose: PurposeName, said: Sequence[Positioned]) -> Case:
    seq, received = next(
        (seq, event)
        for seq, event in reversed(said)
        if isinstance(event, Event) and event.key == purpose and event.type in _ABOUT
    )
    at = received.effective_at
    case = Case(
        # The same from whichever process it is found, so that there is one case.
        id=hashlib.sha256(f"{platform.ledger.origin}\n{seq}".encode()).hexdigest()[:24],
        kind=OBJECTION,
        purpose=purpose,
        person=person,
        is_member=not person.startswith(PERSON_PREFIX),
        name=None,
        address=None,
        language=platform.workspace.text("portal.language"),
        words="",
        state="received",
        received_at=at,
        due_at=due(at),
    )
    open_case(platform.desk, case, Step(at, "received_elsewhere", received.by or "ledger", None))
    return aligned(platform, case_of(platform.desk, case.id) or case)


def _is_latest(platform: Platform, case: Case) -> bool:
    about = [each for each in cases_of(platform.desk, case.person) if each.purpose == case.purpose]
    return all(each.id == case.id or each.received_at < case.received_at for each in about if each.kind == case.kind)


def _last(said: Sequence[Positioned], purpose: PurposeName) -> datetime | None:
    moments = [
        event.effective_at
        for _, event in said
        if isinstance(event, Event) and event.type in _ABOUT and event.key == purpose
    ]
    return max(moments, default=None)


def adopted_everywhere(platform: Platform, *, since: int = 0) -> list[Case]:
    """New cases for every open objection among the events from `since` on that lies on no desk.

    Cost: one look at a few columns of those events.
    """
    found = [
        each
        for person in _objectors(platform, since)
        for each in adopted(platform, person, cases_of(platform.desk, person))
    ]
    return [each for each in found if each.is_open]


def _objectors(platform: Platform, since: int) -> list[str]:
    """Whoever objected from that position on, each once."""
    columns = platform.ledger.columns(size=platform.ledger.size)
    wanted = [("kind", "=", KINDS.index(EventType.OBJECTION_RECEIVED)), ("seq", ">=", since)]
    ordinals = [pq.read_table(path, columns=["member"], filters=wanted)["member"] for path in columns.events]
    names = [pq.read_table(path, columns=["member"])["member"].combine_chunks() for path in columns.members]
    if not names:
        return []
    people = pa.concat_arrays(names)
    chosen = {each for column in ordinals for each in column.to_pylist() if each is not None}
    return [str(people[each].as_py()) for each in sorted(chosen)]
