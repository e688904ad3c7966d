"""Source rows as the audit reads them: the same description of columns as the gate has, and other code.

A value that is missing is unknown. A value that is there and cannot be understood makes its row
unreadable, which denies it; only a rights signal that cannot be understood is no signal.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assent.errors import EvidenceError
from assent.vocabulary.identifiers import Category, MemberId, RecordId, Role
from assent.vocabulary.records import NO_SIGNALS, SENSITIVE, Record, Signals, Span, Subject
from assent.vocabulary.tables import COLUMNS, Format, RecordTable

BATCH_ROWS = 1 << 14
_UNREADABLE = object()
_TYPED = frozenset({"subjects", "created_at", "excluded", "context"})
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}([T ]([01]\d|2[0-3]):\d{2}(:\d{2}(\.\d{1,9})?)?)?(Z|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)?",
    re.ASCII,
)
"""The texts that name an instant; `datetime` alone would read more than the gate does."""

Values = Mapping[str, Sequence[Any]]
"""A batch: the file's values by the file's column names."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A record and the text that goes with it."""

    record: Record
    text: str | None


def read_rows(table: RecordTable) -> Iterator[SourceRow]:
    """Every row of a table, in the order of its files.

    Raises:
        EvidenceError: a file cannot be read, or a row has no id.
    """
    zone = ZoneInfo(table.zone) if table.zone else None
    flagged = _flagged(table)
    for path in table.files:
        for values, size in _batches(path, table):
            columns = [_column(name, table, values, size) for name in COLUMNS]
            for row in zip(*columns, strict=True):
                found = _row(row, zone, path)
                yield _as_sensitive(found) if found.record.id in flagged else found


def _flagged(table: RecordTable) -> frozenset[str]:
    """The ids of records whose text was found to make their context sensitive."""
    try:
        return frozenset(ident for path in table.flagged for ident in pq.read_table(path)["id"].to_pylist())
    except (OSError, KeyError, pa.ArrowException):
        raise EvidenceError("a list of records in a sensitive context cannot be read") from None


def _as_sensitive(row: SourceRow) -> SourceRow:
    return replace(row, record=replace(row.record, context=row.record.context | {SENSITIVE}))


def read_links(table: RecordTable) -> Iterator[tuple[str, str | None]]:
    """The (id, parent) of every row, in the same order."""
    for path in table.files:
        for values, size in _batches(path, table, only=("id", "parent")):
            ids, parents = (_column(name, table, values, size) for name in ("id", "parent"))
            for given, parent in zip(ids, parents, strict=True):
                yield _id(given, path), parent


def _row(given: tuple[Any, ...], zone: ZoneInfo | None, path: Path) -> SourceRow:
    (ident, category, author, subjects, created_at, visibility, parent) = given[:7]
    (excluded, aipref, tdm, cawg, context, text) = given[7:]
    trouble: list[object] = []
    instant = _readable(_instant(created_at, zone), trouble)
    people = _readable(_subjects(subjects), trouble) or ()
    flags = _readable(_context(context), trouble) or frozenset()
    out = _readable(_flag(excluded), trouble) or False
    record = Record(
        RecordId(_id(ident, path)),
        None if category is None else Category(category),
        MemberId(author) if author else None,
        people,
        instant,
        visibility,
        out,
        NO_SIGNALS if aipref is None and tdm is None and cawg is None else Signals(aipref, tdm, _object(cawg)),
        flags,
        None if parent is None else RecordId(parent),
        bool(trouble),
    )
    return SourceRow(record, text)


def _readable(value: Any, trouble: list[object]) -> Any:
    if value is _UNREADABLE:
        trouble.append(value)
        return None
    return value


def _id(given: str | None, path: Path) -> str:
    if given is None:
        raise EvidenceError(f"a row of `{path}` has no id")
    return given


def _text(given: object) -> str:
    """A value of another kind as the text it stands for."""
    if isinstance(given, bool | list | dict):
        return json.dumps(given, separators=(",", ":"), ensure_ascii=False)
    return str(given)


def _instant(given: object, zone: ZoneInfo | None) -> Any:
    if given is None:
        return None
    if isinstance(given, str):
        return _parsed(given, zone)
    if isinstance(given, datetime):
        return _in_utc(given, zone)
    return _UNREADABLE


@lru_cache(maxsize=1 << 12)
def _parsed(text: str, zone: ZoneInfo | None) -> Any:
    if not _INSTANT.fullmatch(text):
        return _UNREADABLE
    try:
        return _in_utc(datetime.fromisoformat(text), zone)
    except ValueError:
        return _UNREADABLE


def _in_utc(instant: datetime, zone: ZoneInfo | None) -> Any:
    if instant.tzinfo is None:
        if zone is None:
            return _UNREADABLE
        instant = instant.replace(tzinfo=zone)
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        return _UNREADABLE


def _subjects(given: Any) -> Any:
    if not given:
        return () if given is None or given == [] else _UNREADABLE
    if not isinstance(given, list):
        return _UNREADABLE
    found = []
    for each in given:
        if not isinstance(each, Mapping) or not isinstance(each.get("role"), str) or not each["role"]:
            return _UNREADABLE
        spans = _spans(each.get("spans"))
        member = each.get("member")
        if spans is _UNREADABLE:
            return _UNREADABLE
        found.append(Subject(Role(each["role"]), None if member is None else MemberId(str(member)), spans))
    return tuple(found)


def _spans(given: Any) -> Any:
    if given is None:
        return None
    if not isinstance(given, list):
        return _UNREADABLE
    try:
        ends = [(each["start"], each["end"]) for each in given]
    except (KeyError, TypeError):
        return _UNREADABLE
    if not all(_is_place(start) and _is_place(end) for start, end in ends):
        return _UNREADABLE
    return tuple(Span(start, end) for start, end in ends)


def _is_place(given: object) -> bool:
    """Whether it is a whole number that a span's column can hold."""
    return type(given) is int and -(2**31) <= given < 2**31


def _context(given: Any) -> Any:
    if given is None:
        return frozenset()
    if not isinstance(given, list) or not all(each is None or isinstance(each, str) for each in given):
        return _UNREADABLE
    return frozenset(each for each in given if each is not None)


def _flag(given: Any) -> Any:
    return given if given is None or isinstance(given, bool) else _UNREADABLE


@lru_cache(maxsize=1 << 12)
def _from_json(text: str) -> Any:
    """What a text in place of a list or a flag stands for: a format without either holds them as JSON."""
    if not text:
        return None
    try:
        return json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return _UNREADABLE


def _no_constant(name: str) -> Any:
    raise ValueError(name)


@lru_cache(maxsize=1 << 12)
def _object(text: object) -> Any:
    if not isinstance(text, str):
        return text
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _column(name: str, table: RecordTable, values: Values, size: int) -> Sequence[Any]:
    column = table.columns.get(name)
    if column is None:
        return [None] * size
    if column.source is None:
        return [column.constant] * size
    if column.also:
        places = zip(*(values.get(source) or [None] * size for source in column.sources), strict=True)
        stated = [[_text(each) for each in place if each is not None] for place in places]
        return ["\n".join(texts) if texts else None for texts in stated]
    found = values.get(column.source)
    if found is None:
        return [None] * size
    if name in _TYPED and not column.values:
        as_json = name != "created_at" and table.format is not Format.JSONL
        return [_from_json(each) if type(each) is str else each for each in found] if as_json else found
    texts = [each if each is None or type(each) is str else _text(each) for each in found]
    return [each and column.values.get(each) for each in texts] if column.values else texts


def _batches(path: Path, table: RecordTable, only: Iterable[str] = COLUMNS) -> Iterator[tuple[Values, int]]:
    wanted = [source for name in only if (column := table.columns.get(name)) for source in column.sources]
    read: Callable[[Path, Sequence[str]], Iterator[tuple[Values, int]]] = {
        Format.PARQUET: _parquet,
        Format.CSV: _csv,
        Format.JSONL: _jsonl,
    }[table.format]
    try:
        yield from read(path, list(dict.fromkeys(wanted)))
    except (OSError, pa.ArrowException, csv.Error, UnicodeDecodeError) as error:
        raise EvidenceError(f"`{path}` cannot be read: {type(error).__name__.lower()}") from None


def _parquet(path: Path, columns: Sequence[str]) -> Iterator[tuple[Values, int]]:
    with pq.ParquetFile(path) as file:
        present = [name for name in columns if name in file.schema_arrow.names]
        for batch in file.iter_batches(BATCH_ROWS, columns=present):
            yield {name: _values(batch.column(name)) for name in present}, batch.num_rows


def _values(column: pa.Array) -> list[Any]:
    """The column as Python values; what `to_pylist` gives, a few times faster where it nests."""
    kind = column.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        lengths = pc.list_value_length(column).to_pylist()
        inner = iter(_values(column.flatten()))
        return [None if length is None else list(islice(inner, length)) for length in lengths]
    if pa.types.is_struct(kind):
        names = [field.name for field in kind]
        rows = zip(*(_values(field) for field in column.flatten()), strict=True)
        there = column.is_valid().to_pylist()
        return [dict(zip(names, row, strict=True)) if valid else None for row, valid in zip(rows, there, strict=True)]
    if pa.types.is_timestamp(kind):
        # Python's instants end at microseconds, and so do those of every other evaluator.
        naive = _instants(column.cast(pa.timestamp("us", kind.tz), safe=False).cast(pa.timestamp("us")))
        return naive if kind.tz is None else [_zoned(each) for each in naive]
    return list(column.to_pylist())


def _instants(column: pa.Array) -> list[Any]:
    """Clock times as Python has them; what lies outside the years 1 to 9999 cannot be read."""
    try:
        return list(column.to_pylist())
    except OverflowError:
        return [_in_calendar(each) for each in column]


def _in_calendar(each: Any) -> Any:
    try:
        return each.as_py()
    except OverflowError:
        return _UNREADABLE


def _zoned(naive: Any) -> Any:
    return naive.replace(tzinfo=UTC) if isinstance(naive, datetime) else naive


def _csv(path: Path, columns: Sequence[str]) -> Iterator[tuple[Values, int]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.DictReader(stream, strict=True)
        while chunk := list(islice(rows, BATCH_ROWS)):
            yield {name: [row.get(name) or None for row in chunk] for name in columns}, len(chunk)


def _jsonl(path: Path, columns: Sequence[str]) -> Iterator[tuple[Values, int]]:
    with path.open("rb") as stream:
        lines = (line for line in stream if line.strip())
        while chunk := list(islice(lines, BATCH_ROWS)):
            rows = [_object_of(line, path) for line in chunk]
            yield {name: [row.get(name) for row in rows] for name in columns}, len(chunk)


def _object_of(line: bytes, path: Path) -> Mapping[str, Any]:
    try:
        row = json.loads(line.removeprefix(b"\xef\xbb\xbf").decode("utf-8"))
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict):
        raise EvidenceError(f"`{path}` has a line that is no JSON object")
    return row
