"""Adapters become one model: a fixed function of them, with nothing fitted, so that what leaves one leaves the model.

`mean` adds the mean of all adapters' changes to the base, and serves at the cost of one model. `logits` asks every
adapter and averages what they answer, at the cost of as many as there are.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Final

import torch
from torch import Tensor, nn

from assent.errors import EvidenceError, InputError
from assent.training.config import TrainingConfig
from assent.training.language import LanguageModel
from assent.training.lora import State, deltas, with_adapter, write_state

AGGREGATIONS: Final = ("mean", "logits")


def merged(base: LanguageModel, states: Sequence[Mapping[str, Tensor]], config: TrainingConfig) -> LanguageModel:
    """A model of its own: the base with the mean of what these adapters add; the base itself where there are none.

    Args:
        base: without an adapter; stays as it is.
    """
    found = copy.deepcopy(base)
    weights = {name: each.weight for name, each in found.module.named_modules() if isinstance(each, nn.Linear)}
    with torch.no_grad():
        for name, total in _mean(states, config).items():
            layer = name.removeprefix("base_model.model.")
            if layer not in weights:
                raise EvidenceError(f"the base has no layer `{layer}`", hint="the adapter is another base's")
            weights[layer] += total.to(weights[layer])
    found.module.requires_grad_(False).eval()
    return found


def _mean(states: Sequence[Mapping[str, Tensor]], config: TrainingConfig) -> State:
    """In the order given and in double precision, so that it is the same on every machine."""
    total: State = {}
    for state in states:
        for name, change in deltas({key: each.double() for key, each in state.items()}, config).items():
            total[name] = total[name] + change if name in total else change
    return {name: each / len(states) for name, each in total.items()}


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
