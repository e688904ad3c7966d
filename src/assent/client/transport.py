"""Requests as they are sent, repeated where that is safe, and errors as they are told.

A request that changes something carries an idempotency key, the same in every repetition; so it may be repeated
whenever its answer was lost. What is not there for the moment (503, 429, no connection) is tried again after growing
waits, or after as long as the server asks for.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from time import sleep
from typing import Any, Final

import httpx

from assent.errors import AssentError, EvidenceError, InputError, RefusedError, UnavailableError

WAITS: Final = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Between attempts. Unit: seconds."""
LONGEST_WAIT_SECONDS: Final = 30.0

_OK, _REDIRECT, _BAD = 200, 300, 400
_ERRORS: Final[Mapping[int, type[AssentError]]] = {
    400: InputError,
    401: RefusedError,
    403: RefusedError,
    404: InputError,
    405: InputError,
    409: RefusedError,
    413: InputError,
    415: InputError,
    422: InputError,
    429: UnavailableError,
    502: UnavailableError,
    503: UnavailableError,
    504: UnavailableError,
}
_AGAIN: Final = frozenset({429, 502, 503, 504})
_UNDER_WAY: Final = "this request is still under way"


@dataclass(frozen=True, slots=True)
class Transport:
    """The way to one API, with one token.

    Args:
        rest: waits that many seconds between attempts.
    """

    http: httpx.Client
    waits: tuple[float, ...] = WAITS
    rest: Callable[[float], None] = sleep

    def ask(self, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None) -> Any:
        """The JSON that a request is answered with; for requests that may be repeated as they are.

        Raises:
            AssentError: by what to do next; the message is the server's.
        """
        return self._json(self.fetch(method, path, body, headers=headers))

    def change(self, path: str, body: Any, *, key: str | None = None) -> Any:
        """As `ask`, for a request that changes something: done once, however often it has to be sent.

        Args:
            key: None draws one. Give one that you keep to repeat it after this process has died.
        """
        return self.ask("POST", path, body, headers={"idempotency-key": key or uuid.uuid4().hex})

    def stream(self, path: str, lines: Callable[[], Iterable[bytes]], *, key: str | None = None) -> Any:
        """As `change`, for a body that comes in pieces.

        Args:
            lines: gives the body from its beginning, anew for each attempt.
        """
        headers = {"idempotency-key": key or uuid.uuid4().hex, "content-type": "application/x-ndjson"}
        return self._json(self._tried(lambda: self.http.post(path, content=lines(), headers=headers)).content)

    def fetch(self, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None) -> bytes:
        """The bytes that a request is answered with."""
        content, kind = _encoded(body)
        sent = {**kind, **(headers or {})}
        return self._tried(lambda: self.http.request(method, path, content=content, headers=sent)).content

    def _tried(self, send: Callable[[], httpx.Response]) -> httpx.Response:
        for wait in (*self.waits, None):
            try:
                response = send()
            except httpx.TransportError as error:
                failure: AssentError = UnavailableError(f"no answer: {type(error).__name__.lower()}", hint="try again")
                asked = None
            else:
                if _OK <= response.status_code < _REDIRECT:
                    return response
                failure, asked = _error(response), _asked_wait(response)
                if response.status_code not in _AGAIN and failure.message != _UNDER_WAY:
                    raise failure
            if wait is None:
                raise failure
            self.rest(min(max(wait, asked or 0.0), LONGEST_WAIT_SECONDS))
        raise AssertionError  # the last round returns or raises

    @staticmethod
    def _json(data: bytes) -> Any:
        try:
            return json.loads(data)
        except (ValueError, RecursionError):
            raise EvidenceError("the answer is no JSON", hint="is this the address of an Assent API?") from None


def _encoded(body: Any) -> tuple[bytes | None, dict[str, str]]:
    if body is None:
        return None, {}
    if isinstance(body, bytes):
        return body, {"content-type": "application/json"}
    return json.dumps(body, separators=(",", ":")).encode(), {"content-type": "application/json"}


def _error(response: httpx.Response) -> AssentError:
    """The server's error, in the class that says what to do next."""
    kind = _ERRORS.get(response.status_code, EvidenceError)
    if _REDIRECT <= response.status_code < _BAD:
        return EvidenceError("the API answers with a redirect, which is not followed", hint="give its final address")
    try:
        told = response.json()
        return kind(str(told["title"]), hint=None if told.get("detail") is None else str(told["detail"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return kind(f"the API answered {response.status_code}")


def _asked_wait(response: httpx.Response) -> float | None:
    text = response.headers.get("retry-after", "")
    return float(text[:6]) if text.isascii() and text.isdigit() else None
