"""A snapshot's own files as the audit reads them: bytes against digests, decisions against their root."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from assent.audit.derive import digest_of, place_bytes
from assent.errors import EvidenceError
from assent.evidence.attestation import Statement
from assent.evidence.decisions import DECISION_SCHEMA, MASK_BYTES, ROW_BYTES, encode_rows, hash_decisions
from assent.evidence.manifest import MANIFEST, SnapshotManifest
from assent.evidence.redaction import Redaction
from assent.evidence.tags import TAG_BYTES, member_key, member_tag, partition_of, record_tag
from assent.vocabulary.reasons import REASONS, from_mask, primary
from assent.vocabulary.tables import SNAPSHOT_SCHEMA

TAGS_BYTES = 2 * TAG_BYTES
_ROWS = 1 << 15


def check_files(folder: Path, statement: Statement) -> int:
    """Every file the manifest names is there with its digest, and no other is; gives their number.

    Raises:
        EvidenceError: one is missing, differs, or was added.
    """
    listed = {subject.name: subject.sha256 for subject in statement.subjects}
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}
    for name in sorted(listed.keys() - found):
        raise EvidenceError(f"`{name}` is missing")
    for name in sorted(found - listed.keys() - {MANIFEST}):
        raise EvidenceError(f"`{name}` is not part of the snapshot")
    for name, digest in listed.items():
        if sha256_of(folder / name) != digest:
            raise EvidenceError(f"`{name}` is not the file that was sealed")
    return len(listed)


def sha256_of(path: Path) -> str:
    """The file's digest, hexadecimal.

    Raises:
        EvidenceError: it is not there.
    """
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError:
        raise EvidenceError(f"`{path}` is missing or cannot be read") from None


def read_decisions(folder: Path, manifest: SnapshotManifest) -> bytes:
    """All decisions in order, found to be those under the manifest's root. Cost: 36 bytes a record.

    Raises:
        EvidenceError: another root or count, rows out of order, or a file that holds other columns.
    """
    parts: list[bytes] = []
    for entry in manifest.decisions.files:
        parts += map(encode_rows, _batches(folder / entry.path, DECISION_SCHEMA))
    rows = b"".join(parts)
    if len(rows) != manifest.decisions.count * ROW_BYTES:
        raise EvidenceError(f"`{len(rows) // ROW_BYTES}` decisions where `{manifest.decisions.count}` were sealed")
    hashed = hash_decisions([rows])
    if hashed.root != manifest.decisions.root:
        raise EvidenceError("the decisions do not lead to the root in the manifest")
    groups = manifest.decisions.groups
    if groups is not None and sha256_of_bytes(hashed.groups) != groups.sha256:
        raise EvidenceError("the level of the decisions' tree that is kept does not follow from the decisions")
    last = b""
    for start in range(0, len(rows), ROW_BYTES):
        tags = rows[start : start + TAGS_BYTES]
        if tags <= last:
            raise EvidenceError("the decisions are not in order, or one stands there twice")
        last = tags
    return rows


def check_counts(rows: bytes, manifest: SnapshotManifest) -> None:
    """The manifest counts what the decisions say.

    Raises:
        EvidenceError: it counts something else.
    """
    masks = Counter(rows[end - MASK_BYTES : end] for end in range(ROW_BYTES, len(rows) + 1, ROW_BYTES))
    denied: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    allowed = 0
    for encoded, count in masks.items():
        mask = int.from_bytes(encoded)
        if mask >> len(REASONS):
            raise EvidenceError(f"a decision has the mask `{mask:#x}`, which no reason explains")
        shown = primary(mask)
        if shown is None:
            allowed += count
        else:
            denied[shown.label] += count
        reasons.update({reason.label: count for reason in from_mask(mask)})
    counts = manifest.counts
    stated = (counts.records, counts.allowed, dict(counts.denied), dict(counts.reasons))
    if stated != (len(rows) // ROW_BYTES, allowed, dict(denied), dict(reasons)):
        raise EvidenceError("the manifest counts something else than the decisions say")


@dataclass(frozen=True, slots=True)
class DataFacts:
    """What the data files hold, besides the rows themselves."""

    rows: int
    members: int
    by_category: dict[str, int]


def check_data(folder: Path, manifest: SnapshotManifest, *, partition_key: bytes | None) -> DataFacts:
    """Every data file holds as many rows as stated, in order, each in the partition of its author.

    Raises:
        EvidenceError: it does not.
    """
    categories: Counter[str] = Counter()
    authors: set[str] = set()
    ids = 0
    for entry in manifest.files:
        last = ("", "")
        rows = 0
        for batch in _batches(folder / entry.path, SNAPSHOT_SCHEMA, columns=["id", "category", "author"]):
            columns = (batch.column(name).to_pylist() for name in ("author", "id", "category"))
            for author, ident, category in zip(*columns, strict=True):
                if (author, ident) <= last:
                    raise EvidenceError(f"`{entry.path}` has rows out of order, or one twice")
                last = (author, ident)
                categories[category] += 1
                rows += 1
                if author not in authors:
                    authors.add(author)
                    _require_place(author, entry, manifest, partition_key)
        if rows != entry.rows:
            raise EvidenceError(f"`{entry.path}` holds `{rows}` rows where `{entry.rows}` were sealed")
        ids += rows
    counts = manifest.counts
    if (ids, len(authors), dict(categories)) != (counts.allowed, counts.members, dict(counts.allowed_by_category)):
        raise EvidenceError("the manifest counts something else than the data holds")
    return DataFacts(ids, len(authors), dict(categories))


def _require_place(author: str, entry: Any, manifest: SnapshotManifest, key: bytes | None) -> None:
    if key is None:
        return
    partition = manifest.partition
    if (entry.shard, entry.slice) != partition_of(key, author, shards=partition.shards, slices=partition.slices):
        raise EvidenceError(f"`{entry.path}` holds rows of somebody who belongs into another shard or slice")


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of the data.

    Args:
        tags: member tag and record tag.
        digest: of the row as it stands there, with its place.
        redactions: what was masked in its text.
    """

    id: str
    tags: bytes
    digest: bytes
    redactions: tuple[Redaction, ...]


def read_shown(
    folder: Path, manifest: SnapshotManifest, decision_key: bytes, *, wanted: Callable[[str], bool]
) -> Iterator[ShownRow]:
    """Every row of the data that is wanted."""
    keys: dict[str, tuple[bytes, bytes]] = {}
    for entry in manifest.files:
        place = place_bytes(entry.shard, entry.slice)
        for batch in _batches(folder / entry.path, SNAPSHOT_SCHEMA):
            columns = _rows_of(batch, entry.path)
            for ident, category, author, subjects, created_at, parent, text, redacted in zip(*columns, strict=True):
                if not wanted(ident):
                    continue
                if author not in keys:
                    own = member_key(decision_key, author)
                    keys[author] = (own, member_tag(own))
                key, tag = keys[author]
                people = tuple((each["role"], each["member"]) for each in subjects) if subjects else ()
                shown = digest_of(
                    ident,
                    category=category,
                    author=author,
                    people=people,
                    created_at=created_at,
                    parent=parent,
                    text=text,
                )
                redactions = tuple(Redaction(**each) for each in redacted or ())
                yield ShownRow(ident, tag + record_tag(key, ident), shown + place, redactions)


def _plain(column: pa.Array) -> pa.Array:
    """Instants without their zone, which is always UTC: Python makes them several times faster."""
    return column.cast(pa.timestamp("us")) if pa.types.is_timestamp(column.type) else column


def sha256_of_bytes(data: bytes) -> str:
    """The digest of bytes at hand, hexadecimal."""
    return sha256(data).hexdigest()


def _batches(path: Path, schema: pa.Schema, columns: list[str] | None = None) -> Iterator[pa.RecordBatch]:
    try:
        with pq.ParquetFile(path) as file:
            if not file.schema_arrow.equals(schema):
                raise EvidenceError(f"`{path.name}` holds other columns than it must")
            yield from file.iter_batches(_ROWS, columns=columns)
    except (OSError, pa.ArrowException) as error:
        raise EvidenceError(f"`{path.name}` cannot be read: {type(error).__name__.lower()}") from None


def _rows_of(batch: pa.RecordBatch, path: str) -> list[list[Any]]:
    """The columns as Python values.

    Raises:
        EvidenceError: an instant lies outside the years 1 to 9999, so that nobody can have permitted its row.
    """
    try:
        return [_plain(batch.column(name)).to_pylist() for name in SNAPSHOT_SCHEMA.names]
    except OverflowError:
        raise EvidenceError(f"`{path}` holds an instant outside every calendar") from None
