"""What records say, before anybody has decided about them: for a finder that looks at every text once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyarrow as pa
from sqlglot import exp

from assent.engines import BatchFunction, Engine
from assent.gate import sql
from assent.gate.scan import scan
from assent.vocabulary.tables import RecordTable

TEXT_SCHEMA: Final = pa.schema([pa.field("id", pa.string()), pa.field("text", pa.string())])


def stream_texts(engine: Engine, table: RecordTable, through: BatchFunction) -> Iterator[pa.RecordBatch]:
    """What the function makes of every record that says something, in no order.

    Args:
        through: takes and gives rows of `TEXT_SCHEMA`.
    """
    if "text" not in table.columns:
        return
    rows = scan(engine, (table,)).subquery("rows")
    said = sql.both(sql.not_null(sql.col("text")), sql.not_null(sql.col("id")))
    query = exp.select(sql.col("id"), sql.col("text")).from_(rows).where(said)
    yield from engine.stream(sql.render(query, engine.dialect), through=through)
