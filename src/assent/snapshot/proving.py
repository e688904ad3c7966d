"""A member's decisions in a snapshot, proved by reading the rows around them and nothing else.

The member tag says where to look: the statistics of each row group name its first and last tag, so two or three
groups are read of however many there are. The rest of the tree comes from the level that is kept beside the rows;
a snapshot that has none is read as a whole. Files are not checked against their digests here: a proof leads to the
signed root or it does not, and whoever makes one verifies it before it is handed out.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from assent.errors import EvidenceError
from assent.evidence.decisions import ROW_BYTES, DecisionProof, encode_rows, prove_places
from assent.evidence.manifest import Decided
from assent.evidence.tags import TAG_BYTES, member_key, member_tag, record_tag

_HELD = 4
"""Row groups kept in memory; those of a proof lie side by side."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A row group, its place among all decisions, and the tags it begins and ends with where that is known."""

    file: pq.ParquetFile
    index: int
    start: int
    rows: int
    ends: tuple[bytes, bytes] | None


@contextmanager
def open_decisions(snapshot: Path, decided: Decided) -> Iterator[DecisionFiles]:
    """The decisions of a snapshot that stands, to be looked at by place and by member.

    Raises:
        EvidenceError: a file is missing, or cannot be read.
    """
    with ExitStack() as stack:
        try:
            stretches = list(_stretches(snapshot, decided, stack))
            hashes = b"" if decided.groups is None else (snapshot / decided.groups.path).read_bytes()
            yield DecisionFiles(decided, stretches, hashes)
        except (OSError, pa.ArrowException) as error:
            raise EvidenceError(
                f"the decisions of `{snapshot.name}` cannot be read: {type(error).__name__.lower()}",
                hint="its files were removed or damaged; `assent verify` says more",
            ) from None


@dataclass(slots=True)
class DecisionFiles:
    """Decisions that are open for reading."""

    decided: Decided
    stretches: Sequence[_Stretch]
    hashes: bytes
    _held: dict[int, bytes] = field(default_factory=dict)

    def prove(self, key: bytes) -> DecisionProof:
        """The proof of every decision on the owner of this member key, or that there are none.

        Cost: two or three row groups are read, and the level that is kept.
        """
        low, high = self._places(member_tag(key))
        return prove_places(low, high, self.decided.count, self.rows, self.hashes)

    def mask(self, decision_key: bytes, member: str | None, record: str) -> int | None:
        """The mask of one record, without a proof; None when it was never decided."""
        key = member_key(decision_key, member)
        rows = self.rows(*self._places(member_tag(key)))
        wanted = record_tag(key, record)
        for at in range(0, len(rows), ROW_BYTES):
            if rows[at + TAG_BYTES : at + 2 * TAG_BYTES] == wanted:
                return int.from_bytes(rows[at + 2 * TAG_BYTES : at + ROW_BYTES])
        return None

    def rows(self, start: int, stop: int) -> bytes:
        """The rows at the places [start, stop) as they are hashed."""
        parts = []
        for place, each in enumerate(self.stretches):
            low, high = max(start, each.start) - each.start, min(stop, each.start + each.rows) - each.start
            if low < high:
                parts.append(self._read(place)[low * ROW_BYTES : high * ROW_BYTES])
        return b"".join(parts)

    def _places(self, tag: bytes) -> tuple[int, int]:
        """Where rows with this tag begin and end; both the same where there are none."""
        low = high = 0
        for place, each in enumerate(self.stretches):
            if each.ends is not None and not each.ends[0] <= tag <= each.ends[1]:
                below = each.rows if each.ends[1] < tag else 0
                low, high = low + below, high + below
                continue
            held = self._read(place)
            low += bisect_left(range(each.rows), tag, key=lambda at, held=held: _tag_at(held, at))  # type: ignore[misc]
            high += bisect_right(range(each.rows), tag, key=lambda at, held=held: _tag_at(held, at))  # type: ignore[misc]
        return low, high

    def _read(self, place: int) -> bytes:
        if place not in self._held:
            while len(self._held) >= _HELD:
                del self._held[next(iter(self._held))]
            each = self.stretches[place]
            batches = each.file.read_row_group(each.index).to_batches()
            self._held[place] = b"".join(map(encode_rows, batches))
        return self._held[place]


def _stretches(snapshot: Path, decided: Decided, stack: ExitStack) -> Iterator[_Stretch]:
    start = 0
    for entry in decided.files:
        file = stack.enter_context(pq.ParquetFile(snapshot / entry.path))
        for index in range(file.num_row_groups):
            group = file.metadata.row_group(index)
            found = group.column(0).statistics
            ends = (bytes(found.min), bytes(found.max)) if found is not None and found.has_min_max else None
            yield _Stretch(file, index, start, group.num_rows, ends)
            start += group.num_rows


def _tag_at(rows: bytes, place: int) -> bytes:
    return rows[place * ROW_BYTES : place * ROW_BYTES + TAG_BYTES]
