"""Models that stand: which there are, one opened to be asked, a line from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from assent.errors import EvidenceError, InputError, RefusedError
from assent.evidence.attestation import read_unverified
from assent.evidence.manifest import MANIFEST
from assent.evidence.model import ModelManifest, model_id, parse_model
from assent.ledger import Ledger
from assent.operations.ledger import open_ledger
from assent.operations.model_chronicle import ModelChronicle
from assent.operations.snapshots import shelf_of
from assent.operations.suppression import filter_for
from assent.operations.train import pseudonyms_of
from assent.operations.workspace import Workspace
from assent.snapshot.reader import open_snapshot
from assent.snapshot.since import Moment
from assent.snapshot.withdrawn import withdrawn_between
from assent.training.opened import OpenedModel, open_adapters
from assent.training.sealing import ModelShelf
from assent.vocabulary.identifiers import ModelId

Clock = Callable[[], datetime]
SEALED, SUPERSEDED, UNKNOWN, BROKEN = "sealed", "superseded", "not in the ledger", "unreadable"


@dataclass(frozen=True, slots=True)
class ListedModel:
    """A model in a list; what its manifest says is None where that cannot be read."""

    id: ModelId
    state: str
    snapshot: str | None = None
    at: datetime | None = None
    complete: bool | None = None
    tokens: int | None = None
    parent: ModelId | None = None
    route: str | None = None
    purpose: str | None = None


@dataclass(frozen=True, slots=True)
class Generated:
    """What a model wrote after a prompt; `masked` counts what was masked in it, by type; None where nobody looked."""

    model: ModelId
    prompt: str
    text: str
    tokens: int
    masked: Mapping[str, int] | None = None


def list_models(workspace: Workspace, *, clock: Clock) -> list[ListedModel]:
    """Every model of the workspace and whether it still stands, the newest first."""
    shelf = ModelShelf(workspace.models_folder)
    with open_ledger(workspace, clock=clock, read_only=True) as ledger:
        known = ModelChronicle.read(ledger)
    listed = [_listed(shelf, each, known) for each in shelf.models()]
    return sorted(listed, key=lambda each: (each.at is not None, each.at, each.complete, each.id), reverse=True)


def _listed(shelf: ModelShelf, model: ModelId, known: ModelChronicle) -> ListedModel:
    manifest = shelf.manifest(model)
    if manifest is None:
        return ListedModel(model, BROKEN)
    state = SUPERSEDED if model in known.superseded else SEALED if model in known.sealed else UNKNOWN
    return ListedModel(
        model,
        state,
        manifest.snapshot,
        manifest.at,
        manifest.complete,
        manifest.tokens,
        manifest.parent,
        manifest.route,
        manifest.purpose,
    )


def find_model(workspace: Workspace, named: str) -> ModelId:
    """The model that is given by its id, or the beginning of one id only.

    Raises:
        InputError: there is none, or several begin like this.
    """
    models = ModelShelf(workspace.models_folder).models()
    found = [each for each in models if each.startswith(named)] if named else []
    if not found:
        raise InputError(f"no model `{named}`", hint="`assent models` lists those there are")
    if len(found) > 1 and named not in found:
        raise InputError(f"`{named}` could be any of {len(found)} models", hint=f"for example `{found[0]}`")
    return ModelId(named) if named in found else found[0]


def open_model(workspace: Workspace, named: str, *, clock: Clock) -> OpenedModel:
    """The model, to be asked; of a memory, what was withdrawn since is left out as it is read.

    Raises:
        InputError: there is none of that name.
        RefusedError: it was superseded, or adapters learned from what was taken back and no sweep has reached it yet.
        EvidenceError: it is not what was sealed.
        UnavailableError: the ledger cannot be reached.
    """
    return load_model(workspace, check_model(workspace, named, clock=clock))


@dataclass(frozen=True, slots=True)
class Checked:
    """A model that may be asked now. Args: left_out: the records that its memory is read without."""

    model: ModelId
    manifest: ModelManifest
    left_out: frozenset[str]


def check_model(workspace: Workspace, named: str, *, clock: Clock) -> Checked:
    """The model may be asked at this moment; nothing of it is opened. Raises: as `open_model`."""
    model = find_model(workspace, named)
    folder = workspace.models_folder / model
    envelope = (folder / MANIFEST).read_bytes()
    statement = read_unverified(envelope)
    manifest = parse_model(statement)
    with open_ledger(workspace, clock=clock, read_only=True) as ledger:
        _require_standing(ledger, model, sha256(envelope).hexdigest())
        if model_id(statement) != model:
            raise EvidenceError(f"the model in `{folder}` is not the one its name says")
        out = _left_out(workspace, ledger, model, manifest, clock)
    return Checked(model, manifest, out if manifest.memory is not None else frozenset())


def load_model(workspace: Workspace, checked: Checked) -> OpenedModel:
    """The model, to be asked, as it was checked."""
    folder = workspace.models_folder / checked.model
    if not checked.left_out:
        return open_adapters(folder, checked.manifest)
    pseudonyms = pseudonyms_of(workspace, checked.manifest.partition)
    return open_adapters(folder, checked.manifest, {pseudonyms.record(each) for each in checked.left_out})


def _require_standing(ledger: Ledger, model: ModelId, digest: str) -> None:
    known = ModelChronicle.read(ledger)
    if known.sealed.get(model) != digest:
        raise EvidenceError(
            f"the ledger does not say that `{model}` was sealed like this",
            hint="it was changed, belongs to another ledger, or its training was cut off; the next one finishes it",
        )
    if model in known.superseded:
        raise RefusedError(f"`{model}` was superseded", hint="`assent models` says what stands in its place")


def _left_out(
    workspace: Workspace, ledger: Ledger, model: ModelId, manifest: ModelManifest, clock: Clock
) -> frozenset[str]:
    """The records that may not be used any more; where adapters learned from them, nobody asks the model."""
    sweep = "`assent sweep` takes them out; until then nobody is answered by it"
    try:
        reader = open_snapshot(
            shelf_of(workspace).of(manifest.snapshot), ledger=ledger, max_staleness=timedelta(0), clock=clock
        )
    except RefusedError:
        raise RefusedError(f"`{model}` learned from a snapshot that was superseded", hint=sweep) from None
    with reader:
        then, now = Moment(manifest.at, manifest.ledger_size), reader.looked_at
        if manifest.route != "memory" and withdrawn_between(ledger, reader.pack, reader.purpose, then, now):
            before = open_snapshot(reader.path, ledger=ledger, at=manifest.at, clock=clock)
            if reader.left_out_ids - before.left_out_ids:
                raise RefusedError(f"`{model}` learned from records that were taken back since", hint=sweep)
        return reader.left_out_ids


def generate(
    workspace: Workspace,
    named: str,
    prompt: str,
    *,
    clock: Clock,
    tokens: int = 60,
    temperature: float = 0.0,
    top_k: int | None = None,
    seed: int = 0,
    filtered: bool = True,
) -> Generated:
    """What the model writes after the prompt: the same for the same seed.

    Args:
        filtered: whoever took back or objected to the model's purpose until now is masked, and personal details.

    Raises:
        InputError: the prompt is empty, or too long for the model.
    """
    model = find_model(workspace, named)
    opened = open_model(workspace, model, clock=clock)
    # Before anything is written: where the list cannot be made, nobody is answered.
    outputs = filter_for(workspace, [opened.manifest.purpose], clock=clock) if filtered else None
    text, written = opened.write(prompt, tokens, temperature=temperature, top_k=top_k, seed=seed)
    if outputs is None:
        return Generated(model, prompt, text, written)
    cleaned = outputs.clean_after(prompt, text)
    return Generated(model, prompt, cleaned.texts[0], written, cleaned.masked)
