"""Names of people, places, organisations and groups in a column of texts."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from assent.curation.redact.hits import hits_of, tags_hidden
from assent.curation.redact.tagger.decoding import LABELS, best
from assent.curation.redact.tagger.reading import Sight, see
from assent.curation.redact.tagger.weights import Weights, unpacked, weights
from assent.curation.words import Places, Words, blocks
from assent.vocabulary.curation import HIT_SCHEMA

_LONGEST_BYTES: Final = 1 << 20
_PIECE: Final = 1 << 18  # characters
_ORGANISATION: Final = 3
_TYPES: Final = np.array([each.value if each else "" for each in LABELS])
_RULES: Final = np.array([f"tagger.{each.value}" if each else "" for each in LABELS])


def find(texts: pa.Array) -> pa.Table:
    """Every name in these texts, in `HIT_SCHEMA`, sorted by row and start; the same however texts are batched."""
    shown = tags_hidden(texts)
    long = pc.fill_null(pc.greater(pc.binary_length(shown), _LONGEST_BYTES), fill_value=False)
    if not pc.any(long).as_py():
        return _among(shown)
    rows = np.flatnonzero(long)
    tables = [_among(pc.if_else(long, pa.scalar(None, shown.type), shown))]
    tables += [_piecewise(int(row), shown[int(row)].as_py()) for row in rows]
    return pa.concat_tables(tables).sort_by([("row", "ascending"), ("start", "ascending")])


def _among(texts: pa.Array) -> pa.Table:
    tables = [_found(first, words) for first, words in blocks(texts) if len(words.starts)]
    return pa.concat_tables([hits_of(()), *tables])


def _piecewise(row: int, text: str) -> pa.Table:
    """The hits of one long text, read in pieces that end at a new line or a space where there is one."""
    tables, start = [], 0
    while start < len(text):
        end = start + _PIECE
        if end < len(text):
            end = max(text.rfind(mark, start + _PIECE // 2, end) for mark in "\n ") + 1 or end
        hits = _among(pa.array([text[start:end]], pa.large_string()))
        moved = [pc.add(hits[name], pa.scalar(start, pa.int32())) for name in ("start", "end")]
        tables.append(
            pa.table([pa.array([row] * len(hits), pa.int32()), *moved, hits["type"], hits["rule"]], HIT_SCHEMA)
        )
        start = end
    return pa.concat_tables(tables)


def _found(first: int, words: Words) -> pa.Table:
    seen = see(words)
    model = weights()
    labels = best(scores(seen, model), model.passed, seen.segment)
    head, last, label = _stretches(labels, seen)
    inner = np.concatenate(([0], np.cumsum((words.raw & 0xC0) != 0x80)))  # noqa: PLR2004
    row = words.row[head]
    text = inner[words.bounds[row]]
    columns = (
        row + first, inner[words.starts[head]] - text, inner[words.ends[last]] - text, _TYPES[label], _RULES[label],
    )  # fmt: skip
    return pa.table(
        [pa.array(each).cast(field.type) for each, field in zip(columns, HIT_SCHEMA, strict=True)], HIT_SCHEMA
    )


def scores(seen: Sight, model: Weights) -> npt.NDArray[np.int64]:
    """What the features of each word say. Shape: (words, 5)."""
    sums = np.zeros(len(seen.near[0]), np.uint64)
    count = 0
    for offset, features in seen.kinds.items():
        kind = model.packed[features[0]].copy()
        for each in features[1:]:
            kind += model.packed[each]
        sums += kind[seen.near[offset]]
        count += len(features)
    for each in seen.among:
        sums += model.packed[each]
    return unpacked(sums, count + len(seen.among))


def _stretches(labels: Places, seen: Sight) -> tuple[Places, Places, Places]:
    """First and last word and label of each run of one label that nothing parts."""
    goes_on = np.zeros(len(labels), np.bool_)
    bound = seen.joined | (seen.listed & (labels == _ORGANISATION))
    goes_on[1:] = (labels[1:] == labels[:-1]) & bound[1:]
    named = labels > 0
    head = np.flatnonzero(named & ~goes_on)
    stops = np.append(~goes_on[1:], True)
    last = np.flatnonzero(named & stops)
    return head, last, labels[head]
