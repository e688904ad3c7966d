"""`assent erase`, and of the ledger `suppressed` and `readmit`: who is erased, and who stays out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from assent.cli.build import watching
from assent.cli.fairness import RANKED, rankings_again, show_rankings
from assent.cli.frame import Json, emit, err
from assent.cli.model import tell_now
from assent.errors import InputError
from assent.operations import erasure as operations
from assent.operations.erasing import erase
from assent.operations.ledger import now
from assent.operations.workspace import open_workspace
from assent.storage.files import explained
from assent.vocabulary.instants import parse_instant

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")]


def register(app: typer.Typer) -> None:
    """Adds `erase`."""
    app.command("erase")(erase_members)


def erase_members(
    members: Annotated[list[str] | None, typer.Argument(metavar="[MEMBER]...", help="Who is erased.")] = None,
    file: Annotated[Path | None, typer.Option(help="A file with a member's id on each line.")] = None,
    at: Annotated[str | None, typer.Option(help="Since when they asked for it; now if not given.")] = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Erase members for good: out of snapshots and feeds, then out of the ledger. Run it again if it was cut off."""
    chosen = _chosen(members or [], file)
    workspace = open_workspace()
    confirm(
        yes,
        as_json,
        f"Erase {len(chosen)} members for good: every event, every row, and no import brings them back?"
        if len(chosen) > 1
        else f"Erase {chosen[0]} for good: every event, every row, and no import brings them back?",
    )
    with watching() as watch:
        outcome = erase(
            workspace, chosen, clock=now, at=None if at is None else parse_instant(at, field="--at"), progress=watch
        )
    tell_now(workspace)
    rankings = rankings_again(workspace, RANKED)
    payload: dict[str, Any] = {**operations.summarize(workspace, outcome), **rankings}

    def render(console: Console) -> None:
        for each in outcome:
            what = f"{each.events:,} events shredded" if each.events else "was erased before; what was left was cleared"
            console.print(f"[green]erased[/green] {escape(each.member)}: {what}")
            if each.named:
                console.print(f"  {each.named:,} rows of others name them still, as the rules allow")
        console.print("\nremoved: their events and salts, their rows in every snapshot here, and what was made of them")
        console.print("not removed:")
        for line in payload["not_removed"]:
            console.print(f"  - {escape(line)}")
        show_rankings(console, rankings)

    emit(as_json, payload, render)


def suppressed(
    member: Annotated[str, typer.Argument(help="The member's id.")],
    as_json: Json = False,
) -> None:
    """Say whether a member was erased and stays out of every import."""
    listed = operations.is_suppressed(open_workspace(), member, clock=now)

    def render(console: Console) -> None:
        console.print("yes: erased, and nothing about them is recorded again" if listed else "no: not on the list")

    emit(as_json, {"member": member, "suppressed": listed}, render)


def readmit(
    member: Annotated[str, typer.Argument(help="The member's id.")],
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Let an erased member's events be recorded again, because they came back on purpose."""
    confirm(yes, as_json, f"Record events of {member} again, who was erased at their request?")
    seq = operations.readmit_member(open_workspace(), member, clock=now)

    def render(console: Console) -> None:
        console.print(f"{escape(member)} may be recorded again; event {seq} says so, under their pseudonym")
        console.print("what was erased does not come back: nothing is known of them, so nothing of theirs is used")

    emit(as_json, {"member": member, "seq": seq}, render)


def _chosen(members: Sequence[str], file: Path | None) -> list[str]:
    chosen = list(members)
    if file is not None:
        with explained(file):
            text = file.read_text(encoding="utf-8-sig", errors="strict")
        chosen += [line.strip() for line in text.splitlines() if line.strip()]
    if not chosen or not all(chosen):
        raise InputError("say whom to erase", hint="give their ids, or --file with one on each line")
    return list(dict.fromkeys(chosen))


def confirm(yes: bool, as_json: bool, question: str) -> None:
    """A person agreed, or said so beforehand.

    Raises:
        InputError: they did not, or nobody can be asked.
    """
    if yes:
        return
    if as_json or not sys.stdin.isatty():
        raise InputError("this needs a confirmation", hint="give --yes, or run it in a terminal")
    err.print("[yellow]This cannot be undone.[/yellow]")
    if not typer.confirm(question, err=True):
        raise InputError("not confirmed", hint="nothing was done")
