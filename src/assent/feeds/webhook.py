"""A batch as a signed web request, and what the answer means. One attempt; `delivery` decides about the next.

Requests and answers are signed alike, as Standard Webhooks say: HMAC-SHA256 with the shared secret over
`id.timestamp.body`. A batch of up to `INLINE_BYTES` travels inside one POST. Of a larger one each file goes first, as a
PUT below the same URL; the POST that follows names its digest. Nothing is taken from an answer but a few
kilobytes, no redirect is followed, and no answer is waited for without end.

Source: https://www.standardwebhooks.com, specification 1.0.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final

import httpx

from assent.evidence.webhook import Signer, signature_holds
from assent.feeds.feed import Feed
from assent.feeds.manifest import FeedManifest
from assent.feeds.state import Batch
from assent.vocabulary.instants import format_instant

INLINE_BYTES: Final = 1 << 20
ANSWER_BYTES: Final = 64 << 10
_SLOWEST = 64 << 10
"""Bytes a second; a transfer that is slower is given up."""
_CHUNK = 256 << 10
_OK, _REDIRECT, _BAD = 200, 300, 400
_GONE = 410
_TRY_LATER = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one attempt may take. Unit: seconds."""

    connect: float = 10.0
    silence: float = 30.0
    whole: float = 60.0


PATIENCE: Final = Patience()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one attempt.

    Args:
        delivered: the recipient has the batch.
        gone: they want no more of it; nothing is tried again until a person says so.
        refused: trying again soon is no use.
        wait: how long they ask us to wait.
        acknowledged: the digest of the batch they say they applied, over a signature that holds.
        receipt: the answer as it came, with its signature.
    """

    delivered: bool
    detail: str
    gone: bool = False
    refused: bool = False
    wait: timedelta | None = None
    acknowledged: str | None = None
    receipt: bytes | None = None


def message_id(feed: Feed, batch: Batch, kind: str) -> str:
    """The same for every attempt at the same thing, so that a recipient can tell a repetition."""
    return f"{feed.recipient.name}_{batch.number:06d}_{batch.digest[:16]}_{kind}"


def post_batch(
    feed: Feed,
    batch: Batch,
    envelope: bytes,
    manifest: FeedManifest,
    *,
    signer: Signer,
    patience: Patience,
) -> Answer:
    """One attempt to hand the batch over."""
    folder = feed.batch_folder(batch.number)
    inline = sum(each.bytes for each in manifest.files) <= INLINE_BYTES
    texts = {each.name: (folder / each.name).read_text(encoding="utf-8") for each in manifest.files} if inline else None
    body = _body("feed.batch", feed, batch, signer.clock(), {"manifest": envelope.decode(), "files": texts})

    async def attempt(client: httpx.AsyncClient) -> Answer:
        for each in () if inline else manifest.files:
            url = f"{feed.recipient.destination.rstrip('/')}/{batch.number:06d}/{each.name}"
            answer = await _put(client, signer, url, folder / each.name, message_id(feed, batch, each.name))
            if not answer.delivered:
                return answer
        return await _post(client, signer, feed.recipient.destination, body, message_id(feed, batch, "batch"))

    size = sum(each.bytes for each in manifest.files)
    return _within(attempt, patience, patience.whole + size / _SLOWEST)


def post_reminder(feed: Feed, batch: Batch, *, signer: Signer, patience: Patience) -> Answer:
    """One question whether a batch that was sent has been applied."""
    body = _body("feed.reminder", feed, batch, signer.clock(), {})

    async def attempt(client: httpx.AsyncClient) -> Answer:
        return await _post(client, signer, feed.recipient.destination, body, message_id(feed, batch, "reminder"))

    return _within(attempt, patience, patience.whole)


def _body(kind: str, feed: Feed, batch: Batch, now: datetime, more: Mapping[str, Any]) -> bytes:
    data = {"recipient": feed.recipient.name, "number": batch.number, "digest": batch.digest, **more}
    return json.dumps(
        {"type": kind, "timestamp": format_instant(now), "data": data}, ensure_ascii=False, separators=(",", ":")
    ).encode()


def _within(attempt: Callable[[httpx.AsyncClient], Any], patience: Patience, seconds: float) -> Answer:
    async def run() -> Answer:
        timeout = httpx.Timeout(patience.silence, connect=patience.connect)
        # No proxy or credential of the environment: the request goes where the configuration says, as it says.
        async with httpx.AsyncClient(timeout=timeout, follow_redirects=False, trust_env=False) as client:
            async with asyncio.timeout(seconds):
                answer = await attempt(client)
            assert isinstance(answer, Answer)
            return answer

    try:
        return asyncio.run(run())
    except TimeoutError:
        return Answer(delivered=False, detail=f"no answer within {seconds:.0f} seconds")
    except (httpx.HTTPError, OSError) as error:
        return Answer(delivered=False, detail=_one_line(error))


async def _post(client: httpx.AsyncClient, signer: Signer, url: str, body: bytes, ident: str) -> Answer:
    headers = signer.headers(ident, [body]) | {"content-type": "application/json"}
    async with client.stream("POST", url, content=body, headers=headers) as response:
        return await _read(response, ident, signer)


async def _put(client: httpx.AsyncClient, signer: Signer, url: str, path: Path, ident: str) -> Answer:
    size = str(path.stat().st_size)  # noqa: ASYNC240 - nothing else runs in this loop
    headers = signer.headers(ident, _pieces(path)) | {"content-type": "application/jsonl", "content-length": size}

    async def stream() -> AsyncIterator[bytes]:
        for piece in _pieces(path):
            yield piece

    async with client.stream("PUT", url, content=stream(), headers=headers) as response:
        return await _read(response, ident, signer)


def _pieces(path: Path) -> Iterable[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            yield piece


async def _read(response: httpx.Response, ident: str, signer: Signer) -> Answer:
    status = response.status_code
    if _OK <= status < _REDIRECT:
        # They have it, whatever becomes of the rest of the answer: that can only cost them the acknowledgement.
        body = b""
        with suppress(httpx.HTTPError):
            body = await _limited(response)
        return _taken(response, body, ident, signer)
    wait = _wait(response.headers.get("retry-after"), signer.clock())
    if status == _GONE:
        return Answer(delivered=False, detail="answered 410: they want no more", gone=True)
    if _REDIRECT <= status < _BAD:
        return Answer(delivered=False, detail=f"answered {status}: redirects are not followed", refused=True)
    refused = _BAD <= status < 500 and status not in _TRY_LATER  # noqa: PLR2004 - the classes of HTTP
    return Answer(delivered=False, detail=f"answered {status}", refused=refused, wait=wait)


async def _limited(response: httpx.Response) -> bytes:
    """The body, or nothing when it is longer than any answer to us needs to be."""
    read = b""
    async for piece in response.aiter_raw():
        read += piece
        if len(read) > ANSWER_BYTES:
            return b""
    return read


def _taken(response: httpx.Response, body: bytes, ident: str, signer: Signer) -> Answer:
    """A 2xx says that they have it. Only a signed body with the digest says that they applied it."""
    detail = f"answered {response.status_code}"
    try:
        digest = json.loads(body)["acknowledged"]
    except (ValueError, KeyError, TypeError):
        return Answer(delivered=True, detail=f"{detail}, without an acknowledgement")
    headers = {name: value for name, value in response.headers.items() if name.startswith("webhook-")}
    if not isinstance(digest, str) or headers.get("webhook-id") != ident:
        return Answer(delivered=True, detail=f"{detail}, with an acknowledgement of something else")
    if not signature_holds(signer.secret, headers, body, now=signer.clock()):
        return Answer(delivered=True, detail=f"{detail}, with an acknowledgement whose signature does not hold")
    receipt = json.dumps({"headers": headers, "body": body.decode(errors="replace")}, indent=1).encode()
    return Answer(delivered=True, detail=detail, acknowledged=digest, receipt=receipt)


def _wait(text: str | None, now: datetime) -> timedelta | None:
    """What `Retry-After` asks: seconds, or a date; anything else asks nothing."""
    if text is None:
        return None
    if text.strip().isascii() and text.strip().isdigit():
        return timedelta(seconds=min(int(text), 10**6))
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(until - now, timedelta(0))


def _one_line(error: Exception) -> str:
    said = " ".join(str(error).split()) or type(error).__name__
    return said[:200].lower()
