"""A model as one plain folder, for whoever runs models with other software."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from assent.errors import InputError
from assent.evidence.model import ModelManifest
from assent.operations.models import open_model
from assent.operations.workspace import Workspace
from assent.training.exporting import export_merged


def export_model(workspace: Workspace, named: str, folder: Path, *, clock: Callable[[], datetime]) -> ModelManifest:
    """The folder holds the base with the mean of all adapters merged, as Hugging Face software reads it.

    Raises:
        InputError: there is no such model, its adapters make no one model, or the folder exists.
        RefusedError: it was superseded, or learned from what was taken back since.
    """
    opened = open_model(workspace, named, clock=clock)
    manifest = opened.manifest
    if manifest.memory is not None:
        raise InputError(
            "a model with a memory cannot be merged into weights",
            hint="that is what a memory is for; train with --route adapters",
        )
    if manifest.aggregation != "mean":
        raise InputError("adapters whose answers are averaged make no one model", hint="train with --serve mean")
    config = opened.config
    export_merged(opened.base, list(opened.states.values()), scale=config.alpha / config.rank, folder=folder)
    return manifest
