"""What others hold, how the ledger is, and who of the staff did what."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from assent.operations.feed_status import feed_statuses
from assent.operations.feeds import Surroundings
from assent.operations.ledger_health import health_of
from assent.operations.trail import trail_of
from assent.serving.caller import Caller
from assent.serving.door import ThePlatform, needs
from assent.serving.permissions import Permission
from assent.web.pages import page

router = APIRouter(prefix="/console", include_in_schema=False)


@router.get("/recipients")
def recipients(
    request: Request,
    caller: Annotated[Caller, needs(Permission.RECIPIENTS_READ)],  # noqa: ARG001
    platform: ThePlatform,
) -> Response:
    """Who was given data, and what they have not acknowledged."""
    found = feed_statuses(platform.workspace, Surroundings(platform.clock))
    return page(request, "console/recipients.html", recipients=found)


@router.get("/ledger")
def ledger(
    request: Request,
    caller: Annotated[Caller, needs(Permission.FIGURES_READ)],  # noqa: ARG001
    platform: ThePlatform,
) -> Response:
    """How the ledger is."""
    health, now = health_of(platform), platform.clock()
    age = None if health.newest_at is None else max(now - health.newest_at, now - now)
    return page(request, "console/ledger.html", health=health, age=age)


@router.get("/trail")
def trail(  # noqa: PLR0917 - a filter has as many parts as it has
    request: Request,
    caller: Annotated[Caller, needs(Permission.TRAIL_READ)],  # noqa: ARG001
    platform: ThePlatform,
    action: str = "",
    by: str = "",
    number: int = 1,
) -> Response:
    """Who did what and when, the newest first."""
    found = trail_of(platform, action=action or None, by=by or None, page=number)
    return page(request, "console/trail.html", trail=found, action=action, by=by)
