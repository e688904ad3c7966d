"""Verify a model or a certificate, with whatever keys and folders there are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from assent.audit.added_audits import verify_added_audit
from assent.audit.report import StoredReport
from assent.audit.stored_around import Around, Told
from assent.audit.stored_models import verify_certificate, verify_model
from assent.errors import EvidenceError
from assent.evidence.attestation import read_unverified
from assent.evidence.audited import AUDIT_PREDICATE
from assent.evidence.manifest import MANIFEST
from assent.evidence.model import MODEL_PREDICATE
from assent.operations.audit_attested import audits_told
from assent.operations.ledger import open_ledger
from assent.operations.model_chronicle import ModelChronicle
from assent.operations.own_models import own_model
from assent.operations.snapshots import shelf_of
from assent.operations.verify import public_key
from assent.operations.workspace import Workspace

Clock = Callable[[], datetime]


def find_stored(workspace: Workspace | None, named: str, *, clock: Clock) -> Path | None:
    """The folder of a model or the file of a certificate, given as a path or a model's id; None where it is neither."""
    path = Path(named)
    if path.is_file():
        return path.resolve()
    if (path / MANIFEST).is_file():
        return path.resolve() if _is_model(path) else None
    if workspace is None or "-model-" not in named:
        return None
    with open_ledger(workspace, clock=clock, read_only=True) as ledger:
        return workspace.models_folder / own_model(workspace, ledger, named).id


def verify_stored(
    path: Path, *, workspace: Workspace | None, attest_key: Path | None = None, clock: Clock
) -> StoredReport:
    """A report on the model in that folder, or on the certificate, or an audit added to one, in that file.

    Args:
        workspace: gives ledger, keys, snapshots and other models; without one only the thing itself is checked.
        attest_key: a public or private key in PEM form; None takes the workspace's.

    Raises:
        InputError: a key that was given is none, or there is nothing to read.
    """
    key = public_key(attest_key, workspace)
    if workspace is None:
        around = Around(key)
    else:
        around = Around(key, _told(workspace, clock), workspace.models_folder, shelf_of(workspace).folder)
    if path.is_dir():
        return verify_model(path, around)
    return verify_added_audit(path, around) if _predicate(path) == AUDIT_PREDICATE else verify_certificate(path, around)


def _told(workspace: Workspace, clock: Clock) -> Told | None:
    if not workspace.ledger_folder.is_dir():
        return None
    with open_ledger(workspace, clock=clock, read_only=True) as ledger:
        known, audits = ModelChronicle.read(ledger), frozenset(audits_told(ledger))
    return Told(known.sealed, known.superseded, known.certificates, known.added, audits)


def _is_model(folder: Path) -> bool:
    said = _predicate(folder / MANIFEST)
    return said == MODEL_PREDICATE if said else "-model-" in folder.resolve().name


def _predicate(path: Path) -> str:
    """Of what a file states; empty where it states nothing that can be read."""
    try:
        return read_unverified(path.read_bytes()).predicate_type
    except (EvidenceError, OSError):
        return ""
