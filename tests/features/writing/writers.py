"""Members, and writers that answer what a test wants; one of them over a real socket."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from assent.errors import UnavailableError
from assent.features.writing import Ask, Draft, Guard, OwnRecord, draft
from assent.features.writing.prompting import Prompt

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)

NURSE = (
    OwnRecord("name", "profile.name", "Ada Quill", NOW),
    OwnRecord("now", "profile.position", "Ward nurse at Larkhill Hospital, Leeds (2015 to today)", NOW),
    OwnRecord(
        "lead", "profile.position", "Larkhill Hospital, Leeds: ward nurse with responsibility for six people", NOW
    ),
    OwnRecord("then", "profile.position", "Care assistant at Brook House, 2009 to 2014", NOW),
    OwnRecord("school", "profile.education", "Nursing, Ellery College, 2009", NOW),
    OwnRecord("skills", "profile.skill", "Wound care, shift planning", NOW),
    OwnRecord("post", "post", "Every handover needs a chair for the person who listens.", NOW),
)


def drafted(ask: Ask, records: tuple[OwnRecord, ...] = NURSE, **more: Any) -> Draft:
    return draft(ask, records, now=NOW, guard=more.pop("guard", Guard()), **more)


@dataclass
class Saying:
    """A generator that says these texts, one after another, the last for ever."""

    texts: list[str]
    name: str = "saying"
    asked: list[Prompt] = field(default_factory=list)

    def propose(self, prompt: Prompt, *, seed: int) -> str:
        self.asked.append(prompt)
        return self.texts[min(len(self.asked), len(self.texts)) - 1]


class Down:
    name = "down"

    def propose(self, prompt: Prompt, *, seed: int) -> str:
        raise UnavailableError("the model server cannot be reached: connecterror")


Answer = Callable[[dict[str, Any], int], tuple[int, bytes]]


def completion(text: str) -> bytes:
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode()


@contextmanager
def model_server(answer: Answer, *, pause: float = 0.0) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A server of OpenAI's protocol; gives its address and what it was asked, headers among it."""
    asked: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            asked.append(body | {"path": self.path, "authorization": self.headers.get("authorization")})
            time.sleep(pause)
            status, content = answer(body, len(asked))
            try:
                self.send_response(status)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except OSError:
                pass  # whoever asked has hung up

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=lambda: server.serve_forever(0.02), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
