"""What a suggestion is about, and what it consists of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assent.features.taxonomy.model import OccupationId, SkillId


class Topic(StrEnum):
    """What a suggestion is about, in the order in which suggestions are told."""

    NO_POSITION = "no position"
    UNKNOWN_TITLE = "unknown title"
    NO_SUMMARY = "no summary"
    SHOWN_SKILL = "shown skill"
    ESSENTIAL_SKILL = "essential skill"
    OPTIONAL_SKILL = "optional skill"
    TWO_NAMES = "one skill under two names"
    GAP = "gap"
    BACKWARDS = "dates the wrong way round"
    NO_DATES = "education without dates"
    STALE_POSITION = "stale position"
    STALE_SKILL = "stale skill"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that a member could look at.

    Args:
        reason: why it is suggested; `to_do`: a question or a step, never a claim for them to make.
        records: the member's records it rests on; none where it rests on there being none.
        words: as the member wrote them.
        occupations: those the suggestion is for, or those a title is near to.
    """

    topic: Topic
    reason: str
    to_do: str
    records: tuple[str, ...]
    skill: SkillId | None = None
    words: str | None = None
    occupations: tuple[OccupationId, ...] = ()
