"""Cases in JSON Lines: the documented example, and everything that can be wrong with a line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.gate.cases import answer_lines
from assent.policy.load import load_pack

SAFEGUARDED = "professional-network-2025-11-safeguarded"
ANNOUNCED = "professional-network-2025-11"


def ask(pack: str, *cases: dict[str, Any] | bytes) -> list[dict[str, Any]]:
    lines = [case if isinstance(case, bytes) else json.dumps(case).encode() for case in cases]
    return [answer.to_json() for answer in answer_lines(load_pack(pack), lines)]


def case(**changes: Any) -> dict[str, Any]:
    """An adult in Germany, told in time, and their public post: allowed under every shipped professional pack but consent."""
    base: dict[str, Any] = {
        "id": "c",
        "purpose": "train_generative",
        "at": "2025-11-04T09:00:00Z",
        "member": {
            "id": "m1",
            "region": "DE",
            "birth_date": "1990-05-01",
            "events": [
                {"type": "notice.delivered", "notice": "ai-training-2025", "effective_at": "2025-09-18T08:00:00Z"}
            ],
        },
        "record": {
            "id": "r1",
            "category": "post",
            "created_at": "2024-02-01T12:00:00Z",
            "visibility": "public",
        },
    }
    for path, value in changes.items():
        target = base
        *above, last = path.split("__")
        for part in above:
            target = target[part]
        target[last] = value
    return base


def said(kind: str, at: str, **fields: str | None) -> dict[str, Any]:
    return {"type": kind, "effective_at": at, **fields}


def reasons(pack: str, one: dict[str, Any]) -> list[str]:
    (answer,) = ask(pack, one)
    return answer["reasons"]


def test_the_documented_example_gets_the_documented_answer():
    example = {
        "id": "c1",
        "purpose": "train_generative",
        "at": "2025-11-04T09:00:00Z",
        "member": {
            "id": "m1",
            "region": "DE",
            "birth_date": "1990-05-01",
            "events": [
                said("notice.delivered", "2025-09-18T08:00:00Z", notice="ai-training-2025"),
                said("setting.changed", "2025-11-03T10:00:00Z", setting="generative_ai_improvement", value="off"),
            ],
        },
        "record": {
            "id": "r1",
            "category": "recommendation",
            "created_at": "2024-02-01T12:00:00Z",
            "visibility": "public",
            "subjects": [
                {
                    "role": "recommended",
                    "member": {"id": "m2", "region": "FR", "birth_date": "2010-01-01", "events": []},
                }
            ],
            "signals": {"aipref": "train-ai=n"},
            "excluded": False,
            "context": [],
        },
        "holds": [{"purpose": "train_generative", "region": "DE", "from": "2025-10-01T00:00:00Z", "until": None}],
    }
    assert ask(SAFEGUARDED, example) == [
        {
            "id": "c1",
            "allowed": False,
            "reasons": ["on_hold", "setting_off", "signal_no_train", "other_subject"],
            "masks": [],
        }
    ]


@pytest.mark.parametrize("pack", [ANNOUNCED, SAFEGUARDED])
def test_the_base_case_is_allowed(pack):
    assert ask(pack, case()) == [{"id": "c", "allowed": True, "reasons": [], "masks": []}]


def test_answers_stand_in_the_order_of_the_lines_and_a_bad_line_stops_nothing():
    answers = ask(ANNOUNCED, case(id="a"), b"{not json", b"", case(id="b"))
    assert [answer["id"] for answer in answers] == ["a", None, "b"]
    assert "error" in answers[1]


@pytest.mark.parametrize(
    "change",
    [
        {"at": "2025-11-04T09:00:00"},
        {"at": "2025-02-30T09:00:00Z"},
        {"at": None},
        {"record__created_at": "yesterday"},
        {"record__created_at": "2024-02-01T12:00:00"},
        {"record": None},
        {"purpose": 7},
        {"member__events": [said("setting.changed", "2025-11-03", setting="x", value="off")]},
        {"member__events": [said("setting.changed", "2025-11-03T10:00:00Z", setting="x", value="maybe")]},
        {"member__events": [said("mood.changed", "2025-11-03T10:00:00Z")]},
        {"member__events": [said("objection.decided", "2025-11-03T10:00:00Z", purpose="p", outcome="perhaps")]},
        {"member__events": [{"type": "account.closed"}]},
        {"member__events": ["account.closed"]},
        {"member__events": [{"type": ["account.closed"], "effective_at": "2025-11-03T10:00:00Z"}]},
        {"member__events": [{"type": {}, "effective_at": "2025-11-03T10:00:00Z"}]},
        {"member__events": {"type": "account.closed"}},
        {"holds": [{"purpose": "train_generative", "region": "DE", "from": "soon"}]},
        {"record__excluded": "yes"},
        {"record__subjects": [{"member": None}]},
        {"member": "m1"},
    ],
)
def test_what_cannot_be_read_is_an_error_that_names_the_case(change):
    (answer,) = ask(ANNOUNCED, case(**change))
    assert set(answer) == {"id", "error"}
    assert answer["id"] == "c"
    assert "\n" not in answer["error"]


@pytest.mark.parametrize("line", [b"null", b"[]", b"3", b'"x"', b"\xff\xfe", b"{}", b'{"id": null}', b"[" * 100_000])
def test_a_line_without_a_readable_id_is_answered_with_null(line):
    (answer,) = ask(ANNOUNCED, line)
    assert answer["id"] is None
    assert answer["error"]


def test_a_case_without_a_member_is_state_missing():
    assert reasons(ANNOUNCED, case(member=None)) == ["state_missing"]


def test_an_unparsable_birth_date_is_an_unknown_one():
    assert reasons(ANNOUNCED, case(member__birth_date="1990-13-01")) == ["age_unknown"]


def test_ties_are_won_by_the_later_event():
    at = "2025-10-01T00:00:00Z"
    events = [
        *case()["member"]["events"],
        said("setting.changed", at, setting="generative_ai_improvement", value="on"),
        said("setting.changed", at, setting="generative_ai_improvement", value="off"),
    ]
    assert reasons(ANNOUNCED, case(member__events=events)) == ["setting_off"]
    assert reasons(ANNOUNCED, case(member__events=[events[0], events[2], events[1]])) == []


def test_an_event_with_an_earlier_moment_does_not_win_by_standing_later():
    events = [
        said("setting.changed", "2025-10-02T00:00:00Z", setting="generative_ai_improvement", value="off"),
        said("setting.changed", "2025-10-01T00:00:00Z", setting="generative_ai_improvement", value="on"),
    ]
    assert reasons(ANNOUNCED, case(member__events=events)) == ["setting_off"]


def test_an_event_after_the_moment_asked_about_does_not_count():
    events = [said("account.closed", "2025-11-04T09:00:01Z")]
    assert reasons(ANNOUNCED, case(member__events=events)) == []
    assert reasons(ANNOUNCED, case(member__events=[said("account.closed", "2025-11-04T09:00:00Z")])) == [
        "account_closed"
    ]


def test_a_region_that_became_unknown_wins_over_the_known_one():
    events = [said("member.region", "2025-10-01T00:00:00Z", region=None)]
    assert reasons(ANNOUNCED, case(member__events=events)) == ["region_unknown"]


def test_exactly_thirty_days_after_the_notice_is_long_enough():
    told = [said("notice.delivered", "2025-10-05T09:00:00Z", notice="ai-training-2025")]
    assert reasons(SAFEGUARDED, case(member__events=told)) == []
    told = [said("notice.delivered", "2025-10-05T09:00:00.000001Z", notice="ai-training-2025")]
    assert reasons(SAFEGUARDED, case(member__events=told)) == ["waiting_period"]


def test_of_a_notice_the_first_delivery_counts():
    told = [
        said("notice.delivered", "2025-11-01T09:00:00Z", notice="ai-training-2025"),
        said("notice.delivered", "2025-09-01T09:00:00Z", notice="ai-training-2025"),
    ]
    assert reasons(SAFEGUARDED, case(member__events=told)) == []


def test_people_who_do_not_permit_are_masked_once_by_role_in_order():
    minor = {"id": "m2", "region": "DE", "birth_date": "2010-01-01"}
    subjects = [
        {"role": "quoted", "member": minor},
        {"role": "mentioned", "member": case()["member"]},
        {"role": "mentioned"},
        {"role": "quoted", "member": None},
    ]
    (answer,) = ask(SAFEGUARDED, case(record__subjects=subjects))
    assert answer == {"id": "c", "allowed": True, "reasons": [], "masks": ["quoted", "mentioned"]}


def test_masks_are_empty_when_the_record_is_denied():
    (answer,) = ask(SAFEGUARDED, case(record__subjects=[{"role": "mentioned"}], record__excluded=True))
    assert (answer["reasons"], answer["masks"]) == (["item_excluded"], [])


def test_ads_off_turns_sharing_off_and_gives_the_choice_back():
    def share(*values: str) -> list[str]:
        events = [said("notice.delivered", "2025-09-18T08:00:00Z", notice="ai-training-2025")]
        events += [
            said("setting.changed", f"2025-10-0{day}T00:00:00Z", setting="ads_off_platform", value=value)
            for day, value in enumerate(values, 1)
        ]
        return reasons(
            ANNOUNCED,
            case(
                purpose="share_affiliates", member__region="US", member__events=events, record__category="profile.skill"
            ),
        )

    assert share("off") == ["setting_off"]
    assert share("off", "on") == []


def test_an_objection_counts_from_its_receipt_and_a_rejected_one_no_longer():
    def objected(*steps: tuple[str, dict[str, str]]) -> list[str]:
        events = [
            said(f"objection.{step}", f"2025-10-0{day}T00:00:00Z", purpose="train_generative", **extra)
            for day, (step, extra) in enumerate(steps, 1)
        ]
        return reasons(ANNOUNCED, case(member__events=events))

    received, withdrawn = ("received", {}), ("withdrawn", {})
    upheld, rejected = ("decided", {"outcome": "upheld"}), ("decided", {"outcome": "rejected"})
    assert objected(received) == ["objection_open"]
    assert objected(received, upheld) == ["objection_upheld"]
    assert objected(received, rejected) == []
    assert objected(received, rejected, received) == ["objection_open"]
    assert objected(received, upheld, withdrawn) == []


def test_an_objection_to_advertising_stands_even_when_somebody_rejected_it():
    events = [
        said("objection.received", "2025-10-01T00:00:00Z", purpose="ads_measurement"),
        said("objection.decided", "2025-10-02T00:00:00Z", purpose="ads_measurement", outcome="rejected"),
    ]
    one = case(purpose="ads_measurement", member__region="US", member__events=events, record__category="profile.skill")
    assert reasons(ANNOUNCED, one) == ["objection_upheld"]


def test_a_key_given_twice_is_refused_rather_than_let_the_last_one_win():
    line = json.dumps(case()).replace('"visibility"', '"excluded": true, "excluded": false, "visibility"')
    (answer,) = ask(ANNOUNCED, line.encode())
    assert answer["id"] is None
    assert "twice" in answer["error"]


def test_anybody_in_a_record_can_exclude_it_and_only_they_can_include_it_again():
    def by(person: str, *kinds: str) -> dict[str, Any]:
        events = [said(f"record.{kind}", f"2025-10-0{day}T00:00:00Z", record="r1") for day, kind in enumerate(kinds, 1)]
        return {"id": person, "region": "DE", "birth_date": "1990-05-01", "events": events}

    def asked(author: dict[str, Any], other: dict[str, Any]) -> list[str]:
        return reasons(ANNOUNCED, case(member=author, record__subjects=[{"role": "mentioned", "member": other}]))

    assert asked(by("m1"), by("m2", "excluded")) == ["item_excluded"]
    assert asked(by("m1", "included"), by("m2", "excluded")) == ["item_excluded"]
    assert asked(by("m1"), by("m2", "excluded", "included")) == []


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_fail(line):
    for answer in answer_lines(load_pack("community-qa"), [line]):
        assert answer.error or answer.judgment


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
PATHS = [
    "id", "purpose", "at", "member", "record", "holds", "member__id", "member__region", "member__birth_date",
    "member__events", "record__id", "record__category", "record__created_at", "record__visibility",
    "record__subjects", "record__signals", "record__excluded", "record__context", "record__parent",
]  # fmt: skip


@given(st.lists(st.dictionaries(st.sampled_from(["type", "effective_at", "setting", "value", "purpose"]), json_values)))
def test_no_event_makes_the_reader_fail(events):
    (answer,) = ask(SAFEGUARDED, case(member__events=events))
    assert "error" in answer or answer["allowed"] == (not answer["reasons"])


@given(st.sampled_from(PATHS), json_values)
def test_no_value_in_any_place_makes_the_reader_fail(path, value):
    (answer,) = ask(SAFEGUARDED, case(**{path: value}))
    assert "error" in answer or answer["allowed"] == (not answer["reasons"])
