"""A request that changes something is done once, however often it is sent: the header `Idempotency-Key`.

The same key with the same request gets the answer that was given, status and all, for a day. With another request it
is refused (422); while the first is still under way, too (409). The key belongs to the token that used it.

When a process dies between the deed and its answer, the repetition does the work again after two minutes, and the work
is told so (`again`): each kind of work then looks for what was done, so that nothing is recorded twice.

Source: draft-ietf-httpapi-idempotency-key-header.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, Final

from fastapi import Depends, Header
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from assent.api.problems import PROBLEM_JSON, problem
from assent.desk import answers
from assent.errors import AssentError, InputError, RefusedError
from assent.serving.door import platform_of
from assent.serving.statuses import UnprocessableError, status_of

KEY_HEADER: Final = "Idempotency-Key"
REPLAYED_HEADER: Final = "Idempotent-Replayed"
_CLEARED_EACH = 256
_ERROR = 400

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias=KEY_HEADER,
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="Drawn anew for each thing to be done; the same when it is sent again. May stand in quotes.",
    ),
]


class Once:
    """A dependency: does what is asked unless it was done already."""

    def __init__(self, request: Request, key: IdempotencyKey = None) -> None:
        if key is None:
            raise InputError(
                f"this request needs the header `{KEY_HEADER}`", hint="draw a new one for each thing to be done"
            )
        self._request = request
        self._key = key.strip('"') or '""'

    def answer(self, asked: bytes, work: Callable[[bool], BaseModel], *, status: int = 200) -> Response:
        """What came of the work, now or when it was first asked for.

        Args:
            asked: all that was asked, as bytes.
            work: is given whether it may have been done before; what it raises as wrong or refused is an answer too.
        """
        platform, caller = platform_of(self._request), self._request.state.caller.subject
        digest = hashlib.sha256(f"{self._request.method} {self._request.url.path}\n".encode() + asked).hexdigest()
        found = answers.begin(platform.desk, caller=caller, key=self._key, request=digest, now=platform.clock())
        match found:
            case answers.Kept(kept_status, body):
                return _answer(kept_status, body, replayed=True)
            case answers.UnderWay():
                raise RefusedError("this request is still under way", hint="ask again in a moment, with the same key")
            case answers.OtherRequest():
                raise UnprocessableError(
                    "this idempotency key was used for another request", hint="draw a new key for each request"
                )
        try:
            kept = answers.Kept(status, work(found.again).model_dump_json().encode())
        except (InputError, RefusedError) as error:
            told = problem(status_of(error), error.message, error.hint)
            kept = answers.Kept(told.status_code, bytes(told.body))
        except BaseException:
            # A crash here, or this error, leaves open whether the work was done: who asks again is told so.
            with suppress(AssentError):
                answers.let_go(platform.desk, caller=caller, key=self._key, begun=found, now=platform.clock())
            raise
        # A crash here has done the work and kept no answer: as above, after two minutes.
        answers.keep(platform.desk, caller=caller, key=self._key, begun=found, answer=kept)
        if int(digest[:4], 16) % _CLEARED_EACH == 0:
            answers.clear(platform.desk, now=platform.clock())
        return _answer(kept.status, kept.body)


TheOnce = Annotated[Once, Depends()]


def _answer(status: int, body: bytes, *, replayed: bool = False) -> Response:
    return Response(
        body,
        status,
        media_type=PROBLEM_JSON if status >= _ERROR else "application/json",
        headers={REPLAYED_HEADER: "true"} if replayed else None,
    )
