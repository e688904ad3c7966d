"""Members told from others without any model: if words alone do it, the test set is biased and says nothing of a model.

A naive Bayes classifier over hashed words and the text's length, trained on four fifths of the people and asked of the
last, each fifth in turn; no person is on both sides. The same is done a hundred times with people dealt to the two
sides at random: where these come out, and how far apart, says where the figure would lie by chance alone. (DeLong's
errors do not: five classifiers that share most of what they learnt err together.)
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np
import numpy.typing as npt

from assent.audit.model import Scores
from assent.audit.model.estimates import CONFIDENCE, Estimate, Figure, NotGiven, normal_quantile
from assent.audit.model.roc import measure_auc, too_few
from assent.audit.model.specimens import Specimen, drawn, people_of

FOLDS: Final = 5
_BUCKETS: Final = 4096
_LENGTHS: Final = 32
_DEALS: Final = 100
_MOST_TEXTS: Final = 2_000
_MOST_WORDS: Final = 2_000  # of one text; the rest of a long one adds nothing
_WORD: Final = re.compile(r"\w+|[^\w\s]")

Words = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Blind:
    """What no model at all finds out.

    Args:
        auc: .5 within its interval, or the test set is biased.
    """

    auc: Figure

    @property
    def biased(self) -> bool:
        """Whether words alone tell members from others."""
        return isinstance(self.auc, Estimate) and not self.auc.low <= 0.5 <= self.auc.high  # noqa: PLR2004 - a coin


def guess_blindly(
    members: Sequence[Specimen], others: Sequence[Specimen], *, seed: str = "blind", confidence: float = CONFIDENCE
) -> Blind:
    """How well words alone tell the two apart; no figure for fewer than 30 people a side.

    Cost: at most 2,000 texts a side are looked at, the rest by chance not.
    """
    sides = [_some(side, seed) for side in (members, others)]
    why = too_few(people_of(sides[0]), people_of(sides[1]))
    if why is not None:
        return Blind(NotGiven(why))
    texts = [*sides[0], *sides[1]]
    people = people_of(texts)
    words = np.zeros((len(texts), _BUCKETS + _LENGTHS), dtype=np.float32)
    for row, each in zip(words, texts, strict=True):
        row[_words(each.text)] = 1
    words = words[:, words.any(axis=0)]
    number = len(np.unique(people_of(sides[0])))
    # members come first, so their people have the lowest numbers
    value = _auc(words, people, _dealt(people, number, drawn(seed, "folds"), keep_sides=True))
    by_chance = [
        _auc(words, people, _dealt(people, number, drawn(seed, "dealt", at), keep_sides=False)) for at in range(_DEALS)
    ]
    return Blind(_estimate(value, np.array(by_chance), len(np.unique(people)), confidence))


def _estimate(value: float, by_chance: Scores, n: int, confidence: float) -> Estimate:
    centred = value - float(by_chance.mean()) + 0.5
    reach = normal_quantile(confidence) * float(by_chance.std(ddof=1))
    low, middle, high = (min(1.0, max(0.0, each)) for each in (centred - reach, centred, centred + reach))
    return Estimate(middle, low, high, n, f"{_DEALS} deals of the people by chance", confidence)


def _some(side: Sequence[Specimen], seed: str) -> list[Specimen]:
    if len(side) <= _MOST_TEXTS:
        return list(side)
    kept = sorted(range(len(side)), key=lambda at: drawn(seed, "some", at))[:_MOST_TEXTS]
    return [side[at] for at in sorted(kept)]


def _words(text: str) -> Words:
    """The buckets of the text's different words, and one for its length."""
    found = {each.group().lower() for each in islice(_WORD.finditer(text), _MOST_WORDS)}
    buckets = {zlib.crc32(each.encode()) % _BUCKETS for each in found}
    return np.array([*sorted(buckets), _BUCKETS + min(len(text).bit_length(), _LENGTHS - 1)], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class _Deal:
    """Who is a member, and in which fifth; both by the person's number. Shape: (P,)"""

    member: npt.NDArray[np.bool_]
    fold: Words


def _dealt(people: Words, number: int, seed: int, *, keep_sides: bool) -> _Deal:
    """People in an order by chance, and that order dealt into fifths; `number` of them members."""
    count = int(people.max()) + 1
    # raw bits: numpy promises them to stay the same, its distributions not
    order = np.argsort(np.random.PCG64(seed).random_raw(count), kind="stable")
    member = np.zeros(count, dtype=np.bool_)
    member[np.arange(number) if keep_sides else order[:number]] = True
    fold = np.zeros(count, dtype=np.int64)
    for side in (order[member[order]], order[~member[order]]):
        fold[side] = np.arange(len(side)) % FOLDS
    return _Deal(member, fold)


def _auc(words: npt.NDArray[np.float32], people: Words, deal: _Deal) -> float:
    """The mean over the fifths, each asked of what the other four taught."""
    member, fold = deal.member[people], deal.fold[people]
    lengths = words.sum(axis=1)
    found = []
    for asked in range(FOLDS):
        taught = fold != asked
        odds = _frequencies(words, taught & member) - _frequencies(words, taught & ~member)
        scores = (words[~taught] @ odds / lengths[~taught]).astype(np.float64)
        found.append(measure_auc(scores[member[~taught]], scores[~member[~taught]]).value)
    return float(np.mean(found))


def _frequencies(words: npt.NDArray[np.float32], chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
    """The logarithm of the share of texts that each bucket is in, with one text more that has it, one that has not."""
    counts = chosen.astype(np.float32) @ words
    return np.asarray(np.log((counts + 1) / (chosen.sum() + 2)), dtype=np.float32)
