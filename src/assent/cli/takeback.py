"""`assent takeback` and `assent sweep`: undo past use, for some members or for all who asked."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from assent.cli.build import watching
from assent.cli.fairness import rankings_again, show_rankings
from assent.cli.frame import Json, complain, emit, listing
from assent.cli.model import ask_and_tell
from assent.cli.model_shown import asked_json, show_asked
from assent.cli.unlearn import complain_of_models, models_json, show_models, sweep_models
from assent.errors import EvidenceError, InputError
from assent.operations.sweep import SweepResult, sweep
from assent.operations.takeback import Status, TakenBack, read_members, status_json, status_of, take_back
from assent.operations.workspace import open_workspace
from assent.snapshot.reader import system_clock
from assent.vocabulary.instants import format_instant

SwapOnly = Annotated[
    bool, typer.Option("--swap-only", help="Models serve without what they learned; the next sweep trains the rest.")
]


NoReplay = Annotated[
    bool, typer.Option("--no-replay", help="Do not train the shards once more to see that the bytes are the same.")
]
Device = Annotated[
    str | None, typer.Option(help="That models learn again on, cpu or cuda; else what each one learned on.")
]


def register(app: typer.Typer) -> None:
    """Adds `takeback` and `sweep`."""
    app.command("takeback")(takeback)
    app.command("sweep")(sweep_all)


def takeback(  # noqa: PLR0917 - a command has as many options as it has
    members: Annotated[list[str] | None, typer.Argument(help="Who takes back, by member id.")] = None,
    purpose: Annotated[list[str] | None, typer.Option(help="For this use only; else for every one there is.")] = None,
    file: Annotated[Path | None, typer.Option(help="A file of member ids, one a line.")] = None,
    later: Annotated[bool, typer.Option("--later", help="Record it; leave the files to `assent sweep`.")] = False,
    swap_only: SwapOnly = False,
    no_replay: NoReplay = False,
    device: Device = None,
    status: Annotated[bool, typer.Option("--status", help="Change nothing; show what was asked and done.")] = False,
    as_json: Json = False,
) -> None:
    """Take members' records back: out of every read at once, then out of snapshots' files, then out of models."""
    named = [*(members or ()), *_from_file(file)]
    workspace = open_workspace()
    if status:
        if not named:
            raise InputError("nobody was named", hint="whose take-back is to be shown?")
        found = [status_of(workspace, each, clock=system_clock) for each in named]
        emit(as_json, [status_json(each) for each in found], lambda console: _show_status(console, found))
        return
    with watching() as watch:
        done = take_back(workspace, named, purposes=purpose or (), later=later, clock=system_clock, progress=watch)
    ask_and_tell(workspace, done.swept)
    models = None if later else sweep_models(workspace, swap_only=swap_only, replay=not no_replay, device=device)
    rankings = rankings_again(workspace, _purposes(done.swept))

    def show(console: Console) -> None:
        _show_takeback(console, done)
        show_models(console, models)
        show_rankings(console, rankings)

    emit(as_json, _takeback_json(done) | models_json(models) | rankings, show)
    _complain(done.swept)
    complain_of_models(models)


def sweep_all(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing; show what would go.")] = False,
    swap_only: SwapOnly = False,
    no_replay: NoReplay = False,
    device: Device = None,
    as_json: Json = False,
) -> None:
    """Remove from every snapshot, then from every model, what was taken back, and the files of those superseded."""
    workspace = open_workspace()
    with watching() as watch:
        result = sweep(workspace, clock=system_clock, dry_run=dry_run, progress=watch)
    ask_and_tell(workspace, result)
    models = None if dry_run else sweep_models(workspace, swap_only=swap_only, replay=not no_replay, device=device)
    rankings = {} if dry_run else rankings_again(workspace, _purposes(result))

    def show(console: Console) -> None:
        _show_sweep(console, result)
        show_models(console, models)
        show_rankings(console, rankings)

    emit(as_json, _sweep_json(result) | models_json(models) | rankings, show)
    _complain(result)
    complain_of_models(models)


def _from_file(path: Path | None) -> list[str]:
    if path is None:
        return []
    try:
        found = read_members(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read `{path}`: {type(error).__name__.lower()}") from None
    if not found:
        raise InputError(f"`{path}` names nobody", hint="write one member id a line")
    return found


def _purposes(result: SweepResult | None) -> set[str]:
    return set() if result is None else {each.purpose for each in result.swept}


def _complain(result: SweepResult | None) -> None:
    """Snapshots that could not be swept end the command with an error, after everything else was said."""
    if result is None or not result.problems:
        return
    first, *_ = result.problems
    for error in result.problems.values():
        complain(error)
    raise EvidenceError(
        f"`{first}` was not swept" + (f", nor `{len(result.problems) - 1}` others" if len(result.problems) > 1 else ""),
        hint="readers leave the members out all the same; mend the snapshot, then run `assent sweep`",
    )


def _takeback_json(done: TakenBack) -> dict[str, Any]:
    return {
        "asked": [
            asdict(each) | {"stop": each.stop and each.stop.value, "at": format_instant(each.at)} for each in done.asked
        ],
        "seconds_to_effect": round(done.seconds_to_effect, 3),
        "seconds_to_removal": None if done.seconds_to_removal is None else round(done.seconds_to_removal, 3),
        "sweep": None if done.swept is None else _sweep_json(done.swept),
    }


def _sweep_json(result: SweepResult) -> dict[str, Any]:
    return {
        "dry_run": result.dry_run,
        "looked_at": result.looked_at,
        "swept": [asdict(each) | {"seconds": round(each.seconds, 3)} for each in result.swept],
        "finished": [asdict(each) for each in result.finished],
        "lost": list(result.lost),
        "asked": asked_json(result.asked),
        "problems": {name: error.message for name, error in result.problems.items()},
    }


def _show_takeback(console: Console, done: TakenBack) -> None:
    people = {each.member for each in done.asked}
    anew = {each.member for each in done.asked if each.anew}
    if anew:
        uses = Counter(each.purpose for each in done.asked if each.anew)
        console.print(
            f"{_members(len(anew))} taken back for {', '.join(uses)}; no reader gives them any more"
            f" ({done.seconds_to_effect:.1f} s)"
        )
    if rest := len(people - anew):
        console.print(f"{_members(rest)} had taken back already, and permitted nothing since")
    if done.swept is None:
        console.print("their rows still lie in the snapshots' files; to remove them: assent sweep")
        return
    _show_sweep(console, done.swept)
    if done.seconds_to_removal is not None and done.swept.swept:
        console.print(f"{done.seconds_to_removal:.1f} s from the request to the removal")


def _members(number: int) -> str:
    return f"{number:,} member{'' if number == 1 else 's'}"


def _show_sweep(console: Console, result: SweepResult) -> None:
    for late in result.finished:
        console.print(f"removed what was left of {late.id}, which something had superseded")
    for lost in result.lost:
        console.print(f"[yellow]lost:[/yellow] {lost} stood in the ledger and its folder is gone; it is superseded now")
    if not result.swept:
        held = "no snapshot stands" if not result.looked_at else f"none of {result.looked_at} snapshots holds anything"
        console.print(f"{held} that was taken back" if result.looked_at else held)
        return
    numbers = ("rows removed", "masked anew", "files rewritten", "kept", "MiB removed", "seconds")
    table = listing("snapshot", "now", *numbers, numbers=numbers, whole=("snapshot", "now"))
    for each in result.swept:
        table.add_row(
            each.id,
            each.replaced_by or "(dry run)",
            f"{each.removed:,}",
            f"{each.masked:,}",
            f"{each.rewritten:,}",
            f"{each.kept:,}",
            f"{each.bytes_removed / 2**20:,.1f}",
            f"{each.seconds:.1f}",
        )
    console.print(table)
    show_asked(console, result.asked)
    if unmasked := sum(each.unmasked for each in result.swept):
        console.print(f"{unmasked:,} of the rows went because the files they came from changed: nobody could mask them")


def _show_status(console: Console, found: list[Status]) -> None:
    for status in found:
        console.print(f"[bold]{escape(status.member)}[/bold]")
        if not status.asked:
            console.print("asked for nothing to be taken back")
        for purpose, at in status.asked:
            console.print(f"took back {purpose} as of {at:%Y-%m-%d %H:%M} UTC")
        if status.snapshots:
            table = listing("snapshot", "state", "holds", "names", "taken out", "in its place", whole=("snapshot",))
            for each in status.snapshots:
                table.add_row(
                    each.id, each.state, *map(_number, (each.holds, each.named_in, each.went)), each.replaced_by
                )
            console.print(table)
        console.print(_remaining(status))


def _number(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


def _remaining(status: Status) -> str:
    if status.waiting:
        return f"to be rewritten: {', '.join(status.waiting)}; do it with: assent sweep"
    return "nothing is waiting to be removed"
