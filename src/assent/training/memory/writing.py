"""Rows become a part of a memory, a record at a time: what others wrote, or took back, changes no bit of an entry.

    rows of a slice ─ those that the part before has already ─ copied
                    └ the rest ─ tokens between their marks ─ hidden states of the base ─ 8-bit keys

A record is read by itself, never in a batch: products of other shapes add numbers up in another order, and then an
entry would depend on who else was there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from assent.errors import InputError
from assent.training.config import MemoryConfig
from assent.training.device import prepare
from assent.training.language import LanguageModel
from assent.training.memory.entries import Part, Pseudonyms, joined, quantised, tags
from assent.training.packing import Text
from assent.training.tokens import Tokenizer


@dataclass(slots=True)
class PartWriter:
    """A base that reads records for a memory.

    Args:
        read: how many records it has read so far; those it copied do not count.
    """

    model: LanguageModel
    tokenizer: Tokenizer
    config: MemoryConfig
    pseudonyms: Pseudonyms
    read: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        prepare("cpu")
        if self.config.sequence_tokens > self.model.context:
            raise InputError(
                f"a context of {self.config.sequence_tokens} tokens is longer than the base's {self.model.context}",
                hint="remember with a shorter one",
            )
        self.model.module.eval()

    def write(self, rows: Sequence[Text], earlier: Part | None = None) -> Part | None:
        """The part of these rows; None where they hold no token.

        Args:
            earlier: of the same base and configuration; what it has of these rows is copied. No bit depends on it.
        """
        known: dict[tuple[bytes, bytes], int] = {}
        if earlier is not None:
            texts = earlier.texts.numpy().tobytes()
            known = {(name, texts[16 * at : 16 * at + 16]): at for at, name in enumerate(earlier.names())}
        places = [known.get((self.pseudonyms.record(row.id), self.pseudonyms.text(row))) for row in rows]
        parts = [self._read([row for row, place in zip(rows, places, strict=True) if place is None])]
        stays = [place for place in places if place is not None]
        if earlier is not None and stays:
            kept = torch.zeros(len(earlier.counts), dtype=torch.bool)
            kept[stays] = True
            parts.append(earlier.only(kept))
        found = [each for each in parts if each is not None]
        return joined(found) if found else None

    def _read(self, rows: Sequence[Text]) -> Part | None:
        if not rows:
            return None
        streams = [
            torch.tensor([self.tokenizer.begin, *ids, self.tokenizer.end])
            for ids in self.tokenizer.encode([row.text for row in rows])
        ]
        with torch.no_grad():
            quantities = [quantised(self.states(stream[:-1])) for stream in streams]
        self.read += len(rows)
        return Part(
            keys=torch.cat([keys for keys, _ in quantities]),
            scales=torch.cat([scales for _, scales in quantities]),
            values=torch.cat([stream[1:] for stream in streams]).to(torch.int32),
            counts=torch.tensor([len(stream) - 1 for stream in streams], dtype=torch.int32),
            owners=tags([self.pseudonyms.owner(row.author) for row in rows]),
            records=tags([self.pseudonyms.record(row.id) for row in rows]),
            texts=tags([self.pseudonyms.text(row) for row in rows]),
        )

    def states(self, ids: Tensor) -> Tensor:
        """The hidden state of each position, from at least half of the longest context where there is as much.

        Shape: (T,) to (T, D)
        """
        length, half = self.config.sequence_tokens, self.config.sequence_tokens // 2
        found = [self.model.hidden(ids[None, :length])[0]]
        for start in range(half, len(ids) - half, half):
            window = self.model.hidden(ids[None, start : start + length])[0]
            # The first stretch has its beginning told already; of the others the second half is new.
            found.append(window[length - half :])
        return torch.cat(found)
