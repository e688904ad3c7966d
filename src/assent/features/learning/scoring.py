"""An ability with its uncertainty from right and wrong answers, and whether guessing explains them.

Model: the Rasch model above a floor of guessing, P(right) = g + (1 - g) / (1 + exp(difficulty - ability)), with g the
share of right answers that guessing gives (one in four options; 0 is the Rasch model itself). Difficulties are fixed by
how the items were made. The estimate is the mean of the posterior under a normal prior (expected a posteriori), its
error the posterior's standard deviation, its interval the posterior's 2.5 to 97.5 %. The prior is wide (deviation 2):
the interval covers the truth as often for people far from its middle.
Source: Rasch (1960); San Martín, del Pino, De Boeck (2006), 1PL-G; Bock and Mislevy (1982), EAP; Wilson (1927).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import comb, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assent.errors import InputError

OPTIONS: Final = 4
GUESSING: Final = 1 / OPTIONS
SURE: Final = 0.05
"""A score that guessing reaches more often than this cannot be told from guessing."""
_Z: Final = 1.959963984540054
PRIOR: Final = 2.0
_GRID: Final = np.linspace(-8, 8, 641)
_PRIOR: Final = np.exp(-((_GRID / PRIOR) ** 2) / 2)


@dataclass(frozen=True, slots=True)
class Ability:
    """Where somebody stands, in logits; 0 is the middle of the prior, not of any group of people."""

    estimate: float
    error: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Raw:
    """What was counted.

    Args:
        low, high: Wilson's 95 % interval of the share.
        by_guessing: how often guessing does as well or better.
    """

    right: int
    asked: int
    low: float
    high: float
    by_guessing: float

    @property
    def told_from_guessing(self) -> bool:
        """Guessing alone reaches this score in at most 5 % of assessments."""
        return self.by_guessing <= SURE


def ability_of(difficulties: Sequence[float], right: Sequence[bool], *, guessing: float = GUESSING) -> Ability:
    """Where somebody stands who answered so. Unit: logits. Cost: O(items x grid).

    Raises:
        InputError: the answers are not one for each item.
    """
    if len(difficulties) != len(right):
        raise InputError(f"there are `{len(right)}` answers to `{len(difficulties)}` items")
    chances = _chances(np.asarray(difficulties, dtype=np.float64), guessing)
    answers = np.asarray(right, dtype=np.bool_)
    logs = np.where(answers[:, None], np.log(chances), np.log1p(-chances)).sum(axis=0)
    posterior = _PRIOR * np.exp(logs - logs.max())
    posterior /= posterior.sum()
    mean = float(posterior @ _GRID)
    low, high = np.interp((0.025, 0.975), np.cumsum(posterior), _GRID)
    return Ability(mean, sqrt(float(posterior @ (_GRID - mean) ** 2)), float(low), float(high))


def raw_of(right: int, asked: int, *, guessing: float = GUESSING) -> Raw:
    """The count with its interval, and how often guessing alone does as well or better.

    Raises:
        InputError: more right answers than questions, or no question.
    """
    if not 0 <= right <= asked or not asked:
        raise InputError(f"`{right}` of `{asked}` is no score")
    share, square = right / asked, _Z**2 / asked
    middle = (share + square / 2) / (1 + square)
    half = _Z / (1 + square) * sqrt(share * (1 - share) / asked + square / (4 * asked))
    tail = sum(
        comb(asked, each) * guessing**each * (1 - guessing) ** (asked - each) for each in range(right, asked + 1)
    )
    return Raw(right, asked, max(0.0, middle - half), min(1.0, middle + half), min(1.0, tail))


def most_telling(difficulties: Sequence[float], asked: Collection[int], ability: float) -> int | None:
    """The place of the item not yet asked that says most about somebody of about this ability; None after the last.

    Says most: largest Fisher information under the model, ties by place.
    """
    left = [each for each in range(len(difficulties)) if each not in asked]
    return min(left, key=lambda each: (-_information(ability - difficulties[each]), each), default=None)


def _information(above: float) -> float:
    known = 1 / (1 + np.exp(-above))
    chance = GUESSING + (1 - GUESSING) * known
    return float(((1 - GUESSING) * known * (1 - known)) ** 2 / (chance * (1 - chance)))


def _chances(difficulties: NDArray[np.float64], guessing: float) -> NDArray[np.float64]:
    """Of every item at every ability of the grid. Shape: (items, grid)."""
    return guessing + (1 - guessing) / (1 + np.exp(difficulties[:, None] - _GRID[None, :]))
