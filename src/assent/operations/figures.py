"""What a platform does with data, in numbers, from the ledger alone: exact, for whoever may see exact ones.

The public sees these as `figures_public` leaves them. Nobody's words, names or addresses are read.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assent.errors import AssentError
from assent.ledger import fold_holds
from assent.ledger.stored import Positioned
from assent.operations.platform import Platform
from assent.operations.population import Population, Told, Truths, read_population
from assent.operations.progress import manifest_of, standing_of
from assent.policy.pack import Pack
from assent.snapshot.holding import rows_of
from assent.snapshot.since import Moment
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import NoticeId, PurposeName, SettingName

SLOW_SECONDS: Final = 0.5
KEPT_SECONDS: Final = 5.0
"""Figures that took longer than `SLOW_SECONDS` to count are given again for so long, though the ledger grew."""

MOST_KEPT: Final = 16


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
class Outcomes:
    """What became of objections to one use; `received` is the sum of the four states. An appeal is no new objection.

    Args:
        appealed: how many of them were appealed, whatever came of it.
    """

    purpose: PurposeName
    received: int = 0
    open: int = 0
    upheld: int = 0
    rejected: int = 0
    withdrawn: int = 0
    appealed: int = 0


@dataclass(frozen=True, slots=True)
class Claims:
    """What became of claims that a model repeats somebody's data."""

    received: int = 0
    open: int = 0
    confirmed: int = 0
    not_confirmed: int = 0


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
        median_days: from receipt of an objection to its first decision; None before the first.
        takebacks_done: of those asked for, how many nothing is left of in any data set made before.
        audits: how often the staff had data sets or the ledger verified.
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
    objections, days = _objections(platform, people.told)
    happened = Counter(each.type for _, each in system if isinstance(each, Event))
    actions = Counter(
        each.key or "" for _, each in system if isinstance(each, Event) and each.type is EventType.STAFF_ACTED
    )
    kinds = Counter(each.kind for each in people.told)
    asked, done = _takebacks(platform, people.told)
    return Figures(
        at=at,
        size=size,
        members=int(people.known.sum()),
        unreadable=int((people.known & people.unreadable).sum()),
        regions=_regions(pack, people),
        months=_months(people),
        holds=_holds(pack, system, at=at, size=size),
        objections=objections,
        median_days=median(days) if days else None,
        decided=len(days),
        claims=_claims(people.told),
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
        audits=sum(times for action, times in actions.items() if "verif" in action or "audit" in action),
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


def _months(people: Population) -> dict[tuple[str, SettingName], tuple[int, int]]:
    places = sorted({(month, setting) for month, setting, _ in people.months})
    return {
        (month, SettingName(setting)): (
            people.months.get((month, setting, "off"), 0),
            people.months.get((month, setting, "on"), 0),
        )
        for month, setting in places
    }


# --- what was asked, and what came of it


@dataclass(slots=True)
class _Case:
    since: datetime
    state: str = "open"
    appealed: bool = False


def _objections(platform: Platform, told: Iterable[Told]) -> tuple[tuple[Outcomes, ...], list[float]]:
    cases: dict[tuple[int, str], list[_Case]] = {}
    days: list[float] = []
    for each in told:
        mine = cases.setdefault((each.member, each.key), [])
        if each.kind is EventType.OBJECTION_RECEIVED:
            if mine and mine[-1].state == "rejected" and _is_appeal(platform, each):
                mine[-1].state, mine[-1].appealed = "open", True
            elif not mine or mine[-1].state != "open":
                mine.append(_Case(each.at))
        elif each.kind is EventType.OBJECTION_DECIDED and mine:
            if mine[-1].state == "open" and not mine[-1].appealed:
                days.append((each.at - mine[-1].since) / timedelta(days=1))
            mine[-1].state = each.value
        elif each.kind is EventType.OBJECTION_WITHDRAWN and mine:
            mine[-1].state = "withdrawn"
    by_purpose: dict[str, list[_Case]] = {}
    for (_, purpose), theirs in cases.items():
        by_purpose.setdefault(purpose, []).extend(theirs)
    return tuple(_outcomes(name, found) for name, found in sorted(by_purpose.items()) if found), days


def _is_appeal(platform: Platform, each: Told) -> bool:
    event = next((event for _, event in platform.ledger.events(each.seq, each.seq + 1)), None)
    return isinstance(event, Event) and event.by == "appeal"


def _outcomes(purpose: str, cases: Sequence[_Case]) -> Outcomes:
    states = Counter(each.state for each in cases)
    return Outcomes(
        PurposeName(purpose),
        len(cases),
        states["open"],
        states["upheld"],
        states["rejected"],
        states["withdrawn"],
        sum(each.appealed for each in cases),
    )


def _claims(told: Iterable[Told]) -> Claims:
    received = [each for each in told if each.kind is EventType.CLAIM_RECEIVED]
    decided = Counter(each.value for each in told if each.kind is EventType.CLAIM_DECIDED)
    return Claims(
        len(received), max(len(received) - decided.total(), 0), decided["confirmed"], decided["not-confirmed"]
    )


def _takebacks(platform: Platform, told: Iterable[Told]) -> tuple[int, int]:
    """How many were asked for, and of how many nothing is left in data sets made before."""
    asked = {(each.member, each.key): each for each in told if each.kind is EventType.TAKEBACK_REQUESTED}
    names = _names(platform, {member for member, _ in asked}) if asked else {}
    waiting: set[tuple[int, str]] = set()
    for purpose in platform.pack.purposes.values():
        theirs = {place: each for place, each in asked.items() if place[1] == purpose.name}
        for _, folder in standing_of(platform, purpose) if theirs else ():
            try:
                manifest = manifest_of(folder)
                moment = Moment(manifest.at, manifest.ledger_size)
                since = [place for place, each in theirs.items() if not moment.counts(each.seq, each.at)]
                late = {names[place[0]]: place for place in since}
                held = rows_of(folder, manifest, late) if late else None
            except (AssentError, OSError):
                waiting |= set(theirs)  # nobody knows, so it is not done
            else:
                waiting |= {place for name, place in late.items() if held and (held.own[name] or held.named[name])}
    return len(asked), len(asked) - len(waiting)


def _names(platform: Platform, places: set[int]) -> dict[int, str]:
    wanted = pa.array(sorted(places), pa.int32())
    found: dict[int, str] = {}
    for path in platform.ledger.columns().members:
        table = pq.read_table(path)
        rows = table.filter(pc.is_in(table["ordinal"], wanted))
        found |= dict(zip(rows["ordinal"].to_pylist(), rows["member"].to_pylist(), strict=True))
    return found


# --- the rules' interruptions


def _holds(pack: Pack, system: Sequence[Positioned], *, at: datetime, size: int) -> tuple[StandingHold, ...]:
    own = [StandingHold(each.purpose, each.region, each.since, each.until, by_rules=True)
           for each in pack.holds if each.in_force(at)]  # fmt: skip
    placed = [StandingHold(each.purpose, each.region, each.since, each.until, by_rules=False)
              for each in fold_holds(system, at=at, size=size)]  # fmt: skip
    return (*own, *placed)
