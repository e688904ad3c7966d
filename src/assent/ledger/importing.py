"""Files of events recorded in one step: all of a call's rows, or none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from assent.evidence.erasure import PSEUDONYM_PREFIX
from assent.ledger.encoding import FIELD_NAMES, IGNORED_NAMES, encode_rows
from assent.ledger.log import Ledger
from assent.ledger.rows import Expected, Portion, Problems, read_portions
from assent.ledger.stored import Statement
from assent.vocabulary.events import Event, EventType

EVENT_COLUMNS: Final = Expected(
    required=frozenset({"type", "effective_at"}),
    optional=FIELD_NAMES - {"type", "effective_at"},
    ignored=IGNORED_NAMES,
    instant="effective_at",
)

Advance = Callable[[int], None]
"""Told how many more rows were read."""


def import_events(
    ledger: Ledger,
    files: Sequence[Path],
    *,
    advance: Advance = lambda _rows: None,
    left_out: Advance = lambda _events: None,
) -> range:
    """The positions of the files' events, which were recorded in order, in one transaction.

    Columns, or fields of a line, are the JSON names of an event; one that is absent or empty is not given.

    Args:
        left_out: told how many events were not recorded because their member was erased.

    Raises:
        InputError: a file or a row cannot be used; every such row is named and nothing was recorded.
    """
    return ledger.append_statements(one_ahead(_batches(ledger, files, advance)), left_out=left_out)


def _batches(ledger: Ledger, files: Sequence[Path], advance: Advance) -> Iterator[list[Statement]]:
    problems = Problems()
    recorded_at = ledger.recorded_now()
    for path in files:
        for portion in read_portions(path, EVENT_COLUMNS, problems):
            statements = encode_portion(path, portion, recorded_at, problems)
            # Once something is wrong the rest is read only to say what else is.
            yield [] if problems.count else statements
            advance(portion.table.num_rows)
    problems.raise_if_any()


def one_ahead(batches: Iterator[list[Statement]]) -> Iterator[list[Statement]]:
    """The same batches; while one is being recorded, the next is read on another core."""
    with ThreadPoolExecutor(1) as reader:
        following = reader.submit(next, batches, None)
        while (batch := following.result()) is not None:
            following = reader.submit(next, batches, None)
            yield batch


def encode_portion(path: Path, portion: Portion, recorded_at: datetime, problems: Problems) -> list[Statement]:
    """The events of a portion; rows that are none, or not to be imported, are added to the problems."""
    for row, what in _reserved(portion.table):
        problems.add(path, portion.rows[row], what)
    return encode_rows(
        portion.table,
        recorded_at=recorded_at,
        report=lambda row, what: problems.add(path, portion.rows[row], what),
    )


def _reserved(table: pa.Table) -> Iterator[tuple[int, str]]:
    """Rows that state what only the ledger itself records, and why."""
    own = pa.array([EventType.KEY_ROTATED.value, EventType.ERASURE_COMPLETED.value])
    for row in pc.indices_nonzero(pc.is_in(table["type"], value_set=own)).to_pylist():
        shown = table["type"][row].as_py()
        placed = "positions" in table.column_names and table["positions"][row].is_valid
        if shown != EventType.ERASURE_COMPLETED or placed:
            yield row, f"{shown}: only a ledger itself records this, about itself"
    if "member" in table.column_names:
        named = pc.fill_null(pc.starts_with(table["member"], PSEUDONYM_PREFIX), False)
        for row in pc.indices_nonzero(named).to_pylist():
            yield row, f"`{PSEUDONYM_PREFIX}` is no member's id, it stands for those who were erased"


def import_new_events(
    ledger: Ledger,
    files: Sequence[Path],
    *,
    advance: Advance = lambda _rows: None,
    left_out: Advance = lambda _events: None,
) -> tuple[range, int]:
    """The positions of those of the files' events that the ledger did not hold yet, and how many it held.

    An event is the same when all it states is: type, member, moment and fields; not when it was recorded. So a
    source that is read again every night adds only what is new in it.

    Raises:
        InputError: as `import_events`; nothing was recorded.
    """
    size = ledger.size
    held = 0

    def new_only() -> Iterator[list[Statement]]:
        nonlocal held
        for statements in _batches(ledger, files, advance):
            new = list(new_among(ledger, statements, size)) if size else statements
            held += len(statements) - len(new)
            yield new

    return ledger.append_statements(one_ahead(new_only()), left_out=left_out), held


def new_among(ledger: Ledger, statements: Sequence[Statement], size: int) -> Iterator[Statement]:
    """Those of the statements that are not among the ledger's first `size` events, whenever those were recorded."""
    held: dict[str | None, set[frozenset[tuple[str, object]]]] = {}
    for member, data in statements:
        if member not in held:
            events = ledger.system_events(size=size) if member is None else ledger.events_of(member, size=size)
            held[member] = {_stated(event.to_json()) for _, event in events if isinstance(event, Event)}
        if _stated(json.loads(data)) not in held[member]:
            yield member, data


def _stated(fields: Mapping[str, object]) -> frozenset[tuple[str, object]]:
    return frozenset(item for item in fields.items() if item[0] != "recorded_at")
