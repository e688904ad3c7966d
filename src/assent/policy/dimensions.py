"""What two packs can tell apart about one purpose: attributes in levels, in blocks that decide a reason each.

A record is allowed when no block speaks against it, and every reason belongs to one block, so two packs differ
exactly where their blocks do. Inside a block every combination of levels is put to the specification's own
functions, once for each pack: that is exhaustive, because within a level neither pack has a boundary. Levels are
values that say themselves what they stand for, so that anyone can check whether a case falls into one.

What is the same under every pack (a closed account, an item that was excluded, a row nobody can read) has no block.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, product
from typing import Any

from assent.policy.evaluate import age_reasons, own_value, person_reasons, record_reasons
from assent.policy.pack import CategoryRule, Others, Pack, Purpose
from assent.policy.signals import denies_training
from assent.vocabulary.identifiers import Category, MemberId, NoticeId, RecordId, RegionCode, SettingName
from assent.vocabulary.reasons import Reason, to_mask
from assent.vocabulary.records import NO_SIGNALS, SENSITIVE, VISIBILITIES, Record, Signals
from assent.vocabulary.regions import REGION_CODES
from assent.vocabulary.state import Hold, MemberState, Objection

Level = Hashable
Combo = tuple[Level, ...]
Answers = dict[Combo, tuple[int, int]]
"""Reasons under the one pack and under the other, as masks."""
Both = tuple[Any, Any]
"""Something of the one pack and of the other."""

_ANY = datetime(2024, 6, 15, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open stretch of time, [since, until); None is open."""

    since: datetime | None = None
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether the instant lies in it."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Years:
    """An age in whole years, [since, until); None is open."""

    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Time since a notice was first delivered, [since, until); None is open, and below zero it lies ahead."""

    since: timedelta | None = None
    until: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else in the record.

    Args:
        permits: whether they permit under the one pack and under the other.
        spans_known: whether it is known where the text names them.
    """

    permits: tuple[bool, bool]
    spans_known: bool


Nobody = None
"""Nobody else is in the record."""


@dataclass(frozen=True, slots=True)
class Block:
    """Attributes that decide some reasons together.

    Args:
        attributes: their names, the order of a combination.
        answers: every combination that can occur, with its reasons under the one pack and under the other.
        masked: combinations that are allowed with somebody masked, under the one and under the other.
    """

    attributes: tuple[str, ...]
    answers: Answers
    masked: dict[Combo, tuple[bool, bool]]


@dataclass(frozen=True, slots=True)
class Pair:
    """One purpose as two packs have it."""

    packs: tuple[Pack, Pack]
    purposes: tuple[Purpose, Purpose]

    def blocks(self, at: datetime | None = None) -> list[Block]:
        """Everything they can tell apart.

        Args:
            at: look at that moment only; None at every one.
        """
        place = self._place(at)
        persons = [place, *self._choices(), self._made(), *self._notices(), self._objections()]
        differ = {(a == 0, b == 0) for block in persons for a, b in block.answers.values() if (a == 0) != (b == 0)}
        return [*persons, self._content(), self._others(differ), self._sensitive(), self._signals()]

    # --- persons

    def _place(self, at: datetime | None) -> Block:
        """Where and when: coverage, its starts, holds of the packs, holds of the ledger on groups that differ."""
        spans = [each for each in self._spans() if at is None or each.holds(at)]
        groups = sorted({name for pack in self.packs for name in pack.groups})
        changed = [name for name in groups if self.packs[0].groups.get(name) != self.packs[1].groups.get(name)]
        bits = _bits(Reason.ON_HOLD, Reason.REGION_UNKNOWN, Reason.REGION_NOT_COVERED, Reason.NOT_YET_IN_FORCE)
        answers: Answers = {}
        for combo in product(self.regions(), spans, (None, *changed)):
            region, span, group = combo
            holds = () if group is None else (Hold(self.purposes[0].name, group),)
            state = MemberState(region=_some(region))
            moment = _inside(span)
            answers[combo] = self._of_persons(state, bits, at=moment, holds=holds)
        return _block(("region", "at", "hold"), answers)

    def _choices(self) -> Iterator[Block]:
        """Each toggle by itself: whichever of them is off denies, whatever the others are."""
        chains = [_chain(pack, purpose) for pack, purpose in zip(self.packs, self.purposes, strict=True)]
        for name in dict.fromkeys(each for chain in chains for each in chain):
            answers: Answers = {}
            for combo in product(self.regions(), ("on", "off", None)):
                region, choice = combo
                state = MemberState(region=_some(region), settings={} if choice is None else {name: choice})
                code = None if region is None else RegionCode(_some(region) or "")
                off = tuple(
                    name in chain and own_value(pack, name, state, code if code in purpose.coverage else None) == "off"
                    for pack, purpose, chain in zip(self.packs, self.purposes, chains, strict=True)
                )
                answers[combo] = tuple(Reason.SETTING_OFF.bit if each else 0 for each in off)  # type: ignore[assignment]
            yield _block(("region", f"choice:{name}"), answers)

    def _made(self) -> Block:
        """Age at use and at creation, and the date of creation against `content_from`."""
        ages = sorted({each.minimum_age for each in self.purposes if each.minimum_age is not None})
        years = _years(ages)
        starts = sorted({each.content_from for each in self.purposes if each.content_from is not None})
        created = [Span(*ends) for ends in _stretches(starts)]
        answers: Answers = {}
        for combo in product((*years, None), (*years, None), (*created, None)):
            facts = _facts(*combo)
            if facts is not None:
                answers[combo] = _both(_age_and_origin(each, *facts) for each in self.purposes)
        return _block(("age at use", "age at creation", "created"), answers)

    def _notices(self) -> Iterator[Block]:
        for notice in dict.fromkeys(each.notice for each in self.purposes if each.notice is not None):
            waits = {each.waiting_period for each in self.purposes if each.notice == notice} | {timedelta(0)}
            levels = [Elapsed(*ends) for ends in _stretches(sorted(waits))]
            bits = _bits(Reason.NOTICE_NOT_DELIVERED, Reason.WAITING_PERIOD)
            answers: Answers = {}
            for level in (None, *levels):
                state = MemberState(notices=_delivered(notice, level))
                answers[level,] = _where(
                    self._of_persons(state, bits), [each.notice == notice for each in self.purposes]
                )
            yield _block((f"notice:{notice}",), answers)

    def _objections(self) -> Block:
        bits = _bits(Reason.OBJECTION_OPEN, Reason.OBJECTION_UPHELD)
        answers: Answers = {}
        for level in (None, Objection.OPEN, Objection.UPHELD, Objection.REJECTED):
            state = MemberState(objections={} if level is None else {self.purposes[0].name: level})
            answers[level,] = self._of_persons(state, bits)
        return _block(("objection",), answers)

    # --- records

    def _content(self) -> Block:
        bits = _bits(Reason.CATEGORY_NEVER, Reason.CATEGORY_OUT_OF_SCOPE, Reason.NOT_VISIBLE_ENOUGH)
        answers: Answers = {}
        for combo in product(self.categories(), (*VISIBILITIES, None)):
            category, visibility = combo
            record = _record(category=_first(category), visibility=visibility)
            answers[combo] = self._of_record(record, bits)
        return _block(("category", "visibility"), answers)

    def _others(self, differ: Iterable[tuple[bool, bool]]) -> Block:
        """Who else is in the record, by whether they permit: what decides that is in the blocks on persons."""
        permits = [(True, True), (False, False), *sorted(differ)]
        levels = (Nobody, *(Other(each, known) for each in permits for known in (True, False)))
        answers: Answers = {}
        masked: dict[Combo, tuple[bool, bool]] = {}
        for combo in product(self.categories(), levels):
            category, other = combo
            found = [_other_answer(self._rule(side, category), other, side) for side in (0, 1)]
            answers[combo] = (found[0][0], found[1][0])
            masked[combo] = (found[0][1], found[1][1])
        return Block(("category", "others"), answers, masked)

    def _sensitive(self) -> Block:
        answers: Answers = {}
        for level in (False, True):
            record = _record(context=frozenset({SENSITIVE}) if level else frozenset())
            bits = Reason.SENSITIVE_CONTEXT.bit
            answers[level,] = self._of_record(record, bits)
        return _block(("sensitive",), answers)

    def _signals(self) -> Block:
        """By what the signals deny: generative training, other training."""
        answers: Answers = {}
        for level, signals in _SIGNALS.items():
            denied = [Reason.SIGNAL_NO_TRAIN.bit * denies_training(signals, each.kind) for each in self.purposes]
            answers[level,] = (denied[0], denied[1])
        return _block(("signals",), answers)

    # --- levels

    def regions(self) -> tuple[frozenset[str] | None, ...]:
        """Region codes in classes that neither pack tells apart, and the unknown region."""
        classes: dict[Any, set[str]] = {}
        for code in sorted(REGION_CODES):
            classes.setdefault(tuple(self._seen(side, code) for side in (0, 1)), set()).add(code)
        return (*map(frozenset, classes.values()), None)

    def categories(self) -> tuple[frozenset[str] | None, ...]:
        """Categories in classes that neither pack tells apart; None stands for all that no pack names."""
        named = sorted(
            {each for pack in self.packs for each in pack.never} | {c for p in self.purposes for c in p.scope}
        )
        classes: dict[Any, set[str]] = {}
        for name in named:
            seen = tuple((Category(name) in p.never, _key(q.scope.get(Category(name)))) for p, q in self._sides())
            classes.setdefault(seen, set()).add(name)
        return (*map(frozenset, classes.values()), None)

    def _seen(self, side: int, code: str) -> tuple[Any, ...]:
        pack, purpose = self.packs[side], self.purposes[side]
        region = RegionCode(code)
        holds = tuple(pack.hold_covers(hold, code) for hold in pack.holds if hold.purpose == purpose.name)
        groups = tuple(code in pack.groups[name] for name in sorted(pack.groups))
        defaults = tuple(pack.settings[name].defaults[region] for name in _chain(pack, purpose))
        return (purpose.coverage.get(region, "uncovered"), holds, groups, defaults)

    def _spans(self) -> list[Span]:
        instants = {each for purpose in self.purposes for each in purpose.coverage.values()}
        for pack, purpose in self._sides():
            holds = [hold for hold in pack.holds if hold.purpose == purpose.name]
            instants |= {each for hold in holds for each in (hold.since, hold.until)}
        return [Span(*ends) for ends in _stretches(sorted(each for each in instants if each is not None))]

    def _rule(self, side: int, category: Level) -> CategoryRule | None:
        name = _first(category)
        return None if name is None else self.purposes[side].scope.get(name)

    def _sides(self) -> Iterator[tuple[Pack, Purpose]]:
        return zip(self.packs, self.purposes, strict=True)

    def _of_persons(
        self, state: MemberState, bits: int, *, at: datetime = _ANY, holds: tuple[Hold, ...] = ()
    ) -> tuple[int, int]:
        found = [to_mask(person_reasons(*side, state, at, None, holds)) & bits for side in self._sides()]
        return found[0], found[1]

    def _of_record(self, record: Record, bits: int) -> tuple[int, int]:
        found = [to_mask(record_reasons(*side, record)) & bits for side in self._sides()]
        return found[0], found[1]


def _chain(pack: Pack, purpose: Purpose) -> tuple[SettingName, ...]:
    """The purpose's toggle and everything that turns it off."""
    return () if purpose.setting is None else (purpose.setting, *pack.settings[purpose.setting].off_with)


def _both(found: Iterable[Iterable[Reason]]) -> tuple[int, int]:
    one, two = map(to_mask, found)
    return one, two


def _where(masks: tuple[int, int], concerned: list[bool]) -> tuple[int, int]:
    return masks[0] * concerned[0], masks[1] * concerned[1]


def _other_answer(rule: CategoryRule | None, other: Level, side: int) -> tuple[int, bool]:
    """What somebody else in the record does to it, and whether they are masked. As `evaluate.judge` says it."""
    if rule is None or rule.others is Others.ANYONE:
        return 0, False
    everyone = rule.others is Others.ALL_MUST_PERMIT
    if not isinstance(other, Other):
        return (Reason.OTHER_SUBJECT.bit if everyone and rule.two_person else 0), False
    if other.permits[side]:
        return 0, False
    if everyone or not other.spans_known:
        return Reason.OTHER_SUBJECT.bit, False
    return 0, True


def _age_and_origin(
    purpose: Purpose, birth_date: date | None, at: datetime, created_at: datetime | None
) -> set[Reason]:
    found = age_reasons(purpose, birth_date, at, created_at)
    if purpose.content_from and (created_at is None or created_at < purpose.content_from):
        found.add(Reason.TOO_OLD)
    return found


def _facts(
    at_use: Years | None, at_creation: Years | None, created: Span | None
) -> tuple[date | None, datetime, datetime | None] | None:
    """A birth date, a moment of use and one of creation that fall into these levels; None where there are none."""
    if at_use is None:
        return None if at_creation is not None else (None, _ANY, None if created is None else _inside(created))
    if (at_creation is None) != (created is None):
        return None
    used_at = at_use.since if at_use.since is not None else (at_use.until or 31) - 1
    if at_creation is None or created is None:
        return date(_ANY.year - used_at, 6, 1), _ANY, None
    if (at_creation.since or 0) > (at_use.since or 0):
        return None
    made_at = at_creation.since if at_creation.since is not None else (at_creation.until or 31) - 1
    moment = _inside(created)
    try:
        birth = date(moment.year - made_at, moment.month, min(moment.day, 28))
        at = moment if at_creation == at_use else datetime(birth.year + used_at, birth.month, birth.day, 23, tzinfo=UTC)
    except ValueError:
        return None
    return birth, at, moment


def _delivered(notice: NoticeId, level: Elapsed | None) -> dict[NoticeId, datetime]:
    if level is None:
        return {}
    elapsed = level.since if level.since is not None else (level.until or timedelta(0)) - timedelta.resolution
    return {notice: _ANY - elapsed}


def _years(ages: list[int]) -> list[Years]:
    return [Years(*ends) for ends in _stretches(ages)]


def _stretches(points: list[Any]) -> Iterator[Both]:
    """What lies between the points, the ends open."""
    ends = [None, *points, None]
    return pairwise(ends)


def _inside(span: Span) -> datetime:
    """The first instant of the span, or the last before its end."""
    if span.since is not None:
        return span.since
    return _ANY if span.until is None else span.until - timedelta.resolution


def _some(region: Level) -> str | None:
    return min(region) if isinstance(region, frozenset) else None


def _first(category: Level) -> Category | None:
    return Category(min(category)) if isinstance(category, frozenset) else None


def _record(**given: Any) -> Record:
    return Record(RecordId("r"), given.pop("category", None), MemberId("m"), **given)


def _key(rule: CategoryRule | None) -> Hashable:
    return None if rule is None else (rule.visibility, rule.others, rule.two_person)


def _bits(*reasons: Reason) -> int:
    return to_mask(reasons)


def _block(attributes: tuple[str, ...], answers: Answers) -> Block:
    return Block(attributes, answers, {})


_SIGNALS = {
    (False, False): NO_SIGNALS,
    (True, False): Signals(aipref="train-ai=n"),
    (False, True): Signals(cawg={"cawg.ai_training": {"use": "notAllowed"}}),
    (True, True): Signals(tdm_reservation=1),
}
"""Signals by what they deny: generative training, other training."""
