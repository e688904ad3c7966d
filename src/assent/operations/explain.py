"""Why a record may or may not be used: found in the sources, judged now, told in words."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from assent.engines.duckdb import open_duckdb
from assent.errors import AssentError, InputError
from assent.gate.explain import Explanation, explain
from assent.gate.lookup import events_about, find_with_parents
from assent.ledger import Ledger, fold_exclusions, fold_holds, fold_member
from assent.ledger.stored import Positioned
from assent.operations.flagging import in_context, topics_in, topics_of
from assent.operations.ledger import Clock, now, open_ledger
from assent.operations.sources import open_entry
from assent.operations.workspace import Workspace
from assent.policy.evaluate import judge
from assent.policy.load import load_pack
from assent.policy.pack import Pack
from assent.vocabulary.events import Event
from assent.vocabulary.identifiers import MemberId, PurposeName, RecordId
from assent.vocabulary.records import Case, Record, Verdict
from assent.vocabulary.state import MemberState


@dataclass(frozen=True, slots=True)
class ExplainedRecord:
    """A record, its verdict, and why.

    Args:
        erased: nothing is known of the author because they were erased, as the suppression list shows.
    """

    record: Record
    verdict: Verdict
    explanation: Explanation
    erased: bool = False


def explain_record(
    workspace: Workspace,
    ident: str,
    *,
    purpose: str,
    pack: str | Path | None = None,
    at: datetime | None = None,
    clock: Clock = now,
) -> ExplainedRecord:
    """The verdict on one record as of that moment and everything the ledger knows, with its causes.

    Raises:
        InputError: no source holds the record, or there is no ledger, pack or source.
    """
    rules = load_pack(pack or workspace.pack)
    tables = tuple(table for name in sorted(workspace.sources) for table in open_entry(workspace, name).tables)
    if not tables:
        raise InputError("this workspace has no source", hint="add one with `assent source add`")
    with (
        open_ledger(workspace, clock=clock, read_only=True) as ledger,
        tempfile.TemporaryDirectory(prefix="assent-explain-") as folder,
    ):
        engine = open_duckdb(
            memory_mib=workspace.number("build.memory_mib"),
            threads=workspace.number("build.threads"),
            folder=Path(folder),
        )
        try:
            records = find_with_parents(engine, tables, RecordId(ident))
            asked = rules.purposes.get(PurposeName(purpose))
            if asked is not None:
                spoken_of = topics_in(engine, tables, records, topics_of(asked))
                records = {known: in_context(record, spoken_of, asked) for known, record in records.items()}
            size = ledger.size
            columns = ledger.columns(size=size)
            flags = {known: events_about(engine, columns, known) for known in records}
        finally:
            engine.close()
        if RecordId(ident) not in records:
            raise InputError(f"no source holds a record `{ident}`", hint="`assent source list` shows the sources")
        desk = _Desk(ledger, rules, PurposeName(purpose), at or ledger.present(clock()), size, records, flags)
        case = desk.case(records[RecordId(ident)])
        author = records[RecordId(ident)].author
        said = [*(ledger.events_of(author, size=size) if author else ()), *desk.flagged(RecordId(ident))]
        erased = author is not None and _was_erased(ledger, author)
    readable = [(seq, event) for seq, event in dict(said).items() if isinstance(event, Event)]
    explanation = explain(rules, case, readable)
    verdict = Verdict.of(explanation.judgment, pack_digest=rules.digest, as_of=case.at, ledger_size=size)
    return ExplainedRecord(case.record, verdict, explanation, erased)


def _was_erased(ledger: Ledger, member: str) -> bool:
    """Whether the suppression list says so; where it cannot be read, nobody is said to have been erased."""
    try:
        return bool(ledger.suppressed([member]))
    except AssentError:
        return False


@dataclass(slots=True)
class _Desk:
    """Puts cases together for a handful of records."""

    ledger: Ledger
    pack: Pack
    purpose: PurposeName
    at: datetime
    size: int
    records: dict[RecordId, Record]
    flags: dict[RecordId, list[int]]

    def case(self, record: Record, above: frozenset[RecordId] = frozenset()) -> Case:
        """The case of a record; its parents are judged first."""
        if record.id in fold_exclusions(self.flagged(record.id), at=self.at, size=self.size):
            record = replace(record, excluded=True)
        return Case(
            self.purpose,
            self.at,
            self._state(record.author),
            record,
            tuple(self._state(subject.member) for subject in record.subjects),
            fold_holds(self.ledger.system_events(size=self.size), at=self.at, size=self.size),
            self._parent_allowed(record, above | {record.id}),
        )

    def flagged(self, ident: RecordId) -> list[Positioned]:
        """Who excluded or included the record."""
        return [found for seq in self.flags.get(ident, ()) for found in self.ledger.events(seq, seq + 1)]

    def _parent_allowed(self, record: Record, above: frozenset[RecordId]) -> bool | None:
        if record.parent is None:
            return True
        if record.parent in above:
            return False  # a circle of reposts has no original
        parent = self.records.get(record.parent)
        return None if parent is None else not judge(self.pack, self.case(parent, above)).mask

    def _state(self, member: MemberId | None) -> MemberState | None:
        if member is None:
            return None
        return fold_member(self.ledger.events_of(member, size=self.size), at=self.at, size=self.size)
