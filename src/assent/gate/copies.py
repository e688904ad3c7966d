"""Records that copy a denied record of somebody else without naming it, where the rules leave those out.

What is alike is for whoever asks to say (`request.Copies`); here both sides go by once, first the texts that may not be
used, then those that may, and what copies is denied before anybody asks what descends from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyarrow as pa
from sqlglot import exp

from assent.engines import BatchFunction, Engine
from assent.gate import sql
from assent.gate.derived import JUDGED
from assent.gate.records import RECORDS
from assent.gate.request import Copies
from assent.gate.saying import stored
from assent.gate.scan import scan
from assent.vocabulary.tables import RecordTable

COPIED: Final = "copied"
"""The `id` of each record that copies."""

_WANTED: Final = "compared"

SAID_SCHEMA: Final = pa.schema(
    [
        pa.field("id", pa.string()),
        pa.field("author", pa.string()),
        pa.field("created_at", pa.timestamp("us", tz="UTC")),
        pa.field("text", pa.string()),
    ]
)
"""What is compared of a record."""


def find_copies(engine: Engine, copies: Copies) -> None:
    """Table `copied` is there; `judged` is as it was."""
    found = copies.found(_said(engine, copies, denied=True), _said(engine, copies, denied=False))
    engine.load(COPIED, found.select(["id"]))


def _said(engine: Engine, copies: Copies, *, denied: bool) -> Iterator[pa.RecordBatch]:
    """What `signing` makes of the records that are denied by now, or of those that are not."""
    nothing = sql.mask(0)
    mask = exp.NEQ(this=sql.col("mask", "j"), expression=nothing) if denied else sql.eq(sql.col("mask", "j"), nothing)
    query = (
        exp.select(*(sql.col(name, "r") for name in SAID_SCHEMA.names))
        .from_(exp.to_table(RECORDS).as_("r"))
        .join(exp.to_table(JUDGED).as_("j"), on=sql.eq(sql.col("id", "r"), sql.col("id", "j")), join_type="inner")
        .where(sql.both(mask, sql.not_null(sql.col("text", "r"))))
    )
    yield from engine.stream(sql.render(query, engine.dialect), through=copies.signing)


def find_said(
    engine: Engine, tables: tuple[RecordTable, ...], idents: pa.Array, signing: BatchFunction
) -> Iterator[pa.RecordBatch]:
    """What `signing` makes of those of the records (`pa.string`) that the tables hold. Cost: one scan."""
    engine.load(_WANTED, pa.table({"id": idents}))
    query = (
        exp.select(*(sql.col(name, "r") for name in SAID_SCHEMA.names))
        .from_(scan(engine, tables).subquery("r"))
        .join(exp.to_table(_WANTED).as_("w"), on=sql.eq(sql.col("id", "r"), sql.col("id", "w")), join_type="inner")
        .where(sql.not_null(sql.col("text", "r")))
    )
    yield from engine.stream(sql.render(query, engine.dialect), through=signing)


def as_said(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The rows in `SAID_SCHEMA`, whatever the engine calls their types."""
    columns = [stored(column, field.type) for column, field in zip(batch.columns, SAID_SCHEMA, strict=True)]
    return pa.RecordBatch.from_arrays(columns, schema=SAID_SCHEMA)
