"""What is counted of a ranking, of a selection and of benefits; each by its published definition.

A ranking is the group of whoever stands at each place, the best first; None is who declared nothing.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from assent.errors import InputError

Ranking = Sequence[str | None]
Shares = Mapping[str, float]

_CLOSE: Final = 1e-9
_NOBODY: Final = 1e-12  # stands for an empty share in a logarithm, as in LiFT


def skew_at(ranking: Ranking, wished: Shares, group: str, k: int) -> float:
    """`ln(share among the first k / wished share)`: 0 is as wished, below is too few.

    Who declared nothing is not counted. `-inf` where the group is wished for and absent, 0 where nobody declared.
    Source: Geyik et al. 2019, definition 2.
    """
    declared = [each for each in ranking[:k] if each in wished]
    if not declared or wished[group] == 0:
        return 0.0
    share = declared.count(group) / len(declared)
    return math.log(share / wished[group]) if share else -math.inf


def skews_at(ranking: Ranking, wished: Shares, k: int) -> dict[str, float]:
    """The skew of every group; its least and its greatest are MinSkew and MaxSkew."""
    return {group: skew_at(ranking, wished, group, k) for group in wished}


def ndkl(ranking: Ranking, wished: Shares) -> float:
    """How far the shares of every prefix lie from those wished for, early places counting more; 0 is as wished.

    The Kullback-Leibler divergence of each prefix, discounted by `1 / log2(place + 1)`. Unit: nats.
    Source: Geyik et al. 2019, definition 3.
    """
    declared = [each for each in ranking if each is not None and each in wished]
    there: Counter[str] = Counter()
    total = weight = 0.0
    for place, group in enumerate(declared, start=1):
        there[group] += 1
        discount = 1 / math.log2(place + 1)
        total += discount * sum(
            there[each] / place * math.log(there[each] / place / max(wished[each], _NOBODY)) for each in there
        )
        weight += discount
    return total / weight if weight else 0.0


def infeasible_index(ranking: Ranking, wished: Shares) -> int:
    """In how many prefixes some group has fewer than `floor(share * k)`. Source: Geyik et al. 2019, definition 4."""
    return sum(bool(missing) for missing in _missing(ranking, wished))


def infeasible_count(ranking: Ranking, wished: Shares) -> int:
    """The same, each group in each prefix by itself. Source: Geyik et al. 2019, definition 5."""
    return sum(_missing(ranking, wished))


def exposure(ranking: Ranking) -> dict[str, float]:
    """What attention a person of each group gets on average: the mean of `1 / log2(place + 1)`.

    Source: Singh & Joachims 2018, with the discount of DCG.
    """
    given: dict[str, list[float]] = {}
    for place, group in enumerate(ranking, start=1):
        if group is not None:
            given.setdefault(group, []).append(1 / math.log2(place + 1))
    return {group: sum(each) / len(each) for group, each in sorted(given.items())}


def exposure_ratio(ranking: Ranking) -> float | None:
    """The least exposed group's exposure over the most exposed one's; None with fewer than two groups."""
    given = exposure(ranking)
    return min(given.values()) / max(given.values()) if len(given) > 1 else None


def opportunity_gap(ranking: Ranking, relevant: Sequence[bool], k: int) -> float | None:
    """How far apart groups are in the share of their relevant people who are among the first `k`.

    Equal opportunity, as the difference between the best and the worst group. None with fewer than two groups that
    have a relevant person. Source: Hardt, Price & Srebro 2016.
    """
    fit: Counter[str] = Counter()
    shown: Counter[str] = Counter()
    for place, (group, fits) in enumerate(zip(ranking, relevant, strict=True)):
        if group is not None and fits:
            fit[group] += 1
            shown[group] += place < k
    rates = [shown[group] / fit[group] for group in fit]
    return max(rates) - min(rates) if len(rates) > 1 else None


def ndcg_at(gains_in_order: Sequence[float], k: int) -> float:
    """How much of the best gain there could be the first `k` hold. Source: Järvelin & Kekäläinen 2002."""
    discounts = 1 / np.log2(np.arange(2, min(k, len(gains_in_order)) + 2))
    got = np.asarray(gains_in_order[: len(discounts)]) @ discounts
    best = np.sort(np.asarray(gains_in_order))[::-1][: len(discounts)] @ discounts
    return float(got / best) if best > 0 else 1.0


@dataclass(frozen=True, slots=True)
class Selected:
    """A category under Local Law 144.

    Args:
        people: how many were assessed; `selected`: moved forward, or scored above the median of all.
        impact_ratio: its rate over that of the most selected category; None where nobody is selected at all.
        left_out: it holds fewer than 2 % of the people, and takes no part in the comparison.
    """

    people: int
    selected: int
    rate: float
    impact_ratio: float | None
    left_out: bool


def impact_ratios(categories: Sequence[str | None], selected: Sequence[bool]) -> dict[str, Selected]:
    """Selection rates and impact ratios of every category; intersections are categories such as `woman, 30 to 44`.

    Source: New York City, 6 RCNY § 5-300 and § 5-301 (Local Law 144 of 2021).
    """
    people = Counter(each for each in categories if each is not None)
    chosen = Counter(each for each, picked in zip(categories, selected, strict=True) if each is not None and picked)
    total = sum(people.values())
    small = {each for each, count in people.items() if count < _SMALL_SHARE * total}
    rates = {each: chosen[each] / count for each, count in people.items()}
    best = max((rate for each, rate in rates.items() if each not in small), default=0.0)
    return {
        each: Selected(people[each], chosen[each], rates[each], rates[each] / best if best else None, each in small)
        for each in sorted(people)
    }


def above_median(scores: Sequence[float]) -> list[bool]:
    """Who scores above the median of everybody: the scoring rate of Local Law 144."""
    middle = float(np.median(np.asarray(scores))) if len(scores) else 0.0
    return [score > middle for score in scores]


def generalised_entropy(benefits: Sequence[float], alpha: float) -> float:
    """How unequally benefits are spread over people; 0 is equally.

    Args:
        alpha: neither 0 (`theil_l`) nor 1 (`theil_t`).

    Raises:
        InputError: there are no benefits, or not one is above 0.

    Source: Speicher et al. 2018.
    """
    shares = _over_mean(benefits)
    return float(np.mean(shares**alpha - 1) / (alpha * (alpha - 1)))


def theil_t(benefits: Sequence[float]) -> float:
    """Generalised entropy with alpha 1. Raises: as `generalised_entropy`."""
    shares = _over_mean(benefits)
    return float(np.mean(shares * np.log(np.maximum(shares, _NOBODY))))


def theil_l(benefits: Sequence[float]) -> float:
    """Generalised entropy with alpha 0: the mean log deviation. Raises: as `generalised_entropy`."""
    return float(-np.mean(np.log(np.maximum(_over_mean(benefits), _NOBODY))))


_SMALL_SHARE: Final = 0.02


def _missing(ranking: Ranking, wished: Shares) -> list[int]:
    """Of every prefix of those who declared, how many groups have too few."""
    there: Counter[str | None] = Counter()
    found = []
    for k, group in enumerate((each for each in ranking if each in wished), start=1):
        there[group] += 1
        found.append(sum(there[each] < math.floor(share * k + _CLOSE) for each, share in wished.items()))
    return found


def _over_mean(benefits: Sequence[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    given = np.asarray(benefits, np.float64)
    if not len(given) or (given < 0).any() or not given.mean() > 0:
        raise InputError("benefits are at least one number, none below 0, not all 0")
    shares: np.ndarray[tuple[int], np.dtype[np.float64]] = given / given.mean()
    return shares
