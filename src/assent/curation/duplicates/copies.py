"""Copies: permitted rows that repeat a denied record of somebody else.

Whoever reposts a text cannot permit what its author does not. Of the denied records nothing is kept but who wrote
them, when, and their signatures; the permitted rows go by in batches, of any shard and in any order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assent.curation.duplicates.folding import Flags
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
from assent.curation.duplicates.signatures import sign

COPIES: Final = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("original", pa.string(), nullable=False),
        pa.field("similarity", pa.float32(), nullable=False),
    ]
)
"""A permitted row that copies, the denied record it copies, and how near it is."""

THRESHOLD: Final = 0.8
ORIGINAL_WORDS: Final = 12
"""A text of fewer words is nobody's own: congratulations are alike without being copied."""

_PAIRS_AT_ONCE: Final = 1 << 18


def sign_originals(texts: pa.Array | pa.ChunkedArray) -> pa.Array:
    """The signatures of denied texts; null for one that is too short to be anybody's own."""
    return sign(texts, minimum_words=ORIGINAL_WORDS)


@dataclass(frozen=True, slots=True, eq=False)
class Originals:
    """Denied records, as `Originals.of` keeps them: earliest first, and of equal ones no more than two."""

    ids: pa.Array
    authors: pa.Array
    created_at: pa.Array
    signatures: Bytes
    bands: tuple[Keys, ...]

    @classmethod
    def of(cls, denied: pa.Table) -> Originals:
        """An index of these records.

        Args:
            denied: `id`, `author`, `created_at` and `signature` (of `sign_originals`), in any order; a row without
                a signature is left out.

        Memory: about 350 bytes a record.
        """
        denied = denied.filter(pc.is_valid(denied["signature"]))
        denied = denied.take(pc.sort_indices(denied, sort_keys=[("created_at", "ascending"), ("id", "ascending")]))
        undated = pc.is_null(denied["created_at"])
        # Those without a date may be older than any copy, so they come first.
        denied = pa.concat_tables([denied.filter(undated), denied.filter(pc.invert(undated))]).combine_chunks()
        matrix = as_matrix(_one(denied["signature"]))
        kept = pa.array(_sufficient(first_equal(matrix), _one(denied["author"])))
        denied, matrix = denied.take(kept), matrix[kept.to_numpy()]
        bands = tuple(entries(band(matrix, which)) for which in range(BANDS))
        return cls(_one(denied["id"]), _one(denied["author"]), _one(denied["created_at"]), matrix, bands)

    def copies(self, permitted: pa.Table | pa.RecordBatch, threshold: float = THRESHOLD) -> pa.Table:
        """Which of these rows copy a denied record, in `COPIES`: the nearest one, of equally near ones the earliest.

        A row is no copy of a record by the same author, nor of one that was created later; an author or a moment
        that is not known does not speak against a copy.

        Args:
            permitted: `id`, `author`, `created_at` and `signature` (of `sign`); a row without one copies nothing.

        Guarantee: the order of the rows changes nothing, nor do other rows of the batch.
        """
        permitted = pa.table(permitted.select(["id", "author", "created_at", "signature"]).columns, names=_COLUMNS)
        permitted = permitted.filter(pc.is_valid(permitted["signature"])).combine_chunks()
        if not permitted.num_rows or not len(self.ids):
            return COPIES.empty_table()
        matrix = as_matrix(_one(permitted["signature"]))
        best, near = np.full(len(matrix), -1), np.zeros(len(matrix), np.float32)
        for which in range(BANDS):
            for rows, originals in _sharing(band(matrix, which), self.bands[which]):
                likeness = similarity(matrix, rows, self.signatures, originals)
                found = np.flatnonzero(likeness >= np.float32(threshold))
                found = found[self._derived(permitted, rows[found], originals[found])]
                _improve(best, near, rows[found], originals[found], likeness[found])
        copies = np.flatnonzero(best >= 0)
        ids, originals = _one(permitted["id"]).take(pa.array(copies)), self.ids.take(pa.array(best[copies]))
        return pa.table([ids.cast(pa.string()), originals.cast(pa.string()), near[copies]], schema=COPIES)

    def _derived(self, permitted: pa.Table, rows: Places, originals: Places) -> Flags:
        """Which pairs are of different authors, the original not the later one; what is unknown may be so."""
        there, here = pa.array(originals), pa.array(rows)
        other = pc.not_equal(self.authors.take(there), _one(permitted["author"]).take(here))
        later = pc.less_equal(self.created_at.take(there), _one(permitted["created_at"]).take(here))
        derived: Flags = pc.and_(pc.fill_null(other, True), pc.fill_null(later, True)).to_numpy(zero_copy_only=False)
        return derived


_COLUMNS: Final = ["id", "author", "created_at", "signature"]


def _sufficient(first: Places, authors: pa.Array) -> Places:
    """Of records with equal signatures the earliest, and the earliest by another author.

    Whatever row copies one of the records copies one of these.
    """
    other = pc.fill_null(pc.not_equal(authors, authors.take(pa.array(first))), True).to_numpy(zero_copy_only=False)
    others = np.flatnonzero(other & (first != np.arange(len(first))))
    seconds = others[np.unique(first[others], return_index=True)[1]]
    return np.sort(np.concatenate([np.unique(first), seconds]))


def _sharing(keys: Keys, originals: Keys) -> Iterator[tuple[Places, Places]]:
    """Rows and the originals that have the same key, some at a time."""
    asked = entries(keys)
    row = row_of(asked)
    asked ^= row.astype(np.uint64)
    low = np.searchsorted(originals, asked, "left")
    counts = np.searchsorted(originals, asked | np.uint64(0xFFFFFFFF), "right") - low
    some = np.flatnonzero(counts)
    row, low, counts = row[some], low[some], counts[some]
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    for start in range(0, total, _PAIRS_AT_ONCE):
        pairs = np.arange(start, min(total, start + _PAIRS_AT_ONCE))
        whose = np.searchsorted(ends, pairs, "right")
        yield row[whose], row_of(originals[low[whose] + pairs - (ends - counts)[whose]])


def _improve(best: Places, near: Similarities, rows: Places, originals: Places, likeness: Similarities) -> None:
    """Each row has the nearest of its originals so far, of equally near ones the earliest."""
    order = np.lexsort((originals, -likeness, rows))
    order = order[np.unique(rows[order], return_index=True)[1]]
    rows, originals, likeness = rows[order], originals[order], likeness[order]
    better = (likeness > near[rows]) | ((likeness == near[rows]) & (originals < best[rows]))
    best[rows[better]], near[rows[better]] = originals[better], likeness[better]


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks()
