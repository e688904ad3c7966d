"""A platform's table of current settings recorded as the events that are new in it.

A row says that `setting` of `member` has had `value` since `changed_at`. It is compared with the state as
folded now, so that the same table can be imported every night: what the ledger says already is not said
again, and what is older than what the ledger says is counted and left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assent.errors import InputError
from assent.evidence.erasure import PSEUDONYM_PREFIX
from assent.ledger.columns import KINDS, ColumnarEvents
from assent.ledger.encoding import encode_rows
from assent.ledger.log import Ledger
from assent.ledger.rows import Expected, Problems, read_portions
from assent.vocabulary.events import ON_OFF, EventType
from assent.vocabulary.instants import parse_instant

STATE_COLUMNS: Final = Expected(
    required=frozenset({"member", "setting", "value", "changed_at"}),
    optional=frozenset(),
    ignored=frozenset(),
    instant="changed_at",
)
_CHANGED: Final = KINDS.index(EventType.SETTING_CHANGED)
_INSTANT = pa.timestamp("us", tz="UTC")
_SLICE = 1 << 16

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class StateImport:
    """What a state table came to.

    Args:
        recorded: the positions of the events that were new.
        same: rows that say what the ledger says already.
        stale: rows older than what the ledger says of that setting.
        erased: rows about members who were erased, of which nothing was recorded.
    """

    recorded: range
    same: int
    stale: int
    erased: int = 0


def import_state_table(
    ledger: Ledger, files: Sequence[Path], *, by: str | None = None, advance: Advance = lambda _rows: None
) -> StateImport:
    """The ledger says of every row's setting what the row says, unless it knows something newer.

    Cost: the table in memory, and one pass over the ledger's columns.

    Raises:
        InputError: a row cannot be used, or two rows speak of one setting of one member; nothing was recorded.
    """
    problems = Problems()
    now = ledger.recorded_now()
    table = _read(files, problems, advance)
    problems.raise_if_any()
    _require_single(table)
    compared = _compare(table, _known(ledger.columns()), now)
    new = table.filter(compared.new)
    rows = pa.table(
        {
            "type": pa.repeat(EventType.SETTING_CHANGED.value, new.num_rows),
            "member": new["member"],
            "setting": new["setting"],
            "value": new["value"],
            "effective_at": new["changed_at"],
            "by": pa.repeat(by, new.num_rows) if by else pa.nulls(new.num_rows, pa.string()),
        }
    )
    slices = (rows.slice(at, _SLICE) for at in range(0, rows.num_rows, _SLICE))
    batches = (encode_rows(each, recorded_at=now, report=_impossible) for each in slices)
    erased: list[int] = []
    recorded = ledger.append_statements(batches, left_out=erased.append)
    return StateImport(recorded, compared.same, compared.stale, sum(erased))


def _impossible(row: int, what: str) -> None:
    raise InputError(f"row {row} of the state table: {what}")


def _read(files: Sequence[Path], problems: Problems, advance: Advance) -> pa.Table:
    """The rows of all files, with `changed_at` as an instant."""
    tables = [
        pa.table({name: pa.array([], pa.string()) for name in ("member", "setting", "value")}
                 | {"changed_at": pa.array([], _INSTANT)})
    ]  # fmt: skip
    for path in files:
        for portion in read_portions(path, STATE_COLUMNS, problems):
            table = portion.table
            _check_texts(path, table, portion.rows, problems)
            instants = _instants(path, table["changed_at"], portion.rows, problems)
            tables.append(table.select(["member", "setting", "value"]).append_column("changed_at", instants))
            advance(table.num_rows)
    return pa.concat_tables(tables)


def _check_texts(path: Path, table: pa.Table, rows: Sequence[int], problems: Problems) -> None:
    for name in ("member", "setting"):
        good = pc.fill_null(pc.not_equal(table[name], ""), False)
        for row in pc.indices_nonzero(pc.invert(good)).to_pylist():
            problems.add(path, rows[row], f"`{name}` is missing")
    for row in pc.indices_nonzero(pc.fill_null(pc.starts_with(table["member"], PSEUDONYM_PREFIX), False)).to_pylist():
        problems.add(path, rows[row], f"`{PSEUDONYM_PREFIX}` is no member's id, it stands for those who were erased")
    good = pc.is_in(table["value"], value_set=pa.array(sorted(ON_OFF)))
    for row in pc.indices_nonzero(pc.invert(good)).to_pylist():
        problems.add(path, rows[row], f"`value` cannot be `{table['value'][row]}`; one of off, on")


def _instants(path: Path, column: Any, rows: Sequence[int], problems: Problems) -> Any:
    if pa.types.is_timestamp(column.type) and not column.null_count:
        return column
    found: list[datetime | None] = []
    for row, value in zip(rows, column.to_pylist(), strict=True):
        try:
            found.append(value if isinstance(value, datetime) else parse_instant(value, field="changed_at"))
        except InputError as error:
            found.append(None)
            problems.add(path, row, error.message)
    return pa.array(found, _INSTANT)


def _require_single(table: pa.Table) -> None:
    counts = table.group_by(["member", "setting"]).aggregate([([], "count_all")])
    twice = counts.filter(pc.greater(counts["count_all"], 1))
    if twice.num_rows:
        raise InputError(
            f"`{twice.num_rows}` settings stand in the table more than once, "
            f"first `{twice['setting'][0]}` of member `{twice['member'][0]}`",
            hint="a state table has one row for each member and setting; import a history as events",
        )


def _known(columns: ColumnarEvents) -> pa.Table:
    """Every change of a setting the ledger holds: member, setting, value, effective_at, seq."""
    wanted = [("kind", "=", _CHANGED), ("seq", "<", columns.size)]
    names = pa.concat_arrays([pa.array([], pa.string()), *(_member_names(path) for path in columns.members)])
    tables = [
        pq.read_table(path, columns=["seq", "member", "key", "value", "effective_at"], filters=wanted)
        for path in columns.events
    ]
    if not tables:
        return pa.table({name: [] for name in ("member", "setting", "value", "effective_at", "seq")})
    table = pa.concat_tables(tables)
    members = names.take(table["member"].combine_chunks())
    return pa.table(
        {
            "member": members,
            "setting": table["key"],
            "value": table["value"],
            "effective_at": table["effective_at"],
            "seq": table["seq"],
        }
    )


def _member_names(path: Path) -> Any:
    return pq.read_table(path, columns=["member"])["member"].combine_chunks()


@dataclass(frozen=True, slots=True)
class _Compared:
    new: Any
    same: int
    stale: int


def _compare(table: pa.Table, known: pa.Table, now: datetime) -> _Compared:
    """Which rows say something new. A row is held against what holds at its own moment or now, the later one."""
    if not known.num_rows:
        return _Compared(pa.repeat(True, table.num_rows), 0, 0)
    rows = table.append_column("row", pa.array(range(table.num_rows)))
    later = pc.greater(rows["changed_at"], pa.scalar(now, _INSTANT))
    moment = pc.if_else(later, rows["changed_at"], pa.scalar(now, _INSTANT))
    rows = rows.append_column("moment", moment)
    pairs = rows.join(
        known.rename_columns({"value": "old", "seq": "position"}), ["member", "setting"], join_type="inner"
    )
    counted = pairs.filter(pc.less_equal(pairs["effective_at"], pairs["moment"]))
    ordered = counted.sort_by([("row", "ascending"), ("effective_at", "ascending"), ("position", "ascending")])
    last = ordered.group_by("row", use_threads=False).aggregate(
        [("old", "last"), ("effective_at", "last"), ("value", "last"), ("changed_at", "last")]
    )
    same = pc.equal(last["old_last"], last["value_last"])
    stale = pc.and_not(pc.less(last["changed_at_last"], last["effective_at_last"]), same)
    settled = last["row"].filter(pc.or_(same, stale))
    new = pc.invert(pc.is_in(rows["row"], value_set=settled.combine_chunks()))
    return _Compared(new, pc.sum(same).as_py() or 0, pc.sum(stale).as_py() or 0)
