"""Every author in one table: what speaks against them, the key that stands for them, and their places.

A member is hashed once. Permitted rows lie by `seat`, the member's place in (shard, slice, author), which
only the partition key decides and which no other snapshot changes; decisions lie by `rank`, the place of
the member tag, which is this snapshot's own.
"""

from __future__ import annotations

from typing import Protocol

import pyarrow as pa
from sqlglot import exp

from assent.engines import Engine
from assent.evidence.tags import TAG_BYTES
from assent.gate import sql, tags
from assent.gate.persons import PERSON
from assent.gate.records import RECORDS
from assent.gate.sql import Sql
from assent.vocabulary.reasons import Reason

PEOPLE = "people"
"""Columns `member`, `region`, `mask`, `of_age_at`, `prefix`, `tag`, `rank`; of those with mask 0 `part` and `seat`."""

_STRANGERS = "strangers"


class Keys(Protocol):
    """What places and tags people."""

    @property
    def shards(self) -> int: ...
    @property
    def slices(self) -> int: ...
    @property
    def partition_key(self) -> bytes: ...
    @property
    def decision_key(self) -> bytes: ...


def find_strangers() -> Sql:
    """A statement: table `strangers` holds the authors of whom nothing is known; no author is the empty one."""
    author = exp.Coalesce(this=sql.col("author"), expressions=[sql.value("")])
    named = exp.select(sql.named(author, "author")).distinct().from_(exp.to_table(RECORDS))
    unknown = (
        exp.select(sql.named(sql.col("author", "r"), "member"))
        .from_(named.subquery("r"))
        .join(
            exp.to_table(PERSON).as_("p"), on=sql.eq(sql.col("author", "r"), sql.col("member", "p")), join_type="left"
        )
        .where(sql.is_null(sql.col("member", "p")))
    )
    return sql.create(_STRANGERS, unknown)


def place_and_tag(keys: Keys) -> Sql:
    """A statement: table `people` holds everybody of whom something is known, and all strangers."""
    known = exp.select(*(sql.col(name) for name in ("member", "region", "mask", "of_age_at"))).from_(
        exp.to_table(PERSON)
    )
    strangers = exp.select(
        sql.col("member"),
        sql.named(sql.value(0), "region"),
        sql.named(sql.mask(Reason.STATE_MISSING.bit), "mask"),
        sql.named(sql.cast(exp.null(), "TIMESTAMPTZ"), "of_age_at"),
    ).from_(exp.to_table(_STRANGERS))
    everyone = exp.union(known, strangers, distinct=False, copy=False)
    permits = sql.eq(sql.col("mask"), sql.mask(0))
    digest = tags.hmac_hex(keys.partition_key, sql.func("encode", sql.col("member")))
    hashed = exp.select(
        "*",
        sql.named(tags.member_key(keys.decision_key, sql.col("member")), "key"),
        # Nothing of anybody else is placed.
        sql.named(sql.case((permits, digest), default=exp.null()), "digest"),
    ).from_(everyone.subquery("e"))
    part = tags.partition_number(sql.col("digest"), shards=keys.shards, slices=keys.slices)
    tagged = exp.select(
        *(sql.col(name) for name in ("member", "region", "mask", "of_age_at")),
        sql.named(tags.prefix(sql.col("key")), "prefix"),
        sql.named(tags.member_tag(sql.col("key")), "tag"),
        sql.named(part, "part"),
    ).from_(hashed.subquery("h"))
    rank, seat = _place(sql.col("tag")), _place(sql.col("part"), sql.col("member"))
    return sql.create(
        PEOPLE, exp.select("*", sql.named(rank, "rank"), sql.named(seat, "seat")).from_(tagged.subquery("t"))
    )


def tags_by_rank(engine: Engine) -> pa.Array:
    """The member tags in their order."""
    query = exp.select(sql.col("tag")).from_(exp.to_table(PEOPLE)).order_by(sql.col("rank"))
    found = [batch.column(0).storage for batch in engine.stream(sql.render(query, engine.dialect))]
    return pa.chunked_array(found, pa.binary(TAG_BYTES)).combine_chunks()


def _place(*keys: Sql) -> Sql:
    """The place in this order, from 0."""
    order = exp.Order(expressions=[exp.Ordered(this=key) for key in keys])
    place = exp.Window(this=sql.func("row_number"), order=order)
    return sql.cast(exp.Sub(this=place, expression=sql.value(1)), "INTEGER")
