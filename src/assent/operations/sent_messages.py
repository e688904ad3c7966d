"""Which messages were drafted within a day, so that nobody writes to many: counts and likenesses, no names, no words.

One private file. People stand in it as HMACs under a key that lies in the same file and is drawn anew whenever a day
has passed without a message; entries go after a day.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from assent.errors import EvidenceError
from assent.features.writing import Sent
from assent.operations.workspace import Workspace
from assent.storage.files import exclusive_lock, make_private_folder, write_whole
from assent.vocabulary.instants import format_instant, parse_instant

_KEPT: Final = timedelta(days=1)


class SentMessages:
    """The messages of one sender; inside `sent_by` nobody else counts or adds."""

    def __init__(self, path: Path, key: bytes, entries: list[dict[str, Any]], sender: str) -> None:
        self._path, self._key, self._entries = path, key, entries
        self._sender = self._named(sender)

    def recent(self) -> tuple[Sent, ...]:
        """What the sender wrote within the last day."""
        return tuple(
            Sent(parse_instant(each["at"]), each["to"], bytes.fromhex(each["signature"]))
            for each in self._entries
            if each["by"] == self._sender
        )

    def named(self, recipient: str) -> str:
        """The recipient as they stand in the file."""
        return self._named(recipient)

    def add(self, to: str, signature: bytes, *, at: datetime) -> None:
        """One more message was written."""
        self._entries.append({"by": self._sender, "to": to, "signature": signature.hex(), "at": format_instant(at)})
        write_whole(self._path, json.dumps({"key": self._key.hex(), "sent": self._entries}).encode())
        self._path.chmod(0o600)

    def _named(self, person: str) -> str:
        return hmac.new(self._key, person.encode(), sha256).hexdigest()


@contextmanager
def sent_by(
    workspace: Workspace, sender: str, *, now: datetime, entropy: Callable[[int], bytes]
) -> Iterator[SentMessages]:
    """The sender's messages of the last day, held for whoever writes the next one.

    Raises:
        EvidenceError: the file is not what was written.
    """
    folder = workspace.root / "writing"
    make_private_folder(folder)
    path = folder / "sent.json"
    with exclusive_lock(folder / "lock"):
        try:
            stored: dict[str, Any] = json.loads(path.read_bytes()) if path.exists() else {"key": "", "sent": []}
            entries = [each for each in stored["sent"] if now - _KEPT < parse_instant(each["at"])]
            key = bytes.fromhex(stored["key"]) if entries else entropy(32)
        except (ValueError, KeyError, TypeError) as error:
            raise EvidenceError(
                f"`{path}` is not what was kept there", hint="remove it; counting begins anew"
            ) from error
        yield SentMessages(path, key, entries, sender)
