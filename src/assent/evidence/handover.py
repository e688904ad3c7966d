"""A log changes its key: the old one hands over to the new one, and both sign that.

    assent key handover v1
    <origin>
    <position of the event that says so>
    <old verifier key>
    <new verifier key>

The signatures over these five lines stand in the event `key.rotated` (`by`: the old key's, if there still is
one, then the new key's, as base64 of key id ‖ signature). So whoever trusts one key of a log can go along the
chain of handovers in either direction: forward where the old key signed, backward where the new one did.
Each key signs the checkpoints between its handovers; the one that covers the event is signed by both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from assent.errors import EvidenceError, InputError
from assent.evidence.checkpoint import Checkpoint, open_checkpoint, parse_decimal
from assent.evidence.note import SignerKey, VerifierKey, open_note, sign_note

_TITLE: Final = "assent key handover v1"
_DASH: Final = "— "  # U+2014


@dataclass(frozen=True, slots=True)
class Handover:
    """What one `key.rotated` event says.

    Args:
        seq: the event's position.
        signatures: base64 texts, of either key or both.
    """

    origin: str
    seq: int
    old: VerifierKey
    new: VerifierKey
    signatures: tuple[str, ...]

    @property
    def text(self) -> str:
        """The lines that are signed."""
        return _text(self.origin, self.seq, self.old, self.new)

    @property
    def by(self) -> str:
        """The signatures as the event holds them."""
        return " ".join(self.signatures)

    @property
    def line(self) -> str:
        """The handover as a line of `log/vkeys`."""
        return f"{self.seq} {self.new.text} {self.by}"

    def signed_by(self, key: VerifierKey) -> bool:
        """Whether that key signed it."""
        lines = "".join(f"{_DASH}{self.origin} {each}\n" for each in self.signatures)
        try:
            return key in open_note(f"{self.text}\n{lines}".encode(), [key]).signed_by
        except EvidenceError:
            return False


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A key, and the sizes of the checkpoints it may sign.

    Args:
        since: the smallest size.
        until: the largest; None for the key of today.
    """

    key: VerifierKey
    since: int = 0
    until: int | None = None

    def signs(self, size: int) -> bool:
        """Whether a checkpoint of that size is this key's to sign."""
        return self.since <= size and (self.until is None or size <= self.until)


def sign_handover(origin: str, seq: int, old: VerifierKey, *signers: SignerKey) -> Handover:
    """The handover to the last signer, signed by all of them; the old key is among them unless it is lost."""
    new = signers[-1].verifier
    note = sign_note(_text(origin, seq, old, new), *signers).decode()
    lines = note.rpartition("\n\n")[2].splitlines()
    return Handover(origin, seq, old, new, tuple(line.rpartition(" ")[2] for line in lines))


def read_handover(origin: str, seq: int, *, new: str, old: str, by: str | None) -> Handover:
    """The handover that an event's fields state; nothing about its signatures is implied.

    Raises:
        EvidenceError: a key cannot be read.
    """
    try:
        return Handover(origin, seq, VerifierKey.parse(old), VerifierKey.parse(new), tuple((by or "").split()))
    except InputError as error:
        raise EvidenceError(f"event `{seq}` changes the log's key to none: {error.message}") from None


def chain_from(trusted: VerifierKey, handovers: Iterable[Handover]) -> tuple[HeldKey, ...]:
    """Every key of the log that a trusted one vouches for, the oldest first.

    Args:
        handovers: those of the log, in order. One that the new key did not sign is none.
    """
    line = [each for each in handovers if each.signed_by(each.new)]
    keys = [line[0].old, *(each.new for each in line)] if line else [trusted]
    if trusted not in keys or any(before.new != after.old for before, after in pairwise(line)):
        return (HeldKey(trusted),)
    last = keys.index(trusted)
    while last < len(line) and line[last].signed_by(line[last].old):
        last += 1
    # Backward every step is signed: a handover that its new key did not sign is not in the line.
    return tuple(
        HeldKey(
            keys[at],
            line[at - 1].seq + 1 if at else 0,
            line[at].seq + 1 if at < len(line) else None,
        )
        for at in range(last + 1)
    )


def open_held_checkpoint(note: bytes, keys: Sequence[HeldKey]) -> Checkpoint:
    """The checkpoint in a note that one of the keys signed while it was the log's.

    Raises:
        EvidenceError: none did, or only one whose time was over or had not come.
    """
    checkpoint = open_checkpoint(note, [each.key for each in keys])
    signers = open_note(note, [each.key for each in keys]).signed_by
    if not any(each.key in signers and each.signs(checkpoint.size) for each in keys):
        raise EvidenceError(f"the checkpoint of size `{checkpoint.size}` is signed by a key that was not in use then")
    return checkpoint


def write_vkeys(first: VerifierKey, handovers: Sequence[Handover]) -> str:
    """The text of `log/vkeys`: every key, with the position from which it holds and the signatures for that."""
    return "".join(f"{line}\n" for line in (f"0 {first.text}", *(each.line for each in handovers)))


def read_vkeys(text: str) -> tuple[VerifierKey, tuple[Handover, ...]]:
    """The first key and the handovers that `log/vkeys` lists; who trusts one key makes a chain of them.

    Raises:
        EvidenceError: a line cannot be read.
    """
    rows = [line.split(" ") for line in text.splitlines()]
    if not rows or len(rows[0]) != 2 or rows[0][0] != "0":  # noqa: PLR2004 - position and key
        raise EvidenceError("this is no list of a log's keys")
    key = first = _key(rows[0][1])
    handovers = []
    for seq, *rest in rows[1:]:
        at = parse_decimal(seq)
        if at is None or not rest:
            raise EvidenceError("this is no list of a log's keys")
        handovers.append(read_handover(first.name, at, new=rest[0], old=key.text, by=" ".join(rest[1:])))
        key = handovers[-1].new
    return first, tuple(handovers)


def _key(text: str) -> VerifierKey:
    try:
        return VerifierKey.parse(text)
    except InputError as error:
        raise EvidenceError(error.message) from None


def _text(origin: str, seq: int, old: VerifierKey, new: VerifierKey) -> str:
    return f"{_TITLE}\n{origin}\n{seq}\n{old.text}\n{new.text}\n"
