"""Verification of rewritten and removed snapshots: a shortened list, a row kept, a false removal, all are found."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from assent.audit.report import SnapshotReport
from assent.evidence.attestation import SNAPSHOT_PREDICATE, encode_statement, read_unverified, sign_statement
from assent.evidence.manifest import MANIFEST, SnapshotManifest, snapshot_id
from assent.evidence.removal import REMOVED
from assent.operations.build import ATTEST_KEY
from assent.snapshot.sealing import BESIDE
from assent.storage.keys import load_key
from assent.vocabulary.events import Event, EventType
from small_world import World, joined, make_world, mention, post
from sweeping import manifest_of, newest, require_verified, taken_back, verified

RECORDS = [
    post("mira-1", "mira"),
    post("tom-1", "tom"),
    post("about-mira", "tom", "@mira said so", category="comment", subjects=[mention("mira", 0, 5)]),
    post("eve-1", "eve"),
]


@pytest.fixture
def world(tmp_path: Path) -> World:
    people = [event for member in ("mira", "tom", "eve") for event in joined(member)]
    return make_world(tmp_path / "w", people, RECORDS)


@pytest.fixture
def version(world: World) -> Path:
    world.build()
    return newest(world, taken_back(world, "mira"))


def resealed(world: World, folder: Path, change: Callable[[SnapshotManifest], SnapshotManifest]) -> Path:
    """The snapshot with another manifest, signed with the right key and announced: as an operator might."""
    manifest = change(manifest_of(folder))
    beside = {name: sha256((folder / name).read_bytes()).hexdigest() for name in BESIDE}
    payload = encode_statement(manifest.subjects(beside), SNAPSHOT_PREDICATE, manifest.to_predicate())
    envelope = sign_statement(payload, load_key(world.workspace.keys_folder / ATTEST_KEY))
    name = snapshot_id(read_unverified(envelope))
    there = folder.parent / name
    shutil.copytree(folder, there)
    (there / MANIFEST).write_bytes(envelope)
    keys = world.workspace.keys_folder / "snapshots"
    shutil.copyfile(keys / f"{folder.name}.key", keys / f"{name}.key")
    digest = sha256(envelope).hexdigest()
    said = [(EventType.SNAPSHOT_SEALED, name)]
    if manifest.parent is not None:
        said.append((EventType.SNAPSHOT_SUPERSEDED, manifest.parent))
    world.tell(*(Event(kind, world.now, None, key, digest) for kind, key in said))
    return there


def failed(report: SnapshotReport) -> dict[str, str]:
    return {each.name: each.detail for each in report.checks if each.passed is False}


def test_a_rewritten_snapshot_verifies(world: World, version: Path) -> None:
    require_verified(world, version)


def test_signed_again_as_it_was_it_still_verifies(world: World, version: Path) -> None:
    require_verified(world, resealed(world, version, lambda manifest: replace(manifest, engine={"assent": "0"})))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda manifest: replace(manifest, withdrawals=()), {"derivation"}),
        (lambda manifest: replace(manifest, withdrawals=(*manifest.withdrawals, *manifest.withdrawals)), {"versions"}),
        (lambda manifest: replace(manifest, parent=None), {"versions"}),
        (
            lambda manifest: replace(
                manifest, withdrawals=(replace(manifest.withdrawals[0], ledger_size=manifest.ledger_size),)
            ),
            {"rewritings", "derivation"},
        ),
        (
            lambda manifest: replace(manifest, withdrawals=(replace(manifest.withdrawals[0], at=manifest.at),)),
            {"derivation"},
        ),
        (
            lambda manifest: replace(manifest, withdrawals=(replace(manifest.withdrawals[0], sources_read=False),)),
            {"derivation"},
        ),
        (
            lambda manifest: replace(manifest, withdrawals=(replace(manifest.withdrawals[0], unmasked=1),)),
            {"rewritings"},
        ),
        (lambda manifest: replace(manifest, counts=replace(manifest.counts, masked=0)), {"derivation"}),
    ],
)
def test_a_changed_claim_is_found_even_under_the_right_key(
    world: World, version: Path, change: Any, found: set[str]
) -> None:
    report = verified(world, resealed(world, version, change))

    assert (report.ok, set(failed(report))) == (False, found)


def test_a_row_that_was_kept_is_found(world: World) -> None:
    """The data of the build under the claim of the rewritten version."""
    built = world.build()
    shutil.copytree(built.path, world.root / "kept")
    version = newest(world, taken_back(world, "mira"))
    for path in (world.root / "kept" / "data").iterdir():
        shutil.copyfile(path, version / "data" / path.name)
    written = {each.sha256 for each in manifest_of(version).files}
    for path in (version / "data").iterdir():
        if path.stem in written and path.stem not in {each.sha256 for each in built.manifest.files}:
            path.unlink()

    report = verified(world, resealed(world, version, lambda manifest: replace(manifest, files=built.manifest.files)))

    assert "mira-1" in {each.record for each in report.differences} or "data" in failed(report)
    assert not report.ok


def test_decisions_that_were_left_as_they_were_are_found(world: World) -> None:
    built = world.build()
    shutil.copytree(built.path / "decisions", world.root / "decisions")
    version = newest(world, taken_back(world, "mira"))
    shutil.rmtree(version / "decisions")
    shutil.copytree(world.root / "decisions", version / "decisions")

    report = verified(
        world, resealed(world, version, lambda manifest: replace(manifest, decisions=built.manifest.decisions))
    )

    assert "decisions" in failed(report)


@pytest.fixture
def removed(version: Path) -> Path:
    parent = manifest_of(version).parent
    assert parent is not None
    return version.parent / parent


def test_a_removed_snapshot_verifies_as_removed(world: World, removed: Path) -> None:
    report = verified(world, removed)

    assert (report.ok, report.complete, failed(report)) == (True, False, {})


def test_a_file_that_was_kept_is_found(world: World, removed: Path) -> None:
    (removed / "card.md").write_text("still here")

    assert "still there" in failed(verified(world, removed))["removal"]


def test_a_removal_that_was_changed_is_found(world: World, removed: Path) -> None:
    path = removed / REMOVED
    path.write_bytes(path.read_bytes().replace(b'"sig": "', b'"sig": "AA'))

    assert "signature" in failed(verified(world, removed))["removal"]


def test_a_removal_nobody_recorded_is_found(world: World) -> None:
    built = world.build()
    for path in built.path.iterdir():
        if path.name != MANIFEST:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    other = make_world(world.root / "other", records=RECORDS)
    other.build()
    (built.path / REMOVED).write_bytes((built.path / MANIFEST).read_bytes())

    assert set(failed(verified(world, built.path))) == {"removal"}


def test_a_removed_parent_is_asked_for_its_place_in_the_chain(world: World, version: Path, removed: Path) -> None:
    shutil.rmtree(removed)

    report = verified(world, version)

    assert (report.ok, report.complete) == (True, False)
    assert [each.passed for each in report.checks if each.name == "versions"] == [None]


def test_data_is_read_from_the_version_itself(version: Path) -> None:
    ids = {row for entry in manifest_of(version).files for row in pq.read_table(version / entry.path)["id"].to_pylist()}

    assert ids == {"tom-1", "about-mira", "eve-1"}
