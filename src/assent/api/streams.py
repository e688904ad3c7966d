"""Bodies that are taken as the bytes they are: a receipt, or a stream of events that is larger than memory."""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request

from assent.serving.door import platform_of
from assent.storage.files import explained, make_private_folder

NDJSON: Final = "application/x-ndjson"
RECEIPT_BYTES: Final = 1 << 22

_WRITTEN_AT_ONCE = 1 << 20
_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Spooled:
    """A body that lies in a file for as long as the request lasts.

    Args:
        digest: SHA-256, hexadecimal.
    """

    path: Path
    digest: str


async def body_of(request: Request) -> bytes:
    """The body, as it came.

    Raises:
        HTTPException: it is too large (413).
    """
    data = bytearray()
    async for piece in request.stream():
        data += piece
        if len(data) > RECEIPT_BYTES:
            raise _too_large(RECEIPT_BYTES)
    return bytes(data)


async def spooled_events(request: Request) -> AsyncIterator[Spooled]:
    """The body lies in a file of its own, whatever its size; the file is gone when the request has been answered.

    A slow sender keeps nobody waiting: the ledger is touched only when everything is here.

    Raises:
        HTTPException: it is not NDJSON (415), or larger than `[api] max_upload_mib` (413).
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != NDJSON:
        raise HTTPException(415, f"send `{NDJSON}`: an event in each line")
    workspace = platform_of(request).workspace
    most = workspace.number("api.max_upload_mib") * _MIB
    with explained(workspace.root):
        # Beside the ledger, for its owner alone: a temporary folder of the system may be small and is everybody's.
        parent = workspace.root / "uploads"
        make_private_folder(parent)
    with TemporaryDirectory(dir=parent) as folder:
        path = Path(folder) / "events.ndjson"
        yield Spooled(path, await _spool(request, path, most))


async def _spool(request: Request, path: Path, most: int) -> str:
    digest, size, waiting = hashlib.sha256(), 0, bytearray()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        async for piece in request.stream():
            size += len(piece)
            if size > most:
                raise _too_large(most)
            digest.update(piece)
            waiting += piece
            if len(waiting) >= _WRITTEN_AT_ONCE:
                await run_in_threadpool(_write, handle, path, bytes(waiting))
                waiting.clear()
        await run_in_threadpool(_write, handle, path, bytes(waiting))
    finally:
        os.close(handle)
    return digest.hexdigest()


def _write(handle: int, path: Path, data: bytes) -> None:
    with explained(path):
        view = memoryview(data)
        while view:
            view = view[os.write(handle, view) :]


def _too_large(most: int) -> HTTPException:
    return HTTPException(413, f"more than `{most}` bytes are not taken at once")
