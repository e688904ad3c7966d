"""Whether the rankings of candidates treat groups alike: ranked as hirers would, grouped by what people declared.

What people declared is read under `fairness_audit` alone, from a snapshot of that purpose, at this moment; whoever
takes it back is in no next audit. Ranking reads none of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from assent.audit.fairness.page import write_page
from assent.audit.fairness.report import (
    FairnessReport,
    Ranked,
    audit_rankings,
    large_enough,
    to_json,
    wished_shares,
    with_pairs,
)
from assent.errors import InputError
from assent.features.matching.rerank import Algorithm, rerank
from assent.operations.finding import Finder, newest
from assent.operations.platform import Platform
from assent.operations.snapshots import shelf_of
from assent.snapshot.reader import open_snapshot
from assent.storage.files import make_folder, write_whole
from assent.vocabulary.instants import format_instant

PURPOSE: Final = "fairness_audit"
MOST_RANKED: Final = 500
_LONGEST: Final = 80
_MOST_ATTRIBUTES: Final = 8

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class FairnessAudit:
    """A finished audit and where it lies."""

    report: FairnessReport
    json_path: Path
    page_path: Path


def audit_fairness(
    platform: Platform,
    finder: Finder,
    folder: Path,
    *,
    jobs: int = 50,
    algorithm: Algorithm = Algorithm.CONSTRAINED_SORT,
    seed: int = 1,
    progress: Progress | None = None,
) -> FairnessAudit:
    """Candidates of so many of the jobs that are offered, drawn by the seed, are ranked and audited.

    Args:
        folder: gets `fairness.json` and `fairness.html`.

    Raises:
        InputError: no job is offered, or nothing was built for one of the purposes.
    """
    declared = with_pairs(declared_by(platform))
    offered = finder.offered()
    if not offered:
        raise InputError("no job is offered that candidates could be ranked for", hint="`assent build recommend_jobs`")
    drawn = sorted(Random(seed).sample(offered, min(jobs, len(offered))))  # noqa: S311 - an audit is repeated by its seed
    rankings = []
    for number, job in enumerate(drawn, start=1):
        found = finder.people_for(finder.job(job), limit=MOST_RANKED)
        rankings.append(Ranked(job, tuple(each.ident for each in found), tuple(each.score for each in found)))
        if progress:
            progress(number, len(drawn))
    ranked = {person for each in rankings for person in each.people}
    shown = {name: large_enough(said, ranked)[0] for name, said in declared.items()}
    report = audit_rankings(
        rankings,
        {name: [_reranked(each, groups, algorithm) for each in rankings] for name, groups in shown.items()},
        declared,
        at=format_instant(platform.present()),
        source=f"candidates of {len(drawn)} jobs on {platform.name}",
        algorithm=algorithm.value,
    )
    make_folder(folder)
    paths = folder / "fairness.json", folder / "fairness.html"
    for path, data in zip(paths, (to_json(report), write_page(report).encode()), strict=True):
        write_whole(path, data)
    return FairnessAudit(report, *paths)


def declared_by(platform: Platform) -> dict[str, dict[str, str]]:
    """Of each attribute, what each person declares who permits it now; lines such as `gender: woman`.

    Raises:
        InputError: nothing was built for `fairness_audit`.
    """
    snapshot, _ = newest(platform, PURPOSE)
    found: dict[str, dict[str, str]] = {}
    with open_snapshot(
        shelf_of(platform.workspace).of(snapshot), ledger=platform.ledger, clock=platform.clock
    ) as reader:
        for batch in reader:
            for row in batch.select(["author", "text"]).to_pylist():
                name, _, value = (row["text"] or "")[:_LONGEST].partition(":")
                if name.strip() and value.strip():
                    found.setdefault(name.strip().lower(), {})[row["author"]] = value.strip().lower()
    return dict(sorted(found.items())[:_MOST_ATTRIBUTES])


def _reranked(ranked: Ranked, groups: Mapping[str, str], algorithm: Algorithm) -> Ranked:
    """The same people in an order in which every prefix has its minimum of each group."""
    shares = wished_shares(ranked.people, groups)
    if not shares:
        return ranked
    order: Sequence[int] = rerank(
        ranked.scores, [groups.get(person) for person in ranked.people], shares, len(ranked.people), algorithm
    )
    return Ranked(ranked.query, tuple(ranked.people[at] for at in order), tuple(ranked.scores[at] for at in order))
