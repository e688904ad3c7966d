"""Figures with their uncertainty, and the arithmetic behind them (no library of statistics is needed for it)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np
import numpy.typing as npt

CONFIDENCE: Final = 0.95
_STEPS: Final = 200
_TINY: Final = 1e-300


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and the interval that holds the truth this often.

    Args:
        n: how many observations it rests on (people, where texts of one person belong together).
        method: how the interval came about.
    """

    value: float
    low: float
    high: float
    n: int
    method: str
    confidence: float = CONFIDENCE


@dataclass(frozen=True, slots=True)
class NotGiven:
    """There is no figure; the reason is a sentence's end, for a person."""

    reason: str


Figure = Estimate | NotGiven


def normal_quantile(confidence: float) -> float:
    """The z that a normal value stays within, on both sides, this often."""
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def share(hits: float, n: float, confidence: float = CONFIDENCE) -> Estimate:
    """A share with its Clopper-Pearson interval; `n` may be fewer than were counted, where these depend on each other.

    Raises:
        ZeroDivisionError: nothing was counted.
    """
    low, high = clopper_pearson(hits, n, confidence)
    return Estimate(hits / n, low, high, math.floor(n), "Clopper-Pearson", confidence)


def clopper_pearson(hits: float, n: float, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The exact interval of a share: it holds the truth at least this often."""
    tail = (1 - confidence) / 2
    low = 0.0 if hits <= 0 else beta_quantile(tail, hits, n - hits + 1)
    high = 1.0 if hits >= n else beta_quantile(1 - tail, hits + 1, n - hits)
    return low, high


def student_interval(values: npt.NDArray[np.float64], confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Student's interval of a mean; of fewer than two values nothing is known."""
    n = len(values)
    if n < 2:  # noqa: PLR2004 - a spread needs two
        return -math.inf, math.inf
    error = float(np.std(values, ddof=1)) / math.sqrt(n)
    mean, reach = float(np.mean(values)), _student_quantile(n - 1, confidence) * error
    return mean - reach, mean + reach


def _student_quantile(freedom: int, confidence: float) -> float:
    """From the beta distribution: t² / (t² + n) has it with ½ and n/2, n the degrees of freedom."""
    x = beta_quantile(confidence, 0.5, freedom / 2)
    return math.sqrt(freedom * x / (1 - x))


def beta_quantile(p: float, a: float, b: float) -> float:
    """The x at which the regularised incomplete beta function is p."""
    return solve(lambda x: beta_cdf(x, a, b) - p, 0.0, 1.0)


def solve(rises: Callable[[float], float], low: float, high: float) -> float:
    """Where a rising function is zero, by halving, to the last bit that matters."""
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if middle in {low, high}:
            break
        low, high = (middle, high) if rises(middle) < 0 else (low, middle)
    return (low + high) / 2


def beta_cdf(x: float, a: float, b: float) -> float:
    """I_x(a, b), the regularised incomplete beta function, for 0 ≤ x ≤ 1 and a, b > 0.

    Source: the continued fraction of DLMF 8.17.22, evaluated by Lentz's method.
    """
    if x <= 0 or x >= 1:
        return float(x >= 1)
    front = math.exp(a * math.log(x) + b * math.log1p(-x) + math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b))
    if x > (a + 1) / (a + b + 2):  # the fraction converges fast only on this side of the mean
        return 1 - front * _fraction(1 - x, b, a) / b
    return front * _fraction(x, a, b) / a


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1 / _away(1 - (a + b) * x / (a + 1))
    total = d
    for m in range(1, 10_000):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d, c = 1 / _away(1 + term * d), _away(1 + term / c)
            total *= d * c
        if abs(d * c - 1) < 1e-14:  # noqa: PLR2004 - as exact as a double
            break
    return total


def _away(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def binomial_tail(hits: int, n: int, p: float) -> float:
    """How likely `hits` or more of n are."""
    return 1.0 if hits <= 0 else 0.0 if hits > n else beta_cdf(p, hits, n - hits + 1)


def erlang_tail(total: float, n: int) -> float:
    """How likely the sum of n exponential values (mean 1) is to reach `total`."""
    if total <= 0:
        return 1.0
    logs = [i * math.log(total) - math.lgamma(i + 1) - total for i in range(n)]
    top = max(logs)
    return min(1.0, math.exp(top) * math.fsum(math.exp(each - top) for each in logs))
