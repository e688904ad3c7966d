"""Everything that goes wrong, as an answer: `application/problem+json` for machines (RFC 9457), a page elsewhere.

What a person did wrong is said; what is wrong with us is said without its details,
and goes to the log as places in the source, never as a message, which might name somebody.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Mapping
from typing import Any, Final, TextIO

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assent.api.problems import PROBLEM_JSON
from assent.errors import AssentError, UnavailableError
from assent.ledger.log import NotPublishedError
from assent.operations.sign_in import SignInFailedError
from assent.serving.door import BadTokenError, ForbiddenError, SignInNeededError, caller_of
from assent.serving.shield import ASKED_BY_MACHINES
from assent.serving.statuses import status_of
from assent.storage.database import CommitUnknownError
from assent.web.pages import page, see_other
from assent.web.sign_in.routes import sign_in_path

RETRY_SECONDS: Final = 10
_FOR_MACHINES: Final = ("/v1/", "/log/", "/.well-known/")


def add_problems(app: FastAPI) -> None:
    """Every error is answered as this module says."""
    app.add_exception_handler(AssentError, _explained)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _by_status)
    app.add_middleware(Crashes)


class Crashes:
    """An error that nobody foresaw is a 500 without details; where it happened is in the log."""

    def __init__(self, app: ASGIApp, *, log: TextIO | None = None) -> None:
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The request goes on; whatever happens, it is answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = False

        async def seen(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        try:
            await self._app(scope, receive, seen)
        except Exception as error:  # noqa: BLE001 - the last line of defence
            (self._log or sys.stderr).write(places_of(error))
            if not began:
                answer = await run_in_threadpool(_answer, Request(scope), 500, "something went wrong on our side")
                await answer(scope, receive, send)


def places_of(error: BaseException) -> str:
    """What it is and where it came from; not what it says, since that might be about somebody."""
    lines = [f"unexpected {type(error).__module__}.{type(error).__qualname__}"]
    lines += [f"  {at.filename}:{at.lineno} {at.name}" for at in traceback.extract_tb(error.__traceback__)[-12:]]
    if error.__cause__ is not None:
        lines.append(f"  caused by {type(error.__cause__).__qualname__}")
    return "\n".join(lines) + "\n"


def _explained(request: Request, error: Exception) -> Response:
    assert isinstance(error, AssentError)
    status = status_of(error)
    a_person_asks = request.method == "GET" and not isinstance(error, BadTokenError) and not _for_machine(request)
    if isinstance(error, SignInNeededError) and a_person_asks:
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return see_other(sign_in_path(wanted))
    if status == 500:  # noqa: PLR2004 - an HTTP status
        sys.stderr.write(places_of(error))
        return _answer(request, status, "something does not match what was promised")
    return _answer(
        request,
        status,
        error.message,
        hint=error.hint,
        headers=_headers(error, status),
        again=isinstance(error, SignInFailedError),
        unknown=isinstance(error, CommitUnknownError | NotPublishedError),
        wait=getattr(error, "wait_seconds", RETRY_SECONDS),
    )


def _not_valid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if not _for_machine(request):
        return _answer(request, 400, "this form is not complete, or was not sent from our page")
    found = [{"where": ".".join(map(str, each["loc"])), "what": str(each["msg"])} for each in error.errors()]
    first = f"`{found[0]['where']}`: {found[0]['what']}" if found else "the request cannot be read"
    return _answer(request, 422, first, more={"errors": found})


def _by_status(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 405:  # noqa: PLR2004 - an HTTP status
        headers["allow"] = ", ".join(_methods_at(request))
    return _answer(request, error.status_code, str(error.detail).lower(), headers=headers)


def _methods_at(request: Request) -> list[str]:
    """Every method that the path has; the framework says those of the first route that it finds there."""
    found: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        pattern = getattr(route, "path_regex", None)
        if pattern is not None and pattern.match(request.url.path):
            found |= route.methods or set()
    return sorted(found)


def _headers(error: AssentError, status: int) -> dict[str, str]:
    if isinstance(error, BadTokenError):
        return {"www-authenticate": 'Bearer realm="assent", error="invalid_token"'}
    if status == 401:  # noqa: PLR2004 - an HTTP status
        return {"www-authenticate": 'Bearer realm="assent"'}
    if isinstance(error, ForbiddenError) and error.permission is not None:
        said = f'Bearer realm="assent", error="insufficient_scope", scope="{error.permission}"'
        return {"www-authenticate": said}
    if isinstance(error, UnavailableError):
        return {"retry-after": str(getattr(error, "wait_seconds", RETRY_SECONDS))}
    return {}


def _answer(
    request: Request,
    status: int,
    message: str,
    *,
    hint: str | None = None,
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, Any] | None = None,
    again: bool = False,
    unknown: bool = False,
    wait: int = RETRY_SECONDS,
) -> Response:
    if _for_machine(request):
        told: dict[str, Any] = {"type": "about:blank", "title": message, "status": status}
        told |= ({"detail": hint} if hint else {}) | dict(more or {})
        # In ASCII: half a character of what was asked, which UTF-8 cannot carry, stays readable as an escape.
        answer = Response(json.dumps(told), status, media_type=PROBLEM_JSON)
    else:
        _know_caller(request, status)
        answer = page(
            request, "problem.html", status=status, code=status, message=message, hint=hint, again=again,
            unknown=unknown, wait=wait,
        )  # fmt: skip
    answer.headers.update(headers or {})
    return answer


def _know_caller(request: Request, status: int) -> None:
    """Whoever is signed in stays so on the page of a problem, where that can be found out."""
    if status < 500 and not hasattr(request.state, "caller"):  # noqa: PLR2004 - an HTTP status
        try:
            request.state.caller = caller_of(request)
        except AssentError:
            return


def _for_machine(request: Request) -> bool:
    path = request.url.path
    return path.startswith(_FOR_MACHINES) or path in ASKED_BY_MACHINES
