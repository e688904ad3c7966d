"""An audit of a model that stands: every adapter, the model they make, and the base, asked what they remember.

opened (refused where it was superseded) ─ rows of its snapshot ─ checks ─ who is asked about ─ targets ─ audit
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from assent.audit.model.auditing import audit_model
from assent.audit.model.report import ModelAudit
from assent.evidence.manifest import MANIFEST
from assent.operations.audit_asking import Asking, Sampling
from assent.operations.audit_canaries import NOTHING_PLANTED, Planted
from assent.operations.audit_checks import check_model
from assent.operations.audit_parts import Parts
from assent.operations.audit_targets import targets_of
from assent.operations.audit_texts import learned_rows
from assent.operations.ledger import open_ledger
from assent.operations.models import find_model, open_model
from assent.operations.snapshots import shelf_of
from assent.operations.suppression import filter_for
from assent.operations.verify import public_key
from assent.operations.workspace import Workspace
from assent.snapshot.reader import open_snapshot
from assent.vocabulary.identifiers import ModelId

Clock = Callable[[], datetime]
Told = Callable[[str], None]


def audit_standing_model(
    workspace: Workspace,
    named: str,
    *,
    clock: Clock,
    about: Collection[str] = (),
    planted: Planted = NOTHING_PLANTED,
    before: ModelAudit | None = None,
    sampling: Sampling | None = None,
    told: Told = lambda _line: None,
) -> ModelAudit:
    """What every test finds in every part of the model.

    Args:
        about: whose texts are looked for; nobody in particular if empty. Texts that somebody took back are read from
            the platform's own records.
        before: an audit before a take-back; only texts that it asked about are asked about again.

    Raises:
        InputError: there is no such model, nobody of `about` wrote anything, or `before` was about others.
        RefusedError: it was superseded, or learned from what was taken back and no sweep has reached it yet.
        EvidenceError: it is not what was sealed.
    """
    sampling = sampling or Sampling()
    model = find_model(workspace, named)
    opened = open_model(workspace, model, clock=clock)
    with open_ledger(workspace, clock=clock, read_only=True) as ledger:
        folder = shelf_of(workspace).of(opened.manifest.snapshot)
        with open_snapshot(folder, ledger=ledger, at=opened.manifest.at, clock=clock) as reader:
            told("reading what was learned")
            parts = Parts(opened, filter_for(workspace, [opened.manifest.purpose], clock=clock))
            rows = learned_rows(reader)
            asking = Asking(workspace, ledger, reader, parts, rows, frozenset(about), planted, sampling)
            key = public_key(None, workspace)
            checks = check_model(workspace, ledger, model, opened.manifest, rows=rows, key=key)
            own = asking.own(before)
            targets = targets_of(asking, own)
            audit = audit_model(
                model,
                targets,
                weights=_weights(workspace, model),
                at=clock(),
                about=asking.in_words(own),
                references=asking.parts.references(),
                seed=sampling.seed,
                ranked=sampling.ranked,
                told=told,
            )
    return replace(audit, checks=checks, whose=asking.whose, asked=asking.tags(own) if about else ())


def _weights(workspace: Workspace, model: ModelId) -> str:
    return sha256((workspace.models_folder / model / MANIFEST).read_bytes()).hexdigest()
