"""Which records are a member's, and in which others they appear: ids only, out of tables of any size."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from assent.engines import Engine
from assent.gate import sql
from assent.gate.scan import scan
from assent.vocabulary.identifiers import MemberId, RecordId, Role
from assent.vocabulary.tables import RecordTable


@dataclass(frozen=True, slots=True)
class Appearance:
    """A member in somebody else's record, once for each role."""

    record: RecordId
    author: MemberId | None
    role: Role


def records_by(engine: Engine, tables: tuple[RecordTable, ...], member: MemberId) -> list[RecordId]:
    """The ids of the records that the member wrote, in order. Cost: a scan of two columns."""
    rows = scan(engine, tables).subquery("rows")
    query = exp.select(sql.col("id")).from_(rows).where(sql.eq(sql.col("author"), sql.value(member)))
    found = engine.rows(sql.render(query, engine.dialect))
    return sorted({RecordId(row[0]) for row in found if row[0]})


def records_naming(engine: Engine, tables: tuple[RecordTable, ...], member: MemberId) -> list[Appearance]:
    """Where the member appears in what others wrote, in order. Cost: a scan of the subjects, which are many bytes."""
    rows = scan(engine, tables).subquery("rows")
    own = sql.eq(sql.field(sql.col("s"), "member"), sql.value(member))
    named = sql.func("list_filter", sql.col("subjects"), sql.lambda_of(["s"], own))
    query = (
        exp.select(sql.col("id"), sql.col("author"), sql.named(named, "named"))
        .from_(rows)
        .where(exp.GT(this=sql.func("len", named.copy()), expression=sql.value(0)))
    )
    found = set()
    for ident, author, subjects in engine.rows(sql.render(query, engine.dialect)):
        if ident and author != member:
            found |= {Appearance(RecordId(ident), author, Role(each["role"])) for each in subjects}
    return sorted(found, key=lambda each: (each.record, each.role))
