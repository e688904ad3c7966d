"""A snapshot's files anew without what was withdrawn, from its own bytes: what is not touched is linked, not copied.

The bytes are those that a build of the same rows would have written, so every name says what is in the file.
"""

from __future__ import annotations

import os
import shutil
import struct
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import file_digest
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assent.errors import EvidenceError
from assent.evidence.decisions import DECISION_SCHEMA
from assent.evidence.manifest import Counts, DataFileEntry, Decided, DecisionFileEntry, SnapshotManifest
from assent.evidence.tags import TAG_BYTES, member_key, member_tag, record_tag
from assent.gate import Curate
from assent.snapshot.again import Again, Shown
from assent.snapshot.decided import write_decisions
from assent.snapshot.layout import DATA, ROW_GROUP_ROWS, write_partitions
from assent.snapshot.touched import Row, open_data
from assent.vocabulary.reasons import REASONS, from_mask, primary
from assent.vocabulary.tables import PERMITTED_SCHEMA, as_snapshot_rows, without_redactions

Progress = Callable[[str, int, int], None]
Tags = tuple[bytes, bytes]
_DECISIONS_AT_ONCE = 1 << 17


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What lies in the new folder.

    Args:
        gone: members of whom no row is left.
        kept: how many data files are those of the old folder.
    """

    files: tuple[DataFileEntry, ...]
    gone: int
    kept: int


def rewrite_data(
    old: Path,
    new: Path,
    manifest: SnapshotManifest,
    again: Again,
    progress: Progress,
    *,
    curate: Curate = without_redactions,
) -> Rewritten:
    """The data files lie in `new`, without the rows that go and with those masked anew, which are curated anew."""
    (new / DATA).mkdir(parents=True)
    out: dict[int, set[int]] = defaultdict(set)
    anew: dict[int, dict[int, Shown]] = defaultdict(dict)
    for row, _ in again.denied:
        out[row.file].add(row.place)
    for each in again.shown:
        anew[each.row.file][each.row.place] = each
    files: list[DataFileEntry] = []
    gone = 0
    for number, entry in enumerate(manifest.files):
        progress("rewriting data", number, len(manifest.files))
        if number not in out and number not in anew:
            link(old / entry.path, new / entry.path)
            files.append(entry)
            continue
        rewriting = _Rewriting(open_data(old, entry), out[number], anew[number], curate)
        stream = ((entry.shard, entry.slice, batch) for batch in rewriting.batches() if batch.num_rows)
        files += [
            DataFileEntry(each.shard, each.slice, each.path, each.sha256, each.rows, each.bytes)
            for each in write_partitions(stream, new)
        ]
        gone += rewriting.members_gone
    return Rewritten(tuple(files), gone, sum(each in manifest.files for each in files))


@dataclass(slots=True)
class _Rewriting:
    """One file on its way from old to new."""

    file: pq.ParquetFile
    out: set[int]
    anew: Mapping[int, Shown]
    curate: Curate
    members_gone: int = 0

    def batches(self) -> Iterator[pa.RecordBatch]:
        start = 0
        left: list[pa.Array] = []
        before: list[pa.Array] = []
        for given in self.file.iter_batches(ROW_GROUP_ROWS):
            batch = as_snapshot_rows(given)
            before.append(pc.unique(batch.column("author")))
            batch = self._changed(batch, start)
            start += given.num_rows
            left.append(pc.unique(batch.column("author")))
            yield batch
        self.members_gone = _different(before) - _different(left)

    def _changed(self, batch: pa.RecordBatch, start: int) -> pa.RecordBatch:
        stop = start + batch.num_rows
        special = sorted(place for place in (*self.out, *self.anew) if start <= place < stop)
        if not special:
            return batch
        pieces: list[pa.RecordBatch] = []
        at = start
        for place in special:
            pieces.append(batch.slice(at - start, place - at))
            if place not in self.out:
                pieces.append(self.curate(_anew(batch.slice(place - start, 1), self.anew[place])))
            at = place + 1
        return pa.concat_batches([*pieces, batch.slice(at - start)])


def _different(authors: Sequence[pa.Array]) -> int:
    return len(pc.unique(pa.chunked_array(authors, pa.string())))


def _anew(row: pa.RecordBatch, shown: Shown) -> pa.RecordBatch:
    """The row as it is permitted now, in `PERMITTED_SCHEMA`."""
    row = row.select(PERMITTED_SCHEMA.names)
    for name, value in (("subjects", shown.subjects), ("text", shown.text)):
        at = PERMITTED_SCHEMA.get_field_index(name)
        row = row.set_column(at, PERMITTED_SCHEMA.field(at), pa.array([value], PERMITTED_SCHEMA.field(at).type))
    return row


def rewrite_decisions(
    old: Path,
    new: Path,
    decided: Decided,
    denied: Sequence[tuple[Row, int]],
    *,
    key: bytes,
    progress: Progress,
) -> Decided:
    """The decisions lie in `new`, and these rows' with their masks in place of those that allowed.

    Args:
        key: the decision key, which the new version inherits.

    Raises:
        EvidenceError: a file is not the one that was sealed, or has no decision under some of the tags.
    """
    changes = sorted(_tagged(denied, key))
    found: list[Tags] = []
    result = write_decisions(_patched(old, decided, changes, found, progress), new, key=key)
    if len(found) != len(changes):
        raise EvidenceError("a row of the data has no decision", hint="run `assent verify` on the snapshot")
    for entry in result.files:
        # A file in which nothing changed is the same file.
        if entry in decided.files:
            (new / entry.path).unlink()
            link(old / entry.path, new / entry.path)
    return result


def _patched(
    old: Path, decided: Decided, changes: Sequence[tuple[Tags, int]], found: list[Tags], progress: Progress
) -> Iterator[pa.RecordBatch]:
    done = at = 0
    for entry in decided.files:
        _require_sealed(old, entry)
        for batch in pq.ParquetFile(old / entry.path).iter_batches(_DECISIONS_AT_ONCE):
            progress("rewriting decisions", done, decided.count)
            done += batch.num_rows
            rows = _Tagged(batch)
            last = rows[batch.num_rows - 1]
            first = at
            while at < len(changes) and changes[at][0] <= last:
                at += 1
            yield _with_masks(rows, changes[first:at], found)


@dataclass(frozen=True, slots=True)
class _Tagged:
    """The decisions of a batch as a sequence of their tags."""

    batch: pa.RecordBatch

    def __len__(self) -> int:
        return int(self.batch.num_rows)

    def __getitem__(self, place: int) -> Tags:
        return self.batch.column(0)[place].as_py(), self.batch.column(1)[place].as_py()


def _with_masks(rows: _Tagged, changes: Sequence[tuple[Tags, int]], found: list[Tags]) -> pa.RecordBatch:
    batch = rows.batch
    if not changes:
        return batch
    masks = bytearray(batch.column(2).buffers()[1])[4 * batch.column(2).offset :][: 4 * batch.num_rows]
    for tags, mask in changes:
        place = bisect_left(rows, tags)
        if rows[place] == tags:
            struct.pack_into("=I", masks, 4 * place, mask)
            found.append(tags)
    column = pa.Array.from_buffers(pa.uint32(), batch.num_rows, [None, pa.py_buffer(bytes(masks))])
    return pa.RecordBatch.from_arrays([batch.column(0), batch.column(1), column], schema=DECISION_SCHEMA)


def _require_sealed(folder: Path, entry: DecisionFileEntry) -> None:
    path = folder / entry.path
    try:
        with path.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
    except OSError:
        raise EvidenceError(f"`{path}` is missing") from None
    if digest != entry.sha256:
        raise EvidenceError(f"`{path}` is not the file that was sealed", hint="it was changed or damaged")


def _tagged(denied: Sequence[tuple[Row, int]], key: bytes) -> list[tuple[Tags, int]]:
    """The rows' masks by the tags under which their decisions stand."""
    keys = {author: member_key(key, author) for author in {row.author for row, _ in denied}}
    tags = {author: member_tag(own) for author, own in keys.items()}
    assert all(len(tag) == TAG_BYTES for tag in tags.values())
    return [((tags[row.author], record_tag(keys[row.author], row.id)), mask) for row, mask in denied]


def count_again(counts: Counts, again: Again, gone: int, by_region: Mapping[str, int]) -> Counts:
    """The counts as they would be if everything were counted anew.

    Args:
        gone: members of whom no row is left.
        by_region: the rows that go, by the region of their author.
    """
    denied, reasons = Counter(counts.denied), Counter(counts.reasons)
    for row_mask in (mask for _, mask in again.denied):
        shown = primary(row_mask)
        assert shown is not None
        denied[shown.label] += 1
        reasons.update(reason.label for reason in from_mask(row_mask))
    by_category = Counter(str(row.category) for row, _ in again.denied)
    return replace(
        counts,
        allowed=counts.allowed - len(again.denied),
        masked=counts.masked + again.masked,
        members=counts.members - gone,
        denied={each.label: denied[each.label] for each in REASONS if denied[each.label]},
        reasons={each.label: reasons[each.label] for each in REASONS if reasons[each.label]},
        allowed_by_category=_less(counts.allowed_by_category, by_category),
        allowed_by_region=_less(counts.allowed_by_region, by_region),
    )


def _less(counts: Mapping[str, int], gone: Mapping[str, int]) -> dict[str, int]:
    left = {name: number - gone.get(name, 0) for name, number in counts.items()}
    return {name: number for name, number in left.items() if number}


def link(source: Path, target: Path) -> None:
    """The same file stands under both names; a copy of it where the disk has no such thing."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
