"""An order in which every group is represented, as close to the scores as that allows.

Four algorithms over one wish: of each group `a` there are at least `floor(p_a * k)` among the first `k`, for every `k`,
where `p_a` is its wished share. Inside a group the order by score stays. Who declared no group keeps the place that
their score gave them, and the others are ordered anew among themselves: keeping something to oneself costs nobody a
place. Groups are labels that people declared for audits; scoring never sees them.

Source: Geyik, Ambler & Kenthapadi, Fairness-Aware Ranking in Search & Recommendation Systems, KDD 2019, algorithms 1-3.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from assent.errors import InputError

_CLOSE: Final = 1e-9  # .3 * 10 is three, whatever binary says

Queues = Mapping[str, list[int]]


class Algorithm(StrEnum):
    """Which of the four."""

    GREEDY = "DetGreedy"
    CONSERVATIVE = "DetCons"
    RELAXED = "DetRelaxed"
    CONSTRAINED_SORT = "DetConstSort"


def algorithm_named(name: str) -> Algorithm:
    """The algorithm of that name, whatever its case.

    Raises:
        InputError: there is none.
    """
    found = {each.value.lower(): each for each in Algorithm}.get(name.lower())
    if found is None:
        raise InputError(f"there is no algorithm `{name}`", hint=f"there are {', '.join(Algorithm)}")
    return found


def rerank(
    scores: Sequence[float],
    groups: Sequence[str | None],
    shares: Mapping[str, float],
    limit: int,
    algorithm: Algorithm = Algorithm.CONSTRAINED_SORT,
) -> list[int]:
    """Places of the first `limit`, in their new order; ties go to who stands first in `scores`.

    Args:
        scores: higher is better; finite.
        groups: of each, the group they declared; None, or a group without a share, keeps its place.
        shares: wished for each group, together 1.

    Raises:
        InputError: lengths differ, a score is no number, or the shares are not together 1.

    Cost: O(n log n).
    """
    _check(scores, groups, shares)
    by_score = sorted(range(len(scores)), key=lambda each: (-scores[each], each))[: max(0, limit)]
    free = [at for at, place in enumerate(by_score) if groups[place] in shares]
    queues: dict[str, list[int]] = {group: [] for group in shares}
    for place in sorted(range(len(scores)), key=lambda each: (-scores[each], each)):
        group = groups[place]
        if group in queues:
            queues[group].append(place)
    if algorithm is Algorithm.CONSTRAINED_SORT:
        anew = _constrained_sort(scores, queues, shares, len(free))
    else:
        anew = _place_by_place(scores, queues, shares, len(free), algorithm)
    for at, place in zip(free, anew, strict=True):
        by_score[at] = place
    return by_score


def least(share: float, k: int) -> int:
    """How many of a group belong among the first `k`."""
    return math.floor(share * k + _CLOSE)


def most(share: float, k: int) -> int:
    """How many of a group may be among the first `k` before others are due."""
    return math.ceil(share * k - _CLOSE)


def _place_by_place(
    scores: Sequence[float], queues: Queues, shares: Mapping[str, float], count: int, algorithm: Algorithm
) -> list[int]:
    """Algorithms 1 and 2: who is due comes first, by score; else one of those of whom there may be more."""
    taken = dict.fromkeys(queues, 0)
    order: list[int] = []
    for k in range(1, count + 1):
        there = [group for group in queues if taken[group] < len(queues[group])]
        among = [group for group in there if taken[group] < least(shares[group], k)]
        if not among:
            open_ = [group for group in there if taken[group] < most(shares[group], k)]
            among = _soonest(open_, shares, k, algorithm) or there
        best = min(among, key=lambda group: _rank(scores, queues[group][taken[group]]))
        order.append(queues[best][taken[best]])
        taken[best] += 1
    return order


def _soonest(groups: Sequence[str], shares: Mapping[str, float], k: int, algorithm: Algorithm) -> list[str]:
    """Of these groups those whose next one is due soonest; under `DetGreedy` all of them."""
    if algorithm is Algorithm.GREEDY or not groups:
        return list(groups)
    due = {group: most(shares[group], k) / shares[group] for group in groups}
    if algorithm is Algorithm.RELAXED:
        due = {group: math.ceil(each - _CLOSE) for group, each in due.items()}
    return [group for group in groups if due[group] <= min(due.values()) + _CLOSE]


def _constrained_sort(scores: Sequence[float], queues: Queues, shares: Mapping[str, float], count: int) -> list[int]:
    """Algorithm 3: who becomes due enters at the end, and moves up while nobody is pushed behind their own turn."""
    order: list[int] = []
    latest: list[int] = []  # the last place, counted from 1, at which each is still in time
    taken = dict.fromkeys(queues, 0)
    for k in range(1, 2 * len(scores) + 1):
        if len(order) >= count:
            break
        due = [group for group in queues if taken[group] < min(least(shares[group], k), len(queues[group]))]
        for group in sorted(due, key=lambda each: _rank(scores, queues[each][taken[each]])):
            order.append(queues[group][taken[group]])
            latest.append(k)
            taken[group] += 1
            _move_up(order, latest, scores)
    rest = [place for group, queue in queues.items() for place in queue[taken[group] :]]
    return [*order, *sorted(rest, key=lambda each: _rank(scores, each))][:count]


def _move_up(order: list[int], latest: list[int], scores: Sequence[float]) -> None:
    at = len(order) - 1
    while at and latest[at - 1] > at and _rank(scores, order[at]) < _rank(scores, order[at - 1]):
        order[at - 1], order[at] = order[at], order[at - 1]
        latest[at - 1], latest[at] = latest[at], latest[at - 1]
        at -= 1


def _rank(scores: Sequence[float], place: int) -> tuple[float, int]:
    return -scores[place], place


def _check(scores: Sequence[float], groups: Sequence[str | None], shares: Mapping[str, float]) -> None:
    if len(scores) != len(groups):
        raise InputError(f"there are {len(scores)} scores and {len(groups)} groups")
    if not all(math.isfinite(each) for each in scores):
        raise InputError("a score is no number")
    if not shares or any(share < 0 for share in shares.values()) or abs(sum(shares.values()) - 1) > 1e-6:  # noqa: PLR2004
        raise InputError("the wished shares are not together 1", hint="one share for each group, such as woman=0.5")
