"""After an erasure the member's id is in no byte of the working folder but the platform's own tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from assent.errors import InputError, RefusedError
from assent.operations.erasing import erase
from assent.operations.erasure import erase_members, is_suppressed
from assent.operations.explain import explain_record
from assent.operations.ledger import verify_ledger_in
from assent.operations.verify import verify_folder
from assent.vocabulary.reasons import Reason
from small_world import NOW, PURPOSE, World, joined, make_world, mention, post, switched

MEMBER = "zq-member-774411"
OTHER = "zq-other-118822"
RECORDS = [
    post("a-1", MEMBER),
    post("a-2", MEMBER),
    post("b-1", "tom"),
    post("b-2", "tom", "@them said so", category="comment", subjects=[mention(MEMBER, 0, 5)]),
    post("b-3", "tom", category="repost", parent="a-1"),
    post("c-1", OTHER),
]
EVENTS = [
    *joined(MEMBER),
    *joined("tom", region="FR"),
    *joined(OTHER),
    switched(MEMBER, "on", "2025-10-01T00:00:00Z"),
]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path / "w", EVENTS, RECORDS)


def forget(world: World, *members: str) -> list[int]:
    world.pass_time(hours=1)
    done = erase(world.workspace, members, clock=world.clock, entropy=world.entropy)
    return [each.events for each in done]


def files_with(world: World, needle: str) -> list[str]:
    """Every file of the working folder that holds these bytes, but for the platform's own tables."""
    return sorted(
        str(path.relative_to(world.root))
        for path in world.root.rglob("*")
        if path.is_file() and path.name != "records.parquet" and needle.encode() in path.read_bytes()
    )


def test_the_id_is_in_no_byte_afterwards(world: World) -> None:
    world.build()
    world.ids(world.build())
    before = files_with(world, MEMBER)

    forget(world, MEMBER)

    assert any(name.startswith("ledger/ledger.db") for name in before)
    assert files_with(world, MEMBER) == []


def test_neither_is_it_among_many_others_whose_pages_were_split(tmp_path: Path) -> None:
    """An index that grew leaves copies in unused parts of its pages, which no delete overwrites."""
    everyone = [event for n in range(1500) for event in joined(f"zq-{(n * 7919) % 1500:04}-member")]
    some = [f"zq-{n:04}-member" for n in range(0, 1500, 50)]
    world = make_world(tmp_path / "w", everyone, RECORDS)

    forget(world, *some)

    assert [member for member in some if files_with(world, member)] == []


def test_no_snapshot_row_and_no_reader_gives_anything_of_them(world: World) -> None:
    old = world.build()

    forget(world, MEMBER)

    with pytest.raises(RefusedError, match="superseded"):
        world.ids(old)
    assert world.ids(world.build()) == {"b-1", "b-2", "c-1"}


def test_what_stands_after_it_verifies_and_says_what_rests_on_the_erased(world: World) -> None:
    world.build()

    forget(world, MEMBER)

    (standing,) = (
        path.parent for path in world.root.glob("snapshots/*/manifest.json") if any(path.parent.glob("data/*"))
    )
    report = verify_folder(standing, workspace=world.workspace)
    # Their two posts, the comment that named them and the repost of one of theirs.
    assert (report.ok, report.agrees, report.differs, report.erased) == (True, 2, 0, 4)


def test_what_is_built_after_it_rests_on_nothing_that_was_erased(world: World) -> None:
    forget(world, MEMBER)

    report = verify_folder(world.build().path, workspace=world.workspace)

    assert (report.complete, report.agrees, report.erased) == (True, 6, 0)


def test_the_ledger_verifies_and_counts_what_was_erased(world: World) -> None:
    forget(world, MEMBER)

    report = verify_ledger_in(world.workspace.ledger_folder)

    # Five events of theirs, and their request.
    assert (report.ok, report.erased, report.unaccounted) == (True, 6, 0)


def test_a_record_of_theirs_that_the_platform_still_holds_is_denied(world: World) -> None:
    forget(world, MEMBER)

    told = explain_record(world.workspace, "a-1", purpose=PURPOSE, clock=world.clock)

    assert (told.verdict.allowed, told.verdict.reasons, told.erased) == (False, (Reason.STATE_MISSING,), True)


def test_of_a_stranger_nobody_says_they_were_erased(world: World) -> None:
    forget(world, OTHER)

    assert not explain_record(world.workspace, "a-1", purpose=PURPOSE, clock=world.clock).erased


def test_readers_leave_them_out_from_the_request_on(world: World) -> None:
    snapshot = world.build()

    with pytest.raises(RefusedError, match="still holds `2` rows"):
        erase_members(world.workspace, [MEMBER], clock=world.clock, sweep=lambda _workspace: (), entropy=world.entropy)

    assert world.ids(snapshot) == {"b-1", "c-1"}


def test_while_a_snapshot_holds_their_rows_their_events_are_kept(world: World) -> None:
    world.build()

    with pytest.raises(RefusedError, match="so their events are kept"):
        erase_members(world.workspace, [MEMBER], clock=world.clock, sweep=lambda _workspace: (), entropy=world.entropy)

    with world.ledger() as ledger:
        assert len(ledger.events_of(MEMBER)) == 6


def test_a_refused_erasure_goes_on_when_it_is_asked_for_again(world: World) -> None:
    world.build()
    with pytest.raises(RefusedError):
        erase_members(world.workspace, [MEMBER], clock=world.clock, sweep=lambda _workspace: (), entropy=world.entropy)

    assert forget(world, MEMBER) == [6]


def test_erasing_twice_changes_nothing_the_second_time(world: World) -> None:
    forget(world, MEMBER)
    with world.ledger() as ledger:
        size = ledger.size

    assert forget(world, MEMBER) == [0]

    with world.ledger() as ledger:
        assert ledger.size == size


def test_several_are_erased_at_once(world: World) -> None:
    assert forget(world, MEMBER, OTHER) == [6, 5]
    assert files_with(world, MEMBER) + files_with(world, OTHER) == []


def test_a_misspelt_member_stops_everything(world: World) -> None:
    with pytest.raises(InputError, match="knows nothing of `zq-typo`"):
        forget(world, MEMBER, "zq-typo")

    with world.ledger() as ledger:
        assert len(ledger.events_of(MEMBER)) == 5


def test_a_request_from_the_future_is_refused(world: World) -> None:
    with pytest.raises(InputError, match="future"):
        erase(world.workspace, [MEMBER], clock=world.clock, at=NOW.replace(year=2030))


def test_staging_that_holds_them_is_dropped_and_other_staging_is_kept(world: World) -> None:
    for name, text in (("theirs", MEMBER), ("others", "tom")):
        folder = world.workspace.staging_folder / name / "dump"
        folder.mkdir(parents=True)
        (folder / "events.jsonl").write_text(text)

    forget(world, MEMBER)

    assert [path.name for path in world.workspace.staging_folder.iterdir()] == ["others"]


def test_a_snapshot_that_is_not_here_keeps_their_events(world: World) -> None:
    gone = world.build()
    gone.path.rename(world.root.parent / gone.id)

    with pytest.raises(RefusedError, match="is not on the shelf"):
        erase_members(world.workspace, [MEMBER], clock=world.clock, sweep=lambda _workspace: (), entropy=world.entropy)


def test_whom_others_name_in_what_cannot_be_rewritten_keeps_their_events(tmp_path: Path) -> None:
    named = "zq-named-553300"
    text = post("b-9", "tom", "@them said so", category="comment", subjects=[mention(named, 0, 5)])
    world = make_world(tmp_path / "named", [*EVENTS, *joined(named)], [*RECORDS, text])
    snapshot = world.build()
    (world.workspace.keys_folder / "snapshots" / f"{snapshot.id}.key").unlink()

    with pytest.raises(RefusedError, match="names `zq-named-553300` in `1` rows and could not be rewritten"):
        forget(world, named)

    assert "b-9" not in world.ids(snapshot)


def test_a_lost_key_stops_the_next_erasure(world: World) -> None:
    forget(world, MEMBER)
    (world.workspace.keys_folder / "suppression.key").unlink()

    with pytest.raises(InputError, match="cannot be read without its key"):
        forget(world, OTHER)
    with pytest.raises(InputError, match="cannot be read without its key"):
        is_suppressed(world.workspace, MEMBER, clock=world.clock)
