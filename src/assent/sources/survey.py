"""What a source holds, counted without keeping a text: for a look before anything is built on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from assent.errors import InputError
from assent.sources.tables import format_of, read_json_lines
from assent.vocabulary.events import EventType
from assent.vocabulary.instants import as_utc, parse_instant
from assent.vocabulary.regions import REGION_CODES
from assent.vocabulary.tables import Column, Format, Problem, RecordTable, SourceFiles

UNKNOWN = "unknown"
BATCH_ROWS = 65_536

_COUNTED = ("id", "author", "category", "created_at")
_EVENT_FIELDS = ("type", "member", "effective_at", "region", "value")
_EVENT_TYPES = frozenset(EventType)

Values = Mapping[str, list[Any]]
"""A batch: the file's values by column name."""


@dataclass(frozen=True, slots=True)
class Survey:
    """Counts of a source; `problems` are those of reading and those of the rows."""

    members: int
    records: int
    by_category: Mapping[str, int]
    by_region: Mapping[str, int]
    problems: tuple[Problem, ...]

    def to_json(self) -> dict[str, Any]:
        """The fixed form that `assent source preview --json` answers with."""
        return {
            "members": self.members,
            "records": self.records,
            "by_category": dict(self.by_category),
            "by_region": dict(self.by_region),
            "problems": [describe(problem) for problem in self.problems],
        }


def describe(problem: Problem) -> str:
    """The problem on one line."""
    return f"{problem.where}: {problem.what}" + (f" ({problem.count} times)" if problem.count > 1 else "")


def survey(files: SourceFiles, *, authors_are_members: bool = True) -> Survey:
    """The source's counts.

    Args:
        authors_are_members: whether somebody who wrote a record counts although no event names them.

    Raises:
        InputError: a file cannot be read to its end.

    Cost: O(rows); memory grows with the number of members only.
    """
    count = _Count()
    for table in files.tables:
        for path in table.files:
            for batch in _batches(path, _sources(table)):
                count.add_records(path.name, batch, table)
    for path in files.events:
        for batch in _batches(path, _EVENT_FIELDS):
            count.add_events(path.name, batch)
    return count.finish(files.problems, authors_are_members=authors_are_members)


class _Count:
    def __init__(self) -> None:
        self._records = 0
        self._categories: Counter[str] = Counter()
        self._authors: set[str] = set()
        self._members: set[str] = set()
        self._regions: dict[str, tuple[datetime, str | None]] = {}
        self._problems: Counter[tuple[str, str]] = Counter()

    def add_records(self, where: str, batch: Values, table: RecordTable) -> None:
        rows = len(next(iter(batch.values())))
        columns = {name: _canonical(table.columns.get(name), batch, rows) for name in _COUNTED}
        self._records += rows
        self._categories.update(category or UNKNOWN for category in columns["category"])
        self._authors.update(str(author) for author in columns["author"] if author is not None)
        self._note(where, "record has no id", columns["id"].count(None))
        self._note(where, "record has no author", columns["author"].count(None))
        self._note(where, "record has no category, or one the mapping does not list", columns["category"].count(None))
        for instant in columns["created_at"]:
            trouble = _trouble(instant, table.zone)
            if trouble:
                self._note(where, trouble, 1)

    def add_events(self, where: str, batch: Values) -> None:
        for kind, member, at, region, value in zip(*(batch[name] for name in _EVENT_FIELDS), strict=True):
            if kind not in _EVENT_TYPES:
                self._note(where, "event has an unknown type", 1)
            elif member is not None:
                self._members.add(str(member))
                if kind == EventType.MEMBER_REGION:
                    self._add_region(where, str(member), at, region if region is not None else value)

    def finish(self, problems: tuple[Problem, ...], *, authors_are_members: bool) -> Survey:
        members = self._members | self._authors if authors_are_members else self._members
        regions = Counter(self._region_of(member) for member in members)
        found = tuple(Problem(where, what, count) for (where, what), count in self._problems.items())
        return Survey(len(members), self._records, _ranked(self._categories), _ranked(regions), problems + found)

    def _add_region(self, where: str, member: str, at: object, region: object) -> None:
        try:
            instant = as_utc(at) if isinstance(at, datetime) else parse_instant(at)
        except InputError:
            self._note(where, "event has an instant that cannot be read", 1)
            return
        known = self._regions.get(member)
        if known is None or known[0] <= instant:
            self._regions[member] = (instant, region if isinstance(region, str) else None)

    def _region_of(self, member: str) -> str:
        region = self._regions[member][1] if member in self._regions else None
        return region if region in REGION_CODES else UNKNOWN

    def _note(self, where: str, what: str, count: int) -> None:
        if count:
            self._problems[where, what] += count


def _ranked(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _canonical(column: Column | None, batch: Values, rows: int) -> list[Any]:
    if column is None:
        return [None] * rows
    if column.source is None:
        return [column.constant] * rows
    values = batch[column.source]
    return [column.values.get(value) for value in values] if column.values else values


def _trouble(instant: object, zone: str | None) -> str | None:
    """What keeps an instant from being understood; a missing one is only unknown."""
    if instant is None or isinstance(instant, datetime):
        return None
    try:
        read = datetime.fromisoformat(instant) if isinstance(instant, str) else None
    except ValueError:
        read = None
    if read is None:
        return "created_at cannot be read"
    return "created_at names no zone, and the mapping gives none" if read.tzinfo is None and zone is None else None


def _sources(table: RecordTable) -> tuple[str, ...]:
    wanted = (table.columns.get(name) for name in (*_COUNTED, "text"))
    return tuple(dict.fromkeys(column.source for column in wanted if column and column.source))


def _batches(path: Path, columns: tuple[str, ...]) -> Iterator[Values]:
    """The columns' values, a batch at a time; a column that the file lacks is null."""
    form = format_of(path)
    try:
        if form is Format.PARQUET:
            yield from _parquet(path, columns)
        elif form is Format.CSV:
            yield from _csv(path, columns)
        else:
            rows = read_json_lines(path)
            while chunk := list(islice(rows, BATCH_ROWS)):
                yield {name: [_scalar(row.get(name)) for row in chunk] for name in columns}
    except OSError as error:
        raise InputError(f"cannot read `{path}`: {error.strerror or error}") from None
    except pa.ArrowException:
        # Arrow's own message quotes the row, and a row may hold anything.
        raise InputError(
            f"`{path}` has rows that cannot be read as {form}", hint="check its encoding (UTF-8) and its quoting"
        ) from None


def _parquet(path: Path, columns: tuple[str, ...]) -> Iterator[Values]:
    with pq.ParquetFile(path) as file:
        present = [name for name in columns if name in file.schema_arrow.names and name != "text"]
        for batch in file.iter_batches(BATCH_ROWS, columns=present):
            lacking: Values = {name: [None] * batch.num_rows for name in columns}
            yield {**lacking, **{name: _to_list(batch.column(name)) for name in present}}


def _to_list(column: pa.Array) -> list[Any]:
    """Python values; of instants only whether there is one, because their zone was checked with the schema."""
    if pa.types.is_timestamp(column.type):
        column = pc.cast(column, pa.timestamp("us", tz=column.type.tz or "UTC"), safe=False)
    try:
        return list(column.to_pylist())
    except OverflowError:
        return [_in_calendar(each) for each in column]


def _in_calendar(each: Any) -> Any:
    """An instant outside the years 1 to 9999 as a text that nobody can read as one."""
    try:
        return each.as_py()
    except OverflowError:
        return str(each.value)


def _csv(path: Path, columns: tuple[str, ...]) -> Iterator[Values]:
    options = pa_csv.ConvertOptions(
        include_columns=list(columns),
        column_types=dict.fromkeys(columns, pa.string()),
        strings_can_be_null=True,
        null_values=[""],
    )
    parsing = pa_csv.ParseOptions(newlines_in_values=True)
    with pa_csv.open_csv(path, parse_options=parsing, convert_options=options) as reader:
        for batch in reader:
            yield {name: batch.column(name).to_pylist() for name in columns}


def _scalar(value: object) -> object:
    return value if isinstance(value, str | int) else None
