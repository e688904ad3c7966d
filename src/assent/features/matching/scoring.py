"""How well something fits what is asked: by its words, its meaning, its skills and what it is.

Each part lies between 0 and 1 and depends on the question and on the one that is scored, on nobody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from assent.features.matching.describing import Described
from assent.features.matching.index import K1, Index, one_row
from assent.features.matching.inferring import with_inferred

Scores = NDArray[np.float32]

MOST_WORDS: Final = 96
"""Words of a question that count: those that say most. A job text of a megabyte is asked no longer than a short one."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part counts. Chosen on members that no figure is reported on."""

    words: float
    meaning: float
    skills: float
    title: float


HYBRID: Final = Weights(words=0.12, meaning=0.1, skills=0.7, title=0.08)
ALIKE: Final = 0.4
"""The cosine from which on texts that share nothing else count as alike."""
_FEW: Final = 1.0
"""Skills that are taken to be missing of every job: else one that names a single skill would fit everybody with it."""


class Needs(StrEnum):
    """Who asks for skills: a job that is looked for, or one that is looked from. A fit is the share of *its* skills."""

    QUESTION = "question"
    FOUND = "found"


@dataclass(frozen=True)
class Question:
    """What is looked for, as columns.

    Args:
        words: columns of the words that count, and how often each is asked.
        meaning: Shape: (dimensions,); all zero where no word is known.
        skills: columns of skills, stated 1, implied by a title less.
        titles: columns of what is looked for, by its title or by the skills it names, and how surely.
        titled: those of them that its title says.
    """

    words: Mapping[int, float]
    meaning: Scores
    skills: Mapping[int, float]
    titles: Mapping[int, float]
    titled: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Parts:
    """The scores of everything in an index, part by part. Shape of each: (names,)."""

    words: Scores
    meaning: Scores
    skills: Scores
    title: Scores

    def together(self, weights: Weights) -> Scores:
        """The weighted sum."""
        found: Scores = (
            np.float32(weights.words) * self.words
            + np.float32(weights.meaning) * self.meaning
            + np.float32(weights.skills) * self.skills
            + np.float32(weights.title) * self.title
        )
        # Every text is a little like every other. Where no word, skill or title is shared, that alone is no fit.
        shared = (self.words > 0) | (self.skills > 0) | (self.title > 0) | (self.meaning >= ALIKE)
        return np.where(shared, found, np.float32(0))


def ask(index: Index, said: Described) -> Question:
    """The question that a text puts to an index."""
    rarity = index.background.rarity
    telling = sorted(said.words.items(), key=lambda cell: (-rarity[cell[0]] * np.log1p(cell[1]), cell[0]))[:MOST_WORDS]
    counts = sparse.csr_matrix((1, len(rarity)), dtype=np.float32)
    if said.words:
        columns = sorted(said.words)
        counts = sparse.csr_matrix(
            ([float(said.words[each]) for each in columns], ([0] * len(columns), columns)), shape=(1, len(rarity))
        )
    titled, stated = index.title_columns.of(said), index.skill_columns.of(said)
    positions = with_inferred(
        one_row(titled, len(index.title_columns)), one_row(stated, len(index.skill_columns)),
        index.skill_columns, index.title_columns,
    )  # fmt: skip
    skills = _cells_of(index.title_columns.implied(positions, index.skill_columns))
    return Question(
        {column: 1 + float(np.log(count)) for column, count in telling},
        index.background.meanings(counts)[0],
        skills | dict.fromkeys(stated, 1.0),
        _cells_of(positions),
        frozenset(titled),
    )


def score(index: Index, question: Question, needs: Needs = Needs.QUESTION) -> Parts:
    """How well everything in the index fits. Cost: the columns that are asked, and one product with every vector."""
    return Parts(
        _words(index, question), _meaning(index, question), _skills(index, question, needs), _title(index, question)
    )


def _cells_of(row: sparse.csr_matrix) -> dict[int, float]:
    return {int(column): float(value) for column, value in zip(row.indices, row.data, strict=True)}


def _words(index: Index, question: Question) -> Scores:
    """BM25, as a share of what a short text with all of the words would get."""
    columns, asked = _cells(question.words)
    found = _columns(index.weights, columns, asked)
    best = float((index.background.rarity[columns] * asked).sum()) / (1 + K1 * 0.25)
    shares: Scores = np.minimum(found / np.float32(best or 1.0), np.float32(1))
    return shares


def _meaning(index: Index, question: Question) -> Scores:
    found: Scores = np.maximum(index.meanings @ question.meaning, np.float32(0))
    return found


def _skills(index: Index, question: Question, needs: Needs) -> Scores:
    """The share of the needed skills that the other side has."""
    columns, asked = _cells(question.skills)
    needed = index.needed if needs is Needs.FOUND else asked.sum()
    found: Scores = _columns(index.stated, columns, asked) / (needed + np.float32(_FEW))
    return found


def _title(index: Index, question: Question) -> Scores:
    columns, asked = _cells(question.titles)
    found = _columns(index.positions, columns, asked * index.title_columns.closeness[columns])
    shares: Scores = np.minimum(found, np.float32(1))
    return shares


def _cells(asked: Mapping[int, float]) -> tuple[NDArray[np.int64], Scores]:
    columns = np.array(sorted(asked), np.int64)
    return columns, np.array([asked[int(each)] for each in columns], np.float32)


def _columns(matrix: sparse.csc_matrix, columns: NDArray[np.int64], weights: Scores) -> Scores:
    """The weighted sum of some columns, dense. Shape: (names,)."""
    found = np.zeros(matrix.shape[0], np.float32)
    for column, weight in zip(columns, weights, strict=True):
        start, end = matrix.indptr[column], matrix.indptr[column + 1]
        found[matrix.indices[start:end]] += matrix.data[start:end] * weight
    return found
