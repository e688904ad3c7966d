"""An audit of a snapshot: every decision derived again by other code, and what masking left behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from assent.audit.bundle.checked import CheckedPage, sheet, write_checked_page
from assent.audit.report import SnapshotReport
from assent.errors import AssentError
from assent.operations.audit_leaks import MaskLeaks, find_mask_leaks, in_words
from assent.operations.audit_register import Register, Run, Sort, announce
from assent.operations.ledger import open_ledger
from assent.operations.snapshots import find_snapshot
from assent.operations.verify import verify_folder
from assent.operations.workspace import Workspace
from assent.snapshot.reader import open_snapshot
from assent.storage.files import write_durably
from assent.vocabulary.instants import format_instant

Clock = Callable[[], datetime]
FORMAT: Final = "assent-snapshot-audit-v1"
NEVER_RUN: Final = (
    "names that the platform does not know, in words that no rule describes: nobody counted them",
    "whether texts were masked by the very same code: `assent replay` shows that",
    "copies of the snapshot that left this machine",
)


@dataclass(frozen=True, slots=True)
class AuditedSnapshot:
    """An audit of a snapshot that was run and kept.

    Args:
        leaks: None where nothing is masked, or it may not be read any more; `why` says which.
        not_run: what was not looked at, and why.
    """

    snapshot: str
    verified: SnapshotReport
    leaks: MaskLeaks | None
    why: str
    not_run: tuple[str, ...]
    said: str
    run: Run
    report: Path
    page: Path

    def require(self) -> None:
        """The snapshot verifies.

        Raises:
            EvidenceError: it does not.
        """
        self.verified.require()


def run_snapshot_audit(
    workspace: Workspace,
    named: str,
    *,
    clock: Clock,
    sample: int | None = None,
    progress: Callable[[str, int, int], None] = lambda _what, _done, _total: None,
) -> AuditedSnapshot:
    """The snapshot was verified and looked through, the report lies in the workspace, and the ledger says so.

    Args:
        sample: derive only so many decisions again.

    Raises:
        InputError: there is no such snapshot.
    """
    folder = find_snapshot(workspace, named)
    verified = verify_folder(folder, workspace=workspace, sample=sample, progress=progress)
    leaks, why = _leaks(workspace, folder, clock)
    not_run = _not_run(verified, leaks, why)
    said = _sentence(verified, leaks)
    at = clock()
    document: dict[str, Any] = {
        "format": FORMAT,
        "snapshot": folder.name,
        "at": format_instant(at),
        "verification": verified.to_json(),
        "redaction": {"not_run": why} if leaks is None else leaks.to_json(),
        "not_run": list(not_run),
    }
    register = Register.of(workspace)
    run = register.keep(Sort.SNAPSHOT, folder.name, at, report=document, ok=verified.ok, said=said)
    report = register.folder / run.report
    page = CheckedPage(
        f"Data set {folder.name}", said, verified.ok, at, (_checks(verified), _masks(leaks, why)), not_run, _LIMITS
    )
    write_durably(report.with_suffix(".html"), write_checked_page(page).encode())
    with open_ledger(workspace, clock=clock) as ledger:
        announce(ledger, run, clock())
    return AuditedSnapshot(folder.name, verified, leaks, why, not_run, said, run, report, report.with_suffix(".html"))


_LIMITS: Final = (
    "The rate of what masking left behind is a floor: what no rule describes and nobody knows is not counted.",
    "Decisions are right under the rules they were made under; whether the rules are right is for people to judge.",
)


def _leaks(workspace: Workspace, folder: Path, clock: Clock) -> tuple[MaskLeaks | None, str]:
    try:
        with open_snapshot(folder, ledger=workspace.ledger_folder, clock=clock) as reader:
            found = find_mask_leaks(workspace, reader)
    except AssentError as error:
        return None, f"the snapshot is not read any more: {error.message}"
    return found, "" if found is not None else "the rules mask nothing"


def _not_run(verified: SnapshotReport, leaks: MaskLeaks | None, why: str) -> tuple[str, ...]:
    found = [f"{each.name}: {each.detail}" for each in verified.checks if each.passed is None]
    if verified.compared < verified.records:
        found.append(f"decisions: {verified.records - verified.compared:,} of {verified.records:,} not derived again")
    if leaks is None:
        found.append(f"what masking left behind: {why}")
    elif leaks.unseen:
        found.append(f"what only the tagger finds was not looked for again: {', '.join(leaks.unseen)}")
    return (*found, *NEVER_RUN)


def _sentence(verified: SnapshotReport, leaks: MaskLeaks | None) -> str:
    if not verified.ok:
        failed = next((each.name for each in verified.checks if each.passed is False), "its decisions")
        return f"This data set is not what it says: {failed}. Stop using it."
    if not verified.compared:
        return "This data set was removed, as the ledger says; nothing of it is left to derive again."
    whole = "every decision" if verified.compared == verified.records else f"{verified.compared:,} decisions"
    left = "" if leaks is None else f"; masking left something in {in_words(leaks)}"
    return f"This data set holds: {whole} came out the same when derived again{left}."


def _checks(verified: SnapshotReport) -> Any:
    says = "Everything was derived again from ledger, rules and records, by code that the builder does not share."
    return sheet("Verification", says, ("Check", "Result", "Detail"),
                 [(each.name, each.passed, each.detail) for each in verified.checks])  # fmt: skip


def _masks(leaks: MaskLeaks | None, why: str) -> Any:
    says = "Texts as readers get them, searched once more for what the rules mask: by form, and for known people."
    if leaks is None:
        return sheet("What masking left behind", f"Not looked for: {why}.", (), ())
    rows: list[tuple[str, object]] = [("texts", leaks.rows), ("texts with something left", leaks.leaking)]
    rows += [(f"left: {name}", number) for name, number in leaks.by_type.items()]
    return sheet("What masking left behind", f"{says} {in_words(leaks)}.", ("What", "Number"), rows)
