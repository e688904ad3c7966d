"""`assent explain`: why one record may or may not be used, in words."""

from __future__ import annotations

import shlex
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from assent.cli.frame import Json, emit
from assent.operations.explain import ExplainedRecord, explain_record
from assent.operations.workspace import open_workspace
from assent.vocabulary.instants import format_instant, parse_instant
from assent.vocabulary.reasons import Reason


def register(app: typer.Typer) -> None:
    """Adds `explain`."""

    @app.command()
    def explain(
        record: Annotated[str, typer.Argument(help="The id of a record in one of the sources.")],
        purpose: Annotated[str, typer.Option(help="The use asked about.")] = "train_generative",
        pack: Annotated[str | None, typer.Option(help="A shipped pack or a TOML file; else the workspace's.")] = None,
        at: Annotated[str | None, typer.Option(help="The moment asked about; else now.")] = None,
        as_json: Json = False,
    ) -> None:
        """Say why a record may or may not be used: which rules, which events."""
        moment = None if at is None else parse_instant(at, field="--at")
        told = explain_record(open_workspace(), record, purpose=purpose, pack=pack, at=moment)
        emit(as_json, _payload(told), lambda console: _show(console, told))


def _payload(told: ExplainedRecord) -> dict[str, Any]:
    return {
        "id": told.record.id,
        "category": told.record.category,
        "allowed": told.verdict.allowed,
        "reasons": [reason.label for reason in told.verdict.reasons],
        "masks": list(told.verdict.masks),
        "summary": told.explanation.summary,
        "causes": [
            {
                "reason": cause.reason.label,
                "sentence": cause.sentence,
                "for_engineers": cause.reason.for_engineers,
                "rule": cause.rule,
                "events": list(cause.events),
            }
            for cause in told.explanation.causes
        ],
        "pack_digest": told.verdict.pack_digest,
        "as_of": format_instant(told.verdict.as_of),
        "ledger_size": told.verdict.ledger_size,
        "erased": told.erased,
    }


def _show(console: Console, told: ExplainedRecord) -> None:
    colour = "green" if told.verdict.allowed else "red"
    console.print(f"[bold {colour}]{escape(told.explanation.summary)}[/]")
    for number, cause in enumerate(told.explanation.causes, 1):
        console.print(f"\n{number}. {escape(cause.sentence)}")
        if cause.reason is Reason.STATE_MISSING:
            console.print(f"   {escape(_missing(told))}")
        if cause.rule:
            console.print(f"   [dim]rule:[/dim] {escape(cause.rule)}")
        events = f"; ledger {_events(cause.events)}" if cause.events else ""
        console.print(f"   [dim]{cause.reason.label}{events}[/dim]")
    if any(cause.rule for cause in told.explanation.causes):
        console.print(
            "\n[dim]what numbers like R6 (003) in a shipped pack stand for: docs/concepts/announcement.md[/dim]"
        )
    verdict = told.verdict
    console.print(
        f"\n[dim]record {escape(told.record.id)}, as of {format_instant(verdict.as_of)} and the first "
        f"{verdict.ledger_size:,} events; pack {verdict.pack_digest[:12]}[/dim]"
    )


def _missing(told: ExplainedRecord) -> str:
    record = told.record
    if told.erased:
        return "Its author was erased at their request: nothing is known of them, and nothing is recorded again."
    if record.unreadable:
        return "A value in its row cannot be read as what the mapping says it is."
    if record.author is None:
        return "Its row names no author."
    return f"See what the ledger knows of its author: assent ledger state {shlex.quote(record.author)}"


def _events(seqs: tuple[int, ...]) -> str:
    return ("event " if len(seqs) == 1 else "events ") + ", ".join(f"#{seq}" for seq in seqs)
