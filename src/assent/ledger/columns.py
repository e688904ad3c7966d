"""The ledger mirrored in columns, for whoever folds millions of members at once.

    columns/events-<start>-<stop>.parquet     seq, member, kind, key, value, effective_at
    columns/members-<start>-<stop>.parquet    ordinal, member: those who first appear in that span

Files never change: a segment of `SEGMENT` events is final, a shorter last one is written anew under another
name. `columns/shredded` says which erasure they know of; after a later one, whatever may hold shredded events
is dropped before anything is read. The folder can be deleted at any time. It is a convenience and no evidence:
audit never reads it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj
import pyarrow.parquet as pq

from assent.ledger.rows import are_shallow_objects
from assent.ledger.stored import Unreadable, read_event
from assent.storage.files import exclusive_lock, explained, make_private_folder, sync_folder, write_durably
from assent.vocabulary.events import FIELDS, EventType

SEGMENT: Final = 1 << 20
UNREADABLE: Final = 255
"""The kind of an event that this program cannot read: it makes its member unreadable."""

KINDS: Final = tuple(EventType)
"""A kind is the position of the event's type in here."""

EVENT_SCHEMA: Final = pa.schema(
    [
        pa.field("seq", pa.int64(), nullable=False),
        pa.field("member", pa.int32()),
        pa.field("kind", pa.uint8(), nullable=False),
        pa.field("key", pa.string()),
        pa.field("value", pa.string()),
        pa.field("effective_at", pa.timestamp("us", tz="UTC")),
    ]
)
MEMBER_SCHEMA: Final = pa.schema(
    [pa.field("ordinal", pa.int32(), nullable=False), pa.field("member", pa.string(), nullable=False)]
)

_PAGE = 1 << 17
_FIXED = ("type", "effective_at", "recorded_at", "member", "by")
_SLOTS = tuple(sorted({name for shape in FIELDS.values() for name in (shape.key, shape.value) if name}))
_JSON_SCHEMA = pa.schema([pa.field(name, pa.string()) for name in (*_FIXED, *_SLOTS)])
_INSTANT = pa.timestamp("us", tz="UTC")

Rows = Callable[[int, int], Sequence[tuple[int, bytes]]]


@dataclass(frozen=True, slots=True)
class Shredded:
    """What erasures took from the ledger.

    Args:
        newest: the position of the newest erasure of all; -1 before the first.
        first: the lowest position shredded since the erasure asked about; None when none was.
    """

    newest: int = -1
    first: int | None = None


def nothing_shredded(_seen: int) -> Shredded:
    """Nobody was ever erased."""
    return Shredded()


_STAMP = "shredded"


@dataclass(frozen=True, slots=True)
class ColumnarEvents:
    """Where the columns lie.

    Args:
        events: files of events in order of `seq`. They may go beyond `size`: take what has `seq < size`.
            `member` is null for events about no member; `effective_at` is null where it cannot be read.
        members: files that name each ordinal, in order.
        size: N, the number of events asked for.
        member_count: how many ordinals the member files hold, counted from 0.
    """

    events: tuple[Path, ...]
    members: tuple[Path, ...]
    size: int
    member_count: int


@dataclass(frozen=True, slots=True)
class _Segment:
    folder: Path
    start: int
    stop: int

    @property
    def events(self) -> Path:
        return self.folder / f"events-{self.start:012}-{self.stop:012}.parquet"

    @property
    def members(self) -> Path:
        return self.folder / f"members-{self.start:012}-{self.stop:012}.parquet"


@dataclass(frozen=True, slots=True)
class Mirror:
    """The columns of one ledger.

    Args:
        rows: gives the (seq, canonical bytes) at the positions [start, stop).
        shredded: tells what was shredded after the erasure at a position.
    """

    folder: Path
    rows: Rows
    shredded: Callable[[int], Shredded] = nothing_shredded

    def covering(self, size: int) -> ColumnarEvents:
        """Files that hold at least the first `size` events. Cost: about 3 µs for each event that is new."""
        with explained(self.folder):
            make_private_folder(self.folder)
        with exclusive_lock(self.folder / "lock", wait_seconds=600.0):
            # INVARIANT: asked before any row is read. An erasure that is committed after this line is found by the
            # next call, which drops whatever this one still took along.
            self._drop_shredded()
            segments = self._segments()
            # Of an empty ledger there is one empty segment, so that readers find the columns.
            if not segments or segments[-1].stop < size:
                segments = self._extend(segments, size)
            members = sum(pq.read_metadata(segment.members).num_rows for segment in segments)
        return ColumnarEvents(
            tuple(segment.events for segment in segments),
            tuple(segment.members for segment in segments),
            size,
            members,
        )

    def forget_shredded(self) -> None:
        """No file holds an event that was shredded."""
        if self.folder.is_dir():
            with exclusive_lock(self.folder / "lock", wait_seconds=600.0):
                self._drop_shredded()

    def _drop_shredded(self) -> None:
        stamp = self.folder / _STAMP
        seen = int(stamp.read_text()) if stamp.is_file() else -1
        found = self.shredded(seen)
        if found.newest == seen:
            return
        with explained(self.folder):
            # A segment names those who first appear in it, and every later one counts on their places.
            for path in (*self.folder.glob("events-*.parquet"), *self.folder.glob("members-*.parquet")):
                if found.first is not None and int(path.stem.split("-")[2]) > found.first:
                    path.unlink()
            for draft in self.folder.glob(".*.partial"):
                draft.unlink()
            sync_folder(self.folder)
        # A crash before this line drops them again, those that were written meanwhile included.
        write_durably(stamp, str(found.newest).encode())

    def _segments(self) -> list[_Segment]:
        found: dict[int, _Segment] = {}
        for path in sorted(self.folder.glob("events-*.parquet")):
            start, stop = map(int, path.stem.split("-")[1:])
            segment = _Segment(self.folder, start, stop)
            # The members of a segment are written before its events; of two with one start the longer is newer.
            if segment.members.is_file():
                found[start] = segment
        chain: list[_Segment] = []
        while (at := chain[-1].stop if chain else 0) in found:
            chain.append(found.pop(at))
        return chain

    def _extend(self, segments: list[_Segment], size: int) -> list[_Segment]:
        kept = [segment for segment in segments if segment.stop - segment.start == SEGMENT]
        tables = [pq.read_table(segment.members, columns=["member"]) for segment in kept]
        known = pa.concat_tables([*tables, MEMBER_SCHEMA.empty_table().select(["member"])])
        members = known.column("member").combine_chunks()
        for start in range(len(kept) * SEGMENT, max(size, 1), SEGMENT):
            segment = _Segment(self.folder, start, min(start + SEGMENT, size))
            events, members = _with_ordinals(self._read(segment), members, segment)
            _write(events, segment.events)
            kept.append(segment)
        for old in set(segments) - set(kept):
            with explained(self.folder):
                old.events.unlink(missing_ok=True)
                old.members.unlink(missing_ok=True)
        return kept

    def _read(self, segment: _Segment) -> pa.Table:
        pages = []
        for first in range(segment.start, segment.stop, _PAGE):
            rows = self.rows(first, min(first + _PAGE, segment.stop))
            if rows:
                seqs, events = zip(*rows, strict=True)
                pages.append(read_columns(seqs, events))
        return pa.concat_tables(pages) if pages else _PARSED.empty_table()


_PARSED = pa.schema([pa.field("member", pa.string()) if field.name == "member" else field for field in EVENT_SCHEMA])


def read_columns(seqs: Sequence[int], events: Sequence[bytes]) -> pa.Table:
    """The events as columns, members by name; says of each what `stored.read_event` says."""
    columns = _quick_columns(events)
    if columns is None:
        # Something in these bytes is new to this program; one at a time says which event it is.
        columns = _one_by_one(events)
    return pa.table([pa.array(seqs, pa.int64()), *columns], schema=_PARSED)


def _quick_columns(events: Sequence[bytes]) -> list[Any] | None:
    lines = b"\n".join(events)
    if not events or not (_is_flat(lines, len(events)) or are_shallow_objects(events)):
        return None
    try:
        table = pj.read_json(
            io.BytesIO(lines),
            read_options=pj.ReadOptions(block_size=1 << 23),
            parse_options=pj.ParseOptions(explicit_schema=_JSON_SCHEMA, unexpected_field_behavior="error"),
        )
        return _parsed(table) if table.num_rows == len(events) else None
    except (pa.ArrowInvalid, UnicodeDecodeError):
        return None


def _is_flat(lines: bytes, count: int) -> bool:
    """Whether these are so many lines with one brace each, at their beginning: no reader finds depth in them."""
    begun = lines.startswith(b"{") + lines.count(b"\n{")
    return begun == lines.count(b"{") == lines.count(b"\n") + 1 == count and b"[" not in lines


def _parsed(table: pa.Table) -> list[Any] | None:
    effective_at = pc.cast(table["effective_at"], _INSTANT)
    for instants in (effective_at, pc.cast(table["recorded_at"], _INSTANT)):
        if instants.null_count != len(instants) and pc.min(pc.year(instants)).as_py() < 1:
            return None
    kind = pc.fill_null(
        pc.cast(pc.index_in(table["type"], value_set=pa.array([kind.value for kind in KINDS])), pa.uint8()),
        UNREADABLE,
    )
    good = pc.and_(pc.is_valid(effective_at), pc.not_equal(pc.fill_null(table["by"], "-"), ""))
    key = value = pa.nulls(len(kind), pa.string())
    for position in pc.unique(kind).to_pylist():
        if position == UNREADABLE:
            continue
        here = pc.equal(kind, position)
        shape = FIELDS[KINDS[position]]
        good = pc.and_(good, pc.or_(pc.invert(here), _is_shaped(table, KINDS[position])))
        key = pc.if_else(here, table[shape.key], key) if shape.key else key
        value = pc.if_else(here, table[shape.value], value) if shape.value else value
    return [table["member"], pc.if_else(good, kind, pa.scalar(UNREADABLE, pa.uint8())), key, value, effective_at]


def _is_shaped(table: pa.Table, kind: EventType) -> Any:
    """Which rows have the fields an event of this kind has, and no others."""
    shape = FIELDS[kind]
    tests = [pc.is_null(table[name]) for name in _SLOTS if name not in (shape.key, shape.value)]
    required = [name for name in ("member" if shape.member else None, shape.key) if name]
    tests += [pc.fill_null(pc.not_equal(table[name], ""), False) for name in required]
    if not shape.member:
        tests.append(pc.fill_null(pc.not_equal(table["member"], ""), True))
    if shape.value and shape.values:
        tests.append(pc.is_in(table[shape.value], value_set=pa.array(sorted(shape.values))))
    elif shape.value and not shape.nullable:
        tests.append(pc.is_valid(table[shape.value]))
    result = tests[0]
    for test in tests[1:]:
        result = pc.and_(result, test)
    return result


def _one_by_one(events: Sequence[bytes]) -> list[Any]:
    members, kinds, keys, values, instants = [], [], [], [], []
    for data in events:
        event = read_event(data)
        readable = None if isinstance(event, Unreadable) else event
        members.append(event.member)
        kinds.append(KINDS.index(readable.type) if readable else UNREADABLE)
        keys.append(readable.key if readable else None)
        values.append(readable.value if readable else None)
        instants.append(event.effective_at)
    text = pa.string()
    return [
        pa.array(members, text),
        pa.array(kinds, pa.uint8()),
        pa.array(keys, text),
        pa.array(values, text),
        pa.array(instants, _INSTANT),
    ]


def _with_ordinals(parsed: pa.Table, known: pa.Array, segment: _Segment) -> tuple[pa.Table, pa.Array]:
    """The events with members by ordinal, and everyone known by now; the segment's newcomers are on disk."""
    names = parsed["member"].combine_chunks()
    seen = pc.drop_null(pc.unique(names))
    new = seen.filter(pc.is_null(pc.index_in(seen, value_set=known)))
    everyone = pa.concat_arrays([known, new])
    ordinals = pa.array(range(len(known), len(everyone)), pa.int32())
    _write(pa.table([ordinals, new], schema=MEMBER_SCHEMA), segment.members)
    members = pc.cast(pc.index_in(names, value_set=everyone), pa.int32())
    at = EVENT_SCHEMA.get_field_index("member")
    return parsed.set_column(at, EVENT_SCHEMA.field(at), members).cast(EVENT_SCHEMA), everyone


def _write(table: pa.Table, path: Path) -> None:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", compression_level=1, row_group_size=1 << 17)
    write_durably(path, sink.getvalue())
