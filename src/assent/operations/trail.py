"""The trail: what the staff did and decided, from the ledger, with their words from the desk. The newest first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from assent.desk.remarks import remarks_on
from assent.desk.staff import staff_names
from assent.operations.platform import Platform
from assent.vocabulary.events import Event, EventType

_SAID: Final = frozenset({EventType.HOLD_PLACED, EventType.HOLD_LIFTED, EventType.PACK_PUBLISHED,
                          EventType.NOTICE_PUBLISHED, EventType.KEY_ROTATED})  # fmt: skip
"""What stands in the trail although nobody recorded an action beside it, as from a command line."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that somebody of the staff did.

    Args:
        seq: where it stands in the ledger.
        action: such as `hold.place`; `about`: what it was done to.
        by: the pseudonym; `name` who is behind it, where the desk knows.
        words: why, where they were asked.
    """

    seq: int
    at: datetime
    action: str
    about: str | None
    by: str
    name: str | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Trail:
    """A page of it; `actions` and `people` are what it can be filtered by."""

    steps: tuple[Step, ...]
    page: int
    pages: int
    total: int
    actions: tuple[str, ...]
    people: tuple[tuple[str, str], ...]


def trail_of(
    platform: Platform, *, action: str | None = None, by: str | None = None, page: int = 1, per_page: int = 50
) -> Trail:
    """A page of what was done. Cost: one look at every event that is about no member."""
    everything = _steps(platform)
    names = staff_names(platform.desk)
    found = [each for each in everything if action in {None, each.action} and by in {None, each.by}]
    pages = max(1, -(-len(found) // per_page))
    page = min(max(page, 1), pages)
    shown = found[(page - 1) * per_page : page * per_page]
    # The words stand beside the event that took effect; the action follows it in the same append.
    remarks = remarks_on(platform.desk, [seq for each in shown for seq in (each.seq, each.seq - 1)])
    steps = []
    for each in shown:
        remark = remarks.get(each.seq) or (remarks.get(each.seq - 1) if each.action.startswith("hold.") else None)
        steps.append(replace(each, name=names.get(each.by), words=remark.words if remark else None))
    people = sorted({each.by for each in everything})
    return Trail(
        tuple(steps),
        page,
        pages,
        len(found),
        tuple(sorted({each.action for each in everything})),
        tuple((one, names.get(one, one)) for one in people),
    )


def _steps(platform: Platform) -> list[Step]:
    steps: list[Step] = []
    acted = False
    for seq, event in reversed(platform.ledger.system_events()):
        if not isinstance(event, Event):
            continue
        if event.type is EventType.STAFF_ACTED:
            steps.append(Step(seq, event.effective_at, event.key or "", event.value, event.by or ""))
        elif event.type in _SAID and not (acted and steps[-1].seq == seq + 1 and steps[-1].by == event.by):
            steps.append(Step(seq, event.effective_at, event.type.value, _about(event), event.by or ""))
        acted = event.type is EventType.STAFF_ACTED
    return steps


def _about(event: Event) -> str:
    """`train_generative in NL`; `ai-training-2025 (ba8e4b526ea4)`, the beginning of a digest."""
    if event.type in {EventType.HOLD_PLACED, EventType.HOLD_LIFTED}:
        return f"{event.key} in {event.value}"
    return f"{event.key} ({event.value[:12]})" if event.value else str(event.key)
