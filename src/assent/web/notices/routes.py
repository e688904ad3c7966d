"""Notices in the app: what a member has not read yet, and the link that ends reminders."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import Response

from assent.desk.notices import notice_of
from assent.operations import notices
from assent.operations.balancing import render
from assent.serving.caller import Caller
from assent.serving.door import NotFoundError, ThePlatform, needs
from assent.serving.permissions import Permission
from assent.web.pages import language_of, page, see_other

router = APIRouter(prefix="/notices", include_in_schema=False)

Reads = Annotated[Caller, needs(Permission.OWN_READ)]
Writes = Annotated[Caller, needs(Permission.OWN_WRITE)]


@router.get("")
def listed(request: Request, caller: Reads, platform: ThePlatform) -> Response:
    """What there is to read, the unread first."""
    lang = language_of(request, platform)
    waiting = notices.unread(platform, caller.own)
    read = [each for each in notices.published(platform) if each not in waiting]
    return page(request, "notices/list.html", unread=waiting, read=read, code=lang.code)


@router.get("/unsubscribe/{mail}", dependencies=[needs(Permission.ANYBODY)])
def ask_unsubscribe(request: Request, mail: str) -> Response:
    """A page with a button; opening it changes nothing, since mail scanners open every link."""
    return page(request, "notices/unsubscribe.html", mail=mail, done=False)


@router.post("/unsubscribe/{mail}", dependencies=[needs(Permission.ANYBODY)])
def unsubscribe(request: Request, mail: str, platform: ThePlatform) -> Response:
    """No more reminders; answered alike whether there is such a mail or not. Source: RFC 8058."""
    notices.unsubscribe(platform, mail)
    return page(request, "notices/unsubscribe.html", mail=mail, done=True)


@router.get("/{notice}")
def shown(request: Request, notice: str, caller: Reads, platform: ThePlatform) -> Response:
    """The words of a notice that was opened; of one that was not, the button that opens it."""
    found = notice_of(platform.desk, notice)
    if found is None:
        raise NotFoundError("there is no such notice")
    code = language_of(request, platform).code
    is_unread = found in notices.unread(platform, caller.own)
    return page(request, "notices/notice.html", notice=found, code=code, is_unread=is_unread,
                html=Markup(render(found.body(code))))  # fmt: skip  # noqa: S704 - made safe where it is rendered


@router.post("/{notice}")
def opened(notice: str, caller: Writes, platform: ThePlatform) -> Response:
    """The member opens it: from this moment they have been told."""
    if notices.read(platform, caller.own, notice) is None:
        raise NotFoundError("there is no such notice")
    return see_other(f"/notices/{notice}")
