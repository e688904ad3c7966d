"""What becomes of a bundle: the pack's own evaluator, asked for every value of every fact an export does not have.

The export says what somebody wrote and when, seldom who could see it, never what another person chose. So each
fact has the values it can have, one when it is known; the online evaluator (`policy.online`) answers for all
combinations, and their answers are the outcome:

    allowed in all      used            it does not depend on anything that is not known
    allowed in some     may be used     depends on the facts that make the difference; for a person: assume used
    allowed in none     never           for the reasons that are left in the most favourable combination

No category, file or region is special here; what the rules ask, the combinations show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import product
from typing import Any

from assent.exposure.inventory import Traits
from assent.policy.evaluate import person_reasons
from assent.policy.online import Online, compile_online
from assent.policy.pack import AgeAt, Pack, Purpose
from assent.vocabulary.identifiers import Category, MemberId, PurposeName, RecordId, RegionCode, Role, SettingName
from assent.vocabulary.reasons import Reason, from_mask
from assent.vocabulary.records import VISIBILITIES, Record, Subject
from assent.vocabulary.state import MemberState, Objection

OWNER, OTHER = MemberId("owner"), MemberId("other")
_LONG_AGO = date(1900, 1, 1)
_LONG_TOLD = datetime(1990, 1, 1, tzinfo=UTC)


class Outcome(StrEnum):
    """What becomes of a record."""

    USED = "used"
    MAY_BE_USED = "may_be_used"
    NEVER = "never"


class Fact(StrEnum):
    """What an export may not say, and a rule may ask."""

    CATEGORY = "category"
    VISIBILITY = "visibility"
    CREATED_AT = "created_at"
    BIRTH_DATE = "birth_date"
    NOTICE = "notice"
    WRITER = "writer"
    OTHER_PERSON = "other_person"
    ORIGINAL = "original"


@dataclass(frozen=True, slots=True)
class Person:
    """The owner of the export: what they say of themselves, and what they chose.

    Args:
        birth_date: None is unknown.
        settings: explicit choices; all others are as the platform left them.
        objections: purposes they objected to.
        joined_on: nothing of theirs is older; None is unknown.
    """

    region: RegionCode
    birth_date: date | None = None
    settings: Mapping[SettingName, str] = field(default_factory=dict)
    objections: frozenset[PurposeName] = frozenset()
    joined_on: date | None = None

    def switched_off(self, setting: SettingName) -> Person:
        """The same person after turning a setting off."""
        return replace(self, settings={**self.settings, setting: "off"})

    def objecting(self, purpose: PurposeName) -> Person:
        """The same person after objecting to a purpose."""
        return replace(self, objections=self.objections | {purpose})


@dataclass(frozen=True, slots=True)
class Finding:
    """What becomes of a record, and why.

    Args:
        reasons: of `never`, what stands against it even in the most favourable case.
        facts: of `may_be_used`, which facts decide.
        visibilities: the values of `visibility` with which it would be used, where that decides.
    """

    outcome: Outcome
    reasons: tuple[Reason, ...] = ()
    facts: tuple[Fact, ...] = ()
    visibilities: tuple[str, ...] = ()


class Judge:
    """A pack and a person, ready to be asked about bundles at any moment."""

    def __init__(self, pack: Pack, person: Person, compiled: Mapping[PurposeName, Online] | None = None) -> None:
        self.pack = pack
        self.person = person
        self._online = compiled or {name: compile_online(pack, name) for name in pack.purposes}
        self.eras = eras(pack, person.birth_date)
        self._findings: dict[tuple[Traits, int | None, PurposeName, datetime], Finding] = {}
        self._strangers: dict[tuple[PurposeName, datetime, datetime], MemberState] = {}

    def of(self, person: Person) -> Judge:
        """The same pack for the person after a choice."""
        return Judge(self.pack, person, self._online)

    def era(self, made_on: date | None) -> int | None:
        """Which stretch of time a day is in, between the dates that make a difference to a rule."""
        return None if made_on is None else sum(since <= made_on for since in self.eras)

    def find(self, traits: Traits, era: int | None, name: PurposeName, at: datetime) -> Finding:
        """What becomes of records with these traits, made in that era, for a purpose at a moment."""
        key = (traits, era, name, at)
        if key not in self._findings:
            self._findings[key] = self._finding(*key)
        return self._findings[key]

    def _finding(self, traits: Traits, era: int | None, name: PurposeName, at: datetime) -> Finding:
        values = self._values(traits, era, self.pack.purposes[name], at)
        masks = {
            combination: self._mask(traits, name, at, dict(zip(values, combination, strict=True)))
            for combination in product(*values.values())
        }
        if not any(masks.values()):
            return Finding(Outcome.USED)
        if all(masks.values()):
            fewest = min(masks.values(), key=lambda mask: (mask.bit_count(), mask & -mask))
            return Finding(Outcome.NEVER, reasons=from_mask(fewest))
        deciding = tuple(fact for place, fact in enumerate(values) if _decides(masks, place))
        seen_by = tuple(values).index(Fact.VISIBILITY)
        allowing = {combination[seen_by] for combination, mask in masks.items() if not mask}
        shown = tuple(value for value in VISIBILITIES if value in allowing) if Fact.VISIBILITY in deciding else ()
        return Finding(Outcome.MAY_BE_USED, facts=deciding, visibilities=shown)

    def _values(self, traits: Traits, era: int | None, purpose: Purpose, at: datetime) -> dict[Fact, Sequence[Any]]:
        """Every fact and the values it can have; a single one where it is known or nobody is there to have it."""
        earliest = self.era(self.person.joined_on) or 0
        possible = [era] if era is not None else range(earliest, len(self.eras) + 1)
        born = self.person.birth_date
        return {
            Fact.CATEGORY: (traits.category, None) if traits.assumed else (traits.category,),
            Fact.VISIBILITY: (traits.visibility,) if traits.visibility else VISIBILITIES,
            Fact.CREATED_AT: [_within(self.eras, each) for each in possible],
            Fact.BIRTH_DATE: (born,) if born else (_LONG_AGO, at.date()),
            Fact.NOTICE: (None,) if purpose.notice is None else (_LONG_TOLD, None),
            Fact.WRITER: (True,) if traits.by_owner else (True, False),
            Fact.OTHER_PERSON: (True, False) if traits.by_owner and traits.other else (True,),
            Fact.ORIGINAL: (True, False) if traits.quotes else (True,),
        }

    def _mask(self, traits: Traits, name: PurposeName, at: datetime, facts: Mapping[Fact, Any]) -> int:
        """The reasons against one combination, none of them unknown any more."""
        created_at: datetime = facts[Fact.CREATED_AT]
        owner = self._owner(name, facts[Fact.BIRTH_DATE], facts[Fact.NOTICE])
        author = owner
        others: tuple[tuple[Role, MemberId, MemberState], ...] = ()
        if not traits.by_owner:
            author = self._stranger(name, at, created_at, permits=facts[Fact.WRITER])
            others = ((traits.other or Role("other"), OWNER, owner),)
        elif traits.other:
            stranger = self._stranger(name, at, created_at, permits=facts[Fact.OTHER_PERSON])
            others = ((traits.other, OTHER, stranger),)
        category: Category | None = facts[Fact.CATEGORY]
        record = Record(
            RecordId("record"),
            category,
            OWNER if traits.by_owner else OTHER,
            tuple(Subject(role, member) for role, member, _ in others),
            created_at,
            facts[Fact.VISIBILITY],
        )
        states = tuple(state for _, _, state in others)
        return self._online[name].mask(author, record, at, states, (), facts[Fact.ORIGINAL])

    def _owner(self, name: PurposeName, born: date | None, told_at: datetime | None) -> MemberState:
        notice = self.pack.purposes[name].notice
        return MemberState(
            region=self.person.region,
            birth_date=born,
            settings=self.person.settings,
            objections=dict.fromkeys(self.person.objections, Objection.OPEN),
            notices={notice: told_at} if notice and told_at else {},
        )

    def _stranger(self, name: PurposeName, at: datetime, created_at: datetime, *, permits: bool) -> MemberState:
        """Somebody nothing is known of: as permissive as anybody anywhere can be, or somebody who objected."""
        key = (name, at, created_at)
        if key not in self._strangers:
            self._strangers[key] = self._permissive(*key)
        willing = self._strangers[key]
        return willing if permits else replace(willing, objections={name: Objection.UPHELD})

    def _permissive(self, name: PurposeName, at: datetime, created_at: datetime) -> MemberState:
        purpose = self.pack.purposes[name]
        willing = MemberState(
            region=self.person.region,
            birth_date=_LONG_AGO,
            settings=dict.fromkeys(self.pack.settings, "on"),
            notices=dict.fromkeys(self.pack.notices, _LONG_TOLD),
        )
        for region in (self.person.region, *sorted(purpose.coverage)):
            there = replace(willing, region=region)
            if not person_reasons(self.pack, purpose, there, at, created_at):
                return there
        return willing


def _decides(masks: Mapping[tuple[Any, ...], int], place: int) -> bool:
    """Whether two combinations that differ in this fact alone come out differently."""
    allowed: dict[tuple[Any, ...], bool] = {}
    for combination, mask in masks.items():
        rest = (*combination[:place], *combination[place + 1 :])
        if allowed.setdefault(rest, not mask) is not (not mask):
            return True
    return False


def eras(pack: Pack, birth_date: date | None) -> tuple[date, ...]:
    """The days at which a record's making begins to count differently, in order: birthdays and earliest dates."""
    days: set[date] = set()
    for purpose in pack.purposes.values():
        if purpose.content_from is not None:
            days.add(purpose.content_from.date())
        if purpose.minimum_age is not None and purpose.age_at is AgeAt.CREATION and birth_date is not None:
            days.add(of_age_on(birth_date, purpose.minimum_age))
    return tuple(sorted(days))


def _within(eras: Sequence[date], era: int) -> datetime:
    """An instant in that era."""
    day = eras[era - 1] if era else (eras[0] - timedelta(days=1) if eras else date(2020, 1, 1))
    return datetime.combine(day, time(), UTC)


def of_age_on(birth_date: date, years: int) -> date:
    """The first day on which somebody is that old; born on 29 February, it is 1 March."""
    try:
        return birth_date.replace(year=birth_date.year + years)
    except ValueError:
        return date(birth_date.year + years, 3, 1)
