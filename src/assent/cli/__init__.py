"""The command line: parse, call one operation, show the answer. One module per command group."""

from __future__ import annotations

import io
import sys
from importlib import import_module

import typer

from assent.cli.frame import complain, err
from assent.errors import AssentError

GROUPS = ("policy", "ledger", "source", "signals", "subject", "witness", "receipt", "feed")
"""Modules with a group of commands each: `app`."""

COMMANDS = ("workspace", "decide", "explain", "build", "verify", "takeback", "erasure", "exposure")
"""Modules with commands of their own: `register(app)`."""


def build_app() -> typer.Typer:
    """The whole command tree."""
    app = typer.Typer(
        help="Decide what may train a model, build exactly that, prove it.",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    for name in GROUPS:
        app.add_typer(import_module(f"assent.cli.{name}").app, name=name)
    for name in COMMANDS:
        import_module(f"assent.cli.{name}").register(app)
    return app


def main() -> None:
    """Runs a command; an Assent error ends it with one line and the exit code of its class."""
    _write_whatever_is_asked()
    try:
        build_app()()
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
