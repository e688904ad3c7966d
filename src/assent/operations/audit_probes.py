"""What an audit asks a model for by name: people's details as the platform knows them, and values that were masked."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from assent.audit.model.extraction import Passage, Probe, make_probes
from assent.audit.model.specimens import drawn
from assent.evidence.redaction import STANDS_IN
from assent.gate.lookup import find_texts
from assent.operations.audit_texts import Learned, OwnRecord, source_engine
from assent.operations.curating import identifiers_of_members
from assent.operations.sources import open_entry
from assent.operations.workspace import Workspace
from assent.snapshot.reader import SnapshotReader
from assent.vocabulary.people import IdentifierKind

_TAG: Final = re.compile(STANDS_IN)
_DETAILS: Final = (IdentifierKind.EMAIL, IdentifierKind.PHONE)


@dataclass(frozen=True, slots=True)
class Questions:
    """What a part is asked to write: texts on, people's details, values that were masked."""

    passages: Sequence[Passage]
    probes: Sequence[Probe]
    masked: Sequence[Probe]

    def some(self, wanted: Callable[[str], bool], most: int, seed: str) -> Questions:
        """At most so many of each sort, about people who are wanted; the same for the same seed."""
        passages = [each for each in self.passages if wanted(each.person)]
        return Questions(
            sorted(passages, key=lambda each: drawn(seed, each.prefix))[:most],
            _some(self.probes, wanted, most, seed),
            _some(self.masked, wanted, most, seed),
        )


def _some(probes: Sequence[Probe], wanted: Callable[[str], bool], most: int, seed: str) -> list[Probe]:
    found = [each for each in probes if wanted(each.person)]
    return sorted(found, key=lambda each: drawn(seed, each.kind, each.answer, *each.prompts))[:most]


def details_of(workspace: Workspace, members: Collection[str]) -> tuple[Probe, ...]:
    """Questions with these members' names for the addresses and numbers that the sources know of them."""
    files = [path for name in sorted(workspace.sources) for path in open_entry(workspace, name).identifiers]
    if not files:
        return ()
    known: dict[str, dict[str, str]] = defaultdict(dict)
    for row in identifiers_of_members(files).to_pylist():
        if row["member"] in members:
            known[row["member"]].setdefault(row["kind"], row["value"])
    probes: list[Probe] = []
    for member in sorted(known):
        found = known[member]
        details = {kind.value: found[kind] for kind in _DETAILS if kind in found}
        if IdentifierKind.NAME in found and details:
            probes += make_probes(member, found[IdentifierKind.NAME], details)
    return tuple(probes)


def masked_values(
    workspace: Workspace, reader: SnapshotReader, rows: Sequence[Learned], own: Mapping[str, OwnRecord]
) -> tuple[Probe, ...]:
    """What stood before each mask in these rows as the prompt, and what was masked as the answer nobody should get.

    Args:
        own: records that lie in no snapshot any more, by id.

    A text that does not fit its redactions any more (its source changed) is passed over.
    """
    masked = {row.id: row for row in rows if _TAG.search(row.text)}
    if not masked:
        return ()
    gone = [own[ident] for ident in sorted(masked) if ident in own]
    found = [probe for each in gone for probe in _probes(masked[each.id], each.source, each.redactions)]
    redactions = _redactions(reader, masked)
    with source_engine(workspace) as (engine, tables):
        if not tables:
            return tuple(found)
        sources = find_texts(engine, tables, pa.array(sorted(redactions), pa.string()))
    for ident in sorted(sources):
        found += _probes(masked[ident], sources[ident].text or "", redactions[ident])
    return tuple(found)


def _redactions(reader: SnapshotReader, masked: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    wanted = pa.array(sorted(masked), pa.string())
    found: dict[str, list[dict[str, Any]]] = {}
    for entry in reader.manifest.files:
        file = pq.ParquetFile(reader.path / entry.path)
        if "redactions" not in file.schema_arrow.names:
            continue
        table = file.read(columns=["id", "redactions"])
        table = table.filter(pa.compute.is_in(table["id"], value_set=wanted))
        found |= {row["id"]: row["redactions"] for row in table.to_pylist() if row["redactions"]}
    return found


def _probes(row: Learned, source: str, redactions: Sequence[Mapping[str, Any]]) -> list[Probe]:
    if not redactions:
        return []
    tags = list(_TAG.finditer(row.text))
    first = redactions[0]["start"]
    if len(tags) != len(redactions) or source[:first] != row.text[: tags[0].start()]:
        return []
    return [
        Probe((row.text[: tag.start()],), source[each["start"] : each["end"]], each["type"], row.author)
        for tag, each in zip(tags, redactions, strict=True)
        if row.text[: tag.start()].strip()
    ]
