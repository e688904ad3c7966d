"""Where the authors of rows were when a snapshot was decided, so that its rows can be counted by region again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assent.ledger import Ledger
from assent.ledger.columns import KINDS, ColumnarEvents
from assent.snapshot.since import Moment, ordinals_of, scanned
from assent.vocabulary.events import EventType

_REGION = KINDS.index(EventType.MEMBER_REGION)
_COLUMNS = ["seq", "member", "kind", "value", "effective_at"]


def rows_by_region(ledger: Ledger, moment: Moment, rows: Mapping[str, int]) -> Counter[str | None]:
    """So many rows for each region, of authors with so many rows each; None where the ledger no longer knows.

    Cost: one scan of the ledger's columns.
    """
    return scanned(ledger, moment.size, lambda columns: _counted(columns, moment, rows))


def _counted(columns: ColumnarEvents, moment: Moment, rows: Mapping[str, int]) -> Counter[str | None]:
    names = dict(ordinals_of(columns, frozenset(rows)))
    newest: dict[int, tuple[datetime, int, str | None]] = {}
    for path in columns.events:
        for batch in pq.ParquetFile(path).iter_batches(1 << 17, columns=_COLUMNS):
            for row in batch.filter(_said(batch, moment, pa.array(names, pa.int32()))).to_pylist():
                told = (row["effective_at"], row["seq"], row["value"])
                newest[row["member"]] = max(newest.get(row["member"], told), told, key=lambda each: each[:2])
    regions = {names[ordinal]: region for ordinal, (_, _, region) in newest.items()}
    counts: Counter[str | None] = Counter()
    for author, number in rows.items():
        counts[regions.get(author)] += number
    return counts


def _said(batch: pa.RecordBatch, moment: Moment, ordinals: pa.Array) -> pa.Array:
    counted = pc.and_(pc.less(batch.column("seq"), moment.size), pc.less_equal(batch.column("effective_at"), moment.at))
    about = pc.and_(pc.equal(batch.column("kind"), _REGION), pc.is_in(batch.column("member"), ordinals))
    return pc.and_(pc.fill_null(counted, False), pc.fill_null(about, False))
