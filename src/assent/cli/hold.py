"""`assent hold`: stop a use in a region, from the next decision on."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console

from assent.cli.frame import Json, emit, listing, new_group
from assent.operations import holds as operations
from assent.operations.holds import StandingHold
from assent.operations.platform import open_platform
from assent.operations.workspace import open_workspace
from assent.vocabulary.instants import format_instant
from assent.vocabulary.state import EVERYWHERE

app = new_group("Stop a use of data in a region, as a regulator may ask.")

_BY = "command-line"
_Purpose = Annotated[str, typer.Argument(metavar="PURPOSE", help="As the pack in force names it.")]
_Region = Annotated[str, typer.Option(help="A region's code, a group of the pack, or `*`.")]
_Why = Annotated[str, typer.Option(help="The reason, for the trail.")]


@app.command()
def place(
    purpose: _Purpose,
    why: _Why,
    region: _Region = EVERYWHERE,
    sure: Annotated[bool, typer.Option("--sure", help="Also where the region is unknown: stops everywhere.")] = False,
    as_json: Json = False,
) -> None:
    """Stop the use there; says how long it took until a decision refused."""
    with open_platform(open_workspace()) as platform:
        hold = operations.place_hold(platform, purpose=purpose, region=region, why=why, by=_BY, sure=sure)

    def render(console: Console) -> None:
        console.print(f"{hold.purpose} is stopped in {hold.region} since {_instant(hold)}", markup=False)
        console.print(f"the next decision refused, {hold.took_ms:.0f} ms after this was asked for", markup=False)

    emit(as_json, _said(hold), render)


@app.command()
def lift(purpose: _Purpose, why: _Why, region: _Region = EVERYWHERE, as_json: Json = False) -> None:
    """Let the use go on there, as far as nothing else stops it."""
    with open_platform(open_workspace()) as platform:
        at = operations.lift_hold(platform, purpose=purpose, region=region, why=why, by=_BY)
    said = {"purpose": purpose, "region": region, "lifted_at": format_instant(at)}
    emit(
        as_json, said,
        lambda console: console.print(f"the hold on {purpose} in {region} is lifted", markup=False),
    )  # fmt: skip


@app.command("list")
def list_all(as_json: Json = False) -> None:
    """Show every hold that stands, those of the pack itself included."""
    with open_platform(open_workspace()) as platform:
        standing = operations.holds_of(platform)

    def render(console: Console) -> None:
        table = listing("use", "region", "since", "by", "why", whole=("use", "region"))
        for each in standing:
            by = "the pack" if each.by_rules else each.by or ""
            table.add_row(each.purpose, each.region, _instant(each), by, each.why or "")
        console.print(table if standing else "nothing is on hold")

    emit(as_json, [_said(each) for each in standing], render)


def _said(hold: StandingHold) -> dict[str, Any]:
    return {
        "purpose": hold.purpose,
        "region": hold.region,
        "since": None if hold.since is None else format_instant(hold.since),
        "until": None if hold.until is None else format_instant(hold.until),
        "by_rules": hold.by_rules,
        "by": hold.by,
        "why": hold.why,
        "took_ms": hold.took_ms,
    }


def _instant(hold: StandingHold) -> str:
    return "always" if hold.since is None else format_instant(hold.since)
