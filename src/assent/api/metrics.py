"""Figures for whoever runs the server, and what counts them."""

from __future__ import annotations

from time import perf_counter
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assent.api.problems import plain, problems
from assent.operations.metrics import count_request, write_metrics
from assent.serving.door import ThePlatform, needs
from assent.serving.permissions import Permission

router = APIRouter(tags=["health"], dependencies=[needs(Permission.METRICS_READ)])

TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
_KNOWN: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_FAILED: Final = 500


@router.get(
    "/metrics", summary="Figures for Prometheus", responses=problems() | plain("text/plain", {"type": "string"})
)
def metrics(platform: ThePlatform) -> Response:
    """Requests by route and status, verdicts, the ledger's size, what waits. No label names anybody."""
    return Response(write_metrics(platform), media_type=TEXT)


class Measured:
    """Counts each request under its route's pattern: an address that somebody made up names no new figure."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The request goes on, and is counted when it was answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = perf_counter(), _FAILED

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, seen)
        finally:
            method = scope["method"] if scope["method"] in _KNOWN else "other"
            count_request(method=method, route=_pattern(scope), status=status, seconds=perf_counter() - began)


def _pattern(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", "unmatched"))
