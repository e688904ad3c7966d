"""The command line: parse, call one operation, show the answer. One module per command group."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from importlib import import_module

import typer

from assent.cli.frame import complain, err
from assent.errors import AssentError

GROUPS = (
    "policy",
    "ledger",
    "source",
    "signals",
    "subject",
    "witness",
    "receipt",
    "feed",
    "objection",
    "token",
    "hook",
    "hold",
    "notice",
    "mail",
    "session",
    "model",
    "taxonomy",
)
"""Modules with a group of commands each: `app`."""

COMMANDS: Mapping[str, tuple[str, ...]] = {
    "workspace": ("init", "config"),
    "decide": ("decide",),
    "explain": ("explain",),
    "build": ("build", "snapshots", "read"),
    "verify": ("verify",),
    "replay": ("replay",),
    "train": ("train", "models", "generate"),
    "takeback": ("takeback", "sweep"),
    "audit": ("audit",),
    "compile": ("compile",),
    "erasure": ("erase",),
    "exposure": ("exposure",),
    "serve": ("serve",),
    "fairness": ("fairness",),
    "find": ("jobs", "candidates", "search"),
    "help_members": ("write", "improve", "learn"),
}
"""Modules with commands of their own, and which: `register(app)`."""


def build_app(asked: str | None = None) -> typer.Typer:
    """The command tree; when it is known which command is asked for, only the part that has it.

    A command needs a tenth of what all of them need, and most of a short command's time is reading modules.
    """
    app = typer.Typer(
        help="Decide what may train a model, build exactly that, prove it.",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    # With a callback the tree stays a tree when there is one command in it.
    app.callback()(_nothing)
    known = asked in {*GROUPS, *(command for commands in COMMANDS.values() for command in commands)}
    for name in GROUPS:
        if name == asked or not known:
            app.add_typer(import_module(f"assent.cli.{name}").app, name=name)
    for name, commands in COMMANDS.items():
        if asked in commands or not known:
            import_module(f"assent.cli.{name}").register(app)
    return app


def _nothing() -> None:
    """Decide what may train a model, build exactly that, prove it."""


def main() -> None:
    """Runs a command; an Assent error ends it with one line and the exit code of its class."""
    _write_whatever_is_asked()
    try:
        build_app(sys.argv[1] if len(sys.argv) > 1 else None)()
    except AssentError as error:
        complain(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        err.print("interrupted; nothing half-written was kept")
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(141)


def _write_whatever_is_asked() -> None:
    """Half a character, which JSON can carry and UTF-8 cannot, is written as JSON escapes it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
