"""How well a score tells members from others: AUC, and the share found at a small share of false alarms.

The interval of an AUC is DeLong's, over people instead of texts (texts of one person rise and fall together), on the
logit scale, so that it stays within 0 and 1. Where a score separates perfectly its variance is zero and says nothing;
there Newcombe's interval is given, which rests on the number of people alone.

Source: DeLong et al. 1988; Obuchowski 1997 (clusters); Newcombe 2006, method 5; Clopper and Pearson 1934.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np
import numpy.typing as npt

from assent.audit.model import Scores
from assent.audit.model.estimates import CONFIDENCE, Estimate, Figure, NotGiven, normal_quantile, share, solve
from assent.errors import InputError

LEAST_PEOPLE: Final = 30
FALSE_ALARMS_ABOVE: Final = 3  # texts of non-members that lie above the threshold of a false-alarm rate
FALSE_ALARM_RATES: Final = (0.01, 0.001)
_CURVE_POINTS: Final = 200
_DRAWS: Final = 2000

People = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Auc:
    """An AUC before anybody says how sure it is.

    Args:
        error: standard error of the value; 0.0 where the score separates perfectly.
        members, others: people on each side.
    """

    value: float
    error: float
    members: int
    others: int

    @property
    def chance(self) -> float:
        """How often a score that knows nothing does at least as well (one-sided).

        Raises no alarm by itself where many are looked at: compare it with a level divided by their number.
        """
        error = max(self.error, _newcombe_error(0.5, self) if self.error == 0 else 0.0)
        return 1 - NormalDist().cdf((self.value - 0.5) / error)

    def estimate(self, confidence: float = CONFIDENCE) -> Estimate:
        """The value with its interval."""
        low, high, method = _interval(self, confidence)
        return Estimate(self.value, low, high, self.members + self.others, method, confidence)


@dataclass(frozen=True, slots=True)
class Found:
    """The share of members' texts that are found when so few of the others' are taken for members'."""

    false_alarm_rate: float
    share: Figure


def attack_auc(
    members: Scores,
    nonmembers: Scores,
    *,
    member_people: People | None = None,
    nonmember_people: People | None = None,
    confidence: float = CONFIDENCE,
) -> Figure:
    """How often a member's text scores higher than another's, with an interval; none for fewer than 30 people a side.

    Args:
        members, nonmembers: the higher the score, the rather a member. Shape: (N,), (M,)
        member_people, nonmember_people: whose text each is; every text its own person's if not given.
    """
    why = too_few(_people(members, member_people), _people(nonmembers, nonmember_people))
    if why is not None:
        return NotGiven(why)
    return measure_auc(members, nonmembers, member_people, nonmember_people).estimate(confidence)


def too_few(member_people: People, other_people: People) -> str | None:
    """Why no AUC is given, if none is."""
    for name, people in (("members", member_people), ("others", other_people)):
        number = len(np.unique(people))
        if number < LEAST_PEOPLE:
            return f"an interval needs at least {LEAST_PEOPLE} people on each side; {name} have {number}"
    return None


def measure_auc(
    members: Scores, others: Scores, member_people: People | None = None, other_people: People | None = None
) -> Auc:
    """The AUC and its standard error over people, however few there are.

    Raises:
        InputError: a side is empty, or a score is no number.
    """
    if not len(members) or not len(others):
        raise InputError("an attack needs texts of members and of others", hint="one side is empty")
    if not (np.isfinite(members).all() and np.isfinite(others).all()):
        raise InputError("an attack's score is no number")
    own, others_placed = _placements(members, others)
    value = float(own.mean())
    groups = _people(members, member_people), _people(others, other_people)
    variance = sum(
        _cluster_variance(placed, group, value) for placed, group in zip((own, others_placed), groups, strict=True)
    )
    return Auc(value, math.sqrt(variance), *(len(np.unique(each)) for each in groups))


def _people(scores: Scores, given: People | None) -> People:
    return np.arange(len(scores), dtype=np.int64) if given is None else given


def _placements(members: Scores, others: Scores) -> tuple[Scores, Scores]:
    """The share of the other side that each text outdoes (ties count half); both have the AUC as their mean."""
    low_to_high, members_sorted = np.sort(others), np.sort(members)
    below = np.searchsorted(low_to_high, members, "left") + np.searchsorted(low_to_high, members, "right")
    above = np.searchsorted(members_sorted, others, "left") + np.searchsorted(members_sorted, others, "right")
    return below / (2 * len(others)), 1 - above / (2 * len(members))


def _cluster_variance(placed: Scores, people: People, value: float) -> float:
    """Of the mean placement, with a person's texts summed first. Cost: O(n log n)"""
    numbers, each = np.unique(people, return_inverse=True)
    if len(numbers) == 1:
        return 0.25  # of one person nothing is known; no share varies more
    sums = np.bincount(each, weights=placed - value)
    return float(len(numbers) / (len(numbers) - 1) * np.square(sums).sum() / len(placed) ** 2)


def _interval(auc: Auc, confidence: float) -> tuple[float, float, str]:
    z = normal_quantile(confidence)
    if auc.error == 0 or auc.value in {0.0, 1.0}:
        return (*_newcombe(auc, z), "Newcombe")
    odds = math.log(auc.value / (1 - auc.value))
    reach = z * auc.error / (auc.value * (1 - auc.value))
    return 1 / (1 + math.exp(reach - odds)), 1 / (1 + math.exp(-reach - odds)), "DeLong over people, logit scale"


def _newcombe(auc: Auc, z: float) -> tuple[float, float]:
    """The truths that lie within z of their own standard errors of the value."""
    if auc.value == 0:
        low, high = _newcombe(Auc(1.0, 0.0, auc.members, auc.others), z)
        return 1 - high, 1 - low
    low = solve(lambda truth: truth + z * _newcombe_error(truth, auc) - auc.value, 0.0, auc.value)
    high = 1.0 if auc.value == 1 else solve(lambda t: t - z * _newcombe_error(t, auc) - auc.value, auc.value, 1.0)
    return low, high


def _newcombe_error(truth: float, auc: Auc) -> float:
    half = (auc.members + auc.others) / 2 - 1
    spread = 1 + half * (1 - truth) / (2 - truth) + half * truth / (1 + truth)
    return math.sqrt(truth * (1 - truth) * spread / (auc.members * auc.others))


@dataclass(frozen=True, slots=True)
class Standing:
    """Where few people stand among many who were never trained on.

    Args:
        above: the share of the others that one of them outdoes, each person by the mean of their texts.
        chance: how often as many people drawn from all of them stand as high (one-sided); for one person never below
            1 / (others + 1).
    """

    above: float
    chance: float
    people: int
    others: int


def standing(members: Scores, nonmembers: Scores, member_people: People, nonmember_people: People) -> Standing | None:
    """Where the members stand, however few they are; None for fewer than 30 others or without a member.

    Cost: 2,000 draws of all people, unless there is one member only.
    """
    own, others = _means(members, member_people), _means(nonmembers, nonmember_people)
    if not len(own) or len(others) < LEAST_PEOPLE:
        return None
    above = float(_placements(own, others)[0].mean())
    if len(own) == 1:
        chance = float((1 + (others >= own[0]).sum()) / (1 + len(others)))
        return Standing(above, chance, 1, len(others))
    ranks = _ranks(np.concatenate([own, others]))
    bits = np.random.PCG64(len(ranks)).random_raw(_DRAWS * len(ranks)).reshape(_DRAWS, -1)
    sums = ranks[np.argpartition(bits, len(own), axis=1)[:, : len(own)]].sum(axis=1)
    as_high = int((sums >= ranks[: len(own)].sum()).sum())
    return Standing(above, (1 + as_high) / (1 + _DRAWS), len(own), len(others))


def _means(scores: Scores, people: People) -> Scores:
    _, each = np.unique(people, return_inverse=True)
    return np.asarray(np.bincount(each, weights=scores) / np.maximum(np.bincount(each), 1), dtype=np.float64)


def _ranks(values: Scores) -> Scores:
    """Ranks of all, ties at their mean."""
    ordered = np.sort(values)
    low, high = np.searchsorted(ordered, values, "left"), np.searchsorted(ordered, values, "right")
    return np.asarray((low + high) / 2, dtype=np.float64)


def share_found(
    members: Scores,
    nonmembers: Scores,
    false_alarm_rate: float,
    *,
    member_people: People | None = None,
    confidence: float = CONFIDENCE,
) -> Found:
    """The share of members' texts above the threshold that at most this share of the others' reaches.

    The interval counts people, not texts, and takes the threshold as it is; so for few others it is too narrow,
    and below three of them above the threshold (300 for 1 %, 3,000 for 0.1 %) no figure is given.
    """
    needed = math.ceil(FALSE_ALARMS_ABOVE / false_alarm_rate)
    if len(nonmembers) < needed:
        given = f"{len(nonmembers):,} texts of others are too few for {false_alarm_rate:.1%} false alarms"
        return Found(false_alarm_rate, NotGiven(f"{given}; it takes at least {needed:,}"))
    people = len(np.unique(_people(members, member_people)))
    if people < LEAST_PEOPLE:
        return Found(false_alarm_rate, NotGiven(f"{people} members are too few; it takes at least {LEAST_PEOPLE}"))
    allowed = math.floor(false_alarm_rate * len(nonmembers))
    threshold = np.sort(nonmembers)[-allowed - 1]  # strictly above it lie `allowed` others at most, ties or not
    value = float(np.mean(members > threshold))
    return Found(false_alarm_rate, share(value * people, people, confidence))


def curve(members: Scores, nonmembers: Scores) -> tuple[tuple[float, float], ...]:
    """Points of the ROC curve (false alarms, found), thinned so that a page stays small; both ends are in it."""
    thresholds = np.unique(np.concatenate([members, nonmembers]))[::-1]
    alarms = 1 - np.searchsorted(np.sort(nonmembers), thresholds, "left") / len(nonmembers)
    found = 1 - np.searchsorted(np.sort(members), thresholds, "left") / len(members)
    if len(thresholds) > _CURVE_POINTS:
        # by logarithm, for the interesting end is the one with few false alarms
        spaced = np.geomspace(1, len(thresholds), _CURVE_POINTS).astype(int) - 1
        alarms, found = alarms[np.unique(spaced)], found[np.unique(spaced)]
    points = [(round(float(a), 6), round(float(f), 6)) for a, f in zip(alarms, found, strict=True)]
    return tuple(dict.fromkeys([(0.0, 0.0), *points, (1.0, 1.0)]))
