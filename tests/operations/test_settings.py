"""A member's settings: what is the case and why, and how one is changed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from assent.errors import InputError
from assent.operations.settings import Change, Why, change_setting, honour_gpc, settings_of
from assent.operations.sweep import sweep
from assent.vocabulary.events import EventType
from assent.vocabulary.reasons import Reason
from portal_world import Portal, make_portal
from small_world import SETTING, joined, mention, post, switched

ADS, SHARE = "ads_off_platform", "share_affiliates"
PLAIN = "professional-network-2025-11"
GPC_PACK = """\
name = "with-gpc"
title = "With the browser's signal"
extends = "professional-network-2025-11"
[settings.share_affiliates]
note = "Help pages: a Global Privacy Control signal opts members out of data sharing."
off_by_gpc = true
"""


def portal(folder: Path, *events: dict, pack: str = PLAIN, region: str | None = "US") -> Portal:
    return make_portal(folder, [*joined("ann", region=region), *events], [], pack=pack)


def recorded(given: Portal, member: str = "ann") -> list[tuple]:
    said = given.platform.ledger.events_of(member)
    return [(each.type, each.key, each.value, each.by) for _, each in said if each.by is not None]


def test_a_default_is_told_apart_from_a_choice(tmp_path: Path) -> None:
    given = portal(tmp_path)
    found = settings_of(given.platform, "ann").setting(SETTING)
    assert (found.value, found.why, found.own, found.default) == ("on", Why.DEFAULT, None, "on")


def test_a_stop_is_one_event_with_its_author(tmp_path: Path) -> None:
    given = portal(tmp_path)
    change = change_setting(given.platform, "ann", SETTING, "off")
    assert recorded(given) == [(EventType.SETTING_CHANGED, SETTING, "off", "member")]
    assert (change.changed, change.was, change.now, change.seq) == (True, "on", "off", change.seqs.start)
    now = settings_of(given.platform, "ann").setting(SETTING)
    assert (now.value, now.why, now.purposes[0].reasons) == ("off", Why.EXPLICIT, (Reason.SETTING_OFF,))


def test_saying_it_again_records_nothing_and_names_the_event_that_said_it(tmp_path: Path) -> None:
    given = portal(tmp_path)
    first = change_setting(given.platform, "ann", SETTING, "off")
    second = change_setting(given.platform, "ann", SETTING, "off")
    assert (second.changed, second.seq, len(recorded(given))) == (False, first.seq, 1)


def test_a_stop_with_take_back_is_one_append_for_every_purpose_it_governs(tmp_path: Path) -> None:
    given = portal(tmp_path)
    change = change_setting(given.platform, "ann", ADS, "off", take_back=True)
    assert recorded(given) == [
        (EventType.SETTING_CHANGED, ADS, "off", "member"),
        (EventType.TAKEBACK_REQUESTED, ADS, None, "member"),
        (EventType.TAKEBACK_REQUESTED, SHARE, None, "member"),
    ]
    assert (len(change.seqs), change.takes_back) == (3, (ADS, SHARE))


def test_what_was_asked_already_is_not_asked_again(tmp_path: Path) -> None:
    given = portal(tmp_path)
    change_setting(given.platform, "ann", SETTING, "off", take_back=True)
    again = change_setting(given.platform, "ann", SETTING, "off", take_back=True)
    assert (again.changed, len(recorded(given))) == (False, 2)


def test_after_a_stop_the_take_back_can_still_be_asked_for(tmp_path: Path) -> None:
    given = portal(tmp_path)
    change_setting(given.platform, "ann", SETTING, "off")
    change_setting(given.platform, "ann", SETTING, "off", take_back=True)
    assert [kind for kind, *_ in recorded(given)] == [EventType.SETTING_CHANGED, EventType.TAKEBACK_REQUESTED]


def test_whoever_allowed_it_again_through_another_setting_is_asked_for_anew(tmp_path: Path) -> None:
    given = portal(tmp_path)
    for value in ("off", "on", "off"):
        change_setting(given.platform, "ann", ADS, value, take_back=value == "off")
    asked = [key for kind, key, *_ in recorded(given) if kind is EventType.TAKEBACK_REQUESTED]
    assert asked == [ADS, SHARE, ADS, SHARE]


def test_a_pack_that_takes_back_with_every_stop_says_so(tmp_path: Path) -> None:
    given = portal(tmp_path, pack="professional-network-2025-11-safeguarded")
    assert settings_of(given.platform, "ann").setting(SETTING).stop_takes_back
    assert change_setting(given.platform, "ann", SETTING, "off").takes_back == ("train_generative",)


def test_off_takes_along_what_depends_on_it(tmp_path: Path) -> None:
    given = portal(tmp_path)
    assert settings_of(given.platform, "ann").setting(ADS).takes_along == (SHARE,)
    assert change_setting(given.platform, "ann", ADS, "off").along == (SHARE,)
    share = settings_of(given.platform, "ann").setting(SHARE)
    assert (share.value, share.why, share.off_because) == ("off", Why.IMPLIED, ADS)


def test_what_is_kept_off_by_another_stays_off_and_says_why(tmp_path: Path) -> None:
    given = portal(tmp_path, {**switched("ann", "off", "2025-12-01T00:00:00Z"), "setting": ADS})
    change = change_setting(given.platform, "ann", SHARE, "on")
    assert (change.now, change.off_because) == ("off", ADS)


def test_the_last_of_two_changes_counts_and_both_are_recorded(tmp_path: Path) -> None:
    given = portal(tmp_path)
    for value in ("off", "on"):
        change_setting(given.platform, "ann", SETTING, value)
    assert [value for _, _, value, _ in recorded(given)] == ["off", "on"]
    assert settings_of(given.platform, "ann").setting(SETTING).value == "on"


def test_two_changes_at_once_are_both_recorded_and_the_later_one_counts(tmp_path: Path) -> None:
    given = portal(tmp_path)
    with ThreadPoolExecutor(2) as threads:
        together = Barrier(2)

        def change(value: str) -> Change:
            together.wait()
            return change_setting(given.platform, "ann", SETTING, value)

        list(threads.map(change, ["off", "on"]))
    values = [value for _, _, value, _ in recorded(given)]
    assert sorted(values) == ["off", "on"]
    assert settings_of(given.platform, "ann").setting(SETTING).value == values[-1]


def test_without_a_region_there_is_no_default_and_nothing_is_permitted(tmp_path: Path) -> None:
    given = portal(tmp_path, region=None)
    found = settings_of(given.platform, "ann")
    assert (found.setting(SETTING).value, found.setting(SETTING).why) == (None, Why.UNKNOWN)
    assert not any(each.permitted for each in found.purposes)


def test_somebody_the_ledger_does_not_know_permits_nothing(tmp_path: Path) -> None:
    found = settings_of(portal(tmp_path).platform, "stranger")
    assert (found.known, {each.reasons for each in found.purposes}) == (False, {(Reason.STATE_MISSING,)})


@pytest.mark.parametrize(
    ("name", "value", "take_back", "message"),
    [
        ("no_such", "off", False, "there is no setting `no_such`"),
        (SETTING, "maybe", False, "a setting cannot be `maybe`"),
        (SETTING, "on", True, "what is turned on cannot be taken back in one step"),
    ],
)
def test_what_makes_no_sense_records_nothing(
    tmp_path: Path, name: str, value: str, take_back: bool, message: str
) -> None:
    given = portal(tmp_path)
    size = given.platform.ledger.size
    with pytest.raises(InputError, match=message):
        change_setting(given.platform, "ann", name, value, take_back=take_back)
    assert given.platform.ledger.size == size


def test_a_browsers_signal_is_recorded_once_and_overrules_no_later_choice(tmp_path: Path) -> None:
    (tmp_path / "gpc.toml").write_text(GPC_PACK)
    given = portal(tmp_path / "world", pack=str(tmp_path / "gpc.toml"))
    assert honour_gpc(given.platform, "ann") == (SHARE,)
    assert settings_of(given.platform, "ann").setting(SHARE).why == Why.GPC
    change_setting(given.platform, "ann", SHARE, "on")
    assert honour_gpc(given.platform, "ann") == ()
    assert settings_of(given.platform, "ann").setting(SHARE).value == "on"


def test_a_take_back_waits_for_the_sweep_and_is_done_after_it(tmp_path: Path) -> None:
    events = [*joined("ann"), *joined("bob")]
    given = make_portal(tmp_path, events, [post("p1", "ann"), post("p2", "bob")], pack=PLAIN)
    built = given.world.build()
    given.world.pass_time(minutes=1)
    change_setting(given.platform, "ann", SETTING, "off", take_back=True)
    progress = settings_of(given.platform, "ann").setting(SETTING).purposes[0].taken_back
    assert progress is not None
    assert (progress.asked, progress.holding) == (True, (built.path.name,))
    sweep(given.world.workspace, clock=given.world.clock)
    after = settings_of(given.platform, "ann").setting(SETTING).purposes[0].taken_back
    assert after is not None
    assert after.done


def test_where_only_authors_choose_what_others_wrote_is_not_waited_for(tmp_path: Path) -> None:
    named = post("p2", "bob", "@ann hi", subjects=[mention("ann", 0, 4)])
    given = make_portal(tmp_path, [*joined("ann"), *joined("bob")], [named], pack=PLAIN)
    given.world.build()
    given.world.pass_time(minutes=1)
    change_setting(given.platform, "ann", SETTING, "off", take_back=True)
    progress = settings_of(given.platform, "ann").setting(SETTING).purposes[0].taken_back
    assert progress is not None
    assert progress.done


def test_a_hold_that_another_process_places_is_known_at_the_next_look(tmp_path: Path) -> None:
    given = portal(tmp_path)
    assert settings_of(given.platform, "ann").setting(SETTING).purposes[0].permitted
    hold = {"purpose": "train_generative", "region": "US", "effective_at": "2026-01-01T00:00:00Z"}
    given.world.tell({"type": "hold.placed", **hold})
    assert settings_of(given.platform, "ann").setting(SETTING).purposes[0].reasons == (Reason.ON_HOLD,)
    given.world.tell({"type": "hold.lifted", **hold, "effective_at": "2026-02-01T00:00:00Z"})
    assert settings_of(given.platform, "ann").setting(SETTING).purposes[0].permitted
