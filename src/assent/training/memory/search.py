"""The nearest entries of a memory, exactly: every key is compared, block by block.

Keys and questions are whole numbers of 8 bits and their products are added up as whole numbers: a score does not
depend on how many keys are compared at a time, nor on how many threads do it, nor on the processor. There is no index
to keep in step: a graph would keep the shape that a removed entry gave it.

Cost: O(N · D) for each question.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Self

import torch
from torch import Tensor

from assent.training.memory.entries import Part, quantised

_GROUP: Final = 32
"""Keys whose best score stands for them in a first choice."""
_BLOCK_SUMS: Final = 65_536


@dataclass(frozen=True, slots=True)
class Searched:
    """The entries of a part, as they are compared.

    Args:
        lengths: squared length of each key. Shape: (N,) float32.
    """

    keys: Tensor
    scales: Tensor
    values: Tensor
    lengths: Tensor

    @classmethod
    def of(cls, part: Part) -> Self:
        """What is compared of a part. Cost: one pass over its keys."""
        sums = [block.int().square_().sum(dim=1) for block in part.keys.split(_BLOCK_SUMS)]
        lengths = torch.cat(sums).float() * part.scales.square() if sums else torch.empty(0)
        return cls(part.keys, part.scales, part.values, lengths)


def nearest(parts: Sequence[Searched], questions: Tensor, count: int, block: int) -> tuple[Tensor, Tensor]:
    """The nearest entries of each question: how near, from the nearest on, and the token that came next there.

    Args:
        questions: hidden states of the base.
        count: of entries, fewer where there are not as many.
        block: how many keys are compared at a time; which of several that are equally near comes in last may depend
            on it, and nothing else.

    Returns:
        Minus the squared distance to the question, but for what is the same for all entries of a question.

    Shape: (M, D) to (M, K) float32 and (M, K) int64.
    """
    asked, scales = quantised(questions)
    twice = (2 * scales)[:, None]
    scores = torch.empty(len(asked), 0)
    tokens = torch.empty(len(asked), 0, dtype=torch.int64)
    for keys, values in _blocks(parts, block):
        fresh = [_products(asked, each.keys).mul_(each.scales).mul_(twice).sub_(each.lengths) for each in keys]
        best, places = _largest(torch.cat(fresh, dim=1), count)
        scores = torch.cat((scores, best), dim=1)
        tokens = torch.cat((tokens, values[places].long()), dim=1)
        if scores.shape[1] > count:
            scores, order = scores.topk(count, dim=1)
            tokens = tokens.gather(1, order)
    scores, order = scores.sort(dim=1, descending=True, stable=True)
    return scores, tokens.gather(1, order)


def _blocks(parts: Sequence[Searched], size: int) -> Iterator[tuple[list[Searched], Tensor]]:
    """Stretches of parts, together about `size` keys, and the token that came next at each."""
    held: list[Searched] = []
    for part in parts:
        for start in range(0, len(part.keys), size):
            here = slice(start, start + size)
            held.append(Searched(part.keys[here], part.scales[here], part.values[here], part.lengths[here]))
            # Many small parts are chosen from at once: what is chosen costs more than what is compared.
            if sum(len(each.keys) for each in held) >= size:
                yield held, torch.cat([each.values for each in held])
                held = []
    if held:
        yield held, torch.cat([each.values for each in held])


def _products(asked: Tensor, keys: Tensor) -> Tensor:
    """Inner products, exact. Shape: (M, D) int8 and (n, D) int8 to (M, n) float32."""
    return torch._int_mm(asked, keys.T).float()  # noqa: SLF001 - the one product of 8-bit numbers that torch has


def _largest(scores: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The `count` largest of each row and where they are: those of the groups whose best are the largest."""
    rows, width = scores.shape
    groups = width // _GROUP
    if groups <= 2 * count:
        best, places = scores.topk(min(count, width), dim=1)
        return best, places
    whole = groups * _GROUP
    chosen = scores[:, :whole].view(rows, groups, _GROUP).amax(dim=2).topk(count, dim=1).indices  # (M, K)
    places = (chosen[:, :, None] * _GROUP + torch.arange(_GROUP)).flatten(1)  # (M, K * 32)
    places = torch.cat((places, torch.arange(whole, width).expand(rows, -1)), dim=1)
    best, order = scores.gather(1, places).topk(count, dim=1)
    return best, places.gather(1, order)
