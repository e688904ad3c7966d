"""What curation judged, as far as the snapshot alone can show: whether it was judged rightly takes a replay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assent.errors import EvidenceError
from assent.evidence.manifest import SnapshotManifest
from assent.vocabulary.curation import Drop


def check_judgments(folder: Path, manifest: SnapshotManifest) -> int:
    """Every judgment is about a row of its shard, once, and every near-duplicate has a row that stands for it; the
    manifest counts what the rows and the judgments hold. Gives how many rows are left out.

    Raises:
        EvidenceError: it is not so.
    """
    curated = manifest.curation
    assert curated is not None
    known = {each.value for each in Drop}
    dropped: Counter[str] = Counter()
    clusters = 0
    for entry in curated.files:
        judgments = _read(folder / entry.path, ["id", "drop", "match"])
        ids, drops = judgments["id"].to_pylist(), judgments["drop"].to_pylist()
        there = _ids(folder, manifest, entry.shard)
        if len(set(ids)) != len(ids) or not there.issuperset(ids) or len(ids) != entry.rows:
            raise EvidenceError(f"`{entry.path}` judges a row that is not in its shard, or one twice")
        matches = judgments["match"].to_pylist()
        twins = [match for match, drop in zip(matches, drops, strict=True) if drop == Drop.NEAR_DUPLICATE]
        if None in twins or not (there - set(ids)).issuperset(twins):
            raise EvidenceError(f"`{entry.path}` drops a row for one that is not kept")
        dropped.update(drops)
        clusters += len(set(twins))
    if set(dropped) - known:
        raise EvidenceError("a judgment has a reason that nobody knows")
    records, masked = _masked(folder, manifest)
    kept = sum(entry.rows for entry in manifest.files) - dropped.total()
    stated = curated.kept, dict(curated.dropped), curated.clusters, curated.records, dict(curated.masked)
    if stated != (kept, dict(dropped), clusters, records, masked):
        raise EvidenceError("the manifest counts something else than was judged and masked")
    return dropped.total()


def _ids(folder: Path, manifest: SnapshotManifest, shard: int) -> set[str]:
    entries = (entry for entry in manifest.files if entry.shard == shard)
    return {ident for entry in entries for ident in _read(folder / entry.path, ["id"])["id"].to_pylist()}


def _masked(folder: Path, manifest: SnapshotManifest) -> tuple[int, dict[str, int]]:
    """In how many rows something is masked, and how often each type is."""
    records = 0
    masked: Counter[str] = Counter()
    for entry in manifest.files:
        redactions = _read(folder / entry.path, ["redactions"])["redactions"]
        records += len(redactions) - redactions.null_count
        types = pc.struct_field(pc.list_flatten(redactions), "type")
        masked.update(dict(_pairs(pc.value_counts(types))))
    return records, dict(masked)


def _pairs(counted: pa.StructArray) -> Iterator[tuple[str, int]]:
    return zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True)


def _read(path: Path, columns: list[str]) -> pa.Table:
    try:
        return pq.read_table(path, columns=columns)
    except (OSError, pa.ArrowException) as error:
        raise EvidenceError(f"`{path.name}` cannot be read: {type(error).__name__.lower()}") from None
