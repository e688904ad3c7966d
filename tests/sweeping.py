"""A small world in which people take back, and ways to look at what is left of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from assent.audit.report import SnapshotReport
from assent.evidence.attestation import read_unverified
from assent.evidence.decisions import DECISION_SCHEMA
from assent.evidence.manifest import MANIFEST, SnapshotManifest, parse_manifest
from assent.gate import Curate, Gate, GateRequest, open_gate
from assent.operations.build import PARTITION_KEY
from assent.operations.curating import curating_in
from assent.operations.sweep import SweepResult, sweep
from assent.operations.takeback import TakenBack, take_back
from assent.operations.verify import verify_folder
from assent.policy.load import load_pack
from assent.snapshot.reader import open_snapshot
from assent.snapshot.tally import counts_of as tallied
from assent.vocabulary.tables import CANONICAL, Format, RecordTable, without_redactions
from small_world import PURPOSE, World, write_records

Row = dict[str, Any]


def taken_back(world: World, *members: str, **given: Any) -> TakenBack:
    """They take back a day later, for the one purpose that snapshots are built for."""
    world.pass_time(days=1)
    return take_back(world.workspace, members, **({"purposes": [PURPOSE], "clock": world.clock} | given))


def swept(world: World, **given: Any) -> SweepResult:
    world.pass_time(hours=1)
    return sweep(world.workspace, clock=world.clock, **given)


def folders(world: World) -> set[str]:
    """Everything on the shelf that is not hidden."""
    return {path.name for path in world.workspace.snapshots_folder.iterdir() if not path.name.startswith(".")}


def newest(world: World, result: SweepResult | TakenBack) -> Path:
    """The folder of the version that the only sweep made."""
    done = result.swept if isinstance(result, TakenBack) else result
    assert done is not None
    (one,) = done.swept
    assert one.replaced_by is not None
    return world.workspace.snapshots_folder / one.replaced_by


def manifest_of(folder: Path) -> SnapshotManifest:
    return parse_manifest(read_unverified((folder / MANIFEST).read_bytes()))


def rows_in(world: World, folder: Path) -> dict[str, Row]:
    """What a reader gets, by id."""
    with open_snapshot(folder, ledger=world.workspace.ledger_folder, clock=world.clock) as reader:
        return {row["id"]: row for batch in reader for row in batch.to_pylist()}


def verified(world: World, folder: Path) -> SnapshotReport:
    return verify_folder(folder, workspace=world.workspace)


def require_verified(world: World, folder: Path) -> None:
    report = verified(world, folder)
    assert report.complete, ([each for each in report.checks if not each.passed], report.differences)


@contextmanager
def counted_anew(
    world: World, folder: Path, members: frozenset[str], excluded: frozenset[str] = frozenset()
) -> Iterator[Gate]:
    """The gate asked about everything again, at the snapshot's own (T, N), with these people as having taken back."""
    manifest = manifest_of(folder)
    rows = pq.read_table(world.root / "records.parquet").to_pylist()
    write_records(
        world.root / "anew.parquet", [row | ({"excluded": True} if row["id"] in excluded else {}) for row in rows]
    )
    keys = world.workspace.keys_folder
    with world.ledger() as ledger:
        events = ledger.columns(size=manifest.ledger_size)
        request = GateRequest(
            pack=load_pack(world.workspace.pack),
            purpose=manifest.purpose,
            at=manifest.at,
            tables=(RecordTable((world.root / "anew.parquet",), Format.PARQUET, CANONICAL),),
            events=events,
            shards=manifest.partition.shards,
            slices=manifest.partition.slices,
            partition_key=(keys / PARTITION_KEY).read_bytes(),
            decision_key=(keys / "snapshots" / f"{folder.name}.key").read_bytes(),
            memory_mib=512,
        )
        with open_gate(replace(request, taken_back=members)) as gate:
            yield gate


def curate_of(world: World, folder: Path) -> Curate:
    """What makes clean rows as they are in that version of a snapshot."""
    key = (world.workspace.keys_folder / "snapshots" / f"{folder.name}.key").read_bytes()
    purpose = load_pack(world.workspace.pack).purposes[manifest_of(folder).purpose]
    return curating_in(world.workspace)(purpose).curate(key) or without_redactions


def masks_in(folder: Path) -> dict[bytes, int]:
    """Every decision of a snapshot by its tags."""
    found = {}
    for entry in manifest_of(folder).decisions.files:
        for row in pq.read_table(folder / entry.path, schema=DECISION_SCHEMA).to_pylist():
            found[row["member_tag"] + row["record_tag"]] = row["mask"]
    return found


def masks_of(gate: Gate) -> dict[bytes, int]:
    """The same of a gate."""
    return {
        row["member_tag"] + row["record_tag"]: row["mask"] for batch in gate.decisions() for row in batch.to_pylist()
    }


def counts_of(gate: Gate) -> Any:
    """What a manifest would count."""
    return tallied(gate.counts)


def objected(member: str, at: datetime, *, kind: str = "received", outcome: str | None = None) -> Row:
    event = {"type": f"objection.{kind}", "purpose": PURPOSE, "member": member, "effective_at": at.isoformat()}
    return event | ({"outcome": outcome} if outcome else {})


def asked_back(member: str, at: datetime) -> Row:
    return {"type": "takeback.requested", "purpose": PURPOSE, "member": member, "effective_at": at.isoformat()}
