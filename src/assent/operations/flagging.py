"""Which records speak of health, unions, politics, religion or orientation: found once for each file of a source.

What was found lies in the staging folder under the digest of the file, of the lexicon and of the topics, so a file that
stays as it is is not read again. It says of people what the law protects most: only whoever may read the sources may
read it.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assent.curation.tools import digest_of
from assent.engines import BatchFunction, Engine, open_duckdb
from assent.gate.lookup import find_texts
from assent.gate.texts import TEXT_SCHEMA, stream_texts
from assent.operations.workspace import Workspace
from assent.policy.pack import Purpose
from assent.storage.files import make_private_folder
from assent.vocabulary.curation import Topic
from assent.vocabulary.identifiers import RecordId
from assent.vocabulary.records import SENSITIVE, Record
from assent.vocabulary.tables import Format, RecordTable

FOLDER = "sensitive"
_NAME = 32
"""Digits of a digest in a name."""
_ID_SCHEMA = pa.schema([pa.field("id", pa.string(), nullable=False)])


def topics_of(purpose: Purpose) -> frozenset[Topic]:
    """The topics that make a context sensitive and so keep a record out of this use."""
    return purpose.curation.topics if purpose.sensitive_denied else frozenset()


@dataclass(frozen=True, slots=True)
class _Flagging:
    """Keeps the texts that speak of a topic and nulls the others; rows stay as many as they are."""

    topics: frozenset[Topic]

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        from assent.curation.sensitive import flag

        rows = flag(batch.column("text"), self.topics)["row"]
        found = pc.is_in(pa.arange(0, batch.num_rows), value_set=pc.unique(rows).cast(pa.int64()))
        ids = pc.if_else(found, batch.column("id"), pa.scalar(None, pa.string()))
        return pa.RecordBatch.from_arrays([ids, pa.nulls(batch.num_rows, pa.string())], schema=TEXT_SCHEMA)


def with_flags(
    workspace: Workspace, tables: Iterable[RecordTable], digests: Sequence[Sequence[str]], topics: frozenset[Topic]
) -> tuple[RecordTable, ...]:
    """The tables, each with the list of its records that speak of one of the topics.

    Args:
        digests: SHA-256 of each file of each table.
    """
    if not topics:
        return tuple(tables)
    together = list(zip(tables, digests, strict=True))
    _forget_all_but(workspace, {_source_of(part, named) for each in together for part, named in _parts(*each)})
    return tuple(
        replace(table, flagged=tuple(_flags(workspace, part, named, topics) for part, named in _parts(table, of_files)))
        for table, of_files in together
    )


def topics_in(
    engine: Engine, tables: tuple[RecordTable, ...], idents: Iterable[RecordId], topics: frozenset[Topic]
) -> dict[RecordId, frozenset[Topic]]:
    """Of which of the topics these records speak; those that speak of none are not in it. Cost: one scan."""
    wanted = list(idents)
    if not topics or not wanted:
        return {}
    from assent.curation.sensitive import flag

    said = [(RecordId(ident), each.text) for ident, each in find_texts(engine, tables, pa.array(wanted)).items()]
    found: dict[RecordId, frozenset[Topic]] = {}
    flags = flag(pa.array([text for _, text in said], pa.string()), topics)
    for row, topic in zip(flags["row"].to_pylist(), flags["topic"].to_pylist(), strict=True):
        ident = said[row][0]
        found[ident] = found.get(ident, frozenset()) | {Topic(topic)}
    return found


def in_context(record: Record, spoken_of: Mapping[RecordId, frozenset[Topic]], purpose: Purpose) -> Record:
    """The record as the purpose's rules see it: what speaks of one of their topics stands in a sensitive context."""
    if spoken_of.get(record.id, frozenset()).isdisjoint(topics_of(purpose)):
        return record
    return replace(record, context=record.context | {SENSITIVE})


def _parts(table: RecordTable, digests: Sequence[str]) -> list[tuple[RecordTable, str]]:
    """What can be read by itself, with a digest: how a CSV file is read follows from all files of its table."""
    if table.format is Format.CSV or "text" not in table.columns:
        return [(table, "-".join(digests))]
    return [(replace(table, files=(path,)), digest) for path, digest in zip(table.files, digests, strict=True)]


def _flags(workspace: Workspace, table: RecordTable, digest: str, topics: frozenset[Topic]) -> Path:
    how = sha256(repr((digest_of("assent.curation.sensitive"), sorted(topics))).encode()).hexdigest()
    path = workspace.staging_folder / FOLDER / f"{_source_of(table, digest)}-{how[:_NAME]}.parquet"
    if not path.exists():
        make_private_folder(path.parent)
        draft = path.with_name(f".{path.name}.{os.getpid()}.partial")
        pq.write_table(_found(workspace, table, topics), draft)
        # A crash before this line leaves a draft that nobody reads.
        draft.rename(path)
    return path


def _source_of(table: RecordTable, digest: str) -> str:
    """What is read, as the beginning of a list's name."""
    columns = {name: repr(table.columns.get(name)) for name in ("id", "text")}
    return sha256(repr((digest, columns)).encode()).hexdigest()[:_NAME]


def _forget_all_but(workspace: Workspace, sources: Collection[str]) -> None:
    """No list is left of a file that is no longer read."""
    for path in (workspace.staging_folder / FOLDER).glob("*.parquet"):
        if path.name.partition("-")[0] not in sources:
            path.unlink(missing_ok=True)


def _found(workspace: Workspace, table: RecordTable, topics: frozenset[Topic]) -> pa.Table:
    memory, threads = (workspace.number(f"build.{name}") for name in ("memory_mib", "threads"))
    with TemporaryDirectory(prefix="assent-flags-") as folder:
        engine = open_duckdb(memory_mib=memory, threads=threads, folder=Path(folder))
        try:
            through = BatchFunction(_Flagging(topics), TEXT_SCHEMA)
            batches = [batch.column("id").drop_null() for batch in stream_texts(engine, table, through)]
        finally:
            engine.close()
    ids = pc.unique(pa.chunked_array(batches, pa.string())).sort()
    return pa.table([ids], schema=_ID_SCHEMA)
