"""A few occupations and skills, as small as a test can read."""

from __future__ import annotations

from assent.features.taxonomy import Occupation, Skill, Taxonomy
from assent.features.taxonomy.model import OccupationId, Reuse, SkillId, SkillKind


def skill(ident: str, label: str, *names: str, needs: tuple[str, ...] = (), **more: object) -> Skill:
    return Skill(SkillId(ident), label, names, needs=tuple(map(SkillId, needs)), **more)  # type: ignore[arg-type]


def occupation(ident: str, label: str, *names: str, isco: str, essential: str, optional: str = "") -> Occupation:
    return Occupation(
        OccupationId(ident), label, names, f"{label}s do what {label}s do.", isco,
        tuple(map(SkillId, essential.split())), tuple(map(SkillId, optional.split())),
    )  # fmt: skip


SKILLS = (
    skill("weld", "weld metal", "welding metal", "join metals by heat"),
    skill("draw", "read technical drawings", "reading drawings"),
    skill("bake", "bake bread", "baking of bread"),
    skill("dough", "prepare dough", "make dough", kind=SkillKind.COMPETENCE),
    skill("python", "Python (computer programming)", "Python", kind=SkillKind.KNOWLEDGE),
    skill("code", "write code", "programming", needs=("logic",)),
    skill("logic", "logic", kind=SkillKind.KNOWLEDGE, reuse=Reuse.TRANSVERSAL),
    skill("led", "light emitting diodes", "LED"),
)
OCCUPATIONS = (
    occupation("welder", "welder", "arc welder", isco="7212", essential="weld draw"),
    occupation("smith", "blacksmith", "smith", isco="7221", essential="weld", optional="draw"),
    occupation("baker", "baker", "bread maker", isco="7512", essential="bake dough"),
    occupation("developer", "software developer", "programmer", isco="2512", essential="code python", optional="logic"),
)
TAXONOMY = Taxonomy({each.id: each for each in OCCUPATIONS}, {each.id: each for each in SKILLS}, "small", "0" * 64)
