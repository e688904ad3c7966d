"""Statements said to an engine, and its columns taken back as what the gate knows them to be."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
from sqlglot import exp

from assent.engines import Engine
from assent.gate import sql
from assent.gate.sql import Sql


def perform(engine: Engine, statement: Sql) -> None:
    """What `sql.create` or `sql.update` says has taken effect."""
    name = statement.this.name
    if isinstance(statement, exp.Update):
        (change,) = statement.expressions
        given, where = change.expression, statement.args["where"].this
        engine.revise(name, change.this.name, *(sql.render(each, engine.dialect) for each in (given, where)))
        return
    assert isinstance(statement, exp.Create)
    put = engine.view if statement.kind == "VIEW" else engine.keep
    put(name, sql.render(statement.expression, engine.dialect))


def fitted(columns: Sequence[pa.Array], schema: pa.Schema) -> pa.RecordBatch:
    """The columns under the names and in the types of the schema."""
    return pa.RecordBatch.from_arrays(
        [stored(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )


def stored(column: pa.Array, kind: pa.DataType) -> pa.Array:
    """The column in that type: an engine may have a type of its own for sixteen bytes, or none for small numbers."""
    plain = column.storage if isinstance(column, pa.ExtensionArray) else column
    return plain if plain.type == kind else plain.cast(kind)
