"""A network's events tell of every kind of member, with the orderings that are easy to get wrong."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, date, datetime

import pytest

from assent.sources.synthetic.histories import ADS_SETTINGS, TRAIN_SETTING
from assent.vocabulary.events import EventType, parse_event
from assent.vocabulary.regions import REGION_CODES


def events_of(network, kind):
    return [event for event in network.events if event["type"] == kind]


def test_every_event_can_be_read_as_an_event(network):
    for row in network.events:
        fields = {name: value for name, value in row.items() if value is not None}
        fields["effective_at"] = fields["effective_at"].isoformat()
        parse_event(fields)


def test_every_region_and_unknown_ones(network):
    regions = {m["region"] for m in network.truth("members")}
    assert regions == REGION_CODES | {None}


def test_there_are_three_events_a_member_or_more(network):
    assert network.summary.events == len(network.events)
    assert len(network.events) / 3_000 > 3


def test_settings_in_the_truth_are_what_the_file_folds_to(network):
    folded = defaultdict(dict)
    for event in sorted(events_of(network, "setting.changed"), key=lambda event: event["effective_at"]):
        folded[event["member"]][event["setting"]] = event["value"]
    told = {m["member"]: json.loads(m["settings"]) for m in network.truth("members") if m["settings"] != "{}"}
    assert told == folded


def test_birth_dates_reach_the_edges(network):
    born = {m["birth_date"] for m in network.truth("members")}
    assert born >= {None, "2007-11-02", "2007-11-03", "2007-11-04"}
    assert any(day and day.endswith("-02-29") for day in born)
    assert max(day for day in born if day) > "2008-06-01"
    assert all(date.fromisoformat(day) for day in born if day)


def test_known_birth_dates_stand_in_the_events(network):
    said = {e["member"]: e["birth_date"] for e in events_of(network, "member.birth_date") if e["birth_date"]}
    wrong = [m for m in network.truth("members") if m["birth_date"] and said[m["member"]] != m["birth_date"]]
    assert wrong == []


def test_some_move_and_end_where_the_truth_says(network):
    last = {e["member"]: e["region"] for e in events_of(network, "member.region")}
    movers = [m for m in network.truth("members") if m["earlier_region"]]
    assert len(movers) > 30
    assert [m for m in movers if last[m["member"]] != m["region"]] == []


def test_notices_come_on_the_day_late_or_never(network):
    first = [m["notice_delivered_at"] for m in network.truth("members")]
    late = [at for at in first if at and at > datetime(2025, 10, 4, tzinfo=UTC)]
    assert 0.02 < first.count(None) / len(first) < 0.09
    assert 0.03 < len(late) / len(first) < 0.15


@pytest.mark.parametrize("setting", [TRAIN_SETTING, *ADS_SETTINGS])
def test_choices_go_back_and_forth(network, setting):
    turns = defaultdict(list)
    for event in events_of(network, "setting.changed"):
        if event["setting"] == setting:
            turns[event["member"]].append(event["value"])
    assert max(len(values) for values in turns.values()) >= 3
    assert {value for values in turns.values() for value in values} == {"on", "off"}


def test_some_events_of_one_instant_say_opposite_things(network):
    said = defaultdict(set)
    for event in events_of(network, "setting.changed"):
        said[event["member"], event["setting"], event["effective_at"]].add(event["value"])
    assert sum(len(values) == 2 for values in said.values()) > 5


def test_some_events_stand_after_later_ones(network):
    latest, late = datetime(2000, 1, 1, tzinfo=UTC), 0
    for event in network.events:
        late += event["effective_at"] < latest
        latest = max(latest, event["effective_at"])
    assert 0 < late < len(network.events) / 10


def test_objections_are_received_decided_and_withdrawn(network):
    assert {e["outcome"] for e in events_of(network, "objection.decided")} == {"upheld", "rejected"}
    assert events_of(network, "objection.withdrawn")
    assert {e["purpose"] for e in events_of(network, "objection.received")} >= {"train_generative", "train_other"}


def test_objections_in_the_truth_have_every_standing(network):
    standings = {s for m in network.truth("members") for s in json.loads(m["objections"]).values()}
    assert standings == {"open", "upheld", "rejected"}


def test_holds_are_placed_and_lifted(network):
    assert {(e["region"], e["purpose"]) for e in events_of(network, "hold.lifted")} == {
        ("IE", "train_generative"),
        ("NO", "train_other"),
    }
    assert len(events_of(network, "hold.placed")) == 3


def test_excluded_records_are_their_authors_own(network):
    excluded = events_of(network, "record.excluded")
    assert excluded
    assert [e for e in excluded if network.by_id[e["record"]]["author"] != e["member"]] == []


def test_event_types_are_those_a_platform_has(network):
    assert {event["type"] for event in network.events} == {
        EventType.MEMBER_JOINED, EventType.MEMBER_REGION, EventType.MEMBER_BIRTH_DATE, EventType.SETTING_CHANGED,
        EventType.OBJECTION_RECEIVED, EventType.OBJECTION_DECIDED, EventType.OBJECTION_WITHDRAWN,
        EventType.NOTICE_DELIVERED, EventType.RECORD_EXCLUDED, EventType.RECORD_INCLUDED, EventType.ACCOUNT_CLOSED,
        EventType.HOLD_PLACED, EventType.HOLD_LIFTED,
    }  # fmt: skip
