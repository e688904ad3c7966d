"""`assent subject MEMBER`: what became of one member's records, as a file that proves it, and what learned from them.

`assent subject make` is the same by its full name, for a member who is called like a command; `assent subject
verify FILE` is for whoever was given the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from typer.core import TyperGroup

from assent.audit.subject import SubjectPart, SubjectReport
from assent.cli.build import watching
from assent.cli.frame import Json, emit, listing
from assent.operations.pages.subject import place_name, write_subject_page
from assent.operations.subject import (
    learned_from_member,
    prove_subject,
    standing_snapshots,
    verify_subject_file,
)
from assent.operations.subject_models import Learned
from assent.operations.workspace import open_workspace, workspace_here
from assent.storage.files import explained
from assent.vocabulary.reasons import REASONS

_SHOWN = 20
"""Records of one snapshot on a terminal; the page and the JSON have all of them."""


class _MakeUnlessNamed(TyperGroup):
    """A group in which a first word that names no command is the first argument of `make`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["make", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    help="Prove to a member what became of each of their records, and say which models learned from them.",
    cls=_MakeUnlessNamed,
    no_args_is_help=True,
    rich_markup_mode=None,
)

Page = Annotated[Path | None, typer.Option("--html", help="Write a page to read and print.")]


@app.command()
def make(  # noqa: PLR0917 - options of a command
    member: Annotated[str, typer.Argument(help="The member's id.")],
    snapshots: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SNAPSHOT]...", help="Ids, beginnings of ids, or folders; else all that stand."),
    ] = None,
    record: Annotated[list[str] | None, typer.Option(help="Also ask about this record id; may be repeated.")] = None,
    mentions: Annotated[bool, typer.Option(help="Also state in which records of others the member appears.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write the proof, to hand out.")] = None,
    html: Page = None,
    as_json: Json = False,
) -> None:
    """Say what became of each of a member's records in each snapshot, and prove it; which models learned from them."""
    workspace = open_workspace()
    with watching() as watch:
        asked = snapshots or standing_snapshots(workspace)
        made = prove_subject(workspace, member, asked, records=record or (), mentions=mentions, progress=watch)
        learned = learned_from_member(workspace, member)
    if out is not None:
        _write(out, made.data)
    if html is not None:
        _write(html, write_subject_page(made.report).encode())

    def render(console: Console) -> None:
        _show(console, made.report)
        _show_learned(console, learned)

    emit(as_json, made.report.to_json() | {"stated": learned.to_json()}, render)
    if out is not None and not as_json:
        typer.echo(f"{len(made.data):,} bytes in {out}; whoever has them checks them: assent subject verify {out}")


@app.command()
def verify(  # noqa: PLR0917 - options of a command
    file: Annotated[Path, typer.Argument(help="The file that `assent subject MEMBER SNAPSHOT --out FILE` wrote.")],
    attest_key: Annotated[Path | None, typer.Option("--attest-key", "--key", help="The publisher's key, PEM.")] = None,
    vkey: Annotated[str | None, typer.Option(help="The log's public key, as text or file.")] = None,
    member: Annotated[str | None, typer.Option(help="Whom the file must be about.")] = None,
    html: Page = None,
    as_json: Json = False,
) -> None:
    """Check a member's file, with nothing of the platform but its public keys."""
    report = verify_subject_file(file, workspace=workspace_here(), vkey=vkey, attest_key=attest_key, member=member)
    if html is not None:
        _write(html, write_subject_page(report).encode())
    emit(as_json, report.to_json(), lambda console: _show(console, report))


def _write(path: Path, data: bytes) -> None:
    with explained(path):
        path.write_bytes(data)


def _show(console: Console, report: SubjectReport) -> None:
    for part in report.parts:
        _show_part(console, report, part)
    checked = "every verdict above follows from the signed manifest of its snapshot"
    console.print(f"[green]proved[/green]: {checked}{_of_the_log(report)}")


def _show_learned(console: Console, learned: Learned) -> None:
    """Models and certificates; stated, not proved."""
    console.print("\n[bold]models that learned from them[/bold] [dim](stated, not proved)[/dim]")
    table = listing("model", "where", "state", "records", "shard/slice", "adapter or address",
                    numbers=("records",), whole=("model",))  # fmt: skip
    for each in learned.here:
        place = "" if each.shard is None else f"{each.shard}/{each.slice}"
        also = "its memory" if each.remembered else ""
        table.add_row(each.id, "here", each.state, f"{each.records:,}", place, each.adapter or also)
    for one in learned.elsewhere:
        state = "in use" if one.retrain_by is None else f"to be trained again by {one.retrain_by:%Y-%m-%d}"
        table.add_row(one.name, "elsewhere", state, f"{one.records:,}", "", escape(one.serves_at))
    console.print(table if learned.here or learned.elsewhere else "none that was recorded here")
    for found in learned.certificates:
        console.print(
            f"certificate {found.id}: asked {found.asked_at:%Y-%m-%d}, out of every file that served"
            f" {found.effective_at:%Y-%m-%d}, certified {found.issued_at:%Y-%m-%d}"
        )
    if learned.unread:
        console.print(f"[yellow]cannot be looked into just now:[/yellow] {escape(', '.join(learned.unread))}")


def _of_the_log(report: SubjectReport) -> str:
    unproved = [part.snapshot for part in report.parts if part.sealed is None]
    if not report.log_checked:
        return "; the log was not asked (--vkey)"
    if unproved:
        return f"; [yellow]not proved[/yellow]: that the log knows of {', '.join(unproved)}"
    return ", and the log says that each was sealed"


def _show_part(console: Console, report: SubjectReport, part: SubjectPart) -> None:
    manifest = part.manifest
    console.print(f"[bold]{escape(report.member)}[/bold] in [bold]{part.snapshot}[/bold]")
    if part.asked != part.snapshot:
        console.print(f"[yellow]{escape(part.asked)} was superseded[/yellow]; this is the version that took its place")
    console.print(
        f"[dim]{escape(manifest.purpose)}, {escape(manifest.pack_name)}, as of {manifest.at:%Y-%m-%d %H:%M} UTC;"
        f" {manifest.decisions.count:,} decisions[/dim]"
    )
    console.print(_summary(part))
    table = listing("record", "verdict", "why", "row", numbers=("row",))
    for cells in list(_rows(part))[:_SHOWN]:
        table.add_row(*cells)
    if part.decided or part.absent:
        console.print(table)
    more = len(part.decided) + len(part.absent) - _SHOWN
    if more > 0:
        console.print(f"… and {more:,} more; --html and --json have all of them")
    _show_mentions(console, part)
    console.print()


def _summary(part: SubjectPart) -> str:
    denied = Counter(each.reasons[0] for each in part.decided if each.reasons)
    if not part.decided:
        low, high = part.between
        return (
            "No record of this member was decided here: their rows would stand between"
            f" {place_name(part, low)} and {place_name(part, high)}, and there is nothing between these"
        )
    told = [f"{part.allowed:,} may be used", *(f"{denied[why]:,} {why.label}" for why in REASONS if why in denied)]
    return f"{len(part.decided):,} records: {', '.join(told)}"


def _rows(part: SubjectPart) -> Iterable[tuple[str, str, str, str]]:
    for each in sorted(part.decided, key=lambda one: (one.allowed, one.id is None, one.id or "")):
        name = escape(each.id) if each.id is not None else "[dim](id not given)[/dim]"
        verdict = "[green]may be used[/green]" if each.allowed else "[red]left out[/red]"
        yield name, verdict, " ".join(reason.for_members for reason in each.reasons), f"{each.place:,}"
    for one in part.absent:
        yield escape(one.id), "[cyan]never came in[/cyan]", "", f"{one.between[0]:,}|{one.between[1]:,}"


def _show_mentions(console: Console, part: SubjectPart) -> None:
    if part.mentioned is None:
        return
    used = [each for each in part.mentioned if each.used]
    console.print(
        f"appears in {len(part.mentioned):,} records of others, {len(used):,} of which may be used"
        " [dim](stated, not proved)[/dim]"
    )
    for each in used[:_SHOWN]:
        console.print(f"  {escape(each.id)} [dim]as {escape(each.role)}[/dim]")
