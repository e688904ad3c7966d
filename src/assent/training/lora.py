"""Low-rank adapters in a decoder: put in once, then read, written and set back as plain tensors by name.

Source: Hu et al. 2021, arXiv 2106.09685, in the implementation and under the names of `peft`, which takes seconds to
read and is read only by whoever trains: a model that serves is a sum of weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import torch
from safetensors.torch import load, save
from torch import Tensor, nn

from assent.errors import EvidenceError, InputError
from assent.training.config import LINEAR, TrainingConfig

State = dict[str, Tensor]
"""An adapter: for each linear layer `….lora_A.weight` (rank, in) and `….lora_B.weight` (out, rank)."""

LORA_A: Final = ".lora_A.weight"
LORA_B: Final = ".lora_B.weight"


def with_adapter(decoder: nn.Module, config: TrainingConfig) -> nn.Module:
    """The decoder holds an adapter that changes nothing yet; only the adapter is trainable.

    Raises:
        InputError: the decoder has none of the layers that are adapted.
    """
    from peft import LoraConfig, inject_adapter_in_model

    decoder.requires_grad_(False)
    present = {name.rpartition(".")[2] for name, each in decoder.named_modules() if isinstance(each, nn.Linear)}
    targets = [name for name in LINEAR if name in present]
    if not targets:
        raise InputError(
            "the base has none of the layers that adapters go into",
            hint=f"a decoder in the Llama layout has {', '.join(LINEAR)}",
        )
    given = LoraConfig(r=config.rank, lora_alpha=config.alpha, target_modules=targets, lora_dropout=0.0)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        inject_adapter_in_model(given, decoder)
    for name, each in decoder.named_parameters():
        each.requires_grad_("lora_" in name)
    return decoder


def read_state(decoder: nn.Module) -> State:
    """The adapter as it is now, copied."""
    from peft import get_peft_model_state_dict

    found = get_peft_model_state_dict(decoder)
    return {name: found[name].detach().to("cpu", torch.float32).clone().contiguous() for name in sorted(found)}


def write_state(decoder: nn.Module, state: Mapping[str, Tensor]) -> None:
    """The decoder's adapter is this one.

    Raises:
        EvidenceError: it is an adapter of another decoder.
    """
    from peft import get_peft_model_state_dict, set_peft_model_state_dict

    present = get_peft_model_state_dict(decoder)
    if {name: each.shape for name, each in present.items()} != {name: each.shape for name, each in state.items()}:
        raise EvidenceError("the adapter does not fit the base", hint="it was trained on another base or rank")
    set_peft_model_state_dict(decoder, dict(state))


def encode_state(state: State) -> bytes:
    """The adapter as a safetensors file; equal adapters have equal bytes."""
    return bytes(save({name: state[name] for name in sorted(state)}))


def decode_state(data: bytes, named: str | Path) -> State:
    """The adapter in a safetensors file.

    Raises:
        EvidenceError: it is none.
    """
    try:
        return dict(load(data))
    except Exception as error:  # noqa: BLE001 - the library raises a type of its own that it does not export
        raise EvidenceError(f"`{named}` holds no adapter: {str(error).splitlines()[0]}") from None
