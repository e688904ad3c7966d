"""A sealed snapshot is read without what was withdrawn since, or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assent.errors import EvidenceError, InputError, RefusedError, UnavailableError
from assent.operations.build import BuildResult
from assent.vocabulary.reasons import Reason
from small_world import NOW, PURPOSE, World, joined, make_world, mention, post, switched

RECORDS = [
    post("mira-1", "mira"),
    post("mira-2", "mira"),
    post("tom-1", "tom"),
    post("about-mira", "tom", "@mira said so", category="comment", subjects=[mention("mira", 0, 5)]),
    post("of-mira", "tom", category="repost", parent="mira-1"),
    post("of-that", "eve", category="repost", parent="of-mira"),
    post("about-off", "eve", "@off is masked", category="comment", subjects=[mention("off", 0, 4)]),
    post("eve-1", "eve"),
]
ALL = {row["id"] for row in RECORDS}
WITHOUT_MIRA = {"tom-1", "about-off", "eve-1"}
LATER = "2026-03-02T00:00:00Z"


def make(root: Path) -> World:
    events = joined("mira", region="IE") + joined("tom", region="US") + joined("eve", region="FR") + joined("off")
    return make_world(root, [*events, switched("off", "off", "2025-10-01T00:00:00Z")], RECORDS)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make(tmp_path / "w")


@pytest.fixture
def sealed(world: World) -> BuildResult:
    return world.build()


def test_right_after_the_build_everything_is_read(world: World, sealed: BuildResult) -> None:
    assert world.ids(sealed) == ALL


@pytest.mark.parametrize(
    "withdrawal",
    [
        switched("mira", "off", LATER),
        {"type": "objection.received", "purpose": PURPOSE, "member": "mira", "effective_at": LATER},
        {"type": "account.closed", "member": "mira", "effective_at": LATER},
        {"type": "erasure.requested", "member": "mira", "effective_at": LATER},
        {"type": "member.region", "region": None, "member": "mira", "effective_at": LATER},
        {"type": "hold.placed", "purpose": PURPOSE, "region": "IE", "effective_at": LATER},
    ],
    ids=lambda event: event["type"],
)
def test_their_rows_rows_they_appear_in_and_copies_are_left_out(
    world: World, sealed: BuildResult, withdrawal: dict[str, Any]
) -> None:
    world.tell(withdrawal)
    world.pass_time(days=2)

    assert world.ids(sealed) == WITHOUT_MIRA


def test_the_reader_says_how_many_are_left_out_and_why(world: World, sealed: BuildResult) -> None:
    world.tell(switched("mira", "off", LATER))
    world.pass_time(days=2)

    with world.read(sealed) as reader:
        assert (reader.rows, dict(reader.left_out)) == (
            3,
            {Reason.SETTING_OFF: 2, Reason.OTHER_SUBJECT: 1, Reason.DERIVED_FROM_EXCLUDED: 2},
        )


def test_an_excluded_record_and_its_copies_are_left_out(world: World, sealed: BuildResult) -> None:
    world.tell({"type": "record.excluded", "record": "mira-1", "member": "mira", "effective_at": LATER})
    world.pass_time(days=2)

    assert world.ids(sealed) == ALL - {"mira-1", "of-mira", "of-that"}


def test_an_exclusion_taken_back_is_none(world: World, sealed: BuildResult) -> None:
    excluded = {"type": "record.excluded", "record": "mira-1", "member": "mira", "effective_at": LATER}
    world.tell(excluded, excluded | {"type": "record.included"})
    world.pass_time(days=2)

    assert world.ids(sealed) == ALL


def test_a_hold_everywhere_leaves_nothing(world: World, sealed: BuildResult) -> None:
    world.tell({"type": "hold.placed", "purpose": PURPOSE, "region": "*", "effective_at": LATER})
    world.pass_time(days=2)

    with world.read(sealed) as reader:
        assert (list(reader), dict(reader.left_out)) == ([], {Reason.ON_HOLD: len(ALL)})


def test_a_hold_for_another_purpose_changes_nothing(world: World, sealed: BuildResult) -> None:
    world.tell({"type": "hold.placed", "purpose": "train_other", "region": "*", "effective_at": LATER})
    world.pass_time(days=2)

    assert world.ids(sealed) == ALL


def test_a_withdrawal_recorded_late_counts_from_when_it_was_made(world: World, sealed: BuildResult) -> None:
    world.tell(switched("mira", "off", "2025-12-01T00:00:00Z"))

    assert world.ids(sealed) == WITHOUT_MIRA


def test_a_withdrawal_announced_before_takes_effect_when_its_time_comes(world: World) -> None:
    world.tell(switched("mira", "off", LATER))
    sealed = world.build()
    before = world.ids(sealed)
    world.pass_time(days=2)

    assert (before, world.ids(sealed)) == (ALL, WITHOUT_MIRA)


def test_a_permission_given_later_enlarges_nothing(world: World, sealed: BuildResult) -> None:
    world.tell(switched("off", "on", LATER))
    world.pass_time(days=2)

    with world.read(sealed) as reader:
        shown = {row["id"]: row["text"] for batch in reader for row in batch.to_pylist()}

    assert shown["about-off"] == "[mentioned] is masked"
    assert set(shown) == ALL


def test_off_and_on_again_leaves_nothing_out(world: World, sealed: BuildResult) -> None:
    world.tell(switched("mira", "off", LATER), switched("mira", "on", "2026-03-02T01:00:00Z"))
    world.pass_time(days=2)

    assert world.ids(sealed) == ALL


def test_a_reader_that_goes_on_for_long_looks_again(world: World, sealed: BuildResult) -> None:
    with world.read(sealed, max_staleness=timedelta(minutes=1)) as reader:
        batches: Iterator[Any] = iter(reader)
        next(batches)
        world.pass_time(days=2)
        world.tell({"type": "hold.placed", "purpose": PURPOSE, "region": "*", "effective_at": LATER})

        assert list(batches) == []


def test_the_past_moment_of_the_build_can_be_asked_for(world: World, sealed: BuildResult) -> None:
    world.tell(switched("mira", "off", LATER))
    world.pass_time(days=2)

    assert world.ids(sealed, at=NOW) == ALL


def test_a_moment_before_the_build_cannot(world: World, sealed: BuildResult) -> None:
    with pytest.raises(InputError, match="later moment"):
        world.read(sealed, at=datetime.fromisoformat("2026-01-01T00:00:00Z"))


def test_without_the_ledger_nothing_is_read(world: World, sealed: BuildResult) -> None:
    world.workspace.ledger_folder.rename(world.root / "elsewhere")

    with pytest.raises(UnavailableError, match="ledger cannot be reached"):
        world.read(sealed)


def test_a_ledger_that_was_set_back_is_refused(world: World) -> None:
    backup = world.root / "backup"
    shutil.copytree(world.workspace.ledger_folder, backup)
    world.tell(switched("tom", "on", LATER))
    sealed = world.build()
    shutil.rmtree(world.workspace.ledger_folder)
    backup.rename(world.workspace.ledger_folder)

    with pytest.raises(EvidenceError):
        world.read(sealed)


def test_the_ledger_of_somebody_else_is_refused(world: World, sealed: BuildResult, tmp_path: Path) -> None:
    other = make(tmp_path / "other")

    with pytest.raises(EvidenceError):
        other.read(sealed)


def test_a_superseded_snapshot_is_refused(world: World, sealed: BuildResult) -> None:
    event = {"type": "snapshot.superseded", "snapshot": sealed.id, "digest": sealed.digest}
    world.tell(event | {"effective_at": LATER})

    with pytest.raises(RefusedError, match="superseded"):
        world.read(sealed)


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["mira", "tom", "eve", "off"]),
        st.sampled_from(["on", "off", "close", "object", "settle", "exclude", "include", "hold", "lift", "move"]),
        st.integers(-400, 400),
    ),
    max_size=8,
)


def as_event(member: str, what: str, hours: int) -> dict[str, Any]:
    at = (NOW + timedelta(hours=hours)).isoformat()
    own = {"member": member, "effective_at": at}
    return {
        "on": switched(member, "on", at),
        "off": switched(member, "off", at),
        "close": {"type": "account.closed", **own},
        "object": {"type": "objection.received", "purpose": PURPOSE, **own},
        "settle": {"type": "objection.decided", "purpose": PURPOSE, "outcome": "rejected", **own},
        "exclude": {"type": "record.excluded", "record": f"{member}-1", **own},
        "include": {"type": "record.included", "record": f"{member}-1", **own},
        "hold": {"type": "hold.placed", "purpose": PURPOSE, "region": "US", "effective_at": at},
        "lift": {"type": "hold.lifted", "purpose": PURPOSE, "region": "US", "effective_at": at},
        "move": {"type": "member.region", "region": "GB", **own},
    }[what]


@pytest.mark.slow
@given(before=CHANGES, after=CHANGES)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_happens_what_is_read_is_what_both_builds_permit(
    tmp_path_factory: pytest.TempPathFactory, before: list[Any], after: list[Any]
) -> None:
    world = make(tmp_path_factory.mktemp("history") / "w")
    if before:
        world.tell(*(as_event(*change) for change in before))
    old = world.build()
    with world.read(old) as sealed:
        then = {row["id"]: row["subjects"] for batch in sealed for row in batch.to_pylist()}
    if after:
        world.tell(*(as_event(*change) for change in after))
    world.pass_time(days=5)

    read = world.ids(old)
    with world.read(world.build()) as fresh:
        now = {row["id"]: row["subjects"] for batch in fresh for row in batch.to_pylist()}
    both = set(then) & set(now)

    # Who was named then and would be masked now takes the row along: its text shows the name.
    masked_since = {ident for ident in both if len(now[ident]) < len(then[ident])}
    assert read == both - masked_since
