"""Assent decides, for every record a platform holds, whether it may train a model; builds on exactly that; proves it.

from assent import open_snapshot

with open_snapshot("snapshots/train_generative-0123456789ab", ledger="ledger") as reader:
    for batch in reader:  # Arrow; what was withdrawn since is left out
        print(batch.num_rows)
    print(reader.left_out)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assent.snapshot.reader import SnapshotReader, open_snapshot

__all__ = ["SnapshotReader", "open_snapshot"]


def __getattr__(name: str) -> Any:
    """What the package offers, loaded when it is asked for: importing `assent` alone loads nothing."""
    if name in __all__:
        from assent.snapshot import reader

        return getattr(reader, name)
    raise AttributeError(f"module `assent` has no attribute `{name}`")
