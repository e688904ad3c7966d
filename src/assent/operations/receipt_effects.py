"""What an event changed for its member, purpose by purpose: judged before and after it, and told in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from assent.ledger import fold_holds, fold_member
from assent.ledger.stored import Positioned
from assent.policy.evaluate import person_reasons
from assent.policy.pack import Basis, Kind, Pack, Purpose, Withdrawal
from assent.snapshot.withdrawn import reasons_to_remove
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import NoticeId, PurposeName, SettingName
from assent.vocabulary.reasons import REASONS, Reason

_WITHDRAWN: Final = "urn:assent:status:withdrawn"
"""The DPV has no word for a request that the person took back."""
_FOR_GOOD: Final = frozenset({EventType.ACCOUNT_CLOSED, EventType.ERASURE_REQUESTED})
_PURPOSE: Final = frozenset(
    {
        EventType.OBJECTION_RECEIVED,
        EventType.OBJECTION_DECIDED,
        EventType.OBJECTION_WITHDRAWN,
        EventType.TAKEBACK_REQUESTED,
    }
)


@dataclass(frozen=True, slots=True)
class Effect:
    """One purpose before and after the event.

    Args:
        before, after: why it did and does not permit; empty is permitted.
        since: from when the event counts for use: when it holds from, or when it was learned, if that is later.
    """

    purpose: Purpose
    before: tuple[Reason, ...]
    after: tuple[Reason, ...]
    since: datetime

    def to_json(self, pack: Pack, event: Event) -> dict[str, Any]:
        """The effect as the platform states it."""
        return {
            "name": self.purpose.name,
            "title": self.purpose.title,
            "basis": self.purpose.basis.value,
            "permitted_before": not self.before,
            "permitted_after": not self.after,
            "effect": self.sentence(event),
            "because": [{"reason": reason.label, "sentence": reason.for_members} for reason in self.after],
            "past": past_of(self, event),
            "recipients": list(self.purpose.recipients),
            "how_to_change": [] if event.type in _FOR_GOOD else ways_to_change(pack, self.purpose),
        }

    def sentence(self, event: Event) -> str:
        """What is the case now, and since when; never that something was used, only that it was permitted."""
        day = say_moment(self.since)
        if event.type is EventType.RECORD_EXCLUDED:
            return f"From {day} on, the item “{event.key}” is left out of this."
        if event.type is EventType.RECORD_INCLUDED:
            return f"From {day} on, the item “{event.key}” is no longer left out because of you."
        if not self.before and self.after:
            return f"Until then it was permitted. From {day} on, nothing of yours may be used for this."
        if self.before and not self.after:
            return f"It was not permitted before. From {day} on, it is, as far as each item itself allows it."
        if self.after:
            return "It was not permitted before, and it is not now."
        return "It was permitted before, and it still is."


def effects_of(
    pack: Pack, seq: int, event: Event, said: Sequence[Positioned], system: Sequence[Positioned]
) -> list[Effect]:
    """Every purpose that the event concerns, judged with all that was known just before it and just after.

    Args:
        said: the member's events; system: those about nobody.
    """
    since = since_of(event)
    holds = fold_holds(system, at=since, size=seq + 1)
    before, after = (fold_member(said, at=since, size=size) for size in (seq, seq + 1))
    return [
        Effect(
            purpose,
            _ordered(person_reasons(pack, purpose, before, since, since, holds)),
            _ordered(person_reasons(pack, purpose, after, since, since, holds)),
            since,
        )
        for purpose in concerned(pack, event)
    ]


def concerned(pack: Pack, event: Event) -> list[Purpose]:
    """The purposes that the event speaks about: those its setting governs, its own, or all of them."""
    everything = list(pack.purposes.values())
    if event.type is EventType.SETTING_CHANGED:
        return [each for each in everything if _governed(pack, each, SettingName(event.key or ""))]
    if event.type in _PURPOSE:
        return [each for each in everything if each.name == PurposeName(event.key or "")]
    if event.type is EventType.NOTICE_DELIVERED:
        return [each for each in everything if each.notice == NoticeId(event.key or "")]
    return everything


def headline_of(pack: Pack, event: Event) -> str:
    """What happened, in one sentence to the member."""
    key, value = event.key or "", event.value or ""
    setting = pack.settings.get(SettingName(key))
    purpose = pack.purposes.get(PurposeName(key))
    notice = pack.notices.get(NoticeId(key))
    told: Mapping[EventType, str] = {
        EventType.MEMBER_JOINED: "You joined.",
        EventType.MEMBER_REGION: f"Your country was recorded as {value or 'unknown'}.",
        EventType.MEMBER_BIRTH_DATE: f"Your date of birth was recorded as {value or 'unknown'}.",
        EventType.SETTING_CHANGED: f"The setting “{setting.title if setting else key}” was switched {value}.",
        EventType.OBJECTION_RECEIVED: f"Your objection to “{purpose.title if purpose else key}” was received.",
        EventType.OBJECTION_DECIDED: f"Your objection to “{purpose.title if purpose else key}” was {value}.",
        EventType.OBJECTION_WITHDRAWN: f"Your objection to “{purpose.title if purpose else key}” was withdrawn.",
        EventType.NOTICE_DELIVERED: f"You were sent the notice “{notice.title if notice else key}”.",
        EventType.RECORD_EXCLUDED: f"You excluded the item “{key}”.",
        EventType.RECORD_INCLUDED: f"You included the item “{key}” again.",
        EventType.TAKEBACK_REQUESTED: f"You took back what was used for “{purpose.title if purpose else key}”.",
        EventType.ACCOUNT_CLOSED: "Your account was closed.",
        EventType.ERASURE_REQUESTED: "You asked for your data to be erased.",
    }
    return told.get(event.type, f"Something was recorded about you: {event.type.value}.")


def past_of(effect: Effect, event: Event) -> str:
    """What becomes of what was used before; for the same reasons for which snapshots are rewritten."""
    purpose, new = effect.purpose, set(effect.after) - set(effect.before)
    if event.type in {EventType.TAKEBACK_REQUESTED, EventType.ERASURE_REQUESTED}:
        return "What was used before is taken back: data sets are rewritten without you, and models follow."
    if event.type is EventType.RECORD_EXCLUDED:
        if purpose.withdrawal is Withdrawal.TAKE_BACK:
            return "It is taken out of data sets made before, and models follow."
        return "It stays in data sets and models made before."
    if new & reasons_to_remove(purpose):
        return "What was used before is taken back too: out of data sets, and out of models."
    if Reason.OBJECTION_OPEN in new:
        return (
            "While your objection is weighed, data sets made before are read without you; "
            "if it is upheld, what was used before is taken back."
        )
    if not effect.before and effect.after:
        return "What was used before stays in data sets and models; only future use stops."
    return "This changes nothing about what was used before."


def ways_to_change(pack: Pack, purpose: Purpose) -> list[dict[str, Any]]:
    """Where the member can change this again: the settings that govern it, and the form to object."""
    ways = []
    if purpose.setting is not None:
        for name in (purpose.setting, *pack.settings[purpose.setting].off_with):
            setting = pack.settings[name]
            ways.append({"what": f"the setting “{setting.title}”", "menu": list(setting.menu)})
    if purpose.objection_form and purpose.basis is Basis.LEGITIMATE_INTEREST:
        ways.append({"what": "the form to object", "menu": list(purpose.objection_form)})
    return ways


def kind_of(purpose: Purpose) -> tuple[str, str | None]:
    """The purpose and the operation in the words of the DPV."""
    if purpose.kind is Kind.ADVERTISING:
        return "dpv:PersonalisedAdvertising", None
    if purpose.kind is Kind.FEATURE:
        return "dpv:ServiceProvision", None
    return "dpv:ServiceOptimisation", "ai:ModelTraining"


def say_moment(moment: datetime) -> str:
    """A moment for people, such as `3 November 2025, 10:00 UTC`."""
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


def since_of(event: Event) -> datetime:
    """From when the event counts for use: when it holds from, or when it was learned, if that is later."""
    return max(event.effective_at, event.recorded_at or event.effective_at)


_Outcomes = dict[tuple[EventType, str], tuple[str, str | None]]


def outcome_of(event: Event, basis: Basis) -> tuple[str, str | None] | None:
    """What the event is in law, as a status of the DPV and the article that gives the right; None when it is neither.

    Under consent a choice gives or withdraws it. Under legitimate interest nothing was consented to: saying no
    is an objection (Art. 21), and saying yes again ends one.
    """
    value = event.value or ""
    consent: _Outcomes = {
        (EventType.SETTING_CHANGED, "on"): ("dpv:ConsentGiven", None),
        (EventType.SETTING_CHANGED, "off"): ("dpv:ConsentWithdrawn", "A7-3"),
        (EventType.OBJECTION_RECEIVED, ""): ("dpv:ConsentWithdrawn", "A7-3"),
        (EventType.RECORD_EXCLUDED, ""): ("dpv:ConsentWithdrawn", "A7-3"),
    }
    interest: _Outcomes = {
        (EventType.SETTING_CHANGED, "off"): ("dpv:RequestFulfilled", "A21"),
        (EventType.SETTING_CHANGED, "on"): (_WITHDRAWN, "A21"),
        (EventType.OBJECTION_RECEIVED, ""): ("dpv:RequestAcknowledged", "A21"),
        (EventType.OBJECTION_DECIDED, "upheld"): ("dpv:RequestAccepted", "A21"),
        (EventType.OBJECTION_DECIDED, "rejected"): ("dpv:RequestRejected", "A21"),
        (EventType.OBJECTION_WITHDRAWN, ""): (_WITHDRAWN, "A21"),
        (EventType.RECORD_EXCLUDED, ""): ("dpv:RequestFulfilled", "A21"),
        (EventType.RECORD_INCLUDED, ""): (_WITHDRAWN, "A21"),
    }
    either: _Outcomes = {
        (EventType.TAKEBACK_REQUESTED, ""): ("dpv:RequestAcknowledged", "A17"),
        (EventType.ERASURE_REQUESTED, ""): ("dpv:RequestAcknowledged", "A17"),
    }
    contract: _Outcomes = {
        (EventType.SETTING_CHANGED, "off"): ("dpv:RequestFulfilled", "A18"),
        (EventType.SETTING_CHANGED, "on"): (_WITHDRAWN, "A18"),
        (EventType.RECORD_EXCLUDED, ""): ("dpv:RequestFulfilled", "A18"),
        (EventType.RECORD_INCLUDED, ""): (_WITHDRAWN, "A18"),
    }
    by_basis = {Basis.CONSENT: consent, Basis.CONTRACT: contract, Basis.LEGITIMATE_INTEREST: interest}
    return (by_basis[basis] | either).get((event.type, value))


def _governed(pack: Pack, purpose: Purpose, setting: SettingName) -> bool:
    own = purpose.setting
    return own is not None and (own == setting or setting in pack.settings[own].off_with)


def _ordered(reasons: set[Reason]) -> tuple[Reason, ...]:
    return tuple(reason for reason in REASONS if reason in reasons)
