"""When something changes for a person: starts, stops, birthdays, and what holds from each of them on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from assent.exposure import words
from assent.exposure.inventory import Inventory
from assent.exposure.judging import Judge, Person, of_age_on
from assent.exposure.report import Moment
from assent.exposure.weighing import by_kind, count, weigh
from assent.policy.pack import Pack
from assent.policy.sentences import name_regions
from assent.vocabulary.identifiers import RegionCode


@dataclass(frozen=True, slots=True)
class Timed:
    """The moments a report is computed for.

    Args:
        shown: the last start or end of a stop announced for the person's country, if still to come, else `at`.
        settled: the same with birthdays.
    """

    at: datetime
    shown: datetime
    settled: datetime


def timed(pack: Pack, person: Person, at: datetime) -> Timed:
    """The moments for this person, none before `at`."""
    shown = max([at, *starts(pack, person)])
    settled = max([shown, *(_midnight(day) for day in birthdays(pack, person))])
    return Timed(at, shown, settled)


def starts(pack: Pack, person: Person) -> Iterator[datetime]:
    """Each instant at which a use starts, stops or goes on where the person is."""
    for purpose in pack.purposes.values():
        since = purpose.coverage.get(person.region)
        if since is not None:
            yield since
    for hold in pack.holds:
        if hold.purpose in pack.purposes and pack.hold_covers(hold, person.region):
            yield from (instant for instant in (hold.since, hold.until) if instant is not None)


def birthdays(pack: Pack, person: Person) -> Mapping[date, int]:
    """The birthdays that count, and which they are."""
    if person.birth_date is None:
        return {}
    ages = {purpose.minimum_age for purpose in pack.purposes.values() if purpose.minimum_age is not None}
    return {of_age_on(person.birth_date, years): years for years in sorted(ages)}


def moments_of(pack: Pack, person: Person, at: datetime, inventory: Inventory, judge: Judge) -> tuple[Moment, ...]:
    """The timeline: every start anywhere, the person's own days, and counts from the day asked about on."""
    told: dict[date, list[str]] = {}
    yours: set[date] = set()
    for on, what, mine in (*_announced(pack, person), *_own(pack, person, inventory)):
        told.setdefault(on, []).append(what)
        if mine:
            yours.add(on)
    told.setdefault(at.date(), []).append("The day this report is about.")
    yours.add(at.date())
    moments = []
    for on in sorted(told):
        counted = on >= at.date() and on in yours
        weighed = weigh(inventory, judge, max(at, _midnight(on))) if counted else ()
        counts = {str(kind): count(weighed, names) for kind, names in by_kind(pack).items()} if counted else {}
        moments.append(Moment(on, tuple(told[on]), on in yours, counts))
    return tuple(moments)


def _announced(pack: Pack, person: Person) -> Iterator[tuple[date, str, bool]]:
    """Uses that start on the same day in the same places are told together."""
    grouped: dict[tuple[datetime, frozenset[RegionCode]], list[str]] = {}
    for purpose in pack.purposes.values():
        for since in {since for since in purpose.coverage.values() if since is not None}:
            codes = frozenset(code for code, start in purpose.coverage.items() if start == since)
            grouped.setdefault((since, codes), []).append(purpose.title)
    for (since, codes), titles in grouped.items():
        mine = person.region in codes
        where = "where you are" if mine else "elsewhere, not where you are"
        yield since.date(), f"Starts {where} ({name_regions(pack, codes)}): {words.joined(titles)}.", mine
    for hold in pack.holds:
        if hold.purpose in pack.purposes and pack.hold_covers(hold, person.region):
            title = pack.purposes[hold.purpose].title
            if hold.since:
                yield hold.since.date(), f"Stops where you are: {title}.", True
            if hold.until:
                yield hold.until.date(), f"Goes on where you are: {title}.", True


def _own(pack: Pack, person: Person, inventory: Inventory) -> Iterator[tuple[date, str, bool]]:
    if inventory.joined_at:
        yield inventory.joined_at.date(), "You joined.", False
    first = min((on for on, _, _ in _announced(pack, person)), default=date.min)
    for on, years in birthdays(pack, person).items():
        if on < first:
            continue
        titles = [purpose.title for purpose in pack.purposes.values() if purpose.minimum_age == years]
        yield on, f"You turn {years}, the age asked for: {words.joined(titles)}.", True


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), UTC)
