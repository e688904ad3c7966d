"""What a log sends to a witness: the size it was last cosigned at, a proof of growth, and the new checkpoint.

    old <size>
    <base64 of a hash>      any number up to 63: the consistency proof
    <blank line>
    <the checkpoint, verbatim>

Source: c2sp.org/tlog-witness, `add-checkpoint`.
"""

from __future__ import annotations

from dataclasses import dataclass

from assent.errors import InputError
from assent.evidence.checkpoint import parse_decimal
from assent.evidence.merkle import HASH_BYTES
from assent.evidence.note import decode64, encode64

_MAX_HASHES = 63
_MAX_CHECKPOINT_BYTES = 1 << 15
MAX_REQUEST_BYTES = 1 << 16
SIZE_TYPE = "text/x.tlog.size"
"""The content type of an answer that says which size the witness knows."""


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """One request.

    Args:
        old: the size that the log believes to be the last one the witness cosigned; 0 for none.
        proof: that the tree of `old` begins the checkpoint's.
        checkpoint: the signed note, verbatim.
    """

    old: int
    proof: tuple[bytes, ...]
    checkpoint: bytes

    def encode(self) -> bytes:
        """The request's body."""
        head = "".join(f"{line}\n" for line in (f"old {self.old}", *map(encode64, self.proof)))
        return head.encode() + b"\n" + self.checkpoint


def parse_request(body: bytes) -> AddCheckpoint:
    """The request that a body states, in its one exact form; the checkpoint is not looked into.

    Raises:
        InputError: it is in any other form.
    """
    head, blank, checkpoint = body.partition(b"\n\n")
    if not blank or not checkpoint or len(checkpoint) > _MAX_CHECKPOINT_BYTES:
        raise InputError("a size line, a proof, a blank line and a checkpoint were expected")
    first, *lines = head.decode("utf-8", errors="replace").split("\n")
    old = parse_decimal(first.removeprefix("old ")) if first.startswith("old ") else None
    if old is None:
        raise InputError("the first line does not say `old` and a size")
    proof = [decode64(line) for line in lines]
    if len(proof) > _MAX_HASHES or any(each is None or len(each) != HASH_BYTES for each in proof):
        raise InputError("a line of the proof is no hash, or there are too many")
    return AddCheckpoint(old, tuple(each for each in proof if each is not None), checkpoint)


def parse_size(body: bytes) -> int | None:
    """The size in a witness's `text/x.tlog.size` answer; None when it is in another form."""
    text = body.decode("ascii", errors="replace")
    return parse_decimal(text[:-1]) if text.endswith("\n") else None
