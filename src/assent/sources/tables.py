"""A platform's own tables, left where they are: a mapping file says what their columns mean.

Everything that can be known without reading the rows is checked here: that the files are there, that they
have the columns, and that no timestamp would be read in a zone nobody named. Rows decide the rest: an
instant or a value that cannot be read denies its record later.
"""

from __future__ import annotations

import csv
import glob
import json
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from assent.errors import InputError
from assent.sources.catalogue import located
from assent.sources.identifying import IdentifierWriter, identifiers_in, read_columns
from assent.sources.mapping import Identifiers, Records, load_mapping
from assent.sources.staging import new_folder
from assent.vocabulary.tables import Format, RecordTable, SourceFiles

LOOKED_AT_ROWS = 1_000
"""How many rows of a JSON Lines file are looked at for its columns."""

_SUFFIXES: Mapping[str, Format] = {
    ".parquet": Format.PARQUET,
    ".csv": Format.CSV,
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
}
_EVENT_COLUMNS = ("type", "effective_at")
_OPT_OUT_COLUMNS = ("member", "sec_gpc", "seen_at")


def read_tables(mapping_path: Path, staging: Path | None = None) -> SourceFiles:
    """The files that a mapping names, checked against it; no record is copied.

    Args:
        staging: where what identifies people is kept in the form it is looked for in; None leaves that out.

    Raises:
        InputError: every problem at once: of the mapping, or of the files it names.
    """
    mapping = load_mapping(mapping_path)
    folder = mapping_path.resolve().parent
    problems: list[str] = []
    tables: list[RecordTable] = []
    for records in mapping.records:
        if records.table is not None:
            lying = tuple(located(staging, records.table)) if staging is not None else ()
            tables += [RecordTable(lying, Format.PARQUET, records.as_columns(), mapping.zone)] if lying else []
            continue
        found = _find(folder, records.files or [], problems)
        tables += _tables(records, found, mapping.zone)
    for table in tables:
        problems += [problem for path in table.files for problem in _check(path, table)]
    events = tuple(path for entry in mapping.events for path in _find(folder, entry.files, problems))
    problems += [problem for path in events for problem in _check_events(path)]
    opt_outs = tuple(path for entry in mapping.gpc for path in _find(folder, entry.files, problems))
    problems += [problem for path in opt_outs for problem in _check_names(path, _OPT_OUT_COLUMNS, "opt-out signals")]
    people = [(entry, _find(folder, entry.files, problems)) for entry in mapping.identifiers]
    for entry, found in people:
        for path in found:
            problems += _check_names(path, entry.as_columns(), "identifiers")
    if problems:
        raise InputError(f"`{mapping_path}`: {'; '.join(problems)}", hint=_hint(problems))
    identifiers = () if staging is None or not people else (_stage_identifiers(people, staging),)
    return SourceFiles(tuple(tables), events, opt_outs=opt_outs, identifiers=identifiers)


def _stage_identifiers(people: list[tuple[Identifiers, list[Path]]], staging: Path) -> Path:
    final = staging / "identifiers"
    with new_folder(final) as fresh, IdentifierWriter(fresh / "identifiers.parquet") as written:
        for entry, files in people:
            for path in files:
                lines = read_json_lines(path) if format_of(path) is Format.JSONL else None
                for rows in read_columns(path, entry.as_columns(), lines):
                    for row in identifiers_in(rows, entry.by_kind(), entry.member):
                        written.write(*row)
    return final / "identifiers.parquet"


def format_of(path: Path) -> Format | None:
    """The format that a file's suffix names."""
    return _SUFFIXES.get(path.suffix.lower())


def _find(folder: Path, patterns: list[str], problems: list[str]) -> list[Path]:
    """The files that match, each once, in a fixed order; a pattern that matches none is a problem."""
    found: dict[Path, None] = {}
    for pattern in patterns:
        matches = sorted(
            Path(match)
            for match in glob.glob(str(Path(glob.escape(str(folder))) / pattern), recursive=True)  # noqa: PTH207
            if Path(match).is_file()
        )
        if not matches:
            problems.append(f"{_NO_MATCH} `{pattern}`")
        for path in matches:
            if format_of(path) is None:
                problems.append(f"`{path.name}` is none of {', '.join(_SUFFIXES)}")
            else:
                found[path] = None
    return list(found)


def _tables(records: Records, files: list[Path], zone: str | None) -> Iterator[RecordTable]:
    """One table for each format among the files."""
    columns = records.as_columns()
    for form in Format:
        of_form = tuple(path for path in files if format_of(path) is form)
        if of_form:
            yield RecordTable(of_form, form, columns, zone)


def _check(path: Path, table: RecordTable) -> Iterator[str]:
    """What is wrong with one file, a line each."""
    columns = table.columns
    schema = _schema(path)
    names = list(schema.names) if isinstance(schema, pa.Schema) else schema
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        yield f"`{path.name}` has more than one column `{repeated[0]}`"
        return
    if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
        yield f"`{path.name}` has one column only, `{names[0]}`; columns stand between commas"
        return
    for canonical, column in columns.items():
        for source in column.sources:
            if source not in names:
                yield f"`{path.name}` has no column `{source}` (for `{canonical}`)"
            elif isinstance(schema, pa.Schema):
                yield from _check_type(path, canonical, source, schema.field(source).type, table.zone)


def _check_type(path: Path, canonical: str, source: str, kind: pa.DataType, zone: str | None) -> Iterator[str]:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    place = f"column `{source}` of `{path.name}`"
    if canonical == "created_at" and pa.types.is_timestamp(kind):
        if kind.tz is None and zone is None:
            yield f"{place} holds {_NAIVE}"
    elif not _fits(canonical, kind):
        yield f"{place} holds {kind}, which cannot be `{canonical}`"


_NAIVE = "instants without a zone"
_NO_MATCH = "no file matches"


def _hint(problems: list[str]) -> str | None:
    if any(problem.endswith(_NAIVE) for problem in problems):
        return 'say which zone they are meant in, for example zone = "Europe/Amsterdam" at the top of the mapping'
    if any(problem.startswith(_NO_MATCH) for problem in problems):
        return "names are looked up from the folder of the mapping"
    return None


def _fits(canonical: str, kind: pa.DataType) -> bool:
    text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    if canonical in {"id", "author", "parent", "tdm_reservation"}:
        return text or bool(pa.types.is_integer(kind))
    if canonical == "excluded":
        return bool(pa.types.is_boolean(kind))
    if canonical == "context":
        return _is_list(kind) and bool(pa.types.is_string(kind.value_type))
    if canonical == "subjects":
        return _is_list(kind) and bool(pa.types.is_struct(kind.value_type)) and _has_fields(kind.value_type)
    return bool(text)


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind))


def _has_fields(kind: pa.DataType) -> bool:
    return {"role", "member", "spans"} <= {field.name for field in kind}


def _check_events(path: Path) -> Iterator[str]:
    if format_of(path) is Format.CSV:
        yield f"`{path.name}`: events are read from Parquet or JSON Lines"
        return
    yield from _check_names(path, _EVENT_COLUMNS, "events")


def _check_names(path: Path, needed: tuple[str, ...], what: str) -> Iterator[str]:
    schema = _schema(path)
    names = schema.names if isinstance(schema, pa.Schema) else schema
    for column in needed:
        if column not in names:
            yield f"`{path.name}` has no column `{column}`, which {what} need"


def _schema(path: Path) -> pa.Schema | list[str]:
    """A Parquet file's schema, or the column names of a file in another format."""
    try:
        match format_of(path):
            case Format.PARQUET:
                return pq.read_schema(path)
            case Format.CSV:
                with path.open(encoding="utf-8-sig", newline="") as stream:
                    return next(csv.reader(stream, strict=True), [])
            case _:
                return _keys(path)
    except OSError as error:
        raise InputError(f"cannot read `{path}`: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"`{path}` is not UTF-8: byte {error.start} cannot be read") from None
    except (pa.ArrowException, csv.Error):
        raise InputError(f"`{path}` cannot be read as {format_of(path)}") from None


def _keys(path: Path) -> list[str]:
    keys: dict[str, None] = {}
    for row in islice(read_json_lines(path), LOOKED_AT_ROWS):
        keys |= dict.fromkeys(row)
    return list(keys)


def read_json_lines(path: Path) -> Iterator[Mapping[str, object]]:
    """The objects of a JSON Lines file, one at a time; blank lines are passed over.

    Raises:
        InputError: a line is no UTF-8 or no JSON object; the message says which.
    """
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line.removeprefix(b"\xef\xbb\xbf").decode("utf-8"))
            except (ValueError, RecursionError):
                row = None
            if not isinstance(row, dict):
                raise InputError(f"line {number} of `{path}` is no JSON object")
            yield row
