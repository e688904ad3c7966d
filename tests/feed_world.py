"""A small working folder with a recipient, and a recipient's server that does as it is told."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from assent.evidence.webhook import webhook_signature
from assent.feeds.verifying import current_set
from assent.feeds.webhook import Patience
from assent.operations.build import ATTEST_PUBLIC, build_snapshot
from assent.operations.feed_status import FeedStatus, feed_statuses
from assent.operations.feeds import Round, Surroundings, build_feed, deliver, retract_feed, verify_received
from assent.operations.workspace import open_workspace
from assent.snapshot.reader import open_snapshot
from assent.vocabulary.tables import RECORD_SCHEMA
from small_world import World, joined, make_world, mention, post

SHARING = "share_affiliates"
NAME = "acme"
SECRET = b"0123456789abcdef0123456789abcdef"
SECRET_TEXT = "whsec_" + base64.b64encode(SECRET).decode()
QUICK = Patience(connect=2, silence=0.5, whole=1.5)


def position(ident: str, author: str, text: str | None = None, **fields: Any) -> dict[str, Any]:
    """A position on a profile, which may be shared."""
    return post(ident, author, text, category="profile.position", **fields)


def shares(member: str, value: str, at: str) -> dict[str, Any]:
    """The member turns sharing on or off."""
    return {
        "type": "setting.changed",
        "setting": SHARING,
        "value": value,
        "member": member,
        "effective_at": at,
    }


@dataclass
class FeedWorld:
    """A world with one recipient, whose feed goes to `inbox` or to a server."""

    world: World
    chance: Callable[[], float] = lambda: 0.5
    gap: Callable[[str], None] = lambda _name: None
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def inbox(self) -> Path:
        return self.world.root / "inbox"

    @property
    def folder(self) -> Path:
        return self.world.root / "feeds" / NAME

    @property
    def workspace(self):
        return open_workspace(self.world.root)

    @property
    def around(self) -> Surroundings:
        return Surroundings(self.world.clock, self.world.entropy, self.chance, self.environ, QUICK, self.gap)

    def snapshot(self) -> Path:
        self.world.pass_time(minutes=1)
        built = build_snapshot(self.workspace, SHARING, clock=self.world.clock, entropy=self.world.entropy)
        return built.path

    def withdraw(self, member: str) -> None:
        self.world.pass_time(minutes=1)
        self.world.tell(shares(member, "off", self.world.now.isoformat()))

    def return_to(self, member: str) -> None:
        self.world.pass_time(minutes=1)
        self.world.tell(shares(member, "on", self.world.now.isoformat()))

    def build(self, name: str = NAME):
        self.world.pass_time(minutes=1)
        return build_feed(self.workspace, name, self.around)

    def retract(self, name: str = NAME, **given: Any):
        self.world.pass_time(minutes=1)
        return retract_feed(self.workspace, name, self.around, **given)

    def deliver(self, name: str = NAME, **given: Any) -> Round:
        self.world.pass_time(minutes=1)
        return deliver(self.workspace, name, self.around, **given)

    def status(self, name: str = NAME) -> FeedStatus:
        (found,) = feed_statuses(self.workspace, self.around, name=name)
        return found

    def received(self, inbox: Path | None = None) -> dict[str, dict[str, Any]]:
        """What the recipient may use now, after checking everything they were given."""
        return current_set(verify_received(inbox or self.inbox, self.world.root / "keys" / ATTEST_PUBLIC))

    def readable(self, snapshot: Path) -> dict[str, dict[str, Any]]:
        """What a reader of that snapshot gets now, by id, as JSON."""
        with open_snapshot(snapshot, ledger=self.world.workspace.ledger_folder, clock=self.world.clock) as reader:
            return {row["id"]: _json(row) for batch in reader for row in batch.to_pylist()}

    def events(self, kind: str) -> list[tuple[str | None, str | None, str | None]]:
        with self.world.ledger() as ledger:
            found = [event for _, event in ledger.system_events() if event.type.value == kind]
        return [(event.key, event.value, event.by) for event in found]


def _json(row: dict[str, Any]) -> dict[str, Any]:
    created_at = row["created_at"]
    return {**row, "created_at": None if created_at is None else created_at.isoformat().replace("+00:00", "Z")}


def some_members(count: int = 6) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Members who share everything, with two positions each; m1's first names m2."""
    events = [event for n in range(count) for event in joined(f"m{n}", region="US")]
    records = [position(f"p-{n}-{k}", f"m{n}") for n in range(count) for k in range(2)]
    records[2] = position("p-1-0", "m1", "with @m2 at work", subjects=[mention("m2", 5, 8)])
    return events, records


def make_feed_world(
    root: Path, *, config: str = "", events: list[Any] | None = None, records: list[Any] | None = None
) -> FeedWorld:
    """A world of members who share, and the recipient `acme`, by folder unless `config` says otherwise."""
    default_events, default_records = some_members()
    world = make_world(root, events or default_events, records or default_records)
    with (root / "assent.toml").open("a") as file:
        file.write(config or recipient_table('deliver = "folder"\npath = "inbox"\npseudonyms = false\n'))
    return FeedWorld(world, environ={"ASSENT_RECIPIENTS_ACME_SECRET": SECRET_TEXT})


def recipient_table(lines: str, name: str = NAME, purpose: str = SHARING) -> str:
    """A table of `assent.toml`."""
    return f'\n[recipients.{name}]\npurpose = "{purpose}"\n{lines}'


def rewrite(world: World, records: list[dict[str, Any]]) -> None:
    """The platform's table has other rows now."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pylist(records, schema=RECORD_SCHEMA), world.root / "records.parquet")


@dataclass
class Received:
    """A request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Server:
    """A recipient's server. `answer(received)` gives status, headers and body, or a function of the handler."""

    def __init__(self, answer: Callable[[Received], Any]) -> None:
        self.answer = answer
        self.requests: list[Received] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_arguments: Any) -> None:
                pass

            def _take(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                received = Received(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
                server.requests.append(received)
                given = server.answer(received)
                if callable(given):
                    given(self)
                    return
                status, headers, content = given
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_POST = do_PUT = _take  # noqa: N815 - the library's names

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/feed"

    @contextmanager
    def running(self) -> Iterator[Server]:
        self._thread.start()
        try:
            yield self
        finally:
            self._http.shutdown()
            self._http.server_close()


def accepting(_received: Received) -> tuple[int, dict[str, str], bytes]:
    return 200, {}, b"{}"


def acknowledging(clock: Callable[[], Any], *, digest: str | None = None, secret: bytes = SECRET) -> Any:
    """Answers with a signed acknowledgement of the batch that is announced."""

    def answer(received: Received) -> tuple[int, dict[str, str], bytes]:
        if received.method == "PUT":
            return 201, {}, b""
        body = json.dumps({"acknowledged": digest or received.json["data"]["digest"]}).encode()
        ident, stamp = received.headers["webhook-id"], int(clock().timestamp())
        signature = webhook_signature(secret, ident, stamp, [body])
        return 200, {"webhook-id": ident, "webhook-timestamp": str(stamp), "webhook-signature": signature}, body

    return answer


def answering(status: int, **headers: str) -> Any:
    return lambda _received: (status, {name.replace("_", "-"): value for name, value in headers.items()}, b"no")
