"""Whose going reaches which snapshot, what is rewritten and what is shared, and what stays of the old version."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from assent.errors import InputError, RefusedError, UnavailableError
from assent.evidence.attestation import read_unverified
from assent.evidence.manifest import MANIFEST
from assent.evidence.removal import REMOVED, parse_removal
from assent.operations.build import ATTEST_KEY, BuildResult
from assent.operations.snapshots import list_snapshots, shelf_of
from assent.operations.takeback import read_members, status_of, take_back
from assent.snapshot.sealing import held
from assent.vocabulary.events import EventType
from assent.vocabulary.reasons import Reason
from small_world import PURPOSE, World, joined, make_world, mention, post, switched, write_records
from sweeping import (
    Row,
    asked_back,
    folders,
    manifest_of,
    newest,
    objected,
    require_verified,
    rows_in,
    swept,
    taken_back,
    verified,
)

ANNOUNCED = "professional-network-2025-11"
RECORDS = [
    post("mira-1", "mira"),
    post("tom-1", "tom"),
    post("about-mira", "tom", "@mira said so", category="comment", subjects=[mention("mira", 0, 5)]),
    post("hidden-mira", "tom", category="comment", subjects=[{"role": "quoted", "member": "mira", "spans": None}]),
    post("for-mira", "tom", category="endorsement", subjects=[{"role": "endorsed", "member": "mira", "spans": []}]),
    post("of-mira", "tom", category="repost", parent="mira-1"),
    post("of-that", "eve", category="repost", parent="of-mira"),
    post("eve-1", "eve"),
    post("eve-2", "eve", "he and @mira", category="comment", subjects=[mention("tom", 0, 2), mention("mira", 7, 12)]),
]
ALL = {row["id"] for row in RECORDS}


def make(root: Path, records: list[Row] | None = None, **given: Any) -> World:
    events = joined("mira", region="IE") + joined("tom", region="US") + joined("eve", region="FR") + joined("ann")
    return make_world(root, events, RECORDS if records is None else records, **given)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make(tmp_path / "w")


@pytest.fixture
def sealed(world: World) -> BuildResult:
    return world.build()


@pytest.mark.usefixtures("sealed")
def test_their_rows_go_and_others_are_masked_or_go_with_them(world: World) -> None:
    version = newest(world, taken_back(world, "mira"))

    rows = rows_in(world, version)
    assert set(rows) == {"tom-1", "about-mira", "eve-1", "eve-2"}
    assert (rows["about-mira"]["text"], rows["about-mira"]["subjects"]) == ("[mentioned] said so", [])
    assert rows["eve-2"]["text"] == "he and [mentioned]"
    assert rows["eve-2"]["subjects"] == [{"role": "mentioned", "member": "tom"}]
    require_verified(world, version)


@pytest.mark.usefixtures("sealed")
def test_before_the_sweep_readers_already_leave_them_out(world: World, sealed: BuildResult) -> None:
    taken_back(world, "mira", later=True)

    with world.read(sealed) as reader:
        rows = {ident for batch in reader for ident in batch.column("id").to_pylist()}
        left_out = dict(reader.left_out)
    assert rows == {"tom-1", "eve-1"}
    assert left_out[Reason.SETTING_OFF] == 1


def test_who_asked_stays_out_of_an_older_snapshot_whatever_they_say_later(world: World, sealed: BuildResult) -> None:
    taken_back(world, "mira", later=True)
    world.tell(switched("mira", "on", world.pass_time(hours=1)))

    with world.read(sealed) as reader:
        assert {reason.label for reason in reader.left_out} >= {"taken_back"}


def test_untouched_files_are_shared_and_the_others_are_gone(world: World, sealed: BuildResult) -> None:
    inodes = {each.path: (sealed.path / each.path).stat().st_ino for each in sealed.manifest.files}
    done = taken_back(world, "ann", "mira")
    version = newest(world, done)

    manifest = manifest_of(version)
    kept = [each for each in manifest.files if each in sealed.manifest.files]
    (one,) = done.swept.swept  # type: ignore[union-attr]
    assert (one.kept, one.rewritten) == (len(kept), len(sealed.manifest.files) - len(kept))
    assert {each.path: (version / each.path).stat().st_ino for each in kept} == {
        each.path: inodes[each.path] for each in kept
    }
    assert {path.name for path in sealed.path.iterdir()} == {MANIFEST, REMOVED}


def test_what_is_removed_is_stated_signed_and_recorded(world: World, sealed: BuildResult) -> None:
    version = newest(world, taken_back(world, "mira"))

    removal = parse_removal(read_unverified((sealed.path / REMOVED).read_bytes()))
    assert (removal.snapshot, removal.superseded_by, removal.manifest) == (sealed.id, version.name, sealed.digest)
    assert {each.name for each in removal.files if each.kept} == {
        "pack.json",
        *({each.path for each in manifest_of(version).files} & {each.path for each in sealed.manifest.files}),
    }
    report = verified(world, sealed.path)
    assert report.ok
    assert {each.name: each.passed for each in report.checks}["removal"] is True


def test_keys_go_with_what_they_open(world: World, sealed: BuildResult) -> None:
    version = newest(world, taken_back(world, "mira"))

    left = {path.stem for path in (world.workspace.keys_folder / "snapshots").iterdir()}
    assert left == {version.name}
    assert sealed.id != version.name


def test_bytes_that_came_back_without_their_statement_do_not_verify(world: World, sealed: BuildResult) -> None:
    backup = world.root / "backup"
    shutil.copytree(sealed.path, backup)
    taken_back(world, "mira")
    shutil.rmtree(sealed.path)
    backup.rename(sealed.path)

    failed = [(each.name, each.detail) for each in verified(world, sealed.path).checks if each.passed is False]
    assert failed == [("removal", "the ledger says that its bytes were removed, and they are here")]


def test_without_the_key_of_manifests_nothing_is_said_to_be_swept(world: World, sealed: BuildResult) -> None:
    (world.workspace.keys_folder / ATTEST_KEY).unlink()

    with pytest.raises(InputError, match=r"attest.pem` is missing, and snapshots stand"):
        taken_back(world, "mira")

    assert sealed.path.is_dir()


def test_a_superseded_snapshot_is_refused(world: World, sealed: BuildResult) -> None:
    taken_back(world, "mira")

    with pytest.raises(RefusedError, match="superseded"):
        world.read(sealed)


def test_a_reader_that_was_open_is_refused_and_given_nothing_half(world: World, sealed: BuildResult) -> None:
    with world.read(sealed) as reader:
        batches = iter(reader)
        next(batches)
        taken_back(world, "mira")
        with pytest.raises(RefusedError, match="superseded"):
            list(batches)


def test_a_list_shows_what_became_of_snapshots(world: World, sealed: BuildResult) -> None:
    version = newest(world, taken_back(world, "mira"))

    listed = {each.id: (each.state, bool(each.bytes)) for each in list_snapshots(world.workspace, clock=world.clock)}
    assert listed == {sealed.id: ("removed", False), version.name: ("sealed", True)}


@pytest.mark.usefixtures("sealed")
@pytest.mark.parametrize(
    ("pack", "said", "goes"),
    [
        (None, lambda at: switched("mira", "off", at), True),
        (None, lambda at: {"type": "account.closed", "member": "mira", "effective_at": at.isoformat()}, True),
        (None, lambda at: objected("mira", at), False),
        (ANNOUNCED, lambda at: switched("mira", "off", at), False),
        (ANNOUNCED, lambda at: {"type": "account.closed", "member": "mira", "effective_at": at.isoformat()}, False),
        (ANNOUNCED, lambda at: asked_back("mira", at), True),
        (ANNOUNCED, lambda at: objected("mira", at), False),
        (ANNOUNCED, lambda at: objected("mira", at, kind="decided", outcome="upheld"), True),
        (ANNOUNCED, lambda at: {"type": "erasure.requested", "member": "mira", "effective_at": at.isoformat()}, True),
        (ANNOUNCED, lambda at: {"type": "takeback.requested", "purpose": "train_other", "member": "mira",
                                "effective_at": at.isoformat()}, False),
    ],
)  # fmt: skip
def test_who_only_stops_stays_in_the_bytes_unless_the_rules_take_every_stop_back(
    tmp_path: Path, pack: str | None, said: Any, goes: bool
) -> None:
    world = make(tmp_path / "other", **({"pack": pack} if pack else {}))
    built = world.build()
    world.tell(said(world.pass_time(days=1)))

    result = swept(world)

    assert bool(result.swept) is goes
    if goes:
        require_verified(world, newest(world, result))
    else:
        assert built.path.is_dir()


def test_an_excluded_record_goes_where_stops_take_back(world: World, sealed: BuildResult) -> None:
    at = world.pass_time(days=1).isoformat()
    world.tell({"type": "record.excluded", "record": "mira-1", "member": "mira", "effective_at": at})

    version = newest(world, swept(world))

    assert ALL - set(rows_in(world, version)) == {"mira-1", "of-mira", "of-that"}
    assert manifest_of(version).counts.denied == {"item_excluded": 1, "derived_from_excluded": 2}
    require_verified(world, version)
    assert sealed.id == manifest_of(version).parent


def test_a_sweep_with_nothing_to_do_changes_nothing(world: World, sealed: BuildResult) -> None:
    taken_back(world, "ann", later=True)

    result = swept(world)

    assert (result.looked_at, result.swept, folders(world)) == (1, (), {sealed.id})


def test_a_dry_run_says_what_would_go_and_changes_nothing(world: World, sealed: BuildResult) -> None:
    taken_back(world, "mira", later=True)
    size = _size(world)

    would = swept(world, dry_run=True)

    assert (folders(world), _size(world)) == ({sealed.id}, size)
    done = swept(world)
    assert [(each.removed, each.masked, each.rewritten, each.kept) for each in would.swept] == [
        (each.removed, each.masked, each.rewritten, each.kept) for each in done.swept
    ]


def test_without_the_sources_a_row_goes_that_cannot_be_masked(world: World, sealed: BuildResult) -> None:
    write_records(world.root / "records.parquet", [*RECORDS, post("new", "tom")])

    version = newest(world, taken_back(world, "mira"))

    assert set(rows_in(world, version)) == {"tom-1", "eve-1"}
    (withdrawal,) = manifest_of(version).withdrawals
    assert (withdrawal.sources_read, withdrawal.unmasked) == (False, 3)
    assert "3 rows went" in (version / "card.md").read_text()
    assert sealed.manifest.counts.allowed - manifest_of(version).counts.allowed == 7
    write_records(world.root / "records.parquet", RECORDS)
    require_verified(world, version)


def test_everybody_can_go(world: World, sealed: BuildResult) -> None:
    version = newest(world, taken_back(world, "mira", "tom", "eve"))

    manifest = manifest_of(version)
    assert (manifest.files, manifest.counts.allowed, manifest.counts.members) == ((), 0, 0)
    assert manifest.counts.allowed_by_region == {}
    assert sealed.manifest.counts.members == 3
    require_verified(world, version)


def test_every_snapshot_that_stands_is_swept(world: World) -> None:
    first = world.build()
    world.pass_time(days=1)
    second = world.build()
    world.pass_time(days=1)

    result = taken_back(world, "mira").swept

    assert result is not None
    assert {each.id for each in result.swept} == {first.id, second.id}
    assert len(folders(world)) == 4


def test_a_snapshot_whose_folder_is_gone_is_superseded_with_a_note(world: World, sealed: BuildResult) -> None:
    shutil.rmtree(sealed.path)

    result = swept(world)

    assert result.lost == (sealed.id,)
    assert swept(world).lost == ()
    assert not (world.workspace.keys_folder / "snapshots" / f"{sealed.id}.key").exists()
    with world.ledger() as ledger:
        said = [event for _, event in ledger.system_events() if event.type is EventType.SNAPSHOT_SUPERSEDED]
    assert [(each.key, each.by) for each in said] == [(sealed.id, "sweep: its folder is gone")]


def test_a_shelf_that_is_not_there_loses_nobody(world: World, sealed: BuildResult) -> None:
    shelf = world.workspace.snapshots_folder
    shelf.rename(world.root / "unplugged")
    size = _size(world)

    with pytest.raises(UnavailableError, match="nothing was ever built"):
        swept(world)

    assert (_size(world), shelf.exists()) == (size, False)
    (world.root / "unplugged").rename(shelf)
    assert swept(world).looked_at == 1
    assert sealed.path.is_dir()


def test_bytes_that_come_back_from_a_backup_are_removed_again(
    world: World, sealed: BuildResult, tmp_path: Path
) -> None:
    shutil.copytree(sealed.path, tmp_path / "backup")
    taken_back(world, "mira")
    for name in ("data", "decisions"):
        shutil.copytree(tmp_path / "backup" / name, sealed.path / name)

    result = swept(world)

    assert [each.id for each in result.finished] == [sealed.id]
    assert {path.name for path in sealed.path.iterdir()} == {MANIFEST, REMOVED}


def test_a_damaged_snapshot_is_not_signed_anew_and_does_not_stop_the_others(world: World) -> None:
    broken = world.build()
    world.pass_time(days=1)
    whole = world.build()
    path = broken.path / broken.manifest.files[0].path
    path.write_bytes(path.read_bytes()[:-1] + b"x")

    result = taken_back(world, "mira").swept

    assert result is not None
    assert list(result.problems) == [broken.id]
    assert [each.id for each in result.swept] == [whole.id]


def test_a_build_or_a_sweep_at_a_time(world: World, sealed: BuildResult) -> None:
    with held(shelf_of(world.workspace)), pytest.raises(UnavailableError, match="another build"):
        swept(world)
    assert folders(world) == {sealed.id}


def test_asking_twice_is_asking_once(world: World, sealed: BuildResult) -> None:
    first = taken_back(world, "mira")
    size = _size(world)
    second = taken_back(world, "mira")

    assert ([each.anew for each in first.asked], [each.anew for each in second.asked]) == ([True], [False])
    assert (second.swept and second.swept.swept, _size(world)) == ((), size)
    assert second.asked[0].at == first.asked[0].at
    assert sealed.id not in {each.id for each in second.swept.swept}  # type: ignore[union-attr]


def test_who_permitted_again_in_between_asks_anew(world: World) -> None:
    taken_back(world, "mira")
    world.tell(switched("mira", "on", world.pass_time(days=1)))
    world.pass_time(days=1)
    rebuilt = world.build()

    done = taken_back(world, "mira")

    assert [(each.anew, each.stop) for each in done.asked] == [(True, EventType.SETTING_CHANGED)]
    assert [each.id for each in done.swept.swept] == [rebuilt.id]  # type: ignore[union-attr]


def test_without_a_setting_the_stop_is_an_objection(world: World) -> None:
    done = taken_back(world, "mira", purposes=["train_other"], later=True)

    assert [each.stop for each in done.asked] == [EventType.OBJECTION_RECEIVED]
    with world.ledger() as ledger:
        said = [event.type for _, event in ledger.events_of("mira")][-2:]
    assert said == [EventType.OBJECTION_RECEIVED, EventType.TAKEBACK_REQUESTED]


def test_somebody_the_ledger_does_not_know_records_nothing_for_anybody(world: World) -> None:
    size = _size(world)

    with pytest.raises(InputError, match="no member `nobody`"):
        take_back(world.workspace, ["mira", "nobody"], clock=world.clock)
    assert _size(world) == size


def test_a_purpose_the_rules_do_not_offer_is_refused(world: World) -> None:
    with pytest.raises(InputError, match="no purpose `other`"):
        take_back(world.workspace, ["mira"], purposes=["other"], clock=world.clock)


def test_no_purpose_is_every_purpose(world: World) -> None:
    done = take_back(world.workspace, ["mira"], later=True, clock=world.clock)

    assert len({each.purpose for each in done.asked}) == len(done.asked) > 1


def test_the_status_says_what_was_asked_done_and_what_remains(world: World, sealed: BuildResult) -> None:
    taken_back(world, "mira", later=True)
    before = status_of(world.workspace, "mira", clock=world.clock)
    version = newest(world, swept(world))
    after = status_of(world.workspace, "mira", clock=world.clock)

    assert [purpose for purpose, _ in before.asked] == [PURPOSE]
    assert (before.waiting, after.waiting) == ((sealed.id,), ())
    assert [(each.holds, each.named_in, each.went) for each in before.snapshots] == [(1, 4, 0)]
    assert {each.id: (each.state, each.holds, each.went, each.replaced_by) for each in after.snapshots} == {
        sealed.id: ("removed", None, 0, version.name),
        version.name: ("sealed", 0, 1, None),
    }


def test_a_status_of_who_asked_for_nothing(world: World, sealed: BuildResult) -> None:
    status = status_of(world.workspace, "ann", clock=world.clock)

    assert (status.asked, status.waiting, status.snapshots[0].holds) == ((), (), 0)
    assert status.snapshots[0].id == sealed.id


def test_many_at_once_are_read_from_the_columns(world: World, sealed: BuildResult, monkeypatch: Any) -> None:
    from assent.snapshot import since

    monkeypatch.setattr(since, "_MANY", 0)
    version = newest(world, taken_back(world, "mira", "ann"))

    assert set(rows_in(world, version)) == {"tom-1", "about-mira", "eve-1", "eve-2"}
    assert sealed.id == manifest_of(version).parent


def test_a_file_of_members_is_a_line_each() -> None:
    assert read_members("mira\n\n# the rest\n  tom \n") == ["mira", "tom"]


def test_rows_are_those_of_a_file_that_a_build_would_write(world: World, sealed: BuildResult) -> None:
    version = newest(world, taken_back(world, "mira"))

    for entry in manifest_of(version).files:
        table = pq.read_table(version / entry.path)
        order = list(zip(table["author"].to_pylist(), table["id"].to_pylist(), strict=True))
        assert (order == sorted(order), table.num_rows) == (True, entry.rows)
    assert sealed.id != version.name


def _size(world: World) -> int:
    with world.ledger() as ledger:
        return ledger.size
