"""Two packs put to the same records at the same (T, N): who would newly be used, and who not any more.

    one pack ─► gate ─► every record in the order of its tags, kept in a file ─┐
    other pack ─► gate ─► the same order, because the key is the same ─────────┴─► two by two ─► counts

The key is thrown away afterwards. Nothing but a batch of either side and the file's page is in memory, whatever
the number of records; a member with very many records is held until their last one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from assent.errors import UnavailableError
from assent.gate.gate import open_gate
from assent.gate.request import GateRequest
from assent.vocabulary.reasons import REASONS, Reason

_JUDGED_SCHEMA = pa.schema(
    [
        pa.field("rank", pa.int32()),
        pa.field("tag", pa.binary(16)),
        pa.field("mask", pa.uint32()),
        pa.field("category", pa.string()),
        pa.field("region", pa.string()),
    ]
)
_UNKNOWN = ""


@dataclass(slots=True)
class Tally:
    """Records that turn, counted.

    Args:
        by_region: records by (region, reason), the reason shown first by the pack that denies; "" is unknown.
        members_by_region: their authors, once for each reason too.
        members_of_region: their authors, each once.
    """

    by_region: Counter[tuple[str, Reason]] = field(default_factory=Counter)
    members_by_region: Counter[tuple[str, Reason]] = field(default_factory=Counter)
    members_of_region: Counter[str] = field(default_factory=Counter)
    by_category: Counter[str] = field(default_factory=Counter)

    @property
    def records(self) -> int:
        """How many records turn."""
        return self.by_category.total()

    @property
    def members(self) -> int:
        """How many people have a record that turns."""
        return self.members_of_region.total()


@dataclass(slots=True)
class Comparison:
    """What one purpose is under two packs, on the data.

    Args:
        allowed: records under the one pack and under the other.
    """

    records: int = 0
    allowed: tuple[int, int] = (0, 0)
    newly_allowed: Tally = field(default_factory=Tally)
    newly_denied: Tally = field(default_factory=Tally)


def compare(
    one: GateRequest | None, two: GateRequest | None, *, progress: Callable[[str], None] = lambda _what: None
) -> Comparison:
    """Every record under both, counted by whether its verdict turns.

    Args:
        one: None where the pack does not offer the purpose, as `two`; they differ in the pack alone.

    Raises:
        UnavailableError: a source changed between the two.
    """
    with TemporaryDirectory(prefix="assent-compare-") as folder:
        kept = Path(folder) / "one.arrow"
        if one is not None:
            progress("deciding by the first pack")
            with pa.OSFile(str(kept), "wb") as file, pa.ipc.new_stream(file, _JUDGED_SCHEMA) as writer:
                for batch in _judged(one):
                    writer.write_batch(batch)
        progress("deciding by the second pack")
        found = Comparison()
        if one is None or two is None:
            stream = _judged(two) if two is not None else _stored(kept)
            for batch in _whole_members(_beside_nothing(each, before=two is not None) for each in stream):
                _count(batch, found)
        else:
            for batch in _whole_members(_side_by_side(_stored(kept), _judged(two))):
                _count(batch, found)
        return found


def _judged(request: GateRequest) -> Iterator[pa.RecordBatch]:
    with open_gate(request) as gate:
        for batch in gate.judged():
            columns = [batch.column(at).cast(kind.type) for at, kind in enumerate(_JUDGED_SCHEMA)]
            yield pa.RecordBatch.from_arrays(columns, schema=_JUDGED_SCHEMA)


def _stored(path: Path) -> Iterator[pa.RecordBatch]:
    with pa.memory_map(str(path)) as file, pa.ipc.open_stream(file) as reader:
        yield from reader


def _side_by_side(one: Iterator[pa.RecordBatch], two: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Both sides' rows beside each other, whatever portions they come in.

    Raises:
        UnavailableError: they are not about the same records.
    """
    left = right = None
    while True:
        left = left or next(one, None)
        right = right or next(two, None)
        if left is None or right is None:
            break
        rows = min(left.num_rows, right.num_rows)
        a, b = left.slice(0, rows), right.slice(0, rows)
        if a.column("tag") != b.column("tag"):
            break
        category = pc.coalesce(a.column("category"), b.column("category"))
        yield _paired(b, a.column("mask"), b.column("mask"), category)
        left, right = left.slice(rows), right.slice(rows)
    if left or right:
        raise UnavailableError("a source changed between the two packs", hint="compare when nobody is writing to it")


def _beside_nothing(batch: pa.RecordBatch, *, before: bool) -> pa.RecordBatch:
    """The rows beside a pack that does not offer the purpose.

    Args:
        before: whether that pack is the first.
    """
    unknown = pa.array([Reason.PURPOSE_UNKNOWN.bit] * batch.num_rows, pa.uint32())
    masks = (unknown, batch.column("mask")) if before else (batch.column("mask"), unknown)
    return _paired(batch, *masks, batch.column("category"))


def _paired(batch: pa.RecordBatch, one: pa.Array, two: pa.Array, category: pa.Array) -> pa.RecordBatch:
    region = pc.fill_null(batch.column("region"), _UNKNOWN)
    columns = {"rank": batch.column("rank"), "one": one, "two": two, "category": category, "region": region}
    return pa.RecordBatch.from_pydict(columns)


def _whole_members(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    """The rows in portions such that no member's are in two of them."""
    waiting: list[pa.RecordBatch] = []
    for batch in (each for each in batches if each.num_rows):
        rank = batch.column("rank")
        last = rank[-1].as_py()
        if waiting and rank[0].as_py() == last == waiting[-1].column("rank")[-1].as_py():
            waiting.append(batch)
            continue
        # Rows come by rank, so those of the last member are at the end.
        cut = batch.num_rows - pc.sum(pc.equal(rank, last)).as_py()
        done = [*waiting, batch.slice(0, cut)]
        waiting = [batch.slice(cut)]
        yield pa.Table.from_batches(done)
    if waiting:
        yield pa.Table.from_batches(waiting)


def _count(rows: pa.Table, found: Comparison) -> None:
    one, two = (pc.equal(rows.column(side), 0) for side in ("one", "two"))
    found.records += rows.num_rows
    found.allowed = (found.allowed[0] + _true(one), found.allowed[1] + _true(two))
    _tally(rows.filter(pc.and_not(two, one)), "one", found.newly_allowed)
    _tally(rows.filter(pc.and_not(one, two)), "two", found.newly_denied)


def _tally(rows: pa.Table, denying: str, tally: Tally) -> None:
    if not rows.num_rows:
        return
    mask = rows.column(denying).cast(pa.int64())
    first = pc.bit_wise_and(mask, pc.negate(mask))
    rows = pa.table({name: rows.column(name) for name in ("rank", "region", "category")} | {"first": first})
    for region, bit, count in _groups(rows, "region", "first"):
        tally.by_region[region, _reason(bit)] += count
    for category, count in _groups(rows, "category"):
        tally.by_category[category] += count
    people = rows.group_by(["rank", "region", "first"]).aggregate([])
    for region, bit, count in _groups(people, "region", "first"):
        tally.members_by_region[region, _reason(bit)] += count
    for region, count in _groups(people.group_by(["rank", "region"]).aggregate([]), "region"):
        tally.members_of_region[region] += count


def _groups(rows: pa.Table, *keys: str) -> Iterator[tuple[Any, ...]]:
    counted = rows.group_by(list(keys)).aggregate([([], "count_all")])
    columns: Mapping[str, list[Any]] = counted.to_pydict()
    return zip(*(columns[name] for name in (*keys, "count_all")), strict=True)


def _reason(bit: int) -> Reason:
    return REASONS[bit.bit_length() - 1]


def _true(flags: pa.ChunkedArray) -> int:
    return int(pc.sum(flags).as_py() or 0)
