"""`assent ledger migrate` and `assent ledger upgrade`: the database under the ledger."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from assent.cli.frame import Json, emit, progress
from assent.operations import ledger_store as operations
from assent.operations.workspace import open_workspace

DatabaseOption = Annotated[
    str | None,
    typer.Option("--database", help="sqlite, or postgresql://user@host/database; else from assent.toml."),
]


def migrate(
    to: Annotated[str, typer.Option("--to", help="postgresql://user@host/database[?schema=name], or sqlite.")],
    as_json: Json = False,
) -> None:
    """Move the ledger to another database; writers wait meanwhile, and the old one is kept."""
    workspace = open_workspace()
    with progress() as bar:
        task = bar.add_task("copying, then comparing", total=None)
        done = operations.migrate_ledger(
            workspace, to, progress=lambda rows, total: bar.update(task, completed=rows, total=total)
        )

    def render(console: Console) -> None:
        console.print(
            f"the ledger is in {done.moved.new}: {done.moved.size} entries, {done.moved.erased} of them erased",
            markup=False,
        )
        console.print("every row was compared, and the entries lead to the root that was signed")
        console.print(f"the old database takes no more events and is kept: {done.kept}", markup=False)
        console.print(
            f"it holds all that will be erased from now on: when you no longer need it, {done.removal}", markup=False
        )

    emit(as_json, done.to_json(), render)


def upgrade(as_json: Json = False) -> None:
    """Bring an older ledger's tables up to date; the release that wrote them cannot open it afterwards."""
    before, after = operations.upgrade_ledger(open_workspace())

    def render(console: Console) -> None:
        said = f"are of version {after} already" if before == after else f"went from version {before} to {after}"
        console.print(f"the ledger's tables {said}")

    emit(as_json, {"before": before, "after": after}, render)
