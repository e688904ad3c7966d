"""Whom the rules judge differently than at an earlier moment, without judging everybody again.

What a rule sees of a person changes by an event that counts now and did not then, or by time alone. By time it
changes for one person when a waiting period ends or they come of age, which was noted then (`turns_at`); for
everybody in a region when a use begins there, or when a hold begins or ends. So those with such an event, those
whose instant came, and those who took back or no longer did, are judged again; everybody, where a date of the
rules was passed, holds are others, or events were erased.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from assent.engines import Engine, open_duckdb
from assent.gate import keeping, sql
from assent.gate.fold import Moment, fold_members, mark_taken_back, standing_holds
from assent.gate.persons import Question, judge_persons
from assent.gate.request import GateRequest
from assent.gate.saying import perform
from assent.gate.scan import scan
from assent.gate.sql import Sql
from assent.ledger.columns import KINDS, ColumnarEvents
from assent.policy.pack import AgeAt, Pack, Purpose
from assent.vocabulary.events import EventType
from assent.vocabulary.state import Hold
from assent.vocabulary.tables import RecordTable

_FRESH, _TURNED, _SUSPECTS = "fresh", "turned", "suspects"


@dataclass(frozen=True, slots=True)
class Known:
    """What was known at an earlier moment.

    Args:
        events: how many events before that moment's N the columns held.
        people: in `keeping.PEOPLE_SCHEMA`, everybody.
        excluded: the ids of the records that were excluded.
    """

    at: datetime
    size: int
    events: int
    holds: tuple[Hold, ...]
    taken_back: frozenset[str]
    people: pa.Table
    excluded: pa.Array


@dataclass(frozen=True, slots=True)
class Renewed:
    """What is known now, and what of it is new.

    Args:
        people: everybody, as of now.
        concerned: ids of members whose records, or records that name them, may be decided differently.
        moved: members whose region is another, in `keeping.PEOPLE_SCHEMA`.
        excluded: the ids of the records that are excluded now.
        events: how many events before N the columns hold.
        toggled: the ids of records that are excluded and were not, or the other way round.
    """

    people: pa.Table
    concerned: pa.Array
    moved: pa.Table
    holds: tuple[Hold, ...]
    events: int
    excluded: pa.Array
    toggled: pa.Array


def judge_anew(request: GateRequest, known: Known) -> Renewed:
    """What the rules say of everybody now, by judging those alone of whom they may say something else.

    Cost: a scan of the events' instants, and what it takes to fold and judge those people.

    Raises:
        EvidenceError: an event of the ledger that might be a hold cannot be read.
    """
    purpose = request.pack.purposes[request.purpose]
    with TemporaryDirectory(prefix="assent-gate-") as folder:
        engine = open_duckdb(memory_mib=request.memory_mib, threads=request.threads, folder=Path(folder))
        try:
            return _judge(engine, request, purpose, known)
        finally:
            engine.close()


def list_links(request: GateRequest, tables: tuple[RecordTable, ...]) -> pa.Table:
    """The `id` and `parent` of every row of these tables."""
    with TemporaryDirectory(prefix="assent-gate-") as folder:
        engine = open_duckdb(memory_mib=request.memory_mib, threads=request.threads, folder=Path(folder))
        try:
            rows = exp.select(sql.col("id"), sql.col("parent")).from_(scan(engine, tables).subquery("r"))
            batches = [
                pa.RecordBatch.from_arrays(each.columns, names=["id", "parent"])
                for each in engine.stream(sql.render(rows, engine.dialect))
            ]
        finally:
            engine.close()
    schema = pa.schema([pa.field("id", pa.string()), pa.field("parent", pa.string())])
    return pa.Table.from_batches(batches, schema)


def count_events(engine: Engine, events: ColumnarEvents, size: int) -> int:
    """How many events before a position the columns hold."""
    query = exp.select(sql.count()).from_(_files(events.events))
    query = query.where(exp.LT(this=sql.col("seq"), expression=sql.value(size)))
    found: int = engine.rows(sql.render(query, engine.dialect))[0][0]
    return found


def _judge(engine: Engine, request: GateRequest, purpose: Purpose, known: Known) -> Renewed:
    moment = Moment(request.events, request.at)
    question = Question(request.pack, purpose, request.at, standing_holds(engine, moment))
    _run(engine, sql.create(_FRESH, _fresh(request, known)))
    everybody = _concerns_everybody(engine, request, purpose, known, question.holds)
    if not everybody:
        _find_suspects(engine, request, known)
        moment = Moment(request.events, request.at, among=_SUSPECTS)
    folded = fold_members(engine, moment, request.pack, purpose)
    mark_taken_back(engine, request.taken_back, request.events.members)
    judge_persons(engine, folded, question, tuple(str(path) for path in request.events.members))
    judged = keeping.people(engine, keeping.region_numbers(folded.words))
    excluded = keeping.excluded(engine, Moment(request.events, request.at)).column("id").combine_chunks()
    events = count_events(engine, request.events, request.events.size)
    return _compared(known, judged, purpose, excluded, question.holds, events, everybody=everybody)


def _fresh(request: GateRequest, known: Known) -> Sql:
    """The events that count now and did not then. One without an instant counts at every moment."""
    seq, instant = sql.col("seq"), sql.col("effective_at")

    def counted(size: int, at: datetime) -> Sql:
        come = sql.either(sql.is_null(instant.copy()), exp.LTE(this=instant.copy(), expression=sql.value(at)))
        return sql.both(exp.LT(this=seq.copy(), expression=sql.value(size)), exp.paren(come))

    query = exp.select(sql.col("member"), sql.col("kind")).from_(_files(request.events.events))
    return query.where(counted(request.events.size, request.at)).where(
        exp.not_(exp.paren(counted(known.size, known.at)))
    )


def _concerns_everybody(
    engine: Engine, request: GateRequest, purpose: Purpose, known: Known, holds: tuple[Hold, ...]
) -> bool:
    if set(holds) != set(known.holds) or _date_passed(request.pack, purpose, known.at, request.at):
        return True
    erased = exp.select(sql.count()).from_(exp.to_table(_FRESH))
    erased = erased.where(sql.eq(sql.col("kind"), sql.value(KINDS.index(EventType.ERASURE_COMPLETED))))
    # An erasure takes events away that counted then; whose they were, nothing says any more.
    if engine.rows(sql.render(erased, engine.dialect))[0][0]:
        return True
    return count_events(engine, request.events, known.size) != known.events


def _date_passed(pack: Pack, purpose: Purpose, then: datetime, now: datetime) -> bool:
    """Whether an instant lies between at which the rules change for everybody, or for a region."""
    spans = [instant for hold in pack.holds if hold.purpose == purpose.name for instant in (hold.since, hold.until)]
    return any(instant is not None and then < instant <= now for instant in (*spans, *purpose.coverage.values()))


def _find_suspects(engine: Engine, request: GateRequest, known: Known) -> None:
    """Table `suspects` holds the ordinals of those who are to be judged again."""
    turned = known.people.filter(pc.less_equal(known.people["turns_at"], pa.scalar(request.at))).column("member")
    changed = sorted(request.taken_back ^ known.taken_back)
    named = pa.chunked_array([*turned.chunks, pa.array(changed, pa.string())], pa.string())
    engine.load(_TURNED, pa.table({"member": named}))
    members = exp.select(sql.named(sql.col("ordinal", "m"), "member")).from_(
        exp.select("*").from_(_files(request.events.members)).subquery("m")
    )
    by_name = members.join(
        exp.to_table(_TURNED).as_("t"), on=sql.eq(sql.col("member", "m"), sql.col("member", "t")), join_type="inner"
    )
    by_event = exp.select(sql.col("member")).from_(exp.to_table(_FRESH)).where(sql.not_null(sql.col("member")))
    _run(engine, sql.create(_SUSPECTS, exp.union(by_event, by_name, copy=False)))


def _compared(  # noqa: PLR0917 - what was, what is, and what was asked
    known: Known,
    judged: pa.Table,
    purpose: Purpose,
    excluded: pa.Array,
    holds: tuple[Hold, ...],
    events: int,
    *,
    everybody: bool,
) -> Renewed:
    before = known.people
    place = pc.index_in(before["member"], value_set=judged["member"].combine_chunks()).combine_chunks()
    again = place.is_valid()
    was, now = before.filter(again), judged.take(place.drop_null())
    # At a record's creation the age is asked of each record by this instant; at use it is in the mask.
    looked_at = ["mask", *(["of_age_at"] if purpose.age_at is AgeAt.CREATION else [])]
    concerned = [now.filter(_differs(was, now, looked_at))["member"], judged["member"].filter(_absent(place, judged))]
    if everybody:
        concerned.append(before["member"].filter(pc.invert(again)))
    kept = [] if everybody else [before.filter(pc.invert(again))]
    return Renewed(
        people=pa.concat_tables([*kept, judged]),
        concerned=_joined(concerned),
        moved=now.filter(_differs(was, now, ["region"])),
        holds=holds,
        events=events,
        excluded=excluded,
        toggled=_joined(
            [
                pa.chunked_array([excluded]).filter(pc.invert(pc.is_in(excluded, value_set=known.excluded))),
                pa.chunked_array([known.excluded]).filter(pc.invert(pc.is_in(known.excluded, value_set=excluded))),
            ]
        ),
    )


def _differs(was: pa.Table, now: pa.Table, columns: Iterable[str]) -> pa.Array:
    different = []
    for name in columns:
        left, right = was[name], now[name]
        same = pc.fill_null(pc.equal(left, right), fill_value=False)
        different.append(pc.invert(pc.or_(same, pc.and_(left.is_null(), right.is_null()))))
    return reduce(pc.or_, different)


def _absent(place: pa.Array, judged: pa.Table) -> pa.Array:
    """Which of those judged now were unknown then."""
    places = pa.array(range(judged.num_rows), pa.int32())
    return pc.invert(pc.is_in(places, value_set=place.drop_null()))


def _joined(parts: Iterable[pa.ChunkedArray]) -> pa.Array:
    return pa.chunked_array([chunk for part in parts for chunk in part.chunks], pa.string()).combine_chunks()


def _files(paths: Iterable[Path]) -> Sql:
    return sql.func("read_parquet", sql.array(sql.value(str(path)) for path in paths))


def _run(engine: Engine, statement: Sql) -> None:
    perform(engine, statement)
