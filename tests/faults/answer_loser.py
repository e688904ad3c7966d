"""A proxy before a PostgreSQL server that cuts the line at the moment a transaction is committed."""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote


class AnswerLoser:
    """Forwards everything, until it is armed.

    `before`: the COMMIT never reaches the server. `after`: the server commits, and its answer is lost.
    """

    def __init__(self, server) -> None:
        self.server = server
        self.armed: str | None = None
        self.cut = 0
        self.folder = Path(tempfile.mkdtemp(prefix="assent-proxy-"))
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.folder / ".s.PGSQL.5432"))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, schema: str) -> str:
        return f"postgresql://assent@/assent?host={quote(str(self.folder))}&schema={schema}"

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        shutil.rmtree(self.folder)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            upstream = socket.socket(socket.AF_UNIX)
            try:
                upstream.connect(str(self.server.folder / f".s.PGSQL.{self.server.port}"))
            except OSError:
                client.close()
                upstream.close()
                continue
            lost = threading.Event()
            threading.Thread(target=self._ask, args=(client, upstream, lost), daemon=True).start()
            threading.Thread(target=self._answer, args=(upstream, client, lost), daemon=True).start()

    def _ask(self, client: socket.socket, upstream: socket.socket, lost: threading.Event) -> None:
        while data := _received(client):
            if self.armed is not None and b"COMMIT\0" in data:
                how, self.armed = self.armed, None
                self.cut += 1
                lost.set()
                if how == "before":
                    break
            upstream.sendall(data)
        _hang_up(upstream)
        if lost.is_set():
            _hang_up(client)

    def _answer(self, upstream: socket.socket, client: socket.socket, lost: threading.Event) -> None:
        while data := _received(upstream):
            if lost.is_set():
                break
            client.sendall(data)
        _hang_up(client)
        _hang_up(upstream)
        upstream.close()
        client.close()


def _received(source: socket.socket) -> bytes:
    try:
        return source.recv(1 << 16)
    except OSError:
        return b""


def _hang_up(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
