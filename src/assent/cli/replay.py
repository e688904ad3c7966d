"""`assent replay`: build a snapshot again and see whether the same bytes come out."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from assent.cli.build import watching
from assent.cli.frame import Json, emit
from assent.operations.replay import Replayed, replay_snapshot
from assent.operations.snapshots import find_snapshot
from assent.operations.workspace import open_workspace
from assent.snapshot.reader import system_clock
from assent.vocabulary.identifiers import SnapshotId


def register(app: typer.Typer) -> None:
    """Adds `replay`."""
    app.command()(replay)


def replay(
    snapshot: Annotated[str, typer.Argument(help="A snapshot's id.")],
    as_json: Json = False,
) -> None:
    """Run a snapshot's build again, curation included; exit code 4 when other bytes come out."""
    workspace = open_workspace()
    with watching() as watch:
        identity = SnapshotId(find_snapshot(workspace, snapshot).name)
        replayed = replay_snapshot(workspace, identity, clock=system_clock, progress=watch)
    emit(as_json, replayed.to_json(), lambda console: _show(console, replayed))
    replayed.require()


def _show(console: Console, replayed: Replayed) -> None:
    for each in replayed.differing:
        console.print(f"differs: {each}", markup=False)
    if replayed.same:
        what = "data, judgments and decisions" if replayed.decisions else "data and judgments"
        console.print(f"{replayed.id} replays: {what} come out the same, {replayed.files} data files", markup=False)
