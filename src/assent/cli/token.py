"""`assent token`: what services of the platform sign their requests to the API with."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console

from assent.cli.frame import Json, emit, listing, new_group
from assent.desk.tokens import Token
from assent.operations import tokens as operations
from assent.operations.platform import open_platform
from assent.operations.workspace import open_workspace
from assent.serving.permissions import SCOPES
from assent.vocabulary.instants import format_instant

app = new_group("Let services of the platform use the API.")

_BY = "command-line"
_DAYS = 90


@app.command()
def make(
    name: Annotated[str, typer.Argument(help="Which service it is for.")],
    scopes: Annotated[list[str], typer.Option("--scope", help="What it may do; give it once for each scope.")],
    days: Annotated[int, typer.Option(help="How long it holds.")] = _DAYS,
    as_json: Json = False,
) -> None:
    """Make a token; it is shown once and cannot be shown again."""
    with open_platform(open_workspace()) as platform:
        made = operations.make_token(platform, name, scopes, known=SCOPES, days=days, by=_BY)

    def render(console: Console) -> None:
        console.print(made.secret, markup=False)
        console.print(f"token {made.token.id} for {made.token.name}, may {', '.join(made.token.scopes)}", markup=False)
        console.print("keep it now, it is not shown again; send it as `Authorization: Bearer …`", markup=False)
        console.print(f"it holds until {_instant(made.token.ends_at)}; `assent token revoke {made.token.id}` ends it")

    emit(as_json, {**_said(made.token), "token": made.secret}, render)


@app.command("list")
def list_all(as_json: Json = False) -> None:
    """Show every token there ever was, without its secret."""
    with open_platform(open_workspace()) as platform:
        tokens, now = operations.list_tokens(platform), platform.clock()

    def render(console: Console) -> None:
        table = listing("token", "name", "may", "made", "until", "state", whole=("token",))
        for each in tokens:
            state = "revoked" if each.revoked_at else "good" if each.holds_at(now) else "over"
            table.add_row(
                each.id, each.name, ", ".join(each.scopes), _instant(each.made_at), _instant(each.ends_at), state
            )
        console.print(table if tokens else "no token was made yet: assent token make NAME --scope decide")

    emit(as_json, [_said(each) for each in tokens], render)


@app.command()
def revoke(
    ident: Annotated[str, typer.Argument(help="As `assent token list` shows it.")], as_json: Json = False
) -> None:
    """End a token: it opens nothing any more, within a second."""
    with open_platform(open_workspace()) as platform:
        token = operations.revoke_token(platform, ident, by=_BY)
    emit(
        as_json,
        _said(token),
        lambda console: console.print(f"token {token.id} for {token.name} opens nothing any more", markup=False),
    )


def _said(token: Token) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "scopes": list(token.scopes),
        "made_by": token.made_by,
        "made_at": _instant(token.made_at),
        "ends_at": None if token.ends_at is None else _instant(token.ends_at),
        "revoked_at": None if token.revoked_at is None else _instant(token.revoked_at),
    }


def _instant(instant: Any) -> str:
    return "never" if instant is None else format_instant(instant)
