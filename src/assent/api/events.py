"""Events in bulk, as a stream of lines."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.responses import Response

from assent.api.once import TheOnce
from assent.api.problems import problems
from assent.api.streams import NDJSON, Spooled, spooled_events
from assent.api.values import Position, Told
from assent.operations.events_in import Taken, take_events
from assent.serving.caller import Caller
from assent.serving.door import ThePlatform, needs
from assent.serving.permissions import Permission

router = APIRouter(tags=["events"])

_LINES = (
    '{"type":"member.joined","member":"m1","effective_at":"2026-03-01T12:00:00Z"}\n'
    '{"type":"member.region","member":"m1","region":"DE","effective_at":"2026-03-01T12:00:00Z"}\n'
)
_BODY = {
    "requestBody": {
        "required": True,
        "description": "An event in each line, as `docs/spec/ledger.md` describes them.",
        "content": {NDJSON: {"schema": {"type": "string"}, "example": _LINES}},
    }
}


class TakenTold(Told):
    """What became of the lines."""

    first_seq: Position | None = Field(description="Where the events stand, one after the other; null when none was.")
    recorded: int
    erased: int = Field(description="Left out, since their member was erased.")
    held: int = Field(description="Left out, since an earlier attempt with this key had recorded them.")
    warnings: list[str] = Field(description="Names that the rules have never heard of; such events have no effect.")


@router.post(
    "/v1/events",
    summary="Events of many members",
    responses=problems(409, 413, 415),
    openapi_extra=_BODY,
    response_model=TakenTold,
)
def write_events(
    caller: Annotated[Caller, needs(Permission.EVENTS_WRITE)],
    platform: ThePlatform,
    once: TheOnce,
    body: Annotated[Spooled, Depends(spooled_events)],
) -> Response:
    """All lines are recorded in one step, or none: the first twenty lines that cannot be used are named, the others
    counted. Members' own events only; what staff decide and objections have routes of their own. An event that does not
    say `by` whom it was said says that this token said it.
    """
    return once.answer(
        body.digest.encode(),
        lambda again: _taken(take_events(platform, body.path, by=f"token:{caller.subject}", again=again)),
    )


def _taken(taken: Taken) -> TakenTold:
    return TakenTold(
        first_seq=taken.seqs.start if taken.seqs else None,
        recorded=len(taken.seqs),
        erased=taken.erased,
        held=taken.held,
        warnings=list(taken.warnings),
    )
