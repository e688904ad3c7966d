"""What a lake is told of the ledger: the tables, folded at one (T, N), as Arrow batches.

The fold here is plain SQL over ranked events, not the packed one of `gate.fold`, so that views are a second opinion
from the ledger on; `assent.ledger.fold` says what both must be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlglot import exp

from assent.engines import Engine
from assent.gate import sql
from assent.gate.fold import Moment, excluded_records, standing_holds
from assent.gate.saying import perform
from assent.gate.sql import Sql
from assent.gate.views import tables
from assent.gate.views.tables import Choices, choices_of, member_schema
from assent.ledger.columns import KINDS, UNREADABLE, ColumnarEvents
from assent.policy.pack import Pack
from assent.vocabulary.events import EventType
from assent.vocabulary.instants import format_instant, parse_date
from assent.vocabulary.state import Objection

_LATEST = "latest"
_OBJECTIONS = (EventType.OBJECTION_RECEIVED, EventType.OBJECTION_DECIDED, EventType.OBJECTION_WITHDRAWN)
_SLOTS = (EventType.MEMBER_REGION, EventType.MEMBER_BIRTH_DATE, EventType.SETTING_CHANGED, *_OBJECTIONS)


@dataclass(frozen=True, slots=True)
class Export:
    """What a lake is told, and under which name.

    Args:
        valid_until: from then on no view answers from it.
        sensitive: by purpose, files of the ids (`id`, Parquet) of records whose texts speak of what it leaves out.
    """

    pack: Pack
    events: ColumnarEvents
    at: datetime
    valid_until: datetime
    sensitive: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The same for the same rules, T and N, and for nothing else."""
        told = (self.pack.digest, format_instant(self.at), str(self.events.size))
        return sha256("\n".join(told).encode()).hexdigest()[:32]


def export_tables(engine: Engine, export: Export) -> Iterator[tuple[str, Iterator[pa.RecordBatch]]]:
    """Each table by name, its rows in the schema of `tables`; the next one may be asked for when one is read.

    Raises:
        EvidenceError: an event about no member cannot be read; it might be a hold.
    """
    moment = Moment(export.events, export.at)
    holds = standing_holds(engine, moment)
    hold_rows = [[each.purpose, each.region, each.since, each.until] for each in holds]
    yield tables.MEMBERS, _members(engine, export, moment)
    yield tables.HOLDS, iter([_batch(tables.HOLD_SCHEMA, export, hold_rows)])
    counted: list[int] = []
    yield tables.EXCLUDED, _excluded(engine, export, moment, counted)
    spoken_of = [[purpose, ident] for purpose, files in export.sensitive.items() for ident in _ids(files)]
    yield tables.SENSITIVE, iter([_batch(tables.SENSITIVE_SCHEMA, export, spoken_of)])
    state = [
        export.at,
        export.events.size,
        export.pack.digest,
        export.valid_until,
        len(holds),
        sum(counted),
        len(spoken_of),
    ]
    yield tables.STATE, iter([_batch(tables.STATE_SCHEMA, export, [state])])


def _ids(files: Sequence[Path]) -> list[str]:
    return sorted({ident for path in files for ident in pq.read_table(path, columns=["id"])["id"].to_pylist()})


def _batch(schema: pa.Schema, export: Export, rows: Sequence[Sequence[object]]) -> pa.RecordBatch:
    columns = [[export.name for _ in rows], *([row[place] for row in rows] for place in range(len(schema) - 1))]
    arrays = [pa.array(column, kind.type) for column, kind in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _excluded(engine: Engine, export: Export, moment: Moment, counted: list[int]) -> Iterator[pa.RecordBatch]:
    for batch in engine.stream(sql.render(excluded_records(moment), engine.dialect)):
        counted.append(len(batch))
        yield _named(tables.EXCLUDED_SCHEMA, export, {"id": batch.column(0)}, len(batch))


def _members(engine: Engine, export: Export, moment: Moment) -> Iterator[pa.RecordBatch]:
    choices = choices_of(export.pack)
    schema = member_schema(choices)
    perform(engine, sql.create(_LATEST, _ranked(moment)))
    for batch in engine.stream(sql.render(_states(moment, choices), engine.dialect)):
        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        columns["birth_date"] = _dates(columns["birth_date"])
        yield _named(schema, export, columns, len(batch))


def _named(schema: pa.Schema, export: Export, columns: Mapping[str, pa.Array], rows: int) -> pa.RecordBatch:
    given = {"export": pa.repeat(export.name, rows), **columns}
    return pa.RecordBatch.from_arrays([given[each.name].cast(each.type) for each in schema], schema=schema)


def _dates(texts: pa.Array) -> pa.Array:
    """Birth dates as the specification reads them: each text once."""
    found = pc.unique(texts)
    dates = pa.array([parse_date(text) for text in found.to_pylist()], pa.date32())
    return dates.take(pc.index_in(texts, value_set=found))


def _ranked(moment: Moment) -> Sql:
    """The last statement of each member about each thing."""
    slot = sql.case(
        (sql.within(sql.col("kind"), [KINDS.index(kind) for kind in _OBJECTIONS]), sql.value("objection")),
        (_is(EventType.SETTING_CHANGED), sql.value("setting")),
        (_is(EventType.MEMBER_REGION), sql.value("region")),
        default=sql.value("birth_date"),
    )
    key = exp.Coalesce(this=sql.col("key"), expressions=[sql.value("")])
    given = sql.case(
        (_is(EventType.OBJECTION_RECEIVED), sql.value(Objection.OPEN.value)),
        (_is(EventType.OBJECTION_WITHDRAWN), exp.null()),
        (_is(EventType.SETTING_CHANGED), exp.Coalesce(this=sql.col("value"), expressions=[sql.value("")])),
        default=sql.col("value"),
    )
    said = (
        exp.select(
            sql.col("member"), sql.col("effective_at"), sql.col("seq"),
            sql.named(slot, "slot"), sql.named(key, "about"), sql.named(given, "said"),
        )
        .from_(moment.counted().subquery("e"))
        .where(sql.within(sql.col("kind"), [KINDS.index(kind) for kind in _SLOTS]))
        .where(sql.not_null(sql.col("member")))
    )  # fmt: skip
    newest = [exp.Ordered(this=sql.col(name), desc=True) for name in ("effective_at", "seq")]
    turn = exp.Window(
        this=sql.func("row_number"),
        partition_by=[sql.col(name) for name in ("member", "slot", "about")],
        order=exp.Order(expressions=newest),
    )
    ranked = exp.select("*", sql.named(turn, "turn")).from_(said.subquery("s"))
    columns = [sql.col(name) for name in ("member", "slot", "about", "said")]
    return exp.select(*columns).from_(ranked.subquery("r")).where(sql.eq(sql.col("turn"), sql.value(1)))


def _states(moment: Moment, choices: Choices) -> Sql:
    """A row for each member of whom an event counts, by name."""
    names = exp.select("*").from_(
        sql.func("read_parquet", sql.array(sql.value(str(path)) for path in moment.events.members))
    )
    unread = sql.count(sql.eq(sql.col("kind"), sql.value(UNREADABLE)))
    flags = (
        exp.select(
            sql.col("member"),
            _any_of("closed", EventType.ACCOUNT_CLOSED),
            _any_of("erased", EventType.ERASURE_REQUESTED, EventType.ERASURE_COMPLETED),
            sql.named(exp.GT(this=unread, expression=sql.value(0)), "unreadable"),
            *(sql.named(_first(notice), column) for notice, column in choices.notices.items()),
        )
        .from_(moment.counted().subquery("e"))
        .where(sql.not_null(sql.col("member")))
        .group_by(sql.col("member"))
    )  # fmt: skip
    slots = {"region": ("region", ""), "birth_date": ("birth_date", "")}
    slots |= {column: ("setting", name) for name, column in choices.settings.items()}
    slots |= {column: ("objection", name) for name, column in choices.objections.items()}
    said = (
        exp.select(sql.col("member"), *(sql.named(_said(*place), column) for column, place in slots.items()))
        .from_(exp.to_table(_LATEST))
        .group_by(sql.col("member"))
    )
    columns = [*(sql.col(column, "s") for column in slots), *(sql.col(name, "f") for name in choices.notices.values())]
    return (
        exp.select(
            sql.col("member", "n"), *(sql.col(name, "f") for name in ("closed", "erased", "unreadable")), *columns
        )
        .from_(flags.subquery("f"))
        .join(names.subquery("n"), on=sql.eq(sql.col("member", "f"), sql.col("ordinal", "n")), join_type="inner")
        .join(said.subquery("s"), on=sql.eq(sql.col("member", "f"), sql.col("member", "s")), join_type="left")
    )


def _said(slot: str, about: str) -> Sql:
    """The value there; of region and birth date there is one place whatever stands in their key."""
    wanted = sql.eq(sql.col("slot"), sql.value(slot))
    if about:
        wanted = sql.both(wanted, sql.eq(sql.col("about"), sql.value(about)))
    return sql.only(exp.Max(this=sql.col("said")), wanted)


def _first(notice: str) -> Sql:
    told = sql.both(_is(EventType.NOTICE_DELIVERED), sql.eq(sql.col("key"), sql.value(notice)))
    return sql.only(exp.Min(this=sql.col("effective_at")), told)


def _any_of(name: str, *kinds: EventType) -> Sql:
    found = sql.count(sql.within(sql.col("kind"), [KINDS.index(kind) for kind in kinds]))
    return sql.named(exp.GT(this=found, expression=sql.value(0)), name)


def _is(kind: EventType) -> Sql:
    return sql.eq(sql.col("kind"), sql.value(KINDS.index(kind)))
