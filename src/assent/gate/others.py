"""Everyone else in a record: who does not permit, and what that does to the record.

Subjects are taken out of their lists, judged as persons, and put together again per record, but only
where somebody does not permit; of most records nothing is left here. Under `all_must_permit`, or when nobody
knows where the text names that person, the record is denied. Otherwise they go from the row, and the text
shows `[role]` where it named them.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from assent.gate import sql
from assent.gate.persons import PERSON, Question, under_age_at
from assent.gate.records import RECORDS
from assent.gate.sql import Sql
from assent.policy.pack import Others, Purpose
from assent.vocabulary.reasons import Reason

REFUSING = "refusing"
"""A row for each record in which somebody does not permit: `id`, `mask`, `gone`, `cuts`, `tail`, `fits`, `first`."""

NAMED = "named"
"""A row for each person the rules ask besides the author: `id`, `category`, `created_at`, `subject`, `position`."""

REFUSING_PEOPLE = "refusing_people"
"""A row for each such person: `id`, `position`, `role`, `spans`, `mask`."""

_DENIED = Reason.OTHER_SUBJECT.bit


def asks_others(purpose: Purpose) -> bool:
    """Whether any category in scope looks at anybody but the author."""
    return any(rule.others is not Others.ANYONE for rule in purpose.scope.values())


def names_nobody(purpose: Purpose) -> Sql | None:
    """The mask of a record that by nature has a second person and names none; None where no category is so."""
    categories = [
        name for name, rule in purpose.scope.items() if rule.others is Others.ALL_MUST_PERMIT and rule.two_person
    ]
    if not categories:
        return None
    people = exp.Coalesce(this=sql.func("len", sql.col("subjects", "r")), expressions=[sql.value(0)])
    nobody = sql.both(sql.within(sql.col("category", "r"), sorted(categories)), sql.eq(people, sql.value(0)))
    return sql.when(sql.certain(nobody), _DENIED)


def refusing() -> Sql:
    """A query for the rows of `REFUSING`, one for each record in which somebody does not permit."""
    people = exp.select("*").from_(exp.to_table(REFUSING_PEOPLE))
    gone = (
        exp.select(
            sql.col("id"),
            sql.named(sql.func("bit_or", sql.col("mask")), "mask"),
            sql.named(sql.func("list", sql.col("position")), "gone"),
        )
        .from_(people.subquery("people"))
        .group_by(sql.col("id"))
    )
    cuts = _cuts(_spans(people.copy()))
    return (
        exp.select(
            sql.col("id", "g"), sql.col("mask", "g"), sql.col("gone", "g"),
            sql.col("cuts", "c"), sql.col("tail", "c"), sql.col("fits", "c"), sql.col("first", "c"),
        )
        .from_(gone.subquery("g"))
        .join(cuts.subquery("c"), on=sql.eq(sql.col("id", "g"), sql.col("id", "c")), join_type="left")
    )  # fmt: skip


def shown_text() -> Sql:
    """The text of a row of `records` (`r`) with nobody left in it who is gone (`x`).

    Spans that do not fit the text say that nobody knows where the names are: then nothing of it is shown.
    """
    text, cuts, tail = sql.col("text", "r"), sql.col("cuts", "x"), sql.col("tail", "x")
    cut = sql.col("c")
    start, after, role = (sql.field(cut.copy(), name) for name in ("start", "after", "role"))
    kept = sql.func(
        "substr",
        text.copy(),
        exp.Add(this=after, expression=sql.value(1)),
        exp.Sub(this=start, expression=after.copy()),
    )
    piece = sql.concat(kept, sql.value("["), role, sql.value("]"))
    pieces = sql.func("list_transform", cuts.copy(), sql.lambda_of(["c"], piece))
    # Spans of no letters at the very beginning leave nothing to cut, and nothing joined is no text at all.
    joined = exp.Coalesce(
        this=sql.func("list_aggregate", pieces, sql.value("string_agg"), sql.value("")), expressions=[sql.value("")]
    )
    rest = sql.func("substr", text.copy(), exp.Add(this=tail.copy(), expression=sql.value(1)))
    fits = sql.both(sql.col("fits", "x"), exp.LTE(this=tail.copy(), expression=sql.func("length", text.copy())))
    # Whoever begins first stands for all of them.
    placeholder = sql.concat(sql.value("["), sql.field(sql.col("first", "x"), "role"), sql.value("]"))
    return sql.case(
        (sql.is_null(tail), text),
        (sql.is_null(text.copy()), text.copy()),
        (fits, sql.concat(joined, rest)),
        default=placeholder,
    )


def kept_subjects(masking: bool) -> Sql:
    """The subjects of a row of `records` that stay, by role and member."""
    subjects = sql.col("subjects", "r")
    each = sql.col("s")
    if masking:
        gone = sql.func("list_contains", sql.col("gone", "x"), sql.col("i"))
        stays = sql.func("list_filter", subjects.copy(), sql.lambda_of(["s", "i"], exp.not_(gone)))
        subjects = sql.case((sql.is_null(sql.col("gone", "x")), subjects), default=stays)
    fields = sql.struct({"role": sql.field(each, "role"), "member": sql.field(each.copy(), "member")})
    return sql.func("list_transform", subjects, sql.lambda_of(["s"], fields))


def named_people(purpose: Purpose) -> Sql:
    """A query for the rows of `NAMED`: each (record, subject) of a category in which others are asked."""
    asked = sorted(name for name, rule in purpose.scope.items() if rule.others is not Others.ANYONE)
    return (
        exp.select(
            sql.col("id", "r"), sql.col("category", "r"), sql.col("created_at", "r"),
            sql.named(sql.func("unnest", sql.col("subjects", "r")), "subject"),
            sql.named(sql.func("generate_subscripts", sql.col("subjects", "r"), sql.value(1)), "position"),
        )
        .from_(exp.to_table(RECORDS).as_("r"))
        .where(sql.within(sql.col("category", "r"), asked))
        .where(exp.GT(this=sql.func("len", sql.col("subjects", "r")), expression=sql.value(0)))
    )  # fmt: skip


def refusing_people(question: Question) -> Sql:
    """Each row of `NAMED` whose subject does not permit, with what that does to the record."""
    strict = sorted(name for name, rule in question.purpose.scope.items() if rule.others is Others.ALL_MUST_PERMIT)
    subject = sql.col("subject", "n")
    member = sql.eq(sql.field(subject.copy(), "member"), sql.col("member", "p"))
    denied = sql.either(sql.within(sql.col("category", "n"), strict), sql.is_null(sql.field(subject.copy(), "spans")))
    age = under_age_at(question.purpose, question.at, "p", sql.col("created_at", "n"))
    against: Iterable[Sql] = (
        sql.is_null(sql.col("member", "p")),
        exp.NEQ(this=sql.col("mask", "p"), expression=sql.mask(0)),
        *([] if age is None else [exp.NEQ(this=age, expression=sql.mask(0))]),
    )
    return (
        exp.select(
            sql.col("id", "n"), sql.col("position", "n"),
            sql.named(sql.field(subject.copy(), "role"), "role"), sql.named(sql.field(subject, "spans"), "spans"),
            sql.named(sql.when(sql.certain(denied), _DENIED), "mask"),
        )
        .from_(exp.to_table(NAMED).as_("n"))
        .join(exp.to_table(PERSON).as_("p"), on=member, join_type="left")
        .where(sql.either(*against))
    )  # fmt: skip


def _spans(people: Sql) -> Sql:
    """Each span that names somebody who is gone, with how far the spans before it reach."""
    flat = exp.select(sql.col("id"), sql.col("role"), sql.named(sql.func("unnest", sql.col("spans")), "span")).from_(
        people.subquery("people")
    )
    start, end = sql.field(sql.col("span"), "start"), sql.field(sql.col("span"), "end")
    order = [exp.Ordered(this=each, nulls_first=False) for each in (start.copy(), end.copy(), sql.col("role"))]
    before = exp.Window(
        this=exp.Max(this=end.copy()),
        partition_by=[sql.col("id")],
        order=exp.Order(expressions=order),
        spec=exp.WindowSpec(
            kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end=sql.value(1), end_side="PRECEDING"
        ),
    )
    reached = exp.Coalesce(this=before, expressions=[sql.value(0)])
    return exp.select(
        sql.col("id"), sql.col("role"), sql.named(start, "start"), sql.named(end, "end"), sql.named(reached, "reached")
    ).from_(flat.subquery("flat"))


def _cuts(spans: Sql) -> Sql:
    """For each record the stretches to be replaced, in order, overlapping ones as one.

    `cuts`: from `after` to `start` the text stays, then comes the role; `tail`: where the rest begins.
    """
    start, end, reached = sql.col("start"), sql.col("end"), sql.col("reached")
    begins = sql.both(exp.GT(this=end, expression=reached), exp.GTE(this=start, expression=reached.copy()))
    cut = sql.struct({"start": start.copy(), "after": reached.copy(), "role": sql.col("role")})
    ordered = sql.func("list_sort", sql.only(sql.func("list", cut), begins))
    # An empty span names nobody's letters; it still says where somebody is named, so it is no misfit.
    broken = sql.either(
        exp.LT(this=start.copy(), expression=sql.value(0)), exp.LT(this=end.copy(), expression=start.copy())
    )
    return (
        exp.select(
            sql.col("id"),
            sql.named(ordered, "cuts"),
            sql.named(exp.Max(this=end.copy()), "tail"),
            sql.named(sql.eq(sql.count(broken), sql.value(0)), "fits"),
            sql.named(
                exp.Min(this=sql.struct({"start": start.copy(), "end": end.copy(), "role": sql.col("role")})), "first"
            ),
        )
        .from_(spans.subquery("spans"))
        .group_by(sql.col("id"))
    )
