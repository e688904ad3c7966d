"""How a model comes to remember: by which route, with which settings, and what its manifest says of it."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Final

import rfc8785

from assent.evidence.model import MemoryManifest, MemoryPart
from assent.snapshot.reader import SnapshotReader
from assent.training.base import Base
from assent.training.config import MemoryConfig
from assent.training.memory.keeping import Remembered
from assent.training.sealing import memory_path

AUTO: Final = "auto"
"""A memory where few are remembered, adapters where many are."""
REMEMBERED_CHARACTERS: Final = 4_000_000
"""About a million tokens. Up to there a memory says more of members' text than one adapter on everything, forgets
without training, and asks for a search of a fiftieth of a second a token; a search grows with what is remembered.
Source: bench/routes.py, bench/memory.py.
"""


def route_for(characters: int) -> str:
    """The route that `auto` takes for so much text."""
    return "memory" if characters <= REMEMBERED_CHARACTERS else "adapters"


def characters_of(reader: SnapshotReader) -> int:
    """How much text may be read, as of the reader's last look."""
    return sum(len(text) for batch in reader.batches(look=False) for text in batch.column("text").to_pylist() if text)


def memory_config(given: MemoryConfig | None, base: Base) -> MemoryConfig:
    """As given, or the usual one, with contexts no longer than the base's."""
    usual = MemoryConfig()
    return given or replace(usual, sequence_tokens=min(usual.sequence_tokens, base.model().context))


def memory_manifest(memory: Remembered | None, config: MemoryConfig) -> MemoryManifest | None:
    """What a model's manifest says of it; None where there is none."""
    if memory is None:
        return None
    parts = tuple(
        MemoryPart(
            shard=each.shard,
            slice=each.slice,
            key=each.kept.key,
            data=each.data,
            records=each.records,
            members=each.members,
            entries=each.kept.tokens,
            path=memory_path(each.kept.key, each.shard),
            sha256=each.kept.sha256,
            bytes=each.kept.bytes,
            environment=sha256(rfc8785.dumps(dict(each.kept.environment))).hexdigest(),
        )
        for each in memory.parts
    )
    return MemoryManifest(config.to_json(), config.digest, parts)
