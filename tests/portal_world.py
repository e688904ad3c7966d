"""A platform with its doors open: a small world, the application over it, and people who have signed in.

portal = make_portal(tmp_path)
portal.client(member="m1").get("/settings")                 # in this process, no socket
with serve(portal) as address: browser.goto(address)        # a real server in a thread, for a real browser
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assent.desk.sessions import begin_session
from assent.operations.platform import Platform, open_platform
from assent.server.application import make_application
from assent.serving.door import FORM_KEY, FORM_KEY_HEADER, cookie_name, session_of
from assent.vocabulary.identifiers import MemberId
from small_world import World, make_world

OFFICER, AUDITOR, OPERATOR = "privacy_officer", "auditor", "operator"


@dataclass
class Portal:
    """The world, its open platform and the application over it. Its clock is the world's, which stands."""

    world: World
    platform: Platform
    app: FastAPI

    def session(self, *, member: str | None = None, staff: str | None = None, name: str | None = None) -> str:
        """The cookie of somebody who signed in: a member, or a person of the staff in that role."""
        return begin_session(
            self.platform.desk,
            role=staff or "member",
            subject=name or member or f"staff:{staff}",
            member=None if member is None else MemberId(member),
            shown_name=name or member or str(staff),
            now=self.world.now,
            lasts=timedelta(hours=8),
            entropy=self.world.entropy,
        )

    def client(self, **who: Any) -> Client:
        """A client that has signed in as a member or as staff; nobody without either."""
        client = Client(self.app, base_url="http://127.0.0.1:8080", follow_redirects=False)
        if who:
            secret = self.session(**who)
            client.cookies.set(cookie_name(self.platform), secret)
            session = session_of(self.platform.desk, secret, now=self.world.now)
            assert session is not None
            client.form_key = session.form_key
            client.headers[FORM_KEY_HEADER] = session.form_key
        return client


class Client(TestClient):
    """A client that knows its form key; `headers` carries it already."""

    form_key = ""

    def form(self, path: str, **fields: Any) -> Any:
        """A form is sent, as a browser would send it."""
        self.headers.pop(FORM_KEY_HEADER, None)
        return self.post(path, data={FORM_KEY: self.form_key, **fields})


def make_portal(
    root: Path,
    events: Iterable[dict[str, Any]] | None = None,
    records: Sequence[dict[str, Any]] | None = None,
    **given: Any,
) -> Portal:
    """A portal over a small world; `given` as for `make_world`."""
    world = make_world(root, events, records, **given)
    platform = open_platform(world.workspace, clock=world.clock, entropy=world.entropy)
    return Portal(world, platform, make_application(platform))


@contextmanager
def serve(portal: Portal, *, port: int = 0) -> Iterator[str]:
    """The application answers on that port of the loopback address, or on any; gives where."""
    config = uvicorn.Config(portal.app, host="127.0.0.1", port=port, log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
