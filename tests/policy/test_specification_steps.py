"""The settled details: what is asked of a record, what hides what, and several reasons at once; expectations by hand."""

from datetime import date

import pytest
from policy_samples import (
    AS_ANNOUNCED,
    AT,
    COMMUNITY,
    DAY,
    GEN,
    NOTICE,
    SAFEGUARDED,
    TICK,
    case,
    member,
    pack,
    reasons,
    utc,
    with_others,
)

from assent.policy.evaluate import cutoff, effective
from assent.vocabulary.records import Signals
from assent.vocabulary.state import Hold, Objection

TOLD = member(region="IE", settings={}, notices={"told": utc(2025, 1, 1)})
SOLD = member(region="IE", settings={})


@pytest.mark.parametrize(
    ("delivered_at", "expected"),
    [
        (AT - 30 * DAY - TICK, []),
        (AT - 30 * DAY, []),
        (AT - 30 * DAY + TICK, ["waiting_period"]),
        (AT, ["waiting_period"]),
        (AT + DAY, ["waiting_period"]),
    ],
)
def test_thirty_days_of_twenty_four_hours_after_the_notice(delivered_at, expected):
    assert reasons(SAFEGUARDED, case(notices={NOTICE: delivered_at})) == expected


def test_no_notice_and_so_no_waiting_period():
    assert reasons(SAFEGUARDED, case(notices={})) == ["notice_not_delivered"]


def test_another_version_of_the_notice_is_another_notice():
    assert reasons(SAFEGUARDED, case(notices={"ai-training-2024": utc(2024, 1, 1)})) == ["notice_not_delivered"]


def test_as_announced_no_notice_is_asked():
    assert reasons(AS_ANNOUNCED, case(notices={})) == []


@pytest.mark.parametrize("changes", [{"closed": True}, {"erased": True}, {"taken_back": True}])
def test_accounts(changes):
    label = {"closed": "account_closed", "erased": "erased", "taken_back": "taken_back"}[next(iter(changes))]
    assert reasons(AS_ANNOUNCED, case(**changes)) == [label]


@pytest.mark.parametrize(
    ("category", "visibility", "expected"),
    [
        ("post", "public", []),
        ("post", "connections", ["not_visible_enough"]),
        ("post", "group", ["not_visible_enough"]),
        ("group.message", "group", []),
        ("group.message", "public", []),
        ("group.message", "connections", ["not_visible_enough"]),
        ("profile.name", None, []),
        ("resume", "private", []),
    ],
)
def test_visibility_is_asked_where_the_scope_names_it(category, visibility, expected):
    assert reasons(AS_ANNOUNCED, case(category=category, visibility=visibility)) == expected


def test_the_never_list_hides_scope_and_visibility():
    assert reasons(AS_ANNOUNCED, case(category="salary", visibility=None)) == ["category_never"]


def test_out_of_scope_hides_visibility():
    assert reasons(AS_ANNOUNCED, case(category="activity.ads", visibility=None)) == ["category_out_of_scope"]


@pytest.mark.parametrize(
    ("created_at", "expected"),
    [
        (utc(2020, 1, 1) - TICK, ["too_old"]),
        (utc(2020, 1, 1), []),
        (None, ["age_unknown", "too_old"]),
    ],
)
def test_nothing_older_than_content_from(created_at, expected):
    assert reasons("every-rule", case(purpose="train", author=TOLD, created_at=created_at)) == expected


def test_content_from_is_asked_by_the_purpose_that_states_it_alone():
    assert reasons("every-rule", case(purpose="sell", author=SOLD, created_at=None)) == []


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        (frozenset(), []),
        ({"job"}, []),
        ({"sensitive"}, ["sensitive_context"]),
        ({"job", "sensitive"}, ["sensitive_context"]),
    ],
)
def test_sensitive_places(context, expected):
    assert reasons(SAFEGUARDED, case(context=frozenset(context))) == expected


def test_sensitive_places_are_not_left_out_as_announced():
    assert reasons(AS_ANNOUNCED, case(context=frozenset({"sensitive"}))) == []


@pytest.mark.parametrize(
    ("at", "region", "expected"),
    [
        (utc(2026, 6, 30, 22, 59, 59), "SE", []),
        (utc(2026, 6, 30, 23), "SE", ["on_hold"]),
        (utc(2026, 7, 31, 22, 59, 59), "SE", ["on_hold"]),
        (utc(2026, 7, 31, 23), "SE", []),
        (utc(2026, 7, 15), "EE", ["on_hold"]),
        (utc(2026, 7, 15), "JP", ["on_hold"]),
        (utc(2026, 7, 15), "FI", ["on_hold", "setting_off"]),
        (utc(2026, 7, 15), "IE", []),
    ],
)
def test_a_packs_own_hold_in_the_packs_zone(at, region, expected):
    assert reasons("every-rule", case(purpose="train", author=TOLD, region=region, at=at)) == expected


@pytest.mark.parametrize(
    ("region", "at", "expected"),
    [
        ("IE", utc(2019, 1, 1), []),
        ("EE", utc(2025, 6, 30, 22, 59, 59), ["not_yet_in_force"]),
        ("EE", utc(2025, 6, 30, 23), []),
        ("BR", utc(2025, 1, 15, 9, 59, 59), ["not_yet_in_force"]),
        ("BR", utc(2025, 1, 15, 10), []),
        ("US", utc(2019, 1, 1), ["region_not_covered"]),
    ],
)
def test_starts_by_the_packs_zone_or_their_own_offset(region, at, expected):
    assert reasons("every-rule", case(purpose="sell", author=SOLD, region=region, at=at)) == expected


def test_a_minimum_age_of_the_purpose_alone():
    assert reasons("every-rule", case(purpose="sell", author=SOLD, birth_date=date(2005, 6, 2))) == ["under_age"]
    assert reasons("every-rule", case(purpose="sell", author=SOLD, birth_date=date(2005, 6, 1))) == []


def test_no_age_is_asked_by_the_community():
    assert reasons(COMMUNITY, case(birth_date=None)) == []


def test_an_age_of_sixteen_at_creation():
    asked = case(purpose="train", author=TOLD, birth_date=date(2005, 3, 1), created_at=utc(2021, 3, 1))
    assert reasons("every-rule", asked) == []
    asked = case(purpose="train", author=TOLD, birth_date=date(2005, 3, 2), created_at=utc(2021, 3, 1))
    assert reasons("every-rule", asked) == ["under_age"]


def test_all_must_permit_without_a_second_person_by_nature():
    assert reasons("every-rule", case(purpose="train", author=TOLD, category="memo")) == []
    assert reasons("every-rule", case(purpose="train", author=TOLD, category="letter")) == ["other_subject"]


def test_others_of_a_category_that_is_out_of_scope_are_not_asked():
    asked = with_others("hologram", ("seen", None))
    assert reasons(SAFEGUARDED, asked) == ["category_out_of_scope"]


def test_a_pack_without_the_purpose():
    assert reasons(COMMUNITY, case(purpose="train_other")) == ["purpose_unknown"]


def test_every_reason_that_applies_is_reported_in_the_fixed_order():
    author = member(
        birth_date=None,
        notices={},
        settings={GEN: "off"},
        objections={"train_generative": Objection.OPEN},
        closed=True,
        erased=True,
    )
    asked = with_others(
        "recommendation",
        ("recommended", None),
        author=author,
        at=utc(2025, 10, 1),
        holds=(Hold("train_generative", "DE"),),
        excluded=True,
        context=frozenset({"sensitive"}),
        signals=Signals(aipref="train-ai=n"),
        unreadable=True,
        parent_allowed=False,
    )
    assert reasons(SAFEGUARDED, asked) == [
        "on_hold",
        "not_yet_in_force",
        "age_unknown",
        "notice_not_delivered",
        "setting_off",
        "objection_open",
        "account_closed",
        "erased",
        "item_excluded",
        "sensitive_context",
        "signal_no_train",
        "other_subject",
        "derived_from_excluded",
        "state_missing",
    ]


def test_an_unknown_author_does_not_hide_what_is_wrong_with_the_record():
    asked = case(author=None, category="payment", excluded=True)
    assert reasons(SAFEGUARDED, asked) == ["category_never", "item_excluded", "state_missing"]


@pytest.mark.parametrize(
    ("on", "years", "expected"),
    [
        (date(2026, 6, 1), 18, date(2008, 6, 1)),
        (date(2028, 2, 29), 18, date(2010, 2, 28)),
        (date(2028, 2, 29), 20, date(2008, 2, 29)),
        (date(2026, 3, 1), 18, date(2008, 3, 1)),
        (date(18, 6, 1), 18, None),
        (date(19, 6, 1), 18, date(1, 6, 1)),
    ],
)
def test_the_latest_birth_date_of_somebody_of_an_age(on, years, expected):
    assert cutoff(on, years) == expected


def test_a_setting_above_is_closed_over_when_the_pack_is_loaded():
    assert pack("every-rule").settings["bottom"].off_with == ("middle", "top")


@pytest.mark.parametrize(
    ("settings", "region", "expected"),
    [
        ({}, "IE", "on"),
        ({}, "FR", "off"),
        ({}, None, None),
        ({"bottom": "on"}, "FR", "on"),
        ({"bottom": "on"}, None, "on"),
        ({"bottom": "off"}, None, "off"),
        ({"bottom": "?"}, "IE", "off"),
        ({"bottom": "on", "top": "off"}, None, "off"),
    ],
)
def test_the_value_of_a_setting_that_counts(settings, region, expected):
    assert effective(pack("every-rule"), "bottom", member(settings=settings), region) == expected
