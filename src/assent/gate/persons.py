"""Every member's answer as a person, decided by the specification, once for each combination there is.

What a rule can look at is small: a region, a few settings, an objection, whether the notice is old enough,
three flags. Members by the million share a few thousand combinations; each is judged by
`policy.evaluate.person_reasons` with a member made up to fit, and the mask joined back. Age goes by the birth
date: the day somebody comes of age is computed here by the specification's cutoff, once for each birth
date, so that age at use and age at creation are both one comparison of instants.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
from sqlglot import exp

from assent.engines import Engine
from assent.gate import sql
from assent.gate.fold import CLOSED, ERASED, SPOILT, STATE, TAKEN_BACK, Folded
from assent.gate.saying import perform
from assent.gate.sql import Sql
from assent.policy.evaluate import age_reasons, cutoff, person_reasons
from assent.policy.pack import AgeAt, Pack, Purpose
from assent.vocabulary.identifiers import NoticeId, PurposeName, SettingName
from assent.vocabulary.instants import parse_date
from assent.vocabulary.reasons import Reason, to_mask
from assent.vocabulary.regions import REGION_CODES
from assent.vocabulary.state import Hold, MemberState, Objection

PERSON = "person"
"""Columns `member` (the id), `ordinal`, `region` (a word), `mask`, `of_age_at`, `turns_at`.

`turns_at`: the first instant after T at which time alone may change the mask of this member by facts of theirs: a
waiting period ends, or they come of age. What changes for everybody on a date of the rules is not in it.
"""

_UNTOLD, _WAITING, _TOLD = 0, 1, 2
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of every person: one purpose at one moment."""

    pack: Pack
    purpose: Purpose
    at: datetime
    holds: tuple[Hold, ...]


def judge_persons(
    engine: Engine, folded: Folded, question: Question, members: tuple[str, ...], *, into: str = PERSON
) -> None:
    """Table `person`, or another, holds the reasons against each member of whom anything is known.

    Guarantee: for every member the mask is `person_reasons`, but for the age where the purpose measures it
    at a record's creation: that is asked of each record by `under_age_at`.
    """
    keys = ["region", *(f"setting_{place}" for place in range(len(folded.settings))), "objection", "notice", "flags"]
    notice = _notice_class(question)
    _judge_classes(engine, folded, question, keys, notice)
    _judge_births(engine, folded, question)
    same = sql.both(
        *(
            exp.EQ(this=notice.copy() if key == "notice" else sql.col(key, "s"), expression=sql.col(key, "c"))
            for key in keys
        )
    )
    mask = sql.case(
        (sql.has_bits(sql.col("mask", "c"), Reason.STATE_MISSING.bit), sql.col("mask", "c")),
        default=sql.bits(sql.col("mask", "c"), sql.col("mask", "b")),
    )
    ordinal = exp.EQ(this=sql.col("member", "s"), expression=sql.col("ordinal", "m"))
    born = exp.EQ(this=sql.col("birth", "s"), expression=sql.col("birth", "b"))
    paths = sql.func("read_parquet", sql.array(sql.value(path) for path in members))
    query = (
        exp.select(
            sql.col("member", "m"),
            sql.named(sql.col("member", "s"), "ordinal"),
            sql.col("region", "s"),
            sql.named(mask, "mask"),
            sql.col("of_age_at", "b"),
            sql.named(_turns_at(question), "turns_at"),
        )
        .from_(exp.to_table(STATE).as_("s"))
        .join(exp.to_table("classes").as_("c"), on=same)
        .join(exp.to_table("births").as_("b"), on=born)
        .join(exp.select("*").from_(paths).subquery("m"), on=ordinal)
    )
    perform(engine, sql.create(into, query))


def _turns_at(question: Question) -> Sql:
    # Both are instants at which `_notice_class` and the births' masks change over.
    later: list[Sql] = []
    if question.purpose.notice is not None:
        waiting_us = question.purpose.waiting_period // timedelta(microseconds=1)
        span = sql.func("to_microseconds", sql.value(waiting_us))
        later.append(exp.paren(exp.Add(this=sql.col("noticed_at", "s"), expression=span)))
    if question.purpose.minimum_age is not None and question.purpose.age_at is AgeAt.USE:
        later.append(sql.col("of_age_at", "b"))
    instants = [
        sql.case((exp.GT(this=each, expression=sql.value(question.at)), each.copy()), default=exp.null())
        for each in later
    ]
    return sql.cast(sql.func("least", *instants) if instants else exp.null(), "TIMESTAMPTZ")


def under_age_at(purpose: Purpose, at: datetime, person: str, created_at: Sql) -> Sql | None:
    """The age reasons of a person at a record's creation, as a mask; None where the purpose does not ask."""
    if purpose.minimum_age is None or purpose.age_at is AgeAt.USE:
        return None
    of_age_at = sql.col("of_age_at", person)
    measured = sql.func("least", created_at.copy(), sql.value(at))
    return sql.case(
        (sql.has_bits(sql.col("mask", person), Reason.STATE_MISSING.bit), sql.mask(0)),
        (sql.either(sql.is_null(of_age_at), sql.is_null(created_at.copy())), sql.mask(Reason.AGE_UNKNOWN.bit)),
        (exp.LT(this=measured, expression=of_age_at.copy()), sql.mask(Reason.UNDER_AGE.bit)),
        default=sql.mask(0),
    )


def of_age_on(birth_date: date, years: int) -> date | None:
    """The first day on which the cutoff reaches this birth date; None when no calendar goes that far."""
    if birth_date == date.min:
        return date.min
    if birth_date.year + years > date.max.year:
        return None
    try:
        return birth_date.replace(year=birth_date.year + years)
    except ValueError:
        return date(birth_date.year + years, 3, 1)


def _judge_classes(engine: Engine, folded: Folded, question: Question, keys: list[str], notice: Sql) -> None:
    outputs = [sql.named(notice.copy(), key) if key == "notice" else sql.col(key, "s") for key in keys]
    query = exp.select(*outputs).distinct().from_(exp.to_table(STATE).as_("s"))
    rows = engine.rows(sql.render(query, engine.dialect))
    # Age is decided by birth date, not here.
    ageless = replace(question.purpose, minimum_age=None)
    masks = []
    for row in rows:
        state = _member_like(dict(zip(keys, row, strict=True)), folded, question)
        masks.append(to_mask(person_reasons(question.pack, ageless, state, question.at, None, question.holds)))
    columns = {key: pa.array([row[place] for row in rows], pa.int32()) for place, key in enumerate(keys)}
    engine.load("classes", pa.table({**columns, "mask": pa.array(masks, pa.uint32())}))


def _member_like(row: Mapping[str, int], folded: Folded, question: Question) -> MemberState:
    """A member of this class."""
    word = folded.words
    settings: dict[SettingName, str] = {}
    for place, name in enumerate(folded.settings):
        if choice := word[row[f"setting_{place}"]]:
            settings[name] = choice
    purpose, objections, notices = question.purpose, dict[PurposeName, Objection](), dict[NoticeId, datetime]()
    if objection := word[row["objection"]]:
        objections[purpose.name] = Objection(objection)
    if purpose.notice and row["notice"] != _UNTOLD:
        long_ago = purpose.waiting_period if row["notice"] == _TOLD else purpose.waiting_period - timedelta.resolution
        notices[purpose.notice] = question.at - long_ago
    flags = row["flags"]
    return MemberState(
        word[row["region"]],
        None,
        settings,
        objections,
        notices,
        bool(flags & CLOSED),
        bool(flags & ERASED),
        bool(flags & SPOILT),
        bool(flags & TAKEN_BACK),
    )


def _notice_class(question: Question) -> Sql:
    noticed_at = sql.col("noticed_at", "s")
    if question.purpose.notice is None:
        return sql.value(_TOLD)
    latest = question.at - question.purpose.waiting_period
    return sql.case(
        (sql.is_null(noticed_at), sql.value(_UNTOLD)),
        (exp.GT(this=noticed_at.copy(), expression=sql.value(latest)), sql.value(_WAITING)),
        default=sql.value(_TOLD),
    )


def _judge_births(engine: Engine, folded: Folded, question: Question) -> None:
    query = exp.select(sql.col("birth")).distinct().from_(exp.to_table(STATE))
    births = [row[0] for row in engine.rows(sql.render(query, engine.dialect))]
    found = list(_births(births, folded, question))
    instant = pa.timestamp("us", tz="UTC")
    table: dict[str, Any] = {
        "birth": pa.array(births, pa.int32()),
        "mask": pa.array([mask for mask, _ in found], pa.uint32()),
        "of_age_at": pa.array([of_age_at for _, of_age_at in found], instant),
    }
    engine.load("births", pa.table(table))


def _births(births: list[int], folded: Folded, question: Question) -> Iterator[tuple[int, datetime | None]]:
    """The age reasons at use, and the instant of coming of age; null is unknown."""
    purpose = question.purpose
    for birth in births:
        born = parse_date(folded.words[birth])
        at_use = purpose.age_at is AgeAt.USE
        mask = to_mask(age_reasons(purpose, born, question.at, None)) if at_use else 0
        if born is None or purpose.minimum_age is None:
            yield mask, None
            continue
        day = of_age_on(born, purpose.minimum_age)
        yield mask, _NEVER if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC)


def region_counts(words: Sequence[str | None], counts: Mapping[int, int]) -> dict[str, int]:
    """Counts by word as counts by region code."""
    return {region: counts[word] for word in sorted(counts) if (region := words[word]) in REGION_CODES and region}


__all__ = ["PERSON", "Question", "cutoff", "judge_persons", "of_age_on", "region_counts", "under_age_at"]
