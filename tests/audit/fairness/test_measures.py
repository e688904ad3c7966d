"""Published values come out, and what is fair by construction counts as fair."""

from __future__ import annotations

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.audit.fairness.chance import holm, permutation_p, ratio_interval, wilson
from assent.audit.fairness.measures import (
    above_median,
    exposure,
    exposure_ratio,
    generalised_entropy,
    impact_ratios,
    infeasible_count,
    infeasible_index,
    ndcg_at,
    ndkl,
    opportunity_gap,
    skew_at,
    theil_l,
    theil_t,
)
from assent.errors import InputError

HALF = {"a": 0.5, "b": 0.5}


def test_lifts_values() -> None:
    benefits = [0.6, 0.9, 0.75]

    assert generalised_entropy(benefits, 0.5) == pytest.approx(0.013503591986, abs=1e-12)
    assert theil_t(benefits) == pytest.approx(0.013423675700, abs=1e-12)
    assert theil_l(benefits) == pytest.approx(0.013607331507, abs=1e-12)


@pytest.mark.parametrize("benefits", [[], [0.0, 0.0], [1.0, -1.0]])
def test_what_are_no_benefits_is_told(benefits: list[float]) -> None:
    with pytest.raises(InputError):
        theil_t(benefits)


def test_equal_benefits_are_spread_equally() -> None:
    assert (theil_t([3.0] * 5), theil_l([3.0] * 5), generalised_entropy([3.0] * 5, 2)) == (0, 0, 0)


def test_skew_is_the_logarithm_of_the_share_over_the_wished_one() -> None:
    assert skew_at("aaab", HALF, "a", 4) == pytest.approx(math.log(0.75 / 0.5))
    assert skew_at("aaab", HALF, "b", 2) == -math.inf
    assert skew_at(["a", None, "b", None], HALF, "a", 4) == 0


def test_turn_and_turn_about_is_as_wished() -> None:
    ranking = ["a", "b"] * 20

    assert (infeasible_index(ranking, HALF), infeasible_count(ranking, HALF)) == (0, 0)
    assert ndkl(ranking, HALF) < 0.2 < ndkl(["a"] * 20 + ["b"] * 20, HALF)


def test_prefixes_with_too_few_are_counted() -> None:
    assert infeasible_index("aaaabbbb", HALF) == 5  # k = 2 to 6; at 7 there are three of four
    assert infeasible_index("abababab", HALF) == 0


def test_ndkl_of_one_place() -> None:
    assert ndkl(["a"], HALF) == pytest.approx(math.log(2))


def test_exposure_is_the_mean_discount() -> None:
    assert exposure(["a", "b", None]) == {"a": 1.0, "b": pytest.approx(1 / math.log2(3))}
    assert exposure_ratio(["a", "b"]) == pytest.approx(1 / math.log2(3))
    assert exposure_ratio(["a", "a"]) is None


def test_the_opportunity_gap_is_between_relevant_people() -> None:
    assert opportunity_gap("aabb", [True, True, True, False], 2) == 1.0
    assert opportunity_gap("aabb", [True, False, False, False], 2) is None


def test_impact_ratios_of_local_law_144() -> None:
    people = ["man"] * 100 + ["woman"] * 100 + ["other"] * 2
    picked = [at < 50 for at in range(100)] + [at < 30 for at in range(100)] + [True, True]

    found = impact_ratios(people, picked)

    assert (found["man"].impact_ratio, found["woman"].impact_ratio) == (1.0, pytest.approx(0.6))
    assert (found["other"].left_out, found["woman"].left_out) == (True, False)


def test_a_scoring_rate_is_the_share_above_the_median() -> None:
    assert above_median([1, 2, 3, 4]) == [False, False, True, True]


def test_ndcg_of_the_best_order_is_one() -> None:
    assert ndcg_at([3, 2, 1], 3) == 1
    assert ndcg_at([1, 2, 3], 3) < 1


@given(st.lists(st.sampled_from(["a", "b", None]), max_size=40))
def test_no_measure_breaks_on_any_ranking(ranking: list[str | None]) -> None:
    assert infeasible_index(ranking, HALF) <= infeasible_count(ranking, HALF) <= 2 * len(ranking)
    assert ndkl(ranking, HALF) >= -1e-12
    assert exposure_ratio(ranking) is None or 0 < exposure_ratio(ranking) <= 1


def first_half(group: str):
    def share(groups) -> float:
        half = groups[: len(groups) // 2]
        return -sum(each == group for each in half)

    return share


def test_planted_bias_is_found() -> None:
    random = Random(5)
    scored = sorted((random.gauss(0.7 if at % 2 else 0, 1), "ab"[at % 2]) for at in range(200))
    groups = [group for _, group in reversed(scored)]

    assert permutation_p(groups, first_half("a"), seed=1, permutations=500) < 0.01


def test_where_there_is_none_it_is_found_about_as_often_as_chance_allows() -> None:
    found = 0
    for seed in range(60):
        groups = list("ab" * 40)
        Random(seed).shuffle(groups)
        found += permutation_p(groups, first_half("a"), seed=seed, permutations=99) <= 0.05

    assert found <= 9  # of 60 three are expected; ten or more happen once in a thousand


def test_who_declared_nothing_is_not_shuffled() -> None:
    seen = set()

    def where(groups) -> float:
        seen.add(tuple(at for at, group in enumerate(groups) if group is None))
        return 0.0

    permutation_p(["a", None, "b", None], where, seed=1, permutations=20)
    assert seen == {(1, 3)}


def test_many_tests_are_corrected_for() -> None:
    assert holm({"x": 0.01, "y": 0.04, "z": 0.03}) == {"x": 0.03, "z": 0.06, "y": 0.06}


def test_intervals_hold_the_share() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(5, 10)
    assert low < 0.5 < high
    low, high = ratio_interval(30, 100, 50, 100)
    assert low < 0.6 < high
    assert ratio_interval(0, 10, 5, 10) is None
