"""Where it is computed: repeatably, and written down."""

from __future__ import annotations

import os
import platform
from collections.abc import Collection
from importlib.metadata import version

import torch

from assent.errors import InputError


def prepare(device: str) -> None:
    """Torch computes repeatably, on that device.

    Raises:
        InputError: it is not there.
    """
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise InputError(f"`{device}` was asked for, and torch finds no such device", hint="train with --device cpu")
    if device.startswith("cuda"):
        # Without it torch refuses to multiply on such a device where results are to repeat.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True)
    # More threads add numbers up in another order, and wait for each other where the machine is busy; two processes
    # use two cores and change nothing. Elsewhere than on the processor they have next to nothing to do.
    torch.set_num_threads(1)


def device_like(names: Collection[str]) -> str:
    """The device here that has the name of what computed a model's weights: `cpu` or `cuda`.

    Args:
        names: as `environment` writes them down; the processor is there wherever something else is.

    Raises:
        InputError: it was another device, or several.
    """
    wanted = sorted(set(names) - {"cpu"})
    if not wanted:
        return "cpu"
    here = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    if wanted != [here]:
        raise InputError(
            f"this learned on `{', '.join(wanted)}`, which is not here; on another device come other bytes",
            hint="assent sweep where it is, or: assent sweep --device cpu; the certificate says what computed what",
        )
    return "cuda"


def environment(device: str) -> dict[str, str]:
    """What the weights depend on besides rows, base and configuration."""
    return {
        "machine": platform.machine(),
        "python": platform.python_version(),
        "torch": str(torch.__version__),
        "peft": version("peft"),
        "tokenizers": version("tokenizers"),
        "transformers": version("transformers"),
        "device": torch.cuda.get_device_name() if device.startswith("cuda") else "cpu",
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "threads": str(torch.get_num_threads()),
    }
