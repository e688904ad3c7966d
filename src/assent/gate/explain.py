"""Why a verdict is what it is: the rule, and what was said that made it apply, in sentences.

Of other people in a record only their role is told, never what they chose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from assent.policy.evaluate import effective, judge, person_reasons
from assent.policy.pack import Pack, Purpose
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import RegionCode, SettingName
from assent.vocabulary.reasons import Reason, from_mask
from assent.vocabulary.records import Case, Judgment

Said = tuple[int, Event]


_STATED_BY_PURPOSE = frozenset(
    {Reason.AGE_UNKNOWN, Reason.UNDER_AGE, Reason.OBJECTION_OPEN, Reason.OBJECTION_UPHELD, Reason.SENSITIVE_CONTEXT}
)
"""Reasons whose rule stands in the purpose itself, so that its note says where it comes from."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason, told twice.

    Args:
        sentence: for the member.
        rule: the pack's own words, where it has any.
        events: positions of the ledger events it rests on.
    """

    reason: Reason
    sentence: str
    rule: str
    events: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A judgment with its causes; `summary` is one sentence that stands alone."""

    judgment: Judgment
    summary: str
    causes: tuple[Cause, ...]


def explain(pack: Pack, case: Case, said: Iterable[Said]) -> Explanation:
    """The judgment of the case, with a cause for each of its reasons.

    Args:
        said: the author's events that count, with their positions in the ledger.
    """
    judgment = judge(pack, case)
    purpose = pack.purposes.get(case.purpose)
    counted = sorted(
        ((seq, event) for seq, event in said if event.effective_at <= case.at),
        key=lambda pair: (pair[1].effective_at, pair[0]),
    )
    teller = _Teller(pack, purpose, case, counted) if purpose else None
    causes = tuple(
        teller.cause(reason) if teller else Cause(reason, reason.for_members, "", ())
        for reason in from_mask(judgment.mask)
    )
    return Explanation(judgment, _summary(case, purpose, judgment), causes)


def _summary(case: Case, purpose: Purpose | None, judgment: Judgment) -> str:
    use = purpose.title if purpose else case.purpose
    on = _day(case.at)
    if judgment.mask:
        return f"On {on} this {case.record.category or 'record'} may not be used for “{use}”."
    masked = f", with {_and(judgment.masks)} masked" if judgment.masks else ""
    return f"On {on} this {case.record.category} may be used for “{use}”{masked}."


class _Teller:
    """Tells the cause of each reason of one case."""

    def __init__(self, pack: Pack, purpose: Purpose, case: Case, said: Sequence[Said]) -> None:
        self.pack = pack
        self.purpose = purpose
        self.case = case
        self.said = said

    def cause(self, reason: Reason) -> Cause:
        special: dict[Reason, Callable[[], tuple[str, tuple[int, ...]]]] = {
            Reason.SETTING_OFF: self._setting,
            Reason.OBJECTION_OPEN: self._objection,
            Reason.OBJECTION_UPHELD: self._objection,
            Reason.NOT_YET_IN_FORCE: self._start,
            Reason.WAITING_PERIOD: self._waiting,
            Reason.REGION_NOT_COVERED: self._region,
            Reason.OTHER_SUBJECT: self._others,
            Reason.CATEGORY_NEVER: self._category,
            Reason.CATEGORY_OUT_OF_SCOPE: self._category,
            Reason.UNDER_AGE: self._age,
            Reason.ACCOUNT_CLOSED: lambda: self._by_event(EventType.ACCOUNT_CLOSED),
            Reason.ERASED: lambda: self._by_event(EventType.ERASURE_REQUESTED, EventType.ERASURE_COMPLETED),
            Reason.ITEM_EXCLUDED: lambda: self._by_event(EventType.RECORD_EXCLUDED, key=self.case.record.id),
        }
        detail, events = special.get(reason, lambda: ("", ()))()
        sentence = f"{reason.for_members} {detail}".strip()
        return Cause(reason, sentence, self._rule(reason), events)

    def _rule(self, reason: Reason) -> str:
        if reason is Reason.SETTING_OFF and self.purpose.setting:
            return self.pack.settings[self.purpose.setting].note
        if reason in (Reason.NOTICE_NOT_DELIVERED, Reason.WAITING_PERIOD) and self.purpose.notice:
            return self.pack.notices[self.purpose.notice].note
        if reason in (Reason.NOT_YET_IN_FORCE, Reason.REGION_NOT_COVERED, Reason.REGION_UNKNOWN):
            return " ".join(self.purpose.coverage_notes)
        return self.purpose.note if reason in _STATED_BY_PURPOSE else ""

    def _setting(self) -> tuple[str, tuple[int, ...]]:
        state, name = self.case.author, self.purpose.setting
        if state is None or name is None:
            return "", ()
        region = RegionCode(state.region) if state.region and state.region in self.purpose.coverage else None
        for other in self.pack.settings[name].off_with:
            if effective(self.pack, other, state, region) == "off":
                sentence, events = self._choice(other)
                return f"It is off together with “{self.pack.settings[other].title}”. {sentence}".strip(), events
        return self._choice(name)

    def _choice(self, name: SettingName) -> tuple[str, tuple[int, ...]]:
        title = self.pack.settings[name].title
        last = self._last(EventType.SETTING_CHANGED, key=name)
        if last is None:
            return f"“{title}” is off by default where you live, and you never turned it on.", ()
        return f"You turned “{title}” {last[1].value} on {_day(last[1].effective_at)}.", (last[0],)

    def _objection(self) -> tuple[str, tuple[int, ...]]:
        about = [
            (seq, event)
            for seq, event in self.said
            if event.key == self.purpose.name and event.type.value.startswith("objection.")
        ]
        steps = [f"{event.type.value.partition('.')[2]} on {_day(event.effective_at)}" for _, event in about]
        return f"Your objection: {_and(steps)}.", tuple(seq for seq, _ in about)

    def _start(self) -> tuple[str, tuple[int, ...]]:
        region = self.case.author.region if self.case.author else None
        since = self.purpose.coverage.get(RegionCode(region)) if region else None
        last = self._last(EventType.MEMBER_REGION)
        return (f"In {region} it starts on {_day(since)}." if since else ""), (last[0],) if last else ()

    def _region(self) -> tuple[str, tuple[int, ...]]:
        last = self._last(EventType.MEMBER_REGION)
        return (f"Your region is {last[1].value}." if last else ""), (last[0],) if last else ()

    def _waiting(self) -> tuple[str, tuple[int, ...]]:
        first = next(
            (
                (seq, event)
                for seq, event in self.said
                if event.type is EventType.NOTICE_DELIVERED and event.key == self.purpose.notice
            ),
            None,
        )
        if first is None:
            return "", ()
        told_at = first[1].effective_at
        until = told_at + self.purpose.waiting_period
        return f"You were told on {_day(told_at)}; nothing is used before {_day(until)}.", (first[0],)

    def _others(self) -> tuple[str, tuple[int, ...]]:
        roles = [
            subject.role
            for subject, state in zip(self.case.record.subjects, self.case.others, strict=True)
            if person_reasons(
                self.pack, self.purpose, state, self.case.at, self.case.record.created_at, self.case.holds
            )
        ]
        if not roles:
            return "It names nobody else, though this kind of record always has a second person.", ()
        return f"Who does not permit it: {_and(list(dict.fromkeys(roles)))}.", ()

    def _category(self) -> tuple[str, tuple[int, ...]]:
        return f"It is a {self.case.record.category or 'record of no known kind'}.", ()

    def _age(self) -> tuple[str, tuple[int, ...]]:
        last = self._last(EventType.MEMBER_BIRTH_DATE)
        measured = "when it was written" if self.purpose.age_at.value == "creation" else "now"
        return f"The minimum age is {self.purpose.minimum_age}, {measured}.", (last[0],) if last else ()

    def _by_event(self, *types: EventType, key: str | None = None) -> tuple[str, tuple[int, ...]]:
        last = self._last(*types, key=key)
        return (f"Since {_day(last[1].effective_at)}." if last else ""), (last[0],) if last else ()

    def _last(self, *types: EventType, key: str | None = None) -> Said | None:
        matching = [
            (seq, event) for seq, event in self.said if event.type in types and (key is None or event.key == key)
        ]
        return matching[-1] if matching else None


def _day(instant: datetime) -> str:
    return f"{instant.day} {instant:%B %Y}"


def _and(words: Sequence[str]) -> str:
    return ", ".join(words[:-1]) + f" and {words[-1]}" if len(words) > 1 else "".join(words)
