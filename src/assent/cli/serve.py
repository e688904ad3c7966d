"""`assent serve`: the pages and the API, on this machine."""

from __future__ import annotations

import os
from typing import Annotated
from urllib.parse import urlsplit

import typer

from assent.cli.frame import err, out, warn
from assent.errors import InputError
from assent.operations.platform import open_platform
from assent.operations.workspace import NOT_STATED, Workspace, open_workspace
from assent.storage.place import place_of

_MOST_PROCESSES = 64
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_DEFAULT_ADDRESS = "http://127.0.0.1:8080"
_ADDRESS_VARIABLE = "ASSENT_PORTAL_ADDRESS"
_NEEDED = frozenset({"fastapi", "starlette", "uvicorn", "authlib", "joserfc", "multipart", "python_multipart"})


def register(app: typer.Typer) -> None:
    """Adds `serve`."""

    @app.command()
    def serve(
        host: Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 is every one.")] = "127.0.0.1",
        port: Annotated[int, typer.Option(min=0, max=65535, help="0 is any free one.")] = 8080,
        processes: Annotated[
            int, typer.Option(min=1, max=_MOST_PROCESSES, help="One on SQLite; as many as cores on PostgreSQL.")
        ] = 1,
        log: Annotated[bool, typer.Option(help="A line about each request, which names nobody.")] = True,
        demo: Annotated[
            bool, typer.Option("--demo", help="On a synthetic network, with people to sign in as.")
        ] = False,
    ) -> None:
        """Serve the settings centre, the console, the public page and the API until stopped."""
        try:
            if demo:
                from assent.server.demo import run_demo

                run_demo(host=host, port=port, processes=processes, log=log)
                return
            _serve(host, port, processes, log=log)
        except ModuleNotFoundError as error:
            if str(error.name).partition(".")[0] not in _NEEDED:
                raise
            raise InputError(f"`assent serve` needs `{error.name}`, which is not installed",
                             hint="pip install 'assent[web]'") from None  # fmt: skip


def _serve(host: str, port: int, processes: int, *, log: bool) -> None:
    from assent.server.running import bind, run

    workspace = open_workspace()
    on_server = _try(workspace)
    bound = bind(host, port)
    port = bound.getsockname()[1]
    here = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    if workspace.text("portal.address") == _DEFAULT_ADDRESS and port != 8080:  # noqa: PLR2004 - the default's port
        os.environ[_ADDRESS_VARIABLE] = here
    _greet(workspace, here, processes, on_server=on_server)
    run(bound, host=host, processes=processes, log=log)
    err.print("stopped; every change that was acknowledged is in the ledger")


def _try(workspace: Workspace) -> bool:
    """Whether the ledger is on a server; an error that every process would meet is met here, before any starts."""
    from assent.serving.openid import provider_of

    with open_platform(workspace) as platform:
        provider_of(platform)
    place = place_of(workspace.ledger_folder)
    return place is not None and place.server is not None


def _greet(workspace: Workspace, here: str, processes: int, *, on_server: bool) -> None:
    many = "1 process" if processes == 1 else f"{processes} processes"
    store = "PostgreSQL" if on_server else "SQLite"
    out.print(f"{workspace.text('portal.platform')}: {here} ({many}, {store})", markup=False)
    out.print(f"  members {here}/settings · staff {here}/console · everybody {here}/transparency", markup=False)
    out.print("  stop with Ctrl+C; requests under way are finished first")
    advice = []
    if workspace.text("sign_in.issuer") == NOT_STATED:
        advice.append("nobody can sign in yet: name your OpenID Connect issuer under [sign_in] in assent.toml")
    if processes > 1 and not on_server:
        advice.append("on SQLite one process is faster than several; `assent ledger migrate` moves to PostgreSQL")
    address = workspace.text("portal.address")
    if not address.startswith("https:") and urlsplit(here).hostname not in _LOOPBACK:
        advice.append("people come without TLS: put a proxy with https before it, and its address under [portal]")
    warn(advice)
