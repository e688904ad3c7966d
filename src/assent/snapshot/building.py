"""Data, decisions and a working index lie in the building folder, of every record decided now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from assent.evidence.decisions import DECISION_SCHEMA
from assent.evidence.manifest import Counts, DataFileEntry, Decided
from assent.gate import Gate, GateRequest, open_gate
from assent.snapshot.decided import write_decisions
from assent.snapshot.layout import DataFile, Stretch, write_partitions
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


def write_full(
    building: Path,
    request: GateRequest,
    files: tuple[str, ...],
    index_folder: Path | None,
    progress: Progress,
) -> Written:
    """Every record is decided, and what is permitted lies in the building folder.

    Args:
        request: `indexed` where there is a folder for the index.
        files: the identities of the files that are read, in order.
    """
    progress("deciding", 0, 0)
    with open_gate(request) as gate:
        total = gate.counts.allowed
        data = write_partitions(_watched(gate.permitted(), total, progress), building)
        progress("writing decisions", 0, 0)
        if index_folder is None:
            decided = write_decisions(gate.decisions(), building, key=request.decision_key)
        else:
            decided = _write_indexed(building, request, gate, files, index_folder)
        entries = tuple(entry_of(each) for each in data)
        return Written(entries, decided, counts_of(gate.counts), gate.sql_digest, gate.problems)


def _write_indexed(building: Path, request: GateRequest, gate: Gate, files: tuple[str, ...], folder: Path) -> Decided:
    index = IndexWriter(folder)
    decided = write_decisions(indexed(gate.decided(), index), building, key=request.decision_key)
    for name, table in gate.kept().items():
        index.add_table(name, table)
    index.finish(basis_of(request, gate.events_seen, gate.holds, files))
    return decided


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
