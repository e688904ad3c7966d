"""`assent build`, `assent snapshots`, `assent read`: make snapshots, list them, see what may be read now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assent.cli.frame import Json, emit, listing, progress
from assent.evidence.manifest import Curated
from assent.operations.build import BuildResult, build_snapshot
from assent.operations.parentage import LATEST
from assent.operations.snapshots import Listed, Readable, list_snapshots, read_snapshot
from assent.operations.workspace import master_of, open_workspace
from assent.policy.curation_words import DROPPED, PII
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
    engine: Annotated[str | None, typer.Option(help="What decides: duckdb or spark; else as configured.")] = None,
    master: Annotated[str | None, typer.Option(help="Spark's master, like local[4] or spark://host:7077.")] = None,
    as_json: Json = False,
) -> None:
    """Decide what changed since the last snapshot, or every record, and seal a snapshot of those that may be used."""
    moment = None if at is None else parse_instant(at, field="--at")
    workspace = open_workspace()
    spark = master_of(engine or workspace.text("build.engine"), master or workspace.text("build.master"))
    with watching() as watch:
        result = build_snapshot(
            workspace,
            purpose,
            master=spark,
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
        "dropped": {drop.value: count for drop, count in found.dropped.items()},
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
        "curation": None if manifest.curation is None else _curation_json(manifest.curation),
        "parent": manifest.parent,
        "full_because": result.full_because,
        "files": len(manifest.files),
        "decisions_root": manifest.decisions.root.hex(),
        "problems": [asdict(each) for each in result.problems],
        "finished": list(result.finished),
    }


def _curation_json(curated: Curated) -> dict[str, Any]:
    return {
        "records": curated.records,
        "masked": dict(curated.masked),
        "dropped": dict(curated.dropped),
        "clusters": curated.clusters,
        "copies": curated.copied,
        "kept": curated.kept,
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
    if manifest.curation is not None:
        _show_curation(console, manifest.curation)
    for problem in result.problems:
        console.print(f"[yellow]problem:[/yellow] {escape(problem.where)}: {escape(problem.what)} ({problem.count:,})")
    console.print(f"read {result.path / 'card.md'}, then: assent verify {result.id}", markup=False)


def _show_curation(console: Console, curated: Curated) -> None:
    if curated.copied:
        console.print(f"copies of refused records that do not name them, among those left out: {curated.copied:,}")
    if curated.masked:
        console.print(f"in {curated.records:,} of the records personal data is masked")
        table = listing("masked", "type", "in words", numbers=("masked",))
        for kind in (kind for kind in PII if kind in curated.masked):
            table.add_row(f"{curated.masked[kind]:,}", kind.value, PII[kind])
        console.print(table)
    if curated.dropped:
        console.print(_drops(curated.dropped))
    groups = f"; groups of near-duplicates, one of each among them: {curated.clusters:,}" if curated.clusters else ""
    console.print(f"{curated.kept:,} of them count{groups}")


def _drops(counts: Mapping[str, int]) -> Table:
    table = listing("passed over", "reason", "in words", numbers=("passed over",))
    for drop in (drop for drop in DROPPED if drop in counts):
        table.add_row(f"{counts[drop]:,}", drop.value, DROPPED[drop])
    return table


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
    console.print(f"{found.rows:,} of {found.sealed:,} rows may be read now")
    if found.left_out:
        console.print(_reasons({reason.label: count for reason, count in found.left_out.items()}, "left out since"))
    if found.dropped:
        console.print(_drops({drop.value: count for drop, count in found.dropped.items()}))
    for row in found.sample:
        text = " ".join((row["text"] or "").split())
        console.print(f"\n[bold]{escape(row['id'])}[/bold] {row['category']} by {escape(row['author'])}")
        console.print(escape(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"))


def _row_json(row: Any) -> dict[str, Any]:
    created_at = row["created_at"]
    return {**row, "created_at": None if created_at is None else format_instant(created_at)}
