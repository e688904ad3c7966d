from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.errors import EvidenceError
from assent.ledger import Unreadable, fold_exclusions, fold_holds, fold_member
from assent.ledger.stored import read_event
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.state import Hold, MemberState, Objection

T = datetime(2025, 11, 3, tzinfo=UTC)
DAY = timedelta(days=1)


def event(kind, *, key=None, value=None, at=T, member="m1"):
    return Event(EventType(kind), at, member, key, value)


def fold(*events, at=T, size=1000):
    return fold_member(list(enumerate(events)), at=at, size=size)


def setting(value, at=T):
    return event("setting.changed", key="ads", value=value, at=at)


def test_nobody_is_known_without_events():
    assert fold() is None


def test_an_event_of_the_future_does_not_count_yet():
    assert fold(setting("off", T + DAY)) is None


def test_an_event_beyond_the_size_does_not_count():
    assert fold(setting("on"), setting("off"), size=1).settings == {"ads": "on"}


def test_joining_makes_a_member_known():
    assert fold(event("member.joined")) == MemberState()


def test_the_later_effective_event_wins_whatever_its_position():
    assert fold(setting("off", T), setting("on", T - DAY)).settings == {"ads": "off"}


def test_of_two_at_one_instant_the_higher_position_wins():
    assert fold(setting("on"), setting("off")).settings == {"ads": "off"}


def test_exactly_at_the_moment_counts():
    assert fold(setting("off", T), at=T).settings == {"ads": "off"}


def test_a_region_can_become_unknown_again():
    known = event("member.region", value="DE", at=T - DAY)
    assert fold(known, event("member.region", value=None)).region is None


def test_a_birth_date_can_become_unknown_again():
    known = event("member.birth_date", value="1990-05-01", at=T - DAY)
    assert fold(known, event("member.birth_date", value=None)).birth_date is None


def test_a_birth_date_is_read():
    assert fold(event("member.birth_date", value="1990-05-01")).birth_date == date(1990, 5, 1)


@pytest.mark.parametrize("text", ["1990-02-30", "1990", "01.05.1990", "", "19900501"])
def test_a_birth_date_that_is_no_date_is_unknown_and_wins(text):
    known = event("member.birth_date", value="1990-05-01", at=T - DAY)
    assert fold(known, event("member.birth_date", value=text)).birth_date is None


def test_the_first_delivery_of_a_notice_counts():
    state = fold(event("notice.delivered", key="n1", at=T), event("notice.delivered", key="n1", at=T - DAY))
    assert state.notices == {"n1": T - DAY}


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        (["received"], {"p": Objection.OPEN}),
        (["received", "upheld"], {"p": Objection.UPHELD}),
        (["received", "rejected"], {"p": Objection.REJECTED}),
        (["received", "rejected", "received"], {"p": Objection.OPEN}),
        (["received", "upheld", "withdrawn"], {}),
        (["withdrawn"], {}),
    ],
)
def test_the_last_word_on_an_objection_counts(history, expected):
    events = []
    for word in history:
        kind = "decided" if word in ("upheld", "rejected") else word
        events.append(event(f"objection.{kind}", key="p", value=word if kind == "decided" else None))
    assert fold(*events).objections == expected


def test_a_closed_account_is_closed():
    assert fold(event("account.closed")).closed


@pytest.mark.parametrize("kind", ["erasure.requested", "erasure.completed"])
def test_erasure_counts_from_its_request(kind):
    assert fold(event(kind)).erased


@pytest.mark.parametrize(
    "data",
    [
        b'{"effective_at":"2025-01-01T00:00:00Z","member":"m1","type":"setting.reset"}',
        b'{"effective_at":"2025-01-01T00:00:00Z","member":"m1","setting":"ads","type":"setting.changed","value":"partly"}',
        b'{"effective_at":"long ago","member":"m1","type":"member.joined"}',
        b'{"effective_at":"2025-01-01T00:00:00Z","member":"m1","type":"member.joined","why":"new field"}',
        b"[]",
        b"\xff",
    ],
)
def test_an_event_that_cannot_be_read_makes_the_member_unreadable(data):
    assert fold(read_event(data)).unreadable


def test_an_unreadable_event_of_the_future_does_not_count_yet():
    assert fold(setting("on"), Unreadable("m1", T + DAY, "new")).unreadable is False


HISTORIES = st.lists(
    st.builds(
        setting,
        st.sampled_from(["on", "off"]),
        st.integers(-3, 3).map(lambda days: T + days * DAY),
    )
)


@given(HISTORIES, HISTORIES)
def test_later_positions_never_change_an_earlier_state(before, after):
    events = list(enumerate(before + after))
    assert fold_member(events, at=T, size=len(before)) == fold_member(events[: len(before)], at=T, size=10**9)


@given(HISTORIES, st.randoms())
def test_the_order_of_reading_does_not_matter(history, random):
    events = list(enumerate(history))
    shuffled = random.sample(events, len(events))
    assert fold_member(shuffled, at=T, size=100) == fold_member(events, at=T, size=100)


def holds(*events, at=T):
    return fold_holds(list(enumerate(events)), at=at, size=1000)


def hold(kind, at, region="DE"):
    return event(f"hold.{kind}", key="train_generative", value=region, at=at, member=None)


def test_a_hold_stands_from_its_placing():
    assert holds(hold("placed", T - DAY)) == (Hold("train_generative", "DE", since=T - DAY),)


def test_a_lifted_hold_no_longer_stands():
    assert holds(hold("placed", T - DAY), hold("lifted", T)) == ()


def test_a_hold_lifted_later_still_stands():
    assert holds(hold("placed", T - DAY), hold("lifted", T + DAY)) == (Hold("train_generative", "DE", since=T - DAY),)


def test_lifting_one_region_leaves_the_others():
    assert holds(hold("placed", T, "DE"), hold("placed", T, "FR"), hold("lifted", T, "DE")) == (
        Hold("train_generative", "FR", since=T),
    )


def test_an_unreadable_event_about_nobody_stops_every_decision():
    with pytest.raises(EvidenceError):
        holds(Unreadable(None, None, "new"))


def exclusions(*events):
    return fold_exclusions(list(enumerate(events)), at=T, size=1000)


def test_an_excluded_record_stays_out_until_included():
    out = event("record.excluded", key="r1", at=T - DAY)
    assert (exclusions(out), exclusions(out, event("record.included", key="r1"))) == ({"r1"}, frozenset())


def test_nobody_includes_what_another_excluded():
    other = event("record.included", key="r1", member="m2")
    assert exclusions(event("record.excluded", key="r1", at=T - DAY), other) == {"r1"}
