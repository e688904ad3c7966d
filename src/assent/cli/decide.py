"""`assent decide`: what a pack says of cases in a file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from assent.cli.frame import Json, out
from assent.gate.cases import Answer
from assent.operations.decide import decide_cases
from assent.vocabulary.reasons import from_mask


def register(app: typer.Typer) -> None:
    """Adds `decide`."""

    @app.command()
    def decide(
        cases: Annotated[Path, typer.Option("--cases", help="A file of cases, one JSON object a line.")],
        pack: Annotated[str, typer.Option("--pack", help="A shipped pack or a TOML file.")],
        as_json: Json = False,
    ) -> None:
        """Answer each case: allowed or not, every reason why not, and whom to mask."""
        for answer in decide_cases(cases, pack):
            if as_json:
                sys.stdout.write(json.dumps(answer.to_json(), ensure_ascii=False) + "\n")
            else:
                out.print(_line(answer))


def _line(answer: Answer) -> str:
    name = "?" if answer.id is None else escape(str(answer.id))
    if answer.judgment is None:
        return f"{name}  [yellow]not answered[/yellow]: {escape(answer.error or '')}"
    if not answer.judgment.mask:
        masked = f" with {escape(', '.join(answer.judgment.masks))} masked" if answer.judgment.masks else ""
        return f"{name}  [green]allowed[/green]{masked}"
    reasons = from_mask(answer.judgment.mask)
    lines = [f"{name}  [red]denied[/red]: {', '.join(reason.label for reason in reasons)}"]
    return "\n".join(lines + [f"      {reason.for_members}" for reason in reasons])
