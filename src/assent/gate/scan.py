"""A platform's tables as one relation of canonical rows, read where they lie.

A value that is missing is unknown. A value that is there and cannot be understood makes its row
`unreadable`, which denies it; only a rights signal that cannot be understood is no signal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from itertools import accumulate

from sqlglot import exp

from assent.engines import Engine
from assent.errors import InputError
from assent.gate import sql
from assent.gate.sql import Sql
from assent.vocabulary.records import SENSITIVE
from assent.vocabulary.tables import COLUMNS, Column, Format, RecordTable

_SUBJECTS = 'STRUCT(role TEXT, "member" TEXT, spans STRUCT("start" INT, "end" INT)[])[]'
_TYPES = {"subjects": _SUBJECTS, "created_at": "TIMESTAMPTZ", "excluded": "BOOLEAN", "context": "TEXT[]"}
_AS_READ = {
    "subjects": "STRUCT(role VARCHAR, member VARCHAR, spans STRUCT(start INTEGER, end INTEGER)[])[]",
    "created_at": "TIMESTAMP WITH TIME ZONE",
    "excluded": "BOOLEAN",
    "context": "VARCHAR[]",
}
"""What DuckDB calls these types of a file, quotes left aside; of other columns VARCHAR."""
_JSON_SHAPES = {
    "subjects": '[{"role":"VARCHAR","member":"VARCHAR","spans":[{"start":"INTEGER","end":"INTEGER"}]}]',
    "context": '["VARCHAR"]',
}
_WHOLE = ("UBIGINT", "BIGINT", "NULL")
_JSON_KINDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "context": {"$[*]": ("VARCHAR", "NULL")},
    "subjects": {
        "$[*]": ("OBJECT", "NULL"),
        "$[*].role": ("VARCHAR", "NULL"),
        "$[*].spans": ("ARRAY", "NULL"),
        "$[*].spans[*].start": _WHOLE,
        "$[*].spans[*].end": _WHOLE,
    },
}
"""What may stand where in a JSON text; what else is missing or null is found once it is read."""
_INSTANT = r"\d{4}-\d{2}-\d{2}([T ]([01]\d|2[0-3]):\d{2}(:\d{2}(\.\d{1,9})?)?)?"
_ZONE = r"(Z|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)"
_FILE_INDEX = "file_index"
"""DuckDB's own column: the place of a row's file among those read together."""
_LINE = "json"
"""The one column of a JSON Lines file."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A column's canonical value, and the condition under which what stood there was not understood."""

    value: Sql
    unreadable: Sql | None = None


def scan(engine: Engine, tables: tuple[RecordTable, ...], *, numbered: bool = False, first_file: int = 0) -> Sql:
    """A query that gives every row of every table in canonical columns, and `unreadable` beside them.

    Args:
        numbered: also `file`, the number of the file a row comes from, counted through all tables; null where a
            file has a column of its own by the name under which the engine tells it.
        first_file: the number of the first of these files.

    Raises:
        InputError: a file is missing or cannot be read, has not a column it should have, or holds a type
            that cannot be what the mapping says.
    """
    if not tables:
        raise InputError("there are no tables to read", hint="add a source first")
    starts = accumulate((len(table.files) for table in tables), initial=first_file)
    queries = [
        _scan_table(engine, table, first if numbered else None) for table, first in zip(tables, starts, strict=False)
    ]
    return reduce(lambda left, right: exp.union(left, right, distinct=False, copy=False), queries)


def _scan_table(engine: Engine, table: RecordTable, first_file: int | None) -> Sql:
    if "id" not in table.columns:
        raise InputError(f"the mapping of `{table.files[0]}` does not say which column is the `id`")
    found: dict[str, Mapping[str, str]] = {str(path): engine.columns(path, table.format) for path in table.files}
    first = str(table.files[0])
    reads: dict[str, _Read] = {}
    for name in COLUMNS:
        column = table.columns.get(name)
        if column is not None and table.format is not Format.JSONL:
            for source in column.sources:
                _require_column(source, name, found)
        kind = _kind(column.source if column else None, found[first], table.format)
        if column is not None and column.also:
            reads[name] = _Read(_together(column, found[first], table.format))
        else:
            reads[name] = _NULL(name) if column is None else _read(name, column, kind, table, first)
    if table.flagged:
        reads["context"] = _flagged(reads, table)
    unreadable = sql.either(*(each.unreadable for each in reads.values() if each.unreadable is not None))
    outputs = [sql.named(each.value, name) for name, each in reads.items()]
    outputs.append(sql.named(unreadable, "unreadable"))
    if first_file is not None:
        outputs.append(sql.named(_file_number(found, first_file), "file"))
    return exp.select(*outputs).from_(_files(table))


def _flagged(reads: Mapping[str, _Read], table: RecordTable) -> _Read:
    """The context, and of records whose text was found to be sensitive that it is."""
    paths = sql.array(sql.value(str(path)) for path in table.flagged)
    flagged = exp.select(sql.col("id")).from_(sql.func("read_parquet", paths))
    found = sql.certain(exp.In(this=reads["id"].value.copy(), query=flagged.subquery()))
    context = sql.cast(sql.array([sql.value(SENSITIVE)]), _TYPES["context"])
    return _Read(sql.case((found, context), default=reads["context"].value), reads["context"].unreadable)


def _file_number(found: Mapping[str, Mapping[str, str]], first: int) -> Sql:
    if any(_FILE_INDEX in columns for columns in found.values()):
        return sql.cast(exp.null(), "INTEGER")
    place = sql.cast(sql.col(_FILE_INDEX), "INTEGER")
    return sql.cast(exp.paren(exp.Add(this=place, expression=sql.value(first))), "INTEGER")


def _NULL(name: str) -> _Read:  # noqa: N802 - a constant that knows its type
    return _Read(sql.cast(sql.value(None), _TYPES.get(name, "TEXT")))


def _require_column(source: str, name: str, found: Mapping[str, Mapping[str, str]]) -> None:
    for path, columns in found.items():
        if source not in columns:
            raise InputError(f"`{path}` has no column `{source}` (for `{name}`)", hint=f"it has: {', '.join(columns)}")


def _kind(source: str | None, columns: Mapping[str, str], form: Format) -> str:
    if source is None:
        return "VARCHAR"
    return "JSON" if form is Format.JSONL else columns[source]


def _given(source: str, kind: str) -> Sql:
    """What stands in a column of the file."""
    if kind == "JSON":
        return sql.func("json_extract", sql.col(_LINE), sql.value(f'$."{source}"'))
    return sql.col(source)


def _together(column: Column, columns: Mapping[str, str], form: Format) -> Sql:
    """What stands in several columns, one a line; null where nothing stands in any."""
    kinds = {source: _kind(source, columns, form) for source in column.sources}
    texts = [_text(_given(source, kind), kind) for source, kind in kinds.items()]
    there = [sql.not_null(text.copy()) for text in texts]
    lines = sql.func("concat_ws", sql.value("\n"), *texts)
    return sql.case((sql.either(*there), lines), default=exp.null())


def _files(table: RecordTable) -> Sql:
    paths = sql.array(sql.value(str(path)) for path in table.files)
    if table.format is Format.PARQUET:
        return sql.func("read_parquet", paths)
    if table.format is Format.CSV:
        options = {"all_varchar": True, "header": True}
        return sql.func(
            "read_csv", paths, *(exp.EQ(this=exp.to_identifier(k), expression=sql.value(v)) for k, v in options.items())
        )
    return sql.func("read_ndjson_objects", paths)


def _read(name: str, column: Column, kind: str, table: RecordTable, path: str) -> _Read:
    given = sql.value(column.constant) if column.source is None else _given(column.source, kind)
    if column.values:
        text = _text(given, kind)
        branches = [
            (exp.EQ(this=text.copy(), expression=sql.value(old)), sql.value(new)) for old, new in column.values.items()
        ]
        given, kind = sql.case(*branches, default=exp.null()), "VARCHAR"
    if name == "created_at":
        return _instant(given, kind, table.zone, f"column `{column.source}` of `{path}`")
    if name in _TYPES:
        return _typed(name, given, kind, f"column `{column.source}` of `{path}`")
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP")):
        raise InputError(f"column `{column.source}` of `{path}` holds {kind.lower()}, which cannot be `{name}`")
    text = _text(given, kind)
    # No member has the empty id, and CSV writes null that way.
    return _Read(_nonempty(text, name))


def _nonempty(text: Sql, name: str) -> Sql:
    if name != "author":
        return text
    return sql.case((exp.EQ(this=text, expression=sql.value("")), exp.null()), default=text.copy())


def _text(given: Sql, kind: str) -> Sql:
    if kind == "JSON":
        return sql.func("json_extract_string", given, sql.value("$"))
    return given if kind == "VARCHAR" else sql.cast(given, "TEXT")


def _typed(name: str, given: Sql, kind: str, place: str) -> _Read:
    """A boolean or a list; where a column holds text, as in CSV, the text is JSON."""
    no_json: Sql | None = None
    if kind == "VARCHAR":
        valid = sql.certain(sql.func("json_valid", given.copy()))
        there = sql.both(sql.not_null(given.copy()), exp.NEQ(this=given.copy(), expression=sql.value("")))
        no_json = sql.both(there, exp.not_(valid.copy()))
        given, kind = exp.paren(sql.case((valid, given), default=exp.null())), "JSON"
    if kind == "JSON":
        wanted = "BOOLEAN" if name == "excluded" else "ARRAY"
        right = sql.both(
            exp.EQ(this=sql.func("json_type", given.copy()), expression=sql.value(wanted)),
            *(_only(given, path, kinds) for path, kinds in _JSON_KINDS.get(name, {}).items()),
        )
        absent = sql.either(
            sql.is_null(given.copy()), exp.EQ(this=sql.func("json_type", given.copy()), expression=sql.value("NULL"))
        )
        read = (
            sql.cast(given, "BOOLEAN", attempt=True)
            if name == "excluded"
            else sql.func("from_json", given, sql.value(_JSON_SHAPES[name]))
        )
        wrong = exp.not_(exp.paren(sql.either(absent, right.copy())))
        unreadable = wrong if no_json is None else sql.either(wrong, exp.paren(no_json))
        result = _Read(sql.case((right, read), default=exp.null()), unreadable)
    elif (name == "excluded") != (kind == "BOOLEAN") or (name != "excluded" and not kind.endswith("[]")):
        raise InputError(f"{place} holds {kind.lower()}, which cannot be `{name}`")
    else:
        result = _Read(given if is_canonical(name, kind) else sql.cast(given, _TYPES[name]))
    return _people(result) if name == "subjects" else result


def is_canonical(name: str, kind: str) -> bool:
    """Whether a file's column has the very type of that canonical one."""
    return kind.replace('"', "") == _AS_READ.get(name, "VARCHAR")


def _only(given: Sql, path: str, kinds: tuple[str, ...]) -> Sql:
    """Everything that stands at the path is of one of these kinds; DuckDB would turn anything into a text."""
    other = exp.not_(sql.within(sql.col("k"), kinds))
    found = sql.func("list_filter", sql.func("json_type", given.copy(), sql.value(path)), sql.lambda_of(["k"], other))
    return sql.certain(exp.EQ(this=sql.func("len", found), expression=sql.value(0)))


def _people(read: _Read) -> _Read:
    """Subjects in which everybody has a role and every span has both ends; otherwise none, and unreadable."""
    each, span = sql.col("s"), sql.col("p")
    role = sql.field(each, "role")
    broken_span = sql.either(sql.is_null(sql.field(span, "start")), sql.is_null(sql.field(span, "end")))
    spans = sql.func(
        "list_filter",
        sql.field(each.copy(), "spans"),
        sql.lambda_of(["p"], sql.either(sql.is_null(span.copy()), broken_span)),
    )
    broken = sql.either(
        sql.is_null(each.copy()),
        sql.is_null(role),
        exp.EQ(this=role.copy(), expression=sql.value("")),
        sql.certain(exp.GT(this=sql.func("len", spans), expression=sql.value(0))),
    )
    found = sql.func("len", sql.func("list_filter", read.value, sql.lambda_of(["s"], broken)))
    bad = sql.certain(exp.GT(this=found, expression=sql.value(0)))
    kept = sql.case((bad.copy(), exp.null()), default=read.value.copy())
    # Most rows name nobody, and those are done with one look.
    return _Read(kept, sql.either(*(each for each in (read.unreadable, bad) if each is not None)))


def _instant(given: Sql, kind: str, zone: str | None, place: str) -> _Read:
    """The instant; one that no calendar here holds, before the year 1 or after 9999, is not understood."""
    read = _any_instant(given, kind, zone, place)
    held = sql.both(
        exp.GTE(this=read.value, expression=sql.value(datetime.min.replace(tzinfo=UTC))),
        exp.LTE(this=read.value.copy(), expression=sql.value(datetime.max.replace(tzinfo=UTC))),
    )
    beyond = sql.certain(exp.not_(exp.paren(held.copy())))
    unreadable = beyond if read.unreadable is None else sql.either(exp.paren(read.unreadable), beyond)
    return _Read(sql.case((held, read.value.copy()), default=exp.null()), unreadable)


def _any_instant(given: Sql, kind: str, zone: str | None, place: str) -> _Read:
    if kind == "TIMESTAMP WITH TIME ZONE":
        return _Read(given)
    if kind.startswith("TIMESTAMP"):
        if zone is None:
            raise InputError(
                f"{place} holds instants without a zone",
                hint='say which zone they are meant in, for example zone = "Europe/Amsterdam"',
            )
        return _Read(_in_zone(sql.cast(given, "TIMESTAMP"), zone))
    if kind not in ("VARCHAR", "JSON"):
        raise InputError(f"{place} holds {kind.lower()}, which cannot be `created_at`")
    text = _text(given, kind)
    zoned = sql.func("regexp_full_match", text, sql.value(_INSTANT + _ZONE))
    branches = [(zoned, sql.cast(text.copy(), "TIMESTAMPTZ", attempt=True))]
    if zone is not None:
        local = sql.func("regexp_full_match", text.copy(), sql.value(_INSTANT))
        branches.append((local, _in_zone(sql.cast(text.copy(), "TIMESTAMP", attempt=True), zone)))
    instant = sql.case(*branches, default=exp.null())
    return _Read(
        sql.cast(instant, "TIMESTAMPTZ"), sql.both(sql.not_null(text.copy()), sql.is_null(exp.paren(instant.copy())))
    )


def _in_zone(local: Sql, zone: str) -> Sql:
    """The instant of a clock time; the first of the two where a clock is set back."""
    instant = sql.func("timezone", sql.value(zone), local)
    earlier = exp.paren(exp.Sub(this=instant.copy(), expression=sql.func("to_microseconds", sql.value(3_600_000_000))))
    same = exp.EQ(this=sql.func("timezone", sql.value(zone), earlier.copy()), expression=local.copy())
    return sql.case((same, earlier), default=instant)
