"""Training-and-data-mining assertions that travel inside media: the only vocabulary that tells generative
training from other training. Source: CAWG training and data mining 1.1; older ones carry the prefix `c2pa.`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

GENERATIVE: Final = "ai_generative_training"
TRAINING: Final = "ai_training"
_DENIES: Final = frozenset({"notAllowed", "constrained"})


def denies(assertion: object, use: str) -> bool:
    """Whether the assertion does not allow the use; a bare `constrained` counts as not allowed."""
    if not isinstance(assertion, Mapping):
        return False
    entries = assertion.get("entries", assertion)
    if not isinstance(entries, Mapping):
        return False
    found = (entries.get(prefix + use) for prefix in ("cawg.", "c2pa.", ""))
    uses = (entry.get("use") if isinstance(entry, Mapping) else entry for entry in found)
    return any(isinstance(use, str) and use in _DENIES for use in uses)
