"""A small world with a model in it that was trained elsewhere, and its owner: a real receiver of HTTP requests."""

from __future__ import annotations

import atexit
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import copytree, rmtree
from tempfile import mkdtemp
from typing import Any

from assent.operations.chronicle import Chronicle
from assent.operations.models_elsewhere_registry import Registered, register_model
from assent.operations.outward import Outward
from assent.operations.platform import Platform, open_platform
from assent.operations.workspace import open_workspace
from small_world import World, entropy_from, joined, make_world, mention, post

HERE = Outward(frozenset({"127.0.0.1"}))
NAME, SERVES_AT = "chat-7b", "https://chat.example.org/v1"


@dataclass
class Owner:
    """What its receiver heard; the next `refusals` messages are answered with an error."""

    address: str = ""
    refusals: int = 0
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def told(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.heard]

    def asked(self) -> list[dict[str, Any]]:
        return [each["data"] for each in self.told() if each["type"] == "model.retraining_asked"]


@contextmanager
def listening() -> Iterator[Owner]:
    """An owner who can be reached on the loopback address."""
    owner = Owner()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if owner.refusals:
                owner.refusals -= 1
                self.send_response(503)
            else:
                owner.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(204)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    owner.address = f"http://127.0.0.1:{server.server_address[1]}/models"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield owner
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Elsewhere:
    """The world, its open platform, and the snapshot that a model elsewhere read."""

    world: World
    platform: Platform
    snapshot: str

    def register(self, name: str = NAME, **given: Any) -> Registered:
        said = {
            "snapshots": [self.snapshot],
            "trained_at": self.world.now,
            "by": "search team",
            "serves_at": SERVES_AT,
            "outward": HERE,
        }
        return register_model(self.platform, name, **(said | given))

    def standing(self) -> str:
        """The one snapshot that stands."""
        (one,) = Chronicle.read(self.platform.ledger).standing()
        return one


@cache
def _made() -> tuple[Path, str]:
    """A working folder that is made once, and copied for whoever wants one."""
    events = [event for member in ("anna", "ben", "cleo", "dina") for event in joined(member)]
    records = [
        *(post(f"anna-{n}", "anna") for n in range(3)),
        *(post(f"ben-{n}", "ben") for n in range(3)),
        post("cleo-only", "cleo"),
        *(post(f"dina-{n}", "dina") for n in range(2)),
        post("dina-names", "dina", "@anna is right", category="comment", subjects=[mention("anna", 0, 5)]),
    ]
    folder = Path(mkdtemp(prefix="assent-elsewhere-"))
    atexit.register(rmtree, folder, ignore_errors=True)
    world = make_world(folder / "world", events, records)
    world.now = datetime.now(UTC)
    return world.root, world.build().path.name


def elsewhere_world(root: Path) -> Elsewhere:
    """Four members, one of whom wrote a single record and one of whom is named by another; a snapshot of it all.

    Its clock begins at the real time, which receivers of webhooks go by.
    """
    made, snapshot = _made()
    copytree(made, root, dirs_exist_ok=True)
    world = World(root, open_workspace(root), now=datetime.now(UTC), entropy=entropy_from(b"elsewhere"))
    return Elsewhere(world, open_platform(world.workspace, clock=world.clock, entropy=world.entropy), snapshot)
