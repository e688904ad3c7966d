"""Clusters: which rows of a shard stand for others, and which count no more because another stands for them.

The rows are taken in the order of their seniority: the earliest first, those without a date last, then by id. A row is
a duplicate of the most senior survivor it is near to; a row that is near to none is a survivor itself. So every
duplicate is as similar as asked to the one that stands for it (no chains of likenesses), a row's fate rests on
its seniors alone, and when a survivor leaves, its duplicates are judged as if it had never been there.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assent.curation.duplicates.likeness import (
    BANDS,
    Bytes,
    Keys,
    Places,
    Similarities,
    as_matrix,
    band,
    entries,
    first_equal,
    row_of,
    similarity,
)

DUPLICATES: Final = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("match", pa.string(), nullable=False),
        pa.field("similarity", pa.float32(), nullable=False),
    ]
)
"""A row that does not count, the survivor it is near to, and how near."""

Pairs = tuple[Places, Places, Similarities]

COMPARED: Final = 16
"""With how many of its seniors a row is compared that share a band with it, the most senior ones: so thousands of posts
from one template stay linear. Twins share most bands, and rarely is each of them full of others."""

_PAIRS_AT_ONCE: Final = 1 << 16

_ROW: Final = np.uint64((1 << 32) - 1)


def cluster(rows: pa.Table, threshold: float) -> tuple[pa.Table, int]:
    """The duplicates among the rows, in `DUPLICATES`, and how many survivors have one.

    Args:
        rows: `id`, `created_at` and `signature`, in any order, ids distinct; a row without a signature is a
            duplicate of none.
        threshold: estimated Jaccard similarity, in (0, 1]; at 1 signatures are equal.

    Returns: the duplicates by the seniority of the survivor, then by their own.

    Guarantee: the order of the rows changes nothing; rows with equal signatures count once; each duplicate is near
    to a survivor; a row's judgment does not change when rows junior to it come or go.
    Cost: O(n log n) for each of the bands, and `COMPARED` comparisons a row and band at the worst.
    Memory: about 200 bytes a row, 16 for each pair that is near, and while a band is compared up to
    1 KiB for each row that shares it with `COMPARED` others.
    """
    rows = _by_seniority(rows)
    if not rows.num_rows:
        return DUPLICATES.empty_table(), 0
    matrix = as_matrix(rows["signature"].combine_chunks())
    first = first_equal(matrix)
    distinct = np.flatnonzero(first == np.arange(len(first)))
    matches, similarities = _elect(len(distinct), _near_pairs(matrix[distinct], threshold))
    back = np.searchsorted(distinct, first)
    match, near = distinct[matches[back]], similarities[back]
    dropped = np.flatnonzero(match != np.arange(len(match)))
    dropped = dropped[np.argsort(match[dropped], kind="stable")]
    ids = rows["id"].combine_chunks()
    columns = [ids.take(pa.array(dropped)), ids.take(pa.array(match[dropped])), pa.array(near[dropped], pa.float32())]
    return pa.table(columns, schema=DUPLICATES), len(np.unique(match[dropped]))


def _by_seniority(rows: pa.Table) -> pa.Table:
    rows = rows.select(["id", "created_at", "signature"]).filter(pc.is_valid(rows["signature"]))
    rows = rows.set_column(0, "id", rows["id"].cast(pa.string()))
    keys = [("created_at", "ascending"), ("id", "ascending")]
    return rows.take(pc.sort_indices(rows, sort_keys=keys))


def _elect(count: int, pairs: Pairs) -> tuple[Places, Similarities]:
    """For each row, in the order of seniority, who stands for it (itself where it survives) and how near it is."""
    match, near = np.arange(count), np.ones(count, np.float32)
    survives = bytearray(b"\1") * count
    # By junior, then by seniority: when a junior's turn comes all its seniors are decided.
    for start in range(0, len(pairs[0]), _PAIRS_AT_ONCE):
        some = (each[start : start + _PAIRS_AT_ONCE].tolist() for each in pairs)
        for junior, senior, likeness in zip(*some, strict=True):
            if survives[senior] and survives[junior]:
                survives[junior] = 0
                match[junior], near[junior] = senior, likeness
    return match, near


def _near_pairs(matrix: Bytes, threshold: float) -> Pairs:
    """Juniors, seniors they are near to, and how near, in order."""
    codes, likenesses = np.empty(0, np.uint64), np.empty(0, np.float32)
    for which in range(BANDS):
        juniors, seniors = _sharing(band(matrix, which))
        likeness = similarity(matrix, juniors, matrix, seniors)
        near = likeness >= np.float32(threshold)
        found = juniors[near].astype(np.uint64) << np.uint64(32) | seniors[near].astype(np.uint64)
        codes, first = np.unique(np.concatenate([codes, found]), return_index=True)
        likenesses = np.concatenate([likenesses, likeness[near]])[first]
    return (codes >> np.uint64(32)).astype(np.int64), (codes & _ROW).astype(np.int64), likenesses


def _sharing(keys: Keys) -> tuple[Places, Places]:
    """Juniors and the seniors each is compared with: the most senior `COMPARED` of those that have the same key."""
    sorted_ = entries(keys)
    new = np.ones(len(sorted_), bool)
    new[1:] = (sorted_[1:] ^ sorted_[:-1]) > _ROW
    starts = np.flatnonzero(new)
    nth = np.arange(len(sorted_)) - np.repeat(starts, np.diff(np.append(starts, len(sorted_))))
    rows = row_of(sorted_)
    later = np.flatnonzero(nth)
    nth = nth[later]
    counts = np.minimum(nth, COMPARED)
    ends = np.cumsum(counts)
    places = np.arange(int(counts.sum())) - np.repeat(ends - counts - (later - nth), counts)
    return np.repeat(rows[later], counts), rows[places]
