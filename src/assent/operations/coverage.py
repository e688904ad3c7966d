"""Who permits a use, and who does not for which reason first, by region: the evaluator's answer for every member.

Members in whom everything that a person's permission rests on is alike are judged once: the same region, age in
years, step of the notice, choices and objection. So 100,000 members cost little more than 1,000.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np

from assent.ledger import fold_holds, fold_member
from assent.operations.platform import Platform
from assent.operations.population import NEVER, Numbers, Population, Told, read_population
from assent.policy.evaluate import cutoff, person_reasons
from assent.policy.pack import Pack, Purpose
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import NoticeId, PurposeName, SettingName
from assent.vocabulary.instants import parse_date
from assent.vocabulary.reasons import Reason, primary, to_mask
from assent.vocabulary.regions import REGION_CODES
from assent.vocabulary.state import Hold, MemberState, Objection

_OBJECTING: Final = frozenset(
    {EventType.OBJECTION_RECEIVED, EventType.OBJECTION_DECIDED, EventType.OBJECTION_WITHDRAWN}
)
_NO_OBJECTION: Final = -1
_OBJECTIONS: Final = tuple(Objection)
_YOUNG, _OLD, _NO_AGE = 0, 1, 2
_UNTOLD, _JUST_TOLD, _TOLD = 0, 1, 2


@dataclass(frozen=True, slots=True)
class RegionReasons:
    """The members of one region; of a region that nobody knows, `region` is None.

    Args:
        denied: how many do not permit, each counted once by the reason that is shown first.
    """

    region: str | None
    permitted: int
    denied: Mapping[Reason, int]

    @property
    def members(self) -> int:
        """Everybody."""
        return self.permitted + sum(self.denied.values())


def reasons_by_region(platform: Platform, use: str, *, at: datetime | None = None) -> tuple[RegionReasons, ...]:
    """Of every region who permits the use now, and who does not and why; regions with most members first.

    Cost: one pass over the ledger's columns, about 0.5 µs an event.
    """
    pack, ledger, moment = platform.pack, platform.ledger, at or platform.present()
    size, purpose = ledger.size, pack.purposes[PurposeName(use)]
    people = read_population(ledger.columns(size=size), at=moment)
    holds = fold_holds(ledger.system_events(size=size), at=moment, size=size)
    found: dict[str | None, Counter[Reason | None]] = defaultdict(Counter)
    for state, count in _alike(pack, purpose, people, moment):
        mask = to_mask(person_reasons(pack, purpose, state, moment, moment, holds=_of(holds, purpose)))
        found[state.region if state.region in REGION_CODES else None][primary(mask)] += count
    rows = [
        RegionReasons(region, counted[None], {why: number for why, number in counted.items() if why is not None})
        for region, counted in found.items()
    ]
    return tuple(sorted(rows, key=lambda each: (each.region is None, -each.members, each.region or "")))


def _of(holds: tuple[Hold, ...], purpose: Purpose) -> tuple[Hold, ...]:
    return tuple(each for each in holds if each.purpose == purpose.name)


def _alike(pack: Pack, purpose: Purpose, people: Population, at: datetime) -> Iterator[tuple[MemberState, int]]:
    """A state for each sort of members, and how many they are."""
    names = () if purpose.setting is None else (purpose.setting, *pack.settings[purpose.setting].off_with)
    columns = [
        people.region.word,
        _ages(purpose, people, at),
        _notices(purpose, people, at),
        _objections(purpose, people, at),
        people.unreadable.astype(np.int64),
        *(people.choice(name) for name in names),
    ]
    sorts, counts = np.unique(np.column_stack(columns)[people.known], axis=0, return_counts=True)
    said = {number: word for word, number in people.words.items()}
    for row, count in zip(sorts.tolist(), counts.tolist(), strict=True):
        yield _state(purpose, row, names, said, at), count


def _state(
    purpose: Purpose, row: list[int], names: tuple[SettingName, ...], said: Mapping[int, str | None], at: datetime
) -> MemberState:
    region, age, notice, objection, unreadable, *choices = row
    told_at = {_JUST_TOLD: at, _TOLD: at - purpose.waiting_period - timedelta(seconds=1)}.get(notice)
    return MemberState(
        region=said.get(region),
        birth_date={_YOUNG: at.date(), _OLD: date(1, 1, 1)}.get(age),
        settings={name: "on" if word else "off" for name, word in zip(names, choices, strict=True) if word >= 0},
        objections={} if objection == _NO_OBJECTION else {purpose.name: _OBJECTIONS[objection]},
        notices={} if told_at is None else {NoticeId(purpose.notice or ""): told_at},
        unreadable=bool(unreadable),
    )


def _ages(purpose: Purpose, people: Population, at: datetime) -> Numbers:
    """Whether each member is as old as the use asks on that day."""
    if purpose.minimum_age is None:
        return np.full(people.count, _OLD, np.int64)
    latest = cutoff(at.date(), purpose.minimum_age)
    by_word = np.full(len(people.words) + 1, _NO_AGE, np.int64)  # the last is of those of whom nothing was said
    for word, number in people.words.items():
        born = _born(word)
        if born is not None:
            by_word[number] = _YOUNG if latest is None or born > latest else _OLD
    return np.asarray(by_word[people.birth.word], np.int64)


def _born(word: str | None) -> date | None:
    try:
        return parse_date(word)
    except ValueError:  # a word of another slot
        return None


def _notices(purpose: Purpose, people: Population, at: datetime) -> Numbers:
    told_at = people.noticed_at.get(purpose.notice or "")
    if told_at is None:
        return np.full(people.count, _UNTOLD, np.int64)
    early = int((at - purpose.waiting_period - _EPOCH) / timedelta(microseconds=1))
    return np.where(told_at == NEVER, _UNTOLD, np.where(told_at <= early, _TOLD, _JUST_TOLD)).astype(np.int64)


_EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _objections(purpose: Purpose, people: Population, at: datetime) -> Numbers:
    """Where each member's objection stands, as the ledger's fold says of their events about it."""
    found = np.full(people.count, _NO_OBJECTION, np.int64)
    said: dict[int, list[Told]] = defaultdict(list)
    for each in people.told:
        if each.kind in _OBJECTING and each.key == purpose.name and each.member >= 0:
            said[each.member].append(each)
    for member, events in said.items():
        positioned: list[Any] = [
            (each.seq, Event(each.kind, each.at, key=each.key, value=each.value or None)) for each in events
        ]
        state = fold_member(positioned, at=at, size=positioned[-1][0] + 1)
        standing = state.objections.get(purpose.name) if state else None
        if standing is not None:
            found[member] = _OBJECTIONS.index(standing)
    return found
