"""A text as matching sees it: the words that say something, the skills it names, the occupations its title means."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from assent.features.matching.background import Background
from assent.features.taxonomy.linking import LONGEST_TEXT, Linker
from assent.features.taxonomy.model import OccupationId, SkillId
from assent.features.taxonomy.spelling import words_of

IMPLIED: Final = 0.8
"""How much a skill counts that nobody stated, but that everybody in the occupation needs."""
_TITLES: Final = 3
_LONGEST_TITLE: Final = 200
_PARTS: Final = re.compile(r"[,:;.()|•\n]")
"""What parts a title from a firm and a place: `Cole & Sons, Leeds: joiner (part time)`."""
_ADDED: Final = re.compile(
    r"\s+(?:with responsibility for|responsible for|in charge of|verantwortlich für|chargée? de|responsable de)\s.*",
    re.IGNORECASE,
)
"""What follows says how much, not what: `ward nurse with responsibility for nine people`."""
_MOST_PARTS: Final = 5
_SHARPNESS: Final = 12
"""A title that is a known name is hardly ever another; one that is half alike is hardly ever that one."""


@dataclass(frozen=True, slots=True)
class Described:
    """What one text says.

    Args:
        words: of each column of the background, how often its word stands there.
        skills: the skills named in it, and the words that name each.
        titles: occupations that its title may mean, with how likely each is; together at most 1.
        spoken: of each column, its word as it was written; to say why something was found.
    """

    words: Mapping[int, int]
    skills: Mapping[SkillId, str]
    titles: Mapping[OccupationId, float]
    spoken: Mapping[int, str] = field(default_factory=dict)


def title_in(text: str) -> str:
    """The part of a text that says what somebody is or what is offered: its first line."""
    lines = (line.strip() for line in text[:LONGEST_TEXT].split("\n"))
    return next((line for line in lines if line), "")[:_LONGEST_TITLE]


class Describer:
    """Describes texts by one background and one taxonomy; keeps nothing of them."""

    def __init__(self, background: Background, linker: Linker) -> None:
        self.background = background
        self.linker = linker

    def describe(self, text: str, *, title: str | None = None) -> Described:
        """What `text` says.

        Args:
            text: plain; of more than 200,000 characters the beginning is read.
            title: the part of it that says what somebody is; None where it has none.
        """
        text = text[:LONGEST_TEXT]
        counted: Counter[int] = Counter()
        spoken: dict[int, str] = {}
        for word in words_of(text):
            column = self.background.column(word.stem)
            if column >= 0:
                counted[column] += 1
                spoken.setdefault(column, text[word.start : word.end])
        skills: dict[SkillId, str] = {}
        for linked in self.linker.skills_in(text):
            skills.setdefault(linked.skill, text[linked.start : linked.end])
        titles = {} if title is None else self._titles(title)
        return Described(counted, skills, titles, spoken)

    def _titles(self, title: str) -> Mapping[OccupationId, float]:
        parts = [_ADDED.sub("", part).strip() for part in _PARTS.split(title[:_LONGEST_TITLE])]
        parts = [part for part in parts if part][:_MOST_PARTS]
        named = max(
            (self.linker.occupations_named(part, _TITLES) for part in parts),
            key=lambda each: each[0].score if each else 0.0,
            default=(),
        )
        likely = {each.occupation: each.score**_SHARPNESS for each in named}
        together = max(1.0, sum(likely.values()))
        return {occupation: share / together for occupation, share in likely.items()}
