"""A base that answers together with a memory: p = weight · p(memory) + (1 - weight) · p(model).

The base alone asks the memory, whatever answers beside it: entries are its hidden states, and know no adapter.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 - the name everybody knows it by
from torch import Tensor

from assent.errors import EvidenceError, InputError
from assent.training.config import MemoryConfig
from assent.training.language import LanguageModel
from assent.training.memory.entries import Part
from assent.training.memory.search import Searched, nearest
from assent.training.model import chosen

Logits = Callable[[Tensor], Tensor]
"""What each position says of the next token. Shape: (B, T) to (B, T, V)."""
_QUESTIONS_AT_A_TIME = 256


@dataclass(frozen=True, slots=True)
class Memory:
    """Parts that are asked together; `searched` has what is compared of each."""

    config: MemoryConfig
    parts: tuple[Part, ...]
    searched: tuple[Searched, ...]

    @classmethod
    def of(cls, config: MemoryConfig, parts: Sequence[Part]) -> Memory:
        """A memory of these parts. Cost: one pass over their keys."""
        return cls(config, tuple(parts), tuple(Searched.of(each) for each in parts))

    @property
    def entries(self) -> int:
        """How many there are in all parts."""
        return sum(each.entries for each in self.parts)

    def without(self, *, owners: Collection[bytes] = (), records: Collection[bytes] = ()) -> Memory:
        """The memory without the rows of these owners and records; parts that have none of them are not copied."""
        kept: list[tuple[Part, Searched]] = []
        for part, ready in zip(self.parts, self.searched, strict=True):
            left = part.without(owners=owners, records=records)
            if left.entries:
                kept.append((left, ready if left is part else Searched.of(left)))
        return Memory(self.config, tuple(part for part, _ in kept), tuple(ready for _, ready in kept))

    def probabilities(self, states: Tensor, vocab_size: int) -> Tensor:
        """What the memory says of the next token. Shape: (M, D) to (M, V).

        Raises:
            EvidenceError: the memory is another base's.
        """
        if any(each.keys.shape[1] != states.shape[1] for each in self.parts):
            raise EvidenceError("the memory does not fit the base", hint="its keys are of another width")
        found = []
        for asked in states.split(_QUESTIONS_AT_A_TIME):
            scores, tokens = nearest(self.searched, asked, self.config.neighbours, self.config.block)
            shares = (scores / (states.shape[1] * self.config.temperature)).softmax(dim=1)
            found.append(torch.zeros(len(asked), vocab_size).scatter_add_(1, tokens, shares))
        return torch.cat(found)


class Remembering:
    """A model that answers together with a memory.

    Args:
        base: whose hidden states the entries are; without an adapter.
        says: what answers beside the memory; None is the base itself.
    """

    def __init__(self, base: LanguageModel, memory: Memory, says: Logits | None = None) -> None:
        self._base, self._memory, self._says = base, memory, says
        base.module.requires_grad_(False).eval()

    def logits(self, ids: Tensor) -> Tensor:
        """Logarithms of what each position says of the next token. Shape: (B, T) to (B, T, V)."""
        hidden = self._base.hidden(ids)
        said = self._base.head(hidden) if self._says is None else self._says(ids)
        return self._mixed(hidden, said)

    def next(self, ids: Tensor) -> Tensor:
        """Logarithms of what the last position says of the next token. Shape: (B, T) to (B, V)."""
        hidden = self._base.hidden(ids)[:, -1:]
        said = self._base.head(hidden) if self._says is None else self._says(ids)[:, -1:]
        return self._mixed(hidden, said)[:, 0]

    @property
    def context(self) -> int:
        """How many positions the base was made for."""
        return self._base.context

    @property
    def vocab_size(self) -> int:
        """How many tokens it tells apart."""
        return self._base.vocab_size

    def generate(
        self,
        ids: Tensor,
        count: int,
        *,
        temperature: float = 0.0,
        top_k: int | None = None,
        generator: torch.Generator | None = None,
        stop: Sequence[int] = (),
    ) -> Tensor:
        """The ids and what follows them: (B, at most T + count); as `Decoder.generate`."""
        return go_on(
            self.next,
            ids,
            count,
            context=self.context,
            temperature=temperature,
            top_k=top_k,
            generator=generator,
            stop=stop,
        )

    def _mixed(self, hidden: Tensor, said: Tensor) -> Tensor:
        own = F.log_softmax(said.float(), dim=-1)
        weight = self._memory.config.weight
        if not self._memory.entries or weight == 0:
            return own
        found = self._memory.probabilities(hidden.flatten(0, 1), own.shape[-1]).view(own.shape)
        return (weight * found + (1 - weight) * own.exp()).clamp_min(torch.finfo(torch.float32).tiny).log()


def go_on(
    says: Logits,
    ids: Tensor,
    count: int,
    *,
    context: int,
    temperature: float = 0.0,
    top_k: int | None = None,
    generator: torch.Generator | None = None,
    stop: Sequence[int] = (),
) -> Tensor:
    """The ids and what follows them, as `Decoder.generate`, of whatever says what comes next.

    Args:
        says: what comes next, from logits of the last position. Shape: (B, T) to (B, V).

    Raises:
        InputError: nothing to go on from, or more than the context.
    """
    if not ids.shape[1] or ids.shape[1] + count > context:
        raise InputError(
            f"`{ids.shape[1]}` tokens and `{count}` more do not fit a context of `{context}`",
            hint="give a prompt, and fewer tokens",
        )
    done = torch.zeros(len(ids), dtype=torch.bool)
    with torch.no_grad():
        for _ in range(count):
            fresh = chosen(says(ids), temperature, top_k, generator)
            ids = torch.cat((ids, fresh[:, None]), dim=1)
            done |= torch.isin(fresh, torch.tensor(stop, dtype=ids.dtype))
            if stop and bool(done.all()):
                break
    return ids
