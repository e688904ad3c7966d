"""Skills of an occupation that a profile does not list: those the member's own texts show first."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from assent.features.profile.reading import Reading, Shown
from assent.features.profile.topics import Suggestion, Topic
from assent.features.taxonomy.model import Occupation, SkillId, Taxonomy

MOST: Final = 10
"""Of one topic; a list that nobody reads to its end helps nobody."""
_MOST_RECORDS: Final = 5


def skills_to_ask_for(taxonomy: Taxonomy, said: Reading, target: Occupation | None) -> Iterator[Suggestion]:
    """Asks for skills that the texts show, then for essential ones, then for optional ones of the occupation.

    Without an occupation, for those that the texts show. Most shown, then most widely needed come first.
    """
    listed = {each.skill for each in said.listed}
    wanted = [*target.essential, *target.optional] if target else sorted(said.shown)
    missing = [each for each in wanted if each not in listed]
    shown = [each for each in missing if each in said.shown]
    for skill in _first(taxonomy, said, shown, target.essential if target else ()):
        yield _shown(taxonomy, said.shown[skill], target)
    if target:
        for topic, of in ((Topic.ESSENTIAL_SKILL, target.essential), (Topic.OPTIONAL_SKILL, target.optional)):
            left = [each for each in of if each not in listed and each not in said.shown]
            for skill in _first(taxonomy, said, left, ()):
                yield _asked(taxonomy, topic, skill, target, len(left), said)


def _first(taxonomy: Taxonomy, said: Reading, skills: Sequence[SkillId], ahead: Collection[SkillId]) -> list[SkillId]:
    def rank(skill: SkillId) -> tuple[bool, int, int, str]:
        known = taxonomy.skills[skill]
        return skill not in ahead, -len(said.shown.get(skill, ())), -len(taxonomy.needing(skill)), known.label

    return sorted(skills, key=rank)[:MOST]


def _shown(taxonomy: Taxonomy, places: Sequence[Shown], target: Occupation | None) -> Suggestion:
    skill, first = taxonomy.skills[places[0].skill], places[0]
    role = "" if target is None else f", which is {_role(skill.id, target)} for `{target.label}`"
    return Suggestion(
        Topic.SHOWN_SKILL,
        f"you wrote `{first.words}`; your list of skills has no `{skill.label}`{role}",
        f"do you have `{skill.label}`? if so, add it; if not, leave it out",
        tuple(dict.fromkeys(each.entry.record for each in places))[:_MOST_RECORDS],
        skill=skill.id,
        words=first.words,
        occupations=(target.id,) if target else (),
    )


def _asked(  # noqa: PLR0917 - what it says
    taxonomy: Taxonomy, topic: Topic, skill: SkillId, target: Occupation, of: int, said: Reading
) -> Suggestion:
    label = taxonomy.skills[skill].label
    return Suggestion(
        topic,
        f"`{label}` is {_role(skill, target)} for `{target.label}`; nothing you wrote names it (one of {of:,} such)",
        f"do you have `{label}`? if so, add it; if not, it can be a step of a learning path",
        (said.current.entry.record,) if said.current else (),
        skill=skill,
        occupations=(target.id,),
    )


def _role(skill: SkillId, target: Occupation) -> str:
    return "essential" if skill in target.essential else "optional"
