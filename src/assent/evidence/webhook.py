"""The signature of a web request, as Standard Webhooks say: HMAC-SHA256 with a shared secret over `id.timestamp.body`.

Who receives one checks three things: the signature, that it was made not long ago, and that the id is new to them.

Source: https://www.standardwebhooks.com, specification 1.0.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

Clock = Callable[[], datetime]

TOLERANCE: Final = timedelta(minutes=5)
"""How far the clocks of the two sides may be apart, and how long a request that was overheard is good for."""
SECRET_BYTES: Final = 32
SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - a prefix, not a secret


@dataclass(frozen=True, slots=True)
class Signer:
    """One side of the shared secret, and the clock that its signatures carry."""

    secret: bytes
    clock: Clock

    def headers(self, ident: str, body: Iterable[bytes]) -> dict[str, str]:
        """The headers of a request with that body."""
        timestamp = int(self.clock().timestamp())
        return {
            "webhook-id": ident,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": webhook_signature(self.secret, ident, timestamp, body),
            "accept-encoding": "identity",
            "user-agent": "assent",
        }


def webhook_signature(secret: bytes, ident: str, timestamp: int, body: Iterable[bytes]) -> str:
    """The value of `webhook-signature` for a body that comes in pieces."""
    mac = hmac.new(secret, f"{ident}.{timestamp}.".encode(), "sha256")
    for piece in body:
        mac.update(piece)
    return f"v1,{base64.b64encode(mac.digest()).decode()}"


def signature_holds(secret: bytes, headers: Mapping[str, str], body: bytes, *, now: datetime) -> bool:
    """Whether these headers sign this body, not long ago."""
    ident, stamp = headers.get("webhook-id"), headers.get("webhook-timestamp", "")
    if not ident or not _is_number(stamp) or abs(now.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        return False
    expected = webhook_signature(secret, ident, int(stamp), [body]).encode()
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(expected, each.encode()) for each in given)


def write_secret(secret: bytes) -> str:
    """The secret as both sides keep it in their configuration."""
    return SECRET_PREFIX + base64.b64encode(secret).decode()


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= len(str(10**15))
