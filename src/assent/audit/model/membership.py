"""Was this text trained on? Four attacks, each a number for each text: the higher, the rather.

    LOSS       the model finds the text likely
    zlib       … likelier than a compressor would
    Min-K%++   … even at the fifth of its tokens that it finds least likely, each measured against what else could stand
    RMIA       … likelier than models that never saw it do, by more than for texts that nobody saw

Source: Yeom et al. 2018 (LOSS); Carlini et al. 2021 (zlib); Zhang et al. 2024, arXiv 2404.02936 (Min-K%++);
Zarifzadeh, Liu and Shokri 2024, arXiv 2312.03262, offline form (RMIA).
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from assent.audit.model import Scores
from assent.audit.model.estimates import Figure, NotGiven
from assent.audit.model.roc import (
    FALSE_ALARM_RATES,
    Found,
    Standing,
    curve,
    measure_auc,
    share_found,
    standing,
    too_few,
)
from assent.audit.model.specimens import SHORTEST_TOKENS, Readings, Specimen, people_of

GAMMA: Final = 1.0
LEAST_POPULATION: Final = 50
_BITS: Final = 8 * math.log(2)


class Attack(StrEnum):
    """How membership is guessed."""

    LOSS = "LOSS"
    ZLIB = "zlib"
    MIN_K = "Min-K%++"
    RMIA = "RMIA"


@dataclass(frozen=True, slots=True)
class AttackResult:
    """How well an attack tells members' texts from others'.

    Args:
        chance: how often a model that remembers nothing looks at least so (one-sided); None without a figure.
        standing: where the members stand among the others, if they are too few for an AUC.
        texts: how many of members, of others.
        roc: points of the curve (false alarms, found).
    """

    attack: Attack
    auc: Figure
    chance: float | None
    found: tuple[Found, ...]
    texts: tuple[int, int]
    roc: tuple[tuple[float, float], ...]
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """Texts and what every scorer says of them.

    Args:
        by: readings by the scorer's name, all in the order of the specimens.
    """

    specimens: tuple[Specimen, ...]
    by: Mapping[str, Readings]


def attack_membership(
    target: str,
    members: Read,
    others: Read,
    *,
    references: Sequence[str] = (),
    population: Read | None = None,
    gamma: float = GAMMA,
) -> tuple[AttackResult, ...]:
    """What each attack finds out about one target; texts of fewer than eight tokens are left out.

    Args:
        target: the scorer's name in `by`.
        references: names of scorers that never saw the texts, unless a specimen's `touches` says otherwise.
        population: texts that neither target nor references saw, besides `others`; RMIA needs them.
    """
    sides = [_long_enough(each, target) for each in (members, others)]
    results = [_result(attack, sides, [scores(side, target) for side in sides]) for attack, scores in _SIMPLE.items()]
    return (*results, _attack_with_references(target, sides, references, population, gamma))


def _long_enough(read: Read, target: str) -> Read:
    return _at(read, np.flatnonzero(read.by[target].tokens >= SHORTEST_TOKENS))


def _at(read: Read, kept: npt.NDArray[np.intp]) -> Read:
    return Read(tuple(read.specimens[at] for at in kept), {name: each.at(kept) for name, each in read.by.items()})


def loss(read: Read, target: str) -> Scores:
    """Mean log-probability of a token."""
    return read.by[target].mean_logp


def zlib_ratio(read: Read, target: str) -> Scores:
    """Log-probability of the text for each nat that zlib needs for it."""
    needed = [_BITS * len(zlib.compress(each.text.encode(), 9)) for each in read.specimens]
    return read.by[target].sum_logp / np.array(needed, dtype=np.float64)


def min_k(read: Read, target: str) -> Scores:
    """Mean of the lowest fifth of (logp - mu) / sigma."""
    return read.by[target].min_k


_SIMPLE: Final = {Attack.LOSS: loss, Attack.ZLIB: zlib_ratio, Attack.MIN_K: min_k}


def likelihood_ratios(read: Read, target: str, references: Sequence[str]) -> Scores:
    """Logarithm of (p of the target ÷ mean p of the references that never saw the text), p a token's.

    NaN where all references saw the text.

    p is the geometric mean over the tokens; of a whole text it would be too small for any mean to make sense. For the
    models that did see a text (the other half of the mean in RMIA) the same p is taken: the paper's a is 1.
    """
    clean = np.array([[name not in each.touches for each in read.specimens] for name in references], dtype=bool)
    logs = np.array([read.by[name].mean_logp for name in references], dtype=np.float64)
    logs = np.where(clean, logs, -np.inf)
    with np.errstate(invalid="ignore", divide="ignore"):
        top = logs.max(axis=0)
        mean = top + np.log(np.exp(logs - top).sum(axis=0)) - np.log(clean.sum(axis=0))
        ratios: Scores = read.by[target].mean_logp - mean
    return ratios


def relative(ratios: Scores, population: Scores, gamma: float = GAMMA) -> Scores:
    """RMIA's score: the share of the population that the text's ratio exceeds by the factor gamma or more."""
    below = np.searchsorted(np.sort(population), ratios - math.log(gamma), "right")
    return np.asarray(below / len(population), dtype=np.float64)


def _attack_with_references(
    target: str, sides: Sequence[Read], references: Sequence[str], population: Read | None, gamma: float
) -> AttackResult:
    usable = [name for name in references if name != target]
    if not usable:
        return _without(Attack.RMIA, sides, "there is no other adapter that never saw these texts")
    held = 0 if population is None else len(population.specimens)
    if population is None or held < LEAST_POPULATION:
        return _without(Attack.RMIA, sides, f"{held} texts of nobody are too few; it takes {LEAST_POPULATION}")
    unseen = likelihood_ratios(_long_enough(population, target), target, usable)
    unseen = unseen[np.isfinite(unseen)]
    if len(unseen) < LEAST_POPULATION:
        return _without(Attack.RMIA, sides, f"{len(unseen)} texts of nobody are left; it takes {LEAST_POPULATION}")
    kept, scores = [], []
    for side in sides:
        ratios = likelihood_ratios(side, target, usable)
        whole = np.flatnonzero(np.isfinite(ratios))
        kept.append(_at(side, whole))
        scores.append(relative(ratios[whole], unseen, gamma))
    return _result(Attack.RMIA, kept, scores)


def _without(attack: Attack, sides: Sequence[Read], why: str) -> AttackResult:
    texts = (len(sides[0].specimens), len(sides[1].specimens))
    given = tuple(Found(rate, NotGiven(why)) for rate in FALSE_ALARM_RATES)
    return AttackResult(attack, NotGiven(why), None, given, texts, ())


def _result(attack: Attack, sides: Sequence[Read], scores: Sequence[Scores]) -> AttackResult:
    members, others = scores
    own, other = (people_of(each.specimens) for each in sides)
    why = too_few(own, other)
    if why is not None:
        few = standing(members, others, own, other)
        return replace(_without(attack, sides, why), standing=few, chance=few.chance if few else None)
    auc = measure_auc(members, others, own, other)
    found = tuple(share_found(members, others, rate, member_people=own) for rate in FALSE_ALARM_RATES)
    return AttackResult(attack, auc.estimate(), auc.chance, found, (len(members), len(others)), curve(members, others))
