"""What a stored thing is compared with, and the checks that a model, a certificate and an audit of one share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from assent.audit.report import StoredReport
from assent.errors import EvidenceError, InputError
from assent.evidence.attestation import Statement, verify_statement
from assent.evidence.audited import NamedAudit

SIGNED_BY_NOBODY: Final = "no public key is at hand; give one with --attest-key"


@dataclass(frozen=True, slots=True)
class Told:
    """What the ledger says, by name: SHA-256 of the manifests of models and of certificates.

    Args:
        added: SHA-256 of audits that were added to certificates, by name.
        audits: every audit of a model that was run.
    """

    sealed: Mapping[str, str]
    superseded: Mapping[str, str]
    certificates: Mapping[str, str]
    added: Mapping[str, str] = field(default_factory=dict)
    audits: frozenset[NamedAudit] = frozenset()


@dataclass(frozen=True, slots=True)
class Around:
    """What a model or a certificate is compared with; None is not at hand.

    Args:
        models, snapshots: the folders in which they stand by name.
    """

    key: Ed25519PublicKey | None = None
    told: Told | None = None
    models: Path | None = None
    snapshots: Path | None = None


def check_signature(report: StoredReport, envelope: bytes, around: Around) -> None:
    """The report says whether it is signed with the key that is at hand."""
    if around.key is None:
        report.skip("signature", SIGNED_BY_NOBODY)
        return
    with report.checking("signature") as seen:
        statement: Statement = verify_statement(envelope, around.key)
        seen.detail = f"statement {statement.digest[:12]} is signed with the key that was given"


def check_told(report: StoredReport, name: str, told: str | None, envelope: bytes) -> None:
    """The report says whether the ledger speaks of these bytes; `told` is None where there is no ledger."""
    if told is None:
        report.skip(name, "no ledger is at hand")
        return
    with report.checking(name) as seen:
        require(told == sha256(envelope).hexdigest(), "the ledger does not speak of exactly this")
        seen.detail = "the ledger speaks of exactly this"


def envelope_of(path: Path) -> bytes:
    """The bytes of a signed statement.

    Raises:
        InputError: there is nothing to read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read `{path}`: {(error.strerror or 'failed').lower()}") from None


def require(holds: bool, message: str) -> None:
    """It holds.

    Raises:
        EvidenceError: it does not.
    """
    if not holds:
        raise EvidenceError(message)
