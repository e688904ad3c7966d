"""Requests to addresses that somebody gave us: where they may go, and that they go nowhere else.

An address is looked up once for each request and the connection is made to what was found, so that a name which
pointed somewhere harmless when it was checked cannot point into our own network when it is used. Only public
addresses are reached, but for hosts that `[hooks] private_hosts` names. No redirect is followed, no proxy or
credential of the environment is used, and of an answer nothing is read but its status.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

import httpx

from assent.errors import InputError, RefusedError, UnavailableError
from assent.operations.platform import Platform
from assent.operations.workspace import NOT_STATED

_TRANSLATED: Final = tuple(
    map(ipaddress.IPv6Network, ("::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "fec0::/10"))
)
"""Where IPv6 leads on to IPv4, inside perhaps, and site-local addresses. Source: RFC 6052, 8215, 7915, 3879."""

LookUp = Callable[[str, int], Sequence[str]]
"""Gives the addresses of a host, as texts; raises OSError where there are none."""

CONNECT_SECONDS: Final = 5.0
SILENCE_SECONDS: Final = 15.0
WHOLE_SECONDS: Final = 30.0
ANSWER_BYTES: Final = 64 << 10

_SECURE: Final = 443
_PLAIN: Final = 80
_LONGEST: Final = 2000


def _addresses(host: str, port: int) -> Sequence[str]:
    return [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclass(frozen=True, slots=True)
class Outward:
    """The way out.

    Args:
        private: hosts that may have an address that is not public.
    """

    private: frozenset[str] = frozenset()
    look_up: LookUp = _addresses

    def check(self, address: str) -> str:
        """The address, which may be used: `https`, or `http` to a private host that is named; no credentials in it.

        Raises:
            InputError: it cannot be used.
        """
        parts = _parts(address)
        host = parts.hostname or ""
        if parts.scheme == "http" and host not in self.private:
            raise InputError(
                "a hook needs an `https` address", hint="plain `http` goes to hosts in `[hooks] private_hosts` only"
            )
        self._reachable(parts)
        return address

    async def post(
        self, client: httpx.AsyncClient, address: str, body: bytes, headers: dict[str, str]
    ) -> httpx.Response:
        """One POST to what the address is now; the answer's status and headers, its body thrown away.

        Raises:
            RefusedError: the host has an address that must not be reached.
            TimeoutError: it took too long as a whole, however little by little it answers.
            httpx.HTTPError: no answer.
        """
        parts = _parts(address)
        found = self._reachable(parts)
        shown = f"[{found}]" if ":" in found else found
        port = f":{parts.port}" if parts.port else ""
        target = parts._replace(netloc=f"{shown}{port}").geturl()
        request = client.build_request(
            "POST",
            target,
            content=body,
            headers=headers | {"host": parts.netloc},
            # The certificate has to be the name's, whatever number the connection goes to.
            extensions={"sni_hostname": parts.hostname},
        )
        async with asyncio.timeout(WHOLE_SECONDS):
            response = await client.send(request, stream=True, follow_redirects=False)
            try:
                # A short answer is read to its end, so that the connection serves for the next message.
                read = 0
                async for piece in response.aiter_raw():
                    read += len(piece)
                    if read > ANSWER_BYTES:
                        break
            except httpx.HTTPError:
                pass  # they have the message, and said so; whatever becomes of the rest
            finally:
                await response.aclose()
        return response

    def _reachable(self, parts: SplitResult) -> str:
        host = parts.hostname or ""
        port = parts.port or (_SECURE if parts.scheme == "https" else _PLAIN)
        try:
            found = self.look_up(host, port)
        except (OSError, UnicodeError):
            raise UnavailableError(f"`{host}` has no address", hint="is the name right?") from None
        if host not in self.private:
            for each in found:
                if not _is_public(each):
                    raise RefusedError(
                        f"`{host}` is inside a network of our own", hint="`[hooks] private_hosts` may name it"
                    )
        return found[0]


def outward_of(platform: Platform) -> Outward:
    """The way out that the working folder allows."""
    said = platform.workspace.text("hooks.private_hosts")
    return Outward(frozenset() if said == NOT_STATED else frozenset(said.replace(",", " ").lower().split()))


def new_client() -> httpx.AsyncClient:
    """A client that takes nothing from the environment and follows nothing."""
    timeout = httpx.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS)
    return httpx.AsyncClient(timeout=timeout, follow_redirects=False, trust_env=False)


def _parts(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        usable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        raise InputError("this is no address") from None
    if len(address) > _LONGEST or not address.isascii() or not address.isprintable() or " " in address:
        raise InputError("an address is ASCII, without spaces, and no longer than 2000 characters")
    if parts.scheme not in {"http", "https"} or not usable or parts.username is not None or parts.fragment:
        raise InputError("an address begins with `https://`, names a host, and has no password or fragment in it")
    return parts


def _is_public(address: str) -> bool:
    given = ipaddress.ip_address(address.partition("%")[0])
    inner: Collection[ipaddress.IPv4Address | None] = ()
    if isinstance(given, ipaddress.IPv6Address):
        if any(given in network for network in _TRANSLATED):
            return False
        # An IPv4 address in IPv6 clothes goes where the IPv4 address goes.
        inner = (given.ipv4_mapped, given.sixtofour, given.teredo[1] if given.teredo else None)
    return all(each.is_global and not each.is_multicast for each in (given, *inner) if each is not None)
