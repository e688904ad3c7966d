"""Give the log a new key, so that a crash at any moment leaves a ledger that opens and can be appended to.

    keys/log.pem               the key of today
    keys/log.next.pem          the key of tomorrow, while it takes over
    keys/retired/<keyid>.pem   keys of the past: needed only to go on from a backup made in their time

Steps, under a lock on the folder of keys:

1. make the next key, durably;
2. one transaction of the ledger: the event, the new key in the head, a checkpoint signed by both;
3. keep the old key among the retired ones, or not, as asked;
4. the next key takes the name of the key of today.

What decides is the commit of step 2. Until then `log.pem` is the key and `log.next.pem` is scrap that the next
attempt uses; after it, whoever opens the ledger for writing finds that `log.next.pem` is the key, and does
steps 3 and 4.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assent.errors import InputError
from assent.evidence.note import SignerKey, VerifierKey
from assent.ledger import Ledger
from assent.ledger.charge import Gap, no_gap
from assent.ledger.rotation import Rotation
from assent.operations.workspace import Workspace
from assent.storage.files import exclusive_lock, explained, make_folder, sync_folder
from assent.storage.keys import load_key, load_or_create_key

LOG_KEY: Final = "log.pem"
NEXT_KEY: Final = "log.next.pem"
RETIRED: Final = "retired"

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class RotatedKey:
    """The log has another key.

    Args:
        seq: the position of the event that says so.
        retired: where the old private key is kept; None when it is not.
        finished: an earlier change was found cut off, and was completed instead of making another.
    """

    old: str
    new: str
    seq: int
    retired: Path | None
    finished: bool = False

    def to_json(self) -> dict[str, Any]:
        """The change as JSON values."""
        return {
            "old": self.old,
            "new": self.new,
            "seq": self.seq,
            "retired": None if self.retired is None else str(self.retired),
            "finished": self.finished,
        }


def rotate_key(
    workspace: Workspace,
    *,
    clock: Clock,
    entropy: Callable[[int], bytes] = os.urandom,
    destroy_old: bool = False,
    old_is_lost: bool = False,
    gap: Gap = no_gap,
) -> RotatedKey:
    """The log is signed by a new key from now on, the log says so, and the old key vouches for it.

    Args:
        destroy_old: keep no copy of the old private key.
        old_is_lost: do without its signature; whoever trusts the old public key must be given the new one.

    Raises:
        InputError: there is no ledger, or its key is missing and not declared lost, or is there and declared lost.
        EvidenceError: the ledger is damaged.
    """
    folder = workspace.keys_folder
    with _alone(folder):
        unfinished = _finish(workspace, clock, keep_old=not destroy_old)
        if unfinished is not None:
            return unfinished
        if old_is_lost and (folder / LOG_KEY).exists():
            raise InputError(
                f"the key `{folder / LOG_KEY}` is there",
                hint="leave out --lost; it can still sign for the new one",
            )
        old = None if old_is_lost else load_key(folder / LOG_KEY)
        with Ledger.open(
            workspace.ledger_folder, clock=clock, key=old, key_is_lost=old_is_lost, entropy=entropy, gap=gap
        ) as ledger:
            before = ledger.vkey
            new = SignerKey(ledger.origin, load_or_create_key(folder / NEXT_KEY, entropy=entropy))
            # A crash here leaves a key that nothing was signed with; the next attempt takes it.
            gap("next-key")
            # A crash in here, before the commit, is as before it; after it, the next opening goes on below.
            (seq,) = ledger.transact(Rotation(ledger.signer, new, clock()).draw, successor=new)
        retired = _take_over(folder, VerifierKey.parse(before), keep_old=not destroy_old, gap=gap)
    return RotatedKey(before, new.verifier.text, seq, retired)


def log_key_of(workspace: Workspace, *, clock: Clock) -> Ed25519PrivateKey:
    """The private key of the working folder's ledger; a change of it that was cut off is completed first.

    Raises:
        InputError: it is missing.
    """
    folder = workspace.keys_folder
    if (folder / NEXT_KEY).exists():
        with _alone(folder):
            _finish(workspace, clock, keep_old=True)
    return load_key(folder / LOG_KEY)


def _finish(workspace: Workspace, clock: Clock, *, keep_old: bool) -> RotatedKey | None:
    """A change that was committed is completed; None when there is none."""
    folder = workspace.keys_folder
    if not (folder / NEXT_KEY).exists():
        return None
    following = load_key(folder / NEXT_KEY)
    with Ledger.open(workspace.ledger_folder, clock=clock) as ledger:
        if SignerKey(ledger.origin, following).verifier.text != ledger.vkey:
            return None
        before, last = ledger.keys[-2:]
    retired = _take_over(folder, before.key, keep_old=keep_old)
    # The event stands where the new key begins, just before the smallest checkpoint it signs.
    return RotatedKey(before.key.text, last.key.text, last.since - 1, retired, finished=True)


def _take_over(folder: Path, old: VerifierKey, *, keep_old: bool, gap: Gap = no_gap) -> Path | None:
    """The next key is the key of today; where the old one is kept, if it is."""
    current = folder / LOG_KEY
    retired = folder / RETIRED / f"{old.id.hex()}.pem" if keep_old and current.exists() else None
    with explained(folder):
        if retired is not None:
            make_folder(retired.parent)
            with suppress(FileExistsError):  # of an attempt that was cut off after this
                os.link(current, retired)
            sync_folder(retired.parent)
        # A crash here leaves the old key under both names; doing it again changes nothing.
        gap("retired")
        (folder / NEXT_KEY).replace(current)
        sync_folder(folder)
    # A crash here has lost nothing but the answer.
    gap("replaced")
    return retired


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with exclusive_lock(folder / ".rotation.lock"):
        yield
