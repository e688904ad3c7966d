import numpy as np
import pytest

from assent.audit.model.estimates import NotGiven
from assent.audit.model.one_run import OneRun, audit_one_run, chance, draw_planted, lower_bound
from assent.errors import InputError


@pytest.mark.parametrize(
    ("m", "right", "epsilon"), [(1000, 0.9, 1.80), (100, 0.9, 0.93), (500, 0.9, 1.63), (2000, 0.95, 2.55)]
)
def test_published_vectors_are_reproduced(m, right, epsilon):
    guesses = m // 5
    assert round(lower_bound(m, guesses, round(right * guesses), 1e-5, 0.95), 2) == epsilon


def test_half_of_the_guesses_right_bounds_nothing():
    assert lower_bound(1000, 200, 100) == 0.0


def test_more_right_guesses_never_lower_the_bound():
    bounds = [lower_bound(200, 40, right) for right in range(41)]
    assert bounds == sorted(bounds)


def test_a_larger_delta_never_raises_the_bound():
    bounds = [lower_bound(1000, 200, 180, delta) for delta in (0.0, 1e-6, 1e-5, 1e-4, 1e-3)]
    assert bounds == sorted(bounds, reverse=True)


def test_pure_bound_is_the_exact_binomial_one():
    # all of 10 right: (e^eps / (1 + e^eps))^10 = .05
    share = 0.05**0.1
    assert lower_bound(10, 10, 10, 0.0) == pytest.approx(np.log(share / (1 - share)))


def test_scores_that_separate_give_the_bound_of_all_right():
    planted = draw_planted("seed", 100)
    found = audit_one_run(np.where(planted, 1.0, 0.0), planted)
    assert found == OneRun(100, 20, 20, lower_bound(100, 20, 20), 1e-5, 0.95)


def test_scores_turned_around_bound_nothing():
    planted = draw_planted("seed", 100)
    assert audit_one_run(np.where(planted, 0.0, 1.0), planted).epsilon == 0.0


def test_scores_that_know_nothing_bound_something_in_at_most_one_of_twenty():
    random = np.random.default_rng(0)
    runs = [audit_one_run(random.normal(size=100), draw_planted(f"coin {at}", 100)) for at in range(400)]
    assert np.mean([each.epsilon > 0 for each in runs]) <= 0.05


def test_randomised_response_is_bounded_below_its_own_epsilon():
    random, epsilon = np.random.default_rng(1), 1.0
    over = 0
    for at in range(300):
        planted = draw_planted(f"response {at}", 200)
        kept = random.random(200) < np.exp(epsilon) / (1 + np.exp(epsilon))
        over += audit_one_run(np.where(kept, planted, ~planted) + random.random(200) / 9, planted).epsilon > epsilon
    assert over / 300 <= 0.07


def test_coins_are_the_same_for_the_same_seed_and_about_fair():
    planted = draw_planted("seed", 2000)
    assert (planted == draw_planted("seed", 2000)).all()
    assert abs(planted.mean() - 0.5) < 0.05


def test_too_few_canaries_give_no_bound():
    assert audit_one_run(np.zeros(49), np.ones(49, dtype=bool)) == NotGiven(
        "49 canaries that a coin decided are too few; it takes at least 50"
    )


def test_more_guesses_than_canaries_are_refused():
    with pytest.raises(InputError, match="`101` guesses of 100"):
        audit_one_run(np.zeros(100), np.ones(100, dtype=bool), guesses=101)


def test_right_guesses_beyond_those_made_are_refused():
    with pytest.raises(InputError, match="makes no sense"):
        lower_bound(100, 20, 21)


def test_chance_never_exceeds_one():
    assert chance(10_000, 10_000, 5_000, 0.0, 0.5) == 1.0
