"""`assent fairness`: whether rankings of candidates treat groups alike, before and after re-ranking."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.console import Console

from assent.cli.frame import Json, emit, listing, needing_extra, progress
from assent.errors import AssentError
from assent.operations.audit_register import Register, Sort
from assent.operations.items import Items
from assent.operations.platform import open_platform
from assent.operations.workspace import Workspace, open_workspace
from assent.snapshot.reader import system_clock
from assent.storage.files import make_folder, write_whole

if TYPE_CHECKING:
    from assent.operations.fairness import FairnessAudit

RANKED: Final = frozenset({"fairness_audit", "recommend_jobs", "search_candidates"})
"""The purposes whose data is ranked, or grouped by."""


def register(app: typer.Typer) -> None:
    """Adds `fairness`."""
    app.command()(fairness)


def fairness(
    output: Annotated[Path | None, typer.Option(help="A folder that gets a copy of the report and the page.")] = None,
    jobs: Annotated[int, typer.Option(min=1, max=1000, help="For so many jobs candidates are ranked.")] = 50,
    algorithm: Annotated[str, typer.Option(help="DetGreedy, DetCons, DetRelaxed or DetConstSort.")] = "DetConstSort",
    seed: Annotated[int, typer.Option(help="Which jobs are drawn.")] = 1,
    as_json: Json = False,
) -> None:
    """Audit the rankings of candidates by what people declared about themselves for it; the workspace keeps it."""
    with needing_extra("features"), open_platform(open_workspace()) as platform, progress() as bar:
        from assent.features.matching.rerank import algorithm_named
        from assent.operations.fairness import Asked, audit_fairness
        from assent.operations.finding import Finder

        task = bar.add_task("ranking", total=jobs)
        finder = Finder(platform, Items(platform))
        made = audit_fairness(
            platform, finder, Asked(jobs, algorithm_named(algorithm), seed),
            progress=lambda done, of: bar.update(task, completed=done, total=of),
        )  # fmt: skip
        finder.close()
    paths = [made.json_path, made.page_path]
    if output is not None:
        make_folder(output)
        copies = [output / f"fairness{path.suffix}" for path in paths]
        for path, copy in zip(paths, copies, strict=True):
            write_whole(copy, path.read_bytes())
        paths = copies
    told = {"report": asdict(made.report), "json": str(paths[0]), "page": str(paths[1])}
    emit(as_json, told, lambda out: _print(out, made, paths[1]))


def rankings_again(workspace: Workspace, purposes: Collection[str]) -> dict[str, Any]:
    """After a take-back from what is ranked: rankings are audited again, where somebody did before.

    A take-back stands whatever comes of this: where it cannot be done, what is said is that it is due.
    """
    if RANKED.isdisjoint(purposes) or Register.of(workspace).last(Sort.RANKINGS, "rankings") is None:
        return {}
    try:
        from assent.operations.fairness import audit_again

        with progress() as bar:
            task = bar.add_task("ranking again", total=None)
            made = audit_again(
                workspace, clock=system_clock, progress=lambda done, of: bar.update(task, completed=done, total=of)
            )
    except (AssentError, ModuleNotFoundError) as error:
        why = error.message if isinstance(error, AssentError) else "the extra `features` is not installed"
        return {"rankings": {"audited": False, "said": f"{why}; the audit is due: assent fairness", "page": None}}
    return {"rankings": {"audited": True, "said": made.run.said, "page": str(made.page_path)}}


def show_rankings(out: Console, told: dict[str, Any]) -> None:
    """What came of it, in a line."""
    again = told.get("rankings")
    if again is not None:
        where = f" ({again['page']})" if again["page"] else ""
        done = "rankings were audited again" if again["audited"] else "rankings were not audited again"
        out.print(f"{done}: {again['said']}{where}", markup=False)


def _print(out: Console, made: FairnessAudit, page: Path) -> None:
    from assent.audit.fairness.page import headline, verdict

    out.print(headline(made.report), markup=False)
    table = listing(
        "attribute", "NDKL", "re-ranked", "lacking", "re-ranked", "gap", "NDCG",
        numbers={"NDKL", "lacking", "gap", "NDCG"},
    )  # fmt: skip
    for each in made.report.attributes:
        before, after = each.before, each.after
        table.add_row(
            each.name, f"{before.ndkl:.3f}", f"{after.ndkl:.3f}" if after else "", str(before.infeasible),
            str(after.infeasible) if after else "",
            "" if before.opportunity_gap is None else f"{before.opportunity_gap:.2f}",
            f"{after.ndcg:.4f}" if after else "",
        )  # fmt: skip
    out.print(table)
    for each in made.report.attributes:
        out.print(f"{each.name}: {verdict(each)}", markup=False)
    out.print(f"the page: {page}", markup=False)
