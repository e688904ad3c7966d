"""A log's head as of some size: origin, size and root, in three lines, under a signature.

Source: c2sp.org/tlog-checkpoint. Lines after the third are extensions; they are signed, kept and not read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assent.errors import EvidenceError, InputError
from assent.evidence.merkle import HASH_BYTES
from assent.evidence.note import SignerKey, VerifierKey, decode64, encode64, open_note, sign_note

_LINES = 3
_MAX_SIZE = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log commits to: its first `size` entries have this root."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.origin or "\n" in self.origin:
            raise InputError(f"a log's origin cannot be `{self.origin}`", hint="one line such as example.org/log")

    @property
    def text(self) -> str:
        """The lines that are signed."""
        lines = (self.origin, str(self.size), encode64(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def sign_checkpoint(checkpoint: Checkpoint, *signers: SignerKey) -> bytes:
    """The checkpoint as a note with a signature by each signer."""
    return sign_note(checkpoint.text, *signers)


def open_checkpoint(note: bytes, verifiers: Sequence[VerifierKey]) -> Checkpoint:
    """The checkpoint in a note, after its signature was verified; it is by a key of the origin's own name.

    Raises:
        EvidenceError: the note or its text is not what a checkpoint is, or the log itself did not sign it.
    """
    opened = open_note(note, verifiers)
    checkpoint = parse_checkpoint(opened.text)
    if checkpoint.origin not in {key.name for key in opened.signed_by}:
        raise EvidenceError(f"the checkpoint of `{checkpoint.origin}` is not signed by that log")
    return checkpoint


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint that a note's text states; nothing about signatures is implied.

    Raises:
        EvidenceError: a line is missing, or the size or the root is in another form.
    """
    lines = text.split("\n")
    if len(lines) <= _LINES or lines.pop() != "" or not all(lines):
        raise EvidenceError("this is no checkpoint: origin, size and root were expected")
    origin, size, root = lines[:_LINES]
    count = parse_decimal(size)
    digest = decode64(root)
    if count is None or digest is None or len(digest) != HASH_BYTES:
        raise EvidenceError(f"the checkpoint of `{origin}` has a size or root that cannot be read")
    return Checkpoint(origin, count, digest, tuple(lines[_LINES:]))


def parse_decimal(text: str) -> int | None:
    """The number in its one exact form, without sign or leading zeroes; None for any other text."""
    if not text.isascii() or not text.isdigit() or len(text) > len(str(_MAX_SIZE)):
        return None
    number = int(text)
    return number if str(number) == text and number <= _MAX_SIZE else None
