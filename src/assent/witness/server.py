"""The witness over HTTP: `POST /add-checkpoint`, and `GET /<id of a log>/checkpoint` for whoever verifies.

Source: c2sp.org/tlog-witness. Nobody is authenticated: what counts is the log's signature. Put a proxy with
TLS in front of it; it listens on the loopback address unless it is told otherwise.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from assent.errors import AssentError, InputError, UnavailableError
from assent.evidence.witness_request import MAX_REQUEST_BYTES
from assent.witness.witness import Answer, Witness

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

_CONCURRENT = 64


def make_app(witness: Witness) -> Starlette:
    """The web application of one witness.

    Raises:
        InputError: the libraries for it are not installed.
    """
    try:
        from starlette.applications import Starlette
        from starlette.concurrency import run_in_threadpool
        from starlette.responses import Response
        from starlette.routing import Route
    except ImportError:
        raise missing_libraries() from None

    def told(answer: Answer) -> Response:
        # The type is given as a header of its own: the framework would add a character set to any text.
        return Response(answer.body, answer.status, headers={"content-type": answer.content_type})

    async def add_checkpoint(request: Request) -> Response:
        body = await _read(request)
        if body is None:
            return told(Answer(413, b"a request has at most 65536 bytes\n"))
        # Signing waits for the disk and for the log's lock; other logs are served meanwhile.
        return told(await run_in_threadpool(_answer, witness, body))

    async def latest(request: Request) -> Response:
        note = await run_in_threadpool(witness.latest, request.path_params["ident"])
        return told(Answer(404, b"nothing was cosigned for this log\n") if note is None else Answer(200, note))

    return Starlette(
        routes=[
            Route("/add-checkpoint", add_checkpoint, methods=["POST"]),
            Route("/{ident}/checkpoint", latest, methods=["GET"]),
        ]
    )


def serve(witness: Witness, *, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Requests are answered until the process is interrupted.

    Args:
        port: 0 takes a free one.
        ready: told the address once it listens.

    Raises:
        InputError: the libraries for it are not installed, or the address cannot be listened on.
    """
    app = make_app(witness)
    try:
        import uvicorn
    except ImportError:
        raise missing_libraries() from None
    try:
        listening = socket.create_server((host, port))
    except OSError as error:
        raise InputError(f"cannot listen on `{host}:{port}`: {(error.strerror or 'failed').lower()}") from None
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, limit_concurrency=_CONCURRENT, timeout_keep_alive=30
    )
    with listening:
        name, bound = listening.getsockname()[:2]
        ready(f"http://{f'[{name}]' if ':' in name else name}:{bound}")
        uvicorn.Server(config).run(sockets=[listening])


def missing_libraries() -> InputError:
    """What to say where the server's libraries are not installed."""
    return InputError("the witness's server needs starlette and uvicorn", hint="pip install 'assent[web]'")


def _answer(witness: Witness, body: bytes) -> Answer:
    try:
        return witness.add_checkpoint(body)
    except UnavailableError as error:
        return Answer(503, f"{error.message}\n".encode())
    except AssentError as error:
        return Answer(500, f"{error.message}\n".encode())


async def _read(request: Request) -> bytes | None:
    """The body; None when it is larger than any request."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MAX_REQUEST_BYTES:
            return None
    return body
