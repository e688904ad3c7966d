"""`assent policy`: what the packs say."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assent.cli.frame import Json, emit, new_group
from assent.cli.policy_diff import diff
from assent.operations.policy import Checked, check_pack, explain_pack, list_packs, pack_schema, show_pack
from assent.policy.pack import Pack, Purpose
from assent.policy.sentences import Said, name_regions
from assent.vocabulary.state import Hold

app = new_group("What the rules are: check, show, explain and compare packs.")
app.command()(diff)

PackName = Annotated[str, typer.Argument(metavar="PACK", help="A shipped pack or a TOML file.")]

_WIDEST = 100


@app.command()
def check(
    packs: Annotated[list[str], typer.Argument(metavar="PACK...", help="Shipped packs or TOML files.")],
    as_json: Json = False,
) -> None:
    """Find everything that is wrong with packs; exit 2 if anything is."""
    found = [check_pack(name) for name in packs]
    emit(as_json, [_checked_json(one) for one in found], lambda console: _show_checked(console, found))
    if any(one.problems for one in found):
        raise typer.Exit(2)


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List the packs that come with Assent."""
    packs = list_packs()
    payload = [
        {"name": pack.name, "title": pack.title, "digest": pack.digest, "purposes": list(pack.purposes)}
        for pack in packs
    ]
    emit(as_json, payload, lambda console: _show_listed(console, packs))


@app.command()
def show(pack: PackName, as_json: Json = False) -> None:
    """Show a pack with its overlays merged; --json prints the merged document."""
    loaded, document = show_pack(pack)
    emit(as_json, document, lambda console: _show_pack(console, loaded))


@app.command()
def explain(
    pack: PackName,
    purpose: Annotated[str | None, typer.Argument(help="One purpose; all of them without it.")] = None,
    as_json: Json = False,
) -> None:
    """Say in plain sentences what a pack means for a member."""
    told = explain_pack(pack, purpose)
    payload = [
        {"purpose": one.name, "title": one.title, "answers": [asdict(said) for said in answers]}
        for one, answers in told
    ]
    emit(as_json, payload, lambda console: _show_told(console, told))


@app.command()
def schema(as_json: Json = False) -> None:  # noqa: ARG001 - it is JSON either way
    """Print the JSON Schema of a pack's file, for editors."""
    emit(True, pack_schema(), lambda _: None)


def _checked_json(found: Checked) -> dict[str, Any]:
    return {
        "pack": found.name,
        "digest": found.digest,
        "problems": [asdict(problem) for problem in found.problems],
        "warnings": [asdict(warning) for warning in found.warnings],
    }


def _show_checked(console: Console, found: Iterable[Checked]) -> None:
    for one in found:
        for problem in one.problems:
            console.print(f"[red]{escape(str(problem))}[/red]")
        if one.digest is not None:
            console.print(f"[green]ok[/green] {escape(one.name)} [dim]sha256:{one.digest[:16]}…[/dim]")
        for warning in one.warnings:
            console.print(f"[yellow]warning:[/yellow] {escape(str(warning))}")


def _show_listed(console: Console, packs: Iterable[Pack]) -> None:
    for pack in packs:
        console.print(f"[bold]{escape(pack.name)}[/bold]")
        _show_aligned(console, "", pack.title, 0)
        _show_aligned(console, "for", ", ".join(pack.purposes), 4)


def _show_told(console: Console, told: Iterable[tuple[Purpose, tuple[Said, ...]]]) -> None:
    for purpose, answers in told:
        console.print(f"[bold]{escape(purpose.title)}[/bold] [dim]{purpose.name}[/dim]")
        width = max(len(said.about) for said in answers) + 2
        for said in answers:
            _show_aligned(console, said.about, said.sentence, width)
        console.print()


def _show_aligned(console: Console, about: str, text: str, width: int) -> None:
    """A label, and beside it a text that wraps under itself."""
    room = max(30, min(console.width, _WIDEST) - width - 2)
    lines = textwrap.wrap(text, room, break_on_hyphens=False, break_long_words=False)
    for index, line in enumerate(lines):
        label = (about if index == 0 else "").ljust(width)
        console.print(f"  [dim]{escape(label)}[/dim]{escape(line)}")


def _show_pack(console: Console, pack: Pack) -> None:
    console.print(f"[bold]{escape(pack.title)}[/bold]")
    for about, text in (
        ("name", pack.name),
        ("digest", f"sha256:{pack.digest}"),
        ("files", " over ".join(pack.lineage)),
        ("never", ", ".join(sorted(pack.never))),
        *(("note", note) for note in pack.notes),
    ):
        _show_aligned(console, about, text, 9)
    for purpose in pack.purposes.values():
        console.print()
        console.print(f"[bold]{purpose.name}[/bold]  {escape(purpose.title)}")
        for about, text in _purpose_lines(pack, purpose).items():
            _show_aligned(console, about, text, 11)
        console.print(_scope_table(purpose))
    if pack.settings:
        console.print()
        console.print(_settings_table(pack))


def _purpose_lines(pack: Pack, purpose: Purpose) -> Mapping[str, str]:
    age = f"{purpose.minimum_age} at {purpose.age_at}" if purpose.minimum_age else ""
    wait = f", then {purpose.waiting_period.days} days" if purpose.waiting_period else ""
    lines = {
        "kind": f"{purpose.kind}, {purpose.basis}".replace("_", " "),
        "setting": purpose.setting or "none",
        "age": age,
        "notice": f"{purpose.notice}{wait}" if purpose.notice else "",
        "objection": purpose.objection,
        "withdrawal": purpose.withdrawal.replace("_", " "),
        "content": f"from {_day(purpose.content_from)}" if purpose.content_from else "",
        "left out": ", ".join(_left_out(purpose)),
        "holds": ", ".join(
            f"{hold.region} {f'from {_day(hold.since)} ' if hold.since else ''}{_until(hold)}"
            for hold in pack.holds
            if hold.purpose == purpose.name
        ),
        "coverage": "; ".join(_starts(pack, purpose)),
        "note": purpose.note,
    }
    return {about: text for about, text in lines.items() if text}


def _left_out(purpose: Purpose) -> Iterable[str]:
    if purpose.sensitive_denied:
        yield "sensitive places"
    if purpose.unlinked_copies_denied:
        yield "copies without a link"


def _starts(pack: Pack, purpose: Purpose) -> Iterable[str]:
    starts = sorted(set(purpose.coverage.values()), key=lambda since: (since is not None, since))
    for since in starts:
        codes = [code for code, start in purpose.coverage.items() if start == since]
        yield f"{f'from {_day(since)}' if since else 'always'}: {name_regions(pack, codes)}"


def _scope_table(purpose: Purpose) -> Table:
    table = Table("categories", "visibility", "other people", box=None, padding=(0, 2, 0, 0), pad_edge=False)
    rows: dict[tuple[str, str], list[str]] = {}
    for category, rule in purpose.scope.items():
        visibility = ", ".join(sorted(rule.visibility)) if rule.visibility is not None else "any"
        rows.setdefault((visibility, rule.others.replace("_", " ")), []).append(category)
    for (visibility, others), categories in rows.items():
        table.add_row(escape(", ".join(categories)), visibility, others)
    return table


def _settings_table(pack: Pack) -> Table:
    table = Table("setting", "default", "off with", box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for setting in pack.settings.values():
        on = [code for code, value in setting.defaults.items() if value == "on"]
        default = "off" if not on else "on" if len(on) == len(setting.defaults) else f"on in {name_regions(pack, on)}"
        table.add_row(setting.name, escape(default), ", ".join(setting.off_with))
    return table


def _until(hold: Hold) -> str:
    return f"until {_day(hold.until)}" if hold.until else "until further notice"


def _day(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%d")
