"""Settled hits become clean texts; the bytes are those that `evidence.redaction.cleaned` gives for each row."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assent.evidence.redaction import surrogate
from assent.vocabulary.curation import REDACTION_TYPE, Pii, Replacement

_FIELDS: Final = [field.name for field in REDACTION_TYPE]


def replace(texts: pa.Array, hits: pa.Table, mask: Mapping[Pii, Replacement], key: bytes) -> pa.Array:
    """The texts with every hit of a masked type replaced; a row without one is passed on as it is.

    Args:
        hits: settled.
        key: of the surrogates.
    """
    hits = _masked(hits, mask)
    if not hits.num_rows:
        return texts
    rows, first = np.unique(hits["row"].to_numpy(), return_index=True)
    bounds = [*first.tolist(), hits.num_rows]
    starts, ends, types = (hits[name].to_pylist() for name in ("start", "end", "type"))
    stand_ins = _StandIns(mask, key)
    clean = []
    for each, (begin, stop) in zip(texts.take(pa.array(rows)).to_pylist(), pairwise(bounds), strict=True):
        parts: list[str] = []
        at = 0
        for hit in range(begin, stop):
            parts += (each[at : starts[hit]], stand_ins.of(types[hit], each[starts[hit] : ends[hit]]))
            at = ends[hit]
        parts.append(each[at:])
        clean.append("".join(parts))
    changed = np.zeros(len(texts), dtype=bool)
    changed[rows] = True
    return pc.replace_with_mask(texts, pa.array(changed), pa.array(clean, texts.type))


def redactions_of(hits: pa.Table, mask: Mapping[Pii, Replacement], rows: int) -> pa.Array:
    """What was masked in each of so many rows, as a list of `REDACTION_TYPE`; null where nothing was.

    Args:
        hits: settled.
    """
    hits = _masked(hits, mask).combine_chunks()
    counts = np.bincount(hits["row"].to_numpy(), minlength=rows)
    offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    columns = [hits[name].combine_chunks() for name in _FIELDS]
    values = pa.StructArray.from_arrays(columns, fields=list(REDACTION_TYPE))
    return pa.ListArray.from_arrays(
        pa.array(offsets), values, type=pa.list_(REDACTION_TYPE), mask=pa.array(counts == 0)
    )


def _masked(hits: pa.Table, mask: Mapping[Pii, Replacement]) -> pa.Table:
    return hits.filter(pc.is_in(hits["type"], value_set=pa.array([each.value for each in mask], pa.string())))


class _StandIns:
    """What stands for a value, made once for each value of a batch."""

    def __init__(self, mask: Mapping[Pii, Replacement], key: bytes) -> None:
        self._tags = {each.value: each.tag for each, how in mask.items() if how is Replacement.TAG}
        self._key = key
        self._made: dict[tuple[str, str], str] = {}

    def of(self, kind: str, value: str) -> str:
        tag = self._tags.get(kind)
        if tag is not None:
            return tag
        made = self._made.get((kind, value))
        if made is None:
            made = self._made[kind, value] = surrogate(self._key, Pii(kind), value)
        return made
