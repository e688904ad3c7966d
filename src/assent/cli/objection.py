"""`assent objection`: objections and claims where there is no browser, by the same operations."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from assent.cli.frame import Json, emit, listing, new_group
from assent.desk.objections import CLAIM, OBJECTION, OPEN_STATES, Case
from assent.operations import objections
from assent.operations.aligning import adopted_everywhere
from assent.operations.casework import heal_all
from assent.operations.claims import decide_claim
from assent.operations.matching import attach_records
from assent.operations.objection_clock import days_left
from assent.operations.platform import Platform, open_platform
from assent.operations.workspace import open_workspace
from assent.vocabulary.instants import format_instant

app = new_group("Receive, weigh and decide objections and claims.")

Ident = Annotated[str, typer.Argument(metavar="CASE", help="The id of an objection or claim.")]
By = Annotated[str, typer.Option(help="Who does it: a pseudonym, for the trail in the ledger.")]

_BY = "staff:command-line"


@app.command("list")
def list_cases(
    every: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    claims: Annotated[bool, typer.Option("--claims", help="Claims that a model repeats somebody's data.")] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those that should have been answered.")] = False,
    page: Annotated[int, typer.Option(help="Which page of fifty.")] = 1,
    as_json: Json = False,
) -> None:
    """Show the queue: what is due soonest first, so the overdue before all others."""
    with _platform() as platform:
        found = objections.queue(
            platform, kind=CLAIM if claims else OBJECTION, states=None if every else OPEN_STATES, overdue=overdue,
            page=page,
        )  # fmt: skip
        now = platform.clock()

    def render(console: Console) -> None:
        table = listing(
            "case", "use", "from", "state", "received", "days left", numbers=("days left",), whole=("case",)
        )
        for each in found.cases:
            left = f"{days_left(each.due_at, now)}" if each.is_open else "-"
            table.add_row(each.id, each.purpose, escape(each.person), each.state, f"{each.received_at:%Y-%m-%d}", left)
        console.print(table if found.cases else "there is nothing to do")
        if found.pages > 1:
            console.print(f"page {found.page} of {found.pages}, {found.total:,} in all")
        if found.overdue:
            console.print(f"{found.overdue:,} overdue")

    payload = {"cases": [_said(each) for each in found.cases], "total": found.total, "page": found.page,
               "pages": found.pages, "overdue": found.overdue, "by_state": found.by_state}  # fmt: skip
    emit(as_json, payload, render)


@app.command()
def show(case: Ident, as_json: Json = False) -> None:
    """Show one case: what was said, until when it is answered, and every step."""
    with _platform() as platform:
        found = objections.standing(platform, case)
    _emit(as_json, found)


@app.command()
def receive(
    member: Annotated[str, typer.Argument(help="Who objects, by member id.")],
    purpose: Annotated[str, typer.Option(help="The use they object to.")],
    words: Annotated[str, typer.Option(help="What they say to it.")] = "",
    language: Annotated[str, typer.Option(help="Which language they read.")] = "en",
    as_json: Json = False,
) -> None:
    """Receive an objection that came in another way; from now on nothing of theirs is used for it."""
    with _platform() as platform:
        found = objections.receive(
            platform, purpose=purpose, person=member, words=words, language=language, by="staff"
        )  # fmt: skip
    _emit(as_json, found)


@app.command()
def weigh(case: Ident, by: By = _BY, as_json: Json = False) -> None:
    """Begin to weigh it; the person is told."""
    with _platform() as platform:
        found = objections.weigh(platform, case, by=by)
    _emit(as_json, found)


@app.command()
def decide(
    case: Ident,
    outcome: Annotated[str, typer.Argument(help="upheld or rejected; of a claim confirmed or not-confirmed.")],
    grounds: Annotated[str, typer.Option(help="For a rejection a sentence at least; the person reads it.")] = "",
    by: By = _BY,
    as_json: Json = False,
) -> None:
    """Decide it. An appeal is decided by somebody other than who rejected."""
    with _platform() as platform:
        if objections.standing(platform, case).kind == CLAIM:
            found = decide_claim(platform, case, finding=outcome, words=grounds, by=by)
        else:
            found = objections.decide(platform, case, outcome=outcome, grounds=grounds, by=by)
    _emit(as_json, found)


@app.command()
def appeal(
    case: Ident,
    words: Annotated[str, typer.Option(help="What the person says to it.")] = "",
    as_json: Json = False,
) -> None:
    """Record the person's appeal against a rejection; nothing of theirs is used again until it is decided."""
    with _platform() as platform:
        found = objections.appeal(platform, case, words=words, by="staff")
    _emit(as_json, found)


@app.command()
def extend(
    case: Ident,
    why: Annotated[str, typer.Option(help="Why it takes longer; the person reads it.")],
    by: By = _BY,
    as_json: Json = False,
) -> None:
    """Take two more months, once and within the first."""
    with _platform() as platform:
        found = objections.extend(platform, case, why=why, by=by)
    _emit(as_json, found)


@app.command()
def withdraw(case: Ident, as_json: Json = False) -> None:
    """Record that the person takes it back."""
    with _platform() as platform:
        found = objections.withdraw(platform, case, by="staff")
    _emit(as_json, found)


@app.command()
def attach(
    case: Ident,
    records: Annotated[list[str], typer.Argument(help="Ids of records that are about the person.")],
    by: By = _BY,
    as_json: Json = False,
) -> None:
    """Leave out records that are about somebody who is no member."""
    with _platform() as platform:
        found = attach_records(platform, case, records=records, by=by)
    _emit(as_json, found)


@app.command()
def heal(as_json: Json = False) -> None:
    """Bring the desk up to the ledger: end steps that broke off, open cases for objections that have none."""
    with _platform() as platform:
        ended, opened = heal_all(platform), adopted_everywhere(platform)
    emit(
        as_json,
        {"ended": ended, "opened": [each.id for each in opened]},
        lambda console: console.print(f"{ended:,} steps ended, {len(opened):,} cases opened"),
    )


def _platform() -> Platform:
    return open_platform(open_workspace())


def _emit(as_json: bool, case: Case) -> None:
    emit(as_json, _said(case), lambda console: _show(console, case))


def _show(console: Console, case: Case) -> None:
    console.print(f"[bold]{case.id}[/bold] {case.kind} to {case.purpose} by {escape(case.person)}: {case.state}")
    if case.is_open:
        console.print(f"the answer is due on {case.due_at:%Y-%m-%d}")
    for step in case.steps:
        console.print(f"{step.at:%Y-%m-%d %H:%M} {step.step} ({escape(step.by)})")
        if step.words:
            console.print(step.words, markup=False)


def _said(case: Case) -> dict[str, Any]:
    return {
        "id": case.id,
        "kind": case.kind,
        "purpose": case.purpose,
        "person": case.person,
        "is_member": case.is_member,
        "state": case.state,
        "received_at": format_instant(case.received_at),
        "due_at": format_instant(case.due_at),
        "extended": case.extended,
        "decided_at": None if case.decided_at is None else format_instant(case.decided_at),
        "grounds": case.grounds,
        "words": case.words,
        "about": case.about,
        "records": list(case.records),
        "steps": [
            {"at": format_instant(each.at), "step": each.step, "by": each.by, "words": each.words}
            for each in case.steps
        ],
    }
