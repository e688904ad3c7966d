"""`assent verify`: check a snapshot or a ledger without believing whoever made it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from assent.audit.ledger import LedgerReport
from assent.audit.report import Check, SnapshotReport, StoredReport
from assent.audit.witnesses import Witnessed
from assent.cli.build import watching
from assent.cli.frame import Json, emit, listing
from assent.cli.witness import CosignedOption, QuorumOption, WitnessKeyOption, show_witnessed
from assent.operations.snapshots import find_snapshot
from assent.operations.verify import verify_folder, verify_ledger_folder
from assent.operations.verify_model import find_stored, verify_stored
from assent.operations.witness import hear_if_asked, snapshot_ledger_size
from assent.operations.workspace import workspace_here
from assent.snapshot.reader import system_clock
from assent.storage.place import place_of

_MARKS = {True: "[green]ok[/green]", False: "[red]FAILED[/red]", None: "[yellow]not checked[/yellow]"}


def register(app: typer.Typer) -> None:
    """Adds `verify`."""
    app.command()(verify)


def verify(  # noqa: PLR0917 - options of a command
    path: Annotated[
        str, typer.Argument(help="A snapshot or a model, by id or folder; a certificate's file; or a ledger's folder.")
    ],
    sample: Annotated[
        int | None, typer.Option(min=1, help="Derive only so many decisions again, drawn at random.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the drawing, so that it can be repeated.")] = 0,
    vkey: Annotated[str | None, typer.Option(help="The ledger's public key, as text or file.")] = None,
    attest_key: Annotated[Path | None, typer.Option(help="The public key that signs snapshots, PEM.")] = None,
    witness: QuorumOption = None,
    witness_key: WitnessKeyOption = None,
    cosigned: CosignedOption = None,
    as_json: Json = False,
) -> None:
    """Derive everything again and compare; exit code 4 when something does not match."""
    workspace = workspace_here()
    on_ledger = place_of(Path(path)) is not None
    stored = None if on_ledger else find_stored(workspace, path, clock=system_clock)
    if stored is not None:
        seen = verify_stored(stored, workspace=workspace, attest_key=attest_key, clock=system_clock)
        emit(as_json, seen.to_json(), lambda console: _show_stored(console, seen))
        seen.require()
        return
    report: LedgerReport | SnapshotReport
    with watching() as watch:
        if on_ledger:
            ledger: Path | None = Path(path)
            report = verify_ledger_folder(Path(path), vkey=vkey, progress=watch)
            size = report.size or 0
        else:
            snapshot = find_snapshot(workspace, path)
            ledger = workspace.ledger_folder if workspace else None
            report = verify_folder(
                snapshot,
                workspace=workspace,
                vkey=vkey,
                attest_key=attest_key,
                sample=sample,
                seed=seed,
                progress=watch,
            )
            size = snapshot_ledger_size(snapshot) if witness else 0
        witnessed = hear_if_asked(
            ledger, witness, size=size, keys=witness_key or (), cosigned=cosigned or (), vkey=vkey
        )
    sound = report.ok
    if witnessed is not None:
        report.checks.append(witnessed.check)
    payload = report.to_json() | ({"witnesses": witnessed.to_json()} if witnessed else {})
    emit(as_json, payload, lambda console: _show(console, report, witnessed))
    if sound and witnessed is not None:
        witnessed.require()
    report.require()


def _show_stored(console: Console, report: StoredReport) -> None:
    _show_checks(console, report.checks)
    if report.ok:
        missing = "" if all(each.passed for each in report.checks) else "; not everything was checked"
        console.print(f"{report.name} verifies{missing}", markup=False)


def _show_checks(console: Console, checks: Iterable[Check]) -> None:
    table = listing("check", "result", "detail")
    for check in checks:
        table.add_row(check.name, _MARKS[check.passed], escape(check.detail))
    console.print(table)


def _show(console: Console, report: LedgerReport | SnapshotReport, witnessed: Witnessed | None) -> None:
    _show_checks(console, report.checks)
    for difference in report.differences:
        console.print(f"differs: {escape(str(difference))}")
    show_witnessed(console, witnessed)
    if report.ok:
        console.print(_conclusion(report), markup=False)


def _conclusion(report: LedgerReport | SnapshotReport) -> str:
    if isinstance(report, LedgerReport):
        return f"{report.folder} verifies: {report.agrees:,} events agree, {report.erased:,} erased"
    extent = "every decision" if report.compared == report.records else f"{report.compared:,} decisions"
    missing = "" if report.complete else "; not everything was checked"
    if report.erased:
        missing = f"; {report.erased:,} of them rest on what was erased since, so nobody can say any more{missing}"
    if any(check.name == "signature" and check.passed is None for check in report.checks):
        return (
            f"{report.snapshot} agrees with itself, but nobody's signature was checked: give --attest-key with the"
            f" publisher's public key ({extent} derived again{missing})"
        )
    return f"{report.snapshot} verifies ({extent} derived again{missing})"
