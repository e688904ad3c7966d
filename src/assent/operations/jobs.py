"""Work that takes longer than a request may: done by a thread of this process, shown by every process.

    start ──► a row in the desk ──► a thread: work(progress) ──► done with its result, or failed with why
                    └── its heart beats every few seconds; a process that died leaves a job that is soon known as lost

Nothing is begun again by itself: whoever looks at the page asks once more.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from assent.desk.jobs import DONE, FAILED, Job, add_job, beat, end_job, find_lost, job_of, jobs_about
from assent.errors import AssentError, RefusedError
from assent.operations.platform import Platform

Progress = Callable[[str, int, int], None]
Work = Callable[[Progress], object]
"""Gives what came of it, as a JSON value."""

BEAT_SECONDS: Final = 5.0
AT_ONCE: Final = 2
"""So many work at once in one process; others wait, alive."""
_ID_BYTES: Final = 9
_turns = threading.BoundedSemaphore(AT_ONCE)


def start_job(platform: Platform, *, kind: str, about: str, by: str, work: Work) -> Job:
    """The work has begun; the page of the job shows how far it is.

    Raises:
        RefusedError: the same work runs already.
    """
    ident = platform.entropy(_ID_BYTES).hex()
    if not add_job(platform.desk, ident, kind=kind, about=about, by=by, now=platform.clock()):
        raise RefusedError("this is being done already", hint="look at its page, and wait until it is done")
    threading.Thread(target=_run, args=(platform, ident, work), name=f"job-{kind}", daemon=True).start()
    job = job_of(platform.desk, ident)
    assert job is not None, "jobs are never removed"
    return job


def find_job(platform: Platform, ident: str) -> Job | None:
    """That job as it is now; lost where its process died."""
    find_lost(platform.desk, now=platform.clock())
    return job_of(platform.desk, ident)


def jobs_of(platform: Platform, *, kind: str, about: str | None = None, most: int = 20) -> list[Job]:
    """Jobs of that kind, the newest first."""
    find_lost(platform.desk, now=platform.clock())
    return jobs_about(platform.desk, kind=kind, about=about, most=most)


def _run(platform: Platform, ident: str, work: Work) -> None:
    state, result = FAILED, None  # type: str, object
    with _beating(platform, ident), _turns:
        try:
            result = work(lambda what, done, total: _tell(platform, ident, what, done, total))
            state = DONE
        except AssentError as error:
            result = {"message": error.message, "hint": error.hint}
        except Exception as error:  # noqa: BLE001 - the thread's last line; a message might name somebody
            sys.stderr.write(f"job {ident} failed: {type(error).__module__}.{type(error).__qualname__}\n")
            result = {"message": "something went wrong on our side", "hint": None}
    # A crash here, or a desk that cannot be reached, leaves a job without a pulse, which is soon known as lost.
    with suppress(AssentError):
        end_job(platform.desk, ident, state=state, result=result, now=platform.clock())


def _tell(platform: Platform, ident: str, what: str, done: int, total: int) -> None:
    """What it is at; of many small steps each hundredth is told."""
    if total and done % max(total // 100, 1):
        return
    step = f"{what}: {done:,} of {total:,}" if total else what
    with suppress(AssentError):
        beat(platform.desk, ident, now=platform.clock(), step=step)


@contextmanager
def _beating(platform: Platform, ident: str) -> Iterator[None]:
    over = threading.Event()

    def pulse() -> None:
        while not over.wait(BEAT_SECONDS):
            with suppress(AssentError):
                beat(platform.desk, ident, now=platform.clock())

    heart = threading.Thread(target=pulse, name="heartbeat", daemon=True)
    heart.start()
    try:
        yield
    finally:
        over.set()
        heart.join()
