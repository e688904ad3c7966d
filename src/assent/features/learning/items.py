"""Questions with four options, made from descriptions and tasks, each passed by rules or rejected for one of them.

What is asked is recognition: of the work of an occupation, of what it needs, of what a skill's description describes.
How hard an item is follows from its making (`difficulty`), not from anybody's answers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from itertools import chain, combinations, zip_longest
from random import Random
from statistics import fmean
from typing import Final, TypeVar

from assent.features.learning.distractors import WRONG, Candidate, Neighbourhood, choose
from assent.features.learning.wording import BLANK, alike, blanked, content, negated, roots
from assent.features.taxonomy.model import Occupation, Reuse, Skill

_SHORTEST, _LONGEST, _LONGEST_OPTION = 20, 500, 240
_LEAST_LEFT: Final = 6
_MOST_BLANK: Final = 0.34
_STANDS_OUT: Final = 1.7
_REUSE: Final = {Reuse.TRANSVERSAL: -0.5, Reuse.CROSS_SECTOR: -0.25, Reuse.SECTOR: 0.25, Reuse.OCCUPATION: 0.5}
_FORMS: Final = roots(
    "which of these belongs to the work; is essential in the work; is described; what is meant by this"
)
"""What questions have in common, which gives nothing away."""
_Thing = TypeVar("_Thing")
_SENTENCE: Final = re.compile(r"(?<=[.;])\s+")


class Kind(StrEnum):
    """What an item asks."""

    TASK = "task"
    NEEDED = "needed"
    DESCRIBED = "described"
    MEANT = "meant"
    USED = "used"


class Flaw(StrEnum):
    """Why an item is not asked."""

    FEW_WRONG = "fewer than three wrong answers are near and wrong for sure"
    LENGTH = "question or option is too short or too long"
    NEGATED = "question or option says that something is not so"
    GIVEN_AWAY = "the question shares words with the right answer and not with the others"
    ALIKE = "two options may mean the same"
    STANDS_OUT = "one option is much longer or shorter than the others"
    LITTLE_LEFT = "too little of the description is left beside its own name"


@dataclass(frozen=True, slots=True)
class Item:
    """A question. Args: right: place among `options`; difficulty: in logits; of: the ESCO id it was made from."""

    id: str
    kind: Kind
    question: str
    options: tuple[str, ...]
    right: int
    difficulty: float
    of: str


@dataclass(frozen=True, slots=True)
class Draft:
    """An item before it was looked at."""

    kind: Kind
    question: str
    right: str
    wrong: tuple[str, ...]
    difficulty: float
    of: str


def items_from(drafts: Iterable[Draft], count: int, random: Random) -> tuple[tuple[Item, ...], dict[Flaw, int]]:
    """The first `count` sound items, options in a drawn order, and how many were rejected on the way, by reason."""
    items: list[Item] = []
    asked: set[tuple[str, str]] = set()
    rejected: Counter[Flaw] = Counter()
    for draft in drafts:
        if len(items) == count:
            break
        flaw = flaw_of(draft)
        if flaw is not None:
            rejected[flaw] += 1
        elif (draft.question, draft.right) not in asked:
            asked.add((draft.question, draft.right))
            items.append(_item(draft, random))
    return tuple(items), dict(rejected)


def flaw_of(draft: Draft) -> Flaw | None:
    """What is wrong with a draft, or None."""
    options = (draft.right, *draft.wrong)
    if len(draft.wrong) < WRONG:
        return Flaw.FEW_WRONG
    if not _SHORTEST <= len(draft.question) <= _LONGEST or max(map(len, options)) > _LONGEST_OPTION:
        return Flaw.LENGTH
    if any(negated(each) for each in (draft.question, *options)):
        return Flaw.NEGATED
    if draft.kind in {Kind.DESCRIBED, Kind.MEANT} and _little_left(draft):
        return Flaw.LITTLE_LEFT
    asked = roots(draft.question) - _FORMS
    shared = [len(asked & roots(each)) for each in options]
    if shared[0] > max(shared[1:]):
        return Flaw.GIVEN_AWAY
    if any(alike(one, other) for one, other in combinations(options, 2)):
        return Flaw.ALIKE
    lengths = sorted(map(len, options))
    return Flaw.STANDS_OUT if max(lengths[3] / lengths[2], lengths[1] / lengths[0]) > _STANDS_OUT else None


def drafts_of_occupation(near: Neighbourhood, occupation: Occupation, random: Random) -> Iterator[Draft]:
    """Drafts of its tasks, of what it needs, and of what that means, by turns."""
    skills = [near.taxonomy.skills[each] for each in occupation.essential]
    special = [each for each in skills if each.reuse in {Reuse.SECTOR, Reuse.OCCUPATION}]
    makers = (
        (_task(near, occupation, each, random) for each in _drawn(occupation.tasks, random)),
        (_needed(near, occupation, each, random) for each in _drawn(special, random)),
        (_described(near, occupation, each, random) for each in _drawn(skills, random)),
    )
    return (draft for draft in chain.from_iterable(zip_longest(*makers)) if draft is not None)


def drafts_of_skill(near: Neighbourhood, skill: Skill, random: Random) -> Iterator[Draft]:
    """Drafts of what it means, of who needs it, and of what it rests on, by turns."""
    taxonomy = near.taxonomy
    users = [taxonomy.occupations[each] for each in taxonomy.needing(skill.id)] or _optional_users(near, skill)
    if not users:
        return iter(())
    related = [taxonomy.skills[each] for each in (*skill.needs, *skill.helped_by)]
    said = [each for each in _SENTENCE.split(skill.description) if len(each) >= _SHORTEST]
    makers = (
        (_meant(near, random.choice(users), skill, each, random) for each in _drawn(said, random)),
        (_used(near, each, skill, random) for each in _drawn(users, random)),
        (_described(near, random.choice(users), each, random) for each in [skill, *_drawn(related, random)]),
    )
    return (draft for draft in chain.from_iterable(zip_longest(*makers)) if draft is not None)


def _task(near: Neighbourhood, occupation: Occupation, task: str, random: Random) -> Draft:
    wrong = choose(near.tasks(occupation, random), task)
    question = f"{_capital(occupation.label)}: which of these belongs to the work?"
    return Draft(Kind.TASK, question, task, _texts(wrong), _difficulty(wrong), occupation.id)


def _needed(near: Neighbourhood, occupation: Occupation, skill: Skill, random: Random) -> Draft:
    wrong = choose(near.skills(occupation, skill, random), skill.label)
    question = f"{_capital(occupation.label)}: which of these is essential in the work?"
    return Draft(Kind.NEEDED, question, skill.label, _texts(wrong), _difficulty(wrong, skill), skill.id)


def _described(near: Neighbourhood, occupation: Occupation, skill: Skill, random: Random) -> Draft:
    wrong = choose((each for _, each in near.meanings(occupation, skill, random)), skill.label)
    question = f"Which of these is described? {blanked(skill.description, skill.label)}"
    return Draft(Kind.DESCRIBED, question, skill.label, _texts(wrong), _difficulty(wrong, skill), skill.id)


def _meant(near: Neighbourhood, occupation: Occupation, skill: Skill, said: str, random: Random) -> Draft:
    right = blanked(said, skill.label)
    others = near.meanings(occupation, skill, random)
    wrong = choose((Candidate(_opening(other), each.near) for other, each in others), right)
    return Draft(
        Kind.MEANT, f"What is meant by this: {skill.label}?", right, _texts(wrong), _difficulty(wrong, skill), skill.id
    )


def _used(near: Neighbourhood, occupation: Occupation, skill: Skill, random: Random) -> Draft:
    wrong = choose(near.users(occupation, skill, random), occupation.label)
    question = f"In which of these occupations is this essential: {skill.label}?"
    return Draft(Kind.USED, question, occupation.label, _texts(wrong), _difficulty(wrong, skill), skill.id)


def _difficulty(wrong: Sequence[Candidate], skill: Skill | None = None) -> float:
    """The nearer the wrong answers and the more special the skill, the harder: -2.5 to 1.5 logits."""
    nearness = fmean(each.near for each in wrong) - 2 if wrong else 0.0
    return round(nearness + (_REUSE[skill.reuse] if skill else 0.0), 2)


def _texts(wrong: Sequence[Candidate]) -> tuple[str, ...]:
    return tuple(each.text for each in wrong)


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]


def _item(draft: Draft, random: Random) -> Item:
    options = [draft.right, *draft.wrong]
    random.shuffle(options)
    ident = sha256("\n".join([draft.question, *options]).encode()).hexdigest()[:16]
    right = options.index(draft.right)
    return Item(ident, draft.kind, draft.question, tuple(options), right, draft.difficulty, draft.of)


def _drawn(things: Sequence[_Thing], random: Random) -> list[_Thing]:
    return random.sample(things, len(things))


def _opening(skill: Skill) -> str:
    return blanked(_SENTENCE.split(skill.description)[0], skill.label)


def _little_left(draft: Draft) -> bool:
    text = draft.question if draft.kind is Kind.DESCRIBED else draft.right
    left = len(content(text.replace(BLANK, "")))
    return left < _LEAST_LEFT or text.count(BLANK) > _MOST_BLANK * left


def _optional_users(near: Neighbourhood, skill: Skill) -> list[Occupation]:
    return [each for _, each in sorted(near.taxonomy.occupations.items()) if skill.id in each.optional]
