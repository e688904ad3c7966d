"""Nobody learns of fewer than 20 people, whoever subtracts what is shown from what is shown."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.operations.figures import Artefacts, Figures, RegionFigures
from assent.operations.figures_public import HIDDEN, OTHER, SMALLEST, Shown, public, rounded
from assent.operations.requests_counted import Claims, Outcomes
from assent.policy.load import load_pack
from small_world import NOTICE, PACK, SETTING

ADS, SHARE = "ads_off_platform", "share_affiliates"
RULES = load_pack(PACK)
AT = datetime(2026, 3, 1, tzinfo=UTC)


def region(name, members, off=0, *, told=0, ads=None, share=None):
    ads = 0 if ads is None else ads
    counts = dict.fromkeys(RULES.settings, off) | {ADS: ads, SHARE: ads if share is None else share}
    return RegionFigures(name, members, counts, dict.fromkeys(RULES.settings, 0), dict.fromkeys(RULES.notices, told))


def figures(*regions, objections=(), **given):
    empty = Artefacts()
    counted = {
        "holds": (), "objections": objections, "median_days": 3.0, "decided": 0, "claims": Claims(), "snapshots": empty,
        "models": empty, "takebacks_asked": 0, "takebacks_done": 0, "erasures_asked": 0, "erasures_done": 0,
        "audits": 0,
    }  # fmt: skip
    members = sum(each.members for each in regions)
    return Figures(at=AT, size=0, members=members, unreadable=0, regions=regions, months={}, **(counted | given))


def seen(*regions, **given):
    return public(figures(*regions, **given), RULES)


def row(shown, name):
    return next(each for each in shown.regions if each.region == name)


def test_large_groups_are_shown_to_the_nearest_five():
    assert row(seen(region("DE", 1003, 101)), "DE").off[SETTING] == Shown(100, 1005)


def test_small_regions_are_one_row_with_the_unknown():
    shown = seen(region("DE", 500), region("LU", 12), region("MT", 11), region(None, 3))
    assert [(each.region, each.members.count) for each in shown.regions] == [("DE", 500), (OTHER, 25)]


def test_a_small_rest_takes_the_smallest_region_along():
    shown = seen(region("DE", 500), region("FR", 40), region("LU", 12))
    assert [(each.region, each.members.count) for each in shown.regions] == [("DE", 500), (OTHER, 50)]


def test_a_platform_of_fewer_than_twenty_shows_nothing_of_them():
    shown = seen(region("DE", 19, 10))
    assert (shown.regions, shown.total.members, shown.total.off[SETTING]) == ((), HIDDEN, HIDDEN)


@pytest.mark.parametrize("off", [0, 1, 19, 981, 1000])
def test_a_choice_of_few_is_hidden_and_so_is_that_few_did_not_choose_it(off):
    assert row(seen(region("DE", 1000, off)), "DE").off[SETTING] == HIDDEN


def test_that_everybody_was_told_may_be_seen():
    assert row(seen(region("DE", 1000, told=1000)), "DE").told[NOTICE].share == 1.0


def test_a_hidden_cell_takes_a_second_one_along():
    shown = seen(region("DE", 1000, 200), region("FR", 400, 100), region("LU", 30, 5))
    hidden = [each.region for each in shown.regions if each.off[SETTING] == HIDDEN]
    assert (hidden, shown.total.off[SETTING]) == (["FR", "LU"], Shown(305, 1430))


def test_the_total_is_hidden_where_nothing_is_left_to_hide_behind():
    shown = seen(region("DE", 1000, 970), region("FR", 1000, 15))
    assert [shown.total.off[SETTING], *(each.off[SETTING] for each in shown.regions)][1:] == [HIDDEN, HIDDEN]


def test_settings_that_differ_by_few_people_are_not_both_shown():
    shown = row(seen(region("DE", 1000, ads=100, share=110)), "DE")
    assert (shown.off[ADS].count, shown.off[SHARE]) == (100, HIDDEN)


def test_settings_that_do_not_differ_are_both_shown():
    shown = row(seen(region("DE", 1000, ads=100, share=100)), "DE")
    assert shown.off[ADS] == shown.off[SHARE] == Shown(100, 1000)


def test_few_objections_are_not_divided_further():
    shown = seen(region("DE", 1000), objections=(Outcomes("train_generative", 19, open=19),))
    assert (shown.objections, set(shown.outcomes.values()), set(shown.objected.values())) == (
        HIDDEN,
        {HIDDEN},
        {HIDDEN},
    )


def test_one_rare_outcome_takes_another_along():
    shown = seen(region("DE", 1000), objections=(Outcomes("train_generative", 103, 60, 40, 3),))
    hidden = {name for name, each in shown.outcomes.items() if each == HIDDEN}
    assert (shown.objections.count, hidden) == (105, {"rejected", "upheld"})


def test_a_median_of_few_is_not_told():
    assert seen(region("DE", 1000), decided=19).median_days is None


PEOPLE = st.tuples(st.integers(0, 90), st.integers(0, 100), st.integers(0, 100), st.integers(0, 100), st.booleans())
NAMES = ("AT", "BE", "CZ", "DE", "ES", "FR", None)


def drawn(name, numbers):
    members, off, ads, more, same = numbers
    part = members * ads // 100
    share = part if same else part + (members - part) * more // 100
    return region(name, members, members * off // 100, ads=part, share=share)


@given(st.lists(PEOPLE, min_size=1, max_size=7))
def test_no_sum_of_what_is_hidden_is_of_few(numbers):
    regions = [drawn(name, each) for name, each in zip(NAMES, numbers, strict=False)]
    regions = [each for each in regions if each.members]
    shown = seen(*regions)
    large = {each.region for each in shown.regions}
    exact = {each.region: each for each in regions if each.region in large}
    rest = [each for each in regions if each.region not in large]
    if OTHER in large:
        exact[OTHER] = region(OTHER, sum(each.members for each in rest))
        counts = {name: sum(each.off[name] for each in rest) for name in RULES.settings}
        exact[OTHER] = RegionFigures(OTHER, exact[OTHER].members, counts, counts, {})
    assert all(each.members >= SMALLEST for each in exact.values())

    def group(count):
        """What can be computed is of nobody or of many."""
        assert count == 0 or count >= SMALLEST, count

    def hidden(name):
        return [each.region for each in shown.regions if each.off[name] == HIDDEN]

    for name in RULES.settings:
        for each in shown.regions:
            if each.off[name] != HIDDEN:
                group(exact[each.region].off[name])
                group(exact[each.region].members - exact[each.region].off[name])
        if shown.total.off[name] != HIDDEN:
            assert len(hidden(name)) != 1
            group(sum(exact[each].off[name] for each in hidden(name)))
            group(sum(exact[each].members - exact[each].off[name] for each in hidden(name)))
    for each in shown.regions:
        if HIDDEN not in {each.off[ADS], each.off[SHARE]}:
            group(exact[each.region].off[SHARE] - exact[each.region].off[ADS])
    if HIDDEN not in {shown.total.off[ADS], shown.total.off[SHARE]}:
        group(sum(exact[each].off[SHARE] - exact[each].off[ADS] for each in {*hidden(ADS), *hidden(SHARE)}))
        group(sum(each.off[SHARE] - each.off[ADS] for each in exact.values()))


def test_two_columns_that_hide_different_rows_tell_no_difference():
    # Were the four rows hidden two by two, the totals would tell the difference of each pair: of 13 people in the first.
    regions = [region(name, members, 0, ads=ads, share=share) for name, members, ads, share in
               (("DE", 1002, 332, 335), ("FR", 1000, 500, 510), ("AT", 107, 19, 39), ("BE", 67, 41, 41))]  # fmt: skip
    shown = seen(*regions)
    hidden = {name: {each.region for each in shown.regions if each.off[name] == HIDDEN} for name in (ADS, SHARE)}
    assert hidden[ADS] <= hidden[SHARE] or shown.total.off[SHARE] == HIDDEN


@given(st.integers(0, 10_000))
def test_rounding_goes_to_the_nearest_five(number):
    assert rounded(number) % 5 == 0 and abs(rounded(number) - number) <= 2
