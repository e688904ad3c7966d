"""Records by who wrote them, out of tables of any size: somebody's own, and some of everybody else's."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

import pyarrow as pa
from sqlglot import exp

from assent.engines import Engine
from assent.gate import sql
from assent.gate.scan import scan
from assent.vocabulary.tables import RecordTable

OWN_COLUMNS: Final = ("id", "category", "author", "subjects", "created_at", "parent", "text")
_INSIDE: Final = "inside"


def find_authored(
    engine: Engine, tables: tuple[RecordTable, ...], authors: Collection[str], *, within: Collection[str]
) -> list[dict[str, Any]]:
    """What these people wrote in these categories, by id, in `OWN_COLUMNS`; no row without a text. Cost: one scan."""
    wanted = sql.both(
        sql.within(sql.col("author"), sorted(authors)),
        sql.within(sql.col("category"), sorted(within)),
        sql.not_null(sql.col("text")),
    )
    rows = scan(engine, tables).subquery("rows")
    query = exp.select(*map(sql.col, OWN_COLUMNS)).from_(rows).where(wanted).order_by(sql.col("id"))
    return [dict(zip(OWN_COLUMNS, row, strict=True)) for row in engine.rows(sql.render(query, engine.dialect))]


def find_of_others(
    engine: Engine,
    tables: tuple[RecordTable, ...],
    inside: Collection[str],
    *,
    seen_by: Mapping[str, Collection[str] | None],
    seed: str,
    most: int,
) -> list[tuple[str, str]]:
    """Author and text of some records of everybody who is not inside, in an order that the seed decides.

    Args:
        seen_by: of each category that counts the visibilities that are enough; None asks nothing.

    Cost: one scan, and a sort of what fits.
    """
    engine.load(_INSIDE, pa.table({"author": pa.array(sorted(inside), pa.string())}))
    known = exp.select(sql.col("author")).from_(_INSIDE)
    fits = sql.either(*(_fits(category, enough) for category, enough in sorted(seen_by.items())))
    wanted = sql.both(
        fits,
        sql.not_null(sql.col("text")),
        sql.not_null(sql.col("author")),
        exp.Not(this=exp.In(this=sql.col("author"), query=known.subquery())),
    )
    rows = scan(engine, tables).subquery("rows")
    drawn = sql.func("sha256", sql.func("concat_ws", sql.value(" "), sql.value(seed), sql.col("id")))
    query = exp.select(sql.col("author"), sql.col("text")).from_(rows).where(wanted)
    ordered = query.order_by(drawn, sql.col("id")).limit(most)
    return [(author, text) for author, text in engine.rows(sql.render(ordered, engine.dialect))]


def _fits(category: str, enough: Collection[str] | None) -> sql.Sql:
    this = sql.eq(sql.col("category"), sql.value(category))
    return this if enough is None else sql.both(this, sql.within(sql.col("visibility"), sorted(enough)))
