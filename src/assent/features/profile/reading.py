"""Positions, education and skills as a member's records state them, linked to the taxonomy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from assent.features.profile.records import EDUCATION, POSITION, SKILL, TEXTS, Entry, Profile
from assent.features.profile.spans import Span, span_in
from assent.features.taxonomy.linking import Linker, Named
from assent.features.taxonomy.model import SkillId

SURE: Final = 0.8
"""From this score on a title means the occupation; below, it is only near."""
MOST_TEXTS: Final = 2_000
"""Texts in which skills are looked for, the newest first; what somebody did ten thousand posts ago is no news."""
LONGEST: Final = 20_000
_NEAR: Final = 3
_MOST_PARTS: Final = 5
_MOST_BEFORE_COLON: Final = 8
_LONGEST_TITLE: Final = 400
_PARTS: Final = re.compile(r"[,:;.()|•\n]| with responsibility for ")
_LISTED: Final = re.compile(r"[,;|•]")
_LEVEL: Final = re.compile(r"\([^()]*\)|\b\w+ (?:years?|jahren?|ans?|anni|años?|jaar)\b|\b(?:19|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Held:
    """A position or an education. Args: span: None where no date is said."""

    entry: Entry
    span: Span | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A skill in the list of skills. Args: skill: None where the taxonomy has none of that name."""

    name: str
    skill: SkillId | None
    entry: Entry


@dataclass(frozen=True, slots=True)
class Shown:
    """A skill that a text of the member names. Args: words: as they wrote it."""

    skill: SkillId
    words: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Reading:
    """What the records say. Args: title: what the current position's title may mean, the likeliest first."""

    positions: tuple[Held, ...]
    education: tuple[Held, ...]
    listed: tuple[Listed, ...]
    shown: Mapping[SkillId, tuple[Shown, ...]]
    current: Held | None
    title: tuple[Named, ...]


def read_profile(linker: Linker, profile: Profile, at: datetime) -> Reading:
    """What a profile says at a moment. Cost: O(words of the list, of positions and of the newest 2,000 texts)."""
    profile = profile.newest_first()
    positions = tuple(_held(profile.of(POSITION), at))
    current = max(positions, key=_present, default=None)
    return Reading(
        positions,
        tuple(_held(profile.of(EDUCATION), at)),
        tuple(each for entry in profile.of(SKILL) for each in _listed(linker, entry)),
        _shown(linker, profile.of(*TEXTS)),
        current,
        _title(linker, current.entry.text) if current else (),
    )


def _held(entries: Iterable[Entry], at: datetime) -> Iterable[Held]:
    return (Held(entry, span_in(entry.text, latest=at.year + 1)) for entry in entries)


def _present(held: Held) -> tuple[int, int, int, str]:
    """Larger, the more likely it is the position they have: one that goes on, then one without dates, then the last."""
    span, year = held.span, held.entry.year or 0
    if span is None:
        return 1, year, 0, held.entry.record
    return (2, span.since, year, held.entry.record) if span.until is None else (0, span.until, year, held.entry.record)


def _title(linker: Linker, text: str) -> tuple[Named, ...]:
    """What the title in a position may mean: the part of it that is an occupation, or what is like the likeliest part.

    That is the first, or the one after the colon in `Cole & Sons, Leeds: joiner`.
    """
    before, colon, after = text[:_LONGEST_TITLE].partition(": ")
    ordered = f"{after}\n{before}" if colon and len(before.split()) <= _MOST_BEFORE_COLON else text[:_LONGEST_TITLE]
    parts = [part.strip() for part in _PARTS.split(ordered) if part.strip()][:_MOST_PARTS]
    found = [linker.occupations_named(part, _NEAR) for part in parts]
    return next((each for each in found if each and each[0].score >= SURE), found[0] if found else ())


def _listed(linker: Linker, entry: Entry) -> Iterator[Listed]:
    """Each line as a whole where it is a skill's name, commas and all; else its parts, or the skills named in them."""
    for line in entry.text[:LONGEST].split("\n"):
        whole = linker.skill_named(line)
        if whole is not None:
            yield Listed(" ".join(line.split()), whole, entry)
            continue
        for part in _LISTED.split(line):
            name = " ".join(_LEVEL.sub(" ", part).split()).strip(" .-")
            skill = linker.skill_named(name)
            named = () if skill else linker.skills_in(name)
            if named:
                yield from (Listed(name[each.start : each.end], each.skill, entry) for each in named)
            elif name:
                yield Listed(name, skill, entry)


def _shown(linker: Linker, entries: Sequence[Entry]) -> Mapping[SkillId, tuple[Shown, ...]]:
    found: dict[SkillId, list[Shown]] = {}
    newest = sorted(entries, key=lambda each: each.created_at.timestamp() if each.created_at else 0.0, reverse=True)
    for entry in newest[:MOST_TEXTS]:
        text = entry.text[:LONGEST]
        said = {linked.skill: text[linked.start : linked.end] for linked in reversed(linker.skills_in(text))}
        for skill, words in said.items():
            found.setdefault(skill, []).append(Shown(skill, words, entry))
    return {skill: tuple(each) for skill, each in found.items()}
