"""What every request meets first and every answer last, whatever route it is for. Plain ASGI: it costs microseconds.

`Admission` turns away what is addressed to another host or is too large; `SafeHeaders` tells browsers what a page may
do; `RequestLog` writes a line about each request that names nobody.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from time import perf_counter
from typing import Final, TextIO

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
HEADERS: Final[Mapping[str, str]] = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # with `no-referrer` browsers would call our own forms' origin `null`
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "x-frame-options": "DENY",
}
LASTING_HTTPS: Final = "max-age=63072000; includeSubDomains"

MIB: Final = 1 << 20
LARGEST_BODY: Final[Mapping[str, int]] = {
    "/v1/events": 4096 * MIB,
    "/v1/decide": 32 * MIB,
    "/v1/receipts/verify": 4 * MIB,
    "/v1/": MIB // 4,
    "/": 2 * MIB,
}
"""How many bytes a request may have, by the first of these that its path begins with. Bodies that the framework reads
before it is known who asks are small; those that may be large are read after that."""
LARGEST_HEADERS: Final = 64 * 1024
# Forms are decoded by whatever character set they name, and Python knows some that take minutes for a megabyte
# (punycode) and some that make half characters, which no page can show and no table store.
_UTF_8: Final = re.compile(rb'charset\s*=\s*"?utf-?8"?\s*(?=;|$)')
ASKED_BY_MACHINES: Final = frozenset({"/health", "/ready", "/metrics"})
"""Whoever watches over the server asks for these by its bare address."""


class SafeHeaders:
    """Every answer has the headers that a route did not set otherwise; `no-store` unless it says what may be kept."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        given = dict(HEADERS) | ({"strict-transport-security": LASTING_HTTPS} if secure else {})
        self._headers = tuple((name.encode(), value.encode()) for name, value in given.items())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The answer has the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = message["headers"] = list(message.get("headers", ()))
                names = {name for name, _ in said}
                said += [header for header in self._headers if header[0] not in names]
                if b"cache-control" not in names:
                    said.append((b"cache-control", b"no-store"))
            await send(message)

        await self._app(scope, receive, with_headers)


class Admission:
    """A request that is addressed to another host or is too large goes no further.

    Args:
        hosts: the names that this server answers to, whatever the port.
    """

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str]) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The request goes on, or is answered here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        largest = _largest_body(scope["path"])
        refused = self._refusal(scope, largest)
        if refused is not None:
            await _answer(send, *refused)
            return
        await self._app(scope, _counted(receive, largest), send)

    def _refusal(self, scope: Scope, largest: int) -> tuple[int, str] | None:
        host, length, size = b"", b"", 0
        for name, value in scope["headers"]:
            size += len(name) + len(value)
            if name == b"host":
                host = value
            elif name == b"content-length":
                length = value
            elif name == b"content-type" and b"charset" in _UTF_8.sub(b"", value.lower()):
                return 415, "the request is not in UTF-8"
        if size > LARGEST_HEADERS:
            return 431, "the request's headers are too large"
        if _host_name(host) not in self._hosts and scope["path"] not in ASKED_BY_MACHINES:
            return 421, "there is no such host here"
        if length and (not length.isdigit() or int(length[:20]) > largest):
            return 413, "the request is too large"
        return None


class RequestLog:
    """A line about each request: method, the route's pattern, status, milliseconds. Nothing of who, or which thing."""

    def __init__(self, app: ASGIApp, *, stream: Callable[[], TextIO] = lambda: sys.stderr) -> None:
        self._app = app
        self._stream = stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The line is written when the answer is."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = perf_counter(), 500

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, seen)
        finally:
            route = getattr(scope.get("route"), "path", "-")
            method = scope["method"] if scope["method"].isalpha() else "-"
            self._stream().write(f"{method} {route} {status} {(perf_counter() - began) * 1000:.1f} ms\n")


def _largest_body(path: str) -> int:
    return next(most for start, most in LARGEST_BODY.items() if path.startswith(start))


def _counted(receive: Receive, largest: int) -> Receive:
    taken = 0

    async def counting() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > largest:
            raise HTTPException(413, "the request is too large")
        return message

    return counting


def _host_name(host: bytes) -> str:
    """Without the port; an IPv6 address without its brackets."""
    text = host.decode("latin-1").lower()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0]


async def _answer(send: Send, status: int, said: str) -> None:
    body = json.dumps({"type": "about:blank", "title": said, "status": status}).encode()
    headers = MutableHeaders({"content-type": "application/problem+json", "connection": "close"})
    headers["content-length"] = str(len(body))
    await send({"type": "http.response.start", "status": status, "headers": headers.raw})
    await send({"type": "http.response.body", "body": body})
