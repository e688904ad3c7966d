"""A table of the lake as canonical rows, by the mapping of the workspace.

For DuckDB this is `gate.scan` with the table in place of the files. The other dialects say the same in their words:
a value that is missing is unknown, one that cannot be understood makes its row `unreadable`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import reduce

from sqlglot import exp

from assent.engines import Engine
from assent.errors import InputError
from assent.gate import sql
from assent.gate.scan import scan
from assent.gate.sql import Sql
from assent.gate.views.reading_shapes import LakeTable, Shape
from assent.gate.views.tables import named
from assent.gate.views.words import Read, Words
from assent.vocabulary.records import SENSITIVE
from assent.vocabulary.tables import COLUMNS, Column, Format, RecordTable

SOURCE = "source"
CANONICAL = ("id", "category", "author", "subjects", "created_at", "visibility", "parent", "excluded", "aipref",
             "tdm_reservation", "cawg", "sensitive", "text")  # fmt: skip
_WHOLE_ROW = "json"
_HELD = (datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC))
"""The instants that a calendar here holds."""


def rows(words: Words, tables: Sequence[LakeTable]) -> exp.Query:
    """Every row of every table in canonical columns, with `source` and `unreadable`."""
    return _together([_rows(words, table) for table in tables])


def scanned(engine: Engine, tables: Sequence[tuple[LakeTable, RecordTable]]) -> exp.Query:
    """The same for DuckDB, by the gate's own reading: tables that have the types of these files.

    Raises:
        InputError: a file is missing, or has not the columns or types that the mapping needs.
    """
    return _together([_scanned(engine, table, files) for table, files in tables])


def _together(queries: Sequence[exp.Select]) -> exp.Query:
    if not queries:
        raise InputError("there are no tables to make views of", hint="add a source of tables first")
    return reduce(lambda left, right: exp.union(left, right, distinct=False, copy=False), queries)


def _scanned(engine: Engine, table: LakeTable, files: RecordTable) -> exp.Select:
    query = scan(engine, (files,))
    assert isinstance(query, exp.Select)
    place: Sql = named(table.path, "")
    if files.format is Format.JSONL:
        # The gate finds a line of JSON there; so the row becomes one.
        whole = sql.named(sql.func("to_json", exp.column("w")), _WHOLE_ROW)
        place = exp.select(whole).from_(exp.alias_(place, "w", table=True)).subquery("w")
    query = query.from_(place)
    flags = sql.certain(sql.func("list_contains", sql.col("context", "c"), sql.value(SENSITIVE)))
    columns = [sql.named(flags, name) if name == "sensitive" else sql.col(name, "c") for name in CANONICAL]
    source = sql.named(sql.value(table.name), SOURCE)
    return exp.select(source, *columns, sql.col("unreadable", "c")).from_(query.subquery("c"))


def _rows(words: Words, table: LakeTable) -> exp.Select:
    if "id" not in table.columns:
        raise InputError(f"the mapping of `{table.name}` does not say which column is the `id`")
    reads = {name: _read(words, name, table) for name in COLUMNS}
    strange = [words.certain(read.unreadable) for read in reads.values() if read.unreadable is not None]
    outputs = [sql.named(reads["context" if name == "sensitive" else name].value, name) for name in CANONICAL]
    unreadable = sql.named(sql.either(*strange), "unreadable")
    source = sql.named(words.text(sql.value(table.name)), SOURCE)
    place = exp.alias_(named(table.path, ""), "c", table=True, quoted=True)
    return exp.select(source, *outputs, unreadable).from_(place)


def _read(words: Words, name: str, table: LakeTable) -> Read:
    column = table.columns.get(name)
    if column is None:
        return _absent(words, name)
    if column.also:
        return Read(_lines(words, column))
    if name in {"created_at", "subjects", "context", "excluded"} or (name == "cawg" and _is_plain(column)):
        return _typed(words, name, column, table.zone)
    text = words.text(_given(column))
    if column.values:
        branches = [(sql.eq(text.copy(), sql.value(old)), sql.value(new)) for old, new in column.values.items()]
        text = sql.case(*branches, default=words.null(words.text_type))
    if name == "author":
        text = sql.case((sql.eq(text, sql.value("")), words.null(words.text_type)), default=text.copy())
    return Read(words.cast(text, words.json_type) if name == "cawg" else text)


def _typed(words: Words, name: str, column: Column, zone: str | None) -> Read:
    given = _given(column)
    if name == "excluded":
        return Read(exp.Coalesce(this=given, expressions=[exp.false()]))
    if name == "cawg":
        return Read(words.cast(given, words.json_type))
    if name == "context":
        return words.read_flags(given)
    if name == "subjects":
        return words.read_subjects(given)
    read = words.read_instant(given, Shape(column, zone))
    first, last = (words.instant(each) for each in _HELD)
    begun = exp.GTE(this=exp.paren(read.value), expression=first)
    ended = exp.LTE(this=exp.paren(read.value.copy()), expression=last)
    held = words.certain(sql.both(begun, ended))
    beyond = sql.both(sql.not_null(exp.paren(read.value.copy())), exp.not_(exp.paren(held)))
    value = sql.case((held.copy(), read.value.copy()), default=words.null(words.instant_type))
    return Read(value, beyond if read.unreadable is None else sql.either(read.unreadable, beyond))


def _is_plain(column: Column) -> bool:
    return column.source is not None and not column.values


def _given(column: Column) -> Sql:
    return sql.value(column.constant) if column.source is None else sql.col(column.source, "c")


def _lines(words: Words, column: Column) -> Sql:
    texts = [words.text(sql.col(source, "c")) for source in column.sources]
    lines = sql.func("concat_ws", sql.value("\n"), *texts)
    there = [sql.not_null(text.copy()) for text in texts]
    return sql.case((sql.either(*there), lines), default=words.null(words.text_type))


def _absent(words: Words, name: str) -> Read:
    if name in {"excluded", "context"}:
        return Read(exp.false())
    kinds: Mapping[str, str] = {
        "created_at": words.instant_type, "subjects": words.subjects_type, "cawg": words.json_type
    }  # fmt: skip
    return Read(words.null(kinds.get(name, words.text_type)))
