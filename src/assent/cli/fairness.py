"""`assent fairness`: whether rankings of candidates treat groups alike, before and after re-ranking."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from assent.cli.frame import Json, emit, listing, needing_extra, progress
from assent.operations.items import Items
from assent.operations.platform import open_platform
from assent.operations.workspace import open_workspace

if TYPE_CHECKING:
    from assent.operations.fairness import FairnessAudit


def register(app: typer.Typer) -> None:
    """Adds `fairness`."""
    app.command()(fairness)


def fairness(
    output: Annotated[Path, typer.Option(help="A folder that gets the report and the page.")] = Path("fairness"),
    jobs: Annotated[int, typer.Option(min=1, max=1000, help="For so many jobs candidates are ranked.")] = 50,
    algorithm: Annotated[str, typer.Option(help="DetGreedy, DetCons, DetRelaxed or DetConstSort.")] = "DetConstSort",
    seed: Annotated[int, typer.Option(help="Which jobs are drawn.")] = 1,
    as_json: Json = False,
) -> None:
    """Audit the rankings of candidates by what people declared about themselves for it."""
    with needing_extra("features"), open_platform(open_workspace()) as platform, progress() as bar:
        from assent.features.matching.rerank import algorithm_named
        from assent.operations.fairness import audit_fairness
        from assent.operations.finding import Finder

        task = bar.add_task("ranking", total=jobs)
        finder = Finder(platform, Items(platform))
        made = audit_fairness(
            platform, finder, output, jobs=jobs, algorithm=algorithm_named(algorithm), seed=seed,
            progress=lambda done, of: bar.update(task, completed=done, total=of),
        )  # fmt: skip
        finder.close()
    told = {"report": asdict(made.report), "json": str(made.json_path), "page": str(made.page_path)}
    emit(as_json, told, lambda out: _print(out, made))


def _print(out: Console, made: FairnessAudit) -> None:
    from assent.audit.fairness.page import headline, verdict

    out.print(headline(made.report), markup=False)
    table = listing(
        "attribute", "NDKL", "re-ranked", "lacking", "re-ranked", "NDCG", numbers={"NDKL", "lacking", "NDCG"}
    )
    for each in made.report.attributes:
        after = each.after
        table.add_row(
            each.name, f"{each.before.ndkl:.3f}", f"{after.ndkl:.3f}" if after else "", str(each.before.infeasible),
            str(after.infeasible) if after else "", f"{after.ndcg:.4f}" if after else "",
        )  # fmt: skip
    out.print(table)
    for each in made.report.attributes:
        out.print(f"{each.name}: {verdict(each)}", markup=False)
    out.print(f"the page: {made.page_path}", markup=False)
