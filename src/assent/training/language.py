"""What training, memory and audits ask of a language model, whoever made it.

`Decoder` answers by itself; `Foreign` makes any causal model of transformers answer in the same words.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from assent.errors import InputError
from assent.training.head_loss import head_loss
from assent.training.model import chosen, loss_of, mask_of, positions_of


class LanguageModel(Protocol):
    """Which token comes next. Shapes: ids, segments and targets are (B, T); `segments` as in `Decoder.forward`."""

    @property
    def module(self) -> nn.Module:
        """What holds the weights, and what adapters are put into; `train`, `eval` and `to` are its."""
        ...

    @property
    def vocab_size(self) -> int:
        """How many tokens it tells apart."""
        ...

    @property
    def context(self) -> int:
        """How many positions it was made for."""
        ...

    def __call__(
        self, ids: Tensor, targets: Tensor | None = None, segments: Tensor | None = None, *, each: bool = False
    ) -> Tensor:
        """Logits (B, T, V); with targets the mean loss (), with `each` that of every position (B, T)."""
        ...

    def logits(self, ids: Tensor, segments: Tensor | None = None) -> Tensor:
        """What each position says of the next token: (B, T, V)."""
        ...

    def hidden(self, ids: Tensor, segments: Tensor | None = None) -> Tensor:
        """The last hidden states, as the head reads them: (B, T, D)."""
        ...

    def head(self, hidden: Tensor) -> Tensor:
        """Logits of hidden states: `head(hidden(ids))` is `logits(ids)`."""
        ...

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
        ...


class Foreign:
    """A causal model of transformers, answering as a `LanguageModel`."""

    def __init__(self, module: nn.Module) -> None:
        self._module = module
        self._config = module.config

    @property
    def module(self) -> nn.Module:
        """What holds the weights, and what adapters are put into."""
        return self._module

    @property
    def vocab_size(self) -> int:
        """How many tokens it tells apart."""
        return int(self._config.vocab_size)

    @property
    def context(self) -> int:
        """How many positions it was made for."""
        return int(getattr(self._config, "max_position_embeddings", 2048))

    def __call__(
        self, ids: Tensor, targets: Tensor | None = None, segments: Tensor | None = None, *, each: bool = False
    ) -> Tensor:
        """Logits (B, T, V); with targets the mean loss (), with `each` that of every position (B, T)."""
        if targets is None or each:
            logits = self.logits(ids, segments)
            return logits if targets is None else loss_of(logits, targets, each=True)
        head = self._module.get_output_embeddings()
        if type(head) is not nn.Linear or head.bias is not None:
            return loss_of(self.logits(ids, segments), targets)
        return head_loss(self.hidden(ids, segments), head.weight, targets)

    def logits(self, ids: Tensor, segments: Tensor | None = None) -> Tensor:
        """What each position says of the next token: (B, T, V)."""
        return self._module(input_ids=ids, use_cache=False, **self._view(ids, segments)).logits

    def hidden(self, ids: Tensor, segments: Tensor | None = None) -> Tensor:
        """The last hidden states, as the head reads them: (B, T, D)."""
        return self._module.base_model(input_ids=ids, use_cache=False, **self._view(ids, segments)).last_hidden_state

    def head(self, hidden: Tensor) -> Tensor:
        """Logits of hidden states: `head(hidden(ids))` is `logits(ids)`."""
        return self._module.get_output_embeddings()(hidden)

    def _view(self, ids: Tensor, segments: Tensor | None) -> dict[str, Tensor]:
        if ids.shape[1] > self.context:
            raise InputError(
                f"a sequence of `{ids.shape[1]}` tokens is longer than the `{self.context}` the model was made for"
            )
        if segments is None:
            return {}
        # Added to scores, so that it means the same to every implementation of attention.
        dtype = self._module.dtype
        barred = torch.zeros(1, dtype=dtype, device=ids.device).masked_fill(~mask_of(segments), torch.finfo(dtype).min)
        return {"attention_mask": barred, "position_ids": positions_of(segments)}

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
        if not ids.shape[1] or ids.shape[1] + count > self.context:
            raise InputError(f"`{ids.shape[1]}` tokens and `{count}` more do not fit a context of `{self.context}`")
        fresh, past = ids, None
        done = torch.zeros(ids.shape[0], dtype=torch.bool, device=ids.device)
        with torch.no_grad():
            for _ in range(count):
                told = self._module(input_ids=fresh, past_key_values=past, use_cache=True)
                past, fresh = told.past_key_values, chosen(told.logits[:, -1], temperature, top_k, generator)[:, None]
                ids = torch.cat((ids, fresh), dim=1)
                done |= torch.isin(fresh[:, 0], torch.tensor(stop, device=ids.device, dtype=ids.dtype))
                if stop and bool(done.all()):
                    break
        return ids


def open_foreign(folder: Path, *, dtype: torch.dtype = torch.float32) -> Foreign:
    """The model in the folder through transformers: none of the folder's code is run, nothing is unpickled.

    Raises:
        InputError: there is none that transformers reads, its weights are pickled, or its head does more than
            multiply, so that a memory could not be mixed into what it says.
    """
    # Whoever opens the base that comes with the program does not wait for it.
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    if not any(folder.glob("*.safetensors")):
        raise InputError(
            f"there are no safetensors in `{folder}`",
            hint="pickled weights can run code and are not opened; save them anew as safetensors",
        )
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        module: Any = AutoModelForCausalLM.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False, use_safetensors=True, dtype=dtype
        ).eval()
    except (OSError, ValueError, KeyError, RuntimeError, AttributeError, ImportError) as error:
        raise InputError(f"`{folder}` cannot be opened: {str(error).splitlines()[0]}") from None
    finally:
        if shown:
            logging.enable_progress_bar()
    model = Foreign(module)
    with torch.no_grad():
        ids = torch.arange(min(4, model.vocab_size))[None]
        if not torch.allclose(model.head(model.hidden(ids)), model.logits(ids), rtol=1e-3, atol=1e-3):
            raise InputError(f"the head of `{folder}` does more than multiply", hint="choose another base")
    return model
