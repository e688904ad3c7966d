"""A base with adapters merged into it, as one plain folder for whoever runs models with other software.

    export_merged(base, [state], scale=config.alpha / config.rank, folder=Path("merged"))

Of several adapters the mean is merged, by the function that serves: weights in single precision are the served ones
bit for bit, and weights in half precision are those, rounded to it once. What was exported is outside: no take-back
reaches it, and only an owner who is registered for it hears of any.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor

from assent.errors import EvidenceError, InputError
from assent.storage.files import explained, sync_folder, write_durably
from assent.training.base import Base
from assent.training.serving import mean_delta, with_delta

MERGED: Final = "merged.json"
"""Says what was merged; whoever opens the folder as a base is asked what it learned from."""


def export_merged(base: Base, states: Sequence[Mapping[str, Tensor]], *, scale: float, folder: Path) -> None:
    """The folder holds the base with the mean of the adapters merged, tokenizer included; same input, same bytes.

    Args:
        states: by layer, `….lora_A.weight` (R, in) and `….lora_B.weight` (out, R), as `peft` names them.
        scale: alpha / rank; what an adapter adds to a weight is `scale` times B A.
        folder: must not exist.

    Raises:
        InputError: the folder exists or may not be written to, or no adapter was given.
        UnavailableError: the disk is full.
        EvidenceError: an adapter does not fit the base.
    """
    if not states:
        raise InputError("there is no adapter to merge")
    if folder.exists():
        raise InputError(f"`{folder}` exists already", hint="export to a new folder")
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        with explained(folder):
            part.mkdir(parents=True)
            _write(base, states, scale, part)
            part.rename(folder)
            sync_folder(folder.parent)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _write(base: Base, states: Sequence[Mapping[str, Tensor]], scale: float, folder: Path) -> None:
    deltas = mean_delta(states, scale)
    merged: set[str] = set()
    for name in base.files:
        if not name.endswith(".safetensors"):
            shutil.copyfile(base.folder / name, folder / name)
            continue
        weights = dict(_weights(base.folder / name))
        for own in sorted(weights.keys() & deltas.keys()):
            if weights[own].shape != deltas[own].shape:
                raise EvidenceError(f"the adapter does not fit the base: `{own}`", hint="it is of another base")
            weights[own] = with_delta(weights[own], deltas[own])
            merged.add(own)
        write_durably(folder / name, save(weights, metadata={"format": "pt"}))
    if lost := sorted(deltas.keys() - merged):
        raise EvidenceError(f"the base has no `{lost[0]}` to merge into", hint="the adapter is of another base")
    told = {"adapters": len(states), "base": base.digest, "provenance": base.provenance.to_json(), "scale": scale}
    write_durably(folder / MERGED, (json.dumps(told, indent=2, sort_keys=True) + "\n").encode())


def _weights(path: Path) -> Iterator[tuple[str, Tensor]]:
    with safe_open(path, framework="pt") as file:
        yield from ((name, file.get_tensor(name)) for name in sorted(file.keys()))
