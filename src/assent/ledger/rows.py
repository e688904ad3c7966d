"""Files with rows in Parquet, CSV or JSON Lines, read as tables of texts in portions."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.json as pj
import pyarrow.parquet as pq

from assent.errors import InputError
from assent.storage.files import explained

_ROWS = 1 << 16
_BYTES = 1 << 23
_SHOWN: Final = 20
_MAX_BRACKETS: Final = 64
_FORMATS: Final = {".parquet": "parquet", ".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}


@dataclass(slots=True)
class Problems:
    """What is wrong in files: the first twenty in full, all of them counted."""

    shown: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, path: Path, row: int, what: str) -> None:
        """Row `row` of the file, counted from 1, is wrong."""
        self.count += 1
        if len(self.shown) < _SHOWN:
            self.shown.append(f"{path.name} row {row}: {what}")

    def raise_if_any(self) -> None:
        """Nothing was wrong.

        Raises:
            InputError: something was; the one line names it all.
        """
        if self.count:
            more = f"; and {self.count - len(self.shown)} more" if self.count > len(self.shown) else ""
            raise InputError(
                f"{self.count} rows cannot be imported: {'; '.join(self.shown)}{more}",
                hint="nothing was imported; correct the rows and import the file again",
            )


@dataclass(frozen=True, slots=True)
class Expected:
    """Which columns a file may and must have.

    Args:
        instant: the one column that may be a timestamp.
    """

    required: frozenset[str]
    optional: frozenset[str]
    ignored: frozenset[str]
    instant: str

    @property
    def names(self) -> frozenset[str]:
        """Every column that is read."""
        return self.required | self.optional


@dataclass(frozen=True, slots=True)
class Portion:
    """Some rows of a file; `rows[i]` is the number of row i of the table, counted from 1 in the file."""

    table: pa.Table
    rows: range | list[int]


def read_portions(path: Path, expected: Expected, problems: Problems) -> Iterator[Portion]:
    """The rows of a file in order, as columns of texts; rows that are not even rows go to `problems`.

    Raises:
        InputError: the file cannot be read as what its name says, or its columns are not those expected.
    """
    form = _FORMATS.get(path.suffix.lower())
    if form is None:
        raise InputError(f"`{path}` is in no known format", hint="name it .parquet, .csv or .jsonl")
    if not path.is_file():
        raise InputError(f"there is no file `{path}`")
    reader = {"parquet": _parquet, "csv": _csv, "jsonl": _json_lines}[form]
    with explained(path):
        try:
            yield from reader(path, expected, problems)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, UnicodeDecodeError, csv.Error) as error:
            reason = " ".join(str(error).split())
            raise InputError(f"`{path}` cannot be read as {form}: {reason}", hint="nothing was imported") from None


def _check_columns(path: Path, names: list[str], expected: Expected) -> list[str]:
    known = expected.names | expected.ignored
    unknown = [name for name in names if name not in known]
    missing = sorted(expected.required - set(names))
    if unknown:
        hint = "a table of current settings is imported with --state-table" if unknown == ["changed_at"] else None
        hint = hint or f"known: {', '.join(sorted(known))}"
        raise InputError(f"`{path}` has an unknown column `{unknown[0]}`", hint=hint)
    if missing:
        raise InputError(f"`{path}` has no column `{missing[0]}`")
    if len(set(names)) != len(names):
        raise InputError(f"`{path}` has two columns of one name")
    return [name for name in names if name in expected.names]


def _parquet(path: Path, expected: Expected, _problems: Problems) -> Iterator[Portion]:
    with pq.ParquetFile(path) as file:
        names = _check_columns(path, file.schema_arrow.names, expected)
        row = 1
        for batch in file.iter_batches(batch_size=_ROWS, columns=names):
            columns = [_as_text(path, name, batch.column(name), expected) for name in names]
            table = pa.table(columns, names=names)
            table.validate(full=True)
            yield Portion(table, range(row, row + table.num_rows))
            row += table.num_rows


def _as_text(path: Path, name: str, column: Any, expected: Expected) -> Any:
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    text = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    if text or pa.types.is_null(kind) or (pa.types.is_date(kind) and name != expected.instant):
        return column.cast(pa.string())
    if name == expected.instant and pa.types.is_timestamp(kind):
        if kind.tz is None:
            raise InputError(
                f"`{path}`: the timestamps in column `{name}` name no zone",
                hint="write them as timestamps with a zone, or as texts like 2025-11-03T00:00:00Z",
            )
        return column.cast(pa.timestamp("us", tz="UTC"), safe=False)
    raise InputError(f"`{path}`: column `{name}` is {kind}, a text was expected")


def _csv(path: Path, expected: Expected, problems: Problems) -> Iterator[Portion]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file), None)
    if not header:
        raise InputError(f"`{path}` is empty; a first line with the names of the columns was expected")
    names = _check_columns(path, header, expected)
    malformed: list[int] = []

    def skip(row: Any) -> str:
        malformed.append(row.number - 1)
        problems.add(path, row.number - 1, f"{row.actual_columns} columns instead of {row.expected_columns}")
        return "skip"

    reader = pcsv.open_csv(
        path,
        read_options=pcsv.ReadOptions(block_size=_BYTES, use_threads=False),
        parse_options=pcsv.ParseOptions(newlines_in_values=True, invalid_row_handler=skip),
        convert_options=pcsv.ConvertOptions(
            column_types=dict.fromkeys(header, pa.string()),
            include_columns=names,
            null_values=[""],
            strings_can_be_null=True,
        ),
    )
    seen = 0
    with reader:
        for batch in reader:
            rows = range(seen + 1, seen + 1 + batch.num_rows)
            seen += batch.num_rows
            yield Portion(pa.Table.from_batches([batch]), _skipping(rows, malformed) if malformed else rows)


def _skipping(rows: range, malformed: list[int]) -> list[int]:
    """The numbers in the file of rows that were counted without the malformed ones."""
    numbers = []
    for row in rows:
        number = row
        for bad in sorted(malformed):
            number += bad <= number
        numbers.append(number)
    return numbers


def _json_lines(path: Path, expected: Expected, problems: Problems) -> Iterator[Portion]:
    schema = pa.schema([pa.field(name, pa.string()) for name in sorted(expected.names | expected.ignored)])
    row = 1
    with path.open("rb") as file:
        while block := file.read(_BYTES):
            lines = (block + file.readline()).split(b"\n")
            if not lines[-1]:
                lines.pop()
            table = _quick_table(lines, schema)
            if table is None:
                yield _line_by_line(path, lines, row, expected, problems)
            else:
                yield Portion(table.select(sorted(expected.names)), range(row, row + len(lines)))
            row += len(lines)


def are_shallow_objects(lines: Iterable[bytes]) -> bool:
    """Whether the quick JSON reader may see these lines: a bare `null` or deep nesting crashes the process."""
    return all(line.startswith(b"{") and line.count(b"{") + line.count(b"[") <= _MAX_BRACKETS for line in lines)


def _quick_table(lines: list[bytes], schema: pa.Schema) -> pa.Table | None:
    if not are_shallow_objects(lines):
        return None
    try:
        table = pj.read_json(
            io.BytesIO(b"\n".join(lines)),
            read_options=pj.ReadOptions(block_size=2 * _BYTES),
            parse_options=pj.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
        )
    except (pa.ArrowInvalid, UnicodeDecodeError):
        return None
    return table if table.num_rows == len(lines) else None


def _line_by_line(path: Path, lines: list[bytes], first: int, expected: Expected, problems: Problems) -> Portion:
    rows: list[int] = []
    objects: list[Mapping[str, Any]] = []
    for row, line in enumerate(lines, first):
        if not line.strip():
            continue
        try:
            objects.append(_object(line, expected))
            rows.append(row)
        except InputError as error:
            problems.add(path, row, error.message)
    names = sorted(expected.names)
    columns = [pa.array([each.get(name) for each in objects], pa.string()) for name in names]
    return Portion(pa.table(columns, names=names), rows)


def _object(line: bytes, expected: Expected) -> Mapping[str, Any]:
    try:
        fields = json.loads(line, object_pairs_hook=_unique)
        if isinstance(fields, dict):
            json.dumps(fields, ensure_ascii=False).encode()
    except InputError:
        raise
    except (ValueError, RecursionError):
        raise InputError("this is no JSON in UTF-8") from None
    if not isinstance(fields, dict):
        raise InputError("this is no JSON object")
    for name, value in fields.items():
        if name not in expected.names | expected.ignored:
            raise InputError(f"unknown field `{name}`")
        if name in expected.names and value is not None and not isinstance(value, str):
            raise InputError(f"`{name}` is no text: `{json.dumps(value)[:60]}`")
    return fields


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise InputError("a field is given twice")
    return fields
