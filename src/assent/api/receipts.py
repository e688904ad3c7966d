"""Receipts: given for an event of a member, and verified for anyone who shows one."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.responses import Response

from assent.api.problems import plain, problems
from assent.api.streams import body_of
from assent.api.values import Instant, OfMember, Position, Told
from assent.errors import EvidenceError
from assent.operations.receipt import make_receipt
from assent.operations.receipts_shown import standing_of, verify_own_receipt
from assent.serving.caller import Caller
from assent.serving.door import ThePlatform, needs
from assent.serving.permissions import Permission
from assent.serving.statuses import UnprocessableError

router = APIRouter(tags=["receipts"])

_ENVELOPE = plain("application/json", {"type": "object"})
_BODY = {
    "requestBody": {
        "required": True,
        "description": "The receipt, byte for byte as it was given.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


class ReceiptAsked(OfMember):
    """A receipt of one of the member's events."""

    seq: Position | None = Field(None, description="Which; null is the last one recorded of them.")


class ReceiptProved(Told):
    """What a receipt proves (the log holds this event) and what the platform states in it."""

    seq: Position
    event: dict[str, Any] = Field(description="What was recorded.")
    origin: str = Field(description="The log's name.")
    log_size: int = Field(description="Of the checkpoint in the receipt.")
    created_at: Instant
    digest: str = Field(description="SHA-256 of the receipt.")
    statement: dict[str, Any] = Field(description="The platform's word, signed and not proved by the log.")
    held: bool | None = Field(
        description="Whether the ledger still holds the event; null without the scope `receipts.read`."
    )
    newer: Position | None = Field(
        description="A later event about the same matter, so that this receipt is no longer the last word;"
        " null without the scope `receipts.read`."
    )


@router.post("/v1/receipts", summary="A receipt of a member's event", responses=problems(404, 409) | _ENVELOPE)
def give_receipt(
    caller: Annotated[Caller, needs(Permission.RECEIPTS_READ)],  # noqa: ARG001 - asks for the permission
    platform: ThePlatform,
    asked: ReceiptAsked,
) -> Response:
    """A signed file for the member to keep; it verifies offline. It changes nothing, so that it needs no key."""
    made = make_receipt(platform.workspace, asked.member, seq=asked.seq, clock=platform.clock, entropy=platform.entropy)
    return Response(made.data, media_type="application/json")


@router.post("/v1/receipts/verify", summary="What a receipt proves", responses=problems(413), openapi_extra=_BODY)
def check_receipt(
    caller: Annotated[Caller, needs(Permission.ANYBODY)],
    platform: ThePlatform,
    receipt: Annotated[bytes, Depends(body_of)],
) -> ReceiptProved:
    """Anyone may ask. A receipt that was changed in one character, or that another platform gave, is refused (422). One
    that was true and is shown again is true: `newer` says to whoever may know that the matter has changed since.
    """
    try:
        proved = verify_own_receipt(platform, receipt)
    except EvidenceError as error:
        raise UnprocessableError(error.message, hint=error.hint) from None
    standing = standing_of(platform, proved) if caller.may(Permission.RECEIPTS_READ) else None
    return ReceiptProved(
        seq=proved.seq,
        event=proved.event.to_json(),
        origin=proved.log.origin,
        log_size=proved.log.size,
        created_at=proved.created_at,
        digest=proved.digest,
        statement=dict(proved.statement),
        held=standing.held if standing else None,
        newer=standing.newer if standing else None,
    )
