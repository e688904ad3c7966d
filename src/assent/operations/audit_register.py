"""Audits that were run and those that are due: a folder of reports, a list of runs, a schedule.

    <workspace>/audits/
        schedule.json               what is to be audited every so many days
        runs.jsonl                  a line for each run: what, when, what came of it, SHA-256 of its report
        <target>/<time>.json .html  the reports

The ledger has each run too (`staff.acted`, `audit.…`), with the report's digest: a report that went missing, or was
changed, is found.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from assent.errors import EvidenceError, InputError
from assent.ledger import Ledger
from assent.operations.workspace import Workspace
from assent.storage.files import explained, make_private_folder, write_durably
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.instants import format_instant, parse_instant

SCHEDULE: Final = "schedule.json"
RUNS: Final = "runs.jsonl"


class Sort(StrEnum):
    """What is audited."""

    MODEL = "model"
    SNAPSHOT = "snapshot"
    LEDGER = "ledger"
    RANKINGS = "rankings"


@dataclass(frozen=True, slots=True)
class Run:
    """An audit that was run.

    Args:
        target: a model's or snapshot's id, `ledger` or `rankings`.
        ok: nothing was found that should stop anybody.
        said: what came of it, in a sentence.
        report: the JSON file, below the folder of audits; `digest` is its SHA-256.
    """

    sort: Sort
    target: str
    at: datetime
    ok: bool
    said: str
    report: str
    digest: str


@dataclass(frozen=True, slots=True)
class Due:
    """An audit that is to be run every so many days.

    Args:
        since: when that was asked for.
        last: the last run; None where there was none.
    """

    sort: Sort
    target: str
    every_days: int
    since: datetime
    last: datetime | None = None
    ok: bool | None = None

    @property
    def next_at(self) -> datetime:
        """When it is due."""
        return self.since if self.last is None else self.last + timedelta(days=self.every_days)

    def overdue(self, now: datetime) -> bool:
        """Whether it should have been run by now."""
        return self.next_at < now


@dataclass(frozen=True, slots=True)
class Register:
    """The workspace's audits."""

    folder: Path

    @classmethod
    def of(cls, workspace: Workspace) -> Register:
        """Where the workspace keeps them."""
        return cls(workspace.root / "audits")

    def place(self, target: str, at: datetime) -> Path:
        """Where the report of a run lies, without its ending."""
        return self.folder / target / f"{at:%Y%m%dT%H%M%SZ}"

    def runs(self) -> list[Run]:
        """Every run, the oldest first.

        Raises:
            EvidenceError: the list is damaged.
        """
        try:
            lines = (self.folder / RUNS).read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        try:
            return [_run(json.loads(line)) for line in lines]
        except (ValueError, KeyError, TypeError):
            raise EvidenceError(f"`{self.folder / RUNS}` is damaged", hint="the ledger has every run too") from None

    def keep(self, sort: Sort, target: str, at: datetime, *, report: Mapping[str, Any], ok: bool, said: str) -> Run:
        """The report lies there as JSON, and the list of runs says so, durably."""
        data = (json.dumps(report, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
        path = self.place(target, at).with_suffix(".json")
        run = Run(sort, target, at, ok, said, str(path.relative_to(self.folder)), sha256(data).hexdigest())
        with self._held():
            write_durably(path, data)
            # A crash here means: a report that no run speaks of; the next run writes its own.
            with (self.folder / RUNS).open("ab") as file:
                line = asdict(run) | {"at": format_instant(run.at)}
                file.write((json.dumps(line, sort_keys=True, ensure_ascii=False) + "\n").encode())
                file.flush()
                os.fsync(file.fileno())
        return run

    def read(self, run: Run) -> Any:
        """The report of a run.

        Raises:
            EvidenceError: it is gone, or not the one that was written.
        """
        try:
            data = (self.folder / run.report).read_bytes()
        except OSError:
            raise EvidenceError(f"the report `{run.report}` is gone", hint="restore it, or audit again") from None
        if sha256(data).hexdigest() != run.digest:
            raise EvidenceError(f"the report `{run.report}` was changed after it was written", hint="audit again")
        return json.loads(data)

    def last(self, sort: Sort, target: str) -> Run | None:
        """The newest run of that target."""
        return next((each for each in reversed(self.runs()) if (each.sort, each.target) == (sort, target)), None)

    def schedule(self, sort: Sort, target: str, every_days: int, now: datetime) -> Due:
        """From now on that target is due every so many days; in place of what was asked for before."""
        with self._held():
            asked = {(each.sort, each.target): each for each in self._scheduled()}
            due = asked.get((sort, target))
            due = Due(sort, target, every_days, now) if due is None else replace(due, every_days=every_days)
            asked[sort, target] = due
            listed = [
                {"sort": each.sort, "target": each.target, "every_days": each.every_days,
                 "since": format_instant(each.since)}
                for _, each in sorted(asked.items())
            ]  # fmt: skip
            write_durably(self.folder / SCHEDULE, (json.dumps(listed, indent=1) + "\n").encode())
        return next(each for each in self.due() if (each.sort, each.target) == (sort, target))

    def due(self) -> list[Due]:
        """Every scheduled audit with its last run, that which is due first comes first."""
        runs = {(each.sort, each.target): each for each in self.runs()}
        found = []
        for each in self._scheduled():
            run = runs.get((each.sort, each.target))
            found.append(each if run is None else replace(each, last=run.at, ok=run.ok))
        return sorted(found, key=lambda each: (each.next_at, each.target))

    def _scheduled(self) -> list[Due]:
        try:
            listed = json.loads((self.folder / SCHEDULE).read_bytes())
            return [
                Due(Sort(each["sort"]), str(each["target"]), int(each["every_days"]), parse_instant(each["since"]))
                for each in listed
            ]
        except FileNotFoundError:
            return []
        except (ValueError, KeyError, TypeError):
            raise InputError(f"`{self.folder / SCHEDULE}` cannot be read", hint="schedule the audits again") from None

    @contextmanager
    def _held(self) -> Iterator[None]:
        make_private_folder(self.folder)
        with explained(self.folder), (self.folder / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def announce(ledger: Ledger, run: Run, at: datetime) -> None:
    """The ledger says that this audit was run, and under which digest its report lies."""
    about = f"{run.target} {run.digest} {'ok' if run.ok else 'failed'}"
    ledger.append([Event(EventType.STAFF_ACTED, ledger.present(at), key=f"audit.{run.sort}", value=about, by="audit")])


def days_in(span: str) -> int:
    """`30d` in days.

    Raises:
        InputError: it is no such span.
    """
    number = span.removesuffix("d")
    if not span.endswith("d") or not number.isdecimal() or not 0 < int(number) <= 3660:  # noqa: PLR2004 - ten years
        raise InputError(f"`{span}` is no number of days", hint="for example 30d")
    return int(number)


def _run(given: Mapping[str, Any]) -> Run:
    return Run(
        Sort(given["sort"]),
        str(given["target"]),
        parse_instant(given["at"]),
        bool(given["ok"]),
        str(given["said"]),
        str(given["report"]),
        str(given["digest"]),
    )
