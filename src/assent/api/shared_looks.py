"""Requests that wait at the same time share one look at the ledger, which begins after the last of them came.

    request ─┐                        ┌─ while a look is under way, those who come gather
    request ─┼─► look (T, N) ─► answers   and get the next one; nobody gets one that began before they came
    request ─┘

So hundreds of questions a second cost the database a look for each group of them, and none is answered from what
was known before it was asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from assent.operations.deciding import Asked, Decider, Look

_Waiting = tuple[Sequence[Asked], "asyncio.Future[Look]"]


class SharedLooks:
    """The looks of one event loop; they are taken in a thread of their own."""

    def __init__(self, decider: Decider) -> None:
        self._decider = decider
        self._waiting: list[_Waiting] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="assent-looks")
        self._task: asyncio.Task[None] | None = None

    async def look(self, asked: Sequence[Asked]) -> Look:
        """What is known, at least, of everyone in these records, of a moment after this was called.

        Raises:
            AssentError: as `Decider.look`, to everyone who shared it.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Look] = loop.create_future()
        self._waiting.append((asked, future))
        if self._task is None:
            self._task = loop.create_task(self._serve(loop))
        return await future

    async def _serve(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting, []
                everything = [each for asked, _ in group for each in asked]
                try:
                    look = await loop.run_in_executor(self._thread, self._decider.look, everything)
                except Exception as error:  # noqa: BLE001 - it is raised again where each of them waits
                    for _, future in group:
                        if not future.done():
                            future.set_exception(error)
                else:
                    for _, future in group:
                        if not future.done():
                            future.set_result(look)
        finally:
            self._task = None
