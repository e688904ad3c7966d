"""The missing skills of an occupation in an order in which they can be learned.

Missing are the goal's essential skills that somebody lacks and, of each of these, what it needs that is lacking too.
What they have is not questioned: its own prerequisites are not asked for. Skills that need each other (ESCO 1.1 has
none, later versions may) are one stretch of the path, told by `together`.

Order: a skill comes once all it needs is there. Of those that can come next, first the one that most of the goal's
skills wait for, then the one that makes most others easier, then the one that something already there makes easier,
then the more reusable, then the one that more occupations need, then by name.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from assent.features.learning.goals import known_occupation
from assent.features.taxonomy.model import Occupation, OccupationId, Reuse, SkillId, Taxonomy

_REUSE: Final = {reuse: rank for rank, reuse in enumerate(Reuse)}
_Rank = tuple[int, int, bool, int, int, str, SkillId]


@dataclass(frozen=True, slots=True)
class Step:
    """One skill to learn.

    Args:
        essential: the goal itself asks for it; otherwise it is there for `unlocks` alone.
        needs: steps before this one without which it cannot be.
        unlocks: later steps that need it.
        together: other steps that it needs and that need it: they are learned side by side.
        easier: what is there already and makes it easier.
        opens: the other occupations it is essential for, in the taxonomy's order.
    """

    skill: SkillId
    essential: bool
    reuse: Reuse
    needs: tuple[SkillId, ...]
    unlocks: tuple[SkillId, ...]
    together: tuple[SkillId, ...]
    easier: tuple[SkillId, ...]
    opens: tuple[OccupationId, ...]


@dataclass(frozen=True, slots=True)
class LearningPath:
    """The way to an occupation.

    Args:
        steps: in the order in which they can be learned.
        held: the goal's essential skills that are there, `needed`: how many it has.
        unknown: what was said to be there and is no skill of the taxonomy (any more).
    """

    goal: OccupationId
    steps: tuple[Step, ...]
    held: tuple[SkillId, ...]
    needed: int
    unknown: tuple[SkillId, ...]

    @property
    def share(self) -> float:
        """Of the goal's essential skills, those that are there: 0 to 1; 1 where it has none."""
        return len(self.held) / self.needed if self.needed else 1.0


@dataclass(frozen=True, slots=True)
class _Missing:
    """What is to be learned: of each skill what it needs, what waits for it, and what it goes together with."""

    needs: Mapping[SkillId, tuple[SkillId, ...]]
    waiting: Mapping[SkillId, tuple[SkillId, ...]]
    together: Mapping[SkillId, tuple[SkillId, ...]]


def path_to(taxonomy: Taxonomy, have: Collection[SkillId], goal: OccupationId) -> LearningPath:
    """The way from the skills somebody has to all that a goal needs.

    Cost: O((steps + relations) log steps), and what hangs on each step.

    Raises:
        InputError: nobody knows the occupation; the hint names the nearest.
    """
    occupation = known_occupation(taxonomy, goal)
    there = frozenset(have)
    missing = _missing(taxonomy, there, occupation.essential)
    ranks = _ranks(taxonomy, there, missing, occupation.essential)
    return LearningPath(
        goal,
        tuple(_step(taxonomy, there, occupation, missing, each) for each in _ordered(missing, ranks)),
        tuple(each for each in occupation.essential if each in there),
        len(occupation.essential),
        tuple(sorted(each for each in there if each not in taxonomy.skills)),
    )


def _missing(taxonomy: Taxonomy, there: frozenset[SkillId], wanted: Iterable[SkillId]) -> _Missing:
    needs: dict[SkillId, tuple[SkillId, ...]] = {}
    pending = [each for each in wanted if each not in there]
    while pending:
        skill = pending.pop()
        if skill not in needs:
            needs[skill] = tuple(each for each in taxonomy.skills[skill].needs if each not in there and each != skill)
            pending += needs[skill]
    waiting: dict[SkillId, list[SkillId]] = {each: [] for each in needs}
    for skill, needed in needs.items():
        for each in needed:
            waiting[each].append(skill)
    return _Missing(needs, {each: tuple(sorted(found)) for each, found in waiting.items()}, _cycles(needs))


def _cycles(needs: Mapping[SkillId, Collection[SkillId]]) -> Mapping[SkillId, tuple[SkillId, ...]]:
    """Of each skill those of its strongly connected component, itself among them."""
    names = sorted(needs)
    if not any(needs.values()):
        return {each: (each,) for each in names}
    place = {each: at for at, each in enumerate(names)}
    pairs = np.array([(place[skill], place[each]) for skill in names for each in needs[skill]])
    graph = csr_array((np.ones(len(pairs)), pairs.T), shape=(len(names), len(names)))
    _, component = connected_components(graph, connection="strong")
    members: dict[int, list[SkillId]] = {}
    for each, number in zip(names, component.tolist(), strict=True):
        members.setdefault(number, []).append(each)
    return {each: tuple(found) for found in members.values() for each in found}


def _ranks(
    taxonomy: Taxonomy, there: frozenset[SkillId], missing: _Missing, essential: Collection[SkillId]
) -> Mapping[SkillId, _Rank]:
    wanted = frozenset(essential)
    helps = Counter(each for skill in missing.needs for each in taxonomy.skills[skill].helped_by)
    found = {}
    for each in missing.needs:
        skill = taxonomy.skills[each]
        awaited, opens = len(_after(missing, each) & wanted), len(taxonomy.needing(each))
        harder = there.isdisjoint(skill.helped_by)
        found[each] = (-awaited, -helps[each], harder, _REUSE[skill.reuse], -opens, skill.label, each)
    return found


def _after(missing: _Missing, skill: SkillId) -> set[SkillId]:
    """The skill itself and all that cannot be learned before it."""
    found, pending = {skill}, [skill]
    while pending:
        fresh = set(missing.waiting[pending.pop()]) - found
        found |= fresh
        pending += fresh
    return found


def _ordered(missing: _Missing, ranks: Mapping[SkillId, _Rank]) -> list[SkillId]:
    first = {each: min(group, key=lambda one: ranks[one]) for each, group in missing.together.items()}
    waits_for = {
        each: {first[need] for one in missing.together[each] for need in missing.needs[one]} - {each}
        for each in set(first.values())
    }
    ready = [ranks[each] for each, needed in waits_for.items() if not needed]
    heapq.heapify(ready)
    order: list[SkillId] = []
    while ready:
        head = heapq.heappop(ready)[-1]
        order += sorted(missing.together[head], key=lambda one: ranks[one])
        for each in {first[one] for member in missing.together[head] for one in missing.waiting[member]} - {head}:
            waits_for[each].discard(head)
            if not waits_for[each]:
                heapq.heappush(ready, ranks[each])
    return order


def _step(taxonomy: Taxonomy, there: frozenset[SkillId], goal: Occupation, missing: _Missing, skill: SkillId) -> Step:
    known, together = taxonomy.skills[skill], missing.together[skill]
    return Step(
        skill,
        skill in goal.essential,
        known.reuse,
        tuple(each for each in missing.needs[skill] if each not in together),
        tuple(each for each in missing.waiting[skill] if each not in together),
        tuple(each for each in together if each != skill),
        tuple(each for each in known.helped_by if each in there),
        tuple(each for each in taxonomy.needing(skill) if each != goal.id),
    )
