"""A lower bound on ε of differential privacy from one training: a coin decided of each canary whether it was planted.

Of m canaries r are guessed, those with the highest scores as planted and those with the lowest as not. If training
were (ε, δ)-private, the number of right guesses would be at most about as high as that of coins which come up right
with e^ε / (1 + e^ε); from more than that follows that ε is higher. The bound says nothing of the best attack there is.

Source: Steinke, Nasr and Jagielski 2023, arXiv 2305.08846, Theorem 5.2 and Algorithm 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from assent.audit.model import Scores
from assent.audit.model.estimates import CONFIDENCE, NotGiven, binomial_tail, solve
from assent.audit.model.specimens import drawn
from assent.errors import InputError

DELTA: Final = 1e-5
LEAST_CANARIES: Final = 50
GUESSED: Final = 5  # one in so many
_HIGHEST: Final = 64.0


@dataclass(frozen=True, slots=True)
class OneRun:
    """What the guesses say.

    Args:
        m, r, correct: canaries, guesses, right guesses.
        epsilon: training is not (ε, δ)-private for any smaller ε, with this confidence; 0.0 where nothing shows.
    """

    m: int
    r: int
    correct: int
    epsilon: float
    delta: float
    confidence: float


def draw_planted(seed: str, m: int) -> npt.NDArray[np.bool_]:
    """Which of m canaries a fair coin plants; the same for the same seed. Shape: (m,)"""
    return np.array([drawn(seed, "planted", at) & 1 for at in range(m)], dtype=np.bool_)


def audit_one_run(
    scores: Scores,
    planted: npt.NDArray[np.bool_],
    *,
    guesses: int | None = None,
    delta: float = DELTA,
    confidence: float = CONFIDENCE,
) -> OneRun | NotGiven:
    """The bound that m canaries give; none for fewer than 50.

    Args:
        scores: the higher, the rather planted. Shape: (m,)
        planted: what the coin said; each canary at most once in training. Shape: (m,)
        guesses: how many to guess, fixed before the scores are seen; one in five if not given.

    Raises:
        InputError: the two differ in length, a score is no number, or there are more guesses than canaries.
    """
    if len(scores) != len(planted) or not np.isfinite(scores).all():
        raise InputError("a one-run audit needs one number for each canary")
    m = len(scores)
    r = m // GUESSED if guesses is None else guesses
    if m < LEAST_CANARIES:
        return NotGiven(f"{m} canaries that a coin decided are too few; it takes at least {LEAST_CANARIES}")
    if not 0 < r <= m:
        raise InputError(f"`{r}` guesses of {m} canaries make no sense", hint="between 1 and their number")
    order = np.argsort(scores, kind="stable")
    out, into = order[: r // 2], order[m - (r - r // 2) :]
    correct = int((~planted[out]).sum() + planted[into].sum())
    return OneRun(m, r, correct, lower_bound(m, r, correct, delta, confidence), delta, confidence)


def lower_bound(m: int, r: int, correct: int, delta: float = DELTA, confidence: float = CONFIDENCE) -> float:
    """The largest ε that `correct` right guesses of r, among m canaries, rule out with this confidence.

    Raises:
        InputError: not 0 ≤ correct ≤ r ≤ m.
    """
    if not 0 <= correct <= r <= m:
        raise InputError(f"`{correct}` right of {r} guesses of {m} canaries makes no sense")

    def spare(epsilon: float) -> float:
        return chance(m, r, correct, epsilon, delta) - (1 - confidence)

    return 0.0 if spare(0.0) >= 0 else solve(spare, 0.0, _HIGHEST)


def chance(m: int, r: int, correct: int, epsilon: float, delta: float) -> float:
    """At most how likely so many right guesses are if training is (ε, δ)-private.

    The first term is a binomial tail; the second what δ may add: 2mδ times the steepest mean of the probabilities of
    i fewer right guesses, over all i. Cost: O(r)
    """
    right = 1 / (1 + math.exp(-epsilon))
    steepest = total = 0.0
    for i in range(1, correct + 1):
        total += _probability(correct - i, r, right)
        steepest = max(steepest, total / i)
    return min(1.0, binomial_tail(correct, r, right) + 2 * m * delta * steepest)


def _probability(hits: int, n: int, p: float) -> float:
    if p >= 1:
        return float(hits == n)
    ways = math.lgamma(n + 1) - math.lgamma(hits + 1) - math.lgamma(n - hits + 1)
    return math.exp(ways + hits * math.log(p) + (n - hits) * math.log1p(-p))
