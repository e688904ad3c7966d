"""`assent ledger rotate-key`: another key for the log, under the same name."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from assent.cli.erasure import Yes, confirm
from assent.cli.frame import Json, emit
from assent.operations.ledger import now
from assent.operations.rotation import rotate_key as rotate
from assent.operations.workspace import open_workspace


def rotate_key(
    destroy_old: Annotated[
        bool, typer.Option("--destroy-old", help="Keep no copy of the old private key; a backup may need it.")
    ] = False,
    lost: Annotated[
        bool, typer.Option("--lost", help="The old key is lost: do without its signature, and tell all verifiers.")
    ] = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Give the log a new key; its name stays, and the old key vouches for the new one."""
    confirm(yes, as_json, "Give the log a new key? Whoever appends must have it from now on.")
    done = rotate(open_workspace(), clock=now, destroy_old=destroy_old, old_is_lost=lost)

    def render(console: Console) -> None:
        if done.finished:
            console.print("an earlier change had been cut off and is complete now; give the command again for another")
        console.print(f"event {done.seq} gives the log a new key, to be given to whoever checks:")
        console.print(done.new, markup=False)
        if lost:
            console.print("the old key did not sign this: who trusts only the old one must be told by another way")
        else:
            console.print("the old one vouches for it, so who has only the old one can still verify")
        kept = "no copy of the old private key is kept" if done.retired is None else f"the old one is in {done.retired}"
        console.print(f"{kept}; checkpoints it signed stay valid", markup=False)

    emit(as_json, done.to_json(), render)
