"""What a take-back did to a model's memory: which parts differ."""

from __future__ import annotations

from assent.evidence.certificate import MemoryReplaced, ReplacedPart
from assent.evidence.model import ModelManifest


def compare_memories(before: ModelManifest, after: ModelManifest) -> MemoryReplaced | None:
    """Every part that differs between two models of one route; None where they have no memory."""
    if after.memory is None:
        return None
    old = {(each.shard, each.slice): each for each in before.parts}
    new = {(each.shard, each.slice): each for each in after.parts}
    replaced = []
    for place in sorted({*old, *new}):
        had, has = old.get(place), new.get(place)
        if had is not None and has is not None and had.sha256 == has.sha256:
            continue
        replaced.append(
            ReplacedPart(
                *place,
                before=None if had is None else had.sha256,
                after=None if has is None else has.sha256,
                entries_before=0 if had is None else had.entries,
                entries_after=0 if has is None else has.entries,
            )
        )
    return MemoryReplaced(after.memory.config_digest, len(new), tuple(replaced), before.route == "memory")
