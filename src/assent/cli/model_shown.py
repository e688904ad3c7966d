"""How models are shown: tables and lines for a person, the same as JSON values for machines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape

from assent.cli.frame import listing
from assent.desk.hooks import Hook
from assent.operations.models_elsewhere import Asked, Elsewhere
from assent.operations.models_elsewhere_affected import Affected, AffectedModels
from assent.operations.own_models import OwnModel
from assent.operations.workspace import Workspace
from assent.vocabulary.instants import format_instant


def show_asked(console: Console, asked: Sequence[Asked]) -> None:
    """What is asked of owners, in a table; nothing where nothing is."""
    if not asked:
        return
    table = listing("model elsewhere", "read", "people", "rows gone", "masked anew", "to be trained again by",
                    numbers=("people", "rows gone", "masked anew"), whole=("model elsewhere", "read"))  # fmt: skip
    for each in asked:
        request = each.request
        numbers = (len(request.people), request.removed, request.masked)
        table.add_row(request.model, request.read, *(f"{number:,}" for number in numbers), _day(request.retrain_by))
    console.print(table)


def asked_json(asked: Sequence[Asked]) -> list[dict[str, Any]]:
    """The same for machines."""
    return [
        {
            "model": each.request.model,
            "snapshot": each.request.read,
            "people": len(each.request.people),
            "removed": each.request.removed,
            "masked": each.request.masked,
            "asked_at": format_instant(each.request.made_at),
            "retrain_by": format_instant(each.request.retrain_by),
            "digest": each.digest,
            "seq": each.seq,
        }
        for each in asked
    ]


def model_json(model: Elsewhere) -> dict[str, Any]:
    """A model elsewhere as JSON values."""
    said, due = model.said, model.retrain_by
    return {
        "id": model.name,
        "where": said.serves_at,
        "state": "retraining asked" if model.open else "registered",
        "snapshots": [each.id for each in said.snapshots],
        "trained_at": format_instant(said.trained_at),
        "by": said.by,
        "weights": said.weights,
        "registered_at": format_instant(model.registered_at),
        "trainings": model.trainings,
        "asked": asked_json(model.open),
        "answered": model.answered,
        "retrain_by": None if due is None else format_instant(due),
        "digest": model.digest,
    }


def own_json(own: OwnModel) -> dict[str, Any]:
    """A model trained here as JSON values."""
    manifest = own.manifest
    return {
        "id": own.id,
        "where": "here",
        "state": own.state,
        "snapshot": None if manifest is None else manifest.snapshot,
        "at": None if manifest is None else format_instant(manifest.at),
        "complete": None if manifest is None else manifest.complete,
        "tokens": None if manifest is None else manifest.tokens,
        "parent": None if manifest is None else manifest.parent,
        "route": None if manifest is None else manifest.route,
    }


def affected_json(found: AffectedModels) -> dict[str, Any]:
    """What a look at models elsewhere found, as JSON values."""
    return {
        "registered": found.registered,
        "overdue": [each.model.name for each in found.overdue],
        "affected": [
            {
                "model": each.model.name,
                "where": each.model.said.serves_at,
                "people": each.people,
                "removed": each.removed,
                "retrain_by": None if each.model.retrain_by is None else format_instant(each.model.retrain_by),
                "overdue": each.overdue,
                "owner_heard": each.heard,
                "asked": asked_json(each.asked),
                "waiting": [
                    {"snapshot": one.id, "people": one.people, "removed": one.removed, "masked": one.masked}
                    for one in each.waiting
                ],
            }
            for each in found.affected
        ],
        "problems": {name: error.message for name, error in found.problems.items()},
    }


def show_models(console: Console, own: Sequence[OwnModel], elsewhere: Sequence[Elsewhere], now: datetime) -> None:
    """One table of models from everywhere."""
    if not own and not elsewhere:
        console.print(
            "no model yet; train one with: assent train SNAPSHOT; or: assent model register NAME", markup=False
        )
        return
    table = listing("model", "where", "state", "read as of (UTC)", "tokens", "of", numbers=("tokens",),
                    whole=("model", "of"))  # fmt: skip
    for each in own:
        manifest = each.manifest
        state = each.state if manifest is None or manifest.complete else f"{each.state}, in part"
        at = "" if manifest is None else f"{manifest.at:%Y-%m-%d %H:%M}"
        read = ("", "") if manifest is None else (f"{manifest.tokens:,}", manifest.snapshot)
        table.add_row(each.id, "here", state, at, *read)
    for one in elsewhere:
        said, (first, *more) = one.said, one.said.snapshots
        of = first.id + (f" and {len(more)} more" if more else "")
        table.add_row(one.name, escape(said.serves_at), _state(one, now), f"{said.trained_at:%Y-%m-%d %H:%M}", "", of)
    console.print(table)


def _state(model: Elsewhere, now: datetime) -> str:
    if model.retrain_by is None:
        return "registered"
    if model.is_overdue(now):
        return f"[red]overdue since {_day(model.retrain_by)}[/red]"
    return f"[yellow]to be trained again by {_day(model.retrain_by)}[/yellow]"


def show_own(console: Console, workspace: Workspace, own: OwnModel) -> None:
    """A model trained here, in lines."""
    console.print(f"[bold]{own.id}[/bold], trained here: {own.state}")
    manifest = own.manifest
    if manifest is None:
        return
    console.print(f"learned {manifest.tokens:,} tokens of {manifest.snapshot}, as of {manifest.at:%Y-%m-%d %H:%M} UTC")
    console.print(
        f"base {escape(manifest.base.name)}, {manifest.base.parameters:,} parameters;"
        f" {manifest.shards} shards of {manifest.slices_per_shard} slices"
    )
    if manifest.parent is not None:
        console.print(f"stands in the place of {manifest.parent}")
    if own.stands:
        console.print(f"read {workspace.models_folder / own.id / 'card.md'}", markup=False)


def show_elsewhere(console: Console, model: Elsewhere, hooks: Sequence[Hook], now: datetime) -> None:
    """A model trained elsewhere, in lines."""
    said = model.said
    console.print(f"[bold]{model.name}[/bold], trained elsewhere by {escape(said.by)}: {_state(model, now)}")
    console.print(f"serves at {said.serves_at}", markup=False)
    times = "" if model.trainings == 1 else f"; it is training {model.trainings} of it"
    console.print(f"trained at {said.trained_at:%Y-%m-%d %H:%M} UTC on {what_it_read(model)}{times}")
    console.print(f"weights: {said.weights or 'no digest was given'}")
    for each in hooks:
        heard = "has heard everything" if each.told_to > model.last else "has not heard everything yet"
        trouble = f": {escape(each.detail or '')}" if each.tries or each.stopped_at else ""
        console.print(f"owner's hook {each.id} {'was stopped' if each.stopped_at else heard}{trouble}")
    if not hooks:
        console.print("nobody hears of take-backs for it: assent hook add ADDRESS --model NAME")
    show_asked(console, model.open)
    if model.answered:
        console.print(f"{model.answered} earlier requests were answered by training it again")


def show_affected(console: Console, found: AffectedModels) -> None:
    """Which models elsewhere are asked to be trained again, in a table."""
    if not found.affected:
        console.print(
            f"none of {found.registered} models elsewhere learned from anything that was taken back"
            if found.registered
            else "no model elsewhere was registered; to register one: assent model register NAME"
        )
        return
    table = listing("model elsewhere", "people", "rows gone", "to be trained again by", "its owner", "serves at",
                    numbers=("people", "rows gone"), whole=("model elsewhere",))  # fmt: skip
    for each in found.affected:
        table.add_row(
            each.model.name,
            f"{each.people:,}",
            f"{each.removed:,}",
            _until(each),
            _HEARD[each.heard],
            escape(each.model.said.serves_at),
        )
    console.print(table)
    if any(each.waiting for each in found.affected):
        console.print("of what no sweep has reached yet nobody is asked; to ask: assent sweep")
    for each in found.overdue:
        console.print(f"[red]overdue:[/red] {each.model.name}, by {escape(each.model.said.by)}")


_HEARD = {True: "has heard", False: "not reached yet", None: "has no hook"}


def _until(affected: Affected) -> str:
    due = affected.model.retrain_by
    if due is None:
        return "after a sweep"
    return f"[red]{_day(due)}, overdue[/red]" if affected.overdue else _day(due)


def hook_json(hook: Hook, model: Elsewhere) -> dict[str, Any]:
    """A hook of an owner, as JSON values."""
    return {
        "hook": hook.id,
        "address": hook.address,
        "heard": hook.told_to > model.last,
        "tries": hook.tries,
        "stopped": hook.stopped_at is not None,
        "detail": hook.detail,
    }


def what_it_read(model: Elsewhere) -> str:
    """The snapshots that it read."""
    return ", ".join(each.id for each in model.said.snapshots)


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"
