"""Re-ranking and the audit of rankings: published values, planted bias, what re-ranking costs.

    python -m bench.fairness [--quick]

Rankings are drawn by a seed: 1,000 candidates of a job, two fifths of one group and one in ten undeclared, scores bell
shaped between 0 and 1. Bias takes something from every score of that group. NDCG takes the scores for the gains; the
reach is held by its mean over the jobs, a single job may lose more.
"""

from __future__ import annotations

import math
import statistics
import sys
import time
from collections import Counter
from random import Random

from assent.audit.fairness.measures import generalised_entropy, infeasible_index, ndcg_at, theil_l, theil_t
from assent.audit.fairness.report import FairnessReport, Ranked, audit_rankings, wished_shares
from assent.features.matching.rerank import Algorithm, rerank
from bench.report import Row

SEED = 23
JOBS = 50
CANDIDATES = 1_000
AUDITS = 200
PLANTED = 20
MANY = 100_000
LESS = 0.05  # of scores that spread by 0.14: a third of their deviation
ONE = 0.01
LIFT = (0.013503591986, 0.013423675700, 0.013607331507)


def run(*, quick: bool) -> list[Row]:
    scale = 10 if quick else 1
    return [*_published(), *_reranking(JOBS // scale), *_chance(AUDITS // scale, PLANTED // scale), *_speed()]


def _published() -> list[Row]:
    scores, groups = [100, 90, 80, 70, 60, 50, 40, 30, 20, 10], [*"aaaabbbbb", "a"]
    halves = [
        Counter(groups[at] for at in rerank(scores, groups, {"a": 0.5, "b": 0.5}, 6, each)) == {"a": 3, "b": 3}
        for each in Algorithm
    ]
    benefits = (0.6, 0.9, 0.75)
    off = max(
        abs(found - told)
        for found, told in zip(
            (generalised_entropy(benefits, 0.5), theil_t(benefits), theil_l(benefits)), LIFT, strict=True
        )
    )
    return [
        Row("AIF360's re-ranking example, three and three", "4 of 4", f"{sum(halves)} of 4", all(halves)),
        Row("LiFT's three benefit values", "off by at most 1e-10", f"{off:.0e}", off <= 1e-10),
    ]


def _reranking(jobs: int) -> list[Row]:
    random = Random(SEED)
    drawn = [ranking(random, LESS) for _ in range(jobs)]
    rows = []
    for algorithm in Algorithm:
        before, after, losses = 0, 0, []
        for ranked, groups in drawn:
            shares = wished_shares(ranked.people, groups)
            labels = [groups.get(person) for person in ranked.people]
            order = rerank(ranked.scores, labels, shares, len(labels), algorithm)
            before += infeasible_index(labels, shares)
            after += infeasible_index([labels[at] for at in order], shares)
            losses.append(1 - ndcg_at([ranked.scores[at] for at in order], 100))
        loss = statistics.fmean(losses)
        rows += [
            Row(f"infeasible index, {algorithm}", "0", f"{after} (by score {before:,})", after == 0),
            Row(
                f"mean loss of NDCG@100, {algorithm}", "<= 1 %",
                f"{loss:.3%}; most {max(losses):.3%}, above 1 % in {sum(each > ONE for each in losses)} of {jobs} jobs",
                loss <= ONE,
            ),
        ]  # fmt: skip
    return rows


def _chance(audits: int, planted: int) -> list[Row]:
    began = time.perf_counter()
    false = sum(_p(seed, 0.0) <= 0.05 for seed in range(audits))
    took = (time.perf_counter() - began) / audits
    found = sum(_p(seed, LESS) <= 0.05 for seed in range(planted))
    bound = 0.05 + 3 * math.sqrt(0.05 * 0.95 / audits)
    return [
        Row(
            f"audits without bias that find one, of {audits}", f"about 5 %, <= {bound:.1%}", f"{false / audits:.1%}",
            false / audits <= bound,
        ),
        Row(f"audits with planted bias that find it, of {planted}", "all", f"{found}", found == planted),
        Row("one audit: 5 jobs of 200 candidates each", "", f"{took * 1000:.0f} ms", None),
    ]  # fmt: skip


def _p(seed: int, less: float) -> float:
    random = Random(seed)
    people = [f"p{at:04}" for at in range(200)]
    groups = declared(random, people)
    rankings = [order_of(random, f"job {at}", people, groups, less) for at in range(5)]
    report: FairnessReport = audit_rankings(rankings, None, {"gender": groups}, at="", source="bench")
    return report.attributes[0].before.p


def _speed() -> list[Row]:
    random = Random(SEED)
    groups = random.choices(["a", "b", "c", None], [5, 3, 1, 1], k=MANY)
    scores = [random.random() for _ in groups]
    rows = []
    for algorithm in Algorithm:
        began = time.perf_counter()
        rerank(scores, groups, {"a": 5 / 9, "b": 3 / 9, "c": 1 / 9}, MANY, algorithm)
        took = time.perf_counter() - began
        rows.append(Row(f"{MANY:,} re-ranked, {algorithm}", "< 1 s", f"{took:.2f} s", took < 1))
    return rows


def ranking(random: Random, less: float) -> tuple[Ranked, dict[str, str]]:
    """The candidates of a job by score, and what they declared."""
    people = [f"p{at:04}" for at in range(CANDIDATES)]
    groups = declared(random, people)
    return order_of(random, "job", people, groups, less), groups


def declared(random: Random, people: list[str]) -> dict[str, str]:
    said = {person: random.choices(["woman", "man", ""], [36, 54, 10])[0] for person in people}
    return {person: group for person, group in said.items() if group}


def order_of(random: Random, query: str, people: list[str], groups: dict[str, str], less: float) -> Ranked:
    scores = {
        person: max(0.0, random.betavariate(6, 6) - (less if groups.get(person) == "woman" else 0)) for person in people
    }
    order = sorted(people, key=lambda person: (-scores[person], person))
    return Ranked(query, tuple(order), tuple(scores[person] for person in order))


if __name__ == "__main__":
    for row in run(quick="--quick" in sys.argv):
        print(f"{row.figure:60} {row.reach:22} {row.measured}")
