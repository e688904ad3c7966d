"""Hits of several finders become one set in which nothing overlaps and nothing that was found stays uncovered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from assent.evidence.redaction import STANDS_IN
from assent.vocabulary.curation import HIT_SCHEMA

Found = tuple[int, int, int, str, str]
"""Row, start, end, type, rule: as the columns of `HIT_SCHEMA`."""

_HIDING: Final = re.compile(STANDS_IN)
HIDDEN: Final = "\ufffc"
"""Stands where a tag stood; no finder takes it for a letter, a digit, a mark or a space."""


def hits_of(found: Iterable[Found]) -> pa.Table:
    """The found stretches in `HIT_SCHEMA`, in the order given."""
    columns = list(zip(*found, strict=True)) or [()] * len(HIT_SCHEMA)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, HIT_SCHEMA, strict=True)], schema=HIT_SCHEMA
    )


def settle(tables: Sequence[pa.Table]) -> pa.Table:
    """The hits of all finders, none overlapping another, sorted by row and start.

    Stretches that overlap, directly or through others, become one that covers them all: what any finder saw is
    masked to its end. Type and rule are those of the hit that wins: of the earliest finder, among those the longest,
    among those the first.

    Args:
        tables: one for each finder in `HIT_SCHEMA`, the surest finder first; in any order inside.

    Cost: O(n log n).
    """
    tables = [each.filter(pc.less(each["start"], each["end"])) for each in tables]
    if not any(each.num_rows for each in tables):
        return HIT_SCHEMA.empty_table()
    hits = pa.concat_tables(tables).combine_chunks()
    finder = np.repeat(np.arange(len(tables)), [each.num_rows for each in tables])
    row, start, end = (hits[name].to_numpy().astype(np.int64) for name in ("row", "start", "end"))
    order = np.lexsort((start, row))
    row, start, end, finder = row[order], start[order], end[order], finder[order]
    first = _groups(row, start, end)
    group = np.cumsum(first) - 1
    best = np.lexsort((start, start - end, finder, group))
    winner = order[best[np.flatnonzero(first)]]
    starts = np.flatnonzero(first)
    return pa.table(
        [
            pa.array(row[starts], pa.int32()),
            pa.array(start[starts], pa.int32()),
            pa.array(np.maximum.reduceat(end, starts), pa.int32()),
            hits["type"].take(winner),
            hits["rule"].take(winner),
        ],
        schema=HIT_SCHEMA,
    )


def _groups(row: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Whether a stretch begins where none before it in its row reaches."""
    # One line for all rows: each row lies beyond everything in the one before, so that one running maximum will do.
    beyond = int(end.max()) + 1
    reach = np.maximum.accumulate(row * beyond + end)
    first = np.ones(len(row), dtype=bool)
    first[1:] = (row * beyond + start)[1:] >= reach[:-1]
    return first


def tags_hidden(texts: pa.Array) -> pa.Array:
    """The texts with as many `HIDDEN` in place of every tag and surrogate: what was masked once is not found again,
    and nothing is found across it.
    """
    column = pl.Series(pl.from_arrow(texts))
    there = column.str.contains(STANDS_IN).fill_null(value=False)
    if not there.any():
        return texts
    mask = there.to_arrow()
    hidden = [_HIDING.sub(lambda found: HIDDEN * len(found[0]), each) for each in texts.filter(mask).to_pylist()]
    return pc.replace_with_mask(texts, mask, pa.array(hidden, texts.type))
