"""Which rows of a batch are unfit, by which rule, and what was measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from assent.curation.quality import boilerplate, gibberish, language, repetition
from assent.curation.words import Places, Words, blocks
from assent.vocabulary.curation import Drop, Pii, Quality

JUDGMENT_SCHEMA: Final = pa.schema(
    [
        pa.field("row", pa.int32(), nullable=False),
        pa.field("drop", pa.string(), nullable=False),
        pa.field("rule", pa.string(), nullable=False),
        pa.field("value", pa.float32(), nullable=False),
    ]
)
"""A row that is left out: its place in the batch, a `Drop` value, the rule, and what the rule measured."""

_TAG: Final = rf"\[(?:{'|'.join(each.value.upper() for each in Pii)})(?: [A-Z2-7]{{8,32}})?\]"

Shares = npt.NDArray[np.float64]
Measure = tuple[Drop, str, npt.NDArray[np.float64], npt.NDArray[np.bool_]]


def judge(categories: pa.Array, texts: pa.Array, rules: Quality) -> pa.Table:
    """The rows that fail, in order, each with the first rule that it fails.

    Only rows whose category is asked are judged. What stands for something masked is no word. Rules in order: empty,
    too short, too long, gibberish, repetition of lines, repetition of sequences, boilerplate, language.

    Guarantee: what is said of a row depends on its text and the rules alone.
    Cost: linear in the bytes.
    """
    asked = pc.is_in(categories, value_set=pa.array(sorted(rules.categories), pa.string()))
    wanted = np.flatnonzero(asked.to_numpy(zero_copy_only=False))
    if len(wanted) < len(texts):
        texts = texts.cast(pa.large_string()).take(pa.array(wanted))
    found = [_judged(words, rules, wanted[at:]) for at, words in blocks(texts, tag=_TAG)]
    return pa.concat_tables(found) if found else JUDGMENT_SCHEMA.empty_table()


def _judged(words: Words, rules: Quality, rows: npt.NDArray[np.int64]) -> pa.Table:
    size = len(words.bounds) - 1
    open_ = np.ones(size, np.bool_)
    drop, rule, value = np.full(size, "", object), np.full(size, "", object), np.zeros(size)
    for measure in _measures(words, rules):
        reason, name, measured, fails = measure()
        hit = open_ & fails
        drop[hit], rule[hit], value[hit] = reason.value, name, measured[hit]
        open_ &= ~fails
    out = np.flatnonzero(~open_)
    return pa.table(
        [
            pa.array(rows[out], pa.int32()),
            pa.array(drop[out], pa.string()),
            pa.array(rule[out], pa.string()),
            pa.array(value[out], pa.float32()),
        ],
        schema=JUDGMENT_SCHEMA,
    )


def _measures(words: Words, rules: Quality) -> Iterator[Callable[[], Measure]]:
    counts = words.counts.astype(np.float64)
    yield lambda: (Drop.EMPTY, "quality.empty", counts, _blank(words))
    if (least := rules.minimum_words) is not None:
        yield lambda: (Drop.TOO_SHORT, "quality.length.short", counts, counts < least)
    if (most := rules.maximum_words) is not None:
        yield lambda: (Drop.TOO_LONG, "quality.length.long", counts, counts > most)
    if (bound := rules.maximum_gibberish) is not None:
        able = _able(words, gibberish.at_most(words), bound)
        yield lambda: _over(Drop.GIBBERISH, "quality.gibberish", able, gibberish.share, bound)
    if (again := rules.maximum_repetition) is not None:
        repetitive = _able(words, repetition.at_most(words), again)
        yield lambda: _over(Drop.REPETITION, "quality.repetition.lines", repetitive, repetition.lines, again)
        yield lambda: _over(Drop.REPETITION, "quality.repetition.sequences", repetitive, repetition.sequences, again)
    if (stock := rules.maximum_boilerplate) is not None:
        common = _able(words, boilerplate.at_most(words), stock)
        yield lambda: _over(Drop.BOILERPLATE, "quality.boilerplate", common, boilerplate.share, stock)
    if rules.languages:
        yield lambda: _foreign(words, rules.languages)


@dataclass(frozen=True, slots=True)
class _Able:
    """The texts of a block that can exceed a bound, by a quick look at all: few, so what is costly is done to few."""

    size: int
    rows: Places
    words: Words


def _able(words: Words, at_most: Shares, bound: float) -> _Able:
    rows = np.flatnonzero(_exceeds(at_most, bound))
    return _Able(len(at_most), rows, words.only(rows))


def _over(reason: Drop, name: str, able: _Able, share: Callable[[Words], Shares], bound: float) -> Measure:
    shares = np.zeros(able.size)
    if len(able.rows):
        shares[able.rows] = share(able.words)
    return reason, name, shares, _exceeds(shares, bound)


def _exceeds(shares: Shares, bound: float) -> npt.NDArray[np.bool_]:
    # Compared as it is stored, so that who reads the judgment finds it over the bound.
    exceeds: npt.NDArray[np.bool_] = shares.astype(np.float32) > np.float32(bound)
    return exceeds


def _foreign(words: Words, languages: frozenset[str]) -> Measure:
    share, fails = language.foreign(words, languages)
    return Drop.LANGUAGE, "quality.language", share, fails


def _blank(words: Words) -> npt.NDArray[np.bool_]:
    """Texts without a word and without anything else that can be seen."""
    blank: npt.NDArray[np.bool_] = words.counts == 0
    for row in np.flatnonzero(blank):
        blank[row] = not bytes(words.raw[words.bounds[row] : words.bounds[row + 1]]).decode().strip()
    return blank
