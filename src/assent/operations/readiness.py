"""Whether the parts that every request needs answer soon enough."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as WaitedEnough
from typing import Final

import sqlalchemy as sa

from assent.errors import UnavailableError
from assent.operations.platform import Platform

PATIENCE_SECONDS: Final = 2.0

_asking = ThreadPoolExecutor(1, thread_name_prefix="readiness")
_lock = threading.Lock()
_asked: Future[None] | None = None


def require_ready(platform: Platform, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
    """The ledger and the desk have answered.

    Raises:
        UnavailableError: one of them cannot be reached, or did not answer in time.
    """
    try:
        _question(platform).result(patience_seconds)
    except WaitedEnough:
        raise UnavailableError("the database did not answer in time", hint="try again") from None


def _question(platform: Platform) -> Future[None]:
    """One question at a time, however many ask: a database that hangs must not take thread after thread with it."""
    global _asked  # noqa: PLW0603 - one for the process
    with _lock:
        if _asked is None or _asked.done():
            _asked = _asking.submit(_ask, platform)
        return _asked


def _ask(platform: Platform) -> None:
    assert platform.ledger.size >= 0
    with platform.desk.reading() as connection:
        connection.execute(sa.text("SELECT 1"))
