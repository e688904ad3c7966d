"""Models that were trained here, as ledger and manifests have them; nothing that trains is needed to read this."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assent.errors import InputError
from assent.evidence.model import ModelManifest
from assent.ledger import Ledger
from assent.operations.model_chronicle import ModelChronicle
from assent.operations.workspace import Workspace
from assent.training.sealing import ModelShelf
from assent.vocabulary.identifiers import ModelId

SEALED, SUPERSEDED, UNKNOWN, BROKEN = "sealed", "superseded", "not in the ledger", "unreadable"


@dataclass(frozen=True, slots=True)
class OwnModel:
    """A model on the shelf; without a manifest where that cannot be read."""

    id: ModelId
    state: str
    manifest: ModelManifest | None

    @property
    def stands(self) -> bool:
        """Whether it may serve."""
        return self.state == SEALED

    @property
    def at(self) -> datetime | None:
        """The moment as of which its rows were read."""
        return None if self.manifest is None else self.manifest.at


def own_models(workspace: Workspace, ledger: Ledger) -> list[OwnModel]:
    """Every model of the workspace and whether it still stands, the newest first."""
    shelf, known = ModelShelf(workspace.models_folder), ModelChronicle.read(ledger)
    found = [_own(shelf, each, known) for each in shelf.models()]
    return sorted(found, key=lambda each: (each.at is not None, each.at, each.id), reverse=True)


def own_model(workspace: Workspace, ledger: Ledger, named: str) -> OwnModel:
    """The model of that id, or of the only one that begins like this.

    Raises:
        InputError: there is none, or several begin like this.
    """
    found = [each for each in own_models(workspace, ledger) if named and each.id.startswith(named)]
    exact = [each for each in found if each.id == named]
    if not found:
        raise InputError(f"no model `{named}`", hint="`assent model list` names those there are")
    if len(found) > 1 and not exact:
        raise InputError(f"`{named}` could be any of {len(found)} models", hint=f"for example `{found[0].id}`")
    return (exact or found)[0]


def _own(shelf: ModelShelf, model: ModelId, known: ModelChronicle) -> OwnModel:
    manifest = shelf.manifest(model)
    if manifest is None:
        return OwnModel(model, BROKEN, None)
    state = SUPERSEDED if model in known.superseded else SEALED if model in known.sealed else UNKNOWN
    return OwnModel(model, state, manifest)
