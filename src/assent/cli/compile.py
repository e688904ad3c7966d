"""`assent compile`: the rules as views, for a lake that will not run Assent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from assent.cli.build import watching
from assent.cli.frame import Json, emit, warn
from assent.operations.compile import Compiled, Exported, compile_views, export_state, write_compiled
from assent.operations.workspace import open_workspace
from assent.vocabulary.instants import format_instant, parse_instant


def register(app: typer.Typer) -> None:
    """Adds `compile`."""

    @app.command("compile")
    def compile_(  # noqa: PLR0917 - options of a command
        purpose: Annotated[str, typer.Argument(help="As the pack names it.")],
        dialect: Annotated[str, typer.Option(help="duckdb, spark, postgres or trino.")] = "duckdb",
        schema: Annotated[str | None, typer.Option(help="Where the lake's tables and the views are.")] = None,
        table: Annotated[
            list[str] | None, typer.Option(metavar="TABLE=PATH", help="What a table is called in the lake.")
        ] = None,
        output: Annotated[Path | None, typer.Option(help="A folder for tables.sql and views.sql.")] = None,
        state: Annotated[
            Path | None, typer.Option(help="A folder for the ledger's state, which the views join.")
        ] = None,
        state_format: Annotated[str | None, typer.Option(help="parquet or csv; csv for postgres.")] = None,
        valid_hours: Annotated[int, typer.Option(min=1, help="How long views answer from that state.")] = 24,
        at: Annotated[str | None, typer.Option(help="The state as of that moment; else now.")] = None,
        pack: Annotated[str | None, typer.Option(help="A shipped pack or a TOML file; else the workspace's.")] = None,
        as_json: Json = False,
    ) -> None:
        """Write a purpose as SQL views: per table the rows that may be used, and every row's reasons."""
        workspace = open_workspace()
        moment = None if at is None else parse_instant(at, field="--at")
        compiled = compile_views(workspace, purpose, dialect=dialect, pack=pack, schema=schema, names=table or ())
        exported = None
        if state is not None:
            form = state_format or ("csv" if dialect == "postgres" else "parquet")
            with watching() as watch:
                exported = export_state(
                    workspace, state, pack=pack, form=form, at=moment, valid_hours=valid_hours, progress=watch
                )
        written = () if output is None else write_compiled(compiled, output)
        warn(compiled.warnings)
        emit(
            as_json, _payload(compiled, exported, written), lambda console: _show(console, compiled, exported, written)
        )


def _payload(compiled: Compiled, exported: Exported | None, written: tuple[Path, ...]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "purpose": compiled.purpose,
        "pack": compiled.pack.digest,
        "dialect": compiled.dialect,
        "executed": compiled.executed,
        "views": [{"name": view.name, "table": view.table, "decided": view.decided} for view in compiled.views],
        "warnings": list(compiled.warnings),
        "files": [str(path) for path in written],
    }
    if not written:
        told |= {"tables_sql": compiled.tables, "views_sql": compiled.sql}
    if exported is not None:
        told["state"] = {
            "at": format_instant(exported.at),
            "ledger_size": exported.ledger_size,
            "valid_until": format_instant(exported.valid_until),
            "files": {name: str(path) for name, path in exported.files.items()},
            "rows": dict(exported.rows),
        }
    return told


def _show(console: Console, compiled: Compiled, exported: Exported | None, written: tuple[Path, ...]) -> None:
    if not written and exported is None:
        console.print(compiled.sql, markup=False, end="")
        return
    for path in written:
        console.print(f"written {path}", markup=False)
    for view in compiled.views:
        if view.table is not None:
            what = "every record with its reasons" if view.decided else "the rows that may be used"
            console.print(f"{view.name}: {what}", markup=False)
    if exported is not None:
        for name, path in exported.files.items():
            console.print(f"{path}: {exported.rows[name]:,} rows", markup=False)
        console.print(
            f"as of {format_instant(exported.at)}, {exported.ledger_size:,} events; "
            f"views answer from it until {format_instant(exported.valid_until)}",
            markup=False,
        )
