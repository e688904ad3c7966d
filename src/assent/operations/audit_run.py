"""Run an audit of a model and keep it: tests, checks, comparison, report, page, register, ledger."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from assent.audit.model.comparing import Finding, Outcome, compare, require_forgotten
from assent.audit.model.page import write_page
from assent.audit.model.reading import read_model_audit
from assent.audit.model.report import ModelAudit
from assent.audit.model.wording import headline
from assent.errors import AssentError, InputError
from assent.operations.audit_asking import Sampling
from assent.operations.audit_attested import attest_audit
from assent.operations.audit_canaries import NOTHING_PLANTED, Planted
from assent.operations.audit_checks import require_sound
from assent.operations.audit_model import audit_standing_model
from assent.operations.audit_register import Register, Run, Sort, announce
from assent.operations.ledger import open_ledger
from assent.operations.workspace import Workspace
from assent.storage.files import write_durably

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class AuditedModel:
    """An audit of a model that was run and kept.

    Args:
        findings: what became of what an earlier audit found; None without one.
        said: what came of it, in a sentence.
        report, page: the JSON report and the page.
        attested: that it was added to the certificate of the take-back its model took in; None where there is none.
    """

    audit: ModelAudit
    before: ModelAudit | None
    findings: tuple[Finding, ...] | None
    said: str
    run: Run
    report: Path
    page: Path
    attested: Path | None = None

    def require(self) -> None:
        """The model is what it says, and nothing that was taken back is still there.

        A comparison that shows nothing, because nothing was found before either, fails nobody; the page says so.

        Raises:
            EvidenceError: it is not, or something is.
        """
        require_sound(self.audit.model, self.audit.checks)
        if self.findings is not None and any(each.outcome is Outcome.STILL_THERE for each in self.findings):
            require_forgotten(self.findings)


def run_model_audit(
    workspace: Workspace,
    named: str,
    *,
    clock: Clock,
    about: Collection[str] = (),
    planted: Planted = NOTHING_PLANTED,
    against: Path | None = None,
    sampling: Sampling | None = None,
    told: Callable[[str], None] = lambda _line: None,
) -> AuditedModel:
    """The model was audited, the report and the page lie in the workspace, and the ledger says so.

    Args:
        against: the report of an audit before a take-back.

    Raises:
        InputError: there is no such model, or an earlier audit is given and nobody is named.
        RefusedError: the model was superseded, or learned from what was taken back.
        EvidenceError: it is not what was sealed, or the earlier report is damaged.
    """
    before = None if against is None else _earlier(against)
    if before is not None and not about:
        raise InputError(
            "nobody was named whose texts should be gone", hint="name them with --about, as in the earlier audit"
        )
    audit = audit_standing_model(
        workspace, named, clock=clock, about=about, planted=planted, before=before, sampling=sampling, told=told
    )
    findings = compare(before, audit) if before is not None else None
    said, _ = headline(audit, findings)
    register = Register.of(workspace)
    ok = _passes(audit, findings)
    run = register.keep(Sort.MODEL, audit.model, audit.at, report=audit.to_json(), ok=ok, said=said)
    page = write_page(audit, before).encode()
    report = register.folder / run.report
    write_durably(report.with_suffix(".html"), page)
    compared = None if against is None else sha256(against.read_bytes()).hexdigest()
    with open_ledger(workspace, clock=clock) as ledger:
        announce(ledger, run, clock())
        attested = attest_audit(workspace, ledger, run, compared=compared, findings=findings or (), at=clock())
    return AuditedModel(audit, before, findings, said, run, report, report.with_suffix(".html"), attested)


def _passes(audit: ModelAudit, findings: tuple[Finding, ...] | None) -> bool:
    left = any(each.outcome is Outcome.STILL_THERE for each in findings or ())
    return not left and all(each.passed is not False for each in audit.checks)


def _earlier(path: Path) -> ModelAudit:
    try:
        document: Any = json.loads(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot read `{path}`: {(error.strerror or 'failed').lower()}") from None
    except ValueError:
        raise InputError(f"`{path}` is not JSON", hint="give the .json that an earlier audit wrote") from None
    if not isinstance(document, dict):
        raise InputError(f"`{path}` is no report of an audit")
    try:
        return read_model_audit(document)
    except AssentError as error:
        raise type(error)(f"`{path}`: {error.message}", hint=error.hint) from None
