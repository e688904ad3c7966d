"""A member's proof at ten million decisions: made and verified, inside one process and as whole commands.

The decisions have random tags but for one member, who has 500 records spread over the sources; the snapshot is
sealed in a real ledger. The sources are one table of as many rows, which is searched for the member's ids as part
of making the proof.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import duckdb
import pyarrow as pa

from assent.evidence.decisions import DECISION_SCHEMA
from assent.evidence.manifest import Counts, Partition, SnapshotManifest
from assent.evidence.tags import key_id, member_key, member_tag, record_tag
from assent.ledger import Ledger
from assent.operations.build import ATTEST_KEY, ATTEST_PUBLIC, LEDGER_KEY
from assent.operations.setup import make_workspace
from assent.operations.subject import prove_subject, verify_subject_file
from assent.operations.workspace import Workspace, open_workspace
from assent.snapshot.decided import write_decisions
from assent.snapshot.sealing import BESIDE, Shelf, building_on, seal
from assent.storage.keys import create_key, load_or_create_key, publish_key
from assent.vocabulary.identifiers import PurposeName
from bench.report import Row

MEMBER, RECORDS = "busy", 500
T = TypeVar("T")
_KEY = b"k" * 32
_MAPPING = (
    '[[records]]\nfiles = ["records.parquet"]\ncategory = "post"\n[records.columns]\nid = "id"\nauthor = "author"\n'
)


def run(*, quick: bool) -> list[Row]:
    """The rows of the table."""
    size = 1_000_000 if quick else 10_000_000
    with tempfile.TemporaryDirectory(prefix="assent-bench-") as folder:
        workspace, snapshot = _prepare(Path(folder), size)
        out, key = Path(folder) / "proof.json", workspace.keys_folder / ATTEST_PUBLIC
        made, made_s = _timed(lambda: prove_subject(workspace, MEMBER, [snapshot]))
        out.write_bytes(made.data)
        assert len(made.report.parts[0].decided) == RECORDS
        _, verified_s = _timed(lambda: verify_subject_file(out, attest_key=key))
        again_s = min(_timed(lambda: prove_subject(workspace, MEMBER, [snapshot]))[1] for _ in range(3))
        whole_s = _timed(lambda: _assent(workspace, "subject", MEMBER, snapshot, "--out", str(out)))[1]
        whole_verify_s = _timed(lambda: _assent(workspace, "subject", "verify", str(out), "--key", str(key)))[1]
    kilobytes = len(made.data) / 1000
    what = f"{RECORDS} records, {size / 1e6:g} M decisions"
    return [
        Row(f"proof for a member, {what}: made", "≤ 1 s", f"{made_s:.2f} s; again {again_s:.2f}", made_s <= 1),
        Row("… verified", "≤ 0.2 s", f"{verified_s:.3f} s", verified_s <= 0.2),
        Row("… size", "≤ 200 KB", f"{kilobytes:.0f} KB", kilobytes <= 200),
        Row("… made and verified as whole commands", "", f"{whole_s:.2f} s and {whole_verify_s:.2f} s", None),
    ]


def _prepare(root: Path, size: int) -> tuple[Workspace, str]:
    make_workspace(root, pack="professional-network-2025-11-safeguarded", origin="assent.bench/log")
    (root / "mapping.toml").write_text(_MAPPING)
    with (root / "assent.toml").open("a") as config:
        config.write('\n[sources.site]\nkind = "tables"\npath = "mapping.toml"\n')
    workspace = open_workspace(root)
    key = load_or_create_key(workspace.keys_folder / ATTEST_KEY)
    publish_key(workspace.keys_folder / ATTEST_PUBLIC, key)
    shelf = Shelf(workspace.snapshots_folder, workspace.keys_folder)
    connection = duckdb.connect(config={"memory_limit": "2GB", "threads": 2, "temp_directory": str(root)})
    every = size // RECORDS
    connection.execute(
        "COPY (SELECT 'r' || n AS id,"
        f" CASE WHEN n % {every} = 7 THEN '{MEMBER}' ELSE 'm' || (hash(n) % {size // 5}) END"
        f" AS author FROM range({size}) t(n)) TO '{root / 'records.parquet'}'"
    )
    origin = create_key(workspace.keys_folder / LEDGER_KEY)
    with (
        Ledger.create(workspace.ledger_folder, origin="assent.bench/log", key=origin, clock=_now) as ledger,
        building_on(shelf, "bench") as building,
    ):
        decided = write_decisions(_decisions(connection, size, every), building, key=_KEY)
        for name in BESIDE:
            (building / name).write_text("{}")
        counts = Counts(size, size, 0, 0, size // 5, {}, {}, {}, {})
        manifest = SnapshotManifest(
            PurposeName("bench"), _now(), "bench", "0" * 64, 0, ledger.checkpoint().decode(), (), {}, counts, (),
            decided, Partition(16, 4, key_id(_KEY)),
        )  # fmt: skip
        append: Callable[..., object] = lambda event: ledger.append([event])  # noqa: E731
        sealed = seal(shelf, building, manifest, key=key, decision_key=_KEY, sealed_at=_now(), append=append)
    connection.close()
    return workspace, sealed.id


def _decisions(connection: duckdb.DuckDBPyConnection, size: int, every: int) -> Iterator[pa.RecordBatch]:
    own = member_key(_KEY, MEMBER)
    rows = [(member_tag(own), record_tag(own, f"r{n}"), n % 3) for n in range(7, size, every)]
    columns = [
        pa.array(column, field.type) for column, field in zip(zip(*rows, strict=True), DECISION_SCHEMA, strict=True)
    ]
    connection.register("own", pa.table(columns, DECISION_SCHEMA))
    query = (
        f"SELECT unhex(md5('m' || (hash(n) % {size // 5}))) AS member_tag, unhex(md5('r' || n)) AS record_tag,"
        f" (n % 4)::UINTEGER AS mask FROM range({size}) t(n) WHERE n % {every} != 7"
        " UNION ALL SELECT * FROM own ORDER BY member_tag, record_tag"
    )
    for batch in connection.sql(query).to_arrow_reader(1 << 16):
        cast = [batch.column(at).cast(field.type) for at, field in enumerate(DECISION_SCHEMA)]
        yield pa.RecordBatch.from_arrays(cast, schema=DECISION_SCHEMA)


def _assent(workspace: Workspace, *words: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "assent", *words], cwd=workspace.root, check=True, capture_output=True, env=os.environ
    )


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    started = time.perf_counter()
    result = work()
    return result, time.perf_counter() - started


def _now() -> datetime:
    return datetime.now(UTC)
