"""Texts that an audit of a model asks about: what each shard learned, and what people wrote whom no shard learned from.

Read from the snapshot as its reader gives it, and from the platform's own records; nothing of them is written anywhere.
A text that was trained is known again by a keyed digest, which says nothing to whoever lacks the key.
"""

from __future__ import annotations

import hmac
import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from assent.audit.model.specimens import Specimen, drawn
from assent.engines import Engine
from assent.engines.duckdb import open_duckdb
from assent.gate.authored import find_authored, find_of_others
from assent.ledger import Ledger, fold_member
from assent.operations.curating import curating_in
from assent.operations.sources import open_entry
from assent.operations.workspace import Workspace
from assent.policy.pack import Purpose
from assent.snapshot.reader import SnapshotReader
from assent.vocabulary.identifiers import MemberId
from assent.vocabulary.state import MemberState, Objection
from assent.vocabulary.tables import PERMITTED_SCHEMA, RecordTable

_ASKED: Final = b"\xffassent audit texts"
"""No member id in UTF-8 contains 0xff, so this is no member's key."""
_ADULT_YEARS: Final = 18
_MOST_OUTSIDERS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Learned:
    """A row as a shard learned it."""

    id: str
    author: str
    parent: str | None
    text: str
    shard: int
    slice: int


def learned_rows(reader: SnapshotReader) -> list[Learned]:
    """What the model's training read, as of the reader's last look. Cost: all texts of the snapshot in memory."""
    found = []
    partition = reader.manifest.partition
    for shard in range(partition.shards):
        for part in range(partition.slices):
            for batch in reader.batches(shard=shard, slice=part, look=False):
                columns = (batch.column(name).to_pylist() for name in ("id", "author", "parent", "text"))
                rows = zip(*columns, strict=True)
                found += [Learned(ident, by, above, text, shard, part) for ident, by, above, text in rows if text]
    return found


def part_of(shard: int) -> str:
    """What an audit calls the adapter of a shard."""
    return f"adapter {shard:02}"


def specimens_of(rows: Sequence[Learned]) -> list[Specimen]:
    """The rows, each with the adapters that saw its text: its own, those of its copies, and those of its reposts."""
    shards: dict[str, set[int]] = defaultdict(set)
    texts = {row.id: _same(row.text) for row in rows}
    for row in rows:
        shards[texts[row.id]].add(row.shard)
    for row in rows:
        above = texts.get(row.parent or "")
        if above is not None:
            both = shards[above] | shards[texts[row.id]]
            shards[above], shards[texts[row.id]] = both, both
    return [Specimen(row.text, row.author, frozenset(map(part_of, shards[texts[row.id]]))) for row in rows]


def _same(text: str) -> str:
    return " ".join(text.casefold().split())


def some_of(specimens: Iterable[Specimen], *, people: int, texts: int, seed: str) -> list[Specimen]:
    """At most so many people and so many texts of each, the same for the same seed."""
    by_person: dict[str, list[Specimen]] = defaultdict(list)
    for each in specimens:
        by_person[each.person].append(each)
    chosen = sorted(by_person, key=lambda person: drawn(seed, "person", person))[:people]
    return [
        each
        for person in chosen
        for each in sorted(by_person[person], key=lambda one: drawn(seed, "text", one.text))[:texts]
    ]


@dataclass(frozen=True, slots=True)
class TextKey:
    """What knows a text again."""

    key: bytes

    @classmethod
    def under(cls, partition_key: bytes) -> TextKey:
        """The key that follows from the one that places members."""
        return cls(hmac.digest(partition_key, _ASKED, "sha256"))

    def of_text(self, ident: str, author: str, text: str) -> str:
        """Stands for the text of a record."""
        parts = (each.encode("utf-8", "surrogatepass") for each in (ident, author, text))
        return hmac.digest(self.key, b"\0".join(sha256(each).digest() for each in parts), "sha256")[:16].hex()

    def of_people(self, people: Iterable[str]) -> str:
        """Stands for some people."""
        joined = "\n".join(sorted(sha256(each.encode()).hexdigest() for each in people))
        return hmac.digest(self.key, joined.encode(), "sha256")[:16].hex()


@contextmanager
def source_engine(workspace: Workspace) -> Iterator[tuple[Engine, tuple[RecordTable, ...]]]:
    """What asks the workspace's sources, and their tables."""
    tables = tuple(table for name in sorted(workspace.sources) for table in open_entry(workspace, name).tables)
    with tempfile.TemporaryDirectory(prefix="assent-audit-") as folder:
        engine = open_duckdb(
            memory_mib=workspace.number("build.memory_mib"),
            threads=workspace.number("build.threads"),
            folder=Path(folder),
        )
        try:
            yield engine, tables
        finally:
            engine.close()


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """A member's record as the platform has it: clean as training reads it, and as it was written.

    Args:
        redactions: what was masked in `source`, in order, as in a snapshot's rows.
    """

    id: str
    author: str
    parent: str | None
    text: str
    source: str
    redactions: Sequence[Mapping[str, Any]]


def rows_of_members(
    workspace: Workspace, purpose: Purpose, members: Collection[str], decision_key: bytes | None
) -> list[OwnRecord]:
    """What these members wrote in the purpose's categories.

    Args:
        decision_key: of the line of snapshots; None leaves the texts as they were written.
    """
    with source_engine(workspace) as (engine, tables):
        if not tables or not members:
            return []
        found = find_authored(engine, tables, members, within=[str(each) for each in purpose.scope])
    return _clean(workspace, purpose, found, decision_key)


def _clean(
    workspace: Workspace, purpose: Purpose, rows: Sequence[Mapping[str, Any]], decision_key: bytes | None
) -> list[OwnRecord]:
    curate = None if decision_key is None else curating_in(workspace)(purpose).curate(decision_key)
    texts: list[str] = [row["text"] for row in rows]
    redactions: list[list[Mapping[str, Any]] | None] = [None] * len(rows)
    if curate is not None and rows:
        clean = curate(pa.RecordBatch.from_pylist([_permitted(row) for row in rows], schema=PERMITTED_SCHEMA))
        texts, redactions = (clean.column(name).to_pylist() for name in ("text", "redactions"))
    return [
        OwnRecord(row["id"], row["author"], row["parent"], text, row["text"], masked or ())
        for row, text, masked in zip(rows, texts, redactions, strict=True)
    ]


def _permitted(row: Mapping[str, Any]) -> dict[str, Any]:
    subjects = [{"role": each["role"], "member": each["member"]} for each in row["subjects"] or ()]
    return {**row, "subjects": subjects}


def outsiders(
    workspace: Workspace, ledger: Ledger, reader: SnapshotReader, inside: Collection[str], *, people: int, seed: str
) -> list[Specimen]:
    """Texts of grown-up members who said no to nothing and of whom the snapshot has no row.

    Whoever switched the setting off, objected, took back or left is not read at all: a test is a use too.
    """
    seen_by = {str(category): rule.visibility for category, rule in reader.purpose.scope.items()}
    with source_engine(workspace) as (engine, tables):
        if not tables:
            return []
        found = find_of_others(engine, tables, inside, seen_by=seen_by, seed=seed, most=_MOST_OUTSIDERS)
    texts: dict[str, list[str]] = defaultdict(list)
    for author, text in found:
        texts[author].append(text)
    moment = reader.looked_at
    kept: list[Specimen] = []
    for author in sorted(texts, key=lambda each: drawn(seed, "outside", each)):
        state = fold_member(ledger.events_of(MemberId(author), size=moment.size), at=moment.at, size=moment.size)
        if state is not None and _said_nothing_against(state, moment.at.year, reader):
            kept += [Specimen(text, author) for text in texts[author]]
            if len({each.person for each in kept}) >= people:
                break
    return kept


def _said_nothing_against(state: MemberState, year: int, reader: SnapshotReader) -> bool:
    if state.unreadable or state.closed or state.erased or state.taken_back:
        return False
    if state.birth_date is None or year - state.birth_date.year <= _ADULT_YEARS:
        return False
    if state.objections.get(reader.purpose.name) in {Objection.OPEN, Objection.UPHELD}:
        return False
    return "off" not in state.settings.values()
