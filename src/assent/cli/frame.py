"""What every command shares: groups, `--json`, one line for an error, exit codes by error class."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Final

import typer
from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook, RenderResult
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.segment import Segment
from rich.table import Table

from assent.errors import AssentError, InputError

Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, for machines.")]

_NEEDS_EXTRA: Final = frozenset(
    {"torch", "peft", "safetensors", "tokenizers", "transformers", "datasets", "matplotlib"}
    | {"sklearn", "scipy", "Stemmer", "bm25s", "c2pa"}
)

_STYLE: Mapping[str, Any] = {"highlight": False, "soft_wrap": True}
_PIPED = 160
"""Columns where nobody's window says how many there are: in a pipe or a file."""

_SHOWN_AS: Final = (
    {code: 0x2400 + code for code in range(32) if chr(code) not in "\n\t"}
    | {0x7F: 0x2421}
    | dict.fromkeys([*range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)], 0xFFFD)
)
"""What stands for a character that would move the cursor, change colours or turn the direction of writing."""


class _Harmless(RenderHook):
    """Names and texts of others say what they are on a console and do nothing to the terminal."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_Shown(each) for each in renderables]


@dataclass(frozen=True, slots=True)
class _Shown:
    inner: ConsoleRenderable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        # After everything was laid out: a table would cut off what became wider than it had measured.
        for text, style, control in console.render(self.inner, options):
            yield Segment(text if control else text.translate(_SHOWN_AS), style, control)


def _console(**given: Any) -> Console:
    console = Console(**_STYLE, **given)
    console.push_render_hook(_Harmless())
    return console


out = _console()
err = _console(stderr=True)


def new_group(help_text: str) -> typer.Typer:
    """A command group that shows its help when called alone."""
    return typer.Typer(help=help_text, no_args_is_help=True, rich_markup_mode=None)


def emit(as_json: bool, payload: Mapping[str, Any] | Sequence[Any], render: Callable[[Console], None]) -> None:
    """The answer stands on standard output once: as JSON, or as `render` writes it for a person."""
    if as_json:
        sys.stdout.write(json.dumps(payload, ensure_ascii=False, indent=2, default=str) + "\n")
    else:
        seen = sys.stdout.isatty() or "COLUMNS" in os.environ
        render(_console() if seen else _console(width=_PIPED))


def listing(*titles: str, numbers: Collection[str] = (), whole: Collection[str] = ()) -> Table:
    """An empty table in which nothing is ever cut off: what is numbers or `whole` stays on one line."""
    table = Table(box=None, pad_edge=False)
    for title in titles:
        if title in numbers:
            table.add_column(title, justify="right", no_wrap=True, min_width=len(title))
        else:
            table.add_column(title, overflow="fold", no_wrap=title in whole)
    return table


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


def warn(lines: Iterable[str]) -> None:
    """Each line stands on standard error; the command goes on."""
    for line in lines:
        err.print(f"[yellow]warning:[/yellow] {_plain(line)}")


def complain(error: AssentError) -> None:
    """The error stands on standard error: one line, and its hint on a second one."""
    err.print(f"[red]error:[/red] {_plain(error.message)}")
    if error.hint:
        err.print(f"[dim]hint:[/dim] {_plain(error.hint)}")


def _plain(text: str) -> str:
    return escape(" ".join(text.split()))


@contextmanager
def needing_extra(extra: str) -> Iterator[None]:
    """What is missing because an extra was not installed is said in one line.

    Raises:
        InputError: something is missing.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] not in _NEEDS_EXTRA:
            raise
        raise InputError(
            f"this needs `{error.name}`, which is not installed", hint=f"pip install 'assent[{extra}]'"
        ) from None
