"""What is kept of a build, so that the next one decides only what changed (`snapshot.working`).

    rows      one for each decision, in their order: which record it is, and what it is counted by
    authors   one for each author with a record, in the order of their tags
    people    one for each member of whom anything is known: what the rules say of them
    names     who is asked in which record, besides its author
    links     which record names which parent
    excluded  records that somebody excluded

These say in plain words what the decisions say under tags: they are as secret as the decision key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from assent.engines import Engine
from assent.evidence.tags import TAG_BYTES
from assent.gate import sql
from assent.gate.derived import JUDGED, LINKS
from assent.gate.fold import Moment, excluded_records
from assent.gate.others import NAMED
from assent.gate.people import TAGGED
from assent.gate.persons import PERSON
from assent.gate.saying import fitted
from assent.gate.sql import Sql
from assent.vocabulary.regions import REGION_CODES

REGIONS: Final[tuple[str | None, ...]] = (None, *sorted(REGION_CODES))
"""A region is kept as its place in here; 0 is one that no pack can know."""

MASKED, UNREADABLE, AHEAD = 1, 2, 4
"""Flags of a row: somebody is masked in it; it could not be read in full; it was created after T and its author's age
is measured then."""

NO_CATEGORY: Final = 65_535

_INSTANT = pa.timestamp("us", tz="UTC")
ROW_SCHEMA = pa.schema(
    [
        pa.field("member_tag", pa.binary(TAG_BYTES), nullable=False),
        pa.field("record_tag", pa.binary(TAG_BYTES), nullable=False),
        pa.field("mask", pa.uint32(), nullable=False),
        pa.field("id", pa.string(), nullable=False),
        pa.field("file", pa.int32()),
        pa.field("category", pa.uint16(), nullable=False),
        pa.field("flags", pa.uint8(), nullable=False),
    ]
)
"""`category`: its place among the categories in scope, sorted; `NO_CATEGORY` for others, which are never allowed."""

AUTHOR_SCHEMA = pa.schema(
    [
        pa.field("tag", pa.binary(TAG_BYTES), nullable=False),
        pa.field("member", pa.string(), nullable=False),
        pa.field("rows", pa.int64(), nullable=False),
        pa.field("region", pa.uint16(), nullable=False),
    ]
)
PEOPLE_SCHEMA = pa.schema(
    [
        pa.field("member", pa.string(), nullable=False),
        pa.field("region", pa.uint16(), nullable=False),
        pa.field("mask", pa.uint32(), nullable=False),
        pa.field("of_age_at", _INSTANT),
        pa.field("turns_at", _INSTANT),
    ]
)
NAME_SCHEMA = pa.schema([pa.field("id", pa.string(), nullable=False), pa.field("member", pa.string(), nullable=False)])
LINK_SCHEMA = pa.schema([pa.field("id", pa.string(), nullable=False), pa.field("parent", pa.string(), nullable=False)])
EXCLUDED_SCHEMA = pa.schema([pa.field("id", pa.string(), nullable=False)])


def region_numbers(words: Sequence[str | None]) -> pa.Array:
    """For each word the place of that region in `REGIONS`."""
    places = {region: place for place, region in enumerate(REGIONS) if region}
    return pa.array([places.get(word, 0) if word else 0 for word in words], pa.uint16())


def rows(engine: Engine, member_tags: pa.Array, scope: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Every decision with what it is about, in the order of the tags."""
    order = sql.col("rank"), sql.col("tag")
    kept = [sql.col(name) for name in ("mask", "id", "file", "category", "masked", "unreadable", "ahead")]
    query = exp.select(*order, *kept).from_(exp.to_table(JUDGED)).order_by(*(each.copy() for each in order))
    for batch in engine.stream(sql.render(query, engine.dialect)):
        rank, tag, mask, ident, file, category, *facts = batch.columns
        flags = pa.array([0], pa.uint8())
        flags = pc.multiply(facts[0].cast(pa.uint8()), pa.scalar(MASKED, pa.uint8()))
        flags = pc.bit_wise_or(flags, pc.multiply(facts[1].cast(pa.uint8()), pa.scalar(UNREADABLE, pa.uint8())))
        flags = pc.bit_wise_or(flags, pc.multiply(facts[2].cast(pa.uint8()), pa.scalar(AHEAD, pa.uint8())))
        columns = [member_tags.take(rank), tag, mask, ident, file, _numbered(category, scope), flags]
        yield fitted(columns, ROW_SCHEMA)


def authors(engine: Engine, regions: pa.Array) -> pa.Table:
    """Every author with a record, in the order of their tags."""
    counted = exp.select(sql.col("rank"), sql.named(sql.count(), "rows")).from_(exp.to_table(JUDGED)).group_by("rank")
    query = (
        exp.select(sql.col("tag", "p"), sql.col("member", "p"), sql.col("rows", "n"), sql.col("region", "p"))
        .from_(counted.subquery("n"))
        .join(exp.to_table(TAGGED).as_("p"), on=sql.eq(sql.col("rank", "n"), sql.col("rank", "p")))
        .order_by(sql.col("rank", "n"))
    )
    batches = [
        fitted([*batch.columns[:3], regions.take(batch.column(3))], AUTHOR_SCHEMA)
        for batch in engine.stream(sql.render(query, engine.dialect))
    ]
    return pa.Table.from_batches(batches, AUTHOR_SCHEMA)


def people(engine: Engine, regions: pa.Array) -> pa.Table:
    """Every member of whom anything is known."""
    query = exp.select(*(sql.col(name) for name in PEOPLE_SCHEMA.names)).from_(exp.to_table(PERSON))
    batches = [
        fitted([batch.column(0), regions.take(batch.column(1)), *batch.columns[2:]], PEOPLE_SCHEMA)
        for batch in engine.stream(sql.render(query, engine.dialect))
    ]
    return pa.Table.from_batches(batches, PEOPLE_SCHEMA)


def names(engine: Engine) -> pa.Table:
    """Who is asked in which record besides its author."""
    member = sql.field(sql.col("subject"), "member")
    query = (
        exp.select(sql.col("id"), sql.named(member, "member"))
        .distinct()
        .from_(exp.to_table(NAMED))
        .where(sql.not_null(member.copy()))
    )
    return _table(engine, query, NAME_SCHEMA)


def links(engine: Engine) -> pa.Table:
    """Which record names which parent."""
    return _table(engine, exp.select(sql.col("id"), sql.col("parent")).from_(exp.to_table(LINKS)), LINK_SCHEMA)


def excluded(engine: Engine, moment: Moment) -> pa.Table:
    """The records that somebody excluded and did not include again."""
    return _table(engine, excluded_records(moment), EXCLUDED_SCHEMA)


def _table(engine: Engine, query: Sql, schema: pa.Schema) -> pa.Table:
    batches = engine.stream(sql.render(query, engine.dialect))
    return pa.Table.from_batches([fitted(each.columns, schema) for each in batches], schema)


def _numbered(category: pa.Array, scope: Sequence[str]) -> pa.Array:
    """An enum's places are those of its values, which are the scope; an engine without enums gives the values."""
    if not isinstance(category, pa.DictionaryArray):
        places = pc.index_in(category, value_set=pa.array(scope, pa.string()))
        return pc.fill_null(places.cast(pa.uint16()), NO_CATEGORY)
    assert category.dictionary.to_pylist() == list(scope)
    return pc.fill_null(category.indices.cast(pa.uint16()), NO_CATEGORY)
