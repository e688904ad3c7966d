"""Data, decisions and a working index lie in the building folder, of every record decided now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from assent.curation.copying import COPIED_SCHEMA, KEPT_SCHEMA, CopySearch
from assent.evidence.decisions import DECISION_SCHEMA
from assent.evidence.manifest import Counts, Curated, DataFileEntry, Decided
from assent.gate import Gate, GateRequest, open_gate
from assent.snapshot.curating import NOTHING, Curating
from assent.snapshot.decided import write_decisions
from assent.snapshot.judging import write_copies
from assent.snapshot.layout import DataFile, Stretch, write_partitions
from assent.snapshot.sealing import BUILDING
from assent.snapshot.tally import counts_of
from assent.snapshot.working import Basis, IndexWriter
from assent.vocabulary.state import Hold
from assent.vocabulary.tables import Problem

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Written:
    """What lies in the building folder.

    Args:
        sql: the digest of the SQL that decided what was decided now.
    """

    files: tuple[DataFileEntry, ...]
    decided: Decided
    counts: Counts
    sql: str
    problems: tuple[Problem, ...]
    curated: Curated | None = None


def write_full(
    building: Path,
    request: GateRequest,
    files: tuple[str, ...],
    index_folder: Path | None,
    progress: Progress,
    *,
    curating: Curating = NOTHING,
) -> Written:
    """Every record is decided, and what is permitted lies in the building folder, curated.

    Args:
        request: `indexed` where there is a folder for the index.
        files: the identities of the files that are read, in order.
    """
    with spooling(building) as spool:
        progress("deciding", 0, 0)
        search = curating.search(spool)
        with open_gate(replace(request, copies=search)) as gate:
            total = gate.counts.allowed
            curate = curating.curate(request.decision_key)
            data = write_partitions(_watched(gate.permitted(curate), total, progress), building)
            progress("writing decisions", 0, 0)
            if index_folder is None:
                decided = write_decisions(gate.decisions(), building, key=request.decision_key)
            else:
                decided = _write_indexed(building, request, gate, files, index_folder, kept_of(curating, search))
            entries = tuple(entry_of(each) for each in data)
            written = Written(entries, decided, counts_of(gate.counts), gate.sql_digest, gate.problems)
        copies = None if search is None else write_copies(building, search.copied, request.decision_key)
    # The engine's memory is free again: what judges texts may need some.
    return replace(written, curated=curating.judged(building, entries, progress, copies))


@contextmanager
def spooling(building: Path) -> Iterator[Path]:
    """A folder for what waits while a build is at work, where the next build clears what a killed one left."""
    with TemporaryDirectory(prefix=f"{BUILDING}waiting-", dir=building.parent) as folder:
        yield Path(folder)


def _write_indexed(  # noqa: PLR0917 - as `write_full`
    building: Path,
    request: GateRequest,
    gate: Gate,
    files: tuple[str, ...],
    folder: Path,
    curated: Mapping[str, pa.Table | Iterator[pa.RecordBatch]],
) -> Decided:
    with IndexWriter(folder) as index:
        decided = write_decisions(indexed(gate.decided(), index), building, key=request.decision_key)
        for name, table in (*gate.kept().items(), *curated.items()):
            index.add_table(name, table)
        index.finish(basis_of(request, gate.events_seen, gate.holds, files))
    return decided


def kept_of(curating: Curating, search: CopySearch | None) -> Mapping[str, pa.Table | Iterator[pa.RecordBatch]]:
    """What a curated build leaves for the next one, by name."""
    known = curating.known()
    if search is None:
        return {"known": known, "signed": KEPT_SCHEMA.empty_table(), "copied": COPIED_SCHEMA.empty_table()}
    return {"known": known, "signed": search.kept(), "copied": search.copied}


def indexed(rows: Iterable[pa.RecordBatch], index: IndexWriter) -> Iterator[pa.RecordBatch]:
    """The rows' decisions, once the index has what they are about."""
    for batch in rows:
        index.add_rows(batch)
        yield batch.select(DECISION_SCHEMA.names)


def basis_of(request: GateRequest, events: int, holds: Iterable[Hold], files: tuple[str, ...]) -> Basis:
    """What an index of this request rests on."""
    taken_back = tuple(sorted(request.taken_back))
    return Basis(request.at, request.events.size, events, tuple(holds), taken_back, files)


def entry_of(file: DataFile) -> DataFileEntry:
    """The file as the manifest names it."""
    return DataFileEntry(file.shard, file.slice, file.path, file.sha256, file.rows, file.bytes)


def _watched(stream: Iterator[Stretch], total: int, progress: Progress) -> Iterator[Stretch]:
    done = 0
    for shard, part, batch in stream:
        progress("writing what is permitted", done, total)
        yield shard, part, batch
        done += batch.num_rows
