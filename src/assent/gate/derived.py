"""Records that carry the text of others: what becomes of them when an original may not be used.

A record that names a parent is allowed only if the parent is, and the parent's parent, to the end of the
chain. A parent nobody knows denies, and so does a chain that leads back to itself: it has no original.
Every round lets each open link look as far again as before, so a chain of n takes log2(n) rounds.
"""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
from sqlglot import exp

from assent.engines import Engine
from assent.gate import sql
from assent.gate.records import RECORDS
from assent.gate.request import Subset
from assent.gate.saying import perform
from assent.gate.sql import Sql

JUDGED = "judged"
"""A row for each record: `id`, `rank`, `tag`, `mask` and what it is counted by; masks leave parents aside at first."""

DERIVED = "derived"
"""The ids of records that a parent takes along."""

LINKS = "links"
PARENTS = "parents"
_SETTLED = "settled"
_OPEN, _GOOD, _BAD = 0, 1, 2


def find_derived(engine: Engine, run: Callable[[Sql], None], subset: Subset | None) -> bool:
    """Whether any record names a parent; if so, table `derived` holds those that a parent takes along."""
    if not find_links(engine):
        return False
    named = exp.select(sql.col("parent")).from_(exp.to_table(LINKS))
    parents = (
        exp.select(sql.col("id"), sql.col("mask"))
        .from_(exp.to_table(JUDGED))
        .where(exp.In(this=sql.col("id"), query=named.subquery()))
    )
    if subset is not None:
        _load_settled(engine, subset)
        settled = exp.select(sql.col("id"), sql.col("mask")).from_(exp.to_table(_SETTLED))
        parents = exp.union(parents, settled, distinct=False, copy=False)
    run(sql.create(PARENTS, parents))
    run(sql.create(DERIVED, derived_from_excluded(engine)))
    return True


def _load_settled(engine: Engine, subset: Subset) -> None:
    """Table `settled` holds the final masks of the parents that are not in the subset.

    They stand in no link, so what they are decides at once: their own parents are in their masks.
    """
    outside = (
        exp.select(sql.col("parent", "l"))
        .distinct()
        .from_(exp.to_table(LINKS).as_("l"))
        .join(exp.to_table(JUDGED).as_("j"), on=sql.eq(sql.col("parent", "l"), sql.col("id", "j")), join_type="left")
        .where(sql.is_null(sql.col("id", "j")))
    )
    batches = engine.stream(sql.render(outside, engine.dialect))
    parents = pa.chunked_array([batch.column(0) for batch in batches], pa.string()).combine_chunks()
    masks = subset.settled(parents) if len(parents) else pa.array([], pa.uint32())
    known = masks.is_valid()
    engine.load(_SETTLED, pa.table({"id": parents.filter(known), "mask": masks.filter(known)}))


def find_links(engine: Engine) -> bool:
    """Whether any record names a parent; table `links` holds those that do (`id`, `parent`)."""
    query = (
        exp.select(sql.col("id"), sql.col("parent")).from_(exp.to_table(RECORDS)).where(sql.not_null(sql.col("parent")))
    )
    perform(engine, sql.create(LINKS, query))
    found: int = engine.rows(sql.render(exp.select(sql.count()).from_(exp.to_table(LINKS)), engine.dialect))[0][0]
    return found > 0


def derived_from_excluded(engine: Engine) -> Sql:
    """A query for the ids of records whose chain of parents does not end at an allowed original.

    Tables `links` and `parents` (`id`, `mask`: the parents' own decisions, their parents left aside) are there.
    """
    perform(engine, sql.create("hops_0", _first_hops()))
    unresolved, step = _unresolved(engine, 0), 0
    while unresolved:
        perform(engine, sql.create(f"hops_{step + 1}", _next_hops(step)))
        step += 1
        before, unresolved = unresolved, _unresolved(engine, step)
        if unresolved == before:
            break  # nothing but circles is left
    hops = exp.to_table(f"hops_{step}")
    return exp.select(sql.col("id")).from_(hops).where(exp.NEQ(this=sql.col("verdict"), expression=sql.value(_GOOD)))


def _first_hops() -> Sql:
    """Each link's verdict as far as its parent alone decides it."""
    verdict = sql.case(
        (sql.is_null(sql.col("id", "p")), sql.value(_BAD)),
        (exp.NEQ(this=sql.col("mask", "p"), expression=sql.mask(0)), sql.value(_BAD)),
        (sql.is_null(sql.col("id", "up")), sql.value(_GOOD)),
        default=sql.value(_OPEN),
    )
    return (
        exp.select(sql.col("id", "l"), sql.named(sql.col("parent", "l"), "target"), sql.named(verdict, "verdict"))
        .from_(exp.to_table(LINKS).as_("l"))
        .join(exp.to_table(PARENTS).as_("p"), on=sql.eq(sql.col("parent", "l"), sql.col("id", "p")), join_type="left")
        .join(exp.to_table(LINKS).as_("up"), on=sql.eq(sql.col("parent", "l"), sql.col("id", "up")), join_type="left")
    )


def _next_hops(step: int) -> Sql:
    """What is open takes over the verdict of the record it waits for, or waits for what that one waits for."""
    settled = exp.NEQ(this=sql.col("verdict", "h"), expression=sql.value(_OPEN))
    verdict = sql.case((settled, sql.col("verdict", "h")), default=sql.col("verdict", "t"))
    target = sql.case((settled.copy(), sql.col("target", "h")), default=sql.col("target", "t"))
    return (
        exp.select(sql.col("id", "h"), sql.named(target, "target"), sql.named(verdict, "verdict"))
        .from_(exp.to_table(f"hops_{step}").as_("h"))
        .join(
            exp.to_table(f"hops_{step}").as_("t"),
            on=sql.eq(sql.col("target", "h"), sql.col("id", "t")),
            join_type="left",
        )
    )


def _unresolved(engine: Engine, step: int) -> int:
    hops = exp.select(sql.count()).from_(exp.to_table(f"hops_{step}"))
    query = hops.where(sql.eq(sql.col("verdict"), sql.value(_OPEN)))
    found: int = engine.rows(sql.render(query, engine.dialect))[0][0]
    return found
