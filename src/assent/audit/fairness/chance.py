"""How far a difference could be chance: permutations of who is in which group, and intervals of a share."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

PERMUTATIONS: Final = 2_000
_Z: Final = 1.959963984540054  # of the 95 % interval


def permutation_p(
    groups: Sequence[str | None],
    statistic: Callable[[Sequence[str | None]], float],
    *,
    seed: int,
    permutations: int = PERMUTATIONS,
) -> float:
    """How often a shuffling of who declared what gives a statistic at least as large as the real one.

    Only those who declared change labels among each other. One is added above and below, so that it is never 0.
    Source: Phipson & Smyth 2010.
    """
    declared = [at for at, group in enumerate(groups) if group is not None]
    real = statistic(groups)
    random = np.random.default_rng(seed)
    shuffled = list(groups)
    as_large = 0
    for _ in range(permutations):
        for at, other in zip(declared, random.permutation(declared), strict=True):
            shuffled[at] = groups[int(other)]
        as_large += statistic(shuffled) >= real - 1e-12
    return (as_large + 1) / (permutations + 1)


def holm(values: Mapping[str, float]) -> dict[str, float]:
    """The p-values, corrected for how many there are. Source: Holm 1979."""
    corrected: dict[str, float] = {}
    least = 0.0
    for at, name in enumerate(sorted(values, key=lambda each: (values[each], each))):
        least = max(least, min(1.0, values[name] * (len(values) - at)))
        corrected[name] = least
    return corrected


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """The 95 % interval of a share; (0, 1) without a trial. Source: Wilson 1927."""
    if not trials:
        return 0.0, 1.0
    share = successes / trials
    middle = (share + _Z**2 / (2 * trials)) / (1 + _Z**2 / trials)
    half = _Z * math.sqrt(share * (1 - share) / trials + _Z**2 / (4 * trials**2)) / (1 + _Z**2 / trials)
    return max(0.0, middle - half), min(1.0, middle + half)


def ratio_interval(successes: int, trials: int, best_successes: int, best_trials: int) -> tuple[float, float] | None:
    """The 95 % interval of a ratio of two shares; None where one of them is 0. Source: Katz et al. 1978."""
    if not (successes and best_successes):
        return None
    spread = math.sqrt(1 / successes - 1 / trials + 1 / best_successes - 1 / best_trials)
    ratio = (successes / trials) / (best_successes / best_trials)
    return ratio * math.exp(-_Z * spread), ratio * math.exp(_Z * spread)
