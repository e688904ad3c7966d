"""The loss of a large vocabulary without ever holding all of its logits.

Logits of every position would be the largest thing in memory, written and read five times. Here they are made for a
few positions, turned into loss and gradient while they lie in the processor's cache, and forgotten.
"""

from __future__ import annotations

from typing import Any, Final

import torch
from torch import Tensor

IGNORED: Final = -100
"""The target of a position that bears no loss."""
_CHUNK_LOGITS: Final = 1 << 20
"""At once: four megabytes, of which a processor's cache holds most."""


def head_loss(hidden: Tensor, weight: Tensor, targets: Tensor) -> Tensor:
    """The mean loss in nats of `hidden @ weight.T` at positions that bear one; not a number where none does.

    Shape: (B, T, D), (V, D), (B, T) to ()
    """
    if hidden.is_cuda:
        # There the device's own kernels are faster than a loop.
        logits = (hidden @ weight.T).float().flatten(0, 1)
        return torch.nn.functional.cross_entropy(logits, targets.flatten(), ignore_index=IGNORED)
    if torch.is_autocast_enabled("cpu"):
        dtype = torch.get_autocast_dtype("cpu")
        hidden, weight = hidden.to(dtype), weight.to(dtype)
    with torch.autocast("cpu", enabled=False):
        return _HeadLoss.apply(hidden.flatten(0, 1), weight, targets.flatten())


class _HeadLoss(torch.autograd.Function):  # type: ignore[misc]
    """Loss and gradient in one pass; its gradient has none of its own."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, targets: Tensor) -> Tensor:
        """Shape: (N, D), (V, D), (N,) to ()."""
        rows = (targets != IGNORED).nonzero()[:, 0]  # (M,)
        kept, wanted, count = hidden.index_select(0, rows), targets.index_select(0, rows), len(rows)
        to_hidden, to_weight = ctx.needs_input_grad[:2]
        slope = torch.empty_like(kept) if to_hidden else None  # (M, D)
        turn = torch.zeros_like(weight, dtype=torch.float32) if to_weight else None  # (V, D)
        losses = torch.empty(count, dtype=torch.float32)
        size = max(16, _CHUNK_LOGITS // weight.shape[0])
        for start in range(0, count, size):
            part = slice(start, start + size)
            x, y = kept[part], wanted[part, None]  # (C, D), (C, 1)
            logits = (x @ weight.T).float()  # (C, V)
            logits -= logits.amax(dim=1, keepdim=True)
            own = logits.gather(1, y)[:, 0]
            sums = logits.exp_().sum(dim=1, keepdim=True)
            losses[part] = sums[:, 0].log() - own
            if slope is None and turn is None:
                continue
            logits /= sums * count
            logits.scatter_add_(1, y, logits.new_full(y.shape, -1.0 / count))
            if slope is not None:
                slope[part] = logits.to(weight.dtype) @ weight
            if turn is not None:
                turn.addmm_(logits.T, x.float())
        ctx.save_for_backward(slope, turn, rows)
        ctx.shape, ctx.dtype = hidden.shape, weight.dtype
        return losses.mean()

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        """Shape: () to (N, D), (V, D)."""
        slope, turn, rows = ctx.saved_tensors
        to_hidden = None
        if slope is not None:
            to_hidden = slope.new_zeros(ctx.shape).index_copy_(0, rows, slope * grad)
        return to_hidden, None if turn is None else (turn * grad).to(ctx.dtype), None
