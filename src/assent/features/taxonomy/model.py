"""Occupations, skills, and how they hang together, as ESCO describes them.

Source: ESCO v1.1 data model (European Commission); tasks and technologies from O*NET (US Department of Labor).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NewType

SkillId = NewType("SkillId", str)
"""The last part of an ESCO skill's address."""
OccupationId = NewType("OccupationId", str)
"""The last part of an ESCO occupation's address."""


class SkillKind(StrEnum):
    """What ESCO calls a skill's type."""

    KNOWLEDGE = "knowledge"
    COMPETENCE = "skill/competence"


class Reuse(StrEnum):
    """How widely a skill is of use, from everywhere to one occupation."""

    TRANSVERSAL = "transversal"
    CROSS_SECTOR = "cross-sector"
    SECTOR = "sector-specific"
    OCCUPATION = "occupation-specific"


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill, or a piece of knowledge.

    Args:
        alternatives: other names people use, without `label`.
        needs: skills without which this one cannot be (ESCO: relation between skills `essential`).
        helped_by: skills that make it easier (relation `optional`).
    """

    id: SkillId
    label: str
    alternatives: tuple[str, ...] = ()
    description: str = ""
    kind: SkillKind = SkillKind.COMPETENCE
    reuse: Reuse = Reuse.SECTOR
    needs: tuple[SkillId, ...] = ()
    helped_by: tuple[SkillId, ...] = ()


@dataclass(frozen=True, slots=True)
class Occupation:
    """An occupation.

    Args:
        isco: its unit group in ISCO-08, four digits; occupations that share it are close.
        essential: skills that everybody in it needs; `optional`: what some need.
        tasks: what people in it do, as O*NET's workers say; empty where no O*NET occupation was matched by name.
        technologies: tools they use, from the same.
    """

    id: OccupationId
    label: str
    alternatives: tuple[str, ...] = ()
    description: str = ""
    isco: str = ""
    essential: tuple[SkillId, ...] = ()
    optional: tuple[SkillId, ...] = ()
    tasks: tuple[str, ...] = ()
    technologies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """Every occupation and every skill; names in `essential`, `optional`, `needs` and `helped_by` all exist.

    Args:
        version: of whom and when, for people: `ESCO 1.1.1, O*NET 30.2`.
        digest: SHA-256 of the stored form, hexadecimal.
    """

    occupations: Mapping[OccupationId, Occupation]
    skills: Mapping[SkillId, Skill]
    version: str = ""
    digest: str = ""
    _of_skill: dict[SkillId, tuple[OccupationId, ...]] = field(default_factory=dict, repr=False, compare=False)

    def needing(self, skill: SkillId) -> tuple[OccupationId, ...]:
        """The occupations that `skill` is essential for, in their own order."""
        if not self._of_skill:
            found: dict[SkillId, list[OccupationId]] = {}
            for occupation in self.occupations.values():
                for each in occupation.essential:
                    found.setdefault(each, []).append(occupation.id)
            self._of_skill.update({each: tuple(occupations) for each, occupations in found.items()})
        return self._of_skill.get(skill, ())


EMPTY: Final = Taxonomy({}, {})
"""What there is where nobody imported one: matching and writing go on without."""
