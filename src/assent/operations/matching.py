"""Which records are about somebody who is no member: looked for by a reviewer, and attached to their objection.

Nobody is matched by a machine alone: a name is not a person. What a reviewer attaches is left out from that moment,
under the pseudonym of the person (`record.excluded`, by `objection`), and goes with their objection from then on.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pyarrow as pa

from assent.desk.objections import Case
from assent.engines import Engine, open_duckdb
from assent.errors import InputError, RefusedError
from assent.gate.lookup import find, find_saying, find_texts
from assent.gate.members import records_by, records_naming
from assent.operations.casework import take_step
from assent.operations.objections import purpose_of, staff_move, standing
from assent.operations.platform import Platform
from assent.operations.sources import open_entry
from assent.operations.workspace import Workspace
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import MemberId, RecordId
from assent.vocabulary.tables import RecordTable

MOST_FOUND: Final = 50
MOST_ATTACHED: Final = 1_000

_EXCERPT = 240
_LEAST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Found:
    """A record that may be about the person.

    Args:
        why: how it was found: `id`, `author`, `named` or `text`.
        excerpt: the beginning of its text, or what stands around the words looked for.
    """

    id: RecordId
    author: str | None
    category: str | None
    why: str
    excerpt: str


def find_records(platform: Platform, purpose: str, wanted: str) -> list[Found]:
    """Records with this id, by this author, that list them, or whose text has these words; at most fifty of each.

    Only such as the purpose could use at all: nobody reads a private message to weigh an objection.

    Raises:
        InputError: nothing to look for, or no source to look in.
    """
    words = wanted.strip()
    if len(words) < _LEAST_WORDS or "\x00" in words:
        raise InputError("there is too little to look for", hint="give an id, a member's id, or words of the text")
    scope = purpose_of(platform, purpose).scope
    with _sources(platform.workspace) as (engine, tables):
        hits: dict[RecordId, str] = {}
        for ident in find_saying(engine, tables, words, within=scope, most=MOST_FOUND):
            hits[ident] = "text"
        for appearance in records_naming(engine, tables, MemberId(words))[:MOST_FOUND]:
            hits[appearance.record] = "named"
        for ident in records_by(engine, tables, MemberId(words))[:MOST_FOUND]:
            hits[ident] = "author"
        if find(engine, tables, [RecordId(words)]):
            hits[RecordId(words)] = "id"
        records = find(engine, tables, list(hits)) if hits else {}
        texts = find_texts(engine, tables, pa.array(list(hits), pa.string())) if hits else {}
    return [
        Found(ident, record.author, record.category, hits[ident], _excerpt(texts[ident].text or "", words))
        for ident, record in sorted(records.items())
        if record.category in scope
    ]


def attach_records(platform: Platform, ident: str, *, records: Sequence[str], by: str) -> Case:
    """These records are the person's, as far as their objection goes, and nobody uses them from now on.

    Raises:
        InputError: no source holds one of them, or they are too many.
        RefusedError: the objection is a member's, whose records are known, or was rejected or withdrawn.
    """
    case = _of_nobody(platform, ident)
    new = [RecordId(each) for each in dict.fromkeys(records) if each and each not in case.records]
    if not new:
        return case
    if len(new) + len(case.records) > MOST_ATTACHED:
        raise InputError(f"these are more than {MOST_ATTACHED} records", hint="attach them in several objections")
    with _sources(platform.workspace) as (engine, tables):
        held = find(engine, tables, new)
    if missing := [each for each in new if each not in held]:
        raise InputError(f"no source holds a record `{missing[0][:80]}`", hint="nothing was attached; look it up first")
    return _step(platform, case, "matched", EventType.RECORD_EXCLUDED, new, [*case.records, *new], by)


def detach_records(platform: Platform, ident: str, *, records: Sequence[str], by: str) -> Case:
    """These records are not the person's after all."""
    case = _of_nobody(platform, ident)
    gone = [RecordId(each) for each in dict.fromkeys(records) if each in case.records]
    if not gone:
        return case
    return _step(
        platform, case, "unmatched", EventType.RECORD_INCLUDED, gone, [e for e in case.records if e not in gone], by
    )


def _step(  # noqa: PLR0917 - what a step is
    platform: Platform,
    case: Case,
    step: str,
    kind: EventType,
    records: Sequence[RecordId],
    after: Sequence[RecordId],
    by: str,
) -> Case:
    move = staff_move(platform, case, step, by, words=str(len(records)), changes={"records": json.dumps(list(after))})
    events = [Event(kind, move.at, case.person, record, by="objection") for record in records]
    return take_step(platform, case, replace(move, events=(*events, *move.events)))


def _of_nobody(platform: Platform, ident: str) -> Case:
    case = standing(platform, ident)
    if case.is_member:
        raise RefusedError("this is a member's, and the sources say which records are theirs")
    if case.state in {"rejected", "withdrawn", "not-confirmed"}:
        raise RefusedError("this is over, so no records belong to it", hint="an appeal opens it again")
    return case


@contextmanager
def _sources(workspace: Workspace) -> Iterator[tuple[Engine, tuple[RecordTable, ...]]]:
    tables = tuple(table for name in sorted(workspace.sources) for table in open_entry(workspace, name).tables)
    if not tables:
        raise InputError("there is no source to look in", hint="add one with `assent source add`")
    with tempfile.TemporaryDirectory(prefix="assent-matching-") as folder:
        engine = open_duckdb(
            memory_mib=workspace.number("build.memory_mib"),
            threads=workspace.number("build.threads"),
            folder=Path(folder),
        )
        try:
            yield engine, tables
        finally:
            engine.close()


def _excerpt(text: str, words: str) -> str:
    place = max(text.lower().find(words.lower()) - _EXCERPT // 3, 0)
    part = text[place : place + _EXCERPT]
    return ("…" if place else "") + part + ("…" if place + _EXCERPT < len(text) else "")
