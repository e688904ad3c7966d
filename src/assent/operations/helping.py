"""Help for one member from their own records: suggestions for the profile, a way to learn.

Each reads what its own purpose may use at this moment and keeps nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from assent.errors import InputError
from assent.features.learning import LearningPath, path_to
from assent.features.learning.assessments import (
    Assessment,
    AssessmentResult,
    assess_occupation,
    score_answers,
)
from assent.features.learning.distractors import Neighbourhood
from assent.features.learning.goals import goal_named, nearest_goals
from assent.features.profile import Entry, Profile, Suggestion, suggest
from assent.features.taxonomy import Taxonomy
from assent.features.taxonomy.model import OccupationId, SkillId
from assent.operations.finding import usable_texts
from assent.operations.items import Items, OwnText
from assent.operations.platform import Platform
from assent.operations.taxonomy import linker_of, taxonomy_of
from assent.vocabulary.identifiers import MemberId

IMPROVE_PROFILE: Final = "improve_profile"
LEARNING: Final = "learning"
QUESTIONS: Final = 12


def suggestions_for(
    platform: Platform, items: Items, member: MemberId, *, goal: str | None = None
) -> tuple[Suggestion, ...]:
    """What the member could look at in their profile.

    Args:
        goal: an occupation they want, as they call it.

    Raises:
        RefusedError: the member switched it off.
        InputError: nobody knows that occupation; the hint names the nearest.
    """
    workspace = platform.workspace
    linker = linker_of(workspace)
    wanted = goal_named(linker, goal) if goal else None
    profile = Profile(tuple(_entry(each) for each in _texts(items, member, IMPROVE_PROFILE)))
    return suggest(taxonomy_of(workspace), profile, goal=wanted, at=platform.present(), linker=linker)


@dataclass(frozen=True, slots=True)
class WayTo:
    """Where a member stands on the way to an occupation. Args: stated: the skills that their records name."""

    path: LearningPath
    stated: tuple[SkillId, ...]
    taxonomy: Taxonomy


def way_to(platform: Platform, items: Items, member: MemberId, goal: str) -> WayTo:
    """The skills that the member lacks for an occupation, in an order that can be learned. Raises: as the others."""
    taxonomy = _taxonomy(platform)
    have = skills_of(platform, items, member)
    return WayTo(path_to(taxonomy, have, goal_named(linker_of(platform.workspace), goal)), have, taxonomy)


@dataclass(frozen=True, slots=True)
class Near:
    """An occupation, and how many of its essential skills are there."""

    label: str
    held: int
    needed: int


def goals_near(platform: Platform, items: Items, member: MemberId, limit: int = 5) -> tuple[Near, ...]:
    """The occupations closest to the skills that the member names. Raises: as the others."""
    taxonomy = _taxonomy(platform)
    found = nearest_goals(taxonomy, skills_of(platform, items, member), limit)
    return tuple(Near(taxonomy.occupations[each.occupation].label, each.held, each.needed) for each in found)


def skills_of(platform: Platform, items: Items, member: MemberId) -> tuple[SkillId, ...]:
    """The skills that the member's own records name, as far as `learning` may read them now."""
    linker = linker_of(platform.workspace)
    found = {linked.skill for each in _texts(items, member, LEARNING) for linked in linker.skills_in(each.text)}
    return tuple(sorted(found))


def assessment_for(platform: Platform, subject: str, *, seed: int, questions: int = QUESTIONS) -> Assessment:
    """Questions about an occupation; the same seed asks the same. Raises: as the others."""
    taxonomy = _taxonomy(platform)
    occupation = goal_named(linker_of(platform.workspace), subject)
    return assess_occupation(_near(platform.workspace.root.as_posix(), taxonomy), occupation, seed, questions)


def assessment_again(platform: Platform, occupation: str, *, seed: int, questions: int = QUESTIONS) -> Assessment:
    """The questions that were asked before, by the id of the occupation. Raises: as the others."""
    taxonomy = _taxonomy(platform)
    if occupation not in taxonomy.occupations:
        raise InputError("there is no such assessment", hint="begin a new one")
    near = _near(platform.workspace.root.as_posix(), taxonomy)
    return assess_occupation(near, OccupationId(occupation), seed, questions)


def scored(assessment: Assessment, answers: Mapping[str, int], *, at: datetime) -> AssessmentResult:
    """What the answers show, and how sure that is. Nothing of it is kept here: the result is the member's."""
    return score_answers(assessment, answers, at)


def _taxonomy(platform: Platform) -> Taxonomy:
    taxonomy = taxonomy_of(platform.workspace)
    if not taxonomy.occupations:
        raise InputError("no occupations are known here", hint="`assent taxonomy import` brings ESCO's")
    return taxonomy


_KEPT: Final[dict[tuple[str, str], Neighbourhood]] = {}
"""The neighbourhood of the taxonomy that was asked for last; it takes a second to make."""


def _near(root: str, taxonomy: Taxonomy) -> Neighbourhood:
    key = root, taxonomy.digest
    if key not in _KEPT:
        _KEPT.clear()
        _KEPT[key] = Neighbourhood(taxonomy)
    return _KEPT[key]


def _texts(items: Items, member: MemberId, purpose: str) -> tuple[OwnText, ...]:
    return usable_texts(items, member, purpose)


def _entry(each: OwnText) -> Entry:
    return Entry(each.record.id, each.record.category or "", each.text, each.record.created_at)
