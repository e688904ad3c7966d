"""Every record of a platform decided at one (T, N): what is permitted, what was decided, and how much of each.

    scan ─► records (a view, nothing is copied)
    fold ─► state ─► person                    a row per member
    refusing, exclusions, derived ─► special   a row per record that needs more than its author and itself
    records ⋈ person ⋈ special ─► permitted(), decisions(), counts

The decision is an expression inside those last three queries: it is cheaper to say it three times
than to keep ten million answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, reduce
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from assent.engines import Engine, open_duckdb
from assent.errors import InputError
from assent.evidence.tags import TAG_BYTES
from assent.gate import sql, tags
from assent.gate.derived import LINKS, PARENTS, derived_from_excluded, find_links
from assent.gate.fold import Folded, Moment, excluded_records, fold_members, standing_holds
from assent.gate.others import (
    REFUSING,
    REFUSING_PEOPLE,
    asks_others,
    kept_subjects,
    names_nobody,
    refusing,
    refusing_people,
    shown_text,
)
from assent.gate.persons import PERSON, Question, judge_persons, region_counts, under_age_at
from assent.gate.records import RECORDS, record_mask
from assent.gate.scan import scan
from assent.gate.sql import Sql
from assent.ledger.columns import ColumnarEvents
from assent.policy.pack import Pack, Purpose
from assent.vocabulary.identifiers import PurposeName
from assent.vocabulary.reasons import REASONS, Reason, from_mask, primary
from assent.vocabulary.tables import SNAPSHOT_SCHEMA, Problem, RecordTable

Progress = Callable[[str], None]

_PERMITTING = "permitting"
_SPECIAL = "special"
_TAGGED = "tagged"
_JUDGED = "judged"
_DECISION_SCHEMA = pa.schema(
    [
        pa.field("member_tag", pa.binary(TAG_BYTES), nullable=False),
        pa.field("record_tag", pa.binary(TAG_BYTES), nullable=False),
        pa.field("mask", pa.uint32(), nullable=False),
    ]
)


@dataclass(frozen=True, slots=True)
class GateRequest:
    """What is to be decided, and how the permitted rows are to lie.

    Args:
        at: T, the moment asked about; N is `events.size`.
        partition_key: places members in shards and slices; at most 64 bytes, as is `decision_key`.
        memory_mib: what the engine may use. Unit: MiB.
    """

    pack: Pack
    purpose: PurposeName
    at: datetime
    tables: tuple[RecordTable, ...]
    events: ColumnarEvents
    shards: int
    slices: int
    partition_key: bytes
    decision_key: bytes
    memory_mib: int = 2048
    threads: int = 2


@dataclass(frozen=True, slots=True)
class Counts:
    """How many records came in and what became of them.

    Args:
        denied_by_primary: by the reason that is shown first; with `allowed` they add up to `records`.
        denied_by_any: by every reason that applies.
        masked: allowed records in which somebody is masked.
        unreadable: rows that could not be read in full.
        allowed_by_region: by the author's region.
        members: authors with an allowed record.
    """

    records: int
    allowed: int
    denied_by_primary: Mapping[Reason, int]
    denied_by_any: Mapping[Reason, int]
    masked: int
    unreadable: int
    allowed_by_category: Mapping[str, int]
    allowed_by_region: Mapping[str, int]
    members: int


@contextmanager
def open_gate(request: GateRequest, progress: Progress | None = None) -> Iterator[Gate]:
    """A gate at which everything that must be known beforehand is known; its temporary files go with it.

    Raises:
        InputError: the pack has no such purpose, a table cannot be read, or an id is missing or not unique.
        EvidenceError: an event of the ledger that might be a hold cannot be read.
        UnavailableError: the memory limit is too small.
    """
    purpose = request.pack.purposes.get(request.purpose)
    if purpose is None:
        raise InputError(
            f"pack `{request.pack.name}` has no purpose `{request.purpose}`",
            hint=f"it has: {', '.join(request.pack.purposes)}",
        )
    with TemporaryDirectory(prefix="assent-gate-") as folder:
        engine = open_duckdb(memory_mib=request.memory_mib, threads=request.threads, folder=Path(folder))
        try:
            yield Gate(request, purpose, engine, progress or (lambda _: None))
        finally:
            engine.close()


class Gate:
    """The one place where members' choices, rules and records meet."""

    def __init__(self, request: GateRequest, purpose: Purpose, engine: Engine, progress: Progress) -> None:
        self._request = request
        self._engine = engine
        self._digest = sha256()
        self._mapped = {name for table in request.tables for name in table.columns}
        progress("reading")
        self._run(sql.create(RECORDS, scan(engine, request.tables), kind="VIEW"))
        self._require_ids()
        progress("folding")
        moment = Moment(request.events, request.at)
        self._question = Question(request.pack, purpose, request.at, standing_holds(engine, moment))
        self._folded: Folded = fold_members(engine, moment, request.pack, purpose)
        progress("judging members")
        judge_persons(engine, self._folded, self._question, tuple(str(path) for path in request.events.members))
        self._own_mask = record_mask(engine, self._question, self._mapped)
        progress("judging others")
        self._has_special = False
        self._masking = asks_others(purpose) and "subjects" in self._mapped
        self._find_special(moment)
        # Where nobody refuses there is no table to look them up in.
        self._masking = self._masking and self._has_special

    @property
    def sql_digest(self) -> str:
        """SHA-256 over the SQL that decides, with files by name and without keys, hexadecimal."""
        digest = self._digest.copy()
        digest.update(self._portable(sql.render(self._judged(sql.named(self._mask(), "mask")), self._engine.dialect)))
        return digest.hexdigest()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read, counted."""
        found = self.counts.unreadable
        where = ", ".join(dict.fromkeys(path.name for table in self._request.tables for path in table.files))
        return (Problem(where, "rows that cannot be read in full", found),) if found else ()

    @cached_property
    def counts(self) -> Counts:
        """What became of how many."""
        self._run(sql.create(_JUDGED, self._outcomes()))
        keys = [sql.col(name) for name in ("mask", "category", "region", "masked", "unreadable")]
        query = (
            exp.select(*keys, sql.named(sql.count(), "n"))
            .from_(exp.to_table(_JUDGED))
            .group_by(*(key.copy() for key in keys))
        )
        rows = self._engine.rows(sql.render(query, self._engine.dialect))
        different = exp.Count(this=exp.Distinct(expressions=[sql.col("ordinal")]))
        members = exp.select(different).from_(exp.to_table(_JUDGED))
        return _counts(rows, self._folded, self._engine.rows(sql.render(members, self._engine.dialect))[0][0])

    def _outcomes(self) -> Sql:
        """A row for each record: its mask and, if it is allowed, by which it is counted."""
        allowed = sql.eq(sql.col("mask"), sql.mask(0))
        judged = self._from(
            exp.select(
                sql.named(self._mask(), "mask"), sql.col("category", "r"), sql.col("region", "p"),
                sql.col("ordinal", "p"), sql.col("unreadable", "r"), sql.named(self._is_masked(), "masked"),
            )
        )  # fmt: skip
        of_allowed = [
            sql.named(sql.case((allowed.copy(), sql.col(name)), default=exp.null()), name)
            for name in ("category", "region", "ordinal", "masked")
        ]
        return exp.select(sql.col("mask"), *of_allowed, sql.col("unreadable")).from_(judged.subquery("d"))

    def permitted(self) -> Iterator[tuple[int, int, pa.RecordBatch]]:
        """Every permitted row as it may be used, by (shard, slice), and in each by (author, id)."""
        self._place_permitting()
        query = self._from(
            exp.select(
                sql.col("part", "p"), sql.col("id", "r"), sql.col("category", "r"), sql.col("author", "r"),
                sql.named(kept_subjects(self._masking), "subjects"), sql.col("created_at", "r"), sql.col("parent", "r"),
                sql.named(shown_text() if self._masking else sql.col("text", "r"), "text"),
            ),
            people=_PERMITTING,
        ).where(*(sql.eq(mask, sql.mask(0)) for mask in self._masks(permitting=True)))  # fmt: skip
        ordered = query.order_by(sql.col("part", "p"), sql.col("author", "r"), sql.col("id", "r"))
        for batch in self._engine.stream(sql.render(ordered, self._engine.dialect)):
            for part, rows in _by_partition(batch):
                yield part // self._request.slices, part % self._request.slices, rows

    def decisions(self) -> Iterator[pa.RecordBatch]:
        """Every record's decision under its tags, in their order."""
        member_tags = self._tag_members()
        record_tag = tags.record_tag(sql.col("key", "p"), sql.col("id", "r"))
        columns = sql.col("rank", "p"), sql.named(record_tag, "record_tag"), sql.named(self._mask(), "mask")
        query = self._from(exp.select(*columns), people=_TAGGED)
        # A rank sorts members as their tags do and is a quarter as long.
        ordered = query.order_by(sql.col("rank"), sql.col("record_tag"))
        for batch in self._engine.stream(sql.render(ordered, self._engine.dialect)):
            rank, tagged, mask = batch.columns
            found = [member_tags.take(rank), tagged.cast(pa.binary(TAG_BYTES)), mask]
            yield pa.RecordBatch.from_arrays(found, schema=_DECISION_SCHEMA)

    def _mask(self) -> Sql:
        """All reasons against a row of `records` (`r`) by `person` (`p`) and, where there is any, `special` (`x`)."""
        return sql.bits(*self._masks())

    def _masks(self, *, permitting: bool = False) -> list[Sql]:
        """The same in parts: what concerns the record alone can be asked before its author is looked up."""
        masks = [self._own_mask.copy()]
        if not permitting:
            unknown = sql.is_null(sql.col("member", "p"))
            masks.append(sql.case((unknown, sql.mask(Reason.STATE_MISSING.bit)), default=sql.col("mask", "p")))
        age = under_age_at(self._question.purpose, self._question.at, "p", sql.col("created_at", "r"))
        if age is not None:
            masks.append(
                age if permitting else sql.case((sql.is_null(sql.col("member", "p")), sql.mask(0)), default=age)
            )
        nobody = names_nobody(self._question.purpose)
        if nobody is not None:
            masks.append(nobody)
        if self._has_special:
            masks.append(exp.Coalesce(this=sql.col("mask", "x"), expressions=[sql.mask(0)]))
        return masks

    def _from(self, query: Sql, *, people: str = PERSON) -> Sql:
        """The query over every record, its author and what is special about it."""
        author = sql.col("author", "r")
        if people == _TAGGED:
            author = exp.Coalesce(this=author, expressions=[sql.value("")])
        query = query.from_(exp.to_table(RECORDS).as_("r")).join(
            exp.to_table(people).as_("p"),
            on=sql.eq(author, sql.col("member", "p")),
            join_type="left" if people == PERSON else "inner",
        )
        if self._has_special:
            query = query.join(
                exp.to_table(_SPECIAL).as_("x"), on=sql.eq(sql.col("id", "r"), sql.col("id", "x")), join_type="left"
            )
        return query

    def _judged(self, *columns: Sql) -> Sql:
        return self._from(exp.select(sql.col("id", "r"), *columns))

    def _is_masked(self) -> Sql:
        return sql.not_null(sql.col("gone", "x")) if self._masking else exp.false()

    def _find_special(self, moment: Moment) -> None:
        """Table `special` holds what other people, exclusions and parents do to records."""
        excluded = exp.select(sql.col("id"), sql.named(sql.mask(Reason.ITEM_EXCLUDED.bit), "mask"), *_NO_MASKING)
        parts = [excluded.from_(excluded_records(moment).subquery("e"))]
        if self._masking:
            self._run(sql.create(REFUSING_PEOPLE, refusing_people(self._question)))
            self._run(sql.create(REFUSING, refusing()))
            parts.append(exp.select("*").from_(exp.to_table(REFUSING)))
        self._keep_special("special_0", parts)
        if "parent" in self._mapped and find_links(self._engine):
            self._judge_parents()
            bit = sql.named(sql.mask(Reason.DERIVED_FROM_EXCLUDED.bit), "mask")
            derived = derived_from_excluded(self._engine)
            parts = [exp.select("*").from_(exp.to_table(_SPECIAL))] if self._has_special else []
            parts.append(exp.select(sql.col("id"), bit, *_NO_MASKING).from_(derived.subquery("d")))
            self._keep_special("special_1", parts)

    def _keep_special(self, name: str, parts: list[Sql]) -> None:
        """View `special` says once for each record what the parts say of it."""
        together = reduce(lambda left, right: exp.union(left, right, distinct=False, copy=False), parts)
        columns = [
            sql.named(sql.func("any_value", sql.col(column)), column)
            for column in ("gone", "cuts", "tail", "fits", "first")
        ]
        query = (
            exp.select(sql.col("id"), sql.named(sql.func("bit_or", sql.col("mask")), "mask"), *columns)
            .from_(together.subquery("parts"))
            .group_by(sql.col("id"))
        )
        self._run(sql.create(name, query))
        found = self._engine.rows(sql.render(exp.select(sql.count()).from_(exp.to_table(name)), self._engine.dialect))
        self._has_special = found[0][0] > 0
        view = sql.create(_SPECIAL, exp.select("*").from_(exp.to_table(name)), kind="VIEW")
        view.set("replace", True)
        self._run(view)

    def _judge_parents(self) -> None:
        named = exp.select(sql.col("parent")).from_(exp.to_table(LINKS))
        query = self._judged(sql.named(self._mask(), "mask")).where(
            exp.In(this=sql.col("id", "r"), query=named.subquery())
        )
        self._run(sql.create(PARENTS, query))

    def _place_permitting(self) -> None:
        """Table `permitting` holds the members who permit, and where their rows go."""
        request = self._request
        digest = tags.hmac_hex(request.partition_key, sql.func("encode", sql.col("member")))
        hashed = (
            exp.select("*", sql.named(digest, "digest"))
            .from_(exp.to_table(PERSON))
            .where(sql.eq(sql.col("mask"), sql.mask(0)))
        )
        part = tags.partition_number(sql.col("digest"), shards=request.shards, slices=request.slices)
        query = exp.select(sql.col("member"), sql.col("mask"), sql.col("of_age_at"), sql.named(part, "part")).from_(
            hashed.subquery("h")
        )
        self._replace(_PERMITTING, query)

    def _tag_members(self) -> pa.Array:
        """Table `tagged` is `person` and all unknown authors with key and rank; gives the tags by rank."""
        author = exp.Coalesce(this=sql.col("author", "r"), expressions=[sql.value("")])
        unknown = (
            exp.select(sql.named(author, "member"), sql.named(sql.mask(Reason.STATE_MISSING.bit), "mask"))
            .distinct()
            .from_(exp.to_table(RECORDS).as_("r"))
            .join(
                exp.to_table(PERSON).as_("p"),
                on=sql.eq(sql.col("author", "r"), sql.col("member", "p")),
                join_type="left",
            )
            .where(sql.is_null(sql.col("member", "p")))
        )
        nothing = sql.named(sql.cast(exp.null(), "TIMESTAMPTZ"), "of_age_at")
        known = exp.select(sql.col("member"), sql.col("mask"), sql.col("of_age_at")).from_(exp.to_table(PERSON))
        strangers = exp.select(sql.col("member"), sql.col("mask"), nothing).from_(unknown.subquery("u"))
        everyone = exp.union(known, strangers, distinct=False, copy=False)
        key = tags.member_key(self._request.decision_key, sql.col("member"))
        keyed = exp.select("*", sql.named(key, "key")).from_(everyone.subquery("e"))
        tagged = exp.select("*", sql.named(tags.member_tag(sql.col("key")), "tag")).from_(keyed.subquery("k"))
        place = exp.Window(this=sql.func("row_number"), order=exp.Order(expressions=[exp.Ordered(this=sql.col("tag"))]))
        rank = sql.named(sql.cast(exp.Sub(this=place, expression=sql.value(1)), "INTEGER"), "rank")
        self._replace(_TAGGED, exp.select("*", rank).from_(tagged.subquery("t")))
        query = exp.select(sql.col("tag")).from_(exp.to_table(_TAGGED)).order_by(sql.col("rank"))
        found = [batch.column(0) for batch in self._engine.stream(sql.render(query, self._engine.dialect))]
        return pa.chunked_array(found, pa.binary()).combine_chunks().cast(pa.binary(TAG_BYTES))

    def _require_ids(self) -> None:
        ident = sql.col("id")
        hashed = exp.Count(this=exp.Distinct(expressions=[sql.func("hash", ident)]))
        missing = sql.count(sql.either(sql.is_null(ident.copy()), sql.eq(ident.copy(), sql.value(""))))
        query = exp.select(sql.count(), hashed, missing).from_(exp.to_table(RECORDS))
        records, different, without = self._engine.rows(sql.render(query, self._engine.dialect))[0]
        if without:
            raise InputError(f"{without} records have no id", hint="every record needs an id of its own")
        if different == records:
            return
        # Two ids can share a hash; only ids that are equal are a fault.
        twice = (
            exp.select(ident.copy(), sql.named(sql.count(), "n"))
            .from_(exp.to_table(RECORDS))
            .group_by(ident.copy())
            .having(exp.GT(this=sql.count(), expression=sql.value(1)))
            .order_by(ident.copy())
            .limit(1)
        )
        for repeated, times in self._engine.rows(sql.render(twice, self._engine.dialect)):
            raise InputError(
                f"record id `{repeated}` appears {times} times", hint="an id names one record, in all sources"
            )

    def _replace(self, name: str, query: Sql) -> None:
        statement = sql.create(name, query)
        statement.set("replace", True)
        self._engine.run(sql.render(statement, self._engine.dialect))  # holds keys: never part of the digest

    def _run(self, statement: Sql) -> None:
        text = sql.render(statement, self._engine.dialect)
        self._digest.update(self._portable(text))
        self._engine.run(text)

    def _portable(self, text: str) -> bytes:
        """The SQL without the place where this machine keeps the files."""
        for table in self._request.tables:
            for path in table.files:
                text = text.replace(str(path), path.name)
        for path in (*self._request.events.events, *self._request.events.members):
            text = text.replace(str(path), path.name)
        return text.encode() + b"\n"


_NO_MASKING = [
    sql.named(sql.cast(exp.null(), kind), name)
    for name, kind in (
        ("gone", "BIGINT[]"),
        ("cuts", 'STRUCT("start" INT, "after" INT, "role" TEXT)[]'),
        ("tail", "INTEGER"),
        ("fits", "BOOLEAN"),
        ("first", 'STRUCT("start" INT, "end" INT, "role" TEXT)'),
    )
]


def _by_partition(batch: pa.RecordBatch) -> Iterator[tuple[int, pa.RecordBatch]]:
    """The batch in stretches of one partition, in `SNAPSHOT_SCHEMA`."""
    columns = [column.cast(kind.type) for column, kind in zip(batch.columns[1:], SNAPSHOT_SCHEMA, strict=True)]
    rows = pa.RecordBatch.from_arrays(columns, schema=SNAPSHOT_SCHEMA)
    runs = pc.run_end_encode(batch.column(0))
    start = 0
    for part, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
        yield part, rows.slice(start, end - start)
        start = end


def _counts(
    rows: list[tuple[int, str | None, int | None, bool | None, bool, int]], folded: Folded, members: int
) -> Counts:
    by_primary = dict.fromkeys(REASONS, 0)
    by_any = dict.fromkeys(REASONS, 0)
    by_category: dict[str, int] = {}
    by_region: dict[int, int] = {}
    for mask, category, region, _, _, n in rows:
        if (first := primary(mask)) is None:
            by_category[category or ""] = by_category.get(category or "", 0) + n
            by_region[region or 0] = by_region.get(region or 0, 0) + n
        else:
            by_primary[first] += n
        for reason in from_mask(mask):
            by_any[reason] += n
    return Counts(
        records=sum(row[-1] for row in rows),
        allowed=sum(row[-1] for row in rows if row[0] == 0),
        denied_by_primary={reason: n for reason, n in by_primary.items() if n},
        denied_by_any={reason: n for reason, n in by_any.items() if n},
        masked=sum(row[-1] for row in rows if row[0] == 0 and row[3]),
        unreadable=sum(row[-1] for row in rows if row[4]),
        allowed_by_category=dict(sorted(by_category.items())),
        allowed_by_region=region_counts(folded, by_region),
        members=members,
    )
