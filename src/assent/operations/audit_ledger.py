"""An audit of the ledger: every entry checked again, who was told, what was objected, and which clocks have run out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from assent.audit.bundle.checked import CheckedPage, Sheet, sheet, write_checked_page
from assent.audit.ledger import LedgerReport
from assent.operations.audit_overdue import overdue_of
from assent.operations.audit_register import Register, Run, Sort, announce
from assent.operations.figures import Figures, figures_of
from assent.operations.notices import Coverage, coverage
from assent.operations.platform import Platform, open_platform
from assent.operations.verify import verify_ledger_folder
from assent.operations.workspace import Workspace
from assent.storage.files import write_durably
from assent.vocabulary.instants import format_instant

Clock = Callable[[], datetime]
FORMAT: Final = "assent-ledger-audit-v1"
TARGET: Final = "ledger"
NEVER_RUN: Final = (
    "whether witnesses saw the same log: `assent verify --witness` asks them",
    "whether events were recorded that somebody should have recorded: a log cannot show what nobody told it",
)


@dataclass(frozen=True, slots=True)
class Clocks:
    """What was asked of the platform, and how it stands.

    Args:
        notices: of each notice that a use of the pack asks for, who was told.
        overdue: objections and claims that should have been answered by now.
    """

    figures: Figures
    notices: tuple[Coverage, ...]
    overdue: int

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "members": self.figures.members,
            "objections": [asdict(each) for each in self.figures.objections],
            "overdue": self.overdue,
            "median_days_to_decision": self.figures.median_days,
            "claims": asdict(self.figures.claims),
            "take_backs": {"asked": self.figures.takebacks_asked, "done": self.figures.takebacks_done},
            "erasures": {"asked": self.figures.erasures_asked, "done": self.figures.erasures_done},
            "notices": [each.to_json() for each in self.notices],
        }


@dataclass(frozen=True, slots=True)
class AuditedLedger:
    """An audit of the ledger that was run and kept."""

    verified: LedgerReport
    clocks: Clocks
    said: str
    run: Run
    report: Path
    page: Path

    def require(self) -> None:
        """The ledger verifies.

        Raises:
            EvidenceError: it does not.
        """
        self.verified.require()


def read_clocks(platform: Platform) -> Clocks:
    """Who was told, what was objected to, and what should have been answered."""
    notices = sorted({each.notice for each in platform.pack.purposes.values() if each.notice is not None})
    late = overdue_of(platform).total()
    return Clocks(figures_of(platform), tuple(coverage(platform, each) for each in notices), late)


def run_ledger_audit(
    workspace: Workspace,
    *,
    clock: Clock,
    progress: Callable[[str, int, int], None] = lambda _what, _done, _total: None,
) -> AuditedLedger:
    """The workspace's ledger was verified and counted, the report lies in the workspace, and the ledger says so.

    Raises:
        InputError: there is no ledger or no key.
    """
    verified = verify_ledger_folder(workspace.ledger_folder, progress=progress)
    with open_platform(workspace, clock=clock) as platform:
        clocks = read_clocks(platform)
        at = clock()
        said = _sentence(verified, clocks)
        document = {
            "format": FORMAT,
            "at": format_instant(at),
            "verification": verified.to_json(),
            "clocks": clocks.to_json(),
            "not_run": list(NEVER_RUN),
        }
        register = Register.of(workspace)
        run = register.keep(Sort.LEDGER, TARGET, at, report=document, ok=verified.ok, said=said)
        report = register.folder / run.report
        sheets = (_checks(verified), _told(clocks), _asked(clocks), _done(clocks))
        page = CheckedPage("The ledger", said, verified.ok, at, sheets, NEVER_RUN)
        write_durably(report.with_suffix(".html"), write_checked_page(page).encode())
        announce(platform.ledger, run, clock())
    return AuditedLedger(verified, clocks, said, run, report, report.with_suffix(".html"))


def _sentence(verified: LedgerReport, clocks: Clocks) -> str:
    if not verified.ok:
        failed = next((each.name for each in verified.checks if not each.passed), "its events")
        return f"The ledger is not what it says: {failed}. Stop using it."
    late = {0: "no answer is overdue", 1: "one answer is overdue"}.get(
        clocks.overdue, f"{clocks.overdue:,} answers are overdue"
    )
    return f"The ledger holds: {verified.agrees:,} events are what was recorded; {late}."


def _checks(verified: LedgerReport) -> Sheet:
    says = "Every entry was read again and held against what the log's key signed."
    rows = [(each.name, each.passed, each.detail) for each in verified.checks]
    return sheet("Verification", says, ("Check", "Result", "Detail"), rows)


def _told(clocks: Clocks) -> Sheet:
    says = "Whom the ledger says were told, in the app or by mail that did not come back."
    rows = [
        (each.notice, each.members, each.told, f"{each.told / each.members:.0%}" if each.members else "—")
        for each in clocks.notices
    ]
    return sheet("Notices and who was told", says, ("Notice", "Members", "Told", "Share"), rows)


def _asked(clocks: Clocks) -> Sheet:
    rows = [
        (str(each.purpose), each.received, each.open, each.upheld, each.rejected, each.withdrawn)
        for each in clocks.figures.objections
    ]
    days = clocks.figures.median_days
    took = "No objection was decided yet." if days is None else f"Half were decided within {days:.1f} days."
    says = f"{took} Not answered in time: {clocks.overdue}."
    heads = ("Use", "Received", "Open", "Upheld", "Rejected", "Withdrawn")
    return sheet("Objections and clocks", says, heads, rows)


def _done(clocks: Clocks) -> Sheet:
    figures = clocks.figures
    rows = (
        ("take-backs", figures.takebacks_asked, figures.takebacks_done),
        ("erasures", figures.erasures_asked, figures.erasures_done),
    )
    return sheet("Take-backs and erasures", "", ("What", "Asked", "Done"), rows)
