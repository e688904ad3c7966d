"""What people, staff and the system itself say: the events of the ledger.

An event has one JSON form with named fields, used in files, on the command line and, in canonical
form, under the hash. Inside, every type shares the same two slots: `key` (which setting, purpose,
notice, record or artefact it is about) and `value` (what is now the case). `FIELDS` maps one to the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from assent.errors import InputError
from assent.vocabulary.identifiers import MemberId
from assent.vocabulary.instants import format_instant, parse_instant


class EventType(StrEnum):
    """Every type the ledger takes. New ones are added at the end: a type's place is stored with mirrored events."""

    MEMBER_JOINED = "member.joined"
    MEMBER_REGION = "member.region"
    MEMBER_BIRTH_DATE = "member.birth_date"
    SETTING_CHANGED = "setting.changed"
    OBJECTION_RECEIVED = "objection.received"
    OBJECTION_DECIDED = "objection.decided"
    OBJECTION_WITHDRAWN = "objection.withdrawn"
    NOTICE_PUBLISHED = "notice.published"
    NOTICE_DELIVERED = "notice.delivered"
    RECORD_EXCLUDED = "record.excluded"
    RECORD_INCLUDED = "record.included"
    TAKEBACK_REQUESTED = "takeback.requested"
    ACCOUNT_CLOSED = "account.closed"
    ERASURE_REQUESTED = "erasure.requested"
    ERASURE_COMPLETED = "erasure.completed"
    HOLD_PLACED = "hold.placed"
    HOLD_LIFTED = "hold.lifted"
    PACK_PUBLISHED = "pack.published"
    SNAPSHOT_SEALED = "snapshot.sealed"
    SNAPSHOT_SUPERSEDED = "snapshot.superseded"
    MODEL_SEALED = "model.sealed"
    MODEL_SUPERSEDED = "model.superseded"
    CERTIFICATE_ISSUED = "certificate.issued"
    SNAPSHOT_REMOVED = "snapshot.removed"
    KEY_ROTATED = "key.rotated"
    FEED_SENT = "feed.sent"
    FEED_ACKNOWLEDGED = "feed.acknowledged"
    CLAIM_RECEIVED = "claim.received"
    CLAIM_DECIDED = "claim.decided"
    STAFF_ACTED = "staff.acted"
    MODEL_REGISTERED = "model.registered"
    MODEL_RETRAINING_ASKED = "model.retraining_asked"
    MODEL_RETRAINED = "model.retrained"


@dataclass(frozen=True, slots=True)
class Shape:
    """Which named fields an event type has.

    Args:
        member: whether it must name a member.
        key: the JSON name of the `key` slot, or None when the type has none.
        value: the JSON name of the `value` slot, or None when the type has none.
        values: the values allowed; empty means any text.
        nullable: whether the value may be null, meaning "no longer known".
    """

    member: bool = True
    key: str | None = None
    value: str | None = None
    values: frozenset[str] = frozenset()
    nullable: bool = False


ON_OFF = frozenset({"on", "off"})
OUTCOMES = frozenset({"upheld", "rejected"})
FINDINGS = frozenset({"confirmed", "not-confirmed"})

FIELDS: Mapping[EventType, Shape] = {
    EventType.MEMBER_JOINED: Shape(),
    EventType.MEMBER_REGION: Shape(value="region", nullable=True),
    EventType.MEMBER_BIRTH_DATE: Shape(value="birth_date", nullable=True),
    EventType.SETTING_CHANGED: Shape(key="setting", value="value", values=ON_OFF),
    EventType.OBJECTION_RECEIVED: Shape(key="purpose"),
    EventType.OBJECTION_DECIDED: Shape(key="purpose", value="outcome", values=OUTCOMES),
    EventType.OBJECTION_WITHDRAWN: Shape(key="purpose"),
    EventType.NOTICE_PUBLISHED: Shape(member=False, key="notice", value="digest", nullable=True),
    EventType.NOTICE_DELIVERED: Shape(key="notice"),
    EventType.RECORD_EXCLUDED: Shape(key="record"),
    EventType.RECORD_INCLUDED: Shape(key="record"),
    EventType.TAKEBACK_REQUESTED: Shape(key="purpose"),
    EventType.ACCOUNT_CLOSED: Shape(),
    EventType.ERASURE_REQUESTED: Shape(),
    # About an erased person under a pseudonym; `positions` says which entries of the log have no event any more.
    EventType.ERASURE_COMPLETED: Shape(value="positions", nullable=True),
    EventType.HOLD_PLACED: Shape(member=False, key="purpose", value="region"),
    EventType.HOLD_LIFTED: Shape(member=False, key="purpose", value="region"),
    EventType.PACK_PUBLISHED: Shape(member=False, key="pack", value="digest"),
    EventType.SNAPSHOT_SEALED: Shape(member=False, key="snapshot", value="digest"),
    EventType.SNAPSHOT_SUPERSEDED: Shape(member=False, key="snapshot", value="digest"),
    EventType.MODEL_SEALED: Shape(member=False, key="model", value="digest"),
    EventType.MODEL_SUPERSEDED: Shape(member=False, key="model", value="digest"),
    EventType.CERTIFICATE_ISSUED: Shape(member=False, key="certificate", value="digest"),
    EventType.SNAPSHOT_REMOVED: Shape(member=False, key="snapshot", value="digest"),
    EventType.KEY_ROTATED: Shape(member=False, key="vkey", value="replaces"),
    EventType.FEED_SENT: Shape(member=False, key="feed", value="digest"),
    EventType.FEED_ACKNOWLEDGED: Shape(member=False, key="feed", value="digest"),
    # Somebody says that a model repeats what is theirs. By itself it decides nothing about any record.
    EventType.CLAIM_RECEIVED: Shape(key="purpose"),
    EventType.CLAIM_DECIDED: Shape(key="purpose", value="finding", values=FINDINGS),
    # What a person of the staff did, `by` a pseudonym; `about` is what it was done to, never somebody's name.
    EventType.STAFF_ACTED: Shape(member=False, key="action", value="about", nullable=True),
    # Of a model that was trained elsewhere, by its name; the digest is of a signed statement (docs/spec/elsewhere.md).
    EventType.MODEL_REGISTERED: Shape(member=False, key="model", value="digest"),
    EventType.MODEL_RETRAINING_ASKED: Shape(member=False, key="model", value="digest"),
    EventType.MODEL_RETRAINED: Shape(member=False, key="model", value="digest"),
}

_ALWAYS = frozenset({"type", "effective_at", "recorded_at", "member", "by", "seq"})


@dataclass(frozen=True, slots=True)
class Event:
    """One statement, true from `effective_at` on, learned of at `recorded_at`.

    Args:
        by: who or what said it, or how it was assured: `member`, `gpc`, `guardian`, `self-declared`, …
    """

    type: EventType
    effective_at: datetime
    member: MemberId | None = None
    key: str | None = None
    value: str | None = None
    by: str | None = None
    recorded_at: datetime | None = None

    def to_json(self) -> dict[str, str | None]:
        """The named-field form; absent fields are left out, so that equal events have equal bytes."""
        shape = FIELDS[self.type]
        fields: dict[str, str | None] = {"type": self.type.value, "effective_at": format_instant(self.effective_at)}
        if self.recorded_at is not None:
            fields["recorded_at"] = format_instant(self.recorded_at)
        if self.member is not None:
            fields["member"] = self.member
        if shape.key:
            fields[shape.key] = self.key
        if shape.value:
            fields[shape.value] = self.value
        if self.by is not None:
            fields["by"] = self.by
        return fields


def parse_event(fields: Mapping[str, Any], *, member: MemberId | None = None) -> Event:
    """The event that a JSON object states.

    Args:
        member: whose event it is when the object does not say, as in a cases file.

    Raises:
        InputError: unknown type, field or value, an instant that cannot be read, or a missing field.
    """
    try:
        kind = EventType(str(fields.get("type")))
    except ValueError:
        raise InputError(f"unknown event type `{fields.get('type')}`") from None
    shape = FIELDS[kind]
    unknown = sorted(set(fields) - _ALWAYS - {shape.key, shape.value})
    if unknown:
        raise InputError(f"{kind}: unknown field `{unknown[0]}`")
    recorded = fields.get("recorded_at")
    return Event(
        type=kind,
        effective_at=parse_instant(fields.get("effective_at"), field="effective_at"),
        member=_member(kind, shape, fields.get("member"), member),
        key=_text(kind, shape.key, fields) if shape.key else None,
        value=_value(kind, shape, fields),
        by=_text(kind, "by", fields) if fields.get("by") is not None else None,
        recorded_at=None if recorded is None else parse_instant(recorded, field="recorded_at"),
    )


def _member(kind: EventType, shape: Shape, given: object, default: MemberId | None) -> MemberId | None:
    if given is None:
        given = default
    if given is None and not shape.member:
        return None
    if not isinstance(given, str) or not given:
        raise InputError(f"{kind}: `member` is missing")
    return MemberId(given)


def _text(kind: EventType, name: str, fields: Mapping[str, Any]) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise InputError(f"{kind}: `{name}` is missing or no text")
    return value


def _value(kind: EventType, shape: Shape, fields: Mapping[str, Any]) -> str | None:
    if shape.value is None:
        return None
    value = fields.get(shape.value)
    if value is None and shape.nullable:
        return None
    if not isinstance(value, str) or (shape.values and value not in shape.values):
        allowed = f"; one of {', '.join(sorted(shape.values))}" if shape.values else ""
        raise InputError(f"{kind}: `{shape.value}` cannot be `{value}`{allowed}")
    return value
