"""`assent model …`: models that were trained here or elsewhere, and who is asked to train theirs again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from assent.cli.frame import Json, emit, needing_extra, new_group, warn
from assent.cli.model_shown import (
    affected_json,
    hook_json,
    model_json,
    own_json,
    show_affected,
    show_asked,
    show_elsewhere,
    show_models,
    show_own,
    what_it_read,
)
from assent.desk.hooks import Hook
from assent.errors import AssentError
from assent.operations import models_elsewhere_registry as registry
from assent.operations.hooks import list_hooks
from assent.operations.ledger import open_ledger
from assent.operations.models_elsewhere import model_elsewhere, models_elsewhere, recorded_of
from assent.operations.models_elsewhere_affected import find_affected, tell_owners
from assent.operations.own_models import own_model, own_models
from assent.operations.platform import Platform, open_platform
from assent.operations.suppression import export_list
from assent.operations.sweep import SweepResult
from assent.operations.workspace import Workspace, open_workspace
from assent.snapshot.reader import system_clock
from assent.vocabulary.instants import parse_instant

app = new_group("Models: those trained here and elsewhere; whose owners are asked to train again, and by when.")

OVERDUE = 1

Name = Annotated[str, typer.Argument(metavar="NAME", help="What the model is called here.")]
Snapshots = Annotated[
    list[str] | None, typer.Option("--snapshot", help="A snapshot that it read: its id or the beginning; repeatable.")
]
By = Annotated[str, typer.Option(help="Who trained it: a team or a firm; the ledger never forgets it.")]
Weights = Annotated[str | None, typer.Option("--weights-digest", help="SHA-256 over its weights.")]


@app.command()
def register(  # noqa: PLR0917 - a command's options
    name: Name,
    trained_at: Annotated[str, typer.Option(help="When it was trained, such as 2026-11-23T10:00:00Z.")],
    by: By,
    serves_at: Annotated[str, typer.Option(help="The address that it answers at.")],
    snapshot: Snapshots = None,
    weights_digest: Weights = None,
    owner_hook: Annotated[
        str | None, typer.Option(help="An https address that hears, signed, when it has to be trained again.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Register a model that was trained elsewhere on snapshots of this working folder."""
    with open_platform(open_workspace()) as platform:
        done = registry.register_model(
            platform,
            name,
            snapshots=snapshot or (),
            trained_at=parse_instant(trained_at, field="--trained-at"),
            by=by,
            serves_at=serves_at,
            weights=weights_digest,
            owner_hook=owner_hook,
        )
    tell_now(platform.workspace)

    def render(console: Console) -> None:
        console.print(f"registered [bold]{name}[/bold], which read {what_it_read(done.model)}")
        if done.hook is not None:
            console.print(f"hook {done.hook.hook.id} tells its owner at {done.hook.hook.address}", markup=False)
            console.print(f"secret, shown only now: {done.hook.secret}", markup=False)
        else:
            console.print("nobody hears of take-backs for it yet: assent hook add ADDRESS --model NAME")
        show_asked(console, done.asked)

    secret = {} if done.hook is None else {"hook": done.hook.hook.id, "secret": done.hook.secret}
    emit(as_json, model_json(done.model) | secret, render)


@app.command("list")
def show_list(as_json: Json = False) -> None:
    """List models, those trained here and those registered from elsewhere, the newest first."""
    workspace = open_workspace()
    with open_ledger(workspace, clock=system_clock, read_only=True) as ledger:
        own, elsewhere = own_models(workspace, ledger), models_elsewhere(workspace, ledger)
    now = system_clock()
    payload = [own_json(each) for each in own] + [model_json(each) for each in elsewhere.models.values()]
    emit(as_json, payload, lambda console: show_models(console, own, list(elsewhere.models.values()), now))
    warn(f"{name}: {error.message}" for name, error in elsewhere.problems.items())


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="MODEL", help="A registered name, or the id of a model made here.")],
    as_json: Json = False,
) -> None:
    """Show one model: what it read, who answers for it, what is asked of them."""
    with open_platform(open_workspace()) as platform:
        if name not in recorded_of(platform.ledger):
            own = own_model(platform.workspace, platform.ledger, name)
            emit(as_json, own_json(own), lambda console: show_own(console, platform.workspace, own))
            return
        model = model_elsewhere(platform.workspace, platform.ledger, name)
        hooks = _hooks_about(platform, name)
    now = system_clock()
    payload = model_json(model) | {"hooks": [hook_json(each, model) for each in hooks]}
    emit(as_json, payload, lambda console: show_elsewhere(console, model, hooks, now))


@app.command()
def affected(
    since: Annotated[str | None, typer.Option(help="Only what was asked since then.")] = None, as_json: Json = False
) -> None:
    """Show which models elsewhere learned from what was taken back, and by when they train again; exit code 1 when one
    is overdue.
    """
    moment = None if since is None else parse_instant(since, field="--since")
    with open_platform(open_workspace()) as platform:
        found = find_affected(platform, since=moment)
    emit(as_json, affected_json(found), lambda console: show_affected(console, found))
    warn(f"{name}: {error.message}" for name, error in found.problems.items())
    if found.overdue:
        raise typer.Exit(OVERDUE)
    for error in found.problems.values():
        raise error


@app.command()
def retrained(  # noqa: PLR0917 - a command's options
    name: Name,
    by: By,
    snapshot: Snapshots = None,
    trained_at: Annotated[str | None, typer.Option(help="When; now if not given.")] = None,
    weights_digest: Weights = None,
    serves_at: Annotated[str | None, typer.Option(help="Where it answers now, if that changed.")] = None,
    as_json: Json = False,
) -> None:
    """Say that a model was trained again, without those who took back; answers what was asked of its owner."""
    with open_platform(open_workspace()) as platform:
        model, answered = registry.record_retraining(
            platform,
            name,
            snapshots=snapshot or (),
            by=by,
            trained_at=None if trained_at is None else parse_instant(trained_at, field="--trained-at"),
            weights=weights_digest,
            serves_at=serves_at,
        )
    tell_now(platform.workspace)

    def render(console: Console) -> None:
        requests = f"answers {answered} request{'' if answered == 1 else 's'}" if answered else "nothing was asked"
        console.print(f"[bold]{name}[/bold] was trained again, on {what_it_read(model)}; {requests}")

    emit(as_json, model_json(model) | {"answered_now": answered}, render)


@app.command()
def export(
    model: Annotated[str, typer.Argument(help="The id of a model made here, or the beginning of one.")],
    folder: Annotated[Path, typer.Argument(help="A new folder.")],
    as_json: Json = False,
) -> None:
    """Merge a model's adapters into one Hugging Face folder. What leaves with it no take-back reaches."""
    with needing_extra("train"):
        from assent.operations.model_export import export_model

        manifest = export_model(open_workspace(), model, folder, clock=system_clock)

    def render(console: Console) -> None:
        console.print(f"merged the adapters of {manifest.rows:,} records' model into {folder}", markup=False)
        console.print(
            "no take-back reaches that folder; so that whoever serves it hears of each:"
            f" assent model register NAME --snapshot {manifest.snapshot} …",
            markup=False,
        )

    emit(as_json, {"folder": str(folder), "snapshot": manifest.snapshot}, render)


@app.command()
def suppress(
    recipient: Annotated[str, typer.Argument(help="Who filters with it: each has a key of their own.")],
    output: Annotated[Path, typer.Option(help="The file of the list.")],
    key: Annotated[Path | None, typer.Option(help="The file of its key; give it to nobody else.")] = None,
    purpose: Annotated[list[str] | None, typer.Option(help="Only of these; every one otherwise.")] = None,
    as_json: Json = False,
) -> None:
    """Write the signed list of those a model must not name, as keyed hashes, for whoever serves one elsewhere."""
    done = export_list(open_workspace(), recipient, output, purposes=purpose or (), key_path=key, clock=system_clock)

    def render(console: Console) -> None:
        console.print(
            f"{done.listed.people:,} people, as of event {done.listed.ledger_size:,}, in {output}", markup=False
        )
        if done.listed.unknown:
            console.print(f"{done.listed.unknown:,} more are known to no source, and cannot be looked for")
        if done.key is None:
            console.print("nobody can use it without its key: --key FILE writes that")

    payload = {
        "people": done.listed.people,
        "unknown": done.listed.unknown,
        "ledger_size": done.listed.ledger_size,
        "output": str(output),
        "key": None if done.key is None else str(done.key),
        "publisher": str(done.publisher),
    }
    emit(as_json, payload, render)


def ask_and_tell(workspace: Workspace, swept: SweepResult | None) -> None:
    """Owners of models elsewhere that a sweep reached hear of it now, where somebody can be reached."""
    if swept is not None and swept.asked:
        tell_now(workspace)
    if swept is not None:
        warn(f"nobody can say whether {name} is affected: {error.message}" for name, error in swept.unheard.items())


def tell_now(workspace: Workspace) -> None:
    """Owners have heard what they had not; where that fails what was done before stands, and somebody is warned."""
    try:
        tell_owners(workspace, clock=system_clock)
    except AssentError as error:
        warn([f"owners of models elsewhere were not told now: {error.message}; to tell them: assent hook send"])


def _hooks_about(platform: Platform, name: str) -> list[Hook]:
    return [each for each in list_hooks(platform) if each.about == name]
