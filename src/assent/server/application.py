"""The application: the API and the pages over one open platform."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI

from assent.api.description import describe
from assent.api.metrics import Measured
from assent.api.routes import PARTS as API
from assent.operations.platform import Platform
from assent.server.problems import add_problems
from assent.serving.cookies import is_secure
from assent.serving.limits import Counters
from assent.serving.openid import provider_of
from assent.serving.shield import Admission, RequestLog, SafeHeaders
from assent.serving.showing_tokens import Tokens
from assent.web.routes import PARTS as PAGES

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def make_application(platform: Platform, *, host: str = "127.0.0.1", log: bool = False, **given: Any) -> FastAPI:
    """The application over this platform, which stays the caller's to close.

    Args:
        host: the address it is bound to.
        log: whether a line about each request goes to standard error.
        given: for `FastAPI`, a lifespan for instance.

    Raises:
        InputError: what `[sign_in]` says cannot be used.
    """
    app = FastAPI(
        title="Assent", version="1", openapi_url="/v1/openapi.json", docs_url=None, redoc_url=None, **given
    )  # fmt: skip
    app.state.platform = platform
    app.state.counters = Counters()
    app.state.tokens = Tokens(platform)
    app.state.provider = provider_of(platform)
    # One by one: every level of routers in routers would look for the route of each request again.
    for part in API:
        app.include_router(part)
    for part in PAGES:
        app.include_router(part, include_in_schema=False)
    describe(app)
    # The one that was added last meets a request first.
    add_problems(app)
    app.add_middleware(Admission, hosts=_hosts(platform, host))
    app.add_middleware(SafeHeaders, secure=is_secure(platform))
    app.add_middleware(Measured)
    if log:
        app.add_middleware(RequestLog)
    return app


def _hosts(platform: Platform, bound: str) -> set[str]:
    """The names that the server answers to: its public one, the loopback's, and an address it is bound to.

    A page elsewhere that has its own name point here is not among them (DNS rebinding).
    """
    public = urlsplit(platform.workspace.text("portal.address")).hostname or ""
    named = {public, *_LOOPBACK}
    try:
        address = ipaddress.ip_address(bound)
    except ValueError:
        return named | {bound}
    return named if address.is_unspecified else named | {bound}
