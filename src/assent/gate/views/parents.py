"""Parents whose whole chain may be used, for records that carry somebody else's text.

A record with a parent is allowed only if that parent is found here. So what nobody knows, what leads back to itself
and what is longer than a dialect can follow denies by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlglot import exp

from assent.gate import sql
from assent.gate.sql import Sql
from assent.gate.views.words import Words

CHAIN_LIMIT: Final = 3
"""So many originals of originals are followed where a view cannot go on until the end; a longer chain denies.

Each of them is every record judged once more.
"""


def parents(views: Mapping[str, Sql]) -> exp.Select:
    """A row for each record that another names as its parent: `id`, `parent`, and whether it may be used `alone`.

    Two records of one id are none: nobody knows which of them is meant.
    """
    wanted = (
        exp.select(sql.named(sql.col("parent", "r"), "id"))
        .distinct()
        .from_(_as(views["rows"], "r"))
        .where(sql.not_null(sql.col("parent", "r")))
    )
    allowed = sql.case((sql.col("alone", "j"), sql.value(1)), default=sql.value(0))
    single = sql.both(sql.eq(sql.count(), sql.value(1)), sql.eq(exp.Min(this=allowed), sql.value(1)))
    return (
        exp.select(
            sql.col("id", "j"), sql.named(exp.Max(this=sql.col("parent", "j")), "parent"), sql.named(single, "alone")
        )
        .from_(_as(views["judged"], "j"))
        .join(wanted.subquery("w"), on=sql.eq(sql.col("id", "j"), sql.col("id", "w")), join_type="inner")
        .group_by(sql.col("id", "j"))
    )


def good(words: Words, views: Mapping[str, Sql]) -> exp.Select:
    """The ids of those among them whose chain ends at an allowed original."""
    return _followed(views) if words.recursive else _unrolled(words, views)


def _followed(views: Mapping[str, Sql]) -> exp.Select:
    """From the originals on: what no original leads to is never reached."""
    originals = (
        exp.select(sql.col("id", "p"))
        .from_(_as(views["parents"], "p"))
        .where(sql.col("alone", "p"))
        .where(sql.is_null(sql.col("parent", "p")))
    )
    next_ones = (
        exp.select(sql.col("id", "p"))
        .from_(_as(views["parents"], "p"))
        .join(exp.to_table("good").as_("g"), on=sql.eq(sql.col("parent", "p"), sql.col("id", "g")), join_type="inner")
        .where(sql.col("alone", "p"))
    )
    query = exp.select(sql.col("id", "g")).from_(exp.to_table("good").as_("g"))
    reached = exp.union(originals, next_ones, distinct=False, copy=False)
    return query.with_("good", as_=reached, recursive=True, copy=False)


def _unrolled(words: Words, views: Mapping[str, Sql]) -> exp.Select:
    query = exp.select(sql.col("id", "p1")).from_(_as(views["parents"], "p1"))
    for step in range(2, CHAIN_LIMIT + 1):
        above = sql.eq(sql.col("parent", f"p{step - 1}"), sql.col("id", f"p{step}"))
        query = query.join(_as(views["parents"], f"p{step}"), on=above, join_type="left")
    last = CHAIN_LIMIT
    ends = sql.both(sql.col("alone", f"p{last}"), sql.is_null(sql.col("parent", f"p{last}")))
    for step in range(last - 1, 0, -1):
        original = sql.is_null(sql.col("parent", f"p{step}"))
        ends = sql.both(sql.col("alone", f"p{step}"), sql.either(original, words.certain(ends)))
    return query.where(words.certain(ends))


def _as(view: Sql, alias: str) -> Sql:
    return exp.alias_(view, alias, table=True, quoted=True)
