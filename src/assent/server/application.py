"""The application: the API and the pages over one open platform."""

from __future__ import annotations

from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

from assent.api.routes import router as api
from assent.errors import AssentError, EvidenceError, InputError, RefusedError, UnavailableError
from assent.operations.platform import Platform
from assent.serving.door import ForbiddenError, NotFoundError, SignInNeededError
from assent.web.pages import page, see_other
from assent.web.routes import router as web

_STATUS: dict[type[AssentError], int] = {
    SignInNeededError: 401,
    ForbiddenError: 403,
    NotFoundError: 404,
    InputError: 400,
    RefusedError: 409,
    EvidenceError: 500,
    UnavailableError: 503,
}


def make_application(platform: Platform) -> FastAPI:
    """The application over this platform, which stays the caller's to close."""
    app = FastAPI(title="Assent", version="1", openapi_url="/v1/openapi.json", docs_url=None, redoc_url=None)
    app.state.platform = platform
    app.include_router(api)
    app.include_router(web)
    app.add_exception_handler(AssentError, _explained)
    return app


def _explained(request: Request, error: Exception) -> Response:
    assert isinstance(error, AssentError)
    status = next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)
    if request.url.path.startswith("/v1/"):
        problem = {"type": "about:blank", "title": error.message, "status": status, "detail": error.hint}
        return JSONResponse(problem, status, media_type="application/problem+json")
    if isinstance(error, SignInNeededError) and request.method == "GET":
        return see_other(f"/sign-in?next={request.url.path}")
    return page(request, "problem.html", status=status, message=error.message, hint=error.hint)
