"""The decisions of a build lie in files named by their content, and their root is known.

Beside the rows lies one level of their tree, the roots over each 256 leaves: 80 KB for ten million decisions.
With it a member's proof is made by reading the rows around the member instead of all of them (`proving`). Whoever
writes decisions, a full build or one that starts from a parent, writes them here, so that the level is always there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import file_digest, sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from assent.evidence.decisions import DECISION_SCHEMA, encode_rows, hash_decisions
from assent.evidence.manifest import Decided, DecisionFileEntry, GroupHashes
from assent.evidence.tags import key_id

FOLDER = "decisions"
ROWS_PER_FILE = 1 << 22
_ROWS_PER_GROUP = 1 << 17


def write_decisions(
    batches: Iterable[pa.RecordBatch], snapshot: Path, *, key: bytes, rows_per_file: int = ROWS_PER_FILE
) -> Decided:
    """Everything in `batches` stands in `snapshot/decisions/`, in order, under one root.

    Args:
        batches: in `DECISION_SCHEMA`, sorted by their bytes from the first batch to the last.
        key: the decision key; only its name is kept.
    """
    folder = snapshot / FOLDER
    folder.mkdir()
    files: list[DecisionFileEntry] = []
    hashed = hash_decisions(encode_rows(batch) for batch in _written(batches, folder, rows_per_file, files))
    groups = _keep_groups(hashed.groups, folder)
    return Decided(hashed.root, sum(each.rows for each in files), key_id(key), tuple(files), groups)


def _keep_groups(groups: bytes, folder: Path) -> GroupHashes | None:
    if not groups:
        return None
    digest = sha256(groups).hexdigest()
    (folder / f"{digest}.hashes").write_bytes(groups)
    return GroupHashes(f"{FOLDER}/{digest}.hashes", digest, len(groups))


def _written(
    batches: Iterable[pa.RecordBatch], folder: Path, rows_per_file: int, files: list[DecisionFileEntry]
) -> Iterator[pa.RecordBatch]:
    """Passes the batches on as they are written."""
    pending: list[pa.RecordBatch] = []
    rows = 0
    for given in batches:
        batch = given.cast(DECISION_SCHEMA)
        while batch.num_rows:
            taken = batch.slice(0, rows_per_file - rows)
            batch = batch.slice(taken.num_rows)
            pending.append(taken)
            rows += taken.num_rows
            yield taken
            if rows == rows_per_file:
                files.append(_write(pending, folder))
                pending, rows = [], 0
    if pending:
        files.append(_write(pending, folder))


def _write(batches: list[pa.RecordBatch], folder: Path) -> DecisionFileEntry:
    # In one piece: where pages end follows from where the pieces do.
    table = pa.Table.from_batches(batches, DECISION_SCHEMA).combine_chunks()
    draft = folder / "draft"
    # Tags are random bytes: compressing or indexing them only costs time.
    pq.write_table(
        table,
        draft,
        row_group_size=_ROWS_PER_GROUP,
        compression={"member_tag": "none", "record_tag": "none", "mask": "zstd"},
        use_dictionary=["mask"],
        write_statistics=["member_tag"],
    )
    with draft.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    draft.rename(folder / f"{digest}.parquet")
    size = (folder / f"{digest}.parquet").stat().st_size
    return DecisionFileEntry(f"{FOLDER}/{digest}.parquet", digest, table.num_rows, size)
