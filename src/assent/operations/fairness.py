"""Whether the rankings of candidates treat groups alike: ranked as hirers would, grouped by what people declared.

What people declared is read under `fairness_audit` alone, from a snapshot of that purpose, at this moment; whoever
takes it back is in no next audit. Ranking reads none of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Final

from assent.audit.fairness.page import SMALLEST_P, headline, write_page
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
from assent.features.matching.scoring import HYBRID
from assent.operations.audit_register import Register, Run, Sort, announce
from assent.operations.finding import Finder, newest
from assent.operations.items import Items
from assent.operations.platform import Clock, Platform, open_platform
from assent.operations.snapshots import shelf_of
from assent.operations.workspace import Workspace
from assent.snapshot.reader import open_snapshot
from assent.storage.files import write_durably
from assent.vocabulary.instants import format_instant

PURPOSE: Final = "fairness_audit"
TARGET: Final = "rankings"
MOST_RANKED: Final = 500
_FIT: Final = 0.5
"""Who has at least so much of the skills that a job asks for is fit for it."""
_LONGEST: Final = 80
_MOST_ATTRIBUTES: Final = 8

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What was audited, so that it can be audited again. Args: jobs: so many are drawn by the seed."""

    jobs: int = 50
    algorithm: Algorithm = Algorithm.CONSTRAINED_SORT
    seed: int = 1


@dataclass(frozen=True, slots=True)
class FairnessAudit:
    """A finished audit and where the workspace keeps it."""

    report: FairnessReport
    run: Run
    json_path: Path
    page_path: Path


def audit_fairness(
    platform: Platform, finder: Finder, asked: Asked, *, progress: Progress | None = None
) -> FairnessAudit:
    """Candidates of jobs on offer are ranked and audited; the workspace keeps the report, the ledger its digest.

    Raises:
        InputError: no job is offered, or nothing was built for one of the purposes.
    """
    declared = with_pairs(declared_by(platform))
    offered = finder.offered()
    if not offered:
        raise InputError("no job is offered that candidates could be ranked for", hint="`assent build recommend_jobs`")
    drawn = sorted(Random(asked.seed).sample(offered, min(asked.jobs, len(offered))))  # noqa: S311 - repeated by its seed
    rankings = []
    for number, job in enumerate(drawn, start=1):
        rankings.append(_ranked(finder, job))
        if progress:
            progress(number, len(drawn))
    ranked = {person for each in rankings for person in each.people}
    shown = {name: large_enough(said, ranked)[0] for name, said in declared.items()}
    report = audit_rankings(
        rankings,
        {name: [_reranked(each, groups, asked.algorithm) for each in rankings] for name, groups in shown.items()},
        declared,
        at=format_instant(platform.present()),
        source=f"candidates of {len(drawn)} jobs on {platform.name}",
        algorithm=asked.algorithm.value,
    )
    return _kept(platform, report, asked)


def audit_again(workspace: Workspace, *, clock: Clock, progress: Progress | None = None) -> FairnessAudit:
    """What was audited last is audited again, as it was asked for.

    Raises:
        InputError: nobody audited before, or there is nothing to rank any more.
        EvidenceError: the last report was changed.
    """
    register = Register.of(workspace)
    last = register.last(Sort.RANKINGS, TARGET)
    if last is None:
        raise InputError("no rankings were audited before", hint="`assent fairness` audits them")
    given = register.read(last)["asked"]
    asked = Asked(int(given["jobs"]), Algorithm(given["algorithm"]), int(given["seed"]))
    with open_platform(workspace, clock=clock) as platform:
        finder = Finder(platform, Items(platform))
        try:
            return audit_fairness(platform, finder, asked, progress=progress)
        finally:
            finder.close()


def _ranked(finder: Finder, job: str) -> Ranked:
    found = finder.people_for(finder.job(job), limit=MOST_RANKED)
    return Ranked(
        job,
        tuple(each.ident for each in found),
        tuple(each.score for each in found),
        frozenset(each.ident for each in found if each.why.skills_part >= _FIT * HYBRID.skills),
    )


def _kept(platform: Platform, report: FairnessReport, asked: Asked) -> FairnessAudit:
    register, at = Register.of(platform.workspace), platform.present()
    document = json.loads(to_json(report)) | {"asked": asdict(asked)}
    said = headline(report)
    unlike = any(each.before.p <= SMALLEST_P for each in report.attributes)
    run = register.keep(Sort.RANKINGS, TARGET, at, report=document, ok=not unlike, said=said)
    path = register.folder / run.report
    write_durably(path.with_suffix(".html"), write_page(report).encode())
    announce(platform.ledger, run, at)
    return FairnessAudit(report, run, path, path.with_suffix(".html"))


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
    people = tuple(ranked.people[at] for at in order)
    return Ranked(ranked.query, people, tuple(ranked.scores[at] for at in order), ranked.fit)
