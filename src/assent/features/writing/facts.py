# ruff: noqa: E501 - lists of alternatives read better unbroken
"""What a member's records say of them, as facts with the records that say it.

Positions, education, skills and languages are read by the forms in which profiles state them, in four languages. What
has no such form is no fact: it can be quoted from a post, never restated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from assent.features.writing.asking import OwnRecord
from assent.features.writing.wording import plain

_NOW: Final = r"today|present|now|heute|jetzt|aujourd'hui|présent|hoy|actualidad|la actualidad|heden|nu"
_YEARS: Final = re.compile(
    rf"(?:\(|,\s*|\s[-–—|]\s*|\b)(?:(?P<since>(?:19|20)\d\d)\s*(?:to|until|till|bis|à|a|-|–|—|tot)\s*"  # noqa: RUF001
    rf"(?P<until>(?:19|20)\d\d|{_NOW})|(?:since|seit|depuis|desde)\s+(?P<from>(?:19|20)\d\d))\)?",
    re.IGNORECASE,
)
_LED: Final = re.compile(
    r"^(?P<employer>[^:]{2,80}?)(?:, (?P<place>[^:,]{2,40}))?: (?P<title>[^:]{2,80}?)"
    r" (?:with responsibility for|responsible for|verantwortlich für) (?P<people>\w+) \w+$"
)
_AT: Final = re.compile(
    r"^(?P<title>[^,|:]{2,80}?)\s+(?:at|bei|chez|en|@|bij)\s+(?P<employer>[^,|:(]{2,80}?)(?:, (?P<place>[^,|:()]{2,40}))?$"
)
_COMMA: Final = re.compile(r"^(?P<title>[^,|:]{2,80}?)\s*[,|–—]\s*(?P<employer>[^,|:]{2,80}?)$")  # noqa: RUF001
_PART_TIME: Final = re.compile(r"\s*\((?:part time|part-time|teilzeit|temps partiel|media jornada)\)", re.IGNORECASE)
_DEGREE: Final = re.compile(
    r"^(?:(?P<school>[^,]{3,80}), (?:degree in|abschluss in|diplôme en|título en) (?P<study>[^,.]{2,60})"
    r"|evening classes in (?P<evening>[^,.]{2,60}) at (?P<at>[^,]{3,80})(?:,.*)?"
    r"|apprenticeship at (?P<firm>[^,]{2,80}), then (?P<then>[^,]{2,60}) at (?P<there>[^,]{3,80})"
    r"|(?P<subject>[^,]{2,60}), (?P<where>[^,]{3,80}?)(?:, (?P<year>(?:19|20)\d\d))?)$",
    re.IGNORECASE,
)
_LEVEL: Final = re.compile(r"\s*\([^()]*\)|,\s*\w+ (?:years?|jahren?|ans|años)$", re.IGNORECASE)
_LANGUAGES: Final = re.compile(r"^(?:languages|sprachen|langues|idiomas): (.{2,120})$", re.IGNORECASE)
_SKILLS: Final = re.compile(
    r"^(?:skills|kenntnisse|fähigkeiten|compétences|competencias): (.{2,200}?)\.?$", re.IGNORECASE
)
_NO_FACT: Final = re.compile(r"[:@<>]|\d{3}")
"""No part of a fact: what has it is a sentence, an address or a number."""
_MOST_SKILL_WORDS: Final = 6
_MOST_TITLE_WORDS: Final = 8


@dataclass(frozen=True, slots=True)
class Position:
    """Where somebody is or was what. Args: until: None is not over; records: every one that says it."""

    title: str
    employer: str
    place: str | None
    since: int | None
    until: int | None
    people: str | None
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Education:
    """What somebody learned where; `kind` is degree, classes or study, whichever the record says."""

    subject: str
    institution: str
    kind: str
    year: int | None
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A skill or a language, as the member writes it."""

    text: str
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """All that records state, the present and the newest first."""

    positions: tuple[Position, ...] = ()
    education: tuple[Education, ...] = ()
    skills: tuple[Named, ...] = ()
    languages: tuple[Named, ...] = ()

    @property
    def current(self) -> Position | None:
        """The position that is not over, of the newest record."""
        return next((each for each in self.positions if each.until is None), None)

    @property
    def missing(self) -> tuple[str, ...]:
        """What a member could add so that more can be written."""
        named = {"position": self.positions, "education": self.education, "skills": self.skills}
        return tuple(name for name, found in named.items() if not found)


def read_facts(records: Sequence[OwnRecord], *, this_year: int | None = None) -> Facts:
    """The facts of records that were screened, newest first; what begins after `this_year` is none yet."""
    positions: list[Position] = []
    education: list[Education] = []
    skills: list[Named] = []
    languages: list[Named] = []
    for record in records:
        lines = [line.strip() for line in record.text.split("\n")]
        told = record.category == "profile.other"
        for line in (line for line in lines if line):
            if record.category in {"profile.position", "profile.other"}:
                found = _position(line, record.id, told=told)
                positions += (each for each in found if this_year is None or (each.since or 0) <= this_year)
            if record.category == "profile.education":
                education += _education(line, record.id)
            if record.category == "profile.skill":
                skills += _skills(line, record.id)
            skills += [each for found in _SKILLS.findall(line) for each in _skills(found, record.id)]
            languages += [Named(each, (record.id,)) for found in _LANGUAGES.findall(line) for each in _listed(found)]
    return Facts(
        tuple(_merged_positions(positions)),
        tuple({(plain(each.subject), plain(each.institution)): each for each in reversed(education)}.values())[::-1],
        tuple(_merged(skills)),
        tuple(_merged(languages)),
    )


def _position(line: str, record: str, *, told: bool) -> Iterator[Position]:
    years = _YEARS.search(line)
    since = int(years["since"] or years["from"]) if years else None
    until = int(years["until"]) if years and years["until"] and years["until"].isdigit() else None
    said = (line[: years.start()] if years else line).rstrip(" ,.|–—-(")  # noqa: RUF001 - as people part things
    said = _PART_TIME.sub("", re.sub(r"^(?:I am|I work as|Ich bin|Je suis|Soy) (?:an? |the )?", "", said))
    forms = (_LED, _AT) if told else (_LED, _AT, _COMMA)
    for found in (form.match(said) for form in forms):
        if found and 0 < len(found["title"].split()) <= _MOST_TITLE_WORDS and _is_name(found["employer"]):
            parts = found.groupdict()
            place = parts.get("place")
            yield Position(
                found["title"].strip(), found["employer"].strip(), place, since, until, parts.get("people"), (record,)
            )
            return


def _is_name(text: str) -> bool:
    if _NO_FACT.search(text):
        return False
    return text[:1].isupper() or text[:4].lower() == "the "


def _education(line: str, record: str) -> Iterator[Education]:
    found = _DEGREE.match(line.rstrip("."))
    if not found:
        return
    if found["school"]:
        yield Education(found["study"], found["school"], "degree", None, (record,))
    elif found["evening"]:
        yield Education(found["evening"], found["at"], "classes", None, (record,))
    elif found["firm"]:
        yield Education(found["then"], found["there"], "study", None, (record,))
    elif _is_name(found["where"]):
        year = int(found["year"]) if found["year"] else None
        yield Education(found["subject"], found["where"], "study", year, (record,))


def _skills(line: str, record: str) -> Iterator[Named]:
    for part in _listed(_LEVEL.sub("", line)):
        if len(part.split()) <= _MOST_SKILL_WORDS and not _NO_FACT.search(part):
            yield Named(part, (record,))


def _listed(text: str) -> list[str]:
    return [part for part in (part.strip(" .") for part in re.split(r"[,;•|]", text)) if len(part) > 1]


def _merged(named: Iterable[Named]) -> Iterator[Named]:
    """Each once, with every record that names it."""
    found: dict[str, Named] = {}
    for each in named:
        key = plain(each.text)
        before = found.get(key)
        found[key] = each if before is None else replace(before, records=_union(before.records, each.records))
    yield from found.values()


def _merged_positions(positions: Iterable[Position]) -> Iterator[Position]:
    """Each title at an employer once; the newest record says since when, the others bear it out."""
    found: dict[tuple[str, str, bool], Position] = {}
    for each in positions:
        key = (plain(each.title), plain(each.employer), each.until is None)
        before = found.get(key)
        if before is None:
            found[key] = each
        else:
            found[key] = replace(
                before, place=before.place or each.place, since=before.since or each.since,
                people=before.people or each.people, records=_union(before.records, each.records),
            )  # fmt: skip
    # One that says since when is surer to be the present one than one that says no time at all.
    yield from sorted(found.values(), key=lambda each: (each.until is not None, each.since is None, -(each.until or 0)))


def _union(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*left, *right)))
