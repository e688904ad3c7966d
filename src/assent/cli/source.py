"""`assent source`: name the tables that records come from, and look at them first."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from assent.cli.frame import Json, emit, listing, new_group, progress, warn
from assent.operations.facts import import_facts
from assent.operations.ledger import open_ledger
from assent.operations.sources import add_source, preview_source, synthesize_source
from assent.operations.unheard import unheard_of
from assent.operations.workspace import open_workspace
from assent.sources.survey import Survey, describe

app = new_group("Where records come from: tables, dumps, made-up networks.")

Kind = Annotated[str, typer.Argument(help="tables, stackexchange or synthetic.")]
SourcePath = Annotated[Path, typer.Argument(help="A mapping file, or the folder of a dump or of a made-up network.")]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="What the workspace calls it.")],
    kind: Kind,
    path: SourcePath,
    as_json: Json = False,
) -> None:
    """Name a source in assent.toml."""
    entry = add_source(open_workspace(), name, kind, path)
    payload = {"name": entry.name, "kind": entry.kind, "path": str(entry.path)}
    emit(as_json, payload, lambda out: out.print(f"added source {name}: {kind}, {entry.path}", markup=False))


@app.command("import")
def import_(
    name: Annotated[str, typer.Argument(help="A source of this workspace.")],
    as_json: Json = False,
) -> None:
    """Record in the ledger what a source knows of its members: joined, region, birth date, choices."""
    workspace = open_workspace()
    with open_ledger(workspace) as ledger, progress() as bar:
        task = bar.add_task("reading", total=None)
        found = import_facts(workspace, ledger, name, advance=lambda rows: bar.advance(task, rows))
        warn(unheard_of(workspace, ledger, found.recorded))
        size = ledger.size
    if found.unheeded:
        warn(["the pack lets no setting be switched off by GPC (`off_by_gpc`): those opt-outs were not recorded"])
    payload = {
        "recorded": len(found.recorded),
        "held": found.held,
        "opted_out": found.opted_out,
        "erased": found.erased,
        "size": size,
    }

    def render(console: Console) -> None:
        console.print(f"recorded {len(found.recorded):,} events of source {name}, {found.held:,} were there already")
        if found.erased:
            console.print(f"{found.erased:,} about erased members were left out: nothing about them is recorded again")
        console.print(f"the ledger has {size:,} events")

    emit(as_json, payload, render)


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List the sources of the workspace."""
    entries = open_workspace().sources.values()
    payload = [{"name": entry.name, "kind": entry.kind, "path": str(entry.path)} for entry in entries]
    emit(as_json, payload, lambda out: _show_list(out, payload))


@app.command()
def preview(kind: Kind, path: SourcePath, as_json: Json = False) -> None:
    """Count what a source holds; needs no workspace and leaves nothing behind."""
    seen = preview_source(kind, path)
    emit(as_json, seen.to_json(), lambda out: _show_survey(out, seen))


@app.command()
def synthesize(  # noqa: PLR0917 - the options of the command
    folder: Annotated[Path, typer.Argument(help="The folder to make; it must not exist.")],
    members: Annotated[int, typer.Option(help="How many people.")] = 1_000,
    records: Annotated[int, typer.Option(help="How many records.")] = 10_000,
    seed: Annotated[int, typer.Option(help="The same numbers make the same network.")] = 1,
    mentions: Annotated[
        bool, typer.Option("--mentions", help="Texts also mention people by what the platform knows of them.")
    ] = False,
    jobs: Annotated[int, typer.Option(min=0, help="Members also offer so many jobs, and declare attributes.")] = 0,
    as_json: Json = False,
) -> None:
    """Make up a network, with the truth about it written beside it."""
    with progress() as bar:
        task = bar.add_task("making records", total=records)
        made = synthesize_source(
            folder,
            members=members,
            records=records,
            seed=seed,
            mentions=mentions,
            jobs=jobs,
            progress=lambda done, of: bar.update(task, completed=done, total=of),
        )
    emit(
        as_json,
        asdict(made),
        lambda out: out.print(
            f"made {folder}: {made.members:,} members, {made.records:,} records, {made.events:,} events", markup=False
        ),
    )


def _show_list(out: Console, rows: list[dict[str, str]]) -> None:
    if not rows:
        out.print("no sources yet; `assent source add NAME KIND PATH` names one", markup=False)
        return
    table = listing("name", "kind", "path")
    for row in rows:
        table.add_row(*row.values())
    out.print(table)


def _show_survey(out: Console, seen: Survey) -> None:
    out.print(f"{seen.members:,} members, {seen.records:,} records")
    for title, counts in (("category", seen.by_category), ("region", seen.by_region)):
        if not counts:
            continue
        table = listing(title, "count", numbers=("count",))
        for name, count in counts.items():
            table.add_row(name, f"{count:,}")
        out.print(table)
    for problem in seen.problems:
        out.print(f"problem: {describe(problem)}", markup=False)
