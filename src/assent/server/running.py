"""The processes behind `assent serve`: one socket, as many processes as asked for, each with the platform open.

What is acknowledged is in the ledger before the answer leaves (`ledger.group_commit`), so nothing here has to be saved:
a process that is killed loses requests that nobody was answered, and another takes its place. At a stop, requests that
are under way are finished first.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from tempfile import TemporaryDirectory
from typing import Final

import uvicorn
from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Multiprocess, Process

from assent.errors import InputError, UnavailableError
from assent.operations.desk_keeping import desk_loop
from assent.operations.hooks import hook_loop
from assent.operations.metrics import MULTIPROCESS
from assent.operations.outbox import mail_loop
from assent.operations.platform import Platform, open_platform
from assent.operations.workspace import open_workspace
from assent.server.application import make_application
from assent.server.problems import places_of

FACTORY: Final = "assent.server.running:make"
HOST_VARIABLE: Final = "ASSENT_SERVED_HOST"
LOG_VARIABLE: Final = "ASSENT_REQUEST_LOG"
LAST_REQUESTS_SECONDS: Final = 10
_QUEUE: Final = 2048
_PAUSE_SECONDS: Final = 10
_NEW_OBJECTS: Final = 50_000
"""Python looks for cycles among new objects when there are so many more of them."""

Loop = Callable[[Platform, threading.Event], None]
"""What goes on beside the answering until the process stops; any number of processes do it at once."""

LOOPS: Final[tuple[Loop, ...]] = (hook_loop, mail_loop, desk_loop)


def make() -> FastAPI:
    """The application of one process, which opens the platform of the folder it was started in and closes it again."""
    platform = _opened_patiently()
    return over(platform, host=os.environ.get(HOST_VARIABLE, "127.0.0.1"), log=LOG_VARIABLE in os.environ, loops=LOOPS)


def over(platform: Platform, *, host: str, log: bool, loops: Sequence[Loop] = ()) -> FastAPI:
    """The application over an open platform, which it closes when it stops."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        with ExitStack() as running:
            running.callback(platform.close)
            running.enter_context(_going_on(platform, loops))
            _spare_the_collector()
            yield

    return make_application(platform, host=host, log=log, lifespan=lifespan)


def _spare_the_collector() -> None:
    """Python looks for cycles less often, and never among what was loaded for good.

    A server keeps hundreds of thousands of objects; walking through them again and again is a tenth of its work, and
    each walk stops every thread.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, 20, 50)


def bind(host: str, port: int) -> socket.socket:
    """A socket that listens there; 0 is any free port.

    Raises:
        InputError: somebody else listens there, or there is no such address on this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(_QUEUE)
    except (OSError, OverflowError) as error:
        bound.close()
        said = getattr(error, "strerror", None) or "no such port"
        raise InputError(f"cannot listen on `{host}:{port}`: {said.lower()}",
                         hint="another program may be there; choose one with --port") from None  # fmt: skip
    bound.set_inheritable(True)
    return bound


def run(bound: socket.socket, *, host: str, processes: int, log: bool) -> None:
    """Requests are answered until somebody stops the program; those under way are finished first."""
    os.environ[HOST_VARIABLE] = host
    if log:
        os.environ[LOG_VARIABLE] = "on"
    config = uvicorn.Config(
        FACTORY,
        factory=True,
        workers=processes,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=LAST_REQUESTS_SECONDS,
        backlog=_QUEUE,
    )
    with _quiet_stop():
        if processes > 1:
            with _counted_together():
                Processes(config, sockets=[bound]).run()
        else:
            uvicorn.Server(config).run(sockets=[bound])


class Processes(Multiprocess):
    """As many processes as asked for; one that is gone is replaced within a second.

    Nobody is asked whether they are well: one that is busy with a long request is, and to wait for the answer of one
    that was killed while it started would keep everybody, and the signal to stop, waiting for as long.
    """

    def keep_subprocess_alive(self) -> None:
        """In the place of each process that is gone there is a new one."""
        for place, process in enumerate(self.processes):
            if process.process.is_alive():
                continue
            process.kill()  # closes its pipes
            process.join()
            if process.exitcode == STARTUP_FAILURE:  # the next would fail in the same way
                self.should_exit.set()
                return
            sys.stderr.write("a process is gone; another takes its place\n")
            self.processes[place] = Process(self.config, self.sockets)
            self.processes[place].start()


@contextmanager
def _counted_together() -> Iterator[None]:
    """Processes that start in the block count in one folder, so that each tells the figures of all (`metrics`)."""
    if MULTIPROCESS in os.environ:
        yield
        return
    with TemporaryDirectory(prefix="assent-metrics-", ignore_cleanup_errors=True) as folder:
        os.environ[MULTIPROCESS] = folder
        try:
            yield
        finally:
            del os.environ[MULTIPROCESS]


def _opened_patiently() -> Platform:
    """The platform, as soon as its database can be reached: a process that starts while it is away waits for it."""
    workspace, told = open_workspace(), False
    while True:
        try:
            return open_platform(workspace)
        except UnavailableError as error:
            if not told:
                sys.stderr.write(f"waiting: {error.message}\n")
            told = True
            time.sleep(1)


@contextmanager
def _going_on(platform: Platform, loops: Sequence[Loop]) -> Iterator[None]:
    """The loops run during the block, and have ended after it."""
    stop = threading.Event()
    threads = [threading.Thread(target=_guarded, args=(loop, platform, stop), daemon=True) for loop in loops]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=LAST_REQUESTS_SECONDS)


def _guarded(loop: Loop, platform: Platform, stop: threading.Event) -> None:
    """A loop that fails in a way that nobody foresaw begins anew: mail must not wait for a restart."""
    while not stop.is_set():
        try:
            loop(platform, stop)
            return
        except Exception as error:  # noqa: BLE001 - a thread's last line of defence
            sys.stderr.write(places_of(error))
            stop.wait(_PAUSE_SECONDS)


@contextmanager
def _quiet_stop() -> Iterator[None]:
    """Being told to stop is no error: uvicorn stops, then raises the signal again, which by then does nothing."""
    before = {each: signal.signal(each, lambda *_: None) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
