"""`assent hook …`: who is told when a setting changes, or a model elsewhere has to be trained again."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from assent.cli.frame import Json, emit, listing, new_group
from assent.desk.hooks import Hook
from assent.operations import hooks as operations
from assent.operations.models_elsewhere import model_elsewhere
from assent.operations.platform import open_platform
from assent.operations.workspace import open_workspace
from assent.vocabulary.instants import format_instant

app = new_group("Webhooks: services told of every changed setting, or of a model trained elsewhere; signed, in order.")

BY = "command line"
Ident = Annotated[str, typer.Argument(metavar="HOOK", help="The hook, as `assent hook list` names it.")]


@app.command()
def add(
    address: Annotated[str, typer.Argument(help="An https address that takes POST requests.")],
    model: Annotated[
        str | None, typer.Option(help="A model elsewhere: tell of its retraining, and of no member's setting.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Tell an address of changed settings, or of a model; shows its secret, once."""
    with open_platform(open_workspace()) as platform:
        if model is not None:
            model_elsewhere(platform.workspace, platform.ledger, model)  # known, or an error
        made = operations.add_hook(platform, address, by=BY, about=model)

    def render(console: Console) -> None:
        what = "" if model is None else f" of {model}"
        console.print(f"hook {made.hook.id} tells {address}{what} from position {made.hook.told_to} on", markup=False)
        console.print(f"secret, shown only now: {made.secret}", markup=False)

    emit(as_json, {**_told(made.hook), "secret": made.secret}, render)


@app.command("list")
def show(as_json: Json = False) -> None:
    """Who is told, and how far they have heard."""
    with open_platform(open_workspace()) as platform:
        found, size = operations.list_hooks(platform), platform.ledger.size

    def render(console: Console) -> None:
        table = listing("hook", "about", "address", "state", "told to", "tries", "last", numbers={"told to", "tries"})
        for each in found:
            told = _told(each)
            row = [
                each.id,
                each.about or "settings",
                each.address,
                told["state"],
                f"{each.told_to}/{size}",
                each.tries,
                each.detail or "",
            ]
            table.add_row(*map(str, row))
        console.print(table if found else "nobody is told")

    emit(as_json, [_told(each) for each in found], render)


@app.command()
def remove(hook: Ident, as_json: Json = False) -> None:
    """Tell it no more; its secret is gone, too."""
    with open_platform(open_workspace()) as platform:
        operations.remove_hook(platform, hook, by=BY)
    emit(as_json, {"hook": hook}, lambda console: console.print(f"hook {hook} is gone", markup=False))


@app.command()
def send(
    hook: Annotated[
        str | None, typer.Argument(metavar="[HOOK]", help="A hook that was stopped, to start again.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Tell every hook now what it has not heard; `assent serve` does so by itself."""
    with open_platform(open_workspace()) as platform:
        if hook is not None:
            operations.start_hook(platform, hook, by=BY)
        arrived = operations.tell_hooks(platform)
        waiting = [each for each in operations.list_hooks(platform) if each.tries or each.stopped_at]

    def render(console: Console) -> None:
        console.print(f"{arrived} messages arrived")
        for each in waiting:
            console.print(f"{each.id} {_told(each)['state']}: {each.detail}", markup=False)

    emit(as_json, {"arrived": arrived, "waiting": [_told(each) for each in waiting]}, render)


def _told(hook: Hook) -> dict[str, object]:
    return {
        "hook": hook.id,
        "address": hook.address,
        "model": hook.about,
        "state": "stopped" if hook.stopped_at else "waiting" if hook.tries else "telling",
        "told_to": hook.told_to,
        "tries": hook.tries,
        "next_at": None if hook.next_at is None or hook.stopped_at else format_instant(hook.next_at),
        "detail": hook.detail,
    }
