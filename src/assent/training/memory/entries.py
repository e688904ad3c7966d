"""A part of a memory: the entries of one (shard, slice), each with its owner; and its file.

A part's file is a safetensors file of these tensors, N entries wide, of R records:

    keys     (N, D)  int8     hidden state of the base after its last norm, over `scales`
    scales   (N,)    float32  the largest number of that state, over 127
    values   (N,)    int32    the token that came next
    counts   (R,)    int32    how many entries each record has; they lie one after another, in the order of its tokens
    owners   (R, 16) uint8    pseudonym of the record's author
    records  (R, 16) uint8    pseudonym of the record
    texts    (R, 16) uint8    keyed digest of what was read of the record

Records lie in the order of their pseudonyms, so that a part is a function of the set of its records. Pseudonyms are
the first 16 bytes of HMAC-SHA-256 under the operator's partition key, over a word, a zero byte and what they stand
for. A scale is an entry's own: one that were fitted to a part would keep what left it.

The tokens of a record can be read from the file, so it is guarded as a snapshot is.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from safetensors.torch import load, save
from torch import Tensor

from assent.errors import EvidenceError
from assent.training.packing import Text

TAG_BYTES: Final = 16
_TENSORS: Final = {
    "keys": torch.int8,
    "scales": torch.float32,
    "values": torch.int32,
    "counts": torch.int32,
    "owners": torch.uint8,
    "records": torch.uint8,
    "texts": torch.uint8,
}


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """What stands for people, records and texts in a memory, to whoever has the operator's partition key."""

    key: bytes

    def owner(self, member: str) -> bytes:
        """Stands for a member."""
        return self._tag(b"memory owner", member.encode())

    def record(self, ident: str) -> bytes:
        """Stands for a record."""
        return self._tag(b"memory record", ident.encode())

    def text(self, row: Text) -> bytes:
        """Stands for what was read of a record: whose it is, and its text."""
        said = row.text.encode("utf-8", "surrogatepass")
        return self._tag(b"memory text", row.author.encode() + b"\0" + said)

    def _tag(self, word: bytes, given: bytes) -> bytes:
        return hmac.digest(self.key, word + b"\0" + given, "sha256")[:TAG_BYTES]


@dataclass(frozen=True, slots=True)
class Part:
    """Entries, and whose they are; shapes and types as in the file."""

    keys: Tensor
    scales: Tensor
    values: Tensor
    counts: Tensor
    owners: Tensor
    records: Tensor
    texts: Tensor

    @property
    def entries(self) -> int:
        """How many there are."""
        return len(self.values)

    def without(self, *, owners: Collection[bytes] = (), records: Collection[bytes] = ()) -> Part:
        """The part without the rows of these owners and records; itself where it has none of them.

        Cost: one copy of what stays.
        """
        gone = _among(self.owners, owners) | _among(self.records, records)
        return self.only(~gone) if bool(gone.any()) else self

    def only(self, kept: Tensor) -> Part:
        """The part with these of its records. Shape: (R,) bool."""
        rows = torch.repeat_interleave(kept, self.counts)
        entries = (self.keys[rows], self.scales[rows], self.values[rows])
        return Part(*entries, self.counts[kept], self.owners[kept], self.records[kept], self.texts[kept])

    def names(self) -> list[bytes]:
        """The pseudonyms of its records, in their order."""
        return _rows(self.records)

    def whose(self) -> list[bytes]:
        """The pseudonym of the owner of each record."""
        return _rows(self.owners)


def quantised(states: Tensor) -> tuple[Tensor, Tensor]:
    """Hidden states as 8-bit numbers and a scale each. Shape: (N, D) to (N, D) int8 and (N,) float32.

    Each is a function of its own row.
    """
    given = states.float()
    scales = given.abs().amax(dim=1).clamp_min(torch.finfo(torch.float32).tiny) / 127
    return (given / scales[:, None]).round().to(torch.int8), scales


def joined(parts: Sequence[Part]) -> Part:
    """One part of the records of all, in the order of their pseudonyms; none of them twice.

    Args:
        parts: at least one.
    """
    every = Part(*(torch.cat([getattr(each, name) for each in parts]) for name in _TENSORS))
    names = every.names()
    order = sorted(range(len(names)), key=names.__getitem__)
    if order == list(range(len(names))):
        return every
    starts = (every.counts.long().cumsum(0) - every.counts).tolist()
    sizes = every.counts.tolist()
    rows = torch.cat([torch.arange(starts[each], starts[each] + sizes[each]) for each in order])
    place = torch.tensor(order)
    return Part(
        every.keys[rows],
        every.scales[rows],
        every.values[rows],
        every.counts[place],
        every.owners[place],
        every.records[place],
        every.texts[place],
    )


def tags(given: Sequence[bytes]) -> Tensor:
    """Pseudonyms as a tensor. Shape: (R, 16) uint8."""
    return torch.frombuffer(bytearray(b"".join(given)), dtype=torch.uint8).view(-1, TAG_BYTES)


def encode_part(part: Part) -> bytes:
    """The part as a file; equal parts have equal bytes."""
    return bytes(save({name: getattr(part, name).contiguous() for name in _TENSORS}))


def decode_part(data: bytes, named: str | Path) -> Part:
    """The part in a file.

    Raises:
        EvidenceError: it is none, or its tensors do not fit each other.
    """
    try:
        found: Mapping[str, Tensor] = load(data)
    except Exception as error:  # noqa: BLE001 - the library raises a type of its own that it does not export
        raise EvidenceError(f"`{named}` holds no memory: {str(error).splitlines()[0]}") from None
    if {name: each.dtype for name, each in found.items()} != _TENSORS:
        raise EvidenceError(f"`{named}` holds no memory", hint="its tensors are others than those of a memory")
    part = Part(**found)
    entries, records = {len(part.keys), len(part.scales), len(part.values)}, len(part.counts)
    tagged = {tuple(each.shape) for each in (part.owners, part.records, part.texts)}
    if entries != {int(part.counts.sum())} or tagged != {(records, TAG_BYTES)} or part.keys.dim() != 2:  # noqa: PLR2004 - (N, D)
        raise EvidenceError(f"`{named}` holds no memory", hint="its tensors do not fit each other")
    return part


def _rows(tensor: Tensor) -> list[bytes]:
    data = tensor.contiguous().numpy().tobytes()
    return [data[at : at + TAG_BYTES] for at in range(0, len(data), TAG_BYTES)]


def _among(tensor: Tensor, wanted: Collection[bytes]) -> Tensor:
    """Which rows are one of these. Shape: (R, 16) to (R,) bool."""
    found = torch.zeros(len(tensor), dtype=torch.bool)
    if wanted and len(tensor):
        pairs = tensor.contiguous().view(torch.int64)  # (R, 2): equal pairs are equal pseudonyms
        for first, second in tags(sorted(wanted)).view(torch.int64).tolist():
            found |= (pairs[:, 0] == first) & (pairs[:, 1] == second)
    return found
