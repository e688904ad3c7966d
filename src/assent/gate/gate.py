"""Every record of a platform decided at one (T, N): what is permitted, what was decided, and how much of each.

    scan ─► records (a view, nothing is copied)
    fold ─► state ─► person ─► permitting, tagged   a row per author, with their place or their key
    refusing, exclusions ─► special                 a row per record that needs more than its author and itself
    records ⋈ tagged ⋈ special ─► judged            a row per record: id, tag and mask, some fifty bytes
    judged ─► derived, counts, decisions()
    records ⋈ permitting ⋈ special ⋈ derived ─► permitted()

The decision is made once for all records. It is said a second time where permitted rows are read, so that
what speaks against a record by itself is asked before anything is looked up or sorted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from assent.engines import BatchFunction, Engine, open_engine
from assent.errors import InputError
from assent.evidence.decisions import DECISION_SCHEMA
from assent.evidence.tags import TAG_BYTES
from assent.gate import keeping, sql
from assent.gate.anew import count_events
from assent.gate.copies import COPIED, find_copies
from assent.gate.counting import Counts, count_up
from assent.gate.derived import DERIVED, JUDGED, find_derived
from assent.gate.fold import Moment, fold_members, mark_taken_back, standing_holds
from assent.gate.others import asks_others, kept_subjects, names_nobody, shown_text
from assent.gate.people import (
    EVERYBODY,
    PERMITTING,
    TAGGED,
    find_strangers,
    keep_concerned,
    place_permitting,
    tag_people,
    tags_by_rank,
)
from assent.gate.persons import PERSON, Question, judge_persons, under_age_at
from assent.gate.records import RECORDS, record_mask
from assent.gate.request import Curate, GateRequest, Subset
from assent.gate.saying import fitted, perform
from assent.gate.scan import scan
from assent.gate.special import SPECIAL, find_special
from assent.gate.sql import Sql
from assent.gate.staging import readable
from assent.gate.tags import record_tag
from assent.policy.pack import AgeAt, Purpose
from assent.vocabulary.reasons import Reason
from assent.vocabulary.regions import REGION_CODES
from assent.vocabulary.state import Hold
from assent.vocabulary.tables import COLUMNS, PERMITTED_SCHEMA, SNAPSHOT_SCHEMA, Format, Problem, without_redactions

Progress = Callable[[str], None]

_CURATED = pa.schema([pa.field("part", pa.int32()), *SNAPSHOT_SCHEMA])
_JUDGED = pa.schema(
    [
        pa.field("rank", pa.int32()),
        pa.field("tag", pa.binary(TAG_BYTES)),
        pa.field("mask", pa.uint32()),
        pa.field("category", pa.string()),
        pa.field("region", pa.string()),
    ]
)
_WANTED = "wanted"
_COUNTED_BY = ("category", "region", "masked")


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
        engine = open_engine(
            request.master, memory_mib=request.memory_mib, threads=request.threads, folder=Path(folder) / "work"
        )
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
        for files in (request.events.events, request.events.members):
            engine.attach(files, Format.PARQUET)
        self._mapped = {name for table in request.tables for name in table.columns}
        progress("reading")
        if request.subset is None:
            rows = scan(engine, request.tables, numbered=request.indexed)
            self._note(sql.create(RECORDS, rows, kind="VIEW"))
            read = readable(engine, request.tables, numbered=request.indexed)
            perform(engine, sql.create(RECORDS, read, kind="VIEW"))
        else:
            self._keep_subset(request.subset)
        progress("folding")
        moment = Moment(request.events, request.at)
        self._question = Question(request.pack, purpose, request.at, standing_holds(engine, moment))
        self._moment = moment
        self._regions = self._judge_persons(progress)
        progress("placing members")
        self._run_with_key(place_permitting(request.partition_key, shards=request.shards, slices=request.slices))
        self._own_mask = record_mask(engine, self._question, self._mapped)
        progress("judging others")
        self._asking = self._masking = asks_others(purpose) and "subjects" in self._mapped
        find_special(self._run, moment, self._question, masking=self._masking)
        self._has_special = self._has_rows(SPECIAL)
        # Where nobody refuses there is no table to look them up in.
        self._masking = self._masking and self._has_special
        progress("tagging members")
        self._run(find_strangers())
        self._run_with_key(tag_people(request.decision_key))
        progress("judging records")
        self._run(sql.create(JUDGED, self._judgment()))
        self._require_ids()
        self._has_copies = self._find_copies(progress)
        self._has_derived = self._find_derived()

    @property
    def sql_digest(self) -> str:
        """SHA-256 over the SQL that decides, files by name and without keys, hexadecimal; whichever engine ran it."""
        digest = self._digest.copy()
        digest.update(self._portable(sql.render(self._permission(), sql.CANONICAL)))
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
        allowed = sql.eq(sql.col("mask"), sql.mask(0))
        keys = [
            sql.col("mask"),
            sql.col("unreadable"),
            *(sql.case((allowed.copy(), sql.col(name)), default=exp.null()) for name in _COUNTED_BY),
        ]
        query = exp.select(*keys, sql.count()).from_(exp.to_table(JUDGED)).group_by(*(key.copy() for key in keys))
        different = exp.Count(this=exp.Distinct(expressions=[sql.col("rank")]))
        members = exp.select(different).from_(exp.to_table(JUDGED)).where(allowed.copy())
        return count_up(self._rows(query), self._regions, self._rows(members)[0][0])

    def permitted(self, curate: Curate | None = None) -> Iterator[tuple[int, int, pa.RecordBatch]]:
        """Every permitted row as it may be used, curated, by (shard, slice), and in each by (author, id)."""
        # A seat sorts members as (shard, slice, author) does and is one number.
        ordered = self._permission().order_by(sql.col("seat", "p"), sql.col("id", "r"))
        as_they_are = _Curated(without_redactions)
        through = None if curate is None else BatchFunction(_Curated(curate), _CURATED)
        for given in self._engine.stream(sql.render(ordered, self._engine.dialect), through=through):
            batch = as_they_are(given) if curate is None else given
            for part, rows in _by_partition(batch):
                yield part // self._request.slices, part % self._request.slices, rows

    def decisions(self) -> Iterator[pa.RecordBatch]:
        """Every record's decision under its tags, in their order."""
        member_tags = tags_by_rank(self._engine)
        # A rank sorts members as their tags do and is a quarter as long.
        order = sql.col("rank"), sql.col("tag")
        query = exp.select(*order, sql.col("mask")).from_(exp.to_table(JUDGED)).order_by(*order)
        for batch in self._engine.stream(sql.render(query, self._engine.dialect)):
            rank, tagged, mask = batch.columns
            yield fitted([member_tags.take(rank), tagged, mask], DECISION_SCHEMA)

    def judged(self) -> Iterator[pa.RecordBatch]:
        """Every record in the order of the tags, to be held against another pack's.

        Columns: `rank`, `tag`, `mask`, `category` where it is in scope, `region` of the author where it is known.
        """
        regions = pa.array([word if word in REGION_CODES else None for word in self._regions], pa.string())
        order = sql.col("rank"), sql.col("tag")
        rest = sql.col("mask"), sql.col("category"), sql.col("region")
        query = exp.select(*order, *rest).from_(exp.to_table(JUDGED)).order_by(*order)
        for batch in self._engine.stream(sql.render(query, self._engine.dialect)):
            rank, tagged, mask, category, region = batch.columns
            yield fitted([rank, tagged, mask, category, regions.take(region)], _JUDGED)

    def decided(self) -> Iterator[pa.RecordBatch]:
        """Every record's decision with what it is about, in `keeping.ROW_SCHEMA`, in the order of the tags.

        Only where the request is `indexed`, as is `kept`.
        """
        return keeping.rows(self._engine, tags_by_rank(self._engine), sorted(self._question.purpose.scope))

    def kept(self) -> Mapping[str, pa.Table]:
        """The other tables of `keeping`, by name."""
        numbers = keeping.region_numbers(self._regions)
        return {
            "authors": keeping.authors(self._engine, numbers),
            "people": keeping.people(self._engine, numbers),
            "names": keeping.names(self._engine) if self._asking else keeping.NAME_SCHEMA.empty_table(),
            "links": keeping.links(self._engine) if "parent" in self._mapped else keeping.LINK_SCHEMA.empty_table(),
            "excluded": keeping.excluded(self._engine, self._moment),
        }

    @property
    def events_seen(self) -> int:
        """How many events before N the columns hold."""
        return count_events(self._engine, self._request.events, self._request.events.size)

    @property
    def holds(self) -> tuple[Hold, ...]:
        """The holds of the ledger that stand."""
        return self._question.holds

    def _keep_subset(self, subset: Subset) -> None:
        """`records` is a table of the rows that are asked about; what is looked at so often is read once."""
        self._engine.load(_WANTED, pa.table({"id": pc.unique(subset.ids)}))
        wanted = exp.to_table(_WANTED).as_("w")
        indexed = self._request.indexed
        names = (*COLUMNS, "unreadable", *(["file"] if indexed else []))
        rows = exp.select(*(sql.col(name, "r") for name in names))
        query = rows.from_(readable(self._engine, self._request.tables, numbered=indexed).subquery("r")).join(
            wanted, on=sql.eq(sql.col("id", "r"), sql.col("id", "w")), join_type="inner"
        )
        self._run(sql.create(RECORDS, query))

    def _judge_persons(self, progress: Progress) -> Sequence[str | None]:
        """Table `person` is there; gives the regions that its numbers stand for."""
        request = self._request
        subset = request.subset
        if subset is not None and subset.people is not None:
            self._engine.load(EVERYBODY, subset.people)
            self._run(keep_concerned())
            return keeping.REGIONS
        folded = fold_members(self._engine, self._moment, request.pack, self._question.purpose)
        mark_taken_back(self._engine, request.taken_back, request.events.members)
        progress("judging members")
        members = tuple(str(path) for path in request.events.members)
        judge_persons(self._engine, folded, self._question, members, into=PERSON if subset is None else EVERYBODY)
        if subset is not None:
            self._run(keep_concerned())
        return folded.words

    def _judgment(self) -> Sql:
        """A row for each record: how it is found, its mask (parents left aside), and by what it is counted."""
        scope = sorted(self._question.purpose.scope)
        # Only categories in scope are ever allowed, so only those are told apart.
        category = sql.cast(sql.col("category", "r"), sql.enum(scope), attempt=True)
        author = exp.Coalesce(this=sql.col("author", "r"), expressions=[sql.value("")])
        kept = []
        if self._request.indexed:
            aging = self._question.purpose.age_at is AgeAt.CREATION
            ahead = exp.GT(this=sql.col("created_at", "r"), expression=sql.value(self._request.at))
            kept = [sql.col("file", "r"), sql.named(sql.certain(ahead) if aging else exp.false(), "ahead")]
        return self._from(
            exp.select(
                sql.col("id", "r"), sql.col("rank", "p"), sql.named(record_tag(sql.col("id", "r")), "tag"),
                sql.named(sql.bits(*self._masks()), "mask"), sql.named(category, "category"), sql.col("region", "p"),
                sql.named(self._is_masked(), "masked"), sql.col("unreadable", "r"), *kept,
            ),
            people=TAGGED,
            author=author,
        )  # fmt: skip

    def _permission(self) -> Sql:
        """The permitted rows with the number of their partition, in no order."""
        query = self._from(
            exp.select(
                sql.col("part", "p"), sql.col("id", "r"), sql.col("category", "r"), sql.col("author", "r"),
                sql.named(kept_subjects(self._masking), "subjects"), sql.col("created_at", "r"), sql.col("parent", "r"),
                sql.named(shown_text() if self._masking else sql.col("text", "r"), "text"),
            ),
            people=PERMITTING,
            author=sql.col("author", "r"),
        ).where(*(sql.eq(mask, sql.mask(0)) for mask in self._masks()))  # fmt: skip
        if self._has_copies:
            same = sql.eq(sql.col("id", "r"), sql.col("id", "c"))
            query = query.join(exp.to_table(COPIED).as_("c"), on=same, join_type="left")
            query = query.where(sql.is_null(sql.col("id", "c")))
        if self._has_derived:
            same = sql.eq(sql.col("id", "r"), sql.col("id", "d"))
            query = query.join(exp.to_table(DERIVED).as_("d"), on=same, join_type="left")
            query = query.where(sql.is_null(sql.col("id", "d")))
        return query

    def _masks(self) -> list[Sql]:
        """What speaks against a row of `records` (`r`) by its author (`p`) and, where there is any, `special` (`x`).

        In parts: what concerns the record alone can be asked before its author is looked up.
        """
        masks = [self._own_mask.copy(), sql.col("mask", "p")]
        age = under_age_at(self._question.purpose, self._question.at, "p", sql.col("created_at", "r"))
        if age is not None:
            masks.append(age)
        nobody = names_nobody(self._question.purpose)
        if nobody is not None:
            masks.append(nobody)
        if self._has_special:
            masks.append(exp.Coalesce(this=sql.col("mask", "x"), expressions=[sql.mask(0)]))
        return masks

    def _from(self, query: Sql, *, people: str, author: Sql) -> Sql:
        """The query over every record, its author and what is special about it."""
        query = query.from_(exp.to_table(RECORDS).as_("r")).join(
            exp.to_table(people).as_("p"), on=sql.eq(author, sql.col("member", "p")), join_type="inner"
        )
        if self._has_special:
            same = sql.eq(sql.col("id", "r"), sql.col("id", "x"))
            query = query.join(exp.to_table(SPECIAL).as_("x"), on=same, join_type="left")
        return query

    def _is_masked(self) -> Sql:
        return sql.not_null(sql.col("gone", "x")) if self._masking else exp.false()

    def _find_copies(self, progress: Progress) -> bool:
        """Whether there is any; table `copied` holds records that copy a denied one, and their masks say so."""
        copies = self._request.copies
        if copies is None or "text" not in self._mapped:
            return False
        progress("looking for copies")
        find_copies(self._engine, copies)
        found = exp.In(this=sql.col("id"), query=exp.select(sql.col("id")).from_(exp.to_table(COPIED)).subquery())
        mask = sql.bits(sql.col("mask"), sql.mask(Reason.DERIVED_FROM_EXCLUDED.bit))
        self._run(sql.update(JUDGED, "mask", mask, found))
        return self._has_rows(COPIED)

    def _find_derived(self) -> bool:
        """Whether there is any; table `derived` holds the records that a parent takes along, and their masks say so."""
        if "parent" not in self._mapped or not find_derived(self._engine, self._run, self._request.subset):
            return False
        concerned = exp.In(this=sql.col("id"), query=exp.select(sql.col("id")).from_(exp.to_table(DERIVED)).subquery())
        mask = sql.bits(sql.col("mask"), sql.mask(Reason.DERIVED_FROM_EXCLUDED.bit))
        self._run(sql.update(JUDGED, "mask", mask, concerned))
        return self._has_rows(DERIVED)

    def _require_ids(self) -> None:
        ident = sql.col("id")
        hashed = exp.Count(this=exp.Distinct(expressions=[sql.func("hash", ident)]))
        missing = sql.count(sql.either(sql.is_null(ident.copy()), sql.eq(ident.copy(), sql.value(""))))
        query = exp.select(sql.count(), hashed, missing).from_(exp.to_table(JUDGED))
        records, different, without = self._rows(query)[0]
        if without:
            raise InputError(f"{without} records have no id", hint="every record needs an id of its own")
        if different == records:
            return
        # Two ids can share a hash; only ids that are equal are a fault.
        twice = (
            exp.select(ident.copy(), sql.named(sql.count(), "n"))
            .from_(exp.to_table(JUDGED))
            .group_by(ident.copy())
            .having(exp.GT(this=sql.count(), expression=sql.value(1)))
            .order_by(ident.copy())
            .limit(1)
        )
        for repeated, times in self._rows(twice):
            raise InputError(
                f"record id `{repeated}` appears {times} times", hint="an id names one record, in all sources"
            )

    def _has_rows(self, table: str) -> bool:
        found: int = self._rows(exp.select(sql.count()).from_(exp.to_table(table)))[0][0]
        return found > 0

    def _rows(self, query: Sql) -> list[tuple[Any, ...]]:
        return self._engine.rows(sql.render(query, self._engine.dialect))

    def _run_with_key(self, statement: Sql) -> None:
        """The statement has taken effect; it holds a key, so it is never part of the digest."""
        perform(self._engine, statement)

    def _run(self, statement: Sql) -> None:
        self._note(statement)
        perform(self._engine, statement)

    def _note(self, statement: Sql) -> None:
        self._digest.update(self._portable(sql.render(statement, sql.CANONICAL)))

    def _portable(self, text: str) -> bytes:
        """The SQL without the place where this machine keeps the files."""
        for table in self._request.tables:
            for path in (*table.files, *table.flagged):
                text = text.replace(str(path), path.name)
        for path in (*self._request.events.events, *self._request.events.members):
            text = text.replace(str(path), path.name)
        return text.encode() + b"\n"


@dataclass(frozen=True, slots=True)
class _Curated:
    """Curates rows that have the number of their partition before them."""

    curate: Curate

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        columns = [column.cast(kind.type) for column, kind in zip(batch.columns[1:], PERMITTED_SCHEMA, strict=True)]
        rows = self.curate(pa.RecordBatch.from_arrays(columns, schema=PERMITTED_SCHEMA))
        return pa.RecordBatch.from_arrays([batch.column(0).cast(pa.int32()), *rows.columns], schema=_CURATED)


def _by_partition(batch: pa.RecordBatch) -> Iterator[tuple[int, pa.RecordBatch]]:
    """The rows in stretches of one partition, in `SNAPSHOT_SCHEMA`."""
    rows = pa.RecordBatch.from_arrays(batch.columns[1:], schema=SNAPSHOT_SCHEMA)
    runs = pc.run_end_encode(batch.column(0))
    start = 0
    for part, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
        yield part, rows.slice(start, end - start)
        start = end
