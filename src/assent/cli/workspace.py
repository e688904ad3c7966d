"""`assent init` and `assent config`: the working folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from assent.cli.frame import Json, emit
from assent.operations.setup import make_workspace
from assent.operations.workspace import open_workspace

_RECOMMENDED = "professional-network-2025-11-safeguarded"


def register(app: typer.Typer) -> None:
    """Adds `init` and `config`."""

    @app.command()
    def init(
        folder: Annotated[Path, typer.Argument(help="The folder to make.")] = Path(),
        pack: Annotated[str, typer.Option(help="A shipped pack or a TOML file.")] = _RECOMMENDED,
        origin: Annotated[str, typer.Option(help="The name of your log, for ever.")] = "assent.example/log",
        as_json: Json = False,
    ) -> None:
        """Make a working folder: an assent.toml with the rules you chose."""
        workspace = make_workspace(folder, pack=pack, origin=origin)

        def render(console: Console) -> None:
            console.print(f"working folder {workspace.root}, pack {pack}")
            console.print("next: assent ledger init, then assent source add NAME KIND PATH")

        emit(as_json, {"root": str(workspace.root), "pack": pack, "origin": origin}, render)

    @app.command()
    def config(as_json: Json = False) -> None:
        """Show every setting of this working folder and where it came to lie."""
        workspace = open_workspace()

        def render(console: Console) -> None:
            table = Table("key", "value", title=str(workspace.config_path), title_justify="left", box=None)
            for key, value in workspace.settings.items():
                table.add_row(key, str(value))
            for source in workspace.sources.values():
                table.add_row(f"sources.{source.name}", f"{source.kind} {source.path}")
            console.print(table)

        emit(as_json, {"root": str(workspace.root), **workspace.settings}, render)
