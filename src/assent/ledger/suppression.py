"""Erased members stay out: nothing about them is recorded again until somebody lets them back in on purpose.

The list holds `HMAC(key, member id)` and no ids; the key lies in a file of its own. The tag of the empty id,
which nobody has, says which key made the list, so that another key does not read it as empty.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from assent.errors import EvidenceError, InputError, RefusedError
from assent.evidence.erasure import NOBODY, PSEUDONYM_PREFIX, SUPPRESSION_KEY_BYTES, suppression_tag
from assent.ledger.stored import Statement
from assent.storage.files import explained, make_folder, sync_folder
from assent.storage.schema import SUPPRESSED

SuppressionKey = Callable[[], bytes | None]
"""Gives the key whenever it is needed; None where there is none."""

_ASKED_AT_ONCE = 500
_OWNER_ONLY = 0o600


def no_key() -> bytes | None:
    """Nobody gave a key."""
    return None


@dataclass(slots=True)
class Suppression:
    """The suppression list as one transaction sees it. Free while the list is empty."""

    connection: sa.Connection
    key: SuppressionKey
    _empty: bool | None = None
    _known: bytes | None = None
    _answers: dict[str, bool] = field(default_factory=dict)

    def is_empty(self) -> bool:
        """Whether nobody was ever erased here."""
        if self._empty is None:
            self._empty = self.connection.execute(sa.select(SUPPRESSED.c.seq).limit(1)).first() is None
        return self._empty

    def among(self, members: Iterable[str | None]) -> frozenset[str]:
        """Those of the members who are on the list. Cost: about 2 µs for each that was not asked about before.

        Raises:
            InputError: there is a list and no key to read it with.
            EvidenceError: the key is not the one that made the list.
        """
        if self.is_empty():
            return frozenset()
        asked = {member for member in members if member is not None}
        new = [member for member in asked if member not in self._answers]
        for first in range(0, len(new), _ASKED_AT_ONCE):
            some = {suppression_tag(self._opened(), member): member for member in new[first : first + _ASKED_AT_ONCE]}
            found = self.connection.execute(sa.select(SUPPRESSED.c.tag).where(SUPPRESSED.c.tag.in_(list(some))))
            listed = {some[bytes(tag)] for (tag,) in found}
            self._answers |= {member: member in listed for member in some.values()}
        return frozenset(member for member in asked if self._answers[member])

    def require_none(self, members: Iterable[str | None]) -> None:
        """None of the members is on the list.

        Raises:
            RefusedError: one is.
        """
        for member in sorted(self.among(members)):
            raise RefusedError(
                f"`{member}` was erased, and nothing about them is recorded again",
                hint="if they came back on purpose: assent ledger readmit MEMBER",
            )

    def without(
        self, batches: Iterable[Sequence[Statement]], left_out: Callable[[int], None]
    ) -> Iterator[list[Statement]]:
        """The same batches without events of members on the list, who are counted."""
        for batch in batches:
            if self.is_empty():
                yield list(batch)
                continue
            erased = self.among(member for member, _ in batch)
            kept = [each for each in batch if each[0] not in erased] if erased else list(batch)
            left_out(len(batch) - len(kept))
            yield kept

    def tag(self, member: str) -> bytes:
        """What stands for the member on this list.

        Raises:
            InputError: there is no key.
            EvidenceError: the key is not the one that made the list.
        """
        return suppression_tag(self._opened(), member)

    def _opened(self) -> bytes:
        if self._known is None:
            key = self.key()
            if key is None:
                raise InputError(
                    "the suppression list cannot be read without its key, and it says who was erased",
                    hint="bring back `suppression.key` from where you keep copies of keys; do not make a new one",
                )
            made = sa.select(SUPPRESSED.c.seq).where(SUPPRESSED.c.tag == suppression_tag(key, NOBODY))
            if not self.is_empty() and self.connection.execute(made).first() is None:
                raise EvidenceError(
                    "this suppression key is not the one that made the list",
                    hint="bring back the right `suppression.key`; with another one erased members would return",
                )
            self._known = key
        return self._known


def require_unreserved(member: str | None) -> None:
    """The id is not one that only erasures use.

    Raises:
        RefusedError: it is.
    """
    if member is not None and member.startswith(PSEUDONYM_PREFIX):
        raise RefusedError(f"`{member}` cannot name a member: `{PSEUDONYM_PREFIX}` is for those who were erased")


def create_suppression_key(path: Path, entropy: Callable[[int], bytes]) -> None:
    """A key lies at `path`, durably and for its owner alone; one that lies there already is left as it is."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.partial")
    with explained(path):
        make_folder(path.parent)
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "wb") as file:
            file.write(entropy(SUPPRESSION_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        # A link, unlike a rename, fails where a file exists: nobody's list loses its key.
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
        sync_folder(path.parent)


def read_suppression_key(path: Path) -> bytes | None:
    """The key at `path`; None when there is none.

    Raises:
        InputError: what lies there is no such key.
    """
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"the key `{path}` cannot be read: {(error.strerror or '').lower()}") from None
    if len(key) != SUPPRESSION_KEY_BYTES:
        raise InputError(f"`{path}` is no key of {SUPPRESSION_KEY_BYTES} bytes", hint="bring it back from a copy")
    return key
