"""`assent build`, `assent snapshots`, `assent read`: make snapshots, list them, see what may be read now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assent.cli.frame import Json, emit, listing, progress
from assent.operations.build import BuildResult, build_snapshot
from assent.operations.parentage import LATEST
from assent.operations.snapshots import Listed, Readable, list_snapshots, read_snapshot
from assent.operations.workspace import open_workspace
from assent.snapshot.reader import system_clock
from assent.vocabulary.instants import format_instant, parse_instant
from assent.vocabulary.reasons import BY_LABEL

_SHOWN = 300
"""Characters of a row's text on a terminal."""


def register(app: typer.Typer) -> None:
    """Adds `build`, `snapshots` and `read`."""
    app.command()(build)
    app.command()(snapshots)
    app.command()(read)


def build(  # noqa: PLR0917 - a command's options
    purpose: Annotated[str, typer.Argument(help="What the records are for, as the pack names it.")],
    pack: Annotated[str | None, typer.Option(help="A shipped pack or a TOML file; else the workspace's.")] = None,
    at: Annotated[str | None, typer.Option(help="The moment asked about, like 2025-11-03T00:00:00Z; else now.")] = None,
    parent: Annotated[
        str, typer.Option(help="The snapshot to begin from; only what changed since is decided again.")
    ] = LATEST,
    full: Annotated[bool, typer.Option("--full", help="Decide every record, under a decision key of its own.")] = False,
    as_json: Json = False,
) -> None:
    """Decide what changed since the last snapshot, or every record, and seal a snapshot of those that may be used."""
    moment = None if at is None else parse_instant(at, field="--at")
    with watching() as watch:
        result = build_snapshot(
            open_workspace(),
            purpose,
            pack=pack,
            at=moment,
            clock=system_clock,
            progress=watch,
            parent=None if full else parent,
        )
    emit(as_json, _build_json(result), lambda console: _show_build(console, result))


def snapshots(as_json: Json = False) -> None:
    """List the snapshots of this working folder, the newest first."""
    found = list_snapshots(open_workspace(), clock=system_clock)
    payload = [asdict(each) | {"at": None if each.at is None else format_instant(each.at)} for each in found]
    emit(as_json, payload, lambda console: _show_list(console, found))


def read(
    snapshot: Annotated[str, typer.Argument(help="A snapshot's id, the beginning of one, or its folder.")],
    limit: Annotated[int, typer.Option(min=0, help="How many rows to show.")] = 3,
    as_json: Json = False,
) -> None:
    """Show what a reader of a snapshot gets now, and what it leaves out and why."""
    found = read_snapshot(open_workspace(), snapshot, limit=limit, clock=system_clock)
    payload = {
        "snapshot": found.id,
        "at": format_instant(found.at),
        "sealed": found.sealed,
        "rows": found.rows,
        "left_out": {reason.label: count for reason, count in found.left_out.items()},
        "sample": [_row_json(row) for row in found.sample],
    }
    emit(as_json, payload, lambda console: _show_reading(console, found))


@contextmanager
def watching() -> Iterator[Callable[[str, int, int], None]]:
    """Gives a function that moves one progress bar for each thing that is being done."""
    with progress() as bar:
        tasks: dict[str, Any] = {}

        def watch(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total or None)
            bar.update(tasks[what], completed=done)

        yield watch


def _build_json(result: BuildResult) -> dict[str, Any]:
    manifest = result.manifest
    return {
        "snapshot": result.id,
        "path": str(result.path),
        "digest": result.digest,
        "purpose": manifest.purpose,
        "at": format_instant(manifest.at),
        "pack": {"name": manifest.pack_name, "digest": manifest.pack_digest},
        "ledger_size": manifest.ledger_size,
        "counts": asdict(manifest.counts),
        "parent": manifest.parent,
        "full_because": result.full_because,
        "files": len(manifest.files),
        "decisions_root": manifest.decisions.root.hex(),
        "problems": [asdict(each) for each in result.problems],
        "finished": list(result.finished),
    }


def _show_build(console: Console, result: BuildResult) -> None:
    manifest = result.manifest
    counts = manifest.counts
    for late in result.finished:
        console.print(f"finished {late}, whose build was cut off before the ledger knew of it")
    console.print(f"sealed [bold]{result.id}[/bold]")
    if manifest.parent:
        console.print(f"begun from {manifest.parent}: only what changed since was decided again")
    elif result.full_because:
        console.print(f"every record was decided: {result.full_because}", markup=False)
    console.print(
        f"{counts.allowed:,} of {counts.records:,} records may be used, by {counts.members:,} members;"
        f" in {counts.masked:,} somebody is masked"
    )
    if counts.denied:
        console.print(_reasons(counts.denied, "left out"))
    for problem in result.problems:
        console.print(f"[yellow]problem:[/yellow] {escape(problem.where)}: {escape(problem.what)} ({problem.count:,})")
    console.print(f"read {result.path / 'card.md'}, then: assent verify {result.id}", markup=False)


def _reasons(counts: Any, title: str) -> Table:
    table = listing(title, "reason", "in words", numbers=(title,))
    for label in (label for label in BY_LABEL if label in counts):
        table.add_row(f"{counts[label]:,}", label, BY_LABEL[label].for_members)
    return table


def _show_list(console: Console, found: list[Listed]) -> None:
    if not found:
        console.print("no snapshot yet; make one with: assent build PURPOSE")
        return
    numbers = ("records", "allowed", "MiB")
    table = listing("snapshot", "state", "as of (UTC)", *numbers, numbers=numbers, whole=("snapshot",))
    for each in found:
        table.add_row(
            each.id,
            each.state,
            "" if each.at is None else f"{each.at:%Y-%m-%d %H:%M}",
            *("" if number is None else f"{number:,}" for number in (each.records, each.allowed)),
            "" if each.bytes is None else f"{each.bytes / 2**20:,.1f}",
        )
    console.print(table)


def _show_reading(console: Console, found: Readable) -> None:
    out = found.sealed - found.rows
    console.print(f"{found.rows:,} of {found.sealed:,} rows may be read now")
    if out:
        console.print(_reasons({reason.label: count for reason, count in found.left_out.items()}, "left out since"))
    for row in found.sample:
        text = " ".join((row["text"] or "").split())
        console.print(f"\n[bold]{escape(row['id'])}[/bold] {row['category']} by {escape(row['author'])}")
        console.print(escape(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"))


def _row_json(row: Any) -> dict[str, Any]:
    created_at = row["created_at"]
    return {**row, "created_at": None if created_at is None else format_instant(created_at)}
