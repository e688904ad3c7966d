"""A route names what it asks for; whoever may not is turned away before anything is looked up.

    @router.post("/settings/{name}")
    def switch(caller: Annotated[Caller, needs(Permission.OWN_WRITE)], platform: ThePlatform) -> Response: ...

A session's cookie alone changes nothing: a request that changes something must carry the session's form key too, in the
field `form_key` or the header `x-form-key`, and must not come from another site. A token needs neither.
"""

from __future__ import annotations

import hmac
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from assent.desk.sessions import session_of
from assent.errors import InputError, RefusedError, UnavailableError
from assent.operations.platform import Platform
from assent.serving.caller import ANYBODY, Caller
from assent.serving.cookies import cookie_name
from assent.serving.limits import Counters, address_of
from assent.serving.permissions import Permission, Role
from assent.serving.showing_tokens import Tokens

FORM_KEY: Final = "form_key"
FORM_KEY_HEADER: Final = "x-form-key"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_BEARER: Final = "bearer "


class SignInNeededError(RefusedError):
    """Nobody knows who is asking, and the route is not for everybody."""


class BadTokenError(SignInNeededError):
    """A token was shown that opens nothing."""


class ForbiddenError(RefusedError):
    """Who is asking is known, and may not.

    Args:
        permission: what they would need, where that is what they lack.
    """

    def __init__(self, message: str, *, hint: str | None = None, permission: Permission | None = None) -> None:
        super().__init__(message, hint=hint)
        self.permission = permission


class NotFoundError(InputError):
    """There is nothing there, or nothing that this caller may know of: both are answered alike."""


class Needs:
    """A dependency of a route: gives the caller where they may do what is asked."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    async def __call__(self, request: Request) -> Caller:
        """The caller.

        Raises:
            SignInNeededError: nobody signed in, or the token opens nothing.
            ForbiddenError: they may not, or another site sent the request for them.
            TooManyError: they come too often.
        """
        caller = await self._whoever(request)
        request.state.caller = caller
        counters: Counters = request.app.state.counters
        counters.count(caller.role, caller.subject or address_of(request))
        if caller.role is not Role.SERVICE and request.method not in SAFE:
            _require_own_site(request)
        if not caller.may(self.permission):
            if caller.role is Role.ANYBODY:
                raise SignInNeededError("this needs you to be signed in", hint="sign in, or send a token")
            raise ForbiddenError("this is not for you", hint=f"it needs `{self.permission}`",
                                 permission=self.permission)  # fmt: skip
        if caller.form_key and request.method not in SAFE:
            await _require_own_form(request, caller)
        return caller

    async def _whoever(self, request: Request) -> Caller:
        secret = _shown_token(request)
        if secret is not None:
            return await _service(request, secret)
        platform = platform_of(request)
        if cookie_name(platform) not in request.cookies:
            return ANYBODY
        try:
            return await run_in_threadpool(caller_of, request)
        except UnavailableError:
            if self.permission is Permission.ANYBODY and request.method in SAFE:
                return ANYBODY  # what is for everybody does not depend on who asks; a style sheet least of all
            raise


def needs(permission: Permission) -> Any:
    """The dependency that asks for this permission."""
    return Depends(Needs(permission))


def platform_of(request: Request) -> Platform:
    """The open platform."""
    platform: Platform = request.app.state.platform
    return platform


async def _the_platform(request: Request) -> Platform:
    """The same as a dependency: what is no coroutine waits for a thread of its own."""
    return platform_of(request)


ThePlatform = Annotated[Platform, Depends(_the_platform)]


def caller_of(request: Request) -> Caller:
    """Whoever the cookie says; nobody in particular without one."""
    platform = platform_of(request)
    secret = request.cookies.get(cookie_name(platform))
    session = session_of(platform.desk, secret, now=platform.clock()) if secret else None
    if session is None:
        return ANYBODY
    return Caller(Role(session.role), session.subject, session.shown_name, session.member, form_key=session.form_key)


async def _service(request: Request, secret: str) -> Caller:
    tokens: Tokens = request.app.state.tokens
    caller = tokens.remembered(secret) or await run_in_threadpool(tokens.look_up, secret)
    if caller is None:
        # Counted for the address: nobody tries tokens until one fits.
        request.app.state.counters.count(Role.ANYBODY, address_of(request))
        raise BadTokenError("this token opens nothing", hint="it is unknown, over or revoked: ask for a new one")
    return caller


def _shown_token(request: Request) -> str | None:
    given = request.headers.get("authorization", "")
    return given[len(_BEARER) :].strip() if given[: len(_BEARER)].lower() == _BEARER else None


def _require_own_site(request: Request) -> None:
    """The form stood on a page of ours, as far as the browser says.

    Browsers say it in `Sec-Fetch-Site`, older ones in `Origin`; what is no browser says neither and needs the form key.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:
        own = site in ("same-origin", "none")
    elif origin is not None:
        ours = urlsplit(platform_of(request).workspace.text("portal.address"))
        own = origin in (f"{ours.scheme}://{ours.netloc}", f"{request.url.scheme}://{request.headers.get('host', '')}")
    else:
        own = True
    if not own:
        raise ForbiddenError("this form was sent from another site", hint="open the page here and repeat")


async def _require_own_form(request: Request, caller: Caller) -> None:
    given = request.headers.get(FORM_KEY_HEADER)
    if given is None:
        form = await request.form()
        given = str(form.get(FORM_KEY, ""))
    if not hmac.compare_digest(given.encode("utf-8", "replace"), caller.form_key.encode()):
        raise ForbiddenError("this form was not sent from our page, or you signed in anew meanwhile",
                             hint="open the page again and repeat")  # fmt: skip
