"""Occupations and skills under one name each, whoever wrote them how.

    model       what an occupation and a skill are, and how they hang together
    reading     ESCO and O*NET as their publishers hand them out
    storing     a taxonomy as one file, and back
    linking     which skills and which occupation a text means

A taxonomy is public text: nothing in it comes from a member.
"""

from assent.features.taxonomy.model import Occupation, Skill, SkillKind, Taxonomy

__all__ = ["Occupation", "Skill", "SkillKind", "Taxonomy"]
