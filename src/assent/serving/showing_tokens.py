"""Which service shows a token: asked of the desk twice a second, since one decides hundreds of times a second."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from time import monotonic
from typing import Final

from assent.operations.platform import Platform
from assent.operations.tokens import token_of
from assent.serving.caller import Caller
from assent.serving.permissions import SCOPES, Permission, Role

REMEMBERED_SECONDS: Final = 0.5
"""How long a token that was good may open after it was revoked, in every process."""
_MOST: Final = 4096


class Tokens:
    """Tokens that were good a moment ago, in the memory of this process."""

    def __init__(self, platform: Platform, *, steady: Callable[[], float] = monotonic) -> None:
        self._platform = platform
        self._steady = steady
        self._seen: dict[bytes, tuple[Caller, float]] = {}

    def remembered(self, secret: str) -> Caller | None:
        """Whose token it is, where that was found out a moment ago."""
        found = self._seen.get(_digest(secret))
        return found[0] if found is not None and self._steady() < found[1] else None

    def look_up(self, secret: str) -> Caller | None:
        """Whose token it is by what the desk says now; None for one that opens nothing."""
        asked_at = self._steady()
        token = token_of(self._platform, secret)
        if token is None:
            self._seen.pop(_digest(secret), None)
            return None
        scopes = frozenset(Permission(scope) for scope in token.scopes if scope in SCOPES)
        caller = Caller(Role.SERVICE, token.id, token.name, scopes=scopes)
        if len(self._seen) >= _MOST:
            self._seen.clear()
        self._seen[_digest(secret)] = caller, asked_at + REMEMBERED_SECONDS
        return caller


def _digest(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()
