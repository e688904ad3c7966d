"""Everyone else in a record: who does not permit, what stays of the list, and how the text looks without them.

rows ─each─► named ⋈ people ─► a row per person of a record: may they be shown?
─► others     a row per record that names anybody: `subjects`, `masked`, `refused`, `broken`
─► shown      a row per record in which somebody is masked: its text with `[role]` in their place
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from assent.gate import sql
from assent.gate.sql import Sql
from assent.gate.views.persons import age_at_creation
from assent.gate.views.words import LIST, POSITION, SUBJECT, Words
from assent.policy.pack import Others, Purpose

OTHERS_COLUMNS = ("subjects", "masked")


def masks_others(purpose: Purpose) -> bool:
    """Whether anybody is ever masked."""
    return any(rule.others is Others.MASK_OTHERS for rule in purpose.scope.values())


def named_people(words: Words, purpose: Purpose, views: Mapping[str, Sql]) -> exp.Select:
    """A row for each person in a record beside its author: who they are, where, and whether they are `gone`."""
    keep = ("id", "category", "created_at")
    named = sql.col("subjects", "n")
    source = exp.select(*(sql.col(name, "n") for name in keep), sql.named(named, LIST)).from_(_as(views["rows"], "n"))
    source = source.where(words.certain(words.has_people(named.copy())))
    each = words.each(source, keep)
    subject = sql.col(SUBJECT, "s")
    read = exp.select(
        *(sql.col(name, "s") for name in (*keep, POSITION)),
        *(sql.named(words.field(subject.copy(), name), name) for name in ("role", "member", "spans")),
        sql.named(words.broken(subject.copy()), "broken"),
    ).from_(each.subquery("s"))
    asked = [name for name, rule in purpose.scope.items() if rule.others is not Others.ANYONE]
    permits = _permits(words, purpose)
    gone = sql.both(words.certain(sql.within(sql.col("category", "n"), sorted(asked))), exp.not_(permits))
    columns = ("id", "category", POSITION, "role", "member", "spans", "broken")
    return (
        exp.select(*(sql.col(name, "n") for name in columns), sql.named(gone, "gone"))
        .from_(read.subquery("n"))
        .join(_as(views["moment"], "t"), on=exp.true(), join_type="left")
        .join(_as(views["people"], "p"), on=sql.eq(sql.col("member", "n"), sql.col("member", "p")), join_type="left")
    )


def others(words: Words, purpose: Purpose, views: Mapping[str, Sql]) -> exp.Select:
    """A row for each record that names anybody: `id`, `subjects`, `masked`, `refused`, `broken`."""
    strict = [name for name, rule in purpose.scope.items() if rule.others is Others.ALL_MUST_PERMIT]
    gone = sql.col("gone", "n")
    unmaskable = sql.either(
        words.certain(sql.within(sql.col("category", "n"), sorted(strict))), sql.is_null(sql.col("spans", "n"))
    )
    stays = words.people_of(
        sql.col("role", "n"), sql.col("member", "n"), sql.col(POSITION, "n"), exp.not_(exp.paren(gone))
    )
    # The first of each role in a record stands for all of that role.
    turn = exp.Window(
        this=exp.RowNumber(),
        partition_by=[sql.col(name, "n") for name in ("id", "role", "gone")],
        order=exp.Order(expressions=[exp.Ordered(this=sql.col(POSITION, "n"))]),
    )
    turned = exp.select("*", sql.named(turn, "turn")).from_(_as(views["named"], "n"))
    first = sql.both(gone.copy(), sql.eq(sql.col("turn", "n"), sql.value(1)))
    return (
        exp.select(
            sql.col("id", "n"),
            sql.named(stays, "subjects"),
            sql.named(words.list_of(sql.col("role", "n"), [sql.col(POSITION, "n")], first), "masked"),
            sql.named(words.any(sql.both(gone.copy(), unmaskable)), "refused"),
            sql.named(words.any(sql.col("broken", "n")), "broken"),
        )
        .from_(turned.subquery("n"))
        .group_by(sql.col("id", "n"))
    )


def shown(words: Words, views: Mapping[str, Sql]) -> exp.Select:
    """The text of each record in which somebody is masked: `id`, `original`, `text`.

    Overlapping spans are one stretch, for which whoever begins first stands. Spans that do not fit the text say that
    nobody knows where the names are: then nothing of it is shown.
    """
    spans = _spans(words, views)
    text = sql.col("text", "r")
    length = sql.func("length", text.copy())
    start, end, reached, role = (sql.col(name, "s") for name in ("start", "end", "reached", "role"))
    begins = sql.both(exp.GT(this=end, expression=reached), exp.GTE(this=start, expression=reached.copy()))
    size = sql.case(
        (exp.GT(this=start.copy(), expression=reached.copy()), exp.Sub(this=start.copy(), expression=reached.copy())),
        default=sql.value(0),
    )
    kept = sql.func("substr", text.copy(), _place(words, reached.copy(), length), _whole(words, _at_most(size, length)))
    piece = sql.concat(kept, sql.value("["), role, sql.value("]"))
    order = [start.copy(), end.copy(), words.ordered(role.copy())]
    misfit = sql.either(
        exp.LT(this=start.copy(), expression=sql.value(0)),
        exp.LT(this=end.copy(), expression=start.copy()),
        exp.GT(this=end.copy(), expression=length.copy()),
    )
    first = sql.case((sql.eq(sql.col("turn", "s"), sql.value(1)), role.copy()), default=exp.null())
    parts = (
        exp.select(
            sql.col("id", "r"),
            sql.named(text.copy(), "original"),
            sql.named(words.joined(piece, order, begins), "pieces"),
            sql.named(exp.Max(this=end.copy()), "tail"),
            sql.named(words.any(misfit), "misfit"),
            sql.named(exp.Max(this=first), "first"),
        )
        .from_(_as(views["rows"], "r"))
        .join(spans.subquery("s"), on=sql.eq(sql.col("id", "r"), sql.col("id", "s")), join_type="inner")
        .group_by(sql.col("id", "r"), text.copy())
    )
    whole, tail = sql.col("original", "q"), sql.col("tail", "q")
    rest = sql.func("substr", whole.copy(), _place(words, tail, sql.func("length", whole.copy())))
    pieces = exp.Coalesce(this=sql.col("pieces", "q"), expressions=[sql.value("")])
    masked = sql.case(
        (sql.is_null(whole.copy()), words.null(words.text_type)),
        (exp.not_(exp.Coalesce(this=sql.col("misfit", "q"), expressions=[exp.true()])), sql.concat(pieces, rest)),
        default=sql.concat(sql.value("["), sql.col("first", "q"), sql.value("]")),
    )
    columns = [sql.col("id", "q"), sql.col("original", "q"), sql.named(masked, "text")]
    return exp.select(*columns).from_(parts.subquery("q"))


def _permits(words: Words, purpose: Purpose) -> Sql:
    """Whether the person (`p`) permits, at the record's creation too where the purpose asks; unknown is no."""
    known = words.certain(sql.col("permits", "p"))
    ages = age_at_creation(words, purpose, "p", sql.col("created_at", "n"), sql.col("at", "t"))
    return exp.paren(known if ages is None else sql.both(known, exp.not_(exp.paren(sql.either(*ages)))))


def _spans(words: Words, views: Mapping[str, Sql]) -> exp.Select:
    """Each span that names somebody who is gone, its place among them, and how far those before it reach."""
    source = (
        exp.select(sql.col("id", "n"), sql.col("role", "n"), sql.named(sql.col("spans", "n"), LIST))
        .from_(_as(views["named"], "n"))
        .where(sql.col("gone", "n"))
        # What is broken is denied whole; its numbers need be none.
        .where(exp.not_(sql.col("broken", "n")))
        .where(sql.not_null(sql.col("spans", "n")))
    )
    each = words.each(source, ("id", "role"))
    ends = exp.select(
        sql.col("id", "s"), sql.col("role", "s"),
        *(sql.named(words.field(sql.col(SUBJECT, "s"), name), name) for name in ("start", "end")),
    ).from_(each.subquery("s"))  # fmt: skip
    keys = [sql.col("start", "s"), sql.col("end", "s"), words.ordered(sql.col("role", "s"))]
    order = exp.Order(expressions=[exp.Ordered(this=key, nulls_first=False) for key in keys])
    before = exp.Window(
        this=exp.Max(this=sql.col("end", "s")),
        partition_by=[sql.col("id", "s")],
        order=order,
        spec=exp.WindowSpec(
            kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end=sql.value(1), end_side="PRECEDING"
        ),
    )
    turn = exp.Window(this=exp.RowNumber(), partition_by=[sql.col("id", "s")], order=order.copy())
    return exp.select(
        *(sql.col(name, "s") for name in ("id", "role", "start", "end")),
        sql.named(exp.Coalesce(this=before, expressions=[sql.value(0)]), "reached"),
        sql.named(turn, "turn"),
    ).from_(ends.subquery("s"))


def _place(words: Words, reached: Sql, length: Sql) -> Sql:
    """Where a text goes on behind a place, counted from one, and never beyond what is there."""
    return _whole(words, exp.paren(exp.Add(this=_at_most(reached, length), expression=sql.value(1))))


def _at_most(given: Sql, length: Sql) -> Sql:
    return exp.paren(
        sql.case((exp.GT(this=exp.paren(given), expression=length.copy()), length.copy()), default=given.copy())
    )


def _whole(words: Words, given: Sql) -> Sql:
    return words.cast(given, "INT")


def _as(view: Sql, alias: str) -> Sql:
    return exp.alias_(view, alias, table=True, quoted=True)
