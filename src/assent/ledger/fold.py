"""What is known at (T, N): the specification of how events become state. Everything faster is tested against it.

Only events count that have `seq < N` and `effective_at <= T`. They are taken in the order of
(effective_at, seq) and later ones win, except that of a notice the first delivery counts.
An event that cannot be read makes the member unreadable: nothing may be concluded about them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from assent.errors import EvidenceError
from assent.ledger.stored import Positioned, Unreadable
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import NoticeId, PurposeName, RecordId, SettingName
from assent.vocabulary.instants import parse_date
from assent.vocabulary.state import Hold, MemberState, Objection


def fold_member(events: Iterable[Positioned], *, at: datetime, size: int) -> MemberState | None:
    """One member's state from their events; None when none of them counts."""
    counted, unreadable = _counted(events, at=at, size=size)
    if not counted and not unreadable:
        return None
    region: str | None = None
    birth_date: date | None = None
    settings: dict[SettingName, str] = {}
    objections: dict[PurposeName, Objection] = {}
    notices: dict[NoticeId, datetime] = {}
    closed = erased = False
    for event in counted:
        key, value = event.key or "", event.value or ""
        match event.type:
            case EventType.MEMBER_REGION:
                region = event.value
            case EventType.MEMBER_BIRTH_DATE:
                birth_date = parse_date(event.value)
            case EventType.SETTING_CHANGED:
                settings[SettingName(key)] = value
            case EventType.OBJECTION_RECEIVED:
                objections[PurposeName(key)] = Objection.OPEN
            case EventType.OBJECTION_DECIDED:
                objections[PurposeName(key)] = Objection(value)
            case EventType.OBJECTION_WITHDRAWN:
                objections.pop(PurposeName(key), None)
            case EventType.NOTICE_DELIVERED:
                notices.setdefault(NoticeId(key), event.effective_at)
            case EventType.ACCOUNT_CLOSED:
                closed = True
            case EventType.ERASURE_REQUESTED | EventType.ERASURE_COMPLETED:
                erased = True
            case _:
                pass  # says nothing about what may be used of this member as a person
    return MemberState(region, birth_date, settings, objections, notices, closed, erased, bool(unreadable))


def fold_holds(events: Iterable[Positioned], *, at: datetime, size: int) -> tuple[Hold, ...]:
    """The holds that stand, in the order in which they were placed.

    Raises:
        EvidenceError: an event about no member cannot be read; it might be a hold, so nothing may be decided.
    """
    counted, unreadable = _counted(events, at=at, size=size)
    for lost in unreadable:
        if lost.member is None:
            raise EvidenceError(
                f"the ledger holds an event that cannot be read and might be a hold: {lost.why}",
                hint="use the release of assent that wrote it, or a later one",
            )
    standing: dict[tuple[str, str], Hold] = {}
    for event in counted:
        place = (event.key or "", event.value or "")
        if event.type is EventType.HOLD_PLACED:
            standing.setdefault(place, Hold(PurposeName(place[0]), place[1], since=event.effective_at))
        elif event.type is EventType.HOLD_LIFTED:
            standing.pop(place, None)
    return tuple(standing.values())


def fold_exclusions(events: Iterable[Positioned], *, at: datetime, size: int) -> frozenset[RecordId]:
    """The records that somebody has excluded and not included again."""
    counted, _ = _counted(events, at=at, size=size)
    # Each person takes back only their own exclusion: nobody can include what another excluded.
    excluded: set[tuple[str | None, RecordId]] = set()
    for event in counted:
        entry = (event.member, RecordId(event.key or ""))
        if event.type is EventType.RECORD_EXCLUDED:
            excluded.add(entry)
        elif event.type is EventType.RECORD_INCLUDED:
            excluded.discard(entry)
    return frozenset(record for _, record in excluded)


def _counted(events: Iterable[Positioned], *, at: datetime, size: int) -> tuple[list[Event], list[Unreadable]]:
    readable: list[tuple[datetime, int, Event]] = []
    unreadable: list[Unreadable] = []
    for seq, event in events:
        if seq >= size or (event.effective_at is not None and event.effective_at > at):
            continue
        if isinstance(event, Unreadable):
            unreadable.append(event)
        else:
            readable.append((event.effective_at, seq, event))
    readable.sort(key=lambda entry: entry[:2])
    return [event for _, _, event in readable], unreadable
