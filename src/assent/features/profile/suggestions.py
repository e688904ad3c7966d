"""What is missing from a profile, stale, twice there or not understood; each with its reason and its records.

A skill is never called stale for not being mentioned, only where it carries a year of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from assent.features.learning.goals import known_occupation
from assent.features.profile.reading import SURE, Held, Reading, read_profile
from assent.features.profile.records import EDUCATION, SUMMARY, Profile
from assent.features.profile.skills import MOST, skills_to_ask_for
from assent.features.profile.spans import gaps
from assent.features.profile.topics import Suggestion, Topic
from assent.features.taxonomy.linking import Linker
from assent.features.taxonomy.model import Occupation, OccupationId, SkillId, Taxonomy

GAP_MONTHS: Final = 12
STALE_POSITION_YEARS: Final = 5
STALE_SKILL_YEARS: Final = 10
_YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_Maker = Callable[[Taxonomy, Reading, datetime], Iterator[Suggestion]]


def suggest(
    taxonomy: Taxonomy, profile: Profile, *, goal: OccupationId | None, at: datetime, linker: Linker | None = None
) -> tuple[Suggestion, ...]:
    """What a member could look at in their profile, by topic; of one topic at most ten.

    Args:
        goal: the occupation they want; None takes the one their current title means.
        linker: of the same taxonomy; one is made where none is given, which takes seconds with all of ESCO.

    Raises:
        InputError: nobody knows the goal; the hint names the nearest.
    """
    wanted = None if goal is None else known_occupation(taxonomy, goal)
    said = read_profile(linker or Linker(taxonomy), profile, at)
    target = wanted or _current(taxonomy, said)
    found = [
        *_summary(profile),
        *skills_to_ask_for(taxonomy, said, target),
        *(each for maker in _MAKERS for each in list(maker(taxonomy, said, at))[:MOST]),
    ]
    order = {topic: place for place, topic in enumerate(Topic)}
    return tuple(sorted(found, key=lambda each: order[each.topic]))


def _current(taxonomy: Taxonomy, said: Reading) -> Occupation | None:
    return taxonomy.occupations[said.title[0].occupation] if said.title and said.title[0].score >= SURE else None


def _summary(profile: Profile) -> Iterator[Suggestion]:
    if not any(each.text.strip() for each in profile.of(SUMMARY)):
        yield Suggestion(Topic.NO_SUMMARY, "there is no summary", "say in two sentences what you do, and for whom", ())


def _title(taxonomy: Taxonomy, said: Reading, _at: datetime) -> Iterator[Suggestion]:
    if said.current is None:
        yield Suggestion(
            Topic.NO_POSITION, "there is no position", "add what you do, if you want to be found by it", ()
        )
    elif taxonomy.occupations and _current(taxonomy, said) is None:
        near = tuple(each.occupation for each in said.title)
        names = ", ".join(f"`{taxonomy.occupations[each].label}`" for each in near)
        yield Suggestion(
            Topic.UNKNOWN_TITLE,
            "no occupation is called like your current title" + (f"; near are {names}" if near else ""),
            "if one of these is meant, name it beside your own title" if near else "name the work beside your title",
            (said.current.entry.record,),
            occupations=near,
        )


def _two_names(taxonomy: Taxonomy, said: Reading, _at: datetime) -> Iterator[Suggestion]:
    by_skill: dict[SkillId, dict[str, tuple[str, str]]] = {}
    for each in said.listed:
        if each.skill is not None:
            by_skill.setdefault(each.skill, {}).setdefault(each.name.casefold(), (each.name, each.entry.record))
    for skill, names in by_skill.items():
        if len(names) > 1:
            said_as, records = zip(*names.values(), strict=True)
            yield Suggestion(
                Topic.TWO_NAMES,
                f"{' and '.join(f'`{each}`' for each in said_as)} are both `{taxonomy.skills[skill].label}`",
                "keep the name that people search for, and drop the other",
                tuple(dict.fromkeys(records)),
                skill=skill,
            )


def _gaps(_taxonomy: Taxonomy, said: Reading, _at: datetime) -> Iterator[Suggestion]:
    dated = [(each.span, each) for each in (*said.positions, *said.education) if each.span and not each.span.backwards]
    without = sum(each.span is None for each in said.positions)
    undated = f", unless one of the positions without dates ({without:,}) was then" if without else ""
    for first, last in gaps((span for span, _ in dated), least_months=GAP_MONTHS):
        before = max((pair for pair in dated if pair[0].until == first - 1), key=_by_record)[1]
        after = min((pair for pair in dated if pair[0].since == last + 1), key=_by_record)[1]
        if before.entry.category == after.entry.category == EDUCATION:
            continue
        yield Suggestion(
            Topic.GAP,
            f"nothing is said of {_month(first)} to {_month(last)}{undated}",
            "if you want, say what you did then, or check the dates; you owe nobody a reason",
            (before.entry.record, after.entry.record),
        )


def _backwards(_taxonomy: Taxonomy, said: Reading, _at: datetime) -> Iterator[Suggestion]:
    for each in (*said.positions, *said.education):
        if each.span and each.span.backwards:
            yield Suggestion(Topic.BACKWARDS, "it ends before it begins", "check the dates", (each.entry.record,))


def _no_dates(_taxonomy: Taxonomy, said: Reading, _at: datetime) -> Iterator[Suggestion]:
    records = tuple(each.entry.record for each in said.education if each.span is None)
    if records:
        yield Suggestion(Topic.NO_DATES, "education without dates", "add the years, if you want them known", records)


def _stale_positions(_taxonomy: Taxonomy, said: Reading, at: datetime) -> Iterator[Suggestion]:
    for each in said.positions:
        if each.span and each.span.until is None and _unchanged_years(each, at) >= STALE_POSITION_YEARS:
            yield Suggestion(
                Topic.STALE_POSITION,
                f"it goes on since {each.span.year}; {_changed(each)}",
                "is it still so? if not, close it; if so, say what is new",
                (each.entry.record,),
            )


def _stale_skills(taxonomy: Taxonomy, said: Reading, at: datetime) -> Iterator[Suggestion]:
    for each in said.listed:
        years = [int(year) for year in _YEAR.findall(each.entry.text)]
        places = said.shown.get(each.skill, ()) if each.skill else ()
        lately = any(at.year - (place.entry.year or 0) < STALE_SKILL_YEARS for place in places)
        if years and at.year - max(years) > STALE_SKILL_YEARS and not lately:
            name = each.name if each.skill is None else taxonomy.skills[each.skill].label
            yield Suggestion(
                Topic.STALE_SKILL,
                f"`{each.name}` is dated {max(years)}, and nothing you wrote since names it",
                f"do you still have `{name}`? if so, drop the year; if not, drop the entry",
                (each.entry.record,),
                skill=each.skill,
            )


def _unchanged_years(held: Held, at: datetime) -> int:
    begun = held.span.year if held.span else at.year
    return at.year - max(begun, held.entry.year or begun)


def _changed(held: Held) -> str:
    year = held.entry.year
    return "when it was last changed is not known" if year is None else f"it was last changed in {year}"


def _by_record(pair: tuple[object, Held]) -> str:
    return pair[1].entry.record


def _month(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02}"


_MAKERS: Final[tuple[_Maker, ...]] = (
    _title, _two_names, _gaps, _backwards, _no_dates, _stale_positions, _stale_skills,
)  # fmt: skip
