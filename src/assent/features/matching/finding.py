"""The best of an index for a question, each decided again before it is shown, each with why it is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from assent.features.matching.describing import Described
from assent.features.matching.index import Index
from assent.features.matching.scoring import HYBRID, Needs, Parts, Question, Scores, Weights, ask, score
from assent.features.taxonomy.model import SkillId
from assent.vocabulary.identifiers import RecordId

Permitted = Callable[[Sequence[RecordId]], frozenset[RecordId]]
"""Which of these records may be used now, by the verdict of this moment."""

MOST_RESULTS: Final = 1000
_MOST_REASONS: Final = 5
_WORTH_SAYING: Final = 0.02
_LIKELY: Final = 0.1
"""From which on a kind of work, or what is usual in it, is given as a reason; below it, it is one of many."""


@dataclass(frozen=True, slots=True)
class SharedSkill:
    """A skill that is asked for and stated. Args: label: as the question says it; records: those that state it."""

    skill: SkillId
    label: str
    records: tuple[RecordId, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """Why something was found.

    Args:
        skills: asked for and stated, in words on both sides; the most telling first.
        implied: of both, but on one side only because everybody in that work needs them.
        titles: occupations that both titles mean, the closest first.
        alike: occupations that both may be, where the skills of one of them say so and no title does.
        words: words that both have and that say most.
        words_part, meaning_part, skills_part, title_part: what each added to the score.
    """

    skills: tuple[SharedSkill, ...]
    implied: tuple[str, ...]
    titles: tuple[str, ...]
    alike: tuple[str, ...]
    words: tuple[str, ...]
    words_part: float
    meaning_part: float
    skills_part: float
    title_part: float


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found. Args: score: 0 to 1; compares within one question only."""

    name: str
    score: float
    why: Why


def everybody(records: Sequence[RecordId]) -> frozenset[RecordId]:
    """All of them: for texts that were judged a moment ago, and for benchmarks."""
    return frozenset(records)


def find(
    index: Index,
    said: Described,
    permitted: Permitted,
    *,
    limit: int = 20,
    needs: Needs = Needs.QUESTION,
    weights: Weights = HYBRID,
    among: frozenset[str] | None = None,
) -> tuple[Hit, ...]:
    """The best of what may be used now, the best first; ties in the order of names.

    Every record behind a result is judged again. Where one may no longer be used, what is left of its owner is
    scored anew without it; where none may, the next one comes up. What scores nothing is no result.

    Args:
        limit: 1 to 1,000.
        needs: whose skills a fit is a share of.
        among: only these are looked for; None is everything.
    """
    limit = min(max(1, limit), MOST_RESULTS)
    scored = _Scored.of(index, said, needs, weights)
    total = scored.total.copy()
    if among is not None:
        total[~np.isin(index.names, np.array(sorted(among), dtype=str))] = 0
    hits: list[Hit] = []
    for at in _best_first(total):
        hit = scored.hit_among(int(at), permitted)
        if hit is not None:
            hits.append(hit)
        # One that lost a record may have fallen below those not looked at: look on until none of them can be better.
        if len(hits) >= limit and sorted((each.score for each in hits), reverse=True)[limit - 1] >= total[at]:
            break
    hits.sort(key=lambda each: (-each.score, each.name))
    return tuple(hits[:limit])


def explain(
    index: Index, said: Described, name: str, *, needs: Needs = Needs.QUESTION, weights: Weights = HYBRID
) -> Why | None:
    """Why `name` is found for this question; None where it is not in the index."""
    at = index.places.get(name)
    return None if at is None else _Scored.of(index, said, needs, weights).why(at)


def _best_first(total: Scores) -> NDArray[np.int64]:
    """Places with a score, the best first, ties by name: names are sorted, so a stable order does it."""
    ordered = np.argsort(-total, kind="stable")
    best: NDArray[np.int64] = ordered[total[ordered] > 0]
    return best


@dataclass(frozen=True)
class _Scored:
    """An index, scored for one question."""

    index: Index
    said: Described
    question: Question
    parts: Parts
    needs: Needs
    weights: Weights
    total: Scores

    @classmethod
    def of(cls, index: Index, said: Described, needs: Needs, weights: Weights) -> _Scored:
        question = ask(index, said)
        parts = score(index, question, needs)
        return cls(index, said, question, parts, needs, weights, parts.together(weights))

    def hit_among(self, at: int, permitted: Permitted) -> Hit | None:
        """The hit at a place, from the records that may be used now; None where none may or nothing is left."""
        name = str(self.index.names[at])
        records = [RecordId(str(each)) for each in self.index.records_of(name)]
        may = permitted(records)
        if len(may) == len(records):
            return Hit(name, float(self.total[at]), self.why(at))
        if not may:
            return None
        index = self.index.only(name).without_records(set(records) - may)
        left = _Scored.of(index, self.said, self.needs, self.weights)
        return Hit(name, float(left.total[0]), left.why(0)) if left.total[0] > 0 else None

    def why(self, at: int) -> Why:
        columns, name = self.index.skill_columns, str(self.index.names[at])
        labels = columns.taxonomy.skills
        stated, implied = self._skills(at)
        weights, parts = self.weights, self.parts
        return Why(
            tuple(self._shared(name, columns.ids[each], each) for each in stated[:_MOST_REASONS]),
            tuple(labels[columns.ids[each]].label for each in implied[:_MOST_REASONS]),
            *self._titles(at),
            self._words(at),
            round(weights.words * float(parts.words[at]), 4),
            round(weights.meaning * float(parts.meaning[at]), 4),
            round(weights.skills * float(parts.skills[at]), 4),
            round(weights.title * float(parts.title[at]), 4),
        )

    def _shared(self, name: str, skill: SkillId, column: int) -> SharedSkill:
        records = tuple(RecordId(str(each)) for each in self.index.naming(name, column))
        # In the words of whoever asks: `SQL`, where the taxonomy says `database management systems`.
        label = self.said.skills.get(skill, self.index.skill_columns.taxonomy.skills[skill].label)
        return SharedSkill(skill, label, records)

    def _skills(self, at: int) -> tuple[list[int], list[int]]:
        """Columns of skills that both name, and of those that the work of one implies; the most telling first."""
        stated: list[int] = []
        implied: list[int] = []
        rarity = self.index.skill_columns.rarity
        for column in sorted(self.question.skills, key=lambda each: (-rarity[each], each)):
            has, asked = _cell(self.index.stated, at, column), self.question.skills[column]
            if has >= 1 and asked >= 1:
                stated.append(column)
            elif has * asked >= _LIKELY:
                implied.append(column)
        return stated, implied

    def _titles(self, at: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Occupations of both: those that both titles mean, and those that skills say."""
        columns, asked = self.index.title_columns, self.question.titles
        shared = [
            each
            for each in sorted(asked)
            if each < len(columns.ids) and asked[each] * _cell(self.index.positions, at, each) >= _LIKELY
        ]
        shared.sort(key=lambda each: -asked[each])
        row = self.index.titled[at]
        titled = self.question.titled & set(row.indices.tolist())
        labels = [(each in titled, columns.taxonomy.occupations[columns.ids[each]].label) for each in shared]
        return (
            tuple(label for said, label in labels if said)[:_MOST_REASONS],
            tuple(label for said, label in labels if not said)[:_MOST_REASONS],
        )

    def _words(self, at: int) -> tuple[str, ...]:
        adds = {column: _cell(self.index.weights, at, column) * asked for column, asked in self.question.words.items()}
        telling = [column for column, added in adds.items() if added > _WORTH_SAYING]
        telling.sort(key=lambda each: (-adds[each], each))
        return tuple(self.said.spoken[each] for each in telling[:_MOST_REASONS] if each in self.said.spoken)


def _cell(matrix: sparse.csc_matrix, row: int, column: int) -> float:
    """One value of a matrix whose columns are sorted; many times faster than indexing it."""
    start, end = matrix.indptr[column], matrix.indptr[column + 1]
    at = start + np.searchsorted(matrix.indices[start:end], row)
    return float(matrix.data[at]) if at < end and matrix.indices[at] == row else 0.0
