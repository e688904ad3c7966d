"""An ability comes with an interval that covers the truth, and a guesser is told apart from somebody who knows."""

from __future__ import annotations

import numpy as np
import pytest

from assent.errors import InputError
from assent.features.learning.scoring import ability_of, most_telling, raw_of

DIFFICULTIES = [-2.0, -1.5, -1.0, -0.75, -0.5, -0.25, 0.0, 0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, -1.25, 0.0]


def answered(random: np.random.Generator, ability: float, guessing: float = 0.25) -> list[bool]:
    chances = guessing + (1 - guessing) / (1 + np.exp(np.array(DIFFICULTIES) - ability))
    return list(random.random(len(DIFFICULTIES)) < chances)


def test_without_a_floor_it_is_the_rasch_model() -> None:
    # The raw score is sufficient in the Rasch model: who gets the same number right stands in the same place.
    hard, easy = [False] * 14 + [True, True], [True, True] + [False] * 14
    assert ability_of(DIFFICULTIES, hard, guessing=0).estimate == pytest.approx(
        ability_of(DIFFICULTIES, easy, guessing=0).estimate
    )


def test_one_right_answer_is_the_integral_done_by_hand() -> None:
    grid = np.linspace(-12, 12, 200_001)
    posterior = np.exp(-(grid**2) / 8) / (1 + np.exp(-grid))
    mean = float((posterior * grid).sum() / posterior.sum())
    assert ability_of([0.0], [True], guessing=0).estimate == pytest.approx(mean, abs=2e-3)


def test_right_answers_never_lower_an_estimate() -> None:
    estimates = [ability_of(DIFFICULTIES, [True] * each + [False] * (16 - each)).estimate for each in range(17)]
    assert estimates == sorted(estimates)


def test_intervals_cover_the_truth_of_people_as_they_come() -> None:
    random = np.random.default_rng(5)
    truths = 2 * random.standard_normal(1500)
    found = [ability_of(DIFFICULTIES, answered(random, truth)) for truth in truths]
    covered = np.mean([each.low <= truth <= each.high for each, truth in zip(found, truths, strict=True)])
    assert 0.935 <= covered <= 0.965


@pytest.mark.parametrize("truth", [-1.0, 0.0, 1.0, 2.0])
def test_intervals_cover_the_truth_at_every_ability(truth: float) -> None:
    random = np.random.default_rng(8)
    found = [ability_of(DIFFICULTIES, answered(random, truth)) for _ in range(1000)]
    assert np.mean([each.low <= truth <= each.high for each in found]) >= 0.93


def test_the_error_is_as_large_as_estimates_are_off() -> None:
    random = np.random.default_rng(6)
    truths = 2 * random.standard_normal(1500)
    found = [ability_of(DIFFICULTIES, answered(random, truth)) for truth in truths]
    off = np.sqrt(np.mean([(each.estimate - truth) ** 2 for each, truth in zip(found, truths, strict=True)]))
    assert np.mean([each.error for each in found]) == pytest.approx(off, rel=0.06)


def test_guessers_are_told_apart_from_those_who_know() -> None:
    random = np.random.default_rng(7)
    guessed = [raw_of(int(random.binomial(16, 0.25)), 16).told_from_guessing for _ in range(2000)]
    knew = [raw_of(sum(answered(random, 1.0)), 16).told_from_guessing for _ in range(2000)]
    assert np.mean(guessed) <= 0.05
    assert np.mean(knew) >= 0.95


# Newcombe (1998), Statistics in Medicine 17, table I, method 3: 81/263, 15/148, 0/20, 1/29.
@pytest.mark.parametrize(
    ("right", "asked", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_intervals_as_published(right: int, asked: int, low: float, high: float) -> None:
    raw = raw_of(right, asked)
    assert (raw.low, raw.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_all_wrong_is_what_guessing_always_reaches() -> None:
    assert raw_of(0, 5).by_guessing == pytest.approx(1.0)


def test_the_next_item_is_the_one_that_says_most() -> None:
    assert (most_telling([-3.0, 0.0, 3.0], {}, 0.0), most_telling([-3.0, 0.0, 3.0], {1}, 2.0)) == (1, 2)
    assert most_telling([0.0], {0}, 0.0) is None


@pytest.mark.parametrize(("right", "asked"), [(0, 0), (6, 5), (-1, 5)])
def test_what_is_no_score_is_told(right: int, asked: int) -> None:
    with pytest.raises(InputError, match="is no score"):
        raw_of(right, asked)


def test_answers_without_items_are_told() -> None:
    with pytest.raises(InputError, match="`2` answers to `1` items"):
        ability_of([0.0], [True, False])
