"""A load generator of low cost, in a process of its own: connections that each send their next request at once, or
all together so many a second.

    python -m bench.load PLAN RESULT     both pickled: a `Plan`, and the list of what each connection saw

A request is bytes that were written beforehand. Of an answer only its status line and length are read.
"""

from __future__ import annotations

import asyncio
import pickle
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

_END = b"\r\n\r\n"


@dataclass(frozen=True)
class Plan:
    """Who asks what.

    Args:
        clients: for each connection the requests that it sends, over and over.
        seconds: after these no request is begun.
        rate: requests a second of all connections together; 0 is as many as are answered. With a rate, the time of
            a request counts from when it was due, so that a slow answer is not hidden by what was not sent meanwhile.
    """

    port: int
    clients: list[list[bytes]]
    seconds: float
    rate: float = 0.0


@dataclass
class Seen:
    """What one connection saw.

    Args:
        took: of each answered request, in the order of sending. Unit: seconds.
    """

    took: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    last: bytes = b""


class Client(asyncio.Protocol):
    """One connection."""

    def __init__(self, requests: list[bytes], until: float, due: float, every: float) -> None:
        self.requests, self.until, self.due, self.every = requests, until, due, every
        self.loop = asyncio.get_running_loop()
        self.done: asyncio.Future[None] = self.loop.create_future()
        self.seen = Seen()
        self.turn, self.missing, self.began = 0, -1, 0.0
        self.buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if self.missing < 0:
            head = self.buffer.find(_END)
            if head < 0:
                return
            lines = bytes(self.buffer[:head]).lower()
            at = lines.find(b"content-length:")
            length = int(lines[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            self.missing = head + len(_END) + length
        if len(self.buffer) >= self.missing:
            now = time.perf_counter()
            self.seen.took.append(now - self.began)
            self.seen.statuses[int(self.buffer[9:12])] += 1
            self.seen.last = bytes(self.buffer)
            self.buffer.clear()
            self.missing = -1
            self._send()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)

    def _send(self) -> None:
        now = time.perf_counter()
        if now < self.due < self.until:
            self.loop.call_later(self.due - now, self._send)
            return
        if now >= self.until or self.due >= self.until:
            self.transport.close()
            return
        request = self.requests[self.turn % len(self.requests)]
        self.turn += 1
        self.began = self.due if self.every else time.perf_counter()
        self.due += self.every
        self.transport.write(request)  # type: ignore[attr-defined]


async def _all(plan: Plan) -> list[Seen]:
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    until = began + plan.seconds
    every = len(plan.clients) / plan.rate if plan.rate else 0.0
    clients = []
    for place, requests in enumerate(plan.clients):
        due = began + every * place / len(plan.clients)
        made = partial(Client, requests, until, due, every)
        _, client = await loop.create_connection(made, "127.0.0.1", plan.port)
        clients.append(client)
    await asyncio.gather(*(client.done for client in clients))
    return [client.seen for client in clients]


@dataclass(frozen=True)
class Load:
    """What all connections saw together."""

    took: list[float]
    statuses: Counter[int]
    seconds: float
    lasts: list[bytes]

    @property
    def per_second(self) -> float:
        return len(self.took) / self.seconds

    def at(self, share: float) -> float:
        """The time within which this share of the requests was answered. Unit: milliseconds."""
        ordered = sorted(self.took)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0

    def text(self) -> str:
        return f"{self.per_second:,.1f}/s, p50 {self.at(0.5):.0f} ms, p99 {self.at(0.99):.0f} ms"


def load(port: int, clients: list[list[bytes]], seconds: float, *, rate: float = 0.0) -> Load:
    """What came of it; the generator is another process, so that its work does not slow down whoever measures."""
    with tempfile.TemporaryDirectory() as name:
        plan, result = Path(name) / "plan", Path(name) / "result"
        plan.write_bytes(pickle.dumps((port, clients, seconds, rate)))
        subprocess.run([sys.executable, "-m", "bench.load", str(plan), str(result)], check=True)
        return Load(*pickle.loads(result.read_bytes()))


def request(method: str, path: str, body: bytes = b"", *, kind: str = "application/json", **headers: str) -> bytes:
    """A request as it goes over the wire; header names are given with `_` for `-`."""
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", f"content-length: {len(body)}", f"content-type: {kind}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + _END + body


def main() -> None:
    plan, result = sys.argv[1:]
    what = Plan(*pickle.loads(Path(plan).read_bytes()))
    began = time.perf_counter()
    try:
        import uvloop
    except ModuleNotFoundError:
        seen = asyncio.run(_all(what))
    else:
        seen = uvloop.run(_all(what))
    lasted = time.perf_counter() - began
    took = [each for one in seen for each in one.took]
    statuses: Counter[int] = sum((one.statuses for one in seen), Counter())
    Path(result).write_bytes(pickle.dumps((took, statuses, lasted, [one.last for one in seen])))


if __name__ == "__main__":
    main()
