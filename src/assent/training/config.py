"""How adapters are trained and a memory is asked: every choice that changes an answer, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from typing import Any, Final

import rfc8785

from assent.errors import InputError

LINEAR: Final = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
"""The linear layers of a decoder in the Llama layout."""


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """Low-rank adaptation (Hu et al. 2021, arXiv 2106.09685) with AdamW, restarted for each slice.

    Args:
        rank, alpha: of the adapters; their product is scaled by `alpha / rank`.
        epochs: passes over each slice.
        learning_rate: at its peak; it rises over the first tenth of a slice's steps, then falls to a twentieth by a
            cosine.
        sequence_tokens: the longest sequence; longer texts go on in the next one.
        batch_tokens: of a step, padding included; at least one sequence. Slices are short, so many small steps
            learn more of each than a few large ones, at the same cost.
        precision: `float32`, or `bfloat16` for products of matrices where the processor has instructions for them.
        seed: of the adapters' first values and of the order of sequences.
    """

    rank: int = 8
    alpha: int = 16
    epochs: int = 3
    learning_rate: float = 5e-3
    weight_decay: float = 0.0
    gradient_norm: float = 1.0
    sequence_tokens: int = 256
    batch_tokens: int = 512
    precision: str = "float32"
    seed: int = 2025

    def __post_init__(self) -> None:
        for name in ("rank", "alpha", "epochs", "sequence_tokens", "batch_tokens"):
            if getattr(self, name) < 1:
                raise InputError(f"`{name}` must be at least 1, and is `{getattr(self, name)}`")
        if not 0 < self.learning_rate < 1:
            raise InputError(f"`learning_rate` must lie between 0 and 1, and is `{self.learning_rate}`")
        if self.precision not in {"float32", "bfloat16"}:
            raise InputError(f"`precision` cannot be `{self.precision}`", hint="it is float32 or bfloat16")

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON of all of it."""
        return sha256(rfc8785.dumps(asdict(self))).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """All of it by name."""
        return asdict(self)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> TrainingConfig:
        """The configuration that a manifest states.

        Raises:
            InputError: it states something this release does not know.
        """
        known = {each.name for each in fields(cls)}
        if unknown := sorted(set(given) - known):
            raise InputError(f"unknown training setting `{unknown[0]}`", hint=f"known: {', '.join(sorted(known))}")
        return cls(**given)


@dataclass(frozen=True, slots=True)
class MemoryConfig:
    """A mixture with fixed parts: nothing of it is fitted to what the memory holds, or it would keep what left.

    The values here were chosen on public text that no memory held (`bench/routes.py`); they are good over a wide range.
    A low temperature makes the nearest entry speak alone, and then texts come back word for word (`bench/memory.py`).

    Args:
        weight: of the memory, from 0 to 1; the base has the rest.
        neighbours: how many entries answer.
        temperature: divides the squared distance, in mean squares of a key's numbers.
        sequence_tokens: the longest context that a key is computed from; a longer record is read in stretches that
            overlap by half.
        block: how many keys are compared at a time.
    """

    weight: float = 0.6
    neighbours: int = 256
    temperature: float = 0.1
    sequence_tokens: int = 256
    block: int = 65_536

    def __post_init__(self) -> None:
        for name, least in (("neighbours", 1), ("sequence_tokens", 2), ("block", 1)):
            if getattr(self, name) < least:
                raise InputError(f"a memory's `{name}` must be at least {least}, and is `{getattr(self, name)}`")
        if not 0 <= self.weight <= 1:
            raise InputError(f"a memory's `weight` must lie between 0 and 1, and is `{self.weight}`")
        if not self.temperature > 0:
            raise InputError(f"a memory's `temperature` must be above 0, and is `{self.temperature}`")

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON of all of it."""
        return sha256(rfc8785.dumps(asdict(self))).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """All of it by name."""
        return asdict(self)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> MemoryConfig:
        """The configuration that a manifest states.

        Raises:
            InputError: it states something this release does not know.
        """
        known = {each.name for each in fields(cls)}
        if unknown := sorted(set(given) - known):
            raise InputError(f"unknown memory setting `{unknown[0]}`", hint=f"known: {', '.join(sorted(known))}")
        return cls(**given)
