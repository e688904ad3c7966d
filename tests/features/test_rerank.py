"""Re-ranking: every prefix has its minimum of each group, groups keep their order, and published values come out."""

from __future__ import annotations

from collections import Counter
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.errors import InputError
from assent.features.matching.rerank import Algorithm, least, rerank

SHARES = {"a": 0.5, "b": 0.5}


@pytest.mark.parametrize("algorithm", Algorithm)
def test_the_published_example(algorithm: Algorithm) -> None:
    # AIF360: 100 90 80 70 of one group, 60 50 40 30 20 of the other, 10 of the first; top 6, half and half.
    scores = [100, 90, 80, 70, 60, 50, 40, 30, 20, 10]
    groups = ["a"] * 4 + ["b"] * 5 + ["a"]

    order = rerank(scores, groups, SHARES, 6, algorithm)

    assert Counter(groups[place] for place in order) == {"a": 3, "b": 3}


@st.composite
def pools(draw: st.DrawFn) -> tuple[list[float], list[str], dict[str, float]]:
    names = draw(st.sampled_from(["ab", "abc", "abcd"]))
    weights = [draw(st.integers(1, 9)) for _ in names]
    shares = {name: weight / sum(weights) for name, weight in zip(names, weights, strict=True)}
    length = draw(st.integers(1, 40))
    scores = draw(st.lists(st.integers(0, 20), min_size=length, max_size=length))
    groups = draw(st.lists(st.sampled_from(names), min_size=length, max_size=length))
    return [float(each) for each in scores], groups, shares


def feasible(groups: list[str], shares: dict[str, float], k: int) -> bool:
    there = Counter(groups)
    return all(there[group] >= least(share, k) for group, share in shares.items())


def broken(order: list[int], groups: list[str | None], shares: dict[str, float]) -> list[tuple[int, str]]:
    found = []
    for k in range(1, len(order) + 1):
        there = Counter(groups[place] for place in order[:k])
        found += [(k, group) for group, share in shares.items() if there[group] < least(share, k)]
    return found


@settings(max_examples=300, deadline=None)
@given(pools())
def test_constrained_sort_gives_every_prefix_its_minimum(pool) -> None:
    scores, groups, shares = pool
    limit = max((k for k in range(1, len(scores) + 1) if feasible(groups, shares, k)), default=0)

    assert broken(rerank(scores, groups, shares, limit), groups, shares) == []


@settings(max_examples=200, deadline=None)
@given(pools(), st.sampled_from([Algorithm.GREEDY, Algorithm.CONSERVATIVE, Algorithm.RELAXED]))
def test_with_two_groups_all_four_do(pool, algorithm: Algorithm) -> None:
    scores, groups, shares = pool
    if len(shares) > 2:  # the paper: DetGreedy is feasible for two, DetCons and DetRelaxed for three
        return
    limit = max((k for k in range(1, len(scores) + 1) if feasible(groups, shares, k)), default=0)

    assert broken(rerank(scores, groups, shares, limit, algorithm), groups, shares) == []


@settings(max_examples=200, deadline=None)
@given(pools(), st.sampled_from(list(Algorithm)), st.integers(0, 50))
def test_everybody_is_there_once_and_groups_keep_their_order(pool, algorithm: Algorithm, limit: int) -> None:
    scores, groups, shares = pool
    order = rerank(scores, groups, shares, limit, algorithm)

    assert len(order) == len(set(order)) == min(limit, len(scores))
    for group in shares:
        own = [place for place in order if groups[place] == group]
        assert own == sorted(own, key=lambda place: (-scores[place], place))


@pytest.mark.parametrize("algorithm", Algorithm)
def test_who_declared_nothing_keeps_their_place(algorithm: Algorithm) -> None:
    groups = ["a", None, "a", "a", None, "b", "b", "b"]
    scores = [8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0]

    order = rerank(scores, groups, SHARES, 8, algorithm)

    assert [order[1], order[4]] == [1, 4]


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_group_that_runs_out_lets_the_others_on(algorithm: Algorithm) -> None:
    order = rerank([5, 4, 3, 2, 1], ["a", "a", "a", "a", "b"], SHARES, 5, algorithm)

    assert sorted(order) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("algorithm", Algorithm)
def test_what_is_fair_already_stays_as_it_is(algorithm: Algorithm) -> None:
    assert rerank([6, 5, 4, 3], ["a", "b", "a", "b"], SHARES, 4, algorithm) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("scores", "groups", "shares"),
    [
        ([1.0], [], SHARES),
        ([float("nan")], ["a"], SHARES),
        ([1.0], ["a"], {"a": 0.5}),
        ([1.0], ["a"], {"a": 1.5, "b": -0.5}),
        ([1.0], ["a"], {}),
    ],
)
def test_what_makes_no_sense_is_told(scores, groups, shares) -> None:
    with pytest.raises(InputError):
        rerank(scores, groups, shares, 1)


def test_a_hundred_thousand_are_quick() -> None:
    scores = [float((7919 * at) % 100_003) for at in range(100_000)]
    groups = ["a" if at % 3 else "b" for at in range(100_000)]
    began = process_time()
    rerank(scores, groups, SHARES, 1000)

    assert process_time() - began < 2
