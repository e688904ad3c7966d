"""A short assessment of an occupation's work or of a skill, and its result.

An assessment is made anew from its subject, its seed and the taxonomy: nothing of it has to be kept. Its result is the
member's own record (category `assessment.result`), which the caller stores, or does not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from random import Random
from typing import Any, Final

from pydantic import TypeAdapter

from assent.errors import InputError
from assent.features.learning.distractors import Neighbourhood
from assent.features.learning.goals import known_occupation
from assent.features.learning.items import Flaw, Item, drafts_of_occupation, drafts_of_skill, items_from
from assent.features.learning.scoring import GUESSING, Ability, Raw, ability_of, most_telling, raw_of
from assent.features.taxonomy.model import OccupationId, SkillId

CATEGORY: Final = "assessment.result"
FORMAT: Final = "assent-assessment/1"
ITEMS: Final = 16
LEAST: Final = 5
"""Items; of fewer, one slip is enough for a score that cannot be told from guessing."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """Questions about one subject. Args: rejected: items that were made and not asked, by reason."""

    subject: OccupationId | SkillId
    label: str
    seed: int
    taxonomy: str
    items: tuple[Item, ...]
    rejected: Mapping[Flaw, int]


@dataclass(frozen=True, slots=True)
class AssessmentResult:
    """What an assessment showed, and how sure that is.

    Args:
        taxonomy: digest of the one the items were made from.
        answered: of `raw.asked`; what was left out counts as wrong.
        guessing: the share that guessing gets right.
    """

    subject: str
    label: str
    seed: int
    taxonomy: str
    taken_at: datetime
    answered: int
    raw: Raw
    ability: Ability
    guessing: float = GUESSING

    @property
    def said(self) -> str:
        """The result in words, its uncertainty with it."""
        raw = self.raw
        counted = f"{raw.right} of {raw.asked} right ({raw.low:.0%} to {raw.high:.0%} with 95 % confidence)"
        if not raw.told_from_guessing:
            return f"{counted}; this cannot be told from guessing, which gets {self.guessing:.0%} right"
        return (
            f"{counted}; guessing gets {self.guessing:.0%} right; "
            f"ability {self.ability.estimate:+.1f}, between {self.ability.low:+.1f} and {self.ability.high:+.1f}"
        )

    def to_json(self) -> str:
        """The text of the record; the same result gives the same bytes."""
        document = {"format": FORMAT, **asdict(self), "taken_at": self.taken_at.isoformat(), "said": self.said}
        return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


_RESULT: Final = TypeAdapter(AssessmentResult)


def assess_occupation(near: Neighbourhood, occupation: OccupationId, seed: int, count: int = ITEMS) -> Assessment:
    """Questions about what people in an occupation do and need; the same for the same seed and taxonomy.

    Args:
        count: 5 to 100; where fewer can be made, there are fewer.

    Raises:
        InputError: nobody knows the occupation, or fewer than five sound questions can be made.
    """
    known = known_occupation(near.taxonomy, occupation)
    random = Random(f"{seed} {occupation}")  # noqa: S311 - the same items for the same seed
    items, rejected = items_from(drafts_of_occupation(near, known, random), _bounded(count), random)
    return Assessment(occupation, known.label, seed, near.taxonomy.digest, _enough(items, known.label), rejected)


def assess_skill(near: Neighbourhood, skill: SkillId, seed: int, count: int = ITEMS) -> Assessment:
    """Questions about what a skill means, who needs it and what it rests on.

    Raises:
        InputError: there is no such skill (any more), or fewer than five sound questions can be made.
    """
    known = near.taxonomy.skills.get(skill)
    if known is None:
        raise InputError(f"the taxonomy has no skill `{skill[:80]}`", hint="it may have been renamed; search its name")
    random = Random(f"{seed} {skill}")  # noqa: S311 - the same items for the same seed
    items, rejected = items_from(drafts_of_skill(near, known, random), _bounded(count), random)
    return Assessment(skill, known.label, seed, near.taxonomy.digest, _enough(items, known.label), rejected)


def score_answers(assessment: Assessment, answers: Mapping[str, int], at: datetime) -> AssessmentResult:
    """What the answers show; a question without an answer counts as wrong.

    Args:
        answers: by the item's id, the place of the chosen option.

    Raises:
        InputError: an answer is to no question of the assessment, or to no option of its question.
    """
    items = {each.id: each for each in assessment.items}
    for item, option in answers.items():
        if item not in items:
            raise InputError(
                f"no question has the id `{item[:40]}`", hint="answers belong to one seed and one taxonomy"
            )
        if not 0 <= option < len(items[item].options):
            raise InputError(f"question `{item}` has no option `{option}`")
    right = [answers.get(each.id) == each.right for each in assessment.items]
    return AssessmentResult(
        assessment.subject,
        assessment.label,
        assessment.seed,
        assessment.taxonomy,
        at,
        len(answers),
        raw_of(sum(right), len(right)),
        ability_of([each.difficulty for each in assessment.items], right),
    )


def next_item(assessment: Assessment, answers: Mapping[str, int]) -> Item | None:
    """The question not yet answered that says most about somebody who answered so; None after the last.

    It orders the questions; all of them count all the same.
    """
    items = assessment.items
    done = [at for at, each in enumerate(items) if each.id in answers]
    so_far = ability_of(
        [items[at].difficulty for at in done], [answers[items[at].id] == items[at].right for at in done]
    )
    chosen = most_telling([each.difficulty for each in items], done, so_far.estimate)
    return None if chosen is None else items[chosen]


def read_result(text: str) -> AssessmentResult:
    """What `to_json` wrote.

    Raises:
        InputError: the text is no result.
    """
    try:
        document: dict[str, Any] = json.loads(text)
        if document["format"] != FORMAT:
            raise ValueError
        return _RESULT.validate_python(
            {name: each for name, each in document.items() if name not in {"format", "said"}}
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError("the record is no result of an assessment", hint=f"its format is {FORMAT}") from error


def _bounded(count: int) -> int:
    if not LEAST <= count <= 100:  # noqa: PLR2004 - said in the docstring
        raise InputError(f"`{count}` questions are no short assessment", hint=f"{LEAST} to 100")
    return count


def _enough(items: tuple[Item, ...], label: str) -> tuple[Item, ...]:
    if len(items) < LEAST:
        raise InputError(
            f"only `{len(items)}` sound questions can be made about `{label}`",
            hint="take an assessment of an occupation that needs it",
        )
    return items
