"""A decoder as a folder that transformers loads, and back.

`config.json`, `generation_config.json` and `model.safetensors`: nothing is pickled, so opening one runs no code.
The configuration is written last: a folder that a crash left without it is no model.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from assent.errors import EvidenceError, InputError
from assent.storage.files import write_durably
from assent.training.model import Decoder, DecoderConfig

CONFIG, WEIGHTS, GENERATION = "config.json", "model.safetensors", "generation_config.json"

_PLAIN = {
    "model_type": "llama",
    "hidden_act": "silu",
    "attention_bias": False,
    "mlp_bias": False,
    "attention_dropout": 0.0,
}
"""What the decoder is and cannot be otherwise."""


def save_folder(decoder: Decoder, folder: Path) -> None:
    """The folder holds the decoder in the layout of transformers' LlamaForCausalLM; same decoder, same bytes.

    Raises:
        InputError: the folder may not be written to.
        UnavailableError: the disk is full.
    """
    write_durably(folder / WEIGHTS, save(weights_of(decoder), metadata={"format": "pt"}))
    write_durably(folder / GENERATION, _json(_generation(decoder.config)))
    # A crash before this line leaves no model: its configuration is missing.
    write_durably(folder / CONFIG, _json(document_of(decoder.config, decoder.model.norm.weight.dtype)))


def weights_of(decoder: Decoder) -> dict[str, Tensor]:
    """The weights by name, those that are tied once."""
    return {name: weight.detach().contiguous() for name, weight in sorted(decoder.named_parameters())}


def load_folder(folder: Path, *, dtype: torch.dtype = torch.float32) -> Decoder:
    """The decoder in the folder, in evaluation mode.

    Raises:
        InputError: there is none, or it is of another architecture than `Decoder`.
        EvidenceError: its weights are cut off, or not those that its configuration tells of.
    """
    config = read_config(folder)
    try:
        weights = load((folder / WEIGHTS).read_bytes())
    except OSError:
        raise InputError(f"there are no weights in `{folder}`", hint=f"a model has a `{WEIGHTS}`") from None
    except SafetensorError as error:
        raise EvidenceError(f"`{folder / WEIGHTS}` cannot be read: {error}") from None
    decoder = Decoder(config)
    if config.tied:
        weights.pop("lm_head.weight", None)
    fill(decoder, weights, folder / WEIGHTS)
    decoder.to(dtype).eval()
    return decoder


def fill(decoder: Decoder, weights: Mapping[str, Tensor], path: Path) -> None:
    """The decoder has these weights.

    Raises:
        EvidenceError: some are missing, too many, or of another shape.
    """
    own = dict(decoder.named_parameters())
    odd = sorted(own.keys() ^ weights.keys()) or [n for n, w in sorted(own.items()) if w.shape != weights[n].shape]
    if odd:
        raise EvidenceError(f"`{path}` does not fit its configuration: `{odd[0]}`", hint="it was changed or damaged")
    with torch.no_grad():
        for name, weight in own.items():
            weight.copy_(weights[name])


def document_of(config: DecoderConfig, dtype: torch.dtype = torch.float32) -> dict[str, Any]:
    """The configuration as transformers reads it."""
    return {
        **_PLAIN,
        "architectures": ["LlamaForCausalLM"],
        "bos_token_id": config.bos,
        "dtype": str(dtype).removeprefix("torch."),
        "eos_token_id": config.eos,
        "head_dim": config.head_width,
        "hidden_size": config.width,
        "initializer_range": 0.02,
        "intermediate_size": config.inner_width,
        "max_position_embeddings": config.context,
        "num_attention_heads": config.heads,
        "num_hidden_layers": config.layers,
        "num_key_value_heads": config.kv_heads,
        "pad_token_id": config.pad,
        "rms_norm_eps": config.norm_eps,
        "rope_parameters": {"rope_theta": config.rope_theta, "rope_type": "default"},
        "tie_word_embeddings": config.tied,
        "use_cache": True,
        "vocab_size": config.vocab_size,
    }


def read_config(folder: Path) -> DecoderConfig:
    """The shape of the decoder in the folder.

    Raises:
        InputError: there is none, or `Decoder` cannot be of that shape.
    """
    document = read_document(folder)
    for key, value in _PLAIN.items():
        if document.get(key, value) != value or (key == "model_type" and key not in document):
            raise InputError(f"`{folder}` is of another architecture: `{key}` is `{document.get(key)}`")
    rope = document.get("rope_parameters") or document.get("rope_scaling") or {}
    try:
        if rope.get("rope_type", rope.get("type", "default")) != "default":
            raise InputError(f"`{folder}` is of another architecture: positions are turned by `{rope}`")
        heads, eos = int(document["num_attention_heads"]), document.get("eos_token_id")
        config = DecoderConfig(
            vocab_size=int(document["vocab_size"]),
            width=int(document["hidden_size"]),
            layers=int(document["num_hidden_layers"]),
            heads=heads,
            kv_heads=int(document.get("num_key_value_heads") or heads),
            inner_width=int(document["intermediate_size"]),
            context=int(document.get("max_position_embeddings", 2048)),
            rope_theta=float(rope.get("rope_theta", document.get("rope_theta", 10_000.0))),
            norm_eps=float(document.get("rms_norm_eps", 1e-6)),
            tied=bool(document.get("tie_word_embeddings", False)),
            bos=document.get("bos_token_id"),
            eos=eos[0] if isinstance(eos, list) else eos,
            pad=document.get("pad_token_id"),
        )
        if int(document.get("head_dim") or config.head_width) != config.head_width:
            raise InputError(f"`{folder}` is of another architecture: its heads are wider than their share")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"`{folder / CONFIG}` does not tell the shape of a decoder: {error}") from None
    return config


def read_document(folder: Path) -> dict[str, Any]:
    """The configuration in the folder as it is written.

    Raises:
        InputError: there is none, or it is not JSON.
    """
    try:
        document = json.loads((folder / CONFIG).read_bytes())
    except OSError:
        raise InputError(f"there is no model in `{folder}`", hint=f"a model has a `{CONFIG}`") from None
    except ValueError:
        raise InputError(f"`{folder / CONFIG}` is not JSON") from None
    if not isinstance(document, dict):
        raise InputError(f"`{folder / CONFIG}` is not a configuration")
    return document


def with_marks(config: DecoderConfig, marks: Mapping[str, int]) -> DecoderConfig:
    """The shape, told which tokens begin, end and fill a sequence."""
    return replace(config, bos=marks["bos"], eos=marks["eos"], pad=marks["pad"])


def _generation(config: DecoderConfig) -> dict[str, Any]:
    marks = {"bos_token_id": config.bos, "eos_token_id": config.eos, "pad_token_id": config.pad}
    return {name: mark for name, mark in marks.items() if mark is not None} | {"do_sample": False}


def _json(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, indent=2, sort_keys=True) + "\n").encode()
