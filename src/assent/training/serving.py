"""Adapters become one model: a fixed function of them, with nothing fitted, so that what leaves one leaves the model.

`mean` adds the mean of all adapters' changes to the base, and serves at the cost of one model. `logits` asks every
adapter and averages what they answer, at the cost of as many as there are.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Final, TypeGuard

import torch
from torch import Tensor, nn

from assent.errors import EvidenceError, InputError
from assent.training.config import TrainingConfig
from assent.training.language import LanguageModel
from assent.training.lora import LORA_A, LORA_B, State, with_adapter, write_state

AGGREGATIONS: Final = ("mean", "logits")
_WRAPPED: Final = "base_model.model."
"""Before the names of layers that `peft` has wrapped."""


def merged(base: LanguageModel, states: Sequence[Mapping[str, Tensor]], config: TrainingConfig) -> LanguageModel:
    """A model of its own: the base with the mean of what these adapters add; the base itself where there are none.

    Args:
        base: without an adapter; stays as it is.
    """
    found = copy.deepcopy(base)
    weights = {f"{name}.weight": each.weight for name, each in found.module.named_modules() if _is_linear(each)}
    with torch.no_grad():
        for name, total in mean_delta(states, config.alpha / config.rank).items() if states else ():
            if name not in weights:
                raise EvidenceError(f"the base has no `{name}`", hint="the adapter is another base's")
            weights[name].copy_(with_delta(weights[name], total))
    found.module.requires_grad_(False).eval()
    return found


def mean_delta(states: Sequence[Mapping[str, Tensor]], scale: float) -> State:
    """What the mean of the adapters adds to each weight, by the weight's name.

    In the order given and in double precision, so that it is the same on every machine.

    Args:
        states: by layer, `….lora_A.weight` (R, in) and `….lora_B.weight` (out, R), as `peft` names them; at least one.
        scale: alpha / rank; what an adapter adds to a weight is `scale` times B A.

    Shape: (out, in), as the weight.

    Raises:
        EvidenceError: adapters of other layers, or half of one.
    """
    names = {name for name in states[0] if name.endswith(LORA_A)}
    paired = names | {name.removesuffix(LORA_A) + LORA_B for name in names}
    for state in states:
        if odd := sorted(state.keys() ^ paired):
            raise EvidenceError(f"the adapters are not of the same layers: `{odd[0]}`")
    total: State = {}
    with torch.no_grad():
        for state in states:
            for layer in sorted(name.removesuffix(LORA_A) for name in names):
                change = scale * (state[layer + LORA_B].double() @ state[layer + LORA_A].double())
                name = f"{layer.removeprefix(_WRAPPED)}.weight"
                total[name] = total[name] + change if name in total else change
    return {name: each / len(states) for name, each in total.items()}


def with_delta(weight: Tensor, delta: Tensor) -> Tensor:
    """The weight with that added, added in single precision: what serves, and what is exported."""
    return (weight.float() + delta.float()).to(weight.dtype)


def _is_linear(each: nn.Module) -> TypeGuard[nn.Linear]:
    return isinstance(each, nn.Linear)


class Averaged:
    """A base with several adapters, which answers with the mean of their logits.

    Args:
        base: without an adapter; stays as it is.
    """

    def __init__(self, base: LanguageModel, states: Sequence[State], config: TrainingConfig) -> None:
        if not states:
            raise InputError("there is no adapter to average", hint="serve the base by itself")
        self._adapted = copy.deepcopy(base)
        with_adapter(self._adapted.module, config).requires_grad_(False).eval()
        self._states = list(states)

    def logits(self, ids: Tensor) -> Tensor:
        """What each position says of the next token. Shape: (B, T) → (B, T, V)."""
        total: Tensor | None = None
        for state in self._states:
            write_state(self._adapted.module, state)
            logits = self._adapted.logits(ids)
            total = logits if total is None else total + logits
        assert total is not None
        return total / len(self._states)
