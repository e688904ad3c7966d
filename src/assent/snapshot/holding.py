"""Whose rows a snapshot's files hold, whatever a reader would still be given of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assent.errors import EvidenceError
from assent.evidence.manifest import SnapshotManifest


@dataclass(frozen=True, slots=True)
class Held:
    """How many rows there are.

    Args:
        own: written by the member, by member.
        named: of others, in which the rules let the member be named.
    """

    own: Counter[str] = field(default_factory=Counter)
    named: Counter[str] = field(default_factory=Counter)

    def add(self, other: Held) -> None:
        """Both together."""
        self.own.update(other.own)
        self.named.update(other.named)


def rows_of(folder: Path, manifest: SnapshotManifest, members: Collection[str]) -> Held:
    """What the files that are there hold of the members; a file that was removed holds nothing.

    Cost: one pass over two columns.

    Raises:
        EvidenceError: a file cannot be read.
    """
    held = Held()
    wanted = pa.array(sorted(members), pa.string())
    for entry in manifest.files:
        path = folder / entry.path
        if not path.is_file():
            continue
        try:
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(columns=["author", "subjects"]):
                    others = pc.struct_field(pc.list_flatten(batch.column("subjects")), "member")
                    held.add(Held(_count(batch.column("author"), wanted), _count(others, wanted)))
        except (OSError, pa.ArrowException):
            raise EvidenceError(f"`{path}` cannot be read, so nobody knows whose rows it holds") from None
    return held


def _count(column: pa.Array, wanted: pa.Array) -> Counter[str]:
    return Counter(column.filter(pc.is_in(column, wanted)).to_pylist())
