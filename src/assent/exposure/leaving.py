"""What leaving does and does not do: the past, what else to send, what stays, what another reading changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from assent.exposure import words
from assent.exposure.asked import Asked
from assent.exposure.judging import Judge, Outcome
from assent.exposure.moments import Timed
from assent.exposure.report import (
    PurposeLine,
    Reading,
)
from assent.exposure.steps import Advice, exposed, has_right_to_object
from assent.exposure.weighing import Count, Weighed, by_kind, count, weigh
from assent.vocabulary.identifiers import PurposeName


def past_of(asked: Asked, judge: Judge, purposes: Sequence[PurposeLine]) -> Iterator[str]:
    """What was allowed before today, and what leaving does about it."""
    by_past: dict[tuple[str, date | None], list[PurposeLine]] = {}
    # Choices are left aside: nobody knows since when they stand, and what was used before them stays used.
    undecided = judge.of(replace(asked.person, settings={}, objections=frozenset()))
    own = [each for each in weigh(asked.inventory, undecided, asked.at) if each.bundle.traits.by_owner]
    for line in purposes:
        if line.status == "in_force" and count(own, [PurposeName(line.name)]).exposed:
            by_past.setdefault((line.past, line.since), []).append(line)
    oldest = min((first for first in _oldest(own) if first), default=None)
    for (past, since), lines in by_past.items():
        days = f" for {words.number((asked.at.date() - since).days)} days, since {words.day(since)}" if since else ""
        days += ", or until the day you left" if since and (asked.person.settings or asked.person.objections) else ""
        yield f"{words.joined(line.title for line in lines)}: allowed{days}. {past}"
    if by_past and oldest:
        yield f"It is not only what you make from now on: what is used reaches back to {words.day(oldest)}."


def _oldest(then: Sequence[Weighed]) -> Iterator[date | None]:
    for each in then:
        if any(finding.outcome is not Outcome.NEVER for finding in each.findings.values()):
            yield min((day for day in each.bundle.days if day), default=None)


def besides_of(asked: Asked, advice: Advice, when: Timed) -> Iterator[str]:
    """What changes no figure and may still be worth doing."""
    for purpose in asked.pack.purposes.values():
        if not purpose.setting or not purpose.objection_form or purpose.name in asked.person.objections:
            continue
        if asked.pack.settings[purpose.setting].defaults[asked.person.region] == "on":
            form = " → ".join(purpose.objection_form)
            yield (
                f"{purpose.title}: there is a form as well ({form}). Once the toggle is off it changes no figure here"
                + (
                    ", but an objection has to be answered; send it if you want an answer on paper."
                    if has_right_to_object(asked.pack, asked.person)
                    else "."
                )
            )
    toggles = [one for one in advice.idle if one.setting]
    if not toggles:
        return
    names = words.joined(f"“{one.what}”" for one in toggles)
    yield f"These toggles change no figure after that, in {asked.country} and under this reading: {names}."
    for reading, _ in asked.readings:
        judge = Judge(reading, advice.afterwards)
        before = exposed(asked.inventory, judge, when.settled)
        person = advice.afterwards
        for one in toggles:
            person = one.apply(person)
        after = exposed(asked.inventory, judge.of(person), when.settled)
        taken = max((before[name] - after[name] for name in before), default=0)
        if taken:
            yield (
                f"Under another reading ({reading.title}) they would take {words.records_of(taken)} out of use; "
                "turning them off costs nothing."
            )


def remaining_of(asked: Asked, advice: Advice) -> Iterator[str]:
    """What others wrote about the person, which no step of theirs reaches."""
    by_records: dict[int, list[str]] = {}
    for name, records in advice.remaining.items():
        if records:
            by_records.setdefault(records, []).append(asked.pack.purposes[name].title)
    for records, titles in by_records.items():
        yield (
            f"Whatever you switch off, {words.records_of(records)} that others wrote about you may be used for: "
            f"{words.joined(titles)}. Their choice counts, not yours; ask them, or ask to have the record removed."
        )


def readings_of(asked: Asked, judge: Judge, when: Timed) -> Iterator[Reading]:
    """Other packs of the same announcement, where they change a figure for this person."""
    weighed = weigh(asked.inventory, judge, when.shown)
    mine = {kind: count(weighed, names) for kind, names in by_kind(asked.pack).items()}
    for pack, why in asked.readings:
        weighed = weigh(asked.inventory, Judge(pack, asked.person), when.shown)
        changes = []
        for kind, names in by_kind(pack).items():
            before, after = mine.get(kind, Count()).exposed, count(weighed, names).exposed
            if before != after:
                title = words.KIND_TITLES[kind]
                changes.append(f"{title}: {words.number(before)} → {words.number(after)} used or possibly used")
        if changes:
            yield Reading(pack.name, pack.title, why, tuple(changes))
