"""The finite cells of a pack and a purpose: cases on both sides of every boundary the pack draws.

The fragment is closed, so a rule can only compare an attribute with constants. For each attribute the
breakpoints (below, at, above, null, out of domain) are its *levels*. Their full product is far too large:
each group of attributes that one reason is decided by is taken in full (`GROUPS`), and across groups every
pair of attributes is taken with every pair of their levels, the rest being permitted. That is exhaustive over
each reason's own attributes and pairwise beyond; it is no proof about three-way interactions across reasons,
for which the tests add random cases.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, product
from typing import Any

from assent.policy.evaluate import cutoff, judge
from assent.policy.pack import AgeAt, Others, Pack, Purpose
from assent.vocabulary.identifiers import Category, MemberId, PurposeName, RecordId, RegionCode, Role, SettingName
from assent.vocabulary.records import NO_SIGNALS, SENSITIVE, VISIBILITIES, Case, Record, Signals, Span, Subject
from assent.vocabulary.regions import REGION_CODES
from assent.vocabulary.state import EVERYWHERE, Hold, MemberState, Objection

_TICK = timedelta(microseconds=1)
_DAY = timedelta(days=1)
_LATE = timedelta(days=800)

GROUPS: tuple[tuple[str, ...], ...] = (
    ("region", "at", "hold"),
    ("birth", "created", "at"),
    ("notice", "at"),
    ("setting", "off_with", "region"),
    ("objection", "closed", "erased", "taken_back", "unreadable"),
    ("category", "visibility"),
    ("category", "others"),
    ("excluded", "context", "row", "parent"),
    ("aipref", "tdm", "cawg"),
)
"""Attributes that decide a reason together; each group is taken in full."""

Levels = Mapping[str, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Cell:
    """A case and the level of each attribute that made it; what is not named is at its permitted level."""

    case: Case
    levels: Mapping[str, Any] = field(default_factory=dict)


def cells(pack: Pack, name: PurposeName, *, pairwise: bool = True) -> Iterator[Case]:
    """The cases of a purpose's cells; the first is one that is allowed, if the pack allows anything.

    Args:
        pairwise: also pairs of attributes across reasons, which are most of the cases.

    Cost: about 15,000 cases and half a second for a purpose of a shipped pack.
    """
    for cell in labelled_cells(pack, name, pairwise=pairwise):
        yield cell.case


def labelled_cells(pack: Pack, name: PurposeName, *, pairwise: bool = True) -> Iterator[Cell]:
    """The same with the levels that made each case."""
    purpose = pack.purposes.get(name)
    if purpose is None:
        yield Cell(Case(name, datetime(2026, 1, 1, tzinfo=UTC), MemberState(), Record(RecordId("r"), None, None)))
        return
    levels = levels_of(pack, purpose)
    builder = _Builder(pack, purpose, _permitted(pack, purpose, levels))
    yield Cell(builder.case({}))
    seen: set[tuple[tuple[str, int], ...]] = set()
    for names in (*GROUPS, *(combinations(levels, 2) if pairwise else ())):
        for picks in product(*(range(len(levels[name])) for name in names)):
            key = tuple(sorted(zip(names, picks, strict=True)))
            if key not in seen:
                seen.add(key)
                chosen = {one: levels[one][pick] for one, pick in zip(names, picks, strict=True)}
                yield Cell(builder.case(chosen), chosen)


def levels_of(pack: Pack, purpose: Purpose) -> Levels:
    """Every attribute with its levels; the first of each is meant to permit."""
    categories = _categories(pack, purpose)
    return {
        "region": (*_regions(pack, purpose), None, "", "XX", "de"),
        "at": _moments(pack, purpose),
        "hold": tuple(_holds(pack, purpose)),
        "birth": ("long ago", "at", "day after", "day before", "29 feb", "future", None),
        "created": ("before", None, "from", "just before from", "at", "after", "majority", "28 feb", "1 mar"),
        "notice": ("long ago", None, "just short", "exact", "just long", "now", "later", "other version"),
        "setting": ("on", "off", None, "?"),
        "off_with": tuple(product(("on", "off", None), repeat=len(_upstream(pack, purpose)[:2]))),
        "objection": (None, Objection.OPEN, Objection.UPHELD, Objection.REJECTED, "other purpose"),
        "closed": (False, True),
        "erased": (False, True),
        "taken_back": (False, True),
        "unreadable": (False, True, None),
        "category": categories,
        "visibility": ("enough", *VISIBILITIES, None, "friends"),
        "others": tuple(_OTHERS),
        "excluded": (False, True),
        "context": (frozenset(), frozenset({SENSITIVE}), frozenset({"job"}), frozenset({"job", SENSITIVE})),
        "aipref": (
            None,
            "train-ai=n",
            "train-ai=y",
            "train-ai=N",
            "search=n",
            "train-ai=?0",
            "train-ai=y, train-ai=n",
            "=;",
        ),
        "tdm": (None, 0, 1, "0", "1", "yes", 2),
        "cawg": _CAWG,
        "row": (False, True),
        "parent": (True, False, None),
    }


_CAWG: tuple[Any, ...] = (
    None,
    *(
        {key: use}
        for key in ("cawg.ai_generative_training", "cawg.ai_training", "cawg.data_mining")
        for use in (
            {"use": "allowed"},
            {"use": "notAllowed"},
            {"use": "constrained"},
            "notAllowed",
            {"use": ["notAllowed"]},
        )
    ),
    {"entries": {"c2pa.ai_training": {"use": "notAllowed"}}},
    {"ai_generative_training": "notAllowed"},
    {"entries": "notAllowed"},
)

_OBSTACLES: tuple[tuple[str, Any], ...] = (
    ("region", None),
    ("region", "uncovered"),
    ("birth", None),
    ("birth", "day after"),
    ("notice", None),
    ("notice", "just short"),
    ("setting", "off"),
    ("objection", Objection.OPEN),
    ("objection", Objection.UPHELD),
    ("objection", Objection.REJECTED),
    ("closed", True),
    ("erased", True),
    ("taken_back", True),
    ("unreadable", True),
    ("unreadable", None),
)
_YES: Mapping[str, Any] = {}
_NO: Mapping[str, Any] = {"closed": True}
_HERE = (Span(0, 1),)

_OTHERS: tuple[tuple[tuple[str, Mapping[str, Any], tuple[Span, ...] | None], ...], ...] = (
    (),
    (("quoted", _YES, _HERE),),
    (("quoted", _YES, None),),
    (("quoted", _NO, _HERE),),
    (("quoted", _NO, ()),),
    (("quoted", _NO, None),),
    (("quoted", _NO, _HERE), ("quoted", _NO, _HERE)),
    (("quoted", _YES, _HERE), ("mentioned", _NO, _HERE)),
    (("mentioned", _NO, _HERE), ("quoted", _NO, _HERE), ("mentioned", _NO, ())),
    (("mentioned", _NO, _HERE), ("quoted", _NO, None)),
    *((("quoted", {name: level}, _HERE),) for name, level in _OBSTACLES),
)
"""Who else is in the record: role, what stands against them, where the text names them (None: nobody knows)."""


def _regions(pack: Pack, purpose: Purpose) -> tuple[str, ...]:
    """One region of each class that no rule tells apart, the covered ones first."""
    representatives: dict[tuple[Any, ...], str] = {}
    names = (purpose.setting, *_upstream(pack, purpose)) if purpose.setting else ()
    for code in sorted(REGION_CODES):
        region = RegionCode(code)
        held = tuple(pack.hold_covers(hold, code) for hold in pack.holds if hold.purpose == purpose.name)
        grouped = tuple(code in pack.groups[group] for group in sorted(pack.groups))
        defaults = tuple(pack.settings[name].defaults[region] for name in names)
        starts = purpose.coverage.get(region, "none")
        representatives.setdefault((region not in purpose.coverage, held, defaults, str(starts), grouped), code)
    return tuple(code for _, code in sorted(representatives.items(), key=lambda item: item[0][0]))


def _moments(pack: Pack, purpose: Purpose) -> tuple[datetime, ...]:
    """Long after everything; then below, at and above each instant the pack names, and days around 29 February."""
    holds = [hold for hold in pack.holds if hold.purpose == purpose.name]
    named = {since for since in purpose.coverage.values() if since is not None}
    named |= {instant for hold in holds for instant in (hold.since, hold.until) if instant is not None}
    latest = max(named, default=datetime(2024, 1, 1, tzinfo=UTC))
    leap = next(year for year in range(latest.year + 3, latest.year + 12) if year % 4 == 0 and year % 100)
    days = ((leap, 2, 28), (leap, 2, 29), (leap, 3, 1), (leap + 1, 2, 28), (leap + 1, 3, 1))
    around = [instant + by for instant in sorted(named) for by in (-_TICK, timedelta(0), _TICK)]
    return (latest + _LATE, *around, *(datetime(*day, 12, tzinfo=UTC) for day in days))


@dataclass(frozen=True, slots=True)
class _Held:
    """A ledger hold, relative to the case: `own` and `other` stand for regions, the times are offsets from `at`."""

    purpose: PurposeName
    region: str
    since: timedelta | None
    until: timedelta | None = None

    def resolved(self, at: datetime, region: str | None) -> Hold:
        own = region if region in REGION_CODES else "DE"
        place = {"own": own, "other": "DE" if own == "JP" else "JP"}.get(self.region, self.region)
        since, until = (None if offset is None else at + offset for offset in (self.since, self.until))
        return Hold(self.purpose, str(place), since, until)


def _holds(pack: Pack, purpose: Purpose) -> Iterator[tuple[_Held, ...]]:
    """None; then before, at and after the moment; then here, elsewhere, everywhere, by group and by an unknown name."""
    yield ()
    now, far = timedelta(0), timedelta(days=30)
    spans = ((None, None), (-far, None), (now, None), (_TICK, None), (-far, far), (-far, _TICK), (-far, now))
    for since, until in spans:
        yield (_Held(purpose.name, "own", since, until),)
    for region in (EVERYWHERE, "other", "no such group", *sorted(pack.groups)):
        yield (_Held(purpose.name, region, -far),)
    yield (_Held(PurposeName("another_purpose"), EVERYWHERE, -far),)
    yield (_Held(purpose.name, "other", -far), _Held(purpose.name, "own", -far))


def _categories(pack: Pack, purpose: Purpose) -> tuple[Category | None, ...]:
    """One category of each rule, then the never list, one that no scope knows, and none."""
    by_rule: dict[Any, Category] = {}
    for category, rule in purpose.scope.items():
        visible = tuple(sorted(rule.visibility)) if rule.visibility is not None else None
        by_rule.setdefault((visible, rule.others, rule.two_person), category)
    order = {Others.ANYONE: 0, Others.MASK_OTHERS: 1, Others.ALL_MUST_PERMIT: 2}
    ranked = sorted(by_rule.items(), key=lambda item: (order[item[0][1]], item[0][0] is None))
    return (*(category for _, category in ranked), *sorted(pack.never), Category("no.such.category"), None)


def _upstream(pack: Pack, purpose: Purpose) -> tuple[SettingName, ...]:
    return pack.settings[purpose.setting].off_with if purpose.setting else ()


def _permitted(pack: Pack, purpose: Purpose, levels: Levels) -> Mapping[str, Any]:
    """A level of each attribute such that together they permit; where nothing permits, the first ones."""
    first = {name: values[0] for name, values in levels.items()}
    regions = [region for region in levels["region"] if region in REGION_CODES]
    for region, at, setting in product(regions, levels["at"], ("on",)):
        trial = first | {"region": region, "at": at, "setting": setting}
        if not judge(pack, _Builder(pack, purpose, trial).case({})).mask:
            return trial
    return first


class _Builder:
    """Makes a case from levels: those given over the permitted ones."""

    def __init__(self, pack: Pack, purpose: Purpose, permitted: Mapping[str, Any]) -> None:
        self.pack = pack
        self.purpose = purpose
        self.permitted = permitted
        self.uncovered = next((code for code in sorted(REGION_CODES) if code not in purpose.coverage), "XX")

    def case(self, chosen: Mapping[str, Any]) -> Case:
        pick = {**self.permitted, **chosen}
        at: datetime = pick["at"]
        created_at = self._created(pick["created"], at)
        subjects = tuple(
            Subject(Role(role), MemberId(f"m{index}"), spans) for index, (role, _, spans) in enumerate(pick["others"])
        )
        others = tuple(self._state({**self.permitted, **against}, at, created_at) for _, against, _ in pick["others"])
        return Case(
            purpose=self.purpose.name,
            at=at,
            author=self._state(pick, at, created_at),
            record=Record(
                id=RecordId("r"),
                category=pick["category"],
                author=MemberId("author"),
                subjects=subjects,
                created_at=created_at,
                visibility=self._visibility(pick),
                excluded=pick["excluded"],
                signals=self._signals(pick),
                context=pick["context"],
                parent=None if pick["parent"] is True else RecordId("p"),
                unreadable=pick["row"],
            ),
            others=others,
            holds=tuple(held.resolved(at, pick["region"]) for held in pick["hold"]),
            parent_allowed=pick["parent"],
        )

    def _state(self, pick: Mapping[str, Any], at: datetime, created_at: datetime | None) -> MemberState | None:
        if pick["unreadable"] is None:
            return None
        return MemberState(
            region=self.uncovered if pick["region"] == "uncovered" else pick["region"],
            birth_date=self._birth(pick["birth"], at, created_at),
            settings=self._settings(pick),
            objections=self._objections(pick["objection"]),
            notices=self._notices(pick["notice"], at),
            closed=pick["closed"],
            erased=pick["erased"],
            unreadable=pick["unreadable"],
            taken_back=pick["taken_back"],
        )

    def _birth(self, level: str | None, at: datetime, created_at: datetime | None) -> date | None:
        measured = created_at if self.purpose.age_at is AgeAt.CREATION and created_at and created_at < at else at
        latest = cutoff(measured.date(), self.purpose.minimum_age or 18)
        if level is None or latest is None:
            return None
        leap = latest.year if latest.year % 4 == 0 and (latest.year % 100 or latest.year % 400 == 0) else 2008
        return {
            "long ago": date(1950, 6, 15),
            "at": latest,
            "day after": latest + _DAY,
            "day before": latest - _DAY,
            "29 feb": date(leap, 2, 29),
            "future": (at + _DAY).date(),
        }[level]

    def _created(self, level: str | None, at: datetime) -> datetime | None:
        start = self.purpose.content_from or at - 2 * _LATE
        age = self.purpose.minimum_age or 18
        return {
            None: None,
            "before": max(start, at - timedelta(days=400)),
            "from": start,
            "just before from": start - _TICK,
            "at": at,
            "after": at + 20 * _DAY,
            "majority": datetime(2008 + age, 2, 28, 23, 59, 59, tzinfo=UTC),
            "28 feb": datetime(2008 + age, 2, 28, 23, 59, 59, 999999, tzinfo=UTC),
            "1 mar": datetime(2008 + age, 3, 1, tzinfo=UTC),
        }[level]

    def _notices(self, level: str | None, at: datetime) -> dict[Any, datetime]:
        notice, wait = self.purpose.notice or "a-notice", self.purpose.waiting_period
        if level == "other version":
            return {f"{notice}-2": at - wait - _LATE}
        delivered = {
            "long ago": at - wait - _LATE,
            "just short": at - wait + _TICK,
            "exact": at - wait,
            "just long": at - wait - _TICK,
            "now": at,
            "later": at + _TICK,
        }
        return {} if level is None else {notice: delivered[level]}

    def _settings(self, pick: Mapping[str, Any]) -> dict[SettingName, str]:
        upstream = _upstream(self.pack, self.purpose)
        given = dict(zip(upstream, pick["off_with"], strict=False))
        given |= dict.fromkeys(upstream[2:], "on")
        if self.purpose.setting:
            given[self.purpose.setting] = pick["setting"]
        return {name: value for name, value in given.items() if value is not None}

    def _objections(self, level: Any) -> dict[PurposeName, Objection]:
        if level is None:
            return {}
        if level == "other purpose":
            return {PurposeName("another_purpose"): Objection.UPHELD}
        return {self.purpose.name: level}

    def _visibility(self, pick: Mapping[str, Any]) -> str | None:
        level: str | None = pick["visibility"]
        if level != "enough":
            return level
        rule = self.purpose.scope.get(pick["category"])
        return min(rule.visibility) if rule and rule.visibility else VISIBILITIES[0]

    def _signals(self, pick: Mapping[str, Any]) -> Signals:
        signals = Signals(pick["aipref"], pick["tdm"], pick["cawg"])
        return NO_SIGNALS if signals == NO_SIGNALS else signals
