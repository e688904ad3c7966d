"""What speaks against each record, its parents left aside, and whom of the others it must hide.

rows ⋈ people (author) ⋈ others ⋈ excluded ─► judged     a column for each reason, and `alone`
judged ─► good                                            parents whose whole chain may be used
judged ⋈ good ─► decided, permitted                       for officers, for consumers
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from assent.gate import sql
from assent.gate.sql import Sql
from assent.gate.views import tables
from assent.gate.views.others import OTHERS_COLUMNS
from assent.gate.views.persons import PERSON_COLUMNS, Schema, age_at_creation
from assent.gate.views.reading import SOURCE
from assent.gate.views.signals import denies
from assent.gate.views.tables import of
from assent.gate.views.words import Words
from assent.policy.pack import Others, Pack, Purpose
from assent.vocabulary.reasons import REASONS, Reason

_PLAIN = ("id", "category", "author", "created_at", "parent", "text")
REASON_COLUMNS = tuple(
    reason.label
    for reason in REASONS
    if reason not in {Reason.PURPOSE_UNKNOWN, Reason.DERIVED_FROM_EXCLUDED, Reason.TAKEN_BACK}
)
"""The reasons a view can find of a record by itself. Its purpose is known, and no view knows who took back."""


def judged(  # noqa: PLR0917 - the relations it joins
    words: Words, pack: Pack, purpose: Purpose, mapped: frozenset[str], schema: Schema, views: Mapping[str, Sql]
) -> exp.Select:
    """A row for each record: what it holds, `subjects` that stay, `masked`, a column for each reason, and `alone`.

    Args:
        mapped: the canonical columns that any table has.
        views: by name, `rows`, `moment`, `people` and, where any table names subjects, `others`.
    """
    peopled = "others" in views
    author = age_at_creation(words, purpose, "p", sql.col("created_at", "r"), sql.col("at", "t"))
    known = sql.not_null(sql.col("member", "p"))
    reasons: dict[Reason, Sql] = {
        reason: sql.both(known.copy(), _or_true(sql.col(reason.label, "p")))
        for reason in REASONS
        if reason.label in PERSON_COLUMNS
    }
    if author is not None:
        reasons[Reason.AGE_UNKNOWN], reasons[Reason.UNDER_AGE] = (sql.both(known.copy(), each) for each in author)
    reasons |= _by_itself(words, pack, purpose, mapped)
    broken = _or_false(sql.col("broken", "x")) if peopled else exp.false()
    reasons[Reason.STATE_MISSING] = sql.either(
        sql.is_null(sql.col("member", "p")),
        _or_true(sql.col("unreadable", "r")),
        sql.is_null(sql.col("id", "r")),
        broken,
    )
    reasons[Reason.OTHER_SUBJECT] = _other_subject(words, purpose, peopled)
    against = [
        sql.named(reasons.get(reason, exp.false()), reason.label)
        for reason in REASONS
        if reason.label in REASON_COLUMNS
    ]
    others = [sql.col(name, "x") for name in OTHERS_COLUMNS] if peopled else _nobody(words)
    found = (
        exp.select(*(sql.col(name, "r") for name in (SOURCE, *_PLAIN)), *others, *against)
        .from_(_as(views["rows"], "r"))
        .join(_as(views["moment"], "t"), on=exp.true(), join_type="left")
        .join(_as(views["people"], "p"), on=sql.eq(sql.col("author", "r"), sql.col("member", "p")), join_type="left")
        .join(_excluded(schema).subquery("e"), on=sql.eq(sql.col("id", "r"), sql.col("id", "e")), join_type="left")
    )
    if purpose.sensitive_denied:
        same = sql.eq(sql.col("id", "r"), sql.col("id", "f"))
        found = found.join(_spoken_of(purpose, schema).subquery("f"), on=same, join_type="left")
    if peopled:
        same = sql.eq(sql.col("id", "r"), sql.col("id", "x"))
        found = found.join(_as(views["others"], "x"), on=same, join_type="left")
    alone = exp.not_(exp.paren(sql.either(*(sql.col(name, "j") for name in REASON_COLUMNS))))
    columns = (SOURCE, *_PLAIN, *OTHERS_COLUMNS, *REASON_COLUMNS)
    outputs = [*(sql.col(name, "j") for name in columns), sql.named(words.certain(alone), "alone")]
    return exp.select(*outputs).from_(found.subquery("j"))


def _by_itself(words: Words, pack: Pack, purpose: Purpose, mapped: frozenset[str]) -> dict[Reason, Sql]:
    """The reasons that lie in the record alone."""
    category = sql.col("category", "r")
    never = words.certain(sql.within(category, sorted(pack.never)))
    in_scope = words.certain(sql.within(category.copy(), sorted(purpose.scope)))
    signal = denies(
        words,
        purpose.kind,
        *(sql.col(name, "r") if name in mapped else None for name in ("aipref", "tdm_reservation", "cawg")),
    )
    found = {
        Reason.CATEGORY_NEVER: never,
        Reason.CATEGORY_OUT_OF_SCOPE: sql.both(_no(never), _no(in_scope)),
        Reason.NOT_VISIBLE_ENOUGH: sql.both(_no(never), _hidden(words, purpose)),
        Reason.ITEM_EXCLUDED: sql.either(_or_false(sql.col("excluded", "r")), sql.not_null(sql.col("id", "e"))),
        Reason.SIGNAL_NO_TRAIN: signal,
    }
    if purpose.content_from is not None:
        start = words.instant(purpose.content_from)
        found[Reason.TOO_OLD] = _no(words.certain(exp.GTE(this=sql.col("created_at", "r"), expression=start)))
    if purpose.sensitive_denied:
        spoken_of = sql.not_null(sql.col("id", "f"))
        found[Reason.SENSITIVE_CONTEXT] = sql.either(_or_true(sql.col("sensitive", "r")), spoken_of)
    return found


def _hidden(words: Words, purpose: Purpose) -> Sql:
    """Whether the category asks for a visibility that the record does not have."""
    asked: dict[frozenset[str], list[str]] = {}
    for category, rule in purpose.scope.items():
        if rule.visibility is not None:
            asked.setdefault(rule.visibility, []).append(category)
    return sql.either(
        *(
            sql.both(
                words.certain(sql.within(sql.col("category", "r"), sorted(categories))),
                _no(words.certain(sql.within(sql.col("visibility", "r"), sorted(enough)))),
            )
            for enough, categories in sorted(asked.items(), key=lambda item: sorted(item[1]))
        )
    )


def _other_subject(words: Words, purpose: Purpose, peopled: bool) -> Sql:
    """Somebody does not permit and cannot be masked; or a record that is of two names nobody else."""
    by_nature = sorted(
        name for name, rule in purpose.scope.items() if rule.others is Others.ALL_MUST_PERMIT and rule.two_person
    )
    two = words.certain(sql.within(sql.col("category", "r"), by_nature))
    if not peopled:
        return two
    broken = _or_false(sql.col("broken", "x"))
    nobody = sql.either(sql.is_null(sql.col("id", "x")), broken)
    refused = sql.both(exp.not_(broken.copy()), _or_false(sql.col("refused", "x")))
    return sql.either(refused, sql.both(two, nobody))


def _nobody(words: Words) -> list[Sql]:
    kinds = {"subjects": words.people_type, "masked": words.texts_type}
    return [sql.named(words.null(kinds[name]), name) for name in OTHERS_COLUMNS]


def _excluded(schema: Schema) -> exp.Select:
    """Ids that some export excludes: one too many denies one too many."""
    return exp.select(sql.col("id", "e")).distinct().from_(of(schema, tables.EXCLUDED, "e"))


def _spoken_of(purpose: Purpose, schema: Schema) -> exp.Select:
    """Ids of records whose texts speak of what the purpose leaves out."""
    rows = exp.select(sql.col("id", "f")).distinct().from_(of(schema, tables.SENSITIVE, "f"))
    return rows.where(sql.eq(sql.col("purpose", "f"), sql.value(purpose.name)))


def _as(view: Sql, alias: str) -> Sql:
    return exp.alias_(view, alias, table=True, quoted=True)


def _no(certain: Sql) -> Sql:
    return exp.not_(exp.paren(certain.copy()))


def _or_true(given: Sql) -> Sql:
    return exp.Coalesce(this=given, expressions=[exp.true()])


def _or_false(given: Sql) -> Sql:
    return exp.Coalesce(this=given, expressions=[exp.false()])
