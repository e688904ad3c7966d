"""Columns of event fields turned into canonical events, many at a time.

`vocabulary.events.parse_event` says what an event is. The fast form here writes only what it is certain of
and hands every other row to `parse_event`, which accepts it or says what is wrong; tests hold the two equal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from assent.errors import InputError
from assent.evidence.canonical import canonical_json
from assent.ledger.stored import Statement
from assent.vocabulary.events import FIELDS, EventType, Shape, parse_event
from assent.vocabulary.instants import format_instant

Report = Callable[[int, str], None]
"""Takes the number of a row within its chunk, and what is wrong with it."""

FIELD_NAMES: Final = frozenset(
    {"type", "effective_at", "member", "by"}
    | {name for shape in FIELDS.values() for name in (shape.key, shape.value) if name}
)
IGNORED_NAMES: Final = frozenset({"seq", "recorded_at"})
"""What an export of a ledger has besides; the importing ledger gives its own."""

_ESCAPED = r'["\\\x00-\x1f]'
_INSTANT = r"^[12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$"
_ZERO_FRACTION = ".000000Z"


def encode_rows(table: pa.Table, *, recorded_at: datetime, report: Report) -> list[Statement]:
    """The events of a table whose columns bear the names of event fields; wrong rows are reported, not given.

    Args:
        table: texts, except `effective_at`, which may be a timestamp with a zone.
    """
    columns = {name: table[name].combine_chunks() for name in table.column_names if name in FIELD_NAMES}
    columns["effective_at"], certain = _instants(columns["effective_at"])
    moment = format_instant(recorded_at)
    parts: list[tuple[Any, Any, Any]] = []
    for label in pc.unique(columns["type"]).to_pylist():
        kind = _MEMBER_KINDS.get(label)
        if kind is not None:
            rows = pc.indices_nonzero(pc.and_(pc.equal(columns["type"], label), certain))
            parts.append(_plain_events(columns, rows, kind, moment))
    done, members, texts = (_joined(column) for column in zip(*parts, strict=True)) if parts else _NOTHING
    order = pc.sort_indices(done)
    statements = list(zip(members.take(order).to_pylist(), texts.take(order).to_pylist(), strict=True))
    if len(statements) == table.num_rows:
        return statements
    quick = dict(zip(done.take(order).to_pylist(), statements, strict=True))
    return _with_slow_rows(columns, quick, recorded_at, report)


def encode_row(fields: Mapping[str, Any], *, recorded_at: datetime) -> Statement:
    """The event that one row states.

    Raises:
        InputError: it states none.
    """
    given = {name: value for name, value in fields.items() if name not in IGNORED_NAMES}
    event = replace(parse_event(given), recorded_at=recorded_at)
    return event.member, canonical_json(event.to_json())


_MEMBER_KINDS: Final[Mapping[str, EventType]] = {kind.value: kind for kind in EventType if FIELDS[kind].member}


_NOTHING: Final = (pa.array([], pa.uint64()), pa.array([], pa.string()), pa.array([], pa.binary()))


def _joined(arrays: Sequence[Any]) -> Any:
    return pa.concat_arrays(arrays)


def _plain_events(columns: Mapping[str, Any], rows: Any, kind: EventType, moment: str) -> tuple[Any, Any, Any]:
    """Those of the rows that are events of this kind whose texts need no escapes, their members and bytes."""
    chosen = {
        name: columns[name].take(rows) if name in columns else pa.nulls(len(rows), pa.string())
        for name in _names(FIELDS[kind])
        if name not in ("type", "recorded_at")
    }
    strange = [
        pc.is_valid(column.take(rows))
        for name, column in columns.items()
        if name not in chosen and name != "type" and column.null_count < len(column)
    ]
    plain = _is_plain(chosen, kind, strange)
    if pc.all(plain, min_count=0).as_py() is not True:
        rows = rows.filter(plain)
        chosen = {name: column.filter(plain) for name, column in chosen.items()}
    return rows, chosen["member"], _texts(chosen, kind, moment).cast(pa.binary())


def _instants(column: Any) -> tuple[Any, Any]:
    """The column in the one text form, and where that is certain."""
    if pa.types.is_timestamp(column.type):
        year = pc.year(column)
        certain = pc.and_(pc.greater_equal(year, 1000), pc.less(year, 3000))
        # Cast without the zone, which is UTC: the cast with it takes thirty times as long.
        text = pc.cast(pc.cast(column, pa.timestamp("us")), pa.string())
        text = pc.binary_join_element_wise(pc.replace_substring(text, " ", "T"), "Z", "")
        # The cast writes six digits always, the one form only when they say something.
        short = pc.replace_substring(text, _ZERO_FRACTION, "Z")
        return short, pc.fill_null(certain, False)
    certain = pc.and_not(pc.match_substring_regex(column, _INSTANT), pc.ends_with(column, _ZERO_FRACTION))
    certain = pc.fill_null(certain, False)
    try:
        pc.cast(column.filter(certain), pa.timestamp("us", tz="UTC"))
    except pa.ArrowInvalid:
        # One of them is no date, such as 30 February: row by row will say which.
        certain = pa.array([False] * len(column))
    return column, certain


def _is_plain(columns: Mapping[str, Any], kind: EventType, strange: Sequence[Any]) -> Any:
    """Which rows have what an event of this kind has, in texts that need no escapes, and nothing `strange`."""
    shape = FIELDS[kind]
    tests = [_is_simple(columns["member"])]
    if columns["by"].null_count < len(columns["by"]):
        tests.append(pc.or_(pc.is_null(columns["by"]), _is_simple(columns["by"])))
    if shape.key:
        tests.append(_is_simple(columns[shape.key]))
    if shape.value and shape.values:
        tests.append(pc.is_in(columns[shape.value], value_set=pa.array(sorted(shape.values))))
    elif shape.value:
        simple = _is_simple(columns[shape.value])
        tests.append(pc.or_(simple, pc.is_null(columns[shape.value])) if shape.nullable else simple)
    result = tests[0]
    for test in tests[1:]:
        result = pc.and_(result, test)
    for given in strange:
        result = pc.and_not(result, given)
    return result


def _is_simple(column: Any) -> Any:
    odd = pc.or_(pc.match_substring_regex(column, _ESCAPED), pc.equal(column, ""))
    return pc.invert(pc.fill_null(odd, True))


def _texts(columns: Mapping[str, Any], kind: EventType, recorded_at: str) -> Any:
    """The canonical texts: every field in order of its name, `type` and then perhaps `value` last."""
    pieces: list[Any] = ["{"]
    names = _names(FIELDS[kind])
    for name in names:
        comma = "" if name == names[-1] else ","
        if name == "type":
            pieces.append(f'"type":"{kind.value}"{comma}')
        elif name == "recorded_at":
            pieces.append(f'"recorded_at":"{recorded_at}"{comma}')
        else:
            absent = "" if name == "by" else f'"{name}":null{comma}'
            column = columns[name]
            text = pc.binary_join_element_wise(f'"{name}":"', column, f'"{comma}', "")
            pieces.append(text if not column.null_count else pc.fill_null(text, absent))
    return pc.binary_join_element_wise(*pieces, "}", "")


def _names(shape: Shape) -> list[str]:
    slots = [name for name in (shape.key, shape.value) if name]
    return sorted(["by", "effective_at", "member", "recorded_at", "type", *slots])


def _with_slow_rows(
    columns: Mapping[str, Any], quick: Mapping[int, Statement], recorded_at: datetime, report: Report
) -> list[Statement]:
    statements: list[Statement] = []
    for row in range(len(columns["type"])):
        if row in quick:
            statements.append(quick[row])
            continue
        given = {name: column[row].as_py() for name, column in columns.items()}
        try:
            statements.append(encode_row({k: v for k, v in given.items() if v is not None}, recorded_at=recorded_at))
        except InputError as error:
            report(row, error.message)
    return statements
