"""Uses that are stopped in a region: which, and stopping or starting one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from assent.api.once import TheOnce
from assent.api.problems import problems
from assent.api.values import Asked, Instant, Name, Position, Told
from assent.errors import RefusedError
from assent.operations.holds import MAX_REGION, MAX_WHY, StandingHold, holds_of, lift_hold, place_hold
from assent.operations.platform import Platform
from assent.serving.caller import Caller
from assent.serving.door import ThePlatform, needs
from assent.serving.permissions import Permission

router = APIRouter(tags=["holds"])


class HoldAsked(Asked):
    """A use is to be stopped, or to go on, in a region."""

    purpose: Name = Field(examples=["train_generative"])
    region: Annotated[
        str,
        Field(
            min_length=1,
            max_length=MAX_REGION,
            description="ISO 3166-1, a group of the pack, or `*` for everywhere.",
            examples=["DE"],
        ),
    ]
    why: Annotated[str, Field(min_length=1, max_length=MAX_WHY, examples=["the regulator asked for it"])]


class HoldTold(Told):
    """A use that is stopped."""

    purpose: str
    region: str
    since: Instant | None
    until: Instant | None
    seq: Position | None = Field(description="Where in the ledger it was placed; null for one of the rules themselves.")
    by: str | None
    why: str | None
    took_ms: float | None = Field(description="From the request to the first decision that refused.")


class HoldsTold(Told):
    """All that stand now."""

    holds: list[HoldTold]


class LiftTold(Told):
    """It stands no more."""

    purpose: str
    region: str
    lifted: bool = True


@router.get("/v1/holds", summary="What is stopped", responses=problems(), dependencies=[needs(Permission.HOLDS_READ)])
def read_holds(platform: ThePlatform) -> HoldsTold:
    """Those of the rules first, then those that were placed, in the order in which they were."""
    return HoldsTold(holds=[_hold(each) for each in holds_of(platform)])


@router.post("/v1/holds", summary="Stop a use", status_code=201, responses=problems(409), response_model=HoldTold)
def write_hold(
    caller: Annotated[Caller, needs(Permission.HOLDS_PLACE)], platform: ThePlatform, once: TheOnce, asked: HoldAsked
) -> Response:
    """In force at the next decision; the answer says how long that took. A region that nobody knows is refused."""

    def work(again: bool) -> HoldTold:
        held = _standing(platform, asked) if again else None
        if held is None:
            held = place_hold(platform, purpose=asked.purpose, region=asked.region, why=asked.why, by=caller.subject)
        return _hold(held)

    return once.answer(asked.model_dump_json().encode(), work, status=201)


@router.post("/v1/holds/lift", summary="Let a use go on", responses=problems(409), response_model=LiftTold)
def end_hold(
    caller: Annotated[Caller, needs(Permission.HOLDS_PLACE)], platform: ThePlatform, once: TheOnce, asked: HoldAsked
) -> Response:
    """One that the rules themselves state goes with the rules only."""

    def work(again: bool) -> LiftTold:
        try:
            lift_hold(platform, purpose=asked.purpose, region=asked.region, why=asked.why, by=caller.subject)
        except RefusedError:
            if not again or _standing(platform, asked) is not None:
                raise
        return LiftTold(purpose=asked.purpose, region=asked.region)

    return once.answer(asked.model_dump_json().encode(), work)


def _standing(platform: Platform, asked: HoldAsked) -> StandingHold | None:
    there = (asked.purpose, asked.region.strip())
    return next(
        (each for each in holds_of(platform) if (each.purpose, each.region) == there and not each.by_rules), None
    )


def _hold(hold: StandingHold) -> HoldTold:
    return HoldTold(
        purpose=hold.purpose,
        region=hold.region,
        since=hold.since,
        until=hold.until,
        seq=hold.seq,
        by=hold.by,
        why=hold.why,
        took_ms=hold.took_ms,
    )
