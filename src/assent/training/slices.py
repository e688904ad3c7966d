"""One slice at a time: an adapter goes in, the rows of a slice are learned, an adapter comes out.

A pure function of adapter, rows, base and configuration: the optimiser begins anew, nothing is drawn by chance but
the order of sequences, and that from their names. On one processor, one thread and one release the same bytes come
out; `device.environment` says on which.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import torch
import torch.nn.functional as F  # noqa: N812 - the name everybody knows it by
from torch import Tensor, nn

from assent.errors import InputError
from assent.training.config import TrainingConfig
from assent.training.device import prepare
from assent.training.language import LanguageModel
from assent.training.lora import State, read_state, with_adapter, write_state
from assent.training.packing import Packed, Text, batches, pack
from assent.training.tokens import Tokenizer

IGNORED: Final = -100
"""The target of a position that bears no loss."""
_CURVE_POINTS: Final = 48

Step = Callable[[int, float], None]
"""Called after each step with the tokens it learned and its loss, in nats per token."""


def nobody_watches(_tokens: int, _loss: float) -> None:
    """Nothing is shown."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What a slice came to.

    Args:
        tokens: predicted in one pass.
        loss: mean over the last epoch, in nats per token; None where there was nothing to learn.
        curve: (tokens so far, loss of the step) at some of the steps.
    """

    state: State
    tokens: int
    loss: float | None
    curve: tuple[tuple[int, float], ...]


@dataclass(slots=True)
class SliceTrainer:
    """A base with an adapter in it, and how texts become tokens.

    Args:
        model: its adapter is what is trained.
        fresh: the adapter that every shard begins with.
    """

    model: LanguageModel
    tokenizer: Tokenizer
    config: TrainingConfig
    device: str
    fresh: State

    @classmethod
    def over(
        cls, model: LanguageModel, tokenizer: Tokenizer, config: TrainingConfig, device: str = "cpu"
    ) -> SliceTrainer:
        """A trainer over a base that has no adapter yet, which it is given.

        Raises:
            InputError: the device is not there, or the base cannot be adapted or is not made for such sequences.
        """
        prepare(device)
        if config.sequence_tokens > model.context:
            raise InputError(
                f"sequences of {config.sequence_tokens} tokens are longer than the base's context of {model.context}",
                hint="train with shorter ones: --sequence-tokens",
            )
        with_adapter(model.module, config).to(device).train()
        return cls(model, tokenizer, config, device, read_state(model.module))

    def learn(self, state: State | None, rows: Sequence[Text], *, order: str, watch: Step = nobody_watches) -> Learned:
        """The adapter after this slice.

        Args:
            state: after the slice before; None is the one every shard begins with.
            order: from which, with their names, the order of sequences follows.

        Raises:
            InputError: the loss is no number any more.
        """
        before = self.fresh if state is None else state
        config = self.config
        packed = pack(rows, self.tokenizer, config.sequence_tokens)
        if not packed:
            return Learned(before, 0, None, ())
        write_state(self.model.module, before)
        plan = [
            (epoch, batch)
            for epoch in range(config.epochs)
            for batch in batches(packed, order=f"{config.seed}/{order}/{epoch}", tokens=config.batch_tokens)
        ]
        optimiser = torch.optim.AdamW(self._adapter(), lr=1.0, weight_decay=config.weight_decay, betas=(0.9, 0.99))
        total, seen, last = 0.0, 0, 0
        curve: list[tuple[int, float]] = []
        for step, (epoch, batch) in enumerate(plan):
            for group in optimiser.param_groups:
                group["lr"] = config.learning_rate * _share(step, len(plan))
            loss, tokens = self._step(optimiser, batch)
            if not math.isfinite(loss):
                raise InputError(
                    f"the loss became `{loss}` at step {step + 1} of {len(plan)}",
                    hint=f"lower the learning rate, now {config.learning_rate:g}; nothing of this slice was kept",
                )
            seen += tokens
            if epoch == config.epochs - 1:
                total, last = total + loss * tokens, last + tokens
            if step % max(1, len(plan) // _CURVE_POINTS) == 0:
                curve.append((seen, round(loss, 5)))
            watch(tokens, loss)
        return Learned(read_state(self.model.module), last, total / last, tuple(curve))

    def _adapter(self) -> list[nn.Parameter]:
        return [each for each in self.model.module.parameters() if each.requires_grad]

    def _step(self, optimiser: torch.optim.Optimizer, batch: Sequence[Packed]) -> tuple[float, int]:
        ids, targets = padded(batch, self.device)
        with torch.autocast(self.device, torch.bfloat16, enabled=self.config.precision == "bfloat16"):
            logits = self.model.logits(ids)  # (B, T, V)
        loss = F.cross_entropy(logits.float().flatten(0, 1), targets.flatten(), ignore_index=IGNORED)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self._adapter(), self.config.gradient_norm)
        optimiser.step()
        return float(loss.detach()), int((targets != IGNORED).sum())


def padded(batch: Sequence[Packed], device: str = "cpu") -> tuple[Tensor, Tensor]:
    """Token ids and what is to be predicted after each; sequences end at the right, and no loss lies beyond.

    Shape: (B, T) both, T the longest sequence less one.
    """
    longest = max(len(each.ids) for each in batch) - 1
    ids = torch.zeros((len(batch), longest), dtype=torch.long)
    targets = torch.full((len(batch), longest), IGNORED, dtype=torch.long)
    for row, each in enumerate(batch):
        size = len(each.ids) - 1
        ids[row, :size] = torch.tensor(each.ids[:-1])
        targets[row, :size] = torch.tensor(each.ids[1:])
    return ids.to(device), targets.to(device)


def _share(step: int, steps: int) -> float:
    """Of the learning rate: rises over the first tenth, then falls by a cosine to a twentieth."""
    warm = max(1, steps // 10)
    if step < warm:
        return (step + 1) / warm
    return 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))
