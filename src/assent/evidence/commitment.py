"""How the log commits to an event without holding anything personal.

The entry is `HMAC-SHA256(salt, canonical event)`, with a random salt for each event. Without event and salt
it says nothing of either; with both, anyone can derive it again.
"""

from __future__ import annotations

import hmac
from typing import Final

SALT_BYTES: Final = 32
COMMITMENT_BYTES: Final = 32


def commit(salt: bytes, event: bytes) -> bytes:
    """The log's entry for these canonical bytes under this salt."""
    return hmac.digest(salt, event, "sha256")
