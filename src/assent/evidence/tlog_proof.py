"""One entry's proof as a text that verifies offline against the log's verifier key alone.

    c2sp.org/tlog-proof@v1
    extra <base64>                 optional; not authenticated by itself
    index <position of the entry>
    <base64 of a hash>             any number of them, the leaf's sibling first
    <blank line>
    <the checkpoint, verbatim>

Source: c2sp.org/tlog-proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assent.errors import EvidenceError
from assent.evidence.checkpoint import Checkpoint, open_checkpoint, parse_decimal
from assent.evidence.merkle import HASH_BYTES, leaf_hash, verify_inclusion
from assent.evidence.note import VerifierKey, decode64, encode64

_HEADER = "c2sp.org/tlog-proof@v1"
_MAX_HASHES = 63
_MAX_CHARACTERS = 1 << 20


@dataclass(frozen=True, slots=True)
class TlogProof:
    """That an entry stands at `index` of the log whose checkpoint comes with it.

    Args:
        extra: whatever helps to make the entry again; to be believed only after `verify_proof`.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    @property
    def text(self) -> str:
        """The form that is handed out."""
        lines = [_HEADER]
        if self.extra is not None:
            lines.append(f"extra {encode64(self.extra)}")
        lines += [f"index {self.index}", *map(encode64, self.hashes)]
        return "\n".join(lines) + "\n\n" + self.checkpoint.decode("utf-8")


def parse_proof(text: str) -> TlogProof:
    """The proof that a text states; nothing is verified yet.

    Raises:
        EvidenceError: it is no proof, or not in its one exact form.
    """
    head, blank, checkpoint = text[:_MAX_CHARACTERS].partition("\n\n")
    lines = head.split("\n")
    if not blank or not checkpoint or len(text) > _MAX_CHARACTERS or lines.pop(0) != _HEADER:
        raise EvidenceError(f"this is no proof: a first line `{_HEADER}` and a checkpoint were expected")
    extra = _extra(lines.pop(0)) if lines and lines[0].startswith("extra ") else None
    index = parse_decimal(lines.pop(0).removeprefix("index ")) if lines and lines[0].startswith("index ") else None
    if index is None:
        raise EvidenceError("this proof does not say which entry it is about")
    try:
        note = checkpoint.encode("utf-8")
    except UnicodeEncodeError:
        raise EvidenceError("the checkpoint of this proof is no text") from None
    return TlogProof(index, _hashes(lines), note, extra)


def verify_proof(proof: TlogProof, *, leaf: bytes, verifiers: Sequence[VerifierKey]) -> Checkpoint:
    """The checkpoint the proof leads to: the log signed a tree that holds the entry `leaf` at that index.

    Raises:
        EvidenceError: the signature or the path does not say so.
    """
    checkpoint = open_checkpoint(proof.checkpoint, verifiers)
    verify_inclusion(leaf_hash(leaf), proof.index, checkpoint.size, proof.hashes, checkpoint.root)
    return checkpoint


def _extra(line: str) -> bytes:
    data = decode64(line.removeprefix("extra "))
    if data is None:
        raise EvidenceError("the extra data of this proof cannot be read")
    return data


def _hashes(lines: list[str]) -> tuple[bytes, ...]:
    hashes = [decode64(line) for line in lines]
    if len(hashes) > _MAX_HASHES:
        raise EvidenceError("this proof has more hashes than any tree is high")
    found = tuple(each for each in hashes if each is not None and len(each) == HASH_BYTES)
    if len(found) != len(hashes):
        raise EvidenceError("this proof has a line that is no hash")
    return found
