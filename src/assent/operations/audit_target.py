"""What a person means who names something to be audited."""

from __future__ import annotations

from pathlib import Path

from assent.errors import InputError
from assent.evidence.manifest import MANIFEST
from assent.operations.audit_register import Sort
from assent.operations.snapshots import find_snapshot
from assent.operations.workspace import Workspace
from assent.storage.place import place_of


def sort_of(workspace: Workspace, named: str) -> Sort:
    """Whether it is a model, a snapshot or the ledger: `ledger`, a ledger's folder, or the beginning of an id.

    Raises:
        InputError: it is none of them, or another ledger than the workspace's.
    """
    path = Path(named)
    if place_of(path) is not None:
        if path.resolve() != workspace.ledger_folder.resolve():
            raise InputError(
                f"`{named}` is not this workspace's ledger",
                hint="`assent verify` checks any ledger without keeping a report",
            )
        return Sort.LEDGER
    if named == Sort.LEDGER:
        return Sort.LEDGER
    if named and _models(workspace, named):
        return Sort.MODEL
    try:
        find_snapshot(workspace, named)
    except InputError as error:
        if not error.message.startswith("no snapshot"):
            raise
        raise InputError(
            f"no model, snapshot or ledger `{named}`",
            hint="`assent models` and `assent snapshots` list what there is",
        ) from None
    return Sort.SNAPSHOT


def _models(workspace: Workspace, named: str) -> list[str]:
    """Models that are called so, or begin so while no snapshot does."""
    if not workspace.models_folder.is_dir():
        return []
    models = [each.parent.name for each in workspace.models_folder.glob(f"*/{MANIFEST}")]
    found = [each for each in models if each.startswith(named)]
    snapshots = workspace.snapshots_folder.glob(f"*/{MANIFEST}")
    if named in found or "-model-" in named:
        return found
    return [] if any(each.parent.name.startswith(named) for each in snapshots) else found
