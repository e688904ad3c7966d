"""Many rankings, audited: what each group gets, before and after re-ranking, and how far it could be chance.

The wished share of a group is its share among those whom the same ranking considered and who declared: an audit asks
whether the order treats alike those who were found, not whether the right people were found.
"""

from __future__ import annotations

import json
import math
import statistics
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from assent.audit.fairness.chance import holm, permutation_p, ratio_interval
from assent.audit.fairness.measures import (
    Selected,
    above_median,
    exposure,
    impact_ratios,
    infeasible_count,
    infeasible_index,
    ndcg_at,
    ndkl,
)

FORMAT: Final = "assent-fairness/1"
LEAST_PEOPLE: Final = 20
"""Of a smaller group no figure is shown: it would tell of persons."""
PLACES: Final = (10, 25, 100)
FOUR_FIFTHS: Final = 0.8
_SELECTED: Final = 25
_SEED: Final = 144
_TOGETHER: Final = ", "


@dataclass(frozen=True, slots=True)
class Ranked:
    """One ranking.

    Args:
        people: pseudonyms, the best first; scores: of each, by which they were ranked.
        fit: of them, those who can do what is asked for.
    """

    query: str
    people: tuple[str, ...]
    scores: tuple[float, ...]
    fit: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Order:
    """What the rankings give one attribute's groups, in one order.

    Args:
        skews: of each number of places, the skew of each group over all rankings; None: a group was absent.
        infeasible: in how many prefixes of how many rankings a group had too few; `rankings_infeasible` of how many.
        opportunity: of each group, the share of its people who are fit for a job that stand among the first 25 for it;
            where fewer than twenty are fit, taken over all rankings, it is not told. The gap is between the widest two.
        ndcg: of the first 100, by the scores; 1 is the order by score itself.
        p: how often chance gives exposures as far apart, corrected for the attributes.
    """

    skews: Mapping[int, Mapping[str, float | None]]
    ndkl: float
    infeasible: int
    infeasible_groups: int
    rankings_infeasible: int
    exposure: Mapping[str, float]
    exposure_ratio: float | None
    opportunity: Mapping[str, float]
    opportunity_gap: float | None
    ndcg: float
    p: float


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute that people declared.

    Args:
        people: how many of each group were ranked, at least twenty; smaller ones, and those hidden beside them, are in
            `too_small` without a number.
        undeclared: who was ranked and declared nothing, or is in one of `too_small`.
        selected: Local Law 144, selected meaning among the first 25 of at least one ranking.
        scoring: Local Law 144, by scores above the median of all that were given.
    """

    name: str
    people: Mapping[str, int]
    too_small: tuple[str, ...]
    undeclared: int
    before: Order
    after: Order | None
    selected: Mapping[str, Selected]
    intervals: Mapping[str, tuple[float, float] | None]
    scoring: Mapping[str, Selected]


@dataclass(frozen=True, slots=True)
class FairnessReport:
    """All of it; `at` and `source` say of what."""

    at: str
    source: str
    rankings: int
    people: int
    attributes: tuple[Attribute, ...]
    algorithm: str | None


def audit_rankings(
    before: Sequence[Ranked],
    after: Mapping[str, Sequence[Ranked]] | None,
    declared: Mapping[str, Mapping[str, str]],
    *,
    at: str,
    source: str,
    algorithm: str | None = None,
) -> FairnessReport:
    """What the rankings give each group.

    Args:
        after: of each attribute, the same rankings re-ranked by it.
        declared: of each attribute, what each person declared; who is not named declared nothing. `with_pairs` adds
            what is declared together.
    """
    everybody = {person for each in before for person in each.people}
    shown = {name: large_enough(said, everybody) for name, said in declared.items()}
    chances = holm({name: _chance(before, groups) for name, (groups, _) in shown.items()})
    return FairnessReport(
        at,
        source,
        len(before),
        len(everybody),
        tuple(
            _attribute(name, before, (after or {}).get(name), groups, small, everybody, chances[name])
            for name, (groups, small) in shown.items()
            if len(set(groups.values())) > 1
        ),
        algorithm if after else None,
    )


def to_json(report: FairnessReport) -> bytes:
    """The report as a file: the same report, the same bytes."""
    document: dict[str, Any] = {"format": FORMAT, **asdict(report)}
    return (json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False, default=str) + "\n").encode()


def wished_shares(people: Sequence[str], groups: Mapping[str, str]) -> dict[str, float]:
    """The share of each group among those of a ranking who declared; of at most one group nothing is wished."""
    there = Counter(groups[person] for person in people if person in groups)
    total = sum(there.values())
    return {group: count / total for group, count in sorted(there.items())} if len(there) > 1 else {}


def with_pairs(declared: Mapping[str, Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    """The attributes, and every two of them together: who is treated worse may be so for both at once."""
    names = sorted(declared)
    pairs = {
        f"{one} and {other}": {
            person: f"{said}{_TOGETHER}{declared[other][person]}"
            for person, said in declared[one].items()
            if person in declared[other]
        }
        for at, one in enumerate(names)
        for other in names[at + 1 :]
    }
    return {**{name: declared[name] for name in names}, **pairs}


def large_enough(said: Mapping[str, str], everybody: Collection[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Who is in a group that may be shown; the groups that may not.

    Its people are counted with those who declared nothing. Where these are together fewer than twenty, their number
    would still tell its size: then the smallest group that could be shown is not shown either, until they are enough.
    The same holds of two attributes together, for everybody who is alike in one of them.
    """
    there = Counter(said[person] for person in everybody if person in said)
    small = {group for group, count in there.items() if count < LEAST_PEOPLE}
    _hide_beside(small, there)
    hidden = len(everybody) - sum(count for group, count in there.items() if group not in small)
    for group in sorted(there.keys() - small, key=lambda each: (there[each], each)) if small else ():
        if hidden >= LEAST_PEOPLE:
            break
        small.add(group)
        hidden += there[group]
    return {person: said[person] for person in everybody if person in said and said[person] not in small}, tuple(
        sorted(small)
    )


def _hide_beside(small: set[str], there: Mapping[str, int]) -> None:
    """Adds the groups that must be hidden so that no small one is what is left of a single attribute's total."""
    totals: dict[tuple[int, str], list[str]] = {}
    for group in sorted(there, key=lambda each: (there[each], each)):
        one, together, other = group.partition(_TOGETHER)
        for key in ((0, one), (1, other)) if together else ():
            totals.setdefault(key, []).append(group)
    again = bool(totals)
    while again:
        again = False
        for groups in totals.values():
            shown = [each for each in groups if each not in small]
            if shown and 0 < sum(there[each] for each in groups if each in small) < LEAST_PEOPLE:
                small.add(shown[0])
                again = True


def _attribute(  # noqa: PLR0917 - what an attribute's part is made of
    name: str,
    before: Sequence[Ranked],
    after: Sequence[Ranked] | None,
    groups: Mapping[str, str],
    small: tuple[str, ...],
    everybody: set[str],
    p: float,
) -> Attribute:
    people = Counter(groups.values())
    chosen = {person for each in before for person in each.people[:_SELECTED]}
    known = sorted(groups)
    selected = impact_ratios([groups[each] for each in known], [each in chosen for each in known])
    scores = [
        (groups[person], score)
        for each in before
        for person, score in zip(each.people, each.scores, strict=True)
        if person in groups
    ]
    return Attribute(
        name,
        dict(sorted(people.items())),
        small,
        len(everybody) - len(groups),
        _order(before, groups, p, before),
        None if after is None else _order(after, groups, _chance(after, groups), before),
        selected,
        _intervals(selected),
        impact_ratios([group for group, _ in scores], above_median([score for _, score in scores])),
    )


def _order(rankings: Sequence[Ranked], groups: Mapping[str, str], p: float, by_score: Sequence[Ranked]) -> Order:
    orders = [[groups.get(person) for person in each.people] for each in rankings]
    wished = [wished_shares(each.people, groups) for each in by_score]
    counted = [(order, shares) for order, shares in zip(orders, wished, strict=True) if shares]
    indexes = [infeasible_index(order, shares) for order, shares in counted]
    return Order(
        {places: _pooled_skews(counted, places) for places in PLACES},
        statistics.fmean([ndkl(order, shares) for order, shares in counted] or [0.0]),
        sum(indexes),
        sum(infeasible_count(order, shares) for order, shares in counted),
        sum(index > 0 for index in indexes),
        _mean_exposure(orders),
        _ratio(_mean_exposure(orders)),
        opportunity := _opportunity(rankings, groups),
        max(opportunity.values()) - min(opportunity.values()) if len(opportunity) > 1 else None,
        statistics.fmean([_ndcg(each, best) for each, best in zip(rankings, by_score, strict=True)] or [1.0]),
        p,
    )


def _pooled_skews(counted: Sequence[tuple[list[str | None], dict[str, float]]], places: int) -> dict[str, float | None]:
    """The skew of each group over the first places of all rankings together; None where none of it stands there."""
    there: Counter[str] = Counter()
    wished: dict[str, float] = {}
    for order, shares in counted:
        declared = [group for group in order[:places] if group in shares]
        there.update(group for group in declared if group is not None)
        for group, share in shares.items():
            wished[group] = wished.get(group, 0.0) + share * len(declared)
    return {
        group: round(math.log(there[group] / expected), 6) if there[group] else None
        for group, expected in sorted(wished.items())
    }


def _mean_exposure(orders: Sequence[list[str | None]]) -> dict[str, float]:
    found: dict[str, list[float]] = {}
    for order in orders:
        for group, given in exposure(order).items():
            found.setdefault(group, []).append(given)
    return {group: statistics.fmean(each) for group, each in sorted(found.items())}


def _opportunity(rankings: Sequence[Ranked], groups: Mapping[str, str]) -> dict[str, float]:
    """Equal opportunity: true-positive rates by group. Source: Hardt, Price & Srebro 2016."""
    fit: Counter[str] = Counter()
    shown: Counter[str] = Counter()
    for each in rankings:
        for place, person in enumerate(each.people):
            if person in each.fit and person in groups:
                fit[groups[person]] += 1
                shown[groups[person]] += place < _SELECTED
    return {group: shown[group] / count for group, count in sorted(fit.items()) if count >= LEAST_PEOPLE}


def _ratio(given: Mapping[str, float]) -> float | None:
    return min(given.values()) / max(given.values()) if len(given) > 1 else None


def _ndcg(ranked: Ranked, best: Ranked) -> float:
    gains = dict(zip(best.people, best.scores, strict=True))
    return ndcg_at([gains[person] for person in ranked.people], 100)


def _chance(rankings: Sequence[Ranked], groups: Mapping[str, str]) -> float:
    """How often groups that mean nothing get exposures as far apart, over all rankings together."""
    people = sorted({person for each in rankings for person in each.people})
    place = {person: at for at, person in enumerate(people)}
    orders = [[place[person] for person in each.people] for each in rankings]

    def apart(labels: Sequence[str | None]) -> float:
        given = _mean_exposure([[labels[at] for at in order] for order in orders])
        return max(given.values()) - min(given.values()) if len(given) > 1 else 0.0

    return permutation_p([groups.get(person) for person in people], apart, seed=_SEED, permutations=199)


def _intervals(selected: Mapping[str, Selected]) -> dict[str, tuple[float, float] | None]:
    compared = {name: each for name, each in selected.items() if not each.left_out}
    if not compared:
        return {}
    best = max(compared.values(), key=lambda each: each.rate)
    return {
        name: ratio_interval(each.selected, each.people, best.selected, best.people) if each is not best else (1.0, 1.0)
        for name, each in compared.items()
    }
