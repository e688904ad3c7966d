"""Models that were trained elsewhere, as the ledger has them: what each read, what is asked of its owner since.

    model.registered ─► model.retraining_asked … ─► model.retrained ─► model.retraining_asked …

Each event has the digest of a signed statement in `elsewhere/NAME/`. What was asked before a model was trained again
is answered by that.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from assent.errors import AssentError, EvidenceError, InputError
from assent.evidence.attestation import Statement, read_unverified
from assent.evidence.elsewhere import (
    ModelElsewhere,
    RetrainingRequest,
    parse_model_elsewhere,
    parse_retraining_request,
)
from assent.ledger import Ledger
from assent.operations.workspace import Workspace
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.instants import format_instant

SAID: Final = frozenset({EventType.MODEL_REGISTERED, EventType.MODEL_RETRAINED})
TYPES: Final = SAID | {EventType.MODEL_RETRAINING_ASKED}


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event about a model, and where it stands."""

    seq: int
    type: EventType
    digest: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to train a model again, with its place in the ledger."""

    request: RetrainingRequest
    digest: str
    seq: int


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A model that was trained elsewhere.

    Args:
        said: of it last, with the digest of that statement.
        registered_at: when it was heard of first.
        trainings: how many times somebody said that it was trained.
        open: what is asked since it was trained last, the earliest first.
        answered: how many requests its later trainings answered.
        last: position of the last event about it, of which its owner has heard or is to hear.
    """

    said: ModelElsewhere
    digest: str
    registered_at: datetime
    trainings: int
    open: tuple[Asked, ...]
    answered: int
    last: int

    @property
    def name(self) -> str:
        """What it is called here."""
        return self.said.name

    @property
    def retrain_by(self) -> datetime | None:
        """The first day on which something that is asked is due; None where nothing is asked."""
        return min((each.request.retrain_by for each in self.open), default=None)

    def is_overdue(self, now: datetime) -> bool:
        """Whether something that is asked should have been done."""
        due = self.retrain_by
        return due is not None and due < now


@dataclass(frozen=True, slots=True)
class ElsewhereModels:
    """All of them by name; `problems` has those whose statements cannot be read, and why."""

    models: Mapping[str, Elsewhere] = field(default_factory=dict)
    problems: Mapping[str, AssentError] = field(default_factory=dict)


def recorded_of(ledger: Ledger) -> dict[str, list[Recorded]]:
    """What the ledger says of each model elsewhere, by name, in order."""
    found: dict[str, list[Recorded]] = {}
    for seq, event in ledger.system_events():
        if isinstance(event, Event) and event.type in TYPES and event.key and event.value:
            found.setdefault(event.key, []).append(Recorded(seq, event.type, event.value, event.effective_at))
    return found


def models_elsewhere(workspace: Workspace, ledger: Ledger) -> ElsewhereModels:
    """Every model that was trained elsewhere. Cost: one small file for each event about them."""
    models: dict[str, Elsewhere] = {}
    problems: dict[str, AssentError] = {}
    for name, recorded in sorted(recorded_of(ledger).items()):
        try:
            models[name] = _read(workspace, name, recorded)
        except EvidenceError as error:
            problems[name] = error
    return ElsewhereModels(models, problems)


def model_elsewhere(workspace: Workspace, ledger: Ledger, name: str) -> Elsewhere:
    """The model of that name.

    Raises:
        InputError: there is none.
        EvidenceError: a statement about it is missing or was changed.
    """
    recorded = recorded_of(ledger).get(name)
    if recorded is None:
        raise InputError(f"no model `{name}` was registered", hint="`assent model list` names those there are")
    return _read(workspace, name, recorded)


def _read(workspace: Workspace, name: str, recorded: Sequence[Recorded]) -> Elsewhere:
    said = [each for each in recorded if each.type in SAID]
    if not said:
        raise EvidenceError(f"the ledger asks to train `{name}` again and does not say what it is")
    last = said[-1]
    open_ = [each for each in recorded if each.type not in SAID and each.seq > last.seq]
    asked = [Asked(request_in(workspace, name, each.digest), each.digest, each.seq) for each in open_]
    return Elsewhere(
        said=parse_model_elsewhere(statement_in(workspace, name, last.digest)),
        digest=last.digest,
        registered_at=said[0].at,
        trainings=len(said),
        open=tuple(sorted(asked, key=lambda each: (each.request.retrain_by, each.seq))),
        answered=len(recorded) - len(said) - len(open_),
        last=recorded[-1].seq,
    )


def asked_between(workspace: Workspace, ledger: Ledger, first: int, stop: int) -> list[Asked]:
    """What was asked of owners at these positions of the ledger, answered since or not, in its order.

    Raises:
        EvidenceError: a request is missing or was changed.
    """
    recorded = [(each.seq, name, each) for name, some in recorded_of(ledger).items() for each in some]
    return [
        Asked(request_in(workspace, name, each.digest), each.digest, seq)
        for seq, name, each in sorted(recorded, key=lambda found: found[0])
        if each.type not in SAID and first <= seq < stop
    ]


def request_in(workspace: Workspace, name: str, digest: str) -> RetrainingRequest:
    """The request with that digest, as the ledger has it.

    Raises:
        EvidenceError: it is missing or was changed.
    """
    return parse_retraining_request(statement_in(workspace, name, digest))


def statement_in(workspace: Workspace, name: str, digest: str) -> Statement:
    """The statement with that digest.

    Raises:
        EvidenceError: it is missing or was changed.
    """
    path = place_of_statement(workspace, name, digest)
    try:
        envelope = path.read_bytes()
    except (OSError, ValueError):
        raise EvidenceError(f"`{path}` is missing", hint="restore it; the ledger has its digest") from None
    if sha256(envelope).hexdigest() != digest:
        raise EvidenceError(f"`{path}` is not what the ledger has the digest of", hint="restore it from a copy")
    return read_unverified(envelope)


def message_to_owner(workspace: Workspace, seq: int, event: Event) -> bytes:
    """What the owner of a model is told of an event about it: what is asked and by when, in numbers; nobody's name.

    Raises:
        EvidenceError: the statement is missing or was changed.
    """
    name, digest = event.key or "", event.value or ""
    data: dict[str, Any] = {"model": name, "digest": digest, "seq": seq}
    if event.type is EventType.MODEL_RETRAINING_ASKED:
        request = request_in(workspace, name, digest)
        data |= {
            "snapshot": request.read,
            "people": len(request.people),
            "records": {"removed": request.removed, "masked": request.masked},
            "retrain_by": format_instant(request.retrain_by),
        }
    else:
        said = parse_model_elsewhere(statement_in(workspace, name, digest))
        data |= {"snapshots": [each.id for each in said.snapshots], "trained_at": format_instant(said.trained_at)}
    timestamp = format_instant(event.recorded_at or event.effective_at)
    told = {"type": event.type.value, "timestamp": timestamp, "data": data}
    return json.dumps(told, separators=(",", ":")).encode()


def place_of_statement(workspace: Workspace, name: str, digest: str) -> Path:
    """Where a statement about that model lies, or would."""
    return workspace.elsewhere_folder / name / f"{digest}.json"
