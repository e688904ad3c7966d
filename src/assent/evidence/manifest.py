"""What a sealed snapshot says of itself: the predicate `urn:assent:predicate:snapshot:v1`, as values.

The builder writes it, the reader and the audit read it; this page is all they share. Every file it names
lies below the snapshot's folder under a name made of its own digest, so a name never leads elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from assent.errors import AssentError, EvidenceError
from assent.evidence.attestation import SNAPSHOT_PREDICATE, Statement, Subject
from assent.vocabulary.identifiers import PurposeName, SnapshotId
from assent.vocabulary.instants import format_instant, parse_instant
from assent.vocabulary.tables import Column, Format, RecordTable

MANIFEST, PACK, CARD, CROISSANT = "manifest.json", "pack.json", "card.md", "croissant.json"
_NAMED_BY_CONTENT = re.compile(
    r"(?:(?:data|decisions|curation)/([0-9a-f]{64})\.parquet|decisions/([0-9a-f]{64})\.hashes)"
)
_PURPOSE_IN_ID = re.compile(r"[^a-z0-9_.]+")


@dataclass(frozen=True, slots=True)
class DataFileEntry:
    """A file of permitted rows, all of one shard and slice; `path` is relative to the snapshot."""

    shard: int
    slice: int
    path: str
    sha256: str
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class DecisionFileEntry:
    """A stretch of the sorted decisions; `path` is relative to the snapshot."""

    path: str
    sha256: str
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class GroupHashes:
    """The roots over each 256 leaves of the decisions, 32 bytes each, so that a proof need not read all rows."""

    path: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file the records came from; `path` is relative to the sources' root where it lies below it."""

    path: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class InputTable:
    """Files that were read together, and what their columns mean.

    Args:
        flagged: files of the ids of records whose text was found to make their context sensitive.
    """

    source: str
    kind: str
    format: Format
    columns: Mapping[str, Column]
    zone: str | None
    files: tuple[InputFile, ...]
    flagged: tuple[InputFile, ...] = ()

    def located(self, root: Path) -> RecordTable:
        """The table with its files where they lie below `root`."""
        files, flagged = (tuple(root / each.path for each in some) for some in (self.files, self.flagged))
        return RecordTable(files, self.format, self.columns, self.zone, flagged)


@dataclass(frozen=True, slots=True)
class Decided:
    """All decisions: how many, under which root, tagged with which key, in which files.

    Args:
        groups: a level of their tree; None where there are too few rows for one, and in snapshots made before it was.
    """

    root: bytes
    count: int
    key_id: str
    files: tuple[DecisionFileEntry, ...]
    groups: GroupHashes | None = None


@dataclass(frozen=True, slots=True)
class Partition:
    """How members are spread: shards, slices in each, and the name of the key that decides."""

    shards: int
    slices: int
    key_id: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many records came in and what became of them; reasons by label.

    Args:
        masked: allowed records in which somebody is masked.
        members: authors with an allowed record.
        denied: by the reason that is shown first; with `allowed` they add up to `records`.
        reasons: by every reason that applies.
    """

    records: int
    allowed: int
    masked: int
    unreadable: int
    members: int
    denied: Mapping[str, int]
    reasons: Mapping[str, int]
    allowed_by_category: Mapping[str, int]
    allowed_by_region: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class JudgmentFileEntry:
    """What was judged of the rows of one shard; `path` is relative to the snapshot."""

    shard: int
    path: str
    sha256: str
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class CopyFileEntry:
    """Records that copy a denied one, under their tags; `path` is relative to the snapshot."""

    path: str
    sha256: str
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Curated:
    """What became of the permitted texts.

    Args:
        records: rows in which something is masked; `masked` counts the stretches by type.
        kept: rows that no judgment drops; with `dropped`, by reason, they add up to the allowed ones.
        clusters: groups of near-duplicates of which one row is kept.
        identifiers: SHA-256 over the identifiers of people that were looked for, hexadecimal; None for none.
        tools: versions of what found and judged, by name.
        files: the judgments; a shard without a dropped row has none.
        copies: which denied records are copies of others that do not name them; None where there is none, or where
            the rules do not ask.
    """

    records: int
    masked: Mapping[str, int]
    kept: int
    dropped: Mapping[str, int]
    clusters: int
    identifiers: str | None
    tools: Mapping[str, str]
    files: tuple[JudgmentFileEntry, ...]
    copies: CopyFileEntry | None = None

    @property
    def copied(self) -> int:
        """How many denied records are copies of others that do not name them."""
        return 0 if self.copies is None else self.copies.rows


StoredEntry = DataFileEntry | DecisionFileEntry | GroupHashes | JudgmentFileEntry | CopyFileEntry
"""A file of a snapshot that is named by its content."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A moment at which a snapshot was rewritten without those who had taken their part back by then.

    Args:
        at: T of that moment.
        ledger_size: N of that moment; `checkpoint` is the ledger's signed note of that size.
        sources_read: whether the files the records came from were still those of the manifest.
        unmasked: rows that went because somebody in them could not be masked without those files.
    """

    at: datetime
    ledger_size: int
    checkpoint: str
    sources_read: bool = True
    unmasked: int = 0


@dataclass(frozen=True, slots=True)
class SnapshotManifest:
    """A snapshot's whole claim.

    Args:
        at: T, the moment asked about.
        ledger_size: N, the number of ledger events taken into account.
        checkpoint: the ledger's signed checkpoint of that size, the note as published.
        engine: what computed it: names, versions, digest of the generated SQL.
        parent: the snapshot this one follows from, if any.
        withdrawals: of a version that was rewritten, every rewriting since the build at (T, N), the first one first.
        curation: None where the rules ask for none: texts are as they were permitted, and every row counts.
    """

    purpose: PurposeName
    at: datetime
    pack_name: str
    pack_digest: str
    ledger_size: int
    checkpoint: str
    sources: tuple[InputTable, ...]
    engine: Mapping[str, str]
    counts: Counts
    files: tuple[DataFileEntry, ...]
    decisions: Decided
    partition: Partition
    parent: SnapshotId | None = None
    withdrawals: tuple[Withdrawal, ...] = ()
    curation: Curated | None = None

    def to_predicate(self) -> dict[str, Any]:
        """The predicate as JSON values; without a rewriting it says nothing of one, as before there were any."""
        rewritten = [asdict(each) | {"at": format_instant(each.at)} for each in self.withdrawals]
        curated = {} if self.curation is None else {"curation": asdict(self.curation)}
        return (
            ({"withdrawals": rewritten} if rewritten else {})
            | curated
            | {
                "purpose": self.purpose,
                "at": format_instant(self.at),
                "pack": {"name": self.pack_name, "digest": self.pack_digest, "file": PACK},
                "ledger": {"size": self.ledger_size, "checkpoint": self.checkpoint},
                "sources": [
                    asdict(each)
                    | {
                        "format": each.format.value,
                        "columns": {name: _column_json(column) for name, column in each.columns.items()},
                        "files": [asdict(file) for file in each.files],
                        "flagged": [asdict(file) for file in each.flagged],
                    }
                    for each in self.sources
                ],
                "engine": dict(self.engine),
                "counts": asdict(self.counts),
                "files": [asdict(each) for each in self.files],
                "decisions": {
                    "root": self.decisions.root.hex(),
                    "count": self.decisions.count,
                    "key_id": self.decisions.key_id,
                    "files": [asdict(each) for each in self.decisions.files],
                    **({} if self.decisions.groups is None else {"groups": asdict(self.decisions.groups)}),
                },
                "partition": asdict(self.partition),
                "parent": self.parent,
            }
        )

    @property
    def stored(self) -> tuple[StoredEntry, ...]:
        """Every file of the snapshot that is named by its content."""
        groups = () if self.decisions.groups is None else (self.decisions.groups,)
        judged: tuple[JudgmentFileEntry | CopyFileEntry, ...] = () if self.curation is None else self.curation.files
        if self.curation is not None and self.curation.copies is not None:
            judged = (*judged, self.curation.copies)
        return (*self.files, *self.decisions.files, *groups, *judged)

    def subjects(self, beside: Mapping[str, str]) -> tuple[Subject, ...]:
        """Every file of the snapshot but the manifest itself.

        Args:
            beside: SHA-256 of `pack.json`, `card.md` and `croissant.json`, by name.
        """
        named = [Subject(name, beside[name]) for name in sorted(beside)]
        return (*named, *(Subject(each.path, each.sha256) for each in self.stored))


def snapshot_id(statement: Statement) -> SnapshotId:
    """The name that follows from what a snapshot claims; two with the same name make the same claim."""
    purpose = purpose_in_id(str(statement.predicate.get("purpose", "")))
    return SnapshotId(f"{purpose}-{statement.digest[:12]}")


def purpose_in_id(purpose: str) -> str:
    """What a snapshot's name begins with."""
    return _PURPOSE_IN_ID.sub("-", purpose.lower())


def parse_manifest(statement: Statement) -> SnapshotManifest:
    """The manifest in a statement.

    Raises:
        EvidenceError: another predicate type, a missing or ill-typed field, a file whose name is not its
            digest, or a file that the statement's subjects do not list with that digest.
    """
    if statement.predicate_type != SNAPSHOT_PREDICATE:
        raise EvidenceError(f"the manifest's predicate is not `{SNAPSHOT_PREDICATE}`")
    try:
        manifest = _parse(statement.predicate)
    except (KeyError, TypeError, ValueError, AttributeError, AssentError) as error:
        raise EvidenceError(f"the manifest cannot be read: {error}") from None
    listed = {each.name: each.sha256 for each in statement.subjects}
    for each in manifest.stored:
        name = _NAMED_BY_CONTENT.fullmatch(each.path)
        if name is None or each.sha256 not in (name[1], name[2]) or listed.get(each.path) != each.sha256:
            raise EvidenceError(f"the manifest names a file that is not its own content: `{each.path}`")
    return manifest


def _parse(given: Mapping[str, Any]) -> SnapshotManifest:
    decisions = given["decisions"]
    return SnapshotManifest(
        purpose=PurposeName(str(given["purpose"])),
        at=parse_instant(given["at"], field="at"),
        pack_name=str(given["pack"]["name"]),
        pack_digest=str(given["pack"]["digest"]),
        ledger_size=_count(given["ledger"]["size"]),
        checkpoint=str(given["ledger"]["checkpoint"]),
        sources=tuple(_table(each) for each in given["sources"]),
        engine={str(name): str(value) for name, value in given["engine"].items()},
        counts=_counts(given["counts"]),
        files=tuple(DataFileEntry(**each) for each in given["files"]),
        decisions=Decided(
            bytes.fromhex(decisions["root"]),
            _count(decisions["count"]),
            str(decisions["key_id"]),
            tuple(DecisionFileEntry(**each) for each in decisions["files"]),
            None if decisions.get("groups") is None else GroupHashes(**decisions["groups"]),
        ),
        partition=Partition(**given["partition"]),
        parent=None if given["parent"] is None else SnapshotId(str(given["parent"])),
        withdrawals=tuple(_withdrawal(each) for each in given.get("withdrawals", ())),
        curation=None if given.get("curation") is None else _curated(given["curation"]),
    )


def _withdrawal(given: Mapping[str, Any]) -> Withdrawal:
    if not isinstance(given["sources_read"], bool):
        raise EvidenceError("`sources_read` is neither true nor false")
    return Withdrawal(
        parse_instant(given["at"], field="at"),
        _count(given["ledger_size"]),
        str(given["checkpoint"]),
        given["sources_read"],
        _count(given["unmasked"], "unmasked"),
    )


def _counts(given: Mapping[str, Any]) -> Counts:
    read = Counts(**given)
    for name, value in given.items():
        for number in value.values() if isinstance(value, dict) else [value]:
            _count(number, name)
    return read


def _curated(given: Mapping[str, Any]) -> Curated:
    for name in ("records", "kept", "clusters"):
        _count(given[name], name)
    for name in ("masked", "dropped"):
        for number in given[name].values():
            _count(number, name)
    return Curated(
        given["records"],
        dict(given["masked"]),
        given["kept"],
        dict(given["dropped"]),
        given["clusters"],
        None if given["identifiers"] is None else str(given["identifiers"]),
        {str(name): str(value) for name, value in given["tools"].items()},
        tuple(JudgmentFileEntry(**each) for each in given["files"]),
        None if given["copies"] is None else CopyFileEntry(**given["copies"]),
    )


def _count(value: object, name: str = "size") -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise EvidenceError(f"`{name}` is no count")
    return value


def _table(given: Mapping[str, Any]) -> InputTable:
    return InputTable(
        source=str(given["source"]),
        kind=str(given["kind"]),
        format=Format(given["format"]),
        columns={name: _column(column) for name, column in given["columns"].items()},
        zone=None if given["zone"] is None else str(given["zone"]),
        files=tuple(InputFile(**each) for each in given["files"]),
        flagged=tuple(InputFile(**each) for each in given.get("flagged", ())),
    )


def _column(given: Mapping[str, Any]) -> Column:
    return Column(**{**given, "also": tuple(given.get("also", ()))})


def _column_json(column: Column) -> dict[str, Any]:
    stated: dict[str, Any] = {"source": column.source, "constant": column.constant, "values": dict(column.values)}
    return stated | ({"also": list(column.also)} if column.also else {})
