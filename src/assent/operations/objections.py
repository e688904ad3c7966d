"""Objections to a use of one's data (GDPR Art. 21), from their receipt to their end.

    received → weighed → upheld | rejected → appealed → (weighed) → upheld | rejected        withdrawn at any time

From its receipt on nothing of the person's is used for the purpose (Art. 18(1)(d)): `objection.received` holds in the
ledger before anybody is mailed, and an appeal records it anew. Upheld, it takes past use back in the same append. Where
the purpose's rules make an objection absolute (advertising, Art. 21(3)) it is upheld with its receipt, or, of somebody
who is no member, as soon as a person has looked for what is about them; nobody can reject it.
What stands is read from the ledger; words, deadlines and history lie on the desk (`casework` ties the two).
"""

from __future__ import annotations

import base64
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from assent.desk.objections import (
    OBJECTION,
    OPEN_STATES,
    Case,
    Filter,
    case_of,
    cases_by,
    cases_of,
    count_by,
    count_by_state,
    open_case,
    open_case_by_link,
    open_cases_at,
)
from assent.errors import InputError, RefusedError
from assent.operations.aligning import adopted, aligned
from assent.operations.casework import Move, finish, heal_all, healed, take_step
from assent.operations.contact import PERSON_PREFIX, Contact, clean_words
from assent.operations.objection_clock import due
from assent.operations.platform import Platform
from assent.policy.pack import ObjectionRule, Purpose
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import MemberId, PurposeName
from assent.vocabulary.instants import format_instant

Objection = Case

LEAST_GROUNDS: Final = 20
"""Characters that grounds for a rejection have at least: a sentence, not a word."""

_ID_BYTES = 15
_MAX_ID = 200


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of the queue, what is due soonest first; so the overdue come before all others.

    Args:
        total: how many match; `overdue`: how many open ones of this kind are overdue.
        by_state: how many there are in each state, whatever the filter.
    """

    cases: tuple[Objection, ...]
    total: int
    page: int
    pages: int
    overdue: int
    by_state: dict[str, int]


def receive(
    platform: Platform,
    *,
    purpose: str,
    person: str | None = None,
    contact: Contact | None = None,
    words: str = "",
    about: str = "",
    language: str = "en",
    by: str = "member",
    link: str | None = None,
) -> Objection:
    """The objection holds from now on; the one that is open already if there is one, and then nothing is recorded.

    Whoever objects again after a rejection appeals it.

    Args:
        person: a member; `contact`: somebody who is none, whose address was confirmed. One of both.
        about: what somebody who is no member says the objection is about: links, ids of records, names.
        link: digest of the confirmation that is used up by this.

    Raises:
        InputError: there is no such purpose, or a text cannot be kept; nothing was recorded.
        RefusedError: the person was erased.
        UnavailableError: the ledger cannot be written; the objection is kept and recorded once it can be.
    """
    rule = purpose_of(platform, purpose)
    words, about = clean_words(words), clean_words(about)
    before = _before(platform, rule.name, person, contact)
    if before is not None and before.state == "rejected":
        return appeal(platform, before.id, words=words, by=by)
    if before is not None:
        return before
    case = new_case(platform, OBJECTION, rule.name, person, contact, words=words, about=about, language=language)
    events = [Event(EventType.OBJECTION_RECEIVED, case.received_at, case.person, rule.name, by=by)]
    move = Move("received", case.received_at, by, platform.ledger.size, words or None)
    # Of somebody who is no member nothing is known yet: a person has to look, so theirs stays in the queue.
    if rule.objection is ObjectionRule.ABSOLUTE and case.is_member:
        move = replace(move, step="upheld_at_once", changes=_closing("upheld", case.received_at))
        events += _upheld(case, case.received_at, by="absolute")
    return begin(platform, case, replace(move, events=tuple(events)), link)


def standing(platform: Platform, ident: str) -> Objection:
    """The objection or claim as it stands.

    Raises:
        InputError: there is none.
    """
    found = case_of(platform.desk, ident)
    if found is None:
        raise InputError(f"there is no objection or claim `{ident[:80]}`")
    return aligned(platform, healed(platform, found))


def of_person(platform: Platform, person: str) -> list[Objection]:
    """Everything that the person objected to or claimed, the newest first; also what only the ledger knows."""
    cases = [healed(platform, each) for each in cases_of(platform.desk, person)]
    known = [aligned(platform, each) for each in cases]
    return [*adopted(platform, person, known), *known]


def queue(
    platform: Platform,
    *,
    kind: str | None = OBJECTION,
    states: Collection[str] | None = OPEN_STATES,
    purpose: str | None = None,
    overdue: bool = False,
    page: int = 1,
    per_page: int = 50,
) -> Queue:
    """A page of the cases that match.

    Args:
        states: None is every state; `overdue`: only open ones that should have been answered by now.
    """
    heal_all(platform)
    now = platform.clock()
    wanted = Filter(kind, OPEN_STATES if overdue else states, purpose, now if overdue else None)
    total = count_by(platform.desk, wanted)
    pages = max(1, -(-total // per_page))
    page = min(max(page, 1), pages)
    cases = cases_by(platform.desk, wanted, first=(page - 1) * per_page, count=per_page)
    late = count_by(platform.desk, Filter(kind, OPEN_STATES, None, now))
    return Queue(tuple(cases), total, page, pages, late, count_by_state(platform.desk, kind or OBJECTION))


def weigh(platform: Platform, ident: str, *, by: str) -> Objection:
    """Somebody of the staff has begun to weigh it; the person is told."""
    case = _open(platform, ident)
    if case.state == "weighed":
        return case
    step = "weighed" if case.kind == OBJECTION else "assessed"
    return take_step(platform, case, staff_move(platform, case, step, by, changes={"state": "weighed"}))


def decide(platform: Platform, ident: str, *, outcome: str, grounds: str, by: str) -> Objection:
    """The objection is upheld, and past use taken back with it; or rejected with grounds, and use may go on.

    Args:
        outcome: `upheld` or `rejected`; `grounds`: for a rejection a sentence at least.
        by: the pseudonym of who decides; for an appeal somebody other than who rejected.

    Raises:
        InputError: no such objection or outcome, or a rejection without grounds.
        RefusedError: it is not open, or they may not decide it.
    """
    case = _open(platform, ident)
    if case.kind != OBJECTION:
        raise InputError(f"`{ident}` is a claim, not an objection", hint="a claim is confirmed or not")
    if outcome not in {"upheld", "rejected"}:
        raise InputError(f"an objection is not `{outcome[:40]}`", hint="it is upheld or rejected")
    use = platform.pack.purposes.get(case.purpose)
    if outcome == "rejected" and use is not None and use.objection is ObjectionRule.ABSOLUTE:
        raise RefusedError(
            "an objection to this use cannot be rejected", hint="uphold it: nothing outweighs it (Art. 21(3))"
        )
    grounds = clean_words(grounds, what="the grounds")
    if outcome == "rejected" and len(grounds) < LEAST_GROUNDS:
        raise InputError("a rejection needs grounds", hint="say in a sentence at least which grounds override theirs")
    if case.is_appeal and by == last_rejected_by(case):
        raise RefusedError("you rejected this objection, so somebody else decides the appeal")
    at = platform.present()
    events = _upheld(case, at) if outcome == "upheld" else _rejected(case, at)
    move = staff_move(platform, case, outcome, by, words=grounds or None, changes=_closing(outcome, at, grounds))
    return take_step(platform, case, replace(move, at=at, events=(*events, *move.events)))


def appeal(platform: Platform, ident: str, *, words: str, by: str = "member") -> Objection:
    """The person contradicts a rejection: the objection is open again, use is restricted again, a new month begins.

    Raises:
        RefusedError: it is not rejected, or was on appeal already.
    """
    case = standing(platform, ident)
    if case.kind != OBJECTION or case.state != "rejected":
        raise RefusedError("only a rejected objection can be appealed", hint="look at where it stands now")
    if case.is_appeal:
        raise RefusedError("this was decided on appeal already", hint="you can object anew, or turn to the authority")
    words = clean_words(words)
    at = platform.present()
    changes = {"state": "appealed", "due_at": format_instant(due(at)), "extended": None, "decided_at": None,
               "grounds": None}  # fmt: skip
    events = (
        Event(EventType.OBJECTION_RECEIVED, at, case.person, case.purpose, by="appeal"),
        *_records(case, EventType.RECORD_EXCLUDED, at),
    )
    return take_step(platform, case, Move("appealed", at, by, platform.ledger.size, words or None, events, changes))


def withdraw(platform: Platform, ident: str, *, by: str = "member") -> Objection:
    """The person takes the objection or claim back, whatever its state; nothing happens where they did before."""
    case = standing(platform, ident)
    if case.state == "withdrawn":
        return case
    at = platform.present()
    events: list[Event] = []
    if case.kind == OBJECTION:
        events = [Event(EventType.OBJECTION_WITHDRAWN, at, case.person, case.purpose, by=by)]
        events += _records(case, EventType.RECORD_INCLUDED, at)
    elif not case.is_open:
        raise RefusedError("this claim was decided already", hint="nothing is left to take back")
    move = Move("withdrawn", at, by, platform.ledger.size, None, tuple(events), _closing("withdrawn", at))
    return take_step(platform, case, move)


def extend(platform: Platform, ident: str, *, why: str, by: str) -> Objection:
    """The answer may take two further months, for reasons that the person is told (GDPR Art. 12(3)).

    Raises:
        InputError: no reasons.
        RefusedError: the month is over, or the time was extended before.
    """
    case = _open(platform, ident)
    why = clean_words(why, what="the reasons")
    if len(why) < LEAST_GROUNDS:
        raise InputError("an extension needs reasons", hint="say in a sentence at least why it takes longer")
    if case.extended is not None:
        raise RefusedError("the time was extended before, and that is possible once")
    if platform.clock() > case.due_at:
        raise RefusedError("the month is over; an extension must be told within it", hint="decide it now")
    began = max([case.received_at, *(each.at for each in case.steps if each.step == "appealed")])
    changes = {"extended": why, "due_at": format_instant(due(began, extended=True))}
    return take_step(platform, case, staff_move(platform, case, "extended", by, words=why, changes=changes))


# --- what claims need as well


def purpose_of(platform: Platform, name: str) -> Purpose:
    """The pack's purpose of that name.

    Raises:
        InputError: it has none.
    """
    found = platform.pack.purposes.get(PurposeName(name))
    if found is None:
        raise InputError(f"there is no use `{name[:80]}`", hint=f"there are: {', '.join(platform.pack.purposes)}")
    return found


def new_case(
    platform: Platform,
    kind: str,
    purpose: PurposeName,
    person: str | None,
    contact: Contact | None,
    *,
    words: str,
    about: str,
    language: str,
    take_back: bool = False,
) -> Case:
    """A case that begins now, on no desk yet; somebody who is no member gets a pseudonym.

    Raises:
        InputError: the person cannot be named like this.
        RefusedError: they were erased.
    """
    if (person is None) == (contact is None):
        raise InputError("an objection is a member's or somebody's with an address, one of both")
    if person is not None:
        _require_member(platform, person)
    who = MemberId(person if person is not None else PERSON_PREFIX + _draw(platform))
    at = platform.present()
    return Case(
        id=_draw(platform),
        kind=kind,
        purpose=purpose,
        person=who,
        is_member=contact is None,
        name=None if contact is None else contact.name,
        address=None if contact is None else contact.address,
        language=language,
        words=words,
        state="received",
        received_at=at,
        due_at=due(at),
        about=about or None,
        take_back=take_back,
    )


def begin(platform: Platform, case: Case, move: Move, link: str | None) -> Case:
    """The case is opened with its first step; where an open one of theirs was faster, that one.

    Raises:
        RefusedError: the confirmation was used before.
    """
    pending = move.to_text()
    written = replace(case, pending=pending)
    if open_case(platform.desk, written) if link is None else open_case_by_link(platform.desk, written, link):
        return finish(platform, written, pending)
    if link is not None:
        raise RefusedError("this link was used before", hint="what it confirmed has arrived; look into your mail")
    return next(each for each in cases_of(platform.desk, case.person) if each.purpose == case.purpose and each.is_open)


def staff_move(
    platform: Platform, case: Case, step: str, by: str, *, words: str | None = None, changes: dict[str, Any]
) -> Move:
    """A step of the staff, which their trail in the ledger has in the same append."""
    at = platform.present()
    acted = Event(EventType.STAFF_ACTED, at, key=f"{case.kind}.{step}", value=case.id, by=by)
    return Move(step, at, by, platform.ledger.size, words, (acted,), changes)


def last_rejected_by(case: Case) -> str | None:
    """Who of the staff rejected it last."""
    return next((each.by for each in reversed(case.steps) if each.step == "rejected"), None)


def _before(platform: Platform, purpose: PurposeName, person: str | None, contact: Contact | None) -> Case | None:
    """What of theirs a further objection to the same use belongs to."""
    if contact is not None:
        return next(iter(open_cases_at(platform.desk, contact.address, purpose, OBJECTION)), None)
    found = [each for each in of_person(platform, person or "") if each.kind == OBJECTION and each.purpose == purpose]
    latest = next(iter(found), None)
    if latest is None or latest.state == "withdrawn" or (latest.state == "rejected" and latest.is_appeal):
        return None
    return latest


def _open(platform: Platform, ident: str) -> Case:
    case = standing(platform, ident)
    if not case.is_open:
        raise RefusedError(f"this {case.kind} is {case.state.replace('_', ' ')} already", hint="there is nothing to do")
    return case


def _upheld(case: Case, at: datetime, *, by: str = "staff") -> list[Event]:
    return [
        Event(EventType.OBJECTION_DECIDED, at, case.person, case.purpose, "upheld", by=by),
        Event(EventType.TAKEBACK_REQUESTED, at, case.person, case.purpose, by="objection"),
    ]


def _rejected(case: Case, at: datetime) -> list[Event]:
    decided = Event(EventType.OBJECTION_DECIDED, at, case.person, case.purpose, "rejected", by="staff")
    return [decided, *_records(case, EventType.RECORD_INCLUDED, at)]


def _records(case: Case, kind: EventType, at: datetime) -> list[Event]:
    """The records that a reviewer found to be theirs go in and out of use with the objection."""
    return [Event(kind, at, case.person, record, by="objection") for record in case.records]


def _closing(state: str, at: datetime, grounds: str | None = None) -> dict[str, Any]:
    return {"state": state, "decided_at": format_instant(at), "grounds": grounds or None}


def _require_member(platform: Platform, person: str) -> None:
    if not person or len(person) > _MAX_ID or "\x00" in person or person.startswith(PERSON_PREFIX):
        raise InputError("this is no member's id")
    if platform.ledger.suppressed([person]):
        raise RefusedError("this person was erased, and nothing about them is recorded again")


def _draw(platform: Platform) -> str:
    """An id that nobody guesses, in letters and digits."""
    return base64.b32encode(platform.entropy(_ID_BYTES)).decode().lower()
