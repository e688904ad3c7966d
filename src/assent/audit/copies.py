"""Records that are said to copy a denied one: whether the original is denied, and whether the two are alike at all.

Likeness is measured here by other means than the search's, on the texts themselves: the share of pairs of neighbouring
words that both have of those that either has. The search estimates the same and asks for four fifths, so half is what
no honest find falls short of. Whether every copy was found takes a replay.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from assent.errors import EvidenceError
from assent.evidence.copies import COPY_SCHEMA
from assent.evidence.manifest import SnapshotManifest

LIKENESS: Final = 0.5
_WORD: Final = re.compile(r"\w")
_RUN: Final = 2


@dataclass(slots=True)
class Copying:
    """The claim, and what was heard of the records in it.

    Args:
        originals: for the tags of each record that copies, those of its original.
    """

    originals: Mapping[bytes, bytes]
    _asked: frozenset[bytes] = frozenset()
    _said: dict[bytes, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._asked = frozenset(self.originals) | frozenset(self.originals.values())

    def hear(self, tags: bytes, text: str | None) -> None:
        """What a record says, if it is in the claim."""
        if tags in self._asked:
            self._said[tags] = _runs(text or "")

    def require(self, mask_of: Callable[[bytes], int | None]) -> None:
        """Every original is denied, and every pair that was heard is alike.

        Raises:
            EvidenceError: one is not.
        """
        for copy, original in self.originals.items():
            if not mask_of(original):
                raise EvidenceError("a record is denied as the copy of one that is not denied")
            here, there = self._said.get(copy), self._said.get(original)
            if here is not None and there is not None and len(here & there) < LIKENESS * len(here | there):
                raise EvidenceError("a record is denied as the copy of one that says something else")


def read_copies(folder: Path, manifest: SnapshotManifest) -> Copying:
    """What the snapshot says of copies.

    Raises:
        EvidenceError: its list cannot be read.
    """
    entry = manifest.curation.copies if manifest.curation else None
    if entry is None:
        return Copying({})
    try:
        table = pq.read_table(folder / entry.path, schema=COPY_SCHEMA)
    except (OSError, pa.ArrowException):
        raise EvidenceError(f"`{entry.path}` cannot be read") from None
    columns = (table[name].to_pylist() for name in COPY_SCHEMA.names)
    return Copying({member + record: who + what for member, record, who, what in zip(*columns, strict=True)})


def _runs(text: str) -> frozenset[str]:
    """Its pairs of neighbouring words, without case, accents and anything that is in no word."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    letters = (each if _WORD.match(each) else " " for each in plain if not unicodedata.combining(each))
    words = "".join(letters).split()
    return frozenset(" ".join(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1))
