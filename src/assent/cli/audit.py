"""`assent audit`: what a model remembers, whether a snapshot or the ledger holds; what was audited, and what is due."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assent.cli.audit_shown import (
    due_json,
    payload_of,
    show_audit,
    show_bundle,
    show_checked_bundle,
    show_due,
)
from assent.cli.build import watching
from assent.cli.frame import Json, emit, err, needing_extra
from assent.errors import InputError, RefusedError
from assent.operations.audit_register import Register, Sort, days_in
from assent.operations.audit_target import sort_of
from assent.operations.takeback import read_members
from assent.operations.workspace import Workspace, open_workspace, workspace_here
from assent.snapshot.reader import system_clock
from assent.storage.files import write_durably

if TYPE_CHECKING:
    from assent.operations.audit_ledger import AuditedLedger
    from assent.operations.audit_run import AuditedModel
    from assent.operations.audit_snapshot import AuditedSnapshot


def register(app: typer.Typer) -> None:
    """Adds `audit`."""
    app.command()(audit)


def audit(  # noqa: PLR0917 - a command's options
    target: Annotated[
        str | None, typer.Argument(help="A model, a snapshot, a ledger or a bundle's zip; none shows what is due.")
    ] = None,
    about: Annotated[list[str] | None, typer.Option(help="Whose texts are looked for in a model, by id.")] = None,
    file: Annotated[Path | None, typer.Option(help="A file of member ids, one a line, as for --about.")] = None,
    against: Annotated[Path | None, typer.Option(help="The report of a model's audit before a take-back.")] = None,
    canaries: Annotated[Path | None, typer.Option(help="What was planted in a model's texts, JSON.")] = None,
    people: Annotated[int, typer.Option(min=1, help="Of each shard, at most, whose texts are asked about.")] = 60,
    seed: Annotated[str, typer.Option(help="From which everything is drawn.")] = "audit",
    sample: Annotated[int | None, typer.Option(min=1, help="Of a snapshot's decisions, derive only so many.")] = None,
    every: Annotated[str | None, typer.Option(help="Run it now, and have it due every so often: 30d.")] = None,
    output: Annotated[Path | None, typer.Option(help="A folder that gets a copy of report and page.")] = None,
    bundle: Annotated[Path | None, typer.Option(help="Write the evidence bundle, one signed zip.")] = None,
    texts: Annotated[Path | None, typer.Option(help="What a person wrote for the bundle's open items, JSON.")] = None,
    attest_key: Annotated[Path | None, typer.Option(help="The public key that signed a bundle, PEM.")] = None,
    as_json: Json = False,
) -> None:
    """Audit a model, a snapshot or the ledger and keep the report; exit code 4 when something does not hold."""
    if target is not None and target.endswith(".zip") and Path(target).is_file():
        _check_bundle(Path(target), attest_key, as_json=as_json)
        return
    workspace = open_workspace()
    days = None if every is None else days_in(every)
    if target is None:
        if days is not None:
            raise InputError("nothing was named that should be audited", hint="name a model, a snapshot or the ledger")
        if bundle is not None:
            _write_bundle(workspace, bundle, texts, as_json=as_json)
            return
        _show_due(workspace, as_json=as_json)
        return
    sort = sort_of(workspace, target)
    model_only = {"--about": about, "--file": file, "--against": against, "--canaries": canaries}
    given = next((name for name, value in model_only.items() if value), None)
    if sort is not Sort.MODEL and given is not None:
        raise InputError(f"`{given}` is for models, and `{target}` is none")
    if sort is Sort.MODEL:
        named = [*(about or ()), *_from_file(file)]
        done: Any = _audit_model(workspace, target, named, against, canaries, people, seed)
    elif sort is Sort.SNAPSHOT:
        done = _audit_snapshot(workspace, target, sample)
    else:
        done = _audit_ledger(workspace)
    due = None if days is None else Register.of(workspace).schedule(sort, done.run.target, days, done.run.at)
    if output is not None:
        for path in (done.report, done.page):
            write_durably(output / f"{done.run.target}{path.suffix}", path.read_bytes())
    emit(as_json, payload_of(done, due), lambda console: show_audit(console, done, due))
    if bundle is not None:
        _write_bundle(workspace, bundle, texts, as_json=False)
    done.require()


def _from_file(path: Path | None) -> list[str]:
    if path is None:
        return []
    try:
        return read_members(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read `{path}`: {type(error).__name__.lower()}") from None


def _audit_model(  # noqa: PLR0917 - what the command was given
    workspace: Workspace,
    target: str,
    named: list[str],
    against: Path | None,
    canaries: Path | None,
    people: int,
    seed: str,
) -> AuditedModel:
    with needing_extra("train"):
        from assent.operations.audit_asking import Sampling
        from assent.operations.audit_canaries import NOTHING_PLANTED, read_canaries
        from assent.operations.audit_run import run_model_audit

        planted = NOTHING_PLANTED if canaries is None else read_canaries(canaries)
        with err.status("auditing") as shown:
            return run_model_audit(
                workspace,
                target,
                clock=system_clock,
                about=named,
                planted=planted,
                against=against,
                sampling=Sampling(people=people, seed=seed),
                told=lambda line: shown.update(f"auditing: {line}"),
            )


def _audit_snapshot(workspace: Workspace, target: str, sample: int | None) -> AuditedSnapshot:
    from assent.operations.audit_snapshot import run_snapshot_audit

    with watching() as watch:
        return run_snapshot_audit(workspace, target, clock=system_clock, sample=sample, progress=watch)


def _audit_ledger(workspace: Workspace) -> AuditedLedger:
    from assent.operations.audit_ledger import run_ledger_audit

    with watching() as watch:
        return run_ledger_audit(workspace, clock=system_clock, progress=watch)


def _write_bundle(workspace: Workspace, path: Path, texts: Path | None, *, as_json: bool) -> None:
    from assent.operations.evidence import read_texts, write_evidence

    written = {} if texts is None else read_texts(texts)
    done = write_evidence(workspace, path, clock=system_clock, written=written)
    emit(as_json, done.to_json(), lambda console: show_bundle(console, done))


def _check_bundle(path: Path, attest_key: Path | None, *, as_json: bool) -> None:
    from assent.operations.evidence import check_evidence

    found = check_evidence(path, workspace=workspace_here(), attest_key=attest_key)
    payload = {"ok": True, "files": sorted(found.files), "open": list(found.open), **found.statement.predicate}
    emit(as_json, payload, lambda console: show_checked_bundle(console, path, found))


def _show_due(workspace: Workspace, *, as_json: bool) -> None:
    """What is scheduled; something overdue ends the command with exit code 3.

    Raises:
        RefusedError: something is overdue.
    """
    now, due = system_clock(), Register.of(workspace).due()
    emit(as_json, [due_json(each, now) for each in due], lambda console: show_due(console, due, now))
    late = [each for each in due if each.overdue(now)]
    if late:
        raise RefusedError(
            f"{len(late)} audits are overdue" if len(late) > 1 else "an audit is overdue",
            hint=f"run it: assent audit {late[0].target}",
        )
