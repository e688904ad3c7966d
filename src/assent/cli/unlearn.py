"""What `assent takeback` and `assent sweep` say of models."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.console import Console

from assent.cli.frame import complain, listing, needing_extra
from assent.cli.train import watching_training
from assent.errors import EvidenceError
from assent.operations.workspace import Workspace
from assent.snapshot.reader import system_clock

if TYPE_CHECKING:
    from assent.operations.unlearn import UnlearnResult


def sweep_models(
    workspace: Workspace, *, swap_only: bool, replay: bool, device: str | None = None
) -> UnlearnResult | None:
    """No model holds what was taken back; None where no model was ever trained here.

    Raises:
        InputError: there are models, and what it takes to train them is not installed.
    """
    if not workspace.models_folder.is_dir():
        return None
    with needing_extra("train"):
        from assent.operations.unlearn import unlearn

        with watching_training() as watch:
            return unlearn(
                workspace, clock=system_clock, swap_only=swap_only, replay=replay, device=device, watch=watch
            )


def models_json(result: UnlearnResult | None) -> dict[str, Any]:
    """The same for machines."""
    if result is None:
        return {}
    return {
        "models": {
            "looked_at": result.looked_at,
            "unlearned": [
                asdict(each)
                | {
                    name: None if seconds is None else round(seconds, 3)
                    for name, seconds in (
                        ("seconds_to_effect", each.seconds_to_effect),
                        ("seconds_to_certificate", each.seconds_to_certificate),
                    )
                }
                for each in result.unlearned
            ],
            "finished": list(result.finished),
            "forgotten": result.forgotten,
            "bases": list(result.bases),
            "problems": {name: error.message for name, error in result.problems.items()},
        }
    }


def show_models(console: Console, result: UnlearnResult | None) -> None:
    """A table of the models that were reached, where there are any."""
    if result is None or not result.looked_at:
        return
    for late in result.finished:
        console.print(f"removed what was left of {late}, which something had superseded")
    for digest in result.bases:
        console.print(f"removed the base {digest[:12]}, on which no model stands any more")
    if not result.unlearned:
        if not result.problems:
            console.print(f"none of {result.looked_at} models learned from anything that was taken back")
        return
    numbers = ("slices", "trained again", "shards", "s to effect", "s to certificate")
    table = listing("model", "now", *numbers, numbers=numbers, whole=("model", "now"))
    for each in result.unlearned:
        certified = "" if each.seconds_to_certificate is None else f"{each.seconds_to_certificate:.1f}"
        numbers_shown = (each.slices, each.retrained, each.shards)
        table.add_row(
            each.id,
            each.replaced_by or each.swapped or each.id,
            *(f"{number:,}" for number in numbers_shown),
            f"{each.seconds_to_effect:.1f}",
            certified,
        )
    console.print(table)
    for each in result.unlearned:
        if each.parts:
            again = f"; {each.read:,} records were read again, because a mask or a copy changed" if each.read else ""
            console.print(f"{each.id}: rows deleted, {each.parts} parts of its memory written without them{again}")
        if each.certificate is not None:
            console.print(f"certificate: models/certificates/{each.certificate}.json", markup=False)
        else:
            console.print(f"{each.id} serves without what it learned after them; to train the rest: assent sweep")


def complain_of_models(result: UnlearnResult | None) -> None:
    """Models that could not be reached end the command with an error, after everything else was said.

    Raises:
        EvidenceError: there are any.
    """
    if result is None or not result.problems:
        return
    for error in result.problems.values():
        complain(error)
    raise EvidenceError(
        f"`{next(iter(result.problems))}` was not reached",
        hint="nobody is answered by what learned from them; mend what is said above, then: assent sweep",
    )
