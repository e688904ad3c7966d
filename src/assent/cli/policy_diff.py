"""`assent policy diff A B`: what changes, before a pack is published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from enum import Enum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from assent.cli.build import watching
from assent.cli.frame import Json, emit, listing
from assent.gate.comparing import Tally
from assent.operations.policy_diff import (
    DataDifference,
    PolicyDifference,
    diff_on_data,
    diff_packs,
    enlarging,
)
from assent.operations.workspace import open_workspace
from assent.policy.difference import Change, PurposeDifference, Turn
from assent.policy.difference_words import HEADINGS, conditions_in_words, why
from assent.vocabulary.instants import format_instant, parse_instant
from assent.vocabulary.reasons import Reason

_STYLES = {Turn.ALLOWED: "bold red", Turn.UNMASKED: "bold red", Turn.DENIED: "green", Turn.MASKED: "green"}


def diff(  # noqa: PLR0917 - options of a command
    one: Annotated[str, typer.Argument(metavar="A", help="The pack as it is: shipped, or a TOML file.")],
    two: Annotated[str, typer.Argument(metavar="B", help="The pack that would take its place.")],
    purpose: Annotated[str | None, typer.Option(help="One purpose; all of them without it.")] = None,
    data: Annotated[bool, typer.Option("--data", help="Count members and records of this working folder.")] = False,
    at: Annotated[str | None, typer.Option(help="At that moment; else at every one, on data now.")] = None,
    as_json: Json = False,
) -> None:
    """Say what pack B allows and denies otherwise than pack A, and for whom."""
    moment = None if at is None else parse_instant(at, field="--at")
    found = diff_packs(one, two, purpose=purpose, at=moment)
    if data:
        with watching() as watch:
            found = diff_on_data(open_workspace(), found, at=moment, progress=watch)
    emit(as_json, _payload(found), lambda console: _show(console, found))


def _show(console: Console, found: PolicyDifference) -> None:
    for each in enlarging(found):
        tally = each.comparison.newly_allowed
        console.print(
            f"[bold red]{tally.records:,} records of {tally.members:,} members would newly be used[/bold red]"
            f" for {each.purpose}"
        )
    more = [each.name for each in found.purposes if each.enlarges]
    if found.data is None and more:
        console.print(f"[bold red]B would use what A does not[/bold red] for {', '.join(more)}")
    if found.data is not None and not list(enlarging(found)):
        console.print("[green]nothing of anybody's in this working folder would newly be used[/green]")
    console.print(f"[dim]A[/dim] {escape(found.one.name)}  [dim]sha256:{found.one.digest[:16]}…[/dim]")
    console.print(f"[dim]B[/dim] {escape(found.two.name)}  [dim]sha256:{found.two.digest[:16]}…[/dim]")
    if not found.purposes:
        console.print("both decide every case alike")
    for difference, alike in _together(found):
        _show_purpose(console, found, difference, alike)
    for each in found.data or ():
        _show_data(console, each)
    _show_fields(console, found)
    for remark in found.remarks:
        console.print(f"[yellow]warning:[/yellow] {escape(str(remark))}")


def _together(found: PolicyDifference) -> Iterable[tuple[PurposeDifference, list[str]]]:
    """Purposes that change in the same words are told once."""
    told: dict[tuple[tuple[str, str, str], ...], list[PurposeDifference]] = {}
    for each in found.purposes:
        lines = tuple((change.turn.value, _condition(found, each, change), why(change)) for change in each.changes)
        key = lines or ((each.name, "", ""),)
        told.setdefault(key, []).append(each)
    for group in told.values():
        yield group[0], [each.name for each in group]


def _condition(found: PolicyDifference, difference: PurposeDifference, change: Change) -> str:
    text = conditions_in_words((found.one, found.two), difference, change)
    purpose = difference.after or difference.before
    own = purpose.setting if purpose else None
    settings = {**found.one.settings, **found.two.settings}
    # Purposes that differ in their own toggle alone read alike.
    return text.replace(f"“{settings[own].title}”", "the toggle of this use") if own else text


def _show_purpose(console: Console, found: PolicyDifference, difference: PurposeDifference, names: list[str]) -> None:
    console.print(f"\n[bold]{', '.join(names)}[/bold]")
    if difference.before is None:
        console.print("  [bold red]newly offered[/bold red]: everything it allows would newly be used")
    if difference.after is None:
        console.print("  [green]no longer offered[/green]: nothing would be used for it any more")
    for turn in Turn:
        changes = [each for each in difference.changes if each.turn is turn]
        if changes:
            console.print(f"  [{_STYLES.get(turn, 'dim')}]{HEADINGS[turn]}[/]")
        for change in changes:
            reason = f" [dim]({why(change)})[/dim]" if why(change) else ""
            console.print(f"    · {escape(_condition(found, difference, change))}{reason}")


def _show_data(console: Console, each: DataDifference) -> None:
    comparison = each.comparison
    console.print(
        f"\n[bold]{each.purpose}[/bold] on this data, as of {format_instant(each.at)} and the first"
        f" {each.ledger_size:,} events: {comparison.allowed[0]:,} of {comparison.records:,} records are allowed by A,"
        f" {comparison.allowed[1]:,} by B"
    )
    for tally, style, title in (
        (comparison.newly_allowed, "bold red", "newly used"),
        (comparison.newly_denied, "green", "no longer used"),
    ):
        if tally.records:
            _show_tally(console, tally, style, title)


def _show_tally(console: Console, tally: Tally, style: str, title: str) -> None:
    console.print(f"  [{style}]{tally.records:,} records of {tally.members:,} members {title}[/]")
    numbers = ("records", "members")
    table = listing("  region", "reason", *numbers, numbers=numbers)
    for (region, reason), count in sorted(tally.by_region.items(), key=lambda item: (-item[1], item[0][0])):
        members = tally.members_by_region[region, reason]
        table.add_row(f"  {region or 'unknown'}", reason.label, f"{count:,}", f"{members:,}")
    console.print(table)
    kinds = listing("  category", "records", numbers=("records",))
    for category, count in tally.by_category.most_common():
        kinds.add_row(f"  {escape(category)}", f"{count:,}")
    console.print(kinds)


def _show_fields(console: Console, found: PolicyDifference) -> None:
    if not found.fields:
        return
    console.print("\n[bold]stated otherwise[/bold]")
    table = listing("what", "where", "A", "B", whole=("what",))
    told: dict[tuple[str, str, str], list[str]] = {}
    for each in found.fields:
        section, _, rest = each.where.partition(".")
        name, _, field = rest.partition(".")
        told.setdefault((field or section, each.before, each.after), []).append(name)
    for (what, before, after), names in told.items():
        where = ", ".join(name for name in names if name)
        table.add_row(*(escape(cell) or "[dim]—[/dim]" for cell in (what.replace("_", " "), where, before, after)))
    console.print(table)


def _payload(found: PolicyDifference) -> dict[str, Any]:
    return {
        "a": {"name": found.one.name, "digest": found.one.digest},
        "b": {"name": found.two.name, "digest": found.two.digest},
        "purposes": [_purpose_json(found, each) for each in found.purposes],
        "fields": [asdict(each) for each in found.fields],
        "warnings": [asdict(each) for each in found.remarks],
        "data": None if found.data is None else [_data_json(each) for each in found.data],
    }


def _purpose_json(found: PolicyDifference, difference: PurposeDifference) -> dict[str, Any]:
    return {
        "purpose": difference.name,
        "offered": {"a": difference.before is not None, "b": difference.after is not None},
        "enlarges": difference.enlarges,
        "changes": [
            {
                "turn": change.turn.value,
                "in_words": conditions_in_words((found.one, found.two), difference, change),
                "conditions": {
                    name: sorted((_level(level) for level in levels), key=str)
                    for name, levels in change.conditions.items()
                },
                "reasons": {"a": [each.label for each in change.before], "b": [each.label for each in change.after]},
            }
            for change in difference.changes
        ],
    }


def _level(level: Any) -> Any:
    if isinstance(level, frozenset):
        return sorted(level)
    if isinstance(level, Enum):
        return level.value
    if hasattr(level, "__dataclass_fields__"):
        return {name: None if (value := getattr(level, name)) is None else _plain(value) for name in level.__slots__}
    return level


def _plain(value: Any) -> Any:
    if hasattr(value, "tzinfo"):
        return format_instant(value)
    return value.total_seconds() if hasattr(value, "total_seconds") else value


def _data_json(each: DataDifference) -> dict[str, Any]:
    comparison = each.comparison
    return {
        "purpose": each.purpose,
        "at": format_instant(each.at),
        "ledger_size": each.ledger_size,
        "records": comparison.records,
        "allowed": {"a": comparison.allowed[0], "b": comparison.allowed[1]},
        "newly_allowed": _tally_json(comparison.newly_allowed),
        "newly_denied": _tally_json(comparison.newly_denied),
    }


def _tally_json(tally: Tally) -> dict[str, Any]:
    def row(region: str, reason: Reason) -> dict[str, Any]:
        return {
            "region": region or None,
            "reason": reason.label,
            "records": tally.by_region[region, reason],
            "members": tally.members_by_region[region, reason],
        }

    return {
        "records": tally.records,
        "members": tally.members,
        "by_region": [row(*key) for key in sorted(tally.by_region, key=lambda key: (key[0], key[1].bit))],
        "by_category": dict(sorted(tally.by_category.items())),
    }
