"""Cases as JSON Lines: one question a line, one answer a line, in the same order.

A case carries everything its verdict depends on, so that anybody can put a question to a pack without a
ledger or a platform. What cannot be read is answered with an error and the rest go on; an instant that
cannot be read is never guessed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from assent.errors import InputError
from assent.ledger import fold_exclusions, fold_member
from assent.policy.evaluate import judge
from assent.policy.pack import Pack
from assent.vocabulary.events import FIELDS, Event, EventType, parse_event
from assent.vocabulary.identifiers import Category, MemberId, PurposeName, RecordId, Role
from assent.vocabulary.instants import parse_instant
from assent.vocabulary.reasons import from_mask
from assent.vocabulary.records import NO_SIGNALS, Case, Judgment, Record, Signals, Subject
from assent.vocabulary.state import EVERYWHERE, Hold, MemberState

_ALWAYS = datetime.min.replace(tzinfo=UTC)
_MAX_LINE_BYTES = 4 << 20

History = list[tuple[int, Event]]
"""A person's events with their positions."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the pack says of one line. Exactly one of `judgment` and `error` is there."""

    id: Any
    judgment: Judgment | None = None
    error: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The answer as one JSON object."""
        if self.judgment is None:
            return {"id": self.id, "error": self.error}
        return {
            "id": self.id,
            "allowed": not self.judgment.mask,
            "reasons": [reason.label for reason in from_mask(self.judgment.mask)],
            "masks": list(self.judgment.masks),
        }


def answer_lines(pack: Pack, lines: Iterable[bytes]) -> Iterator[Answer]:
    """An answer for every line that is not blank."""
    for line in lines:
        stripped = line.removeprefix(b"\xef\xbb\xbf").strip()
        if stripped:
            yield _answer(pack, stripped)


def _answer(pack: Pack, line: bytes) -> Answer:
    name: Any = None
    try:
        document = _document(line)
        name = document.get("id")
        if not isinstance(name, str | int) or isinstance(name, bool):
            name = None
            raise InputError("`id` is missing or neither text nor number")
        return Answer(name, judge(pack, parse_case(document)))
    except InputError as error:
        return Answer(name, error=error.message)


def _document(line: bytes) -> Mapping[str, Any]:
    if len(line) > _MAX_LINE_BYTES:
        raise InputError(f"the case is longer than {_MAX_LINE_BYTES} bytes")
    try:
        document = json.loads(line.decode("utf-8"), object_pairs_hook=_without_repeats)
    except UnicodeDecodeError:
        raise InputError("the line is no UTF-8 text") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"the line is no JSON: {' '.join(str(error).split())}") from None
    if not isinstance(document, dict):
        raise InputError("the line is no JSON object")
    return document


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object; a key given twice would let the last one hide the first, so it is refused."""
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("an object gives a key twice")
    return fields


def parse_case(document: Mapping[str, Any]) -> Case:
    """The case that a JSON object states.

    Raises:
        InputError: an instant, event or value cannot be read, or purpose, moment or record is missing.
    """
    purpose = document.get("purpose")
    if not isinstance(purpose, str):
        raise InputError("`purpose` is missing or no text")
    at = parse_instant(document.get("at"), field="at")
    fields = _object(document.get("record"), "record")
    if fields is None:
        raise InputError("`record` is missing")
    member = _object(document.get("member"), "member")
    author, events = _person(member, at, default="author")
    subjects = [_subject(entry, at) for entry in _list(fields.get("subjects"), "subjects")]
    # Whoever excluded the record, it is excluded; each person takes back their own exclusion only.
    histories = [events, *(theirs for _, _, theirs in subjects)]
    excluded = any(_excludes(history, fields, at) for history in histories)
    return Case(
        purpose=PurposeName(purpose),
        at=at,
        author=author,
        record=_record(fields, tuple(subject for subject, _, _ in subjects), excluded=excluded),
        others=tuple(state for _, state, _ in subjects),
        holds=tuple(_hold(entry) for entry in _list(document.get("holds"), "holds")),
        parent_allowed=_parent_allowed(fields),
    )


def _person(member: Mapping[str, Any] | None, at: datetime, *, default: str) -> tuple[MemberState | None, History]:
    """The person's state at that moment and their events; facts given beside the events come before all of them."""
    if member is None:
        return None, []
    name = member.get("id")
    member_id = MemberId(name if isinstance(name, str) and name else default)
    facts = [
        Event(EventType.MEMBER_JOINED, _ALWAYS, member_id),
        Event(EventType.MEMBER_REGION, _ALWAYS, member_id, value=_optional_text(member.get("region"))),
        Event(EventType.MEMBER_BIRTH_DATE, _ALWAYS, member_id, value=_optional_text(member.get("birth_date"))),
    ]
    said = [_event(entry, member_id) for entry in _list(member.get("events"), "events")]
    events = list(enumerate([*facts, *said]))
    return fold_member(events, at=at, size=len(events)), events


def _event(entry: object, member: MemberId) -> Event:
    fields = _object(entry, "event") or {}
    kind = fields.get("type")
    if not isinstance(kind, str) or kind not in set(EventType):
        raise InputError(f"unknown event type `{kind}`")
    shape = FIELDS[EventType(kind)]
    if not shape.member:
        raise InputError(f"`{kind}` is no event of a member")
    known = {"type", "effective_at", "recorded_at", shape.key, shape.value}
    return parse_event({key: value for key, value in fields.items() if key in known}, member=member)


def _excludes(history: History, record: Mapping[str, Any], at: datetime) -> bool:
    """Whether this person's last word on the record is that it stays out."""
    name = _optional_text(record.get("id")) or ""
    return name in fold_exclusions(history, at=at, size=len(history))


def _subject(entry: object, at: datetime) -> tuple[Subject, MemberState | None, History]:
    fields = _object(entry, "subject") or {}
    role = fields.get("role")
    if not isinstance(role, str) or not role:
        raise InputError("a subject has no `role`")
    member = _object(fields.get("member"), "subject's member")
    state, history = _person(member, at, default="subject")
    name = member.get("id") if member else None
    return Subject(Role(role), MemberId(name) if isinstance(name, str) else None), state, history


def _record(fields: Mapping[str, Any], subjects: tuple[Subject, ...], *, excluded: bool) -> Record:
    created = fields.get("created_at")
    category, name = fields.get("category"), _optional_text(fields.get("id")) or ""
    flag = fields.get("excluded")
    if flag is not None and not isinstance(flag, bool):
        raise InputError(f"`excluded` is neither true nor false: `{flag}`")
    return Record(
        id=RecordId(name),
        category=Category(category) if isinstance(category, str) else None,
        author=None,
        subjects=subjects,
        created_at=None if created is None else parse_instant(created, field="created_at"),
        visibility=_optional_text(fields.get("visibility")),
        excluded=bool(flag) or excluded,
        signals=_signals(_object(fields.get("signals"), "signals")),
        context=frozenset(flag for flag in _list(fields.get("context"), "context") if isinstance(flag, str)),
    )


def _signals(fields: Mapping[str, Any] | None) -> Signals:
    if not fields:
        return NO_SIGNALS
    cawg = fields.get("cawg")
    return Signals(
        aipref=_optional_text(fields.get("aipref")),
        tdm_reservation=fields.get("tdm_reservation"),
        cawg=cawg if isinstance(cawg, dict) else None,
    )


def _parent_allowed(fields: Mapping[str, Any]) -> bool | None:
    parent = _object(fields.get("parent"), "parent")
    if parent is None:
        return True
    allowed = parent.get("allowed")
    return allowed if isinstance(allowed, bool) else None


def _hold(entry: object) -> Hold:
    fields = _object(entry, "hold") or {}
    purpose, region = fields.get("purpose"), fields.get("region")
    if not isinstance(purpose, str):
        raise InputError("a hold names no `purpose`")
    if region is not None and not isinstance(region, str):
        raise InputError(f"a hold's `region` is no text: `{region}`")
    since, until = fields.get("from"), fields.get("until")
    return Hold(
        PurposeName(purpose),
        region or EVERYWHERE,
        None if since is None else parse_instant(since, field="hold's from"),
        None if until is None else parse_instant(until, field="hold's until"),
    )


def _object(value: object, name: str) -> Mapping[str, Any] | None:
    if value is None or isinstance(value, dict):
        return value
    raise InputError(f"`{name}` is no JSON object")


def _list(value: object, name: str) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, list):
        return value
    raise InputError(f"`{name}` is no JSON array")


def _optional_text(value: object) -> str | None:
    return value if isinstance(value, str) else None
