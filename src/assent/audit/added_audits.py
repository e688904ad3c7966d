"""Audits around a take-back as they lie there: the one the certificate names, and those that were added to it.

What the ledger knows has to be there, signed and about exactly this certificate; a file it does not know counts for
nothing. An audit that found something still there makes the certificate's check of audits fail.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from assent.audit.report import Seen, StoredReport
from assent.audit.stored_around import Around, check_signature, check_told, envelope_of, require
from assent.errors import EvidenceError, InputError
from assent.evidence.attestation import read_unverified, verify_statement
from assent.evidence.audited import NamedAudit, TakebackAudit, is_audit_of, parse_audit
from assent.evidence.certificate import Certificate, certificate_id

ADDED = "audits"


def check_audits(report: StoredReport, found: Certificate, certificate: bytes, around: Around) -> None:
    """The report says what was audited before and after the take-back, and whether that holds."""
    if around.told is None:
        report.skip("audits", "no ledger is at hand")
        return
    identity = certificate_id(found.model_after)
    names = sorted(name for name in around.told.added if is_audit_of(name, identity))
    if found.audit_before is None and not names:
        report.skip("audits", "nobody audited the model, neither before nor after")
        return
    with report.checking("audits") as seen:
        if found.audit_before is not None:
            _require_known(found.audit_before, around)
            require(found.audit_before.model == found.model_before, "the audit before is of another model")
        added = [_added(name, sha256(certificate).hexdigest(), around) for name in names]
        _require_sound(found, added, seen)


def verify_added_audit(path: Path, around: Around) -> StoredReport:
    """A report on the audit of a take-back in that file.

    Raises:
        InputError: there is none.
    """
    envelope = envelope_of(path)
    report = StoredReport(path.name)
    found: TakebackAudit | None = None
    with report.checking("audit") as seen:
        found = parse_audit(read_unverified(envelope))
        seen.detail = f"{found.after.model}: {found.said}"
    check_signature(report, envelope, around)
    if found is None:
        return report
    check_told(report, "log", None if around.told is None else around.told.added.get(found.name, ""), envelope)
    if around.told is None:
        report.skip("reports", "no ledger is at hand")
        return report
    with report.checking("reports") as seen:
        named = [each for each in (found.before, found.after) if each is not None]
        for each in named:
            _require_known(each, around)
        told = around.told.certificates.get(found.certificate)
        require(told == found.certificate_digest, f"the ledger does not know `{found.certificate}` like this")
        seen.detail = f"{len(named)} reports and the certificate are those that the ledger speaks of"
    return report


def _require_known(audit: NamedAudit, around: Around) -> None:
    assert around.told is not None
    require(audit in around.told.audits, f"the ledger does not know this audit of `{audit.model}`")


def _added(name: str, certificate: str, around: Around) -> TakebackAudit:
    """The audit that the ledger knows by that name.

    Raises:
        EvidenceError: it is gone, was changed, or is about something else.
    """
    assert around.told is not None
    if around.models is None:
        raise InputError("nobody said where models stand")
    path = around.models / "certificates" / ADDED / f"{name}.json"
    try:
        envelope = path.read_bytes()
    except OSError:
        raise EvidenceError(f"the audit `{name}`, which the ledger knows, is missing") from None
    require(sha256(envelope).hexdigest() == around.told.added[name], f"the audit `{name}` was changed")
    found = parse_audit(read_unverified(envelope) if around.key is None else verify_statement(envelope, around.key))
    require(found.certificate_digest == certificate, f"the audit `{name}` is about another certificate")
    for each in (found.before, found.after):
        if each is not None:
            _require_known(each, around)
    return found


def _require_sound(found: Certificate, added: list[TakebackAudit], seen: Seen) -> None:
    newest = max(added, key=lambda each: each.after.at, default=None)
    before = (
        "not audited before" if found.audit_before is None else f"audited before on {found.audit_before.at:%Y-%m-%d}"
    )
    if newest is None:
        seen.detail = f"{before}, and not since"
        return
    require(newest.after.passed, f"the newest audit did not pass: {newest.said}")
    said = ", ".join(f"{count} {outcome}" for outcome, count in newest.outcomes.items())
    seen.detail = f"{before}; {len(added)} since" + (f", compared: {said}" if said else "")
