"""A route names what it asks for; whoever may not is turned away before anything is looked up.

    @router.post("/settings/{name}")
    def switch(caller: Annotated[Caller, needs(Permission.OWN_WRITE)], platform: ThePlatform) -> Response: ...

A session's cookie alone changes nothing: a request that changes something must carry the session's form key too, in the
field `form_key` or the header `x-form-key`, and must not come from another site. A token needs neither.
"""

from __future__ import annotations

import hmac
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from assent.desk.sessions import session_of
from assent.errors import InputError, RefusedError
from assent.operations.platform import Platform
from assent.serving.caller import ANYBODY, Caller
from assent.serving.permissions import Permission, Role

FORM_KEY: Final = "form_key"
FORM_KEY_HEADER: Final = "x-form-key"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class SignInNeededError(RefusedError):
    """Nobody knows who is asking, and the route is not for everybody."""


class ForbiddenError(RefusedError):
    """Who is asking is known, and may not."""


class NotFoundError(InputError):
    """There is nothing there, or nothing that this caller may know of: both are answered alike."""


class Needs:
    """A dependency of a route: gives the caller where they may do what is asked."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    async def __call__(self, request: Request) -> Caller:
        """The caller.

        Raises:
            SignInNeededError: nobody signed in.
            ForbiddenError: they may not, or another site sent the request for them.
        """
        caller = await run_in_threadpool(caller_of, request)
        request.state.caller = caller
        if not caller.may(self.permission):
            if caller.role is Role.ANYBODY:
                raise SignInNeededError("this needs you to be signed in", hint="sign in, or send a token")
            raise ForbiddenError("this is not for you", hint=f"it needs `{self.permission}`")
        if caller.form_key and request.method not in _SAFE:
            await _require_own_form(request, caller)
        return caller


def needs(permission: Permission) -> Any:
    """The dependency that asks for this permission."""
    return Depends(Needs(permission))


def platform_of(request: Request) -> Platform:
    """The open platform."""
    platform: Platform = request.app.state.platform
    return platform


ThePlatform = Annotated[Platform, Depends(platform_of)]


def cookie_name(platform: Platform) -> str:
    """The session's cookie; behind TLS its name keeps other hosts of the domain from setting it."""
    return "__Host-assent" if platform.workspace.text("portal.address").startswith("https:") else "assent"


def caller_of(request: Request) -> Caller:
    """Whoever the cookie or the token says; nobody in particular without one."""
    platform = platform_of(request)
    secret = request.cookies.get(cookie_name(platform))
    session = session_of(platform.desk, secret, now=platform.clock()) if secret else None
    if session is None:
        return ANYBODY
    return Caller(Role(session.role), session.subject, session.shown_name, session.member, form_key=session.form_key)


async def _require_own_form(request: Request, caller: Caller) -> None:
    given = request.headers.get(FORM_KEY_HEADER)
    if given is None:
        form = await request.form()
        given = str(form.get(FORM_KEY, ""))
    if not hmac.compare_digest(given.encode(), caller.form_key.encode()):
        raise ForbiddenError("this form was not sent from our page, or you signed in anew meanwhile",
                             hint="open the page again and repeat")  # fmt: skip
