"""What a platform does with data, in numbers, from the ledger alone: exact, for whoever may see exact ones.

The public sees these as `figures_public` leaves them. Nobody's words, names or addresses are read.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Final

import numpy as np

from assent.ledger import fold_holds
from assent.ledger.stored import Positioned
from assent.operations.platform import Platform
from assent.operations.population import Population, Truths, read_population
from assent.operations.requests_counted import Claims, Outcomes, claims_in, objections_in, takebacks_in
from assent.policy.pack import Pack
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import NoticeId, PurposeName, SettingName

SLOW_SECONDS: Final = 0.5
KEPT_SECONDS: Final = 5.0
"""Figures that took longer than `SLOW_SECONDS` to count are given again for so long, though the ledger grew."""

MOST_KEPT: Final = 16
CHECKS: Final = ("snapshot.verify",)
"""What the staff's trail calls a check: a data set of which every decision is derived again."""


@dataclass(frozen=True, slots=True)
class RegionFigures:
    """The members of one region; of a region that nobody knows, `region` is None.

    Args:
        off: for how many each setting is off, whatever turned it off; `chose_off`: who chose that themselves.
        told: to how many each notice was delivered.
    """

    region: str | None
    members: int
    off: Mapping[SettingName, int]
    chose_off: Mapping[SettingName, int]
    told: Mapping[NoticeId, int]


@dataclass(frozen=True, slots=True)
class StandingHold:
    """A use that is stopped somewhere now; `by_rules` when the pack itself says so."""

    purpose: PurposeName
    region: str
    since: datetime | None
    until: datetime | None
    by_rules: bool


@dataclass(frozen=True, slots=True)
class Artefacts:
    """Data sets and models that were sealed, and what became of them."""

    sealed: int = 0
    superseded: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything counted, as of a moment and a size of the ledger.

    Args:
        members: who joined and has not left; `unreadable` of them cannot be counted further.
        months: how often each setting was switched off and on: (month, setting) → (off, on).
        weeks: the same by week of ISO 8601.
        median_days: from receipt of an objection to its first decision; None before the first.
        takebacks_done: of those asked for, how many nothing is left of in any data set made before.
        audits: how often the staff had a data set verified.
    """

    at: datetime
    size: int
    members: int
    unreadable: int
    regions: tuple[RegionFigures, ...]
    months: Mapping[tuple[str, SettingName], tuple[int, int]]
    holds: tuple[StandingHold, ...]
    objections: tuple[Outcomes, ...]
    median_days: float | None
    decided: int
    claims: Claims
    takebacks_asked: int
    takebacks_done: int
    snapshots: Artefacts
    models: Artefacts
    erasures_asked: int
    erasures_done: int
    audits: int
    actions: Mapping[str, int] = field(default_factory=dict)
    weeks: Mapping[tuple[str, SettingName], tuple[int, int]] = field(default_factory=dict)

    def off(self, setting: SettingName) -> int:
        """For how many members the setting is off."""
        return sum(each.off[setting] for each in self.regions)

    def told(self, notice: NoticeId) -> int:
        """To how many members the notice was delivered."""
        return sum(each.told[notice] for each in self.regions)


@dataclass(frozen=True, slots=True)
class _Kept:
    figures: Figures
    counted_at: float
    seconds: float


_KEPT: dict[tuple[Path, str, datetime | None], _Kept] = {}


def figures_of(platform: Platform, *, at: datetime | None = None) -> Figures:
    """Everything counted.

    Args:
        at: what was the case at that moment, as far as is known now; None is now.

    Cost: about 0.4 µs an event of the ledger, and 3 µs for each that its columns do not have yet. Kept while the
    ledger does not grow, and for a few seconds where counting takes long.
    """
    place = (platform.workspace.root, platform.pack.digest, at)
    kept, started = _KEPT.get(place), time.monotonic()
    size = platform.ledger.size
    if kept and (
        kept.figures.size == size or (kept.seconds > SLOW_SECONDS and started - kept.counted_at < KEPT_SECONDS)
    ):
        return kept.figures
    found = _count(platform, size, at or platform.present())
    if len(_KEPT) > MOST_KEPT:  # moments that passed
        _KEPT.clear()
    _KEPT[place] = _Kept(found, time.monotonic(), time.monotonic() - started)
    return found


def _count(platform: Platform, size: int, at: datetime) -> Figures:
    pack, ledger = platform.pack, platform.ledger
    people = read_population(ledger.columns(size=size), at=at)
    system = [each for each in ledger.system_events(size=size) if _by(each, at)]
    objections, days = objections_in(platform, people.told)
    happened = Counter(each.type for _, each in system if isinstance(each, Event))
    actions = Counter(
        each.key or "" for _, each in system if isinstance(each, Event) and each.type is EventType.STAFF_ACTED
    )
    kinds = Counter(each.kind for each in people.told)
    asked, done = takebacks_in(platform, people.told)
    return Figures(
        at=at,
        size=size,
        members=int(people.known.sum()),
        unreadable=int((people.known & people.unreadable).sum()),
        regions=_regions(pack, people),
        months=_spans(people.months),
        weeks=_spans(people.weeks),
        holds=_holds(pack, system, at=at, size=size),
        objections=objections,
        median_days=median(days) if days else None,
        decided=len(days),
        claims=claims_in(people.told),
        takebacks_asked=asked,
        takebacks_done=done,
        snapshots=Artefacts(
            happened[EventType.SNAPSHOT_SEALED],
            happened[EventType.SNAPSHOT_SUPERSEDED],
            happened[EventType.SNAPSHOT_REMOVED],
        ),
        models=Artefacts(happened[EventType.MODEL_SEALED], happened[EventType.MODEL_SUPERSEDED]),
        erasures_asked=kinds[EventType.ERASURE_REQUESTED] + kinds[EventType.ERASURE_COMPLETED],
        erasures_done=kinds[EventType.ERASURE_COMPLETED],
        audits=sum(actions[check] for check in CHECKS),
        actions=dict(actions),
    )


def _by(each: Positioned, at: datetime) -> bool:
    return each[1].effective_at is None or each[1].effective_at <= at


# --- people


def _regions(pack: Pack, people: Population) -> tuple[RegionFigures, ...]:
    choices = {name: people.choice(name) for name in pack.settings}
    nobody = np.zeros(people.count, np.bool_)
    found = []
    for region, here in people.regions().items():
        own_off = {
            name: here & ((choices[name] == 0) | ((choices[name] < 0) & (_default(pack, name, region) == "off")))
            for name in pack.settings
        }
        found.append(
            RegionFigures(
                region=region,
                members=int(here.sum()),
                off={name: _sum(_any((own_off[name], *_others(pack, name, own_off)))) for name in pack.settings},
                chose_off={name: int((here & (choices[name] == 0)).sum()) for name in pack.settings},
                told={each: int((here & people.noticed.get(each, nobody)).sum()) for each in pack.notices},
            )
        )
    return tuple(sorted(found, key=lambda each: (each.region is None, -each.members, each.region or "")))


def _default(pack: Pack, name: SettingName, region: str | None) -> str | None:
    return next((value for code, value in pack.settings[name].defaults.items() if code == region), None)


def _others(pack: Pack, name: SettingName, own_off: Mapping[SettingName, Truths]) -> list[Truths]:
    return [own_off[other] for other in pack.settings[name].off_with]


def _any(truths: Sequence[Truths]) -> Truths:
    found = truths[0]
    for each in truths[1:]:
        found = found | each
    return found


def _sum(truths: Truths) -> int:
    return int(truths.sum())


def _spans(counted: Mapping[tuple[str, str, str], int]) -> dict[tuple[str, SettingName], tuple[int, int]]:
    places = sorted({(span, setting) for span, setting, _ in counted})
    return {
        (span, SettingName(setting)): (counted.get((span, setting, "off"), 0), counted.get((span, setting, "on"), 0))
        for span, setting in places
    }


# --- the rules' interruptions


def _holds(pack: Pack, system: Sequence[Positioned], *, at: datetime, size: int) -> tuple[StandingHold, ...]:
    own = [StandingHold(each.purpose, each.region, each.since, each.until, by_rules=True)
           for each in pack.holds if each.in_force(at)]  # fmt: skip
    placed = [StandingHold(each.purpose, each.region, each.since, each.until, by_rules=False)
              for each in fold_holds(system, at=at, size=size)]  # fmt: skip
    return (*own, *placed)
