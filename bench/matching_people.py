"""Members and jobs whose occupations are known, written as people write them: what rankings are measured on.

A member holds one of ESCO's occupations, a job asks for one. Titles and skills are drawn from the names that ESCO lists
for them, the main one as often as any other, with ranks, employers and slips of the finger; some skills are left out,
some that are only useful are in. What a ranking sees is the texts. How well a job fits a member is the overlap of the
essential skills of the two occupations, which no text states.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from assent.features.taxonomy import Occupation, Skill, Taxonomy
from assent.features.taxonomy.model import OccupationId

RANKS: Final = ("", "", "", "", "Senior ", "Junior ", "Lead ", "Trainee ")
EMPLOYERS: Final = (
    "Aldgate Bramley Corvell Dunmore Eastfield Farrow Gilham Hartwell Iveson Juniper Kestrel Larkhill".split()
)
OPENINGS: Final = (
    "I work as {}.", "{} for {} years.", "Currently {}.", "After school I became {}.", "As {} no two days are alike.",
)  # fmt: skip
ASKED: Final = (
    "We are looking for {}.", "{} wanted.", "Join {} as {}.", "For our site we seek {}.", "{} (m/f/d), start at once.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """A member, as their records say, and what they are."""

    name: str
    title: str
    skills: tuple[str, ...]
    about: str
    occupation: OccupationId

    @property
    def text(self) -> str:
        return "\n".join((self.title, *self.skills, self.about))


@dataclass(frozen=True, slots=True)
class Job:
    """A job, as it is advertised, and what it asks for."""

    name: str
    title: str
    text: str
    occupation: OccupationId


def people(taxonomy: Taxonomy, count: int, *, seed: int) -> Iterator[Person]:
    """Members over all occupations that have at least five essential skills."""
    random, held = Random(seed), _held(taxonomy)
    for number in range(count):
        occupation = random.choice(held)
        yield Person(
            f"m{number:06}",
            f"{random.choice(RANKS)}{_called(occupation, random)} at {random.choice(EMPLOYERS)}",
            tuple(_called(taxonomy.skills[each], random) for each in _some(occupation, random, 0.5, 0.15)),
            random.choice(OPENINGS).format(_called(occupation, random), random.randint(2, 30)),
            occupation.id,
        )


def jobs(taxonomy: Taxonomy, count: int, *, seed: int) -> Iterator[Job]:
    """Jobs over the same occupations."""
    random, held = Random(seed), _held(taxonomy)
    for number in range(count):
        occupation = random.choice(held)
        title, employer = _called(occupation, random), random.choice(EMPLOYERS)
        skills = [_called(taxonomy.skills[each], random) for each in _some(occupation, random, 0.4, 0.1)]
        opening = random.choice(ASKED).format(*(employer, title) if random.random() < 0.5 else (title, title))
        yield Job(
            f"j{number:05}",
            title,
            f"{title}\n{opening}\nYou will:\n" + "\n".join(f"- {each}" for each in skills),
            occupation.id,
        )


def gain(taxonomy: Taxonomy, member: OccupationId, job: OccupationId) -> float:
    """How well a job fits: the share of its essential skills that the member's occupation has as well."""
    needed = set(taxonomy.occupations[job].essential)
    return len(needed & set(taxonomy.occupations[member].essential)) / len(needed)


def write_mapped(folder: Path, taxonomy: Taxonomy, members: int, offered: int, *, seed: int) -> None:
    """The same as a table of records that a platform could hold, for whole runs by command."""
    with (folder / "records.jsonl").open("w") as table:
        for person in people(taxonomy, members, seed=seed):
            for at, (category, text) in enumerate(
                [("profile.position", person.title), ("profile.summary", person.about)]
                + [("profile.skill", skill) for skill in person.skills]
            ):
                _line(table, f"{person.name}-{at}", category, person.name, text)
        for job in jobs(taxonomy, offered, seed=seed + 1):
            _line(table, job.name, "job.posting", f"h{hash(job.name) % 97:03}", job.text)


def _line(table, record: str, category: str, author: str, text: str) -> None:
    row = {"id": record, "category": category, "author": author, "text": text, "visibility": "public"}
    table.write(json.dumps(row) + "\n")


def _held(taxonomy: Taxonomy) -> list[Occupation]:
    return [each for _, each in sorted(taxonomy.occupations.items()) if len(each.essential) >= 5]


def _some(occupation: Occupation, random: Random, essential: float, optional: float):
    drawn = [each for each in occupation.essential if random.random() < essential]
    drawn += [each for each in occupation.optional if random.random() < optional]
    random.shuffle(drawn)
    return drawn or [occupation.essential[0]]


def _called(thing: Occupation | Skill, random: Random) -> str:
    name = random.choice((thing.label, *thing.alternatives))
    if random.random() < 0.05 and len(name) > 6:
        at = random.randrange(1, len(name) - 2)
        name = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return name
