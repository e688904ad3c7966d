"""A real mail server on a port of the loopback address, which says what a test has it say."""

from __future__ import annotations

import re
import socket
import socketserver
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from typing import Any

from aiosmtpd.controller import Controller

TAKEN = "250 taken"
_NAMED = re.compile(rb"^Message-ID: (\S+)\r$", re.MULTILINE)


class Inbox:
    """What arrived: `taken` counts by Message-ID."""

    def __init__(self, answer: Callable[[str, int], str]) -> None:
        self.answer, self.asked, self.taken = answer, Counter[str](), Counter[str]()
        self.messages: list[Any] = []
        self.senders: list[str] = []

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        self.asked[address] += 1
        said = self.answer(address, self.asked[address])
        if said == TAKEN:
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken[_NAMED.findall(bytes(envelope.content))[0].decode()] += 1
        self.senders.append(envelope.mail_from)
        if len(self.messages) < 10:
            self.messages.append(message_from_bytes(bytes(envelope.content)))
        return TAKEN


@contextmanager
def mail_server(
    answer: Callable[[str, int], str] = lambda _address, _time: TAKEN, *, kind: type[Inbox] = Inbox, **given: Any
) -> Iterator[tuple[Inbox, str]]:
    """The server answers; gives what arrives and its URL. `given` as for a controller."""
    inbox = kind(answer)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port, **given)
    controller.start()
    try:
        yield inbox, f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


@contextmanager
def quick_server(answer: Callable[[str, int], str]) -> Iterator[tuple[Inbox, str]]:
    """As `mail_server`, with no more of SMTP than a sender of thousands needs."""
    inbox = Inbox(answer)

    class Conversation(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            while line := self.rfile.readline():
                self.wfile.write(self.said(line.decode().rstrip()).encode() + b"\r\n")

        def said(self, line: str) -> str:
            verb = line[:4].upper()
            if verb == "RCPT":
                address = line[line.index("<") + 1 : line.index(">")]
                inbox.asked[address] += 1
                return answer(address, inbox.asked[address])
            if verb == "DATA":
                self.wfile.write(b"354 go on\r\n")
                data = b"".join(iter(self.rfile.readline, b".\r\n"))
                inbox.taken[_NAMED.findall(data)[0].decode()] += 1
                return TAKEN
            return {"QUIT": "221 bye"}.get(verb, "250 so be it")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield inbox, f"smtp://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
