"""What audits found around a take-back: the predicate `urn:assent:predicate:takeback-audit:v1`, as values.

A certificate is issued before anybody can have audited the model it is about. So it names the audit before, and an
audit afterwards is added to it by a statement of its own, signed with the same key and told to the same ledger.

Shape: docs/spec/certificate.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from assent.errors import AssentError, EvidenceError
from assent.evidence.attestation import Statement, Subject
from assent.vocabulary.identifiers import CertificateId, ModelId
from assent.vocabulary.instants import format_instant, parse_instant

AUDIT_PREDICATE: Final = "urn:assent:predicate:takeback-audit:v1"
_INFIX: Final = "-audit-"


@dataclass(frozen=True, slots=True)
class NamedAudit:
    """An audit, by its report.

    Args:
        report: SHA-256 of the report, as the ledger has it.
        passed: nothing was found that should stop anybody.
    """

    model: ModelId
    report: str
    at: datetime
    passed: bool

    def to_json(self) -> dict[str, Any]:
        """All of it by name."""
        return {"model": self.model, "report": self.report, "at": format_instant(self.at), "passed": self.passed}

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> NamedAudit:
        """What a statement says."""
        at = parse_instant(given["at"], field="at")
        return cls(ModelId(str(given["model"])), str(given["report"]), at, bool(given["passed"]))


@dataclass(frozen=True, slots=True)
class TakebackAudit:
    """That the model a certificate is about was audited.

    Args:
        certificate_digest: SHA-256 of the certificate's envelope.
        before: the audit it was compared with; None where it was compared with none that the ledger knows.
        outcomes: how many findings came to what, by the words of the comparison.
        said: what came of it, in a sentence.
    """

    certificate: CertificateId
    certificate_digest: str
    after: NamedAudit
    before: NamedAudit | None
    outcomes: Mapping[str, int]
    said: str

    @property
    def name(self) -> str:
        """Under which it lies, and stands in the ledger."""
        return f"{self.certificate}{_INFIX}{self.after.at:%Y%m%dT%H%M%SZ}"

    def subjects(self) -> tuple[Subject, ...]:
        """The certificate, and the reports by the models that they are about."""
        reports = [each for each in (self.after, self.before) if each is not None]
        return (
            Subject(self.certificate, self.certificate_digest),
            *(Subject(f"audit of {each.model}", each.report) for each in reports),
        )

    def to_predicate(self) -> dict[str, Any]:
        """The predicate as JSON values."""
        return {
            "certificate": self.certificate,
            "after": self.after.to_json(),
            "before": None if self.before is None else self.before.to_json(),
            "outcomes": dict(sorted(self.outcomes.items())),
            "said": self.said,
        }


def is_audit(name: str) -> bool:
    """Whether what has that name in the ledger is no certificate, but an audit that was added to one."""
    return _INFIX in name


def is_audit_of(name: str, certificate: CertificateId) -> bool:
    """Whether it is an audit that was added to this one."""
    return name.startswith(f"{certificate}{_INFIX}")


def parse_audit(statement: Statement) -> TakebackAudit:
    """The audit in a statement.

    Raises:
        EvidenceError: another predicate type, a missing or ill-typed field, or other subjects than it speaks of.
    """
    if statement.predicate_type != AUDIT_PREDICATE:
        raise EvidenceError(f"the predicate is not `{AUDIT_PREDICATE}`", hint="this is no audit of a take-back")
    given = statement.predicate
    named = {each.name: each.sha256 for each in statement.subjects}
    try:
        certificate = CertificateId(str(given["certificate"]))
        found = TakebackAudit(
            certificate=certificate,
            certificate_digest=named[certificate],
            after=NamedAudit.of(given["after"]),
            before=None if given["before"] is None else NamedAudit.of(given["before"]),
            outcomes={str(name): int(count) for name, count in given["outcomes"].items()},
            said=str(given["said"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, AssentError) as error:
        raise EvidenceError(f"the audit of a take-back cannot be read: {error}") from None
    if {each.name: each.sha256 for each in found.subjects()} != named:
        raise EvidenceError("the audit of a take-back names other reports than it is about")
    return found
