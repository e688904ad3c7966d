from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pytest

from assent.audit.model.estimates import Estimate, NotGiven, clopper_pearson, share, student_interval
from assent.audit.model.roc import attack_auc, curve, measure_auc, share_found, standing
from assent.errors import InputError


def drawn(random, members, others, shift):
    return random.normal(shift, 1, members), random.normal(0, 1, others)


@pytest.mark.parametrize("truth", [0.5, 0.7, 0.95])
@pytest.mark.parametrize("size", [30, 100])
def test_interval_holds_the_true_auc_about_as_often_as_it_says(truth, size):
    random, shift = np.random.default_rng(round(truth * 100) + size), NormalDist().inv_cdf(truth) * 2**0.5
    held = 0
    for _ in range(400):
        found = attack_auc(*drawn(random, size, size, shift))
        held += found.low <= truth <= found.high
    assert 0.925 <= held / 400 <= 0.98


def clustered(random, number, shift):
    own = random.normal(shift, 1, number)
    people = np.repeat(np.arange(number), 8)
    return own[people] + random.normal(0, 0.3, len(people)), people


def test_interval_counts_people_where_their_texts_rise_and_fall_together():
    random, held, wrong = np.random.default_rng(3), 0, 0
    for _ in range(300):
        (own, who), (others, other_who) = clustered(random, 50, 0.0), clustered(random, 50, 0.0)
        found = attack_auc(own, others, member_people=who, nonmember_people=other_who)
        naive = attack_auc(own, others)
        held += found.low <= 0.5 <= found.high
        wrong += naive.low <= 0.5 <= naive.high
    assert held / 300 >= 0.92
    assert wrong / 300 < 0.75  # texts taken for independent would promise far too much


def test_chance_of_a_score_that_knows_nothing_is_below_any_level_that_often():
    random = np.random.default_rng(5)
    chances = [measure_auc(*drawn(random, 60, 60, 0.0)).chance for _ in range(1000)]
    assert np.mean(np.array(chances) < 0.05) == pytest.approx(0.05, abs=0.02)
    assert np.mean(np.array(chances) < 0.005) <= 0.015


def test_auc_counts_pairs_and_halves_ties():
    found = measure_auc(np.array([3.0, 2.0, 2.0]), np.array([1.0, 2.0]))
    assert found.value == pytest.approx((3 * 1 + 1 + 0.5 + 0.5) / 6)


def test_perfect_score_still_has_an_interval():
    found = attack_auc(np.arange(30.0) + 100, np.arange(30.0))
    assert found.value == 1.0
    assert 0.85 < found.low < 0.99
    assert found.high == 1.0


def test_score_that_is_always_wrong_has_the_mirrored_interval():
    right, wrong = (attack_auc(np.arange(30.0) + shift, np.arange(30.0)) for shift in (100, -100))
    assert (wrong.low, wrong.high) == pytest.approx((1 - right.high, 1 - right.low))


def test_constant_score_is_a_coin_and_not_significant():
    found = measure_auc(np.zeros(40), np.zeros(40))
    assert (found.value, found.chance) == (0.5, 0.5)


def test_too_few_people_give_no_figure_and_say_so():
    why = "an interval needs at least 30 people on each side; members have 29"
    assert attack_auc(np.zeros(29), np.zeros(99)) == NotGiven(why)


def test_texts_of_one_person_count_as_one():
    found = attack_auc(np.zeros(99), np.zeros(99), member_people=np.zeros(99, dtype=np.int64))
    assert isinstance(found, NotGiven)


def test_an_empty_side_is_refused():
    with pytest.raises(InputError, match="members and of others"):
        measure_auc(np.zeros(0), np.zeros(5))


def test_a_score_that_is_no_number_is_refused():
    with pytest.raises(InputError, match="no number"):
        measure_auc(np.array([np.nan]), np.zeros(5))


def test_share_found_leaves_no_more_false_alarms_than_promised():
    random = np.random.default_rng(8)
    own, others = drawn(random, 200, 1000, 2.0)
    found = share_found(own, others, 0.01)
    threshold = np.sort(others)[-11]
    assert (others > threshold).sum() == 10
    assert found.share.value == (own > threshold).mean()


def test_share_found_with_ties_does_not_count_the_tied():
    found = share_found(np.ones(100), np.ones(300), 0.01)
    assert found.share.value == 0.0


@pytest.mark.parametrize(("rate", "least"), [(0.01, 300), (0.001, 3000)])
def test_share_found_needs_enough_others(rate, least):
    own = np.zeros(50)
    assert isinstance(share_found(own, np.zeros(least), rate).share, Estimate)
    assert share_found(own, np.zeros(least - 1), rate).share.reason.endswith(f"it takes at least {least:,}")


def test_interval_of_a_share_is_clopper_and_pearsons():
    assert clopper_pearson(3, 10) == pytest.approx((0.0667395, 0.6524529), abs=1e-6)
    assert clopper_pearson(0, 10) == pytest.approx((0.0, 0.3084971), abs=1e-6)
    assert clopper_pearson(10, 10) == pytest.approx((0.6915029, 1.0), abs=1e-6)


def test_share_of_nothing_is_no_share():
    with pytest.raises(ZeroDivisionError):
        share(0, 0)


def test_student_interval_is_the_textbooks():
    low, high = student_interval(np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    assert (low, high) == pytest.approx((3 - 1.963243, 3 + 1.963243), abs=1e-5)


def test_curve_goes_from_nothing_to_everything_and_never_falls():
    random = np.random.default_rng(2)
    points = curve(*drawn(random, 3000, 3000, 1.0))
    assert points[0] == (0.0, 0.0)
    assert points[-1] == (1.0, 1.0)
    assert len(points) < 250
    assert all(a <= b for a, b in pairwise(points))


def few(random, number, shift, others=80):
    own = random.normal(shift, 1, number * 3)
    rest = random.normal(0, 1, others * 3)
    return standing(own, rest, np.repeat(np.arange(number), 3), np.repeat(np.arange(others), 3))


def test_one_person_above_everybody_is_as_rare_as_their_number_says():
    found = standing(np.array([9.0]), np.arange(50.0) / 100, np.zeros(1, dtype=np.int64), np.arange(50))
    assert (found.above, found.chance, found.people, found.others) == (1.0, 1 / 51, 1, 50)


def test_ties_with_one_person_count_against_the_finding():
    found = standing(np.zeros(1), np.zeros(50), np.zeros(1, dtype=np.int64), np.arange(50))
    assert (found.above, found.chance) == (0.5, 1.0)


@pytest.mark.parametrize("number", [1, 5])
def test_few_people_who_were_never_trained_on_are_noticed_no_more_often_than_promised(number):
    random = np.random.default_rng(number)
    chances = np.array([few(random, number, 0.0).chance for _ in range(150)])
    assert np.mean(chances <= 0.1) <= 0.16
    assert 0.35 < np.mean(chances <= 0.5) < 0.65


def test_five_people_who_stand_out_are_noticed():
    assert few(np.random.default_rng(1), 5, 2.0).chance < 0.002


def test_fewer_than_thirty_others_give_no_standing():
    assert few(np.random.default_rng(1), 1, 2.0, others=29) is None
