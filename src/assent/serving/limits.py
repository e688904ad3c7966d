"""How often somebody may come.

Every request counts: by address for anybody, by caller for who is known, in the memory of each process. What costs
others something when it is done often (`SENSITIVE`) counts over all processes, at the desk.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from assent.desk.limits import count_visit
from assent.errors import UnavailableError
from assent.operations.platform import Platform
from assent.serving.permissions import STAFF, Role


class TooManyError(UnavailableError):
    """They came too often; `wait_seconds` later they are welcome."""

    def __init__(self, wait_seconds: int) -> None:
        super().__init__("that was too often in too short a time", hint=f"wait {wait_seconds} seconds, then repeat")
        self.wait_seconds = wait_seconds


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and so many a second in the long run."""

    at_once: int
    per_second: float


_PERSON = Rate(300, 30)
RATES: Final[Mapping[Role, Rate]] = {
    # Behind one address there may be a whole company.
    Role.ANYBODY: Rate(600, 30),
    Role.MEMBER: _PERSON,
    **dict.fromkeys(STAFF, _PERSON),
    Role.SERVICE: Rate(20_000, 10_000),
}


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many in a span of time, over all processes."""

    most: int
    span_seconds: int


SENSITIVE: Final[Mapping[str, Allowance]] = {
    "sign-in": Allowance(120, 600),
    "objection": Allowance(20, 3600),
    "confirmation": Allowance(60, 3600),
}
"""What is counted over all processes, and how often it is allowed from one address or for one caller."""

_REMEMBERED: Final = 50_000


class Counters:
    """Who came how often of late, in this process. Cost: one look-up a request.

    For each it keeps the moment at which they will have used up nothing: the generic cell rate algorithm.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._even_at: dict[tuple[Role, str], float] = {}

    def count(self, role: Role, who: str) -> None:
        """They came once more.

        Raises:
            TooManyError: they come too often.
        """
        rate, now = RATES[role], self._clock()
        even_at = max(self._even_at.get((role, who), now), now) + 1 / rate.per_second
        late = even_at - now - rate.at_once / rate.per_second
        if late > 0:
            raise TooManyError(int(late) + 1)
        if len(self._even_at) >= _REMEMBERED:
            self._forget(now)
        self._even_at[role, who] = even_at

    def _forget(self, now: float) -> None:
        self._even_at = {key: even for key, even in self._even_at.items() if even > now}
        if len(self._even_at) >= _REMEMBERED:
            # A flood from everywhere: to remember all of them would be its success.
            self._even_at.clear()


def address_of(request: Request) -> str:
    """Whom to count for anybody: their address, or for IPv6 the network that one household has."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return host


def require_few(platform: Platform, errand: str, who: str) -> None:
    """It was not too often, counted over all processes.

    Args:
        errand: one of `SENSITIVE`; `who`: an address or a caller, which is not stored as it is.

    Raises:
        TooManyError: it was.
    """
    allowed = SENSITIVE[errand]
    count, wait = count_visit(
        platform.desk, errand, who, span_seconds=allowed.span_seconds, now=platform.clock()
    )  # fmt: skip
    if count > allowed.most:
        raise TooManyError(wait)


def limited(errand: str) -> Any:
    """The dependency of a route that may be asked only so often: `SENSITIVE` says how often."""

    async def count(request: Request) -> None:
        await run_in_threadpool(require_few, request.app.state.platform, errand, address_of(request))

    return Depends(count)
