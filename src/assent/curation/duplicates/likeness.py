"""Likeness: how similar two texts are by their signatures, and which could be similar at all.

A signature is read as `BANDS` bands of `ROWS` bytes. Texts that share no band are not compared. With Jaccard
similarity s they share one with a probability of .99 for s = .7, .87 for .6, .55 for .5, .06 for .3.

Source: locality-sensitive hashing by bands, Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, §3.4.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from assent.curation.duplicates.signatures import SIGNATURE, SLOTS, mix

ROWS: Final = 5
BANDS: Final = SLOTS // ROWS
CHANCE: Final = 1 / 256
"""How often one byte of two texts agrees although what it stands for does not."""
_PAIRS_AT_ONCE: Final = 1 << 14
_ROW: Final = np.uint64((1 << 32) - 1)

Bytes = npt.NDArray[np.uint8]
Keys = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
Similarities = npt.NDArray[np.float32]


def as_matrix(signatures: pa.Array) -> Bytes:
    """The signatures, none of them null, as rows of bytes. Shape: (texts, SLOTS)."""
    signatures = signatures.cast(SIGNATURE)
    data = np.frombuffer(signatures.buffers()[1], np.uint8)
    return data[signatures.offset * SLOTS :][: len(signatures) * SLOTS].reshape(-1, SLOTS)


def band(matrix: Bytes, which: int) -> Keys:
    """One number for each text; those of two texts are the same where they share the band."""
    wide = np.zeros((len(matrix), 8), np.uint8)
    wide[:, :ROWS] = matrix[:, which * ROWS : (which + 1) * ROWS]
    return wide.view("<u8").reshape(-1)


def entries(keys: Keys) -> Keys:
    """Half a hash of each key, then its row, in order: several times as fast as a stable sort of the keys.

    Two keys may by chance have the same half, which costs a comparison and nothing else.
    """
    return np.sort((mix(keys) & ~_ROW) | np.arange(len(keys), dtype=np.uint64))


def row_of(entries: Keys) -> Places:
    """Whose key each entry is of."""
    return (entries & _ROW).astype(np.int64)


def first_equal(matrix: Bytes) -> Places:
    """For each row the first with the same bytes."""
    keys = np.zeros(len(matrix), np.uint64)
    for which in range(BANDS):
        keys = mix(keys + band(matrix, which))
    order = np.argsort(keys, kind="stable")
    new = np.ones(len(keys), bool)
    new[1:] = keys[order][1:] != keys[order][:-1]
    first = np.empty(len(keys), np.int64)
    first[order] = order[np.flatnonzero(new)[np.cumsum(new) - 1]]
    equal = (matrix == matrix[first]).all(axis=1)
    return np.where(equal, first, np.arange(len(keys)))


def similarity(left: Bytes, left_rows: Places, right: Bytes, right_rows: Places) -> Similarities:
    """The estimated Jaccard similarity of each pair of rows. Memory: bounded, whatever the number of pairs."""
    same = np.empty(len(left_rows), np.int64)
    for start in range(0, len(same), _PAIRS_AT_ONCE):
        some = slice(start, start + _PAIRS_AT_ONCE)
        same[some] = (left.take(left_rows[some], axis=0) == right.take(right_rows[some], axis=0)).sum(axis=1)
    return np.clip((same / SLOTS - CHANCE) / (1 - CHANCE), 0, 1).astype(np.float32)
