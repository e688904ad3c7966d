"""The files of a network and their columns; rows are collected and written once per chunk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from assent.vocabulary.people import IDENTIFIER_SCHEMA
from assent.vocabulary.tables import RECORD_SCHEMA

_INSTANT = pa.timestamp("us", tz="UTC")


def _texts(*names: str) -> list[pa.Field]:
    return [pa.field(name, pa.string()) for name in names]


EVENT_SCHEMA = pa.schema(
    [
        pa.field("type", pa.string()),
        pa.field("effective_at", _INSTANT),
        *_texts("member", "setting", "value", "region", "birth_date", "purpose", "outcome", "notice", "record", "by"),
    ]
)
_PLACE = [pa.field("start", pa.int32()), pa.field("end", pa.int32())]
MEMBER_SCHEMA = pa.schema(
    [
        *_texts("member", "name", "given", "region", "earlier_region", "language", "trade", "city", "birth_date"),
        pa.field("joined_at", _INSTANT),
        pa.field("notice_delivered_at", _INSTANT),
        pa.field("closed", pa.bool_()),
        *_texts("settings", "objections"),
    ]
)
PERSONAL_DATA_SCHEMA = pa.schema([*_texts("record", "kind", "value"), *_PLACE])
CANARY_SCHEMA = pa.schema(
    [*_texts("canary", "secret"), pa.field("repetitions", pa.int32()), pa.field("record", pa.string()), *_PLACE]
)
NAMED_SCHEMA = pa.schema(
    [*_texts("record", "role", "member", "name"), *_PLACE, pa.field("spans_in_record", pa.bool_())]
)
COPY_SCHEMA = pa.schema([*_texts("record", "original"), pa.field("same_author", pa.bool_())])
REPOST_SCHEMA = pa.schema([*_texts("record", "original", "original_author"), pa.field("linked", pa.bool_())])
KNOWN_SCHEMA = pa.schema([*_texts("record", "kind", "member", "value"), *_PLACE])

TABLES: dict[str, pa.Schema] = {
    "records": RECORD_SCHEMA,
    "events": EVENT_SCHEMA,
    "identifiers": IDENTIFIER_SCHEMA,
    "truth/members": MEMBER_SCHEMA,
    "truth/personal_data": PERSONAL_DATA_SCHEMA,
    "truth/canaries": CANARY_SCHEMA,
    "truth/named_people": NAMED_SCHEMA,
    "truth/near_duplicates": COPY_SCHEMA,
    "truth/reposts": REPOST_SCHEMA,
    "truth/known_people": KNOWN_SCHEMA,
}
"""Folder of each table, below the network's folder."""

README = """\
What was planted in this network, so that what a program finds can be compared with what is there.
Every person, firm, street and number in it is made up. Offsets are half-open, in Unicode code points.

members/          who each member is, whatever the events say: region null is unknown, earlier_region where
                  they lived before; settings and objections as they stand after the last event, as JSON
personal_data/    record, kind, value and place: text[start:end] is the value
canaries/         one row for each time a canary was planted; `repetitions` is how often in all
named_people/     every place where a text names somebody other than its author; `member` null is no member;
                  spans_in_record false: the record says that its span is unknown
near_duplicates/  edited copies that no `parent` links to their original
reposts/          whose text a repost carries; linked false: the record's `parent` is null
known_people/     where texts were made with mentions: every place that identifies their author, one of their subjects
                  or (`member` null) somebody who is no member and objected; `value` as it is known, in `identifiers`
summary.json      the numbers it was made from, and counts
"""


class Rows:
    """Rows of every table of one chunk."""

    def __init__(self) -> None:
        self._rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in TABLES}

    def add(self, table: str, row: tuple[Any, ...]) -> None:
        """The row is the table's last."""
        self._rows[table].append(row)

    def replace(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        """The table's rows are these."""
        self._rows[table] = rows

    def __getitem__(self, table: str) -> Sequence[tuple[Any, ...]]:
        return self._rows[table]

    def counts(self) -> dict[str, int]:
        """How many rows each table has."""
        return {name: len(rows) for name, rows in self._rows.items()}

    def write(self, folder: Path, chunk: int) -> None:
        """Every table's rows lie in `folder/<table>/part-<chunk>.parquet`, an empty table included."""
        for name, schema in TABLES.items():
            target = folder / name / f"part-{chunk:05d}.parquet"
            target.parent.mkdir(parents=True, exist_ok=True)
            columns = zip(*self._rows[name], strict=True) if self._rows[name] else [()] * len(schema)
            arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
            pq.write_table(pa.Table.from_arrays(arrays, schema=schema), target, compression="zstd")
