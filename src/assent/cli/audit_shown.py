"""What `assent audit` says of each sort of audit, of bundles, and of what is due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape

from assent.cli.frame import listing
from assent.operations.audit_register import Due
from assent.vocabulary.instants import format_instant

if TYPE_CHECKING:
    from assent.audit.bundle.archive import Bundle
    from assent.operations.audit_ledger import AuditedLedger
    from assent.operations.audit_run import AuditedModel
    from assent.operations.audit_snapshot import AuditedSnapshot
    from assent.operations.evidence import WrittenBundle

_MARKS = {True: "[green]ok[/green]", False: "[red]FAILED[/red]", None: "[yellow]not checked[/yellow]"}


def payload_of(done: AuditedModel | AuditedSnapshot | AuditedLedger, due: Due | None) -> dict[str, Any]:
    """An audit for machines: what was said of it, where it lies, and the report itself."""
    run = done.run
    findings = getattr(done, "findings", None)
    return {
        "sort": run.sort,
        "target": run.target,
        "at": format_instant(run.at),
        "ok": run.ok,
        "said": run.said,
        "report": str(done.report),
        "page": str(done.page),
        "digest": run.digest,
        "next": None if due is None else format_instant(due.next_at),
        "findings": None if findings is None else [asdict(each) for each in findings],
        "added_to_certificate": None if (added := getattr(done, "attested", None)) is None else str(added),
    }


def show_audit(console: Console, done: Any, due: Due | None) -> None:
    """Checks, figures, the sentence, and where to read on."""
    verified = getattr(done, "verified", None)
    checks = listing("check", "result", "detail")
    for check in verified.checks if verified is not None else done.audit.checks:
        checks.add_row(check.name, _MARKS[check.passed], escape(check.detail))
    console.print(checks)
    console.print()
    if verified is None:
        _show_model(console, done)
    console.print(f"[bold]{escape(done.run.said)}[/bold]")
    if due is not None:
        console.print(f"due again on {due.next_at:%Y-%m-%d}, then every {due.every_days} days; `assent audit` shows it")
    console.print(f"read {done.page}\nthe report: {done.report}", markup=False)
    if (added := getattr(done, "attested", None)) is not None:
        console.print(f"added to the certificate of the take-back: {added}", markup=False)


def _show_model(console: Console, done: AuditedModel) -> None:
    if done.findings is None:
        _show_once(console, done)
    else:
        _show_twice(console, done)
    console.print()
    missing: dict[str, list[str]] = defaultdict(list)
    for part in done.audit.targets:
        for each in part.not_run:
            missing[f"{each.test}: {each.reason}"].append(part.name)
    for what, parts in missing.items():
        where = "every part" if len(parts) == len(done.audit.targets) else ", ".join(parts)
        console.print(f"not run in {where}: {what}", markup=False)
    if missing:
        console.print()


def _show_once(console: Console, done: AuditedModel) -> None:
    from assent.audit.model.wording import lines_of

    table = listing("part", "test", "figure", whole=("part", "test"))
    for part in done.audit.targets:
        for test, said in lines_of(part):
            table.add_row(part.name, test, escape(said))
    console.print(table)


def _show_twice(console: Console, done: AuditedModel) -> None:
    from assent.audit.model.wording import rows_of

    table = listing("part", "test", "before", "after", "outcome", whole=("part",))
    for part in done.audit.targets:
        for row in rows_of(done.findings or (), part.name):
            outcome = f"{row.outcome}: {row.why}" if row.why else str(row.outcome)
            table.add_row(part.name, f"{row.test} {row.what}", row.before, row.after, outcome)
    console.print(table)


def due_json(due: Due, now: datetime) -> dict[str, Any]:
    """A scheduled audit for machines."""
    return {
        "sort": due.sort,
        "target": due.target,
        "every_days": due.every_days,
        "last": None if due.last is None else format_instant(due.last),
        "ok": due.ok,
        "next": format_instant(due.next_at),
        "overdue": due.overdue(now),
    }


def show_due(console: Console, due: Sequence[Due], now: datetime) -> None:
    """A table of what is scheduled, that which is due first on top."""
    if not due:
        console.print("nothing is scheduled; for example: assent audit ledger --every 30d")
        return
    table = listing("what", "target", "every", "last", "came to", "due", whole=("target", "last", "due"))
    for each in due:
        last = "never" if each.last is None else f"{each.last:%Y-%m-%d}"
        came = "" if each.ok is None else "ok" if each.ok else "[red]failed[/red]"
        when = f"{each.next_at:%Y-%m-%d}"
        late = f"[red]{when}, overdue[/red]" if each.overdue(now) else when
        table.add_row(each.sort, each.target, f"{each.every_days} days", last, came, late)
    console.print(table)


def show_bundle(console: Console, done: WrittenBundle) -> None:
    """Where the bundle lies, and what a person still has to write."""
    console.print(f"wrote {done.path}: {done.files} files, signed", markup=False)
    if done.open:
        console.print(f"{len(done.open)} items are for a person to write; index.html in it lists them")
    for each in done.missing:
        console.print(f"not in it: {each}", markup=False)


def show_checked_bundle(console: Console, path: Path, found: Bundle) -> None:
    """That every byte holds, and of what it speaks."""
    said = found.statement.predicate
    console.print(f"{path} verifies: {len(found.files)} files, each as it was signed", markup=False)
    console.print(
        f"evidence of {said['platform']} as of {said['at']}, ledger of {said['ledger']['size']:,} events", markup=False
    )
    if found.open:
        console.print(f"{len(found.open)} items were still for a person to write")
