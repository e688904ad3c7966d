"""What a member would call theirs: the records they wrote and those that name them, newest first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlglot import exp

from assent.engines import Engine
from assent.gate import sql
from assent.gate.scan import scan
from assent.vocabulary.identifiers import MemberId, RecordId
from assent.vocabulary.tables import RecordTable


@dataclass(frozen=True, slots=True)
class Listed:
    """A record that the member wrote (`own`), or in which they appear."""

    id: RecordId
    created_at: datetime | None
    own: bool


def list_items(engine: Engine, tables: tuple[RecordTable, ...], member: MemberId) -> list[Listed]:
    """Every record that the member wrote or that names them, the newest first. Cost: a scan of four columns."""
    rows = scan(engine, tables).subquery("rows")
    own = sql.certain(sql.eq(sql.col("author"), sql.value(member)))
    theirs = sql.lambda_of(["s"], sql.eq(sql.field(sql.col("s"), "member"), sql.value(member)))
    named = sql.func("len", sql.func("list_filter", sql.col("subjects"), theirs))
    query = (
        exp.select(sql.col("id"), sql.col("created_at"), sql.named(own, "own"))
        .from_(rows)
        .where(sql.either(own.copy(), sql.certain(exp.GT(this=named, expression=sql.value(0)))))
    )
    found = {
        RecordId(ident): Listed(RecordId(ident), created_at, own)
        for ident, created_at, own in engine.rows(sql.render(query, engine.dialect))
        if ident
    }
    return sorted(found.values(), key=lambda each: (_age(each.created_at), each.id))


def excerpts(
    engine: Engine, tables: tuple[RecordTable, ...], idents: Collection[RecordId], *, characters: int
) -> dict[RecordId, str]:
    """How the text of each of these records begins. Cost: one scan, in which most rows are passed over."""
    rows = scan(engine, tables).subquery("rows")
    start = sql.func("substr", sql.col("text"), sql.value(1), sql.value(characters))
    query = (
        exp.select(sql.col("id"), sql.named(start, "start"))
        .from_(rows)
        .where(sql.within(sql.col("id"), sorted(idents)))
        .where(sql.not_null(sql.col("text")))
    )
    return {RecordId(ident): text for ident, text in engine.rows(sql.render(query, engine.dialect))}


def _age(created_at: datetime | None) -> float:
    """Ascending from the newest; what has no date comes last."""
    return -created_at.timestamp() if created_at is not None else float("inf")
