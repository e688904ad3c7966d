"""What is counted is what the fold of each member's events says, one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assent.ledger import fold_member
from assent.operations.figures import figures_of
from assent.operations.platform import Platform, open_platform
from assent.operations.requests_counted import Claims
from assent.policy.evaluate import effective, own_value
from assent.vocabulary.regions import REGION_CODES
from small_world import NOTICE, PURPOSE, SETTING, World, joined, make_world, switched


@dataclass
class Opened:
    """A small world with its platform open."""

    world: World
    platform: Platform


def make_portal(root, *given, **named):
    world = make_world(root, *given, **named)
    return Opened(world, open_platform(world.workspace, clock=world.clock, entropy=world.entropy))


ADS, SHARE = "ads_off_platform", "share_affiliates"
DAY = timedelta(days=1)


def event(kind, member, at, **fields):
    return {"type": kind, "member": member, "effective_at": at, **fields}


def objected(member, at="2026-01-01T00:00:00Z", **fields):
    return event("objection.received", member, at, purpose=PURPOSE, **fields)


def decided(member, outcome, at="2026-01-11T00:00:00Z"):
    return event("objection.decided", member, at, purpose=PURPOSE, outcome=outcome)


@pytest.fixture
def portal_of(tmp_path):
    made = []

    def make(events, **given):
        made.append(make_portal(tmp_path / str(len(made)), events, [], **given))
        return made[-1]

    yield make
    for each in made:
        each.platform.close()


def counted(portal):
    return figures_of(portal.platform)


def test_who_left_is_no_member(portal_of):
    left = [event("account.closed", "m1", "2026-01-01T00:00:00Z")]
    assert counted(portal_of(joined("m1") + joined("m2") + left)).members == 1


def test_a_pseudonym_that_only_objected_is_no_member(portal_of):
    figures = counted(portal_of([*joined("m1"), objected("nobody")]))
    assert (figures.members, figures.objections[0].received) == (1, 1)


def test_what_is_off_because_of_another_setting_was_not_chosen(portal_of):
    off = {"type": "setting.changed", "setting": ADS, "value": "off", "effective_at": "2026-01-01T00:00:00Z"}
    (region,) = counted(portal_of([*joined("m1"), {**off, "member": "m1"}])).regions
    assert (region.off[SHARE], region.chose_off[SHARE]) == (1, 0)


def test_the_latest_choice_counts_not_the_last_recorded(portal_of):
    events = [switched("m1", "off", "2026-01-02T00:00:00Z"), switched("m1", "on", "2026-01-01T00:00:00Z")]
    assert counted(portal_of(joined("m1") + events)).off(SETTING) == 1


def test_an_unknown_country_is_a_row_of_its_own_at_the_end(portal_of):
    figures = counted(portal_of(joined("m1", region=None) + joined("m2", region="XX") + joined("m3")))
    assert [(each.region, each.members) for each in figures.regions] == [("DE", 1), (None, 2)]


def test_a_moment_that_passed_is_counted_as_it_was(portal_of):
    portal = portal_of([*joined("m1"), switched("m1", "off", "2026-02-01T00:00:00Z")])
    before = figures_of(portal.platform, at=datetime(2026, 1, 1, tzinfo=UTC))
    assert (before.off(SETTING), figures_of(portal.platform).off(SETTING)) == (0, 1)


def test_an_appeal_is_no_new_objection(portal_of):
    events = [objected("m1"), decided("m1", "rejected"), objected("m1", "2026-01-12T00:00:00Z", by="appeal")]
    (found,) = counted(portal_of(joined("m1") + events)).objections
    assert (found.received, found.open, found.appealed) == (1, 1, 1)


def test_objecting_again_after_a_rejection_is_a_new_objection(portal_of):
    events = [objected("m1"), decided("m1", "rejected"), objected("m1", "2026-01-12T00:00:00Z")]
    (found,) = counted(portal_of(joined("m1") + events)).objections
    assert (found.received, found.open, found.rejected) == (2, 1, 1)


def test_the_median_is_from_receipt_to_the_first_decision(portal_of):
    events = [objected("m1"), decided("m1", "upheld"), objected("m2"), decided("m2", "upheld", "2026-01-31T00:00:00Z")]
    assert counted(portal_of(joined("m1") + joined("m2") + events)).median_days == 20.0


def test_claims_are_counted_by_what_was_found(portal_of):
    claim = event("claim.received", "m1", "2026-01-01T00:00:00Z", purpose=PURPOSE)
    found = event("claim.decided", "m1", "2026-01-02T00:00:00Z", purpose=PURPOSE, finding="not-confirmed")
    assert counted(portal_of([*joined("m1"), claim, claim, found])).claims == Claims(2, 1, 0, 1)


def test_a_hold_stands_until_it_is_lifted(portal_of):
    placed = {"type": "hold.placed", "purpose": PURPOSE, "region": "DE", "effective_at": "2026-01-01T00:00:00Z"}
    lifted = placed | {"type": "hold.lifted", "region": "FR", "effective_at": "2026-01-02T00:00:00Z"}
    (hold,) = counted(portal_of([placed, placed | {"region": "FR"}, lifted])).holds
    assert (hold.region, hold.since) == ("DE", datetime(2026, 1, 1, tzinfo=UTC))


def test_a_take_back_is_done_once_nothing_of_theirs_is_left(tmp_path):
    portal = make_portal(tmp_path)
    portal.world.build()
    portal.world.pass_time(days=1)
    at = portal.world.now.isoformat()
    portal.world.tell(*(event("takeback.requested", who, at, purpose=PURPOSE) for who in ("m0", "nowhere")))
    figures = figures_of(portal.platform)
    portal.platform.close()
    assert (figures.takebacks_asked, figures.takebacks_done) == (2, 1)


def test_growth_is_counted_at_once_where_counting_is_quick(portal_of):
    portal = portal_of(joined("m1"))
    figures_of(portal.platform)
    portal.world.tell(*joined("m2"))
    assert figures_of(portal.platform).members == 2


RUNS = count()
"""No two examples are about the same people."""
NAMES = st.sampled_from(["m1", "m2", "m3", "m4"])
AT = st.integers(0, 5).map(lambda days: (datetime(2026, 1, 1, tzinfo=UTC) + days * DAY).isoformat())
EVENTS = st.lists(
    st.one_of(
        st.builds(lambda m, at, r: event("member.region", m, at, region=r), NAMES, AT,
                  st.sampled_from(["DE", "US", None, "XX"])),
        st.builds(lambda m, at, s, v: event("setting.changed", m, at, setting=s, value=v), NAMES, AT,
                  st.sampled_from([SETTING, ADS, SHARE]), st.sampled_from(["on", "off"])),
        st.builds(lambda m, at: event("notice.delivered", m, at, notice=NOTICE), NAMES, AT),
        st.builds(lambda m, at: event("account.closed", m, at), NAMES, AT),
    ),
    max_size=25,
)  # fmt: skip


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    portal = make_portal(tmp_path_factory.mktemp("shared"), [], [], pack="consent-first")
    yield portal
    portal.platform.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS, after=st.integers(0, 6))
def test_the_sum_is_what_the_specification_says_of_each(shared, events, after):
    run = next(RUNS)
    pack, ledger = shared.platform.pack, shared.platform.ledger
    region = {"m1": "AT", "m2": "FR", "m3": "CA", "m4": "BR"}
    told = [each | {"member": f"{run}-{each['member']}"} for each in events]
    before = figures_of(shared.platform, at=datetime(2026, 1, 1, tzinfo=UTC) + after * DAY)
    told += [event("member.region", f"{run}-{m}", "2025-12-01T00:00:00Z", region=r) for m, r in region.items()]
    shared.world.tell(*told)
    at = datetime(2026, 1, 1, tzinfo=UTC) + after * DAY
    figures, size = figures_of(shared.platform, at=at), ledger.size
    states = [fold_member(ledger.events_of(f"{run}-{name}"), at=at, size=size) for name in region]
    here = [each for each in states if each and not each.closed]

    def place(state):
        return state.region if state.region in REGION_CODES else None

    for name in pack.settings:
        off = sum(effective(pack, name, each, place(each)) == "off" for each in here)
        chose = sum(own_value(pack, name, each, None) == "off" for each in here)
        assert figures.off(name) - before.off(name) == off
        assert (
            sum(each.chose_off[name] for each in figures.regions) - sum(each.chose_off[name] for each in before.regions)
            == chose
        )
    assert figures.members - before.members == len(here)
