"""Which rows of a snapshot a withdrawal reaches: those of its people, those that name them, and what carries these.

Only what a decision rests on is read. Every file is found to be the one that was sealed before it is parsed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assent.errors import EvidenceError
from assent.evidence.manifest import CopyFileEntry, DataFileEntry, SnapshotManifest
from assent.snapshot.withdrawn import Withdrawn
from assent.vocabulary.identifiers import Category

Progress = Callable[[str, int, int], None]

_RESTS_ON: Final = ["id", "category", "author", "subjects", "parent"]
_FILE, _PLACE = "file", "place"


@dataclass(frozen=True, slots=True)
class Row:
    """A permitted row, by where it lies.

    Args:
        file: which of the manifest's data files; `place` is the row's number in it.
        others: the members among its subjects, who all permit where the rules ask them.
    """

    file: int
    place: int
    id: str
    category: Category
    author: str
    others: frozenset[str]
    parent: str | None


def find_touched(folder: Path, manifest: SnapshotManifest, withdrawn: Withdrawn, progress: Progress) -> list[Row]:
    """Every row whose decision may change, in the order in which they lie; most often all of them do change.

    Raises:
        EvidenceError: a file is missing or not the one that was sealed.
    """
    found: list[pa.Table] = []
    linked: list[pa.Table] = []
    members, records = (pa.array(each, pa.string()) for each in (withdrawn.members, withdrawn.records))
    for number, entry in enumerate(manifest.files):
        progress("looking for their records", number, len(manifest.files))
        table = _numbered(open_data(folder, entry).read(columns=_RESTS_ON), number)
        found.append(table.filter(named_in(table, members, records)))
        linked.append(table.filter(pc.is_valid(table.column("parent"))))
    touched = {(row.file, row.place): row for table in found for row in _rows(table)}
    descendants = _descendants({row.id for row in touched.values()}, linked)
    return [each for _, each in sorted((touched | descendants).items(), key=lambda item: item[0])]


def open_data(folder: Path, entry: DataFileEntry | CopyFileEntry) -> pq.ParquetFile:
    """A file of rows, whose bytes were found to be those that were sealed."""
    path = folder / entry.path
    try:
        data = path.read_bytes()
    except OSError:
        raise EvidenceError(f"`{path}` is missing") from None
    if sha256(data).hexdigest() != entry.sha256:
        raise EvidenceError(f"`{path}` is not the file that was sealed", hint="it was changed or damaged")
    return pq.ParquetFile(pa.BufferReader(data))


def _numbered(table: pa.Table, number: int) -> pa.Table:
    table = table.append_column(_FILE, pa.repeat(pa.scalar(number, pa.int32()), table.num_rows))
    return table.append_column(_PLACE, pa.arange(0, table.num_rows))


def named_in(table: pa.Table, members: pa.Array, records: pa.Array) -> pa.ChunkedArray:
    """Which rows one of the members wrote or appears in, or are one of the records."""
    reached = pc.is_in(table.column("author"), members)
    if len(records):
        reached = pc.or_(reached, pc.is_in(table.column("id"), records))
    subjects = table.column("subjects").combine_chunks()
    owners = pc.list_parent_indices(subjects)
    appears = owners.filter(pc.is_in(pc.struct_field(pc.list_flatten(subjects), "member"), members))
    if not len(appears):
        return reached
    return pc.or_(reached, pc.is_in(pa.arange(0, table.num_rows).cast(appears.type), appears))


def _rows(table: pa.Table) -> Iterator[Row]:
    for row in table.to_pylist():
        others = frozenset(each["member"] for each in row["subjects"] or () if each["member"] is not None)
        yield Row(row[_FILE], row[_PLACE], row["id"], row["category"], row["author"], others, row["parent"])


def _descendants(ids: Iterable[str], linked: list[pa.Table]) -> dict[tuple[int, int], Row]:
    """The rows that carry the text of one of these, through any number of steps."""
    found: dict[tuple[int, int], Row] = {}
    fresh = set(ids)
    seen = set(fresh)
    while fresh:
        parents = pa.array(fresh, pa.string())
        rows = [row for table in linked for row in _rows(table.filter(pc.is_in(table.column("parent"), parents)))]
        found |= {(row.file, row.place): row for row in rows}
        fresh = {row.id for row in rows} - seen
        seen |= fresh
    return found
