"""A member's items: found in the sources, judged now, left out and let in again."""

from __future__ import annotations

from pathlib import Path

import pytest

from assent.errors import InputError, UnavailableError
from assent.operations.explain import explain_record
from assent.operations.items import PER_PAGE, Items
from assent.operations.settings import change_setting
from assent.vocabulary.identifiers import MemberId, RecordId
from assent.vocabulary.reasons import Reason
from portal_world import Portal, make_portal
from small_world import PURPOSE, SETTING, joined, mention, post, someone_of_everything, write_records

ANN, BOB = MemberId("ann"), MemberId("bob")


def portal(folder: Path, records: list[dict] | None = None) -> Portal:
    return make_portal(folder, [*joined("ann"), *joined("bob")], records or [post("a1", "ann"), post("b1", "bob")])


def verdicts(given: Items, member: MemberId, number: int = 1) -> dict[str, tuple[Reason, ...]]:
    page = given.page(member, number)
    return {each.record.id: next(v.reasons for v in each.verdicts if v.purpose.name == PURPOSE) for each in page.items}


def test_a_member_sees_what_they_wrote_and_what_names_them(tmp_path: Path) -> None:
    records = [post("a1", "ann"), post("b1", "bob"), post("b2", "bob", "@ann hi", subjects=[mention("ann", 0, 4)])]
    page = Items(portal(tmp_path, records).platform).page(ANN)
    assert {each.record.id: (each.own, each.excerpt) for each in page.items} == {
        "a1": (True, "what ann wrote in a1"),
        "b2": (False, None),
    }


def test_why_somebody_elses_item_is_not_used_is_their_business(tmp_path: Path) -> None:
    given = portal(tmp_path, [post("b2", "bob", "@ann hi", subjects=[mention("ann", 0, 4)])])
    change_setting(given.platform, "bob", SETTING, "off")
    verdict = Items(given.platform).page(ANN).items[0].verdicts[0]
    assert (verdict.allowed, verdict.reasons) == (False, ())


def test_where_a_member_does_not_permit_others_items_black_them_out(tmp_path: Path) -> None:
    given = portal(tmp_path, [post("b2", "bob", "@ann hi", subjects=[mention("ann", 0, 4)])])
    change_setting(given.platform, "ann", SETTING, "off")
    verdict = Items(given.platform).page(ANN).items[0].verdicts[0]
    assert (verdict.allowed, verdict.masked) == (True, True)


def test_every_verdict_is_the_one_that_explain_gives(tmp_path: Path) -> None:
    events, _ = someone_of_everything()
    given = make_portal(tmp_path, events)
    items, world = Items(given.platform), given.world
    told = {
        each.record.id: next(found.reasons for found in each.verdicts if found.purpose.name == PURPOSE)
        for n in range(12)
        for number in (1, 2)
        for each in items.page(MemberId(f"m{n}"), number).items
        if each.own
    }
    for ident in ("p-m1-1", "r-1", "r-2", "r-4", "r-5", "c-1", "e-1", "e-2", "x-1", "x-3", "x-6", "x-9"):
        said = explain_record(world.workspace, ident, purpose=PURPOSE, clock=world.clock).verdict
        assert told[RecordId(ident)] == said.reasons


def test_an_item_left_out_is_so_at_the_next_look_and_recorded_once(tmp_path: Path) -> None:
    given = portal(tmp_path)
    items = Items(given.platform)
    assert verdicts(items, ANN) == {"a1": ()}
    first, second = items.exclude(ANN, "a1"), items.exclude(ANN, "a1")
    assert first == second == given.platform.ledger.size - 1
    assert verdicts(items, ANN) == {"a1": (Reason.ITEM_EXCLUDED,)}
    items.include(ANN, "a1")
    assert verdicts(items, ANN) == {"a1": ()}


def test_whoever_is_named_can_leave_an_item_out_and_its_author_cannot_let_it_in(tmp_path: Path) -> None:
    given = portal(tmp_path, [post("b2", "bob", "@ann hi", subjects=[mention("ann", 0, 4)])])
    items = Items(given.platform)
    items.exclude(ANN, "b2")
    items.include(BOB, "b2")
    assert verdicts(items, BOB) == {"b2": (Reason.ITEM_EXCLUDED,)}


@pytest.mark.parametrize("record", ["b1", "nothing", ""])
def test_nobody_leaves_out_what_is_not_theirs(tmp_path: Path, record: str) -> None:
    given = portal(tmp_path)
    size = given.platform.ledger.size
    with pytest.raises(InputError, match="there is no such item of yours"):
        Items(given.platform).exclude(ANN, record)
    assert given.platform.ledger.size == size


def test_new_files_are_seen_without_a_restart(tmp_path: Path) -> None:
    given = portal(tmp_path)
    items = Items(given.platform)
    assert items.page(ANN).total == 1
    write_records(tmp_path / "records.parquet", [post("a1", "ann"), post("a2", "ann")])
    assert items.page(ANN).total == 2


def test_pages_hold_every_item_once(tmp_path: Path) -> None:
    given = portal(tmp_path, [post(f"a{n:03}", "ann") for n in range(2 * PER_PAGE + 3)])
    items = Items(given.platform)
    shown = [each.record.id for number in (1, 2, 3) for each in items.page(ANN, number).items]
    assert (len(shown), len(set(shown)), items.page(ANN, 99).number) == (23, 23, 3)


def test_nobody_waits_long_for_a_scan_with_everybody_behind_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assent.operations.items._WAIT_SECONDS", 0.05)
    items = Items(portal(tmp_path).platform)
    for _ in range(2):
        items._scanning.acquire()

    with pytest.raises(UnavailableError, match="too long to find"):
        items.page(ANN)
    items._scanning.release()
    assert [each.record.id for each in items.page(ANN).items] == ["a1"]
