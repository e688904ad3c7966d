"""The parts of a memory lie in the store beside the adapters' checkpoints, by key; those that are there stay.

A part whose rows changed is written from the one it had before: what is still there is copied, what is new is read by
the base. No bit depends on whether there was one before.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assent.errors import EvidenceError
from assent.evidence.model import memory_key
from assent.training.chains import Advance, ReadSlice, Setting, Watch, nobody_looks
from assent.training.checkpoints import Checkpoint, CheckpointStore
from assent.training.device import environment
from assent.training.memory.entries import Part, Pseudonyms, decode_part, encode_part
from assent.training.memory.writing import PartWriter
from assent.training.packing import Text, digest_of

_CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class KeptPart:
    """A part in the store.

    Args:
        kept: its file; `tokens` of it are its entries.
    """

    shard: int
    slice: int
    data: str
    records: int
    members: int
    kept: Checkpoint


@dataclass(frozen=True, slots=True)
class Remembered:
    """A memory in the store.

    Args:
        written: parts that were not there before.
        read: records that the base read for them; others were copied from earlier parts.
    """

    parts: tuple[KeptPart, ...]
    written: int
    read: int

    @property
    def entries(self) -> int:
        """Of all parts."""
        return sum(each.kept.tokens for each in self.parts)


@dataclass(frozen=True, slots=True)
class Recording:
    """What it takes to remember the rows of a snapshot.

    Args:
        places: the (shard, slice) that are remembered, in order.
        partition: the id of the key that pseudonyms are made with.
        earlier: the keys of the parts of the model before, by (shard, slice).
    """

    read: ReadSlice
    places: Sequence[tuple[int, int]]
    setting: Setting
    pseudonyms: Pseudonyms
    partition: str
    earlier: Mapping[tuple[int, int], str]

    def keep_all(self, store: CheckpointStore, watch: Watch = nobody_looks) -> Remembered:
        """A part of every slice that holds text lies in the store.

        Raises:
            InputError: the base is not made for such contexts.
            UnavailableError: the disk is full.
        """
        setting, started = self.setting, time.monotonic()
        writer = PartWriter(setting.base.model(), setting.base.tokenizer, setting.memory, self.pseudonyms)
        parts: list[KeptPart] = []
        written = told = 0
        for place in self.places:
            rows = self.read(*place)
            if not rows:
                continue
            data = digest_of(rows)
            key = self.key_of(data)
            known = store.find(key)
            if known is None:
                known = self._write(key, rows, self._before(store, place), writer, store)
                written += 1
            parts.append(KeptPart(*place, data, len(rows), len({row.author for row in rows}), known))
            told += known.tokens
            watch(Advance(told, told, None, time.monotonic() - started, "remembering"))
        return Remembered(tuple(parts), written, writer.read)

    def key_of(self, data: str) -> str:
        """The key of the part of those rows."""
        return memory_key(self.setting.base.digest, self.setting.memory.sequence_tokens, self.partition, data)

    def _before(self, store: CheckpointStore, place: tuple[int, int]) -> Part | None:
        key = self.earlier.get(place)
        known = None if key is None else store.find(key)
        if known is None:
            return None
        try:
            return decode_part(store.read(known), known.key)
        except EvidenceError:
            return None  # damaged: every record is read again

    def _write(
        self, key: str, rows: Sequence[Text], before: Part | None, writer: PartWriter, store: CheckpointStore
    ) -> Checkpoint:
        part = writer.write(rows, before)
        assert part is not None, "rows have text"
        return store.keep(
            key, encode_part(part), tokens=part.entries, environment=environment("cpu"), loss=None, curve=()
        )
