"""How records lie in files: the one shape every source is read into, and how to get there.

A source never copies a platform's tables. It says which files there are and which of their columns
mean what (`RecordTable`); the gate turns that into SQL, the audit reads the same description with
code of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import pyarrow as pa

from assent.vocabulary.curation import REDACTION_TYPE

SUBJECT_TYPE = pa.struct(
    [
        pa.field("role", pa.string()),
        pa.field("member", pa.string()),
        pa.field("spans", pa.list_(pa.struct([pa.field("start", pa.int32()), pa.field("end", pa.int32())]))),
    ]
)

RECORD_SCHEMA = pa.schema(
    [
        pa.field("id", pa.string()),
        pa.field("category", pa.string()),
        pa.field("author", pa.string()),
        pa.field("subjects", pa.list_(SUBJECT_TYPE)),
        pa.field("created_at", pa.timestamp("us", tz="UTC")),
        pa.field("visibility", pa.string()),
        pa.field("parent", pa.string()),
        pa.field("excluded", pa.bool_()),
        pa.field("aipref", pa.string()),
        pa.field("tdm_reservation", pa.string()),
        pa.field("cawg", pa.string()),
        pa.field("context", pa.list_(pa.string())),
        pa.field("text", pa.string()),
    ]
)
"""The canonical row. Every column but `id` may be null or absent; null means unknown (for `subjects`,
`context` and the signals: none; for `excluded`: no). `subjects[].spans`: where the text names that
person, in code points; null means not known. `cawg`: the entries as a JSON object."""

COLUMNS: tuple[str, ...] = tuple(RECORD_SCHEMA.names)


PERMITTED_SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("category", pa.string(), nullable=False),
        pa.field("author", pa.string(), nullable=False),
        pa.field("subjects", pa.list_(pa.struct([pa.field("role", pa.string()), pa.field("member", pa.string())]))),
        pa.field("created_at", pa.timestamp("us", tz="UTC")),
        pa.field("parent", pa.string()),
        pa.field("text", pa.string()),
    ]
)
"""A permitted row. `subjects` holds those who permit, in their order; of those who do not, `text` shows
`[role]` in place of each span and nothing else is left."""

SNAPSHOT_SCHEMA = pa.schema([*PERMITTED_SCHEMA, pa.field("redactions", pa.list_(REDACTION_TYPE))])
"""A permitted row with its text clean. `redactions`: which stretches of the permitted text were masked, in order and
apart from each other; null when none was."""


def as_snapshot_rows(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Rows of a data file in `SNAPSHOT_SCHEMA`; a file from before there were redactions has none."""
    if "redactions" not in batch.schema.names:
        return without_redactions(batch)
    return batch.cast(SNAPSHOT_SCHEMA)


def without_redactions(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Rows of `PERMITTED_SCHEMA` in `SNAPSHOT_SCHEMA`, their texts as they are."""
    none = pa.nulls(batch.num_rows, SNAPSHOT_SCHEMA.field("redactions").type)
    return pa.RecordBatch.from_arrays([*batch.columns, none], schema=SNAPSHOT_SCHEMA)


class Format(StrEnum):
    """File formats a table can be in."""

    PARQUET = "parquet"
    CSV = "csv"
    JSONL = "jsonl"


@dataclass(frozen=True, slots=True)
class Column:
    """Where a canonical column comes from: a column of the file, or one constant for every row.

    Args:
        source: the column's name in the file; None for a constant.
        constant: the value for every row when `source` is None.
        values: translation of the file's values, e.g. `PUBLIC` to `public`; empty leaves them as they are,
            otherwise a value that is not listed becomes null.
        also: further columns with the same kind of statement; the value is all that are there, one a line.
    """

    source: str | None = None
    constant: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """Every column of the file that is read for it."""
        return () if self.source is None else (self.source, *self.also)


@dataclass(frozen=True, slots=True)
class RecordTable:
    """Files of one format and the same columns, and what the columns mean.

    Args:
        columns: by canonical name; one that is missing is null for every row.
        zone: the IANA zone of timestamps without one; None refuses such timestamps.
        flagged: files of the ids (`id`, Parquet) of records whose text was found to make their context sensitive,
            whatever the column `context` says.
    """

    files: tuple[Path, ...]
    format: Format
    columns: Mapping[str, Column]
    zone: str | None = None
    flagged: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a source that cannot be read or used, and how often; never the text itself."""

    where: str
    what: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class SourceFiles:
    """What a source amounts to on disk.

    Args:
        tables: the records.
        events: files of ledger events about its members (region, birth date, settings), Parquet or JSON Lines.
        problems: what was found wrong while reading, counted.
        opt_outs: files of requests that carried a browser's opt-out: `member`, `sec_gpc`, `seen_at`.
        identifiers: Parquet files in `IDENTIFIER_SCHEMA`: what identifies its members, and people who are none.
    """

    tables: tuple[RecordTable, ...]
    events: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()
    opt_outs: tuple[Path, ...] = ()
    identifiers: tuple[Path, ...] = ()


CANONICAL: Mapping[str, Column] = {name: Column(source=name) for name in COLUMNS}
"""The columns of a file that is already in `RECORD_SCHEMA`."""
