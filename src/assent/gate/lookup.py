"""A few records by id, out of tables of any size, as values that the specification takes."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from sqlglot import exp

from assent.engines import Engine
from assent.gate import sql
from assent.gate.scan import scan
from assent.ledger.columns import ColumnarEvents
from assent.vocabulary.events import EventType
from assent.vocabulary.identifiers import Category, MemberId, RecordId, Role
from assent.vocabulary.records import NO_SIGNALS, Record, Signals, Span, Subject
from assent.vocabulary.tables import COLUMNS, RecordTable

_CHAIN_LIMIT = 256
_WANTED = "wanted"
_KINDS = tuple(EventType)


def find_with_parents(engine: Engine, tables: tuple[RecordTable, ...], ident: RecordId) -> dict[RecordId, Record]:
    """The record and every record whose text it carries, by id; one that is nowhere is not in it.

    Cost: a scan of the id columns for each link of the chain.
    """
    found: dict[RecordId, Record] = {}
    wanted: set[RecordId] = {ident}
    while wanted and len(found) < _CHAIN_LIMIT:
        records = find(engine, tables, wanted)
        found |= records
        wanted = {record.parent for record in records.values() if record.parent is not None} - set(found)
    return found


def find(engine: Engine, tables: tuple[RecordTable, ...], idents: Collection[RecordId]) -> dict[RecordId, Record]:
    """Those of the records that the tables hold. Cost: one scan."""
    rows = scan(engine, tables).subquery("rows")
    columns = [sql.col(name) for name in (*COLUMNS[:-1], "unreadable")]
    query = exp.select(*columns).from_(rows).where(sql.within(sql.col("id"), sorted(idents)))
    names = (*COLUMNS[:-1], "unreadable")
    found = engine.rows(sql.render(query, engine.dialect))
    return {RecordId(row[0]): _record(dict(zip(names, row, strict=True))) for row in found}


def find_saying(
    engine: Engine, tables: tuple[RecordTable, ...], words: str, *, within: Collection[str], most: int
) -> list[RecordId]:
    """Ids of records of these categories whose text has these words, in any case; in order. Cost: a scan of texts."""
    rows = scan(engine, tables).subquery("rows")
    said = sql.func("contains", sql.func("lower", sql.col("text")), sql.func("lower", sql.value(words)))
    wanted = sql.both(sql.within(sql.col("category"), sorted(within)), said)
    query = exp.select(sql.col("id")).from_(rows).where(wanted).order_by(sql.col("id")).limit(most)
    return [RecordId(row[0]) for row in engine.rows(sql.render(query, engine.dialect)) if row[0]]


@dataclass(frozen=True, slots=True)
class SourceText:
    """What masking takes of a record: everybody in it, and its whole text."""

    subjects: tuple[Subject, ...]
    text: str | None


def find_texts(engine: Engine, tables: tuple[RecordTable, ...], idents: pa.Array) -> dict[str, SourceText]:
    """Those of the records (`pa.string`) that the tables hold. Cost: one scan, in which most rows are passed over."""
    engine.load(_WANTED, pa.table({"id": idents}))
    rows = scan(engine, tables).subquery("r")
    query = (
        exp.select(sql.col("id", "r"), sql.col("subjects", "r"), sql.col("text", "r"))
        .from_(rows)
        .join(exp.to_table(_WANTED).as_("w"), on=sql.eq(sql.col("id", "r"), sql.col("id", "w")), join_type="inner")
    )
    found = engine.rows(sql.render(query, engine.dialect))
    return {row[0]: SourceText(tuple(_subject(each) for each in row[1] or ()), row[2]) for row in found}


def events_about(engine: Engine, events: ColumnarEvents, record: RecordId) -> list[int]:
    """The positions of everybody's exclusions and inclusions of the record."""
    kinds = [_KINDS.index(kind) for kind in (EventType.RECORD_EXCLUDED, EventType.RECORD_INCLUDED)]
    if not events.events:
        return []
    files = sql.func("read_parquet", sql.array(sql.value(str(path)) for path in events.events))
    about = sql.both(sql.within(sql.col("kind"), kinds), sql.eq(sql.col("key"), sql.value(record)))
    query = exp.select(sql.col("seq")).from_(files).where(about)
    return sorted(row[0] for row in engine.rows(sql.render(query, engine.dialect)))


def _record(row: Mapping[str, Any]) -> Record:
    return Record(
        id=RecordId(row["id"]),
        category=None if row["category"] is None else Category(row["category"]),
        author=None if row["author"] is None else MemberId(row["author"]),
        subjects=tuple(_subject(entry) for entry in row["subjects"] or ()),
        created_at=row["created_at"],
        visibility=row["visibility"],
        excluded=bool(row["excluded"]),
        signals=_signals(row),
        context=frozenset(row["context"] or ()),
        parent=None if row["parent"] is None else RecordId(row["parent"]),
        unreadable=bool(row["unreadable"]),
    )


def _subject(entry: Mapping[str, Any]) -> Subject:
    spans = entry["spans"]
    return Subject(
        Role(entry["role"]),
        None if not entry["member"] else MemberId(entry["member"]),
        None if spans is None else tuple(Span(span["start"], span["end"]) for span in spans),
    )


def _signals(row: Mapping[str, Any]) -> Signals:
    if row["aipref"] is None and row["tdm_reservation"] is None and row["cawg"] is None:
        return NO_SIGNALS
    try:
        cawg = json.loads(row["cawg"]) if row["cawg"] else None
    except ValueError:
        cawg = None
    return Signals(row["aipref"], row["tdm_reservation"], cawg if isinstance(cawg, dict) else None)
