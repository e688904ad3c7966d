"""Rows become sequences: packed within a member, never across, drawn in an order that follows from their own names.

    rows of a slice ─ by member ─ texts of a member one after another ─ sequences ─ batches of like length

So what somebody else wrote, or took back, moves no token of a member's into another sequence. Which sequences share a
batch depends on all of the slice, which is why a slice that lost a row learns again as a whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from assent.training.tokens import Tokenizer

_LIKE_LENGTH: Final = 16
"""How many batches' worth of sequences are sorted by length together: padding falls, chance stays."""


@dataclass(frozen=True, slots=True)
class Text:
    """A row of a snapshot as far as training reads it."""

    id: str
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Packed:
    """Token ids of one member, each but the first of them to be predicted.

    Args:
        name: says whose it is and which; no two of a slice share it.
    """

    name: str
    ids: tuple[int, ...]


def digest_of(rows: Iterable[Text]) -> str:
    """SHA-256 over what training reads of these rows, in the order of their ids."""
    found = sha256(b"assent slice v1\n")
    for row in sorted(rows, key=lambda each: each.id):
        for part in (row.id, row.author, row.text):
            data = part.encode("utf-8", "surrogatepass")
            found.update(len(data).to_bytes(8) + data)
    return found.hexdigest()


def pack(rows: Iterable[Text], tokenizer: Tokenizer, length: int) -> list[Packed]:
    """The sequences of a slice: of each member all texts, each between its marks, cut every `length` tokens."""
    texts: dict[str, list[Text]] = defaultdict(list)
    for row in rows:
        texts[row.author].append(row)
    packed = []
    for author in sorted(texts):
        own = sorted(texts[author], key=lambda each: each.id)
        stream = [
            token
            for ids in tokenizer.encode([each.text for each in own])
            for token in (tokenizer.begin, *ids, tokenizer.end)
        ]
        # One token more than is predicted: the last of a sequence is the first one's context of the next.
        packed += [
            Packed(f"{author}\0{start}", tuple(stream[start : start + length + 1]))
            for start in range(0, len(stream) - 1, length)
        ]
    return packed


def batches(sequences: Sequence[Packed], *, order: str, tokens: int) -> Iterator[list[Packed]]:
    """Every sequence once, in an order that only `order` and its own name decide, like lengths together.

    Args:
        tokens: of a batch, padding included; a sequence longer than that is a batch by itself.
    """
    drawn = sorted(sequences, key=lambda each: sha256(f"{order}\0{each.name}".encode()).digest())
    window: list[Packed] = []
    held = 0
    for each in drawn:
        window.append(each)
        held += len(each.ids)
        if held >= tokens * _LIKE_LENGTH:
            yield from _of_like_length(window, tokens, order)
            window, held = [], 0
    yield from _of_like_length(window, tokens, order)


def _of_like_length(window: list[Packed], tokens: int, order: str) -> list[list[Packed]]:
    found: list[list[Packed]] = []
    batch: list[Packed] = []
    for each in sorted(window, key=lambda each: (-len(each.ids), each.name)):
        # The first of a batch is its longest: all others are padded to it.
        if batch and len(batch[0].ids) * (len(batch) + 1) > tokens:
            found.append(batch)
            batch = []
        batch.append(each)
    if batch:
        found.append(batch)
    # Else every window would end with its shortest sequences.
    return sorted(found, key=lambda each: sha256(f"{order}\0batch\0{each[0].name}".encode()).digest())
