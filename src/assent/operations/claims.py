"""Claims that a model repeats somebody's data, and what became of them.

    received → (weighed) → confirmed | not-confirmed        withdrawn while it is open

A claim by itself decides nothing about any record. Confirmed, it takes past use back where the person asked for that,
with the same append; a member may ask for it afterwards too. Source: EDPB Opinion 28/2024, §§ 55, 56 and 106.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from assent.desk.objections import CLAIM, Case
from assent.errors import InputError, RefusedError
from assent.operations.casework import Move, take_step
from assent.operations.contact import Contact, clean_words
from assent.operations.objections import LEAST_GROUNDS, begin, new_case, purpose_of, staff_move, standing
from assent.operations.platform import Platform
from assent.vocabulary.events import FINDINGS, Event, EventType
from assent.vocabulary.instants import format_instant

MAX_LINE = 300


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody saw a model do.

    Args:
        feature: where they met it; `when`: as they remember it.
    """

    feature: str
    prompt: str
    output: str
    when: str = ""

    @classmethod
    def parse(cls, feature: str, prompt: str, output: str, when: str) -> Seen:
        """The same with clean texts.

        Raises:
            InputError: nothing was seen, or a text cannot be kept.
        """
        seen = cls(
            clean_words(feature, what="the feature", longest=MAX_LINE),
            clean_words(prompt, what="the prompt"),
            clean_words(output, what="the output"),
            clean_words(when, what="the time", longest=MAX_LINE),
        )
        if not seen.output:
            raise InputError("say what the model wrote", hint="without its output nobody can assess the claim")
        return seen

    def to_text(self) -> str:
        """As the desk keeps it."""
        return json.dumps({name: getattr(self, name) for name in Seen.__slots__}, ensure_ascii=False)


def seen_of(case: Case) -> Seen:
    """What the claim says was seen."""
    return Seen(**json.loads(case.about)) if case.about else Seen("", "", "")


def receive_claim(
    platform: Platform,
    *,
    purpose: str,
    seen: Seen,
    person: str | None = None,
    contact: Contact | None = None,
    words: str = "",
    take_back: bool = False,
    language: str = "en",
    by: str = "member",
    link: str | None = None,
) -> Case:
    """The claim is received and will be assessed.

    Args:
        take_back: undo past use for the purpose if it is confirmed.
        link: digest of the confirmation that is used up by this.

    Raises:
        InputError: there is no such purpose, or a text cannot be kept.
        RefusedError: the person was erased.
    """
    rule = purpose_of(platform, purpose)
    case = new_case(
        platform, CLAIM, rule.name, person, contact, words=clean_words(words), about=seen.to_text(),
        language=language, take_back=take_back,
    )  # fmt: skip
    received = Event(EventType.CLAIM_RECEIVED, case.received_at, case.person, rule.name, by=by)
    move = Move("received", case.received_at, by, platform.ledger.size, case.words or None, (received,))
    return begin(platform, case, move, link)


def decide_claim(platform: Platform, ident: str, *, finding: str, words: str, by: str) -> Case:
    """The claim is confirmed or not, in words that the person reads.

    Args:
        finding: `confirmed` or `not-confirmed`.

    Raises:
        InputError: no such claim or finding, or no words.
        RefusedError: it was decided or withdrawn.
    """
    case = _claim(platform, ident)
    if finding not in FINDINGS:
        raise InputError(f"a claim is not `{finding[:40]}`", hint="it is confirmed or not-confirmed")
    words = clean_words(words)
    if len(words) < LEAST_GROUNDS:
        raise InputError("say what was found", hint="in a sentence at least: what was tried, and what the model wrote")
    if not case.is_open:
        raise RefusedError("this claim is closed", hint="there is nothing to do")
    at = platform.present()
    changes = {"state": finding, "decided_at": format_instant(at), "grounds": words}
    move = staff_move(platform, case, finding, by, words=words, changes=changes)
    events = [Event(EventType.CLAIM_DECIDED, at, case.person, case.purpose, finding, by="staff")]
    if finding == "confirmed" and case.take_back:
        events.append(_takeback(case, move))
    return take_step(platform, case, replace(move, at=at, events=(*events, *move.events)))


def take_back_after(platform: Platform, ident: str, *, by: str = "member") -> Case:
    """Past use is taken back after the claim was confirmed; once.

    Raises:
        RefusedError: it was not confirmed.
    """
    case = _claim(platform, ident)
    if case.state != "confirmed":
        raise RefusedError("only a confirmed claim takes back", hint="you can object or take back in your settings")
    if case.take_back:
        return case
    move = Move("take_back", platform.present(), by, platform.ledger.size, None, (), {"take_back": True})
    return take_step(platform, case, replace(move, events=(_takeback(case, move),)))


def _takeback(case: Case, move: Move) -> Event:
    return Event(EventType.TAKEBACK_REQUESTED, move.at, case.person, case.purpose, by="claim")


def _claim(platform: Platform, ident: str) -> Case:
    case = standing(platform, ident)
    if case.kind != CLAIM:
        raise InputError(f"`{ident}` is an objection, not a claim")
    return case
