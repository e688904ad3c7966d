"""Authors in two tables: those who permit with the place of their rows, and everybody with the key they are known by.

Permitted rows lie by `seat`, the member's place in (shard, slice, author): only the partition key decides it,
so it stays what it is from one snapshot to the next. Decisions lie by `rank`, the place of the member tag, which
is this snapshot's own. Each member is hashed once under each key.
"""

from __future__ import annotations

import pyarrow as pa
from sqlglot import exp

from assent.engines import Engine
from assent.evidence.tags import TAG_BYTES
from assent.gate import sql, tags
from assent.gate.persons import PERSON
from assent.gate.records import RECORDS
from assent.gate.saying import stored
from assent.gate.sql import Sql
from assent.vocabulary.reasons import Reason

PERMITTING = "permitting"
"""Members with mask 0: `member`, `mask`, `of_age_at`, `part` (shard · slices + slice), `seat`."""

TAGGED = "tagged"
"""Every author: `member`, `region`, `mask`, `of_age_at`, `prefix`, `tag`, `rank`."""

EVERYBODY = "everybody"
"""All members of whom anything is known, where only some of them are looked at: columns as in `person`."""

_STRANGERS = "strangers"
_STATE = ("member", "mask", "of_age_at")


def keep_concerned() -> Sql:
    """A statement: table `person` holds those of `everybody` who wrote a row of `records` or appear in one."""
    authors = exp.select(sql.col("author")).from_(exp.to_table(RECORDS)).where(sql.not_null(sql.col("author")))
    subjects = exp.select(sql.named(sql.func("unnest", sql.col("subjects")), "s")).from_(exp.to_table(RECORDS))
    named = exp.select(sql.field(sql.col("s"), "member")).from_(subjects.subquery("n"))
    concerned = exp.union(authors, named, copy=False)
    of_them = exp.In(this=sql.col("member"), query=concerned.subquery())
    return sql.create(PERSON, exp.select("*").from_(exp.to_table(EVERYBODY)).where(of_them))


def place_permitting(key: bytes, *, shards: int, slices: int) -> Sql:
    """A statement: table `permitting` holds the members who permit, and where their rows go."""
    digest = tags.hmac_hex(key, sql.func("encode", sql.col("member")))
    hashed = (
        exp.select(*map(sql.col, _STATE), sql.named(digest, "digest"))
        .from_(exp.to_table(PERSON))
        .where(sql.eq(sql.col("mask"), sql.mask(0)))
    )
    part = tags.partition_number(sql.col("digest"), shards=shards, slices=slices)
    placed = exp.select(*map(sql.col, _STATE), sql.named(part, "part")).from_(hashed.subquery("h"))
    seat = sql.named(_place(sql.col("part"), sql.col("member")), "seat")
    return sql.create(PERMITTING, exp.select("*", seat).from_(placed.subquery("p")))


def find_strangers() -> Sql:
    """A statement: table `strangers` holds the authors of whom nothing is known; no author is the empty one."""
    author = exp.Coalesce(this=sql.col("author", "r"), expressions=[sql.value("")])
    unknown = (
        exp.select(sql.named(author, "member"))
        .distinct()
        .from_(exp.to_table(RECORDS).as_("r"))
        .join(
            exp.to_table(PERSON).as_("p"), on=sql.eq(sql.col("author", "r"), sql.col("member", "p")), join_type="left"
        )
        .where(sql.is_null(sql.col("member", "p")))
    )
    return sql.create(_STRANGERS, unknown)


def tag_people(key: bytes) -> Sql:
    """A statement: table `tagged` holds everybody of whom something is known, and all strangers."""
    known = exp.select(*map(sql.col, _STATE), sql.col("region")).from_(exp.to_table(PERSON))
    strangers = exp.select(
        sql.col("member"),
        sql.named(sql.mask(Reason.STATE_MISSING.bit), "mask"),
        sql.named(sql.cast(exp.null(), "TIMESTAMPTZ"), "of_age_at"),
        sql.named(sql.value(0), "region"),
    ).from_(exp.to_table(_STRANGERS))
    everyone = exp.union(known, strangers, distinct=False, copy=False)
    keyed = exp.select("*", sql.named(tags.member_key(key, sql.col("member")), "key")).from_(everyone.subquery("e"))
    tagged = exp.select(
        *map(sql.col, _STATE),
        sql.col("region"),
        sql.named(tags.prefix(sql.col("key")), "prefix"),
        sql.named(tags.member_tag(sql.col("key")), "tag"),
    ).from_(keyed.subquery("k"))
    rank = sql.named(_place(sql.col("tag")), "rank")
    return sql.create(TAGGED, exp.select("*", rank).from_(tagged.subquery("t")))


def tags_by_rank(engine: Engine) -> pa.Array:
    """The member tags in their order."""
    query = exp.select(sql.col("tag")).from_(exp.to_table(TAGGED)).order_by(sql.col("rank"))
    tag = pa.binary(TAG_BYTES)
    found = [stored(batch.column(0), tag) for batch in engine.stream(sql.render(query, engine.dialect))]
    return pa.chunked_array(found, tag).combine_chunks()


def _place(*keys: Sql) -> Sql:
    """The place in this order, from 0."""
    order = exp.Order(expressions=[exp.Ordered(this=key) for key in keys])
    place = exp.Window(this=sql.func("row_number"), order=order)
    return sql.cast(exp.Sub(this=place, expression=sql.value(1)), "INTEGER")
