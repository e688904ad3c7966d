"""`assent session`: sign people out, wherever they are signed in."""

from __future__ import annotations

from typing import Annotated

import typer

from assent.cli.frame import Json, emit, new_group
from assent.operations.platform import open_platform
from assent.operations.sign_in import sign_out_everywhere
from assent.operations.workspace import open_workspace

app = new_group("Sign people out of the portal.")


@app.callback()
def _group() -> None:
    """Sign people out of the portal."""


@app.command()
def end(
    subject: Annotated[str, typer.Argument(help="A member's id, or a pseudonym of the trail, such as staff:….")],
    as_json: Json = False,
) -> None:
    """End every session of somebody: their next request needs them to sign in again."""
    with open_platform(open_workspace()) as platform:
        ended = sign_out_everywhere(platform, subject, by="command-line")
    emit(
        as_json,
        {"subject": subject, "ended": ended},
        lambda console: console.print(f"{ended} sessions of {subject} ended", markup=False),
    )
