"""What every command shares: groups, `--json`, one line for an error, exit codes by error class."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from assent.errors import AssentError

Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, for machines.")]

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def new_group(help_text: str) -> typer.Typer:
    """A command group that shows its help when called alone."""
    return typer.Typer(help=help_text, no_args_is_help=True, rich_markup_mode=None)


def emit(as_json: bool, payload: Mapping[str, Any] | Sequence[Any], render: Callable[[Console], None]) -> None:
    """The answer stands on standard output once: as JSON, or as `render` writes it for a person."""
    if as_json:
        sys.stdout.write(json.dumps(payload, ensure_ascii=False, indent=2, default=str) + "\n")
    else:
        render(out)


def progress() -> Progress:
    """A progress bar on standard error; silent when that is no terminal."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        disable=not err.is_terminal,
        transient=True,
    )


def complain(error: AssentError) -> None:
    """The error stands on standard error: one line, and its hint on a second one."""
    err.print(f"[red]error:[/red] {_plain(error.message)}")
    if error.hint:
        err.print(f"[dim]hint:[/dim] {_plain(error.hint)}")


def _plain(text: str) -> str:
    return " ".join(text.split()).replace("[", r"\[")
