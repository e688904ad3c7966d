"""Wrong answers that are near enough to be believed, and wrong for sure.

Near is what belongs to a neighbouring group of ISCO-08: as many leading digits in common as possible, never all four,
for people of one unit group do much the same work. Wrong for sure is what the occupation neither needs nor uses, under
no other name and in no wider or narrower wording, no relation of what it does, and about nothing that its own words are
about. Where a description is asked for, a skill of the same occupation is near too, and wrong where neither of the two
is about anything that the other's name says.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from random import Random
from typing import Final

from assent.features.learning.wording import alike, content, negated
from assent.features.taxonomy.model import Occupation, OccupationId, Reuse, Skill, Taxonomy

WRONG: Final = 3
_LENGTHS: Final = (0.6, 1.6)
"""Of a wrong answer to the right one: outside of these one of them stands out."""
_MOST_SHARED: Final = 0.1
_LOOKED_AT: Final = 400
_MOST_NEEDING: Final = 15
"""Occupations; what more of them need may be of use in any."""
_RARE: Final = 0.01
_LEAST_RARE: Final = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible wrong answer. Args: near: leading digits of ISCO-08 in common with the right one, 0 to 3."""

    text: str
    near: int


class Neighbourhood:
    """What lies near what in one taxonomy; safe to share between threads once made."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.taxonomy = taxonomy
        self._majors: dict[str, list[Occupation]] = defaultdict(list)
        self._words: dict[OccupationId, frozenset[str]] = {}
        for _, occupation in sorted(taxonomy.occupations.items()):
            self._majors[occupation.isco[:1]].append(occupation)

    def occupations(self, of: Occupation, random: Random) -> Iterator[tuple[int, Occupation]]:
        """Occupations of other unit groups, the nearest first, those as near as each other in a drawn order.

        Left out are those that share more than a tenth of their skills with it, a task, or a name.
        """
        major = self._majors.get(of.isco[:1], ())
        found = [(_shared(of.isco, each.isco), each) for each in major if each.isco != of.isco]
        if len(found) < WRONG * 2:
            found += [(0, each) for name, group in self._majors.items() if name != of.isco[:1] for each in group]
        found.sort(key=lambda pair: -pair[0])
        for _, group in groupby(found, key=lambda pair: pair[0]):
            tier = list(group)
            random.shuffle(tier)
            yield from (pair for pair in tier if _apart(of, pair[1]))

    def skills(self, of: Occupation, like: Skill, random: Random) -> Iterator[Candidate]:
        """Special skills of neighbouring occupations, of the kind of `like`, that have nothing to do with `of`."""
        skills, words = self.taxonomy.skills, self._words_of(of)
        own = {*of.essential, *of.optional, like.id}
        own |= {near for each in own for near in (*skills[each].needs, *skills[each].helped_by)}
        for near, neighbour in self.occupations(of, random):
            special = [skills[each] for each in neighbour.essential if each not in own and self._special(skills[each])]
            fit = [
                each
                for each in special
                if each.kind == like.kind
                and own.isdisjoint((*each.needs, *each.helped_by))
                and words.isdisjoint(content(each.label))
            ]
            if fit:
                yield Candidate(random.choice(fit).label, near)

    def meanings(self, of: Occupation, like: Skill, random: Random) -> Iterator[tuple[Skill, Candidate]]:
        """Skills whose descriptions are of something else than `like`'s: of the same occupation, then of neighbours."""
        own = [self.taxonomy.skills[each] for each in (*of.essential, *of.optional) if each != like.id]
        random.shuffle(own)
        by_label = {each.label: each for each in own if each.kind == like.kind and _apart_in_words(each, like)}
        yield from ((each, Candidate(label, 3)) for label, each in by_label.items())
        for candidate in self.skills(of, like, random):
            skill = self._called[candidate.text]
            if _apart_in_words(skill, like):
                yield skill, candidate

    def tasks(self, of: Occupation, random: Random) -> Iterator[Candidate]:
        """Tasks of neighbouring occupations about things that nothing said of `of` is about."""
        words = self._words_of(of)
        for near, neighbour in self.occupations(of, random):
            for task in random.sample(neighbour.tasks, min(2, len(neighbour.tasks))):
                rare = content(task) & self._rare
                if (
                    len(rare) >= _LEAST_RARE
                    and rare.isdisjoint(words)
                    and not any(alike(task, own) for own in of.tasks)
                ):
                    yield Candidate(task, near)

    def users(self, of: Occupation, skill: Skill, random: Random) -> Iterator[Candidate]:
        """Occupations near `of` that neither need nor use `skill`, nor anything that may be the same."""
        skills = self.taxonomy.skills
        for near, neighbour in self.occupations(of, random):
            used = (*neighbour.essential, *neighbour.optional)
            if (
                skill.id not in used
                and not content(skill.label) <= self._words_of(neighbour)
                and not any(alike(skills[each].label, skill.label) for each in used)
            ):
                yield Candidate(neighbour.label, near)

    def _special(self, skill: Skill) -> bool:
        return skill.reuse in {Reuse.SECTOR, Reuse.OCCUPATION} and len(self.taxonomy.needing(skill.id)) <= _MOST_NEEDING

    def _words_of(self, occupation: Occupation) -> frozenset[str]:
        """Every word that says something about the occupation."""
        found = self._words.get(occupation.id)
        if found is None:
            skills = (self.taxonomy.skills[each].label for each in (*occupation.essential, *occupation.optional))
            texts = (occupation.label, *occupation.alternatives, occupation.description, *occupation.tasks, *skills)
            found = self._words[occupation.id] = frozenset().union(*map(content, texts))
        return found

    @cached_property
    def _rare(self) -> frozenset[str]:
        """Words that say what a task is about: those of at most one task in a hundred."""
        tasks = {task for occupation in self.taxonomy.occupations.values() for task in occupation.tasks}
        counts = Counter(word for task in tasks for word in content(task))
        return frozenset(word for word, count in counts.items() if count <= max(1, _RARE * len(tasks)))

    @cached_property
    def _called(self) -> dict[str, Skill]:
        return {each.label: each for _, each in sorted(self.taxonomy.skills.items())}


def choose(candidates: Iterable[Candidate], right: str) -> list[Candidate]:
    """Up to three wrong answers to stand beside `right`: of its length, none like it or like another.

    No two share a word that `right` lacks, for then it would be the odd one out.
    """
    chosen: list[Candidate] = []
    for looked, each in enumerate(candidates):
        if len(chosen) == WRONG or looked == _LOOKED_AT:
            break
        own = content(each.text) - content(right)
        if (
            _LENGTHS[0] <= len(each.text) / max(1, len(right)) <= _LENGTHS[1]
            and own
            and not negated(each.text)
            and not any(alike(each.text, other) for other in (right, *(one.text for one in chosen)))
            and all(own.isdisjoint(content(one.text)) for one in chosen)
        ):
            chosen.append(each)
    return chosen


def _apart_in_words(one: Skill, other: Skill) -> bool:
    """Neither is about anything that the other's name says, and they are not related."""
    return (
        content(one.label).isdisjoint(content(other.description) | content(other.label))
        and content(other.label).isdisjoint(content(one.description))
        and other.id not in (*one.needs, *one.helped_by)
        and one.id not in (*other.needs, *other.helped_by)
    )


def _shared(one: str, other: str) -> int:
    return next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), 3)


def _apart(one: Occupation, other: Occupation) -> bool:
    mine, theirs = {*one.essential, *one.optional}, {*other.essential, *other.optional}
    return (
        len(mine & theirs) <= _MOST_SHARED * min(len(mine), len(theirs))
        and set(one.tasks).isdisjoint(other.tasks)
        and {one.label, *one.alternatives}.isdisjoint((other.label, *other.alternatives))
    )
