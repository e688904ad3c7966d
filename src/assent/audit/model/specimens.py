"""Texts whose membership is asked about, and what a scorer says of each, in three numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import numpy as np
import numpy.typing as npt

from assent.audit.model import Scorer, Scores, TokenScores
from assent.errors import InputError

SHORTEST_TOKENS: Final = 8
LOWEST_SHARE: Final = 0.2  # the k of Min-K%++
_LEAST_SIGMA: Final = 1e-4
_BATCH: Final = 256


@dataclass(frozen=True, slots=True)
class Specimen:
    """A text, as it went into training (or as it would have).

    Args:
        person: whose text it is; texts of one person are no independent observations.
        touches: names of the adapters whose training saw something of this text: the one it was trained in, and those
            that a repost or a mention brought it to. None of them is a reference that never saw it.
    """

    text: str
    person: str
    touches: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Readings:
    """What a model says of texts.

    Args:
        tokens: how many each has. Shape: (N,)
        mean_logp, sum_logp: log-probability of a token and of the text. Unit: nats. Shape: (N,)
        min_k: mean of the lowest fifth of the standardised log-probabilities (Min-K%++). Shape: (N,)
    """

    tokens: npt.NDArray[np.int64]
    mean_logp: Scores
    sum_logp: Scores
    min_k: Scores

    def at(self, kept: npt.NDArray[np.intp]) -> Readings:
        """Those of some of the texts."""
        return Readings(self.tokens[kept], self.mean_logp[kept], self.sum_logp[kept], self.min_k[kept])


def read(scorer: Scorer, texts: Sequence[str]) -> Readings:
    """What the scorer says of each text, asked in batches, its scores of tokens not kept.

    Raises:
        InputError: it gives fewer or more scores than texts.
    """
    rows: list[tuple[int, float, float, float]] = []
    for start in range(0, len(texts), _BATCH):
        asked = texts[start : start + _BATCH]
        given = scorer(asked)
        if len(given) != len(asked):
            raise InputError(f"the scorer gave {len(given)} scores for {len(asked)} texts")
        rows.extend(map(_read, given))
    columns = np.array(rows, dtype=np.float64).reshape(-1, 4).T
    return Readings(columns[0].astype(np.int64), *columns[1:])


def _read(scores: TokenScores) -> tuple[int, float, float, float]:
    length = len(scores.logp)
    if not length:
        return 0, 0.0, 0.0, 0.0
    total = float(scores.logp.sum(dtype=np.float64))
    standard = (scores.logp - scores.mu).astype(np.float64) / np.maximum(scores.sigma, _LEAST_SIGMA)
    lowest = np.sort(standard)[: max(1, int(LOWEST_SHARE * length))]
    return length, total / length, total, float(lowest.mean())


def people_of(specimens: Sequence[Specimen]) -> npt.NDArray[np.int64]:
    """A number for each specimen, the same for texts of the same person. Shape: (N,)"""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(each.person, len(numbers)) for each in specimens], dtype=np.int64)


def drawn(seed: str, *place: object) -> int:
    """A number below 2⁶⁴ that depends on the seed and the place alone, on every machine."""
    named = "\0".join([seed, *map(str, place)])
    return int.from_bytes(sha256(named.encode()).digest()[:8], "big")
