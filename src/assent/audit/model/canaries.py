"""Planted secrets, and how far training lifted each of them above all the secrets that could have been planted.

A template has slots, each with words to choose from; R is the set of all its fillings. A planted one's exposure is
log2 |R| minus log2 (its rank among R by likelihood). Of one that was never trained on every rank is as likely as any:
its exposure is 1.44 bits on average, and above b bits in one case of 2^b.

R is ranked in full where it has at most `ranked` fillings. Else as many are drawn from it and the canary is ranked
among those, which shows at most log2 (drawn + 1) bits and is what thresholds are compared with; beside it stands the
extrapolation by a skew-normal distribution fitted to the likelihoods of those drawn, capped at log2 |R|.

Source: Carlini et al. 2019, "The Secret Sharer", sections 4.2 and 4.3.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from assent.audit.model import Scorer, Scores
from assent.audit.model.estimates import CONFIDENCE, Estimate, erlang_tail, student_interval
from assent.audit.model.specimens import drawn, read
from assent.errors import InputError

REPETITIONS: Final = (0, 1, 2, 4, 8, 16)
RANKED: Final = 4096
_SLOT: Final = "{}"


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence with slots.

    Args:
        carrier: the sentence, `{}` where a word goes.
        slots: the words of each.

    Raises:
        InputError: another number of `{}` than slots, or a slot without a choice of different words.
    """

    carrier: str
    slots: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        if self.carrier.count(_SLOT) != len(self.slots) or not self.slots:
            raise InputError(f"`{self.carrier}` has not one `{{}}` for each slot")
        if any(len(set(words)) != len(words) or len(words) < 2 for words in self.slots):  # noqa: PLR2004
            raise InputError(f"a slot of `{self.carrier}` has fewer than two words, or one twice")

    @property
    def size(self) -> int:
        """|R|."""
        return math.prod(len(words) for words in self.slots)

    def fill(self, number: int) -> str:
        """The filling of that number, from 0 to below |R|."""
        text, chosen = self.carrier, number
        for words in self.slots:
            chosen, at = divmod(chosen, len(words))
            text = text.replace(_SLOT, words[at], 1)
        return text


@dataclass(frozen=True, slots=True)
class Canary:
    """A filling, and how often training is to see it; 0: never, kept to compare with."""

    template: Template
    number: int
    repetitions: int

    @property
    def text(self) -> str:
        """What is planted."""
        return self.template.fill(self.number)


@dataclass(frozen=True, slots=True)
class Exposure:
    """How far a canary has climbed.

    Args:
        bits: by rank; at most `ceiling`.
        exact: whether all of R was ranked.
        extrapolated: by the fitted distribution; the same as `bits` where all of R was ranked.
    """

    repetitions: int
    bits: float
    ceiling: float
    exact: bool
    extrapolated: float


@dataclass(frozen=True, slots=True)
class ExposureLevel:
    """The canaries of one number of repetitions.

    Args:
        bits: their mean; its interval is Student's, and everything for a single one.
        chance: how often as many canaries that were never trained on reach this mean.
    """

    repetitions: int
    bits: Estimate
    highest: float
    ceiling: float
    extrapolated: float
    exact: bool
    chance: float


def make_canaries(
    seed: str, n: int, template: Template, repetitions: Sequence[int] = REPETITIONS
) -> tuple[Canary, ...]:
    """Different fillings drawn from a template, with the numbers of repetitions in turn.

    Raises:
        InputError: the template has fewer than twice as many fillings.
    """
    if n < 1 or template.size < 2 * n:
        raise InputError(f"`{n}` canaries from {template.size:,} fillings are none, or too many")
    numbers = _distinct(seed, template, n, frozenset())
    return tuple(Canary(template, number, repetitions[at % len(repetitions)]) for at, number in enumerate(numbers))


def _distinct(seed: str, template: Template, n: int, taken: frozenset[int]) -> list[int]:
    found: dict[int, None] = {}
    for number in _numbers(seed, template):
        if number not in taken:
            found[number] = None
        if len(found) == n:
            break
    return list(found)


def _numbers(seed: str, template: Template) -> Iterator[int]:
    at = 0
    while True:
        yield drawn(seed, template.carrier, at) % template.size
        at += 1


def expose(
    scorer: Scorer, canaries: Sequence[Canary], *, seed: str = "candidates", ranked: int = RANKED
) -> tuple[Exposure, ...]:
    """The exposure of each canary under one model, in their order. Cost: |R| or `ranked` texts for each template."""
    found: dict[int, Exposure] = {}
    for template in dict.fromkeys(each.template for each in canaries):
        places = [at for at, each in enumerate(canaries) if each.template == template]
        own = read(scorer, [canaries[at].text for at in places]).sum_logp
        exact, rivals = _rivals(scorer, template, {canaries[at].number for at in places}, seed, ranked)
        for at, score in zip(places, own, strict=True):
            found[at] = _exposure(canaries[at].repetitions, float(score), rivals, template, exact=exact)
    return tuple(found[at] for at in range(len(canaries)))


def _rivals(
    scorer: Scorer, template: Template, planted: set[int], seed: str, ranked: int
) -> tuple[bool, npt.NDArray[np.float64]]:
    """The likelihoods to be ranked among, in rising order.

    Other planted ones are rivals only where all of R is ranked, for there they belong to it.
    """
    exact = template.size <= ranked
    numbers = range(template.size) if exact else _distinct(seed, template, ranked, frozenset(planted))
    return exact, np.sort(read(scorer, [template.fill(each) for each in numbers]).sum_logp)


def _exposure(repetitions: int, score: float, rivals: Scores, template: Template, *, exact: bool) -> Exposure:
    above = len(rivals) - int(np.searchsorted(rivals, score, "left"))  # ties stand before it
    whole = math.log2(template.size)
    if exact:
        bits = whole - math.log2(max(above, 1))  # itself is among them
        return Exposure(repetitions, bits, whole, True, bits)
    ceiling = math.log2(len(rivals) + 1)
    bits = ceiling - math.log2(above + 1)
    fitted = -_log_tail(score, rivals) / math.log(2)
    return Exposure(repetitions, bits, ceiling, False, min(whole, max(0.0, fitted)))


def by_repetitions(exposures: Sequence[Exposure]) -> tuple[ExposureLevel, ...]:
    """The levels, the never trained on first."""
    return tuple(
        _level(number, [each for each in exposures if each.repetitions == number])
        for number in sorted({each.repetitions for each in exposures})
    )


def _level(repetitions: int, exposures: Sequence[Exposure]) -> ExposureLevel:
    bits = np.array([each.bits for each in exposures])
    low, high = student_interval(bits)
    ceiling = min(each.ceiling for each in exposures)
    return ExposureLevel(
        repetitions,
        Estimate(float(bits.mean()), max(0.0, low), min(ceiling, high), len(bits), "Student", CONFIDENCE),
        float(bits.max()),
        ceiling,
        float(np.mean([each.extrapolated for each in exposures])),
        all(each.exact for each in exposures),
        erlang_tail(float(bits.sum()) * math.log(2), len(bits)),
    )


def _log_tail(score: float, sample: Scores) -> float:
    """Log of the share of a skew-normal distribution, fitted by moments, at or above a score. Unit: nats"""
    mean, spread = float(sample.mean()), float(sample.std())
    if spread == 0:
        return 0.0 if score <= mean else -math.inf
    skew = float(np.mean(((sample - mean) / spread) ** 3))
    power = min(abs(skew), 0.99) ** (2 / 3)
    delta = math.copysign(math.sqrt(math.pi / 2 * power / (power + ((4 - math.pi) / 2) ** (2 / 3))), skew)
    width = spread / math.sqrt(1 - 2 * delta**2 / math.pi)
    start = (score - mean) / width + delta * math.sqrt(2 / math.pi)
    shape = delta / math.sqrt(1 - delta**2)
    steps = np.linspace(start, max(start, 0.0) + 12, 4001)
    logs = np.array([_log_density(float(each), shape) for each in steps])
    top = float(logs.max())
    area = float(np.trapezoid(np.exp(logs - top), steps))
    return min(0.0, top + math.log(area))


def _log_density(t: float, shape: float) -> float:
    return math.log(2 / math.sqrt(2 * math.pi)) - t * t / 2 + _log_below(shape * t)


def _log_below(x: float) -> float:
    """Logarithm of Φ(x), by its asymptote where Φ is too small for a double."""
    if x > -30:  # noqa: PLR2004 - a double holds e^-450
        return math.log(math.erfc(-x / math.sqrt(2)) / 2)
    return -x * x / 2 - math.log(-x * math.sqrt(2 * math.pi))
