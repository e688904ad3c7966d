"""Paths between occupations, the questions of assessments, what they measure, and suggestions for profiles.

    python -m bench.learning [--quick]

Needs ESCO and O*NET (`ASSENT_TEST_DATA`). Whether a path is valid is decided here, from what the taxonomy says, not by
what made it. In the simulation people's abilities are drawn as the prior has them and answer as the model says; then at
fixed abilities, and by guessing: what is measured is the scoring, not whether the items measure anything in people.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from random import Random

import numpy as np

from assent.errors import InputError
from assent.features.learning.assessments import Assessment, assess_occupation, assess_skill
from assent.features.learning.distractors import Neighbourhood
from assent.features.learning.goals import nearest_goals
from assent.features.learning.paths import LearningPath, path_to
from assent.features.learning.scoring import GUESSING, PRIOR, ability_of, raw_of
from assent.features.profile import Entry, Profile, suggest
from assent.features.taxonomy import Taxonomy
from assent.features.taxonomy.linking import Linker
from bench.matching import DATA, read_taxonomy_of
from bench.matching_people import people
from bench.report import Row

PAIRS = 500
ASSESSED = 300
SIMULATED = 4_000
PROFILES = 500
SEED = 17
AT = datetime(2025, 11, 3, tzinfo=UTC)


def run(*, quick: bool) -> list[Row]:
    if not (DATA / "esco").is_dir():
        return [Row("learning", "", "not run: no ESCO in ASSENT_TEST_DATA", None)]
    taxonomy = read_taxonomy_of(DATA)
    scale = 10 if quick else 1
    made, rows = _assessments(taxonomy, ASSESSED // scale)
    return [
        *_paths(taxonomy, PAIRS // scale),
        *rows,
        *_simulation(made, SIMULATED // scale),
        *_suggestions(taxonomy, PROFILES // scale),
    ]


def _paths(taxonomy: Taxonomy, pairs: int) -> list[Row]:
    random, occupations = Random(SEED), sorted(taxonomy.occupations)
    valid, lengths, took, prerequisites, nearest = 0, [], [], 0, []
    for _ in range(pairs):
        start, goal = random.choice(occupations), random.choice(occupations)
        have = set(taxonomy.occupations[start].essential)
        began = time.perf_counter()
        path = path_to(taxonomy, have, goal)
        took.append((time.perf_counter() - began) * 1000)
        began = time.perf_counter()
        nearest_goals(taxonomy, have)
        nearest.append((time.perf_counter() - began) * 1000)
        valid += holds(taxonomy, have, path)
        lengths.append(len(path.steps))
        prerequisites += sum(not each.essential for each in path.steps)
    return [
        Row(f"paths valid, of {pairs} pairs of occupations", "all", f"{valid}", valid == pairs),
        Row(
            "steps of a path", "", f"median {statistics.median(lengths):.0f}, most {max(lengths)}; "
            f"{prerequisites / sum(lengths):.1%} are prerequisites only", None,
        ),
        Row("one path", "", f"median {statistics.median(took):.2f} ms, most {max(took):.1f} ms", None),
        Row("ten nearest goals", "", f"median {statistics.median(nearest):.2f} ms", None),
    ]  # fmt: skip


def holds(taxonomy: Taxonomy, have: set[str], path: LearningPath) -> bool:
    """Every step once and after all it needs, nothing else in it, and the goal's essential skills there at its end."""
    essential, learned = set(taxonomy.occupations[path.goal].essential), set(have)
    asked = {need for step in path.steps for need in taxonomy.skills[step.skill].needs}
    for step in path.steps:
        if step.skill in learned or not set(taxonomy.skills[step.skill].needs) - set(step.together) <= learned:
            return False
        learned.add(step.skill)
    return essential <= learned <= have | essential | asked


def _assessments(taxonomy: Taxonomy, count: int) -> tuple[list[Assessment], list[Row]]:
    random, near = Random(SEED), Neighbourhood(taxonomy)
    rejected, made, took = Counter(), [], []
    for occupation in random.sample(sorted(taxonomy.occupations), count):
        began = time.perf_counter()
        try:
            made.append(assess_occupation(near, occupation, SEED))
        except InputError:
            continue
        took.append((time.perf_counter() - began) * 1000)
        rejected.update(made[-1].rejected)
    items = [item for each in made for item in each.items]
    skills = sum(_can_be_assessed(near, each) for each in random.sample(sorted(taxonomy.skills), count))
    first = sum(max(range(4), key=lambda at: len(item.options[at])) == item.right for item in items)
    tried = len(items) + rejected.total()
    reasons = ", ".join(f"{flaw.name.lower()} {number / tried:.1%}" for flaw, number in rejected.most_common())
    return made, [
        Row(
            "occupations that can be assessed", "", f"{len(made)} of {count}, {len(items) / len(made):.1f} items", None
        ),
        Row("skills that can be assessed", "", f"{skills} of {count}", None),
        Row(f"items rejected, of {tried:,}", "", f"{rejected.total() / tried:.0%}: {reasons}", None),
        Row("the longest option is the right one", "", f"{first / len(items):.1%} (chance 25 %)", None),
        Row("one assessment", "", f"median {statistics.median(took):.0f} ms, most {max(took):.0f} ms", None),
    ]


def _can_be_assessed(near: Neighbourhood, skill: str) -> bool:
    try:
        return bool(assess_skill(near, skill, SEED).items)
    except InputError:
        return False


def _simulation(made: list[Assessment], count: int) -> list[Row]:
    random = np.random.default_rng(SEED)
    truths = PRIOR * random.standard_normal(count)
    covered = [_covers(made[at % len(made)], truth, random) for at, truth in enumerate(truths)]
    fixed = {
        truth: [_covers(made[at % len(made)], truth, random) for at in range(count // 4)]
        for truth in (-2, -1, 0, 1, 2, 3)
    }
    guessed = [_told(made[at % len(made)], None, random) for at in range(count)]
    knew = [_told(made[at % len(made)], 1.0, random) for at in range(count)]
    share, half = float(np.mean(covered)), 1.96 * float(np.std(covered)) / count**0.5
    by_ability = ", ".join(f"{truth:+d}: {np.mean(each):.1%}" for truth, each in fixed.items())
    return [
        Row(
            "95 % intervals that cover the truth", "95 % ± 1.5", f"{share:.1%} ± {half:.1%}", abs(share - 0.95) <= 0.015
        ),
        Row("… at one ability", "", by_ability, None),
        Row("guessers taken for people who know", "≤ 5 %", f"{np.mean(guessed):.1%}", bool(np.mean(guessed) <= 0.05)),
        Row("people of ability +1 told from guessing", "", f"{np.mean(knew):.1%}", None),
    ]


def _answers(made: Assessment, ability: float | None, random: np.random.Generator) -> list[bool]:
    hard = np.array([item.difficulty for item in made.items])
    known = 0.0 if ability is None else 1 / (1 + np.exp(hard - ability))
    return list(random.random(len(hard)) < GUESSING + (1 - GUESSING) * known)


def _covers(made: Assessment, ability: float, random: np.random.Generator) -> bool:
    found = ability_of([item.difficulty for item in made.items], _answers(made, ability, random))
    return found.low <= ability <= found.high


def _told(made: Assessment, ability: float | None, random: np.random.Generator) -> bool:
    return raw_of(sum(_answers(made, ability, random)), len(made.items)).told_from_guessing


def _suggestions(taxonomy: Taxonomy, count: int) -> list[Row]:
    linker, topics, took, claimed = Linker(taxonomy), Counter(), [], 0
    linker.occupations_named("warm up the index of names")
    for person in people(taxonomy, count, seed=SEED):
        parts = [("profile.position", f"{person.title} (2014 to today)"), ("profile.summary", person.about)]
        parts += [("profile.skill", each) for each in person.skills[::2]]
        parts += [("post", f"Today: {each}.") for each in person.skills[1::2]]
        entries = tuple(Entry(f"{person.name}-{at}", category, text, AT) for at, (category, text) in enumerate(parts))
        began = time.perf_counter()
        found = suggest(taxonomy, Profile(entries), goal=None, at=AT, linker=linker)
        took.append((time.perf_counter() - began) * 1000)
        topics.update({each.topic.value for each in found})
        listed = {linker.skill_named(each) for each in person.skills[::2]}
        claimed += sum(each.skill in listed for each in found if each.topic.value.endswith(" skill"))
    told = ", ".join(f"{topic} {number / count:.0%}" for topic, number in topics.most_common())
    return [
        Row("skills suggested that the profile lists", "0", f"{claimed}", claimed == 0),
        Row(f"of {count} profiles, with suggestions of", "", told, None),
        Row(
            "suggestions for one profile", "", f"median {statistics.median(took):.0f} ms, most {max(took):.0f} ms", None
        ),
    ]


if __name__ == "__main__":
    for row in run(quick="--quick" in sys.argv):
        print(row)
