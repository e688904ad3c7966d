"""`assent serve --demo`: everything on a network nobody lives in, with people to sign in as.

Whoever can reach the page `/demo` can be anybody in it. So it is served on the loopback address alone, over a folder
that this program made itself, and every page says what it is.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final

import uvicorn
from fastapi import APIRouter, FastAPI, Form, Request
from starlette.responses import Response

from assent.errors import InputError
from assent.operations.platform import Platform, open_platform
from assent.operations.sign_in import Person
from assent.operations.workspace import open_workspace
from assent.server.demo_network import FOLDER, DemoPerson, Say, prepare_demo
from assent.server.running import LAST_REQUESTS_SECONDS, bind, over
from assent.serving.door import NotFoundError, ThePlatform, needs
from assent.serving.permissions import Permission
from assent.vocabulary.identifiers import MemberId
from assent.web.pages import page
from assent.web.sign_in.routes import let_in

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_ADDRESS_VARIABLE: Final = "ASSENT_PORTAL_ADDRESS"
TRY: Final = (
    "Be the member in Germany: switch generative AI off, and download the receipt.",
    "Be nobody: check that receipt on the public page, then change one letter in it and check again.",
    "Be the privacy officer: decide an objection, then place a hold and see how fast it holds.",
)
"""The three things to try first."""


def run_demo(
    host: str = "127.0.0.1", port: int = 8080, *, processes: int = 1, log: bool = False, folder: Path | None = None
) -> None:
    """The demonstration is served until somebody stops it.

    Args:
        folder: where it lies; made the first time. None is `.demo-portal` here.

    Raises:
        InputError: the address is not the loopback's, or the folder holds something else.
    """
    if host not in _LOOPBACK:
        raise InputError(f"the demonstration is not served on `{host}`",
                         hint="anybody who reaches it can be anybody in it; leave out --host")  # fmt: skip
    if processes > 1:
        raise InputError("the demonstration runs in one process", hint="leave out --processes")
    root = (folder or Path(FOLDER)).resolve()
    bound = bind(host, port)
    here = f"http://{f'[{host}]' if ':' in host else host}:{bound.getsockname()[1]}"
    people = prepare_demo(root, _saying())
    os.environ[_ADDRESS_VARIABLE] = here
    app = demo_over(open_platform(open_workspace(root)), people, host=host, log=log)
    _greet(here)
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False,
                            timeout_graceful_shutdown=LAST_REQUESTS_SECONDS)  # fmt: skip
    with suppress(KeyboardInterrupt):  # by which the server says that it has stopped, in order
        uvicorn.Server(config).run(sockets=[bound])
    _show(f"stopped; {root.name} stays as it is, and the next start goes on with it")


def demo_over(platform: Platform, people: list[DemoPerson], *, host: str, log: bool) -> FastAPI:
    """The application with the page `/demo`, and a banner on every page."""
    app = over(platform, host=host, log=log)
    app.state.demonstration = True
    app.include_router(_router(people))
    return app


def _router(people: list[DemoPerson]) -> APIRouter:
    router = APIRouter(include_in_schema=False, dependencies=[needs(Permission.ANYBODY)])

    @router.get("/demo")
    def show_people(request: Request) -> Response:
        """Whom to be."""
        return page(request, "sign_in/demo.html", people=people, try_first=TRY)

    @router.post("/demo")
    def be(request: Request, platform: ThePlatform, person: Annotated[int, Form()]) -> Response:
        """The browser is signed in as that one."""
        if not 0 <= person < len(people):
            raise NotFoundError("there is no such person in the demonstration")
        chosen = people[person]
        member = MemberId(chosen.subject) if chosen.is_member else None
        who = Person(chosen.role, chosen.subject, member, chosen.name)
        return let_in(request, platform, who, back=chosen.start)

    return router


def _greet(here: str) -> None:
    _show(f"\nA demonstration: nobody in it exists, and nothing leaves this machine.\n\n  {here}/demo\n")
    for number, each in enumerate(TRY, 1):
        _show(f"  {number}. {each}")
    _show("\nstop with Ctrl+C")


def _saying() -> Say:
    began = time.monotonic()

    def say(text: str) -> None:
        _show(f"{time.monotonic() - began:5.1f} s  {text}")

    return say


def _show(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - what the command tells whoever started it
