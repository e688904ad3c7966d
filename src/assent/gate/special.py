"""Records that need more than their author and themselves: what exclusions and other people do to them."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

from sqlglot import exp

from assent.gate import sql
from assent.gate.fold import Moment, excluded_records
from assent.gate.others import NAMED, REFUSING, REFUSING_PEOPLE, named_people, refusing, refusing_people
from assent.gate.persons import Question
from assent.gate.sql import Sql
from assent.vocabulary.reasons import Reason

SPECIAL = "special"
"""A row for each such record: `id`, `mask`, and for those in which somebody is gone the columns of `refusing`."""

_MASKING = (
    ("gone", "BIGINT[]"),
    ("cuts", 'STRUCT("start" INT, "after" INT, "role" TEXT)[]'),
    ("tail", "INTEGER"),
    ("fits", "BOOLEAN"),
    ("first", 'STRUCT("start" INT, "end" INT, "role" TEXT)'),
)
_NO_MASKING = [sql.named(sql.cast(exp.null(), kind), name) for name, kind in _MASKING]


def find_special(run: Callable[[Sql], None], moment: Moment, question: Question, *, masking: bool) -> None:
    """Table `special` says once for each record what exclusions and other people do to it.

    Args:
        masking: whether anybody but the author is asked.
    """
    excluded = exp.select(sql.col("id"), sql.named(sql.mask(Reason.ITEM_EXCLUDED.bit), "mask"), *_NO_MASKING)
    parts = [excluded.from_(excluded_records(moment).subquery("e"))]
    if masking:
        run(sql.create(NAMED, named_people(question.purpose)))
        run(sql.create(REFUSING_PEOPLE, refusing_people(question)))
        run(sql.create(REFUSING, refusing()))
        parts.append(exp.select("*").from_(exp.to_table(REFUSING)))
    together = reduce(lambda left, right: exp.union(left, right, distinct=False, copy=False), parts)
    columns = [sql.named(sql.func("any_value", sql.col(name)), name) for name, _ in _MASKING]
    query = (
        exp.select(sql.col("id"), sql.named(sql.func("bit_or", sql.col("mask")), "mask"), *columns)
        .from_(together.subquery("parts"))
        .group_by(sql.col("id"))
    )
    run(sql.create(SPECIAL, query))
