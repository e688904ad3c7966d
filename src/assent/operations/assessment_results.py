"""Results of assessments that members chose to keep.

As any record of theirs they have verdicts, stand under My data, are left out, taken back, and erased. Hirers see one
only where its owner permits `show_assessments` at that moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from assent.errors import InputError, RefusedError
from assent.features.learning.assessments import CATEGORY, AssessmentResult, read_result
from assent.operations.items import Items
from assent.operations.platform import Platform
from assent.operations.results_table import Rows, change_rows, rows_of
from assent.operations.workspace import Workspace
from assent.vocabulary.identifiers import Category, MemberId, RecordId
from assent.vocabulary.records import Record
from assent.vocabulary.tables import RECORD_SCHEMA

SHOWN: Final = "show_assessments"
MOST_KEPT: Final = 100
"""Of one member."""
MOST_SHOWN: Final = 3
"""Of one member, to a hirer."""
_VISIBILITY: Final = "private"


@dataclass(frozen=True, slots=True)
class Kept:
    """A result that its owner keeps."""

    record: RecordId
    result: AssessmentResult

    @property
    def said(self) -> str:
        """The result in words, with what it is of and when."""
        return f"{self.result.label}: {self.result.said}; {self.result.taken_at:%Y-%m-%d}"


def keep_result(workspace: Workspace, member: MemberId, result: AssessmentResult) -> Kept:
    """The result is a record of the member's. The same questions count once: what was kept first stays.

    Raises:
        RefusedError: these questions were answered and kept before, or too many results are kept.
    """
    sitting = f"{member} {result.subject} {result.seed} {result.taxonomy}"
    record = RecordId(f"assessment-{sha256(sitting.encode()).hexdigest()[:24]}")
    kept = Kept(record, result)
    row = dict.fromkeys(RECORD_SCHEMA.names) | {
        "id": record,
        "category": CATEGORY,
        "author": member,
        "subjects": [],
        "created_at": result.taken_at,
        "visibility": _VISIBILITY,
        # In words first: that is what the owner sees of it under My data.
        "text": f"{kept.said}\n{result.to_json()}",
    }

    def added(own: Rows) -> Rows:
        if any(each["id"] == record for each in own):
            raise RefusedError("a result of these questions is kept already", hint="take other questions")
        if len(own) >= MOST_KEPT:
            raise RefusedError(f"`{MOST_KEPT}` results are kept already", hint="delete one of them first")
        return [*own, row]

    change_rows(workspace, member, added)
    return kept


def results_of(workspace: Workspace, member: MemberId) -> tuple[Kept, ...]:
    """What the member keeps, the newest first."""
    kept = [
        Kept(RecordId(each["id"]), read_result(each["text"].rpartition("\n")[2])) for each in rows_of(workspace, member)
    ]
    return tuple(sorted(kept, key=lambda each: (each.result.taken_at, each.record), reverse=True))


def delete_result(workspace: Workspace, member: MemberId, record: str) -> None:
    """No file of results has it any more; a snapshot that was made with it has it until the next build or take-back.

    Raises:
        InputError: the member keeps none of that name.
    """

    def without(own: Rows) -> Rows:
        left = [each for each in own if each["id"] != record]
        if len(left) == len(own):
            raise InputError("you keep no such result", hint="the page lists those you keep")
        return left

    change_rows(workspace, member, without)


def shown_results(platform: Platform, items: Items, members: Sequence[MemberId]) -> Mapping[MemberId, tuple[str, ...]]:
    """What hirers may see beside these members at this moment, in words, the newest first."""
    if SHOWN not in platform.pack.purposes:
        return {}
    kept = {member: results_of(platform.workspace, member) for member in dict.fromkeys(members)}
    records = [_record(member, each) for member, own in kept.items() for each in own]
    permitted = items.permitted(records, SHOWN) if records else frozenset()
    told = {member: tuple(each.said for each in own if each.record in permitted) for member, own in kept.items()}
    return {member: said[:MOST_SHOWN] for member, said in told.items() if said}


def _record(member: MemberId, kept: Kept) -> Record:
    return Record(kept.record, Category(CATEGORY), member, created_at=kept.result.taken_at, visibility=_VISIBILITY)
