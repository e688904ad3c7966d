"""Audits around a take-back: which ones the ledger knows, and one added to the certificate that it bears on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from assent.audit.model.comparing import Finding
from assent.evidence.attestation import encode_statement, sign_statement
from assent.evidence.audited import AUDIT_PREDICATE, NamedAudit, TakebackAudit
from assent.evidence.certificate import certificate_id
from assent.ledger import Ledger
from assent.operations.audit_register import Run, Sort
from assent.operations.build import ATTEST_KEY
from assent.operations.model_chronicle import ModelChronicle
from assent.operations.workspace import Workspace
from assent.storage.files import write_durably
from assent.storage.keys import load_key
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import ModelId

ADDED = "audits"
"""The folder beside the certificates."""


def audits_told(ledger: Ledger) -> Iterator[NamedAudit]:
    """Every audit of a model that the ledger knows, the oldest first."""
    for _, event in ledger.system_events():
        mine = isinstance(event, Event) and event.type is EventType.STAFF_ACTED and event.by == "audit"
        if isinstance(event, Event) and mine and event.key == f"audit.{Sort.MODEL}" and event.value:
            model, digest, outcome = event.value.split(" ")
            yield NamedAudit(ModelId(model), digest, event.effective_at, outcome == "ok")


def audit_before(ledger: Ledger, model: ModelId) -> NamedAudit | None:
    """The newest audit of a model, as the certificate of the take-back that reached it names it."""
    return next(iter(reversed([each for each in audits_told(ledger) if each.model == model])), None)


def attest_audit(
    workspace: Workspace,
    ledger: Ledger,
    run: Run,
    *,
    compared: str | None,
    findings: Sequence[Finding],
    at: datetime,
) -> Path | None:
    """The audit lies beside the certificate of the take-back that its model took in, signed, and the ledger says so.

    None where the model took in none, or where the key that signs is not here.

    Args:
        run: that the ledger was told of already.
        compared: SHA-256 of the report it was compared with.
        findings: of that comparison.
    """
    identity = certificate_id(ModelId(run.target))
    digest = ModelChronicle.read(ledger).certificates.get(identity)
    key = workspace.keys_folder / ATTEST_KEY
    if digest is None or not key.is_file():
        return None
    known = {each.report: each for each in audits_told(ledger)}
    before = None if compared is None else known.get(compared)
    outcomes = Counter(str(each.outcome) for each in findings) if before is not None else {}
    found = TakebackAudit(identity, digest, known[run.digest], before, dict(outcomes), run.said)
    payload = encode_statement(found.subjects(), AUDIT_PREDICATE, found.to_predicate())
    envelope = sign_statement(payload, load_key(key))
    path = workspace.models_folder / "certificates" / ADDED / f"{found.name}.json"
    write_durably(path, envelope)
    # A crash here means: a statement that the ledger does not know, which nobody counts; the next audit adds its own.
    told = Event(
        EventType.CERTIFICATE_ISSUED,
        ledger.present(at),
        key=found.name,
        value=sha256(envelope).hexdigest(),
        by="audit",
    )
    ledger.append([told])
    return path
