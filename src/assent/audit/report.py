"""What a verification found: one outcome, and beside it every check with what it saw."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from assent.errors import AssentError, EvidenceError

SHOWN_DIFFERENCES = 20


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Args:
        passed: None when it was not checked.
        detail: what was seen, or why it was not looked at; one line.
    """

    name: str
    passed: bool | None
    detail: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A record whose decision or row is not what the rules give."""

    record: str
    what: str

    def __str__(self) -> str:
        return f"{self.record}: {self.what}"


class Checking:
    """What adds checks to a report."""

    __slots__ = ()
    checks: list[Check]

    def skip(self, name: str, why: str) -> None:
        """The report says that this was not checked."""
        self.checks.append(Check(name, None, why))

    @contextmanager
    def checking(self, name: str) -> Iterator[Seen]:
        """The report says whether the block ended without finding something wrong."""
        seen = Seen()
        try:
            yield seen
        except EvidenceError as error:
            self.checks.append(Check(name, False, error.message))
        except (AssentError, OSError) as error:
            self.checks.append(Check(name, False, " ".join(str(error).split())))
        else:
            self.checks.append(Check(name, True, seen.detail))


@dataclass(slots=True)
class SnapshotReport(Checking):
    """A snapshot, checked.

    Args:
        records: how many were decided; `compared` of them were derived again.
        agrees: the decision, and the row of an allowed one, are what the rules give.
        erased: they rest on an event that was erased, so nobody can say any more.
        differences: the first of those that differ.
    """

    snapshot: str
    records: int = 0
    compared: int = 0
    agrees: int = 0
    differs: int = 0
    erased: int = 0
    checks: list[Check] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Nothing that was checked failed, and something was checked."""
        return bool(self.checks) and not self.differs and all(each.passed is not False for each in self.checks)

    @property
    def complete(self) -> bool:
        """Everything there is to check was checked, of every record."""
        return self.ok and self.compared == self.records and all(each.passed for each in self.checks)

    def require(self) -> None:
        """Nothing failed.

        Raises:
            EvidenceError: something did; the checks say what.
        """
        if not self.ok:
            failed = [each.name for each in self.checks if each.passed is False]
            what = ", ".join(failed) or f"{self.differs} decisions"
            raise EvidenceError(f"`{self.snapshot}` does not verify: {what}", hint="stop using it and tell a person")

    def differ(self, record: str, what: str) -> None:
        """The report counts a record that differs, and shows the first few."""
        self.differs += 1
        if len(self.differences) < SHOWN_DIFFERENCES:
            self.differences.append(Difference(record, what))

    def to_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {
            "snapshot": self.snapshot,
            "ok": self.ok,
            "complete": self.complete,
            "records": self.records,
            "compared": self.compared,
            "agrees": self.agrees,
            "differs": self.differs,
            "erased": self.erased,
            "checks": [{"name": each.name, "passed": each.passed, "detail": each.detail} for each in self.checks],
            "differences": [{"record": each.record, "what": each.what} for each in self.differences],
        }


@dataclass(slots=True)
class StoredReport(Checking):
    """Something that was sealed, checked as it lies there: a model, or a certificate."""

    name: str
    checks: list[Check] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Nothing that was checked failed, and something was checked."""
        return any(each.passed for each in self.checks) and all(each.passed is not False for each in self.checks)

    def require(self) -> None:
        """Nothing failed.

        Raises:
            EvidenceError: something did; the checks say what.
        """
        if not self.ok:
            what = ", ".join(each.name for each in self.checks if each.passed is False) or "nothing could be checked"
            raise EvidenceError(f"`{self.name}` does not verify: {what}", hint="stop relying on it and tell a person")

    def to_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        checks = [{"name": each.name, "passed": each.passed, "detail": each.detail} for each in self.checks]
        return {"name": self.name, "ok": self.ok, "checks": checks}


@dataclass(slots=True)
class Seen:
    """What a check saw, in a line."""

    detail: str = ""
