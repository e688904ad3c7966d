"""Holds: the regulator's stop, per use and region, with the time it took."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from assent.desk.staff import staff_names
from assent.errors import AssentError, InputError, RefusedError
from assent.operations.holds import MAX_WHY, holds_of, lift_hold, place_hold, reach_of
from assent.operations.platform import Platform
from assent.serving.caller import Caller
from assent.serving.door import ThePlatform, needs
from assent.serving.permissions import Permission
from assent.vocabulary.regions import REGION_CODES
from assent.web.console.forms import Text
from assent.web.pages import page, see_other

_NOTHING_TYPED: Final = {"purpose": "", "region": "", "why": ""}

router = APIRouter(prefix="/console/holds", include_in_schema=False)

Reads = Annotated[Caller, needs(Permission.HOLDS_READ)]
Places = Annotated[Caller, needs(Permission.HOLDS_PLACE)]


@router.get("")
def listed(request: Request, caller: Reads, platform: ThePlatform, done: int = -1) -> Response:
    """What is stopped, where, since when and why."""
    return _show(request, platform, caller, done=done)


@router.post("")
def place(  # noqa: PLR0917 - who asks, and what the form says
    request: Request,
    caller: Places,
    platform: ThePlatform,
    purpose: Text = "",
    region: Text = "",
    why: Text = "",
    sure: Text = "",
) -> Response:
    """The use is stopped there."""
    typed = {"purpose": purpose, "region": region, "why": why}
    try:
        hold = place_hold(platform, purpose=purpose, region=region, why=why, by=caller.subject, sure=sure == "yes")
    except (InputError, RefusedError) as error:
        status = 400 if isinstance(error, InputError) else 409
        unknown = bool(region.strip()) and not reach_of(platform.pack, region.strip()).resolved
        return _show(request, platform, caller, status=status, error=error, unknown=unknown, typed=typed)
    return see_other(f"/console/holds?done={hold.seq}")


@router.post("/lift")
def lift(  # noqa: PLR0917 - who asks, and what the form says
    request: Request, caller: Places, platform: ThePlatform, purpose: Text = "", region: Text = "", why: Text = ""
) -> Response:
    """The use goes on there, as far as nothing else stops it."""
    try:
        lift_hold(platform, purpose=purpose, region=region, why=why, by=caller.subject)
    except (InputError, RefusedError) as error:
        status = 400 if isinstance(error, InputError) else 409
        return _show(request, platform, caller, status=status, lift_error=error, lifting=(purpose, region))
    return see_other("/console/holds")


def _show(
    request: Request,
    platform: Platform,
    caller: Caller,
    *,
    status: int = 200,
    done: int = -1,
    error: AssentError | None = None,
    lift_error: AssentError | None = None,
    lifting: tuple[str, str] = ("", ""),
    unknown: bool = False,
    typed: Mapping[str, str] = _NOTHING_TYPED,
) -> Response:
    standing = holds_of(platform)
    return page(
        request,
        "console/holds.html",
        status=status,
        standing=standing,
        placed=next((each for each in standing if each.seq == done), None),
        names=staff_names(platform.desk) if caller.may(Permission.TRAIL_READ) else {},
        may_place=caller.may(Permission.HOLDS_PLACE),
        pack=platform.pack,
        codes=sorted(REGION_CODES),
        most=MAX_WHY,
        error=error,
        lift_error=lift_error,
        lifting=lifting,
        unknown=unknown,
        typed=typed,
    )
