"""Rows of a snapshot that copy what is taken back without naming it, where the rules leave those out.

What is compared is what the gate would compare: the texts as the platform holds them. Where those files are gone or
changed, the rows of the snapshot are compared as they stand, clean and masked on both sides alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from assent.curation.copying import COPIED_SCHEMA, SIGNED_SCHEMA, CopySearch, sign_said
from assent.evidence.manifest import SnapshotManifest
from assent.gate.copies import SAID_SCHEMA
from assent.snapshot.again import Again
from assent.snapshot.touched import open_data
from assent.vocabulary.reasons import Reason

Said = Callable[[pa.Array], Iterator[pa.RecordBatch]]
"""What records of these ids (`pa.string`) say, in `SIGNED_SCHEMA`; may be called twice."""


def find_recopied(folder: Path, manifest: SnapshotManifest, again: Again, said: Said | None, spool: Path) -> pa.Table:
    """The rows that copy one that goes for a reason of its own, each with what it copies, in `COPIED_SCHEMA`.

    Args:
        again: what becomes of the rows that the withdrawal reaches by itself.
        said: the texts as the platform holds them; None where it no longer holds those that were read.
        spool: a folder that lasts as long as the search.

    Cost: where anything goes, every text of the snapshot is signed once.
    """
    own = ~Reason.DERIVED_FROM_EXCLUDED.bit
    originals = pa.array([row.id for row, mask in again.denied if mask & own], pa.string())
    if not len(originals):
        return COPIED_SCHEMA.empty_table()
    heard = said or (lambda ids: _as_they_stand(folder, manifest, ids))
    denied = pa.Table.from_batches(heard(originals), SIGNED_SCHEMA)
    if denied["signature"].null_count == denied.num_rows:
        # Nobody can copy what is too short to be anybody's own.
        return COPIED_SCHEMA.empty_table()
    return CopySearch(spool).found(iter(denied.to_batches()), heard(_others(folder, manifest, originals)))


def _others(folder: Path, manifest: SnapshotManifest, originals: pa.Array) -> pa.Array:
    ids = [open_data(folder, entry).read(columns=["id"])["id"] for entry in manifest.files]
    every = pa.chunked_array([chunk for column in ids for chunk in column.chunks], pa.string()).combine_chunks()
    return every.filter(pc.invert(pc.is_in(every, value_set=originals)))


def _as_they_stand(folder: Path, manifest: SnapshotManifest, ids: pa.Array) -> Iterator[pa.RecordBatch]:
    for entry in manifest.files:
        for batch in open_data(folder, entry).iter_batches(columns=SAID_SCHEMA.names):
            rows = batch.select(SAID_SCHEMA.names)
            yield sign_said(rows.filter(pc.is_in(rows["id"], value_set=ids)))
