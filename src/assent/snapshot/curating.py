"""What a snapshot's texts go through: how it is begun, and what the manifest says of it in the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from assent.curation.copying import Batches, CopySearch
from assent.curation.redact.known.settling import KINDS, settled
from assent.evidence.manifest import CopyFileEntry, Curated, DataFileEntry
from assent.evidence.redaction import surrogate_key
from assent.gate import Curate
from assent.snapshot.judging import Progress, write_judgments
from assent.vocabulary.curation import Curation
from assent.vocabulary.people import IDENTIFIER_SCHEMA

DIGEST_BYTES: Final = 16
DIGEST_SCHEMA: Final = pa.schema([pa.field("member", pa.string()), pa.field("digest", pa.binary(DIGEST_BYTES))])
"""What is known of each person, as a digest; null is everybody who is no member."""

_AT_ONCE: Final = 1 << 16
_ENDINGS: Final = (pa.scalar("", pa.large_string()), pa.scalar("\0", pa.large_string()))
"""Joined by them, a kind and a value each end in a zero byte."""

Making = Callable[[Curation, pa.Table, bytes], Curate]
"""Makes a curator of the rules, the identifiers and the key of the surrogates."""


@dataclass(frozen=True, slots=True)
class Curating:
    """How texts become clean: the rules, and what is known of people.

    Args:
        identifiers: in `IDENTIFIER_SCHEMA`.
        making: None where nothing is masked.
        tools: versions of what finds and judges, by name.
        searching: whether copies of denied records that do not name them are looked for.
    """

    rules: Curation = field(default_factory=Curation)
    identifiers: pa.Table = field(default_factory=IDENTIFIER_SCHEMA.empty_table)
    making: Making | None = None
    tools: Mapping[str, str] = field(default_factory=dict)
    searching: bool = False

    @property
    def asked(self) -> bool:
        """Whether the rules ask for anything."""
        return self.rules != Curation() or self.searching

    def curate(self, decision_key: bytes) -> Curate | None:
        """What makes clean rows under the surrogates of that line of snapshots; None where rows stay as they are."""
        if self.making is None or not self.rules.mask:
            return None
        return self.making(self.rules, self.identifiers, surrogate_key(decision_key))

    @property
    def identifiers_digest(self) -> str | None:
        """SHA-256 over what is looked for, by member, kind and value; None where nothing is."""
        if not self.rules.mask or not self.identifiers.num_rows:
            return None
        return digest_of(self.identifiers)

    def search(self, spool: Path, earlier: Batches | None = None) -> CopySearch | None:
        """A search for copies, if the rules ask for one.

        Args:
            spool: a folder that lasts as long as the search.
            earlier: gives, in `KEPT_SCHEMA`, what a search before learned of records that are not decided again.
        """
        return CopySearch(spool, earlier) if self.searching else None

    def known(self) -> pa.Table:
        """What is known of each person, in `DIGEST_SCHEMA`, by their ids; whoever is no member comes last, as one."""
        return digests_of(self.identifiers)

    def judged(
        self,
        folder: Path,
        files: Sequence[DataFileEntry],
        progress: Progress,
        copies: CopyFileEntry | None = None,
    ) -> Curated | None:
        """The judgments of the data files in `folder` lie beside them; None where the rules ask for nothing.

        Args:
            files: every data file of the snapshot.
            copies: what was found of copies lies there already.
        """
        if not self.asked:
            return None
        found = write_judgments(folder, files, self.rules, progress)
        return Curated(
            found.records,
            found.masked,
            found.kept,
            found.dropped,
            found.clusters,
            self.identifiers_digest,
            dict(self.tools),
            found.files,
            copies,
        )


NOTHING: Final = Curating()
"""Texts stay as they are."""


def digest_of(identifiers: pa.Table) -> str:
    """SHA-256 over the identifiers, hexadecimal; their order and how often one is there make no difference."""
    found = settled(identifiers)
    digest = sha256(found.codes.tobytes())
    for column in (found.members, found.values):
        # Null comes last and as one stretch: how many there are says which.
        digest.update(column.null_count.to_bytes(8))
        for first in range(0, len(column), _AT_ONCE):
            texts, edges = _octets(column.slice(first, _AT_ONCE).cast(pa.large_string()))
            digest.update(edges.tobytes())
            digest.update(texts)
    return digest.hexdigest()


def digests_of(identifiers: pa.Table) -> pa.Table:
    """A digest of what is known of each person, by a number of their ids. Cost: about 2 µs for each person."""
    found = settled(identifiers)
    digests: list[bytes] = []
    for first in range(0, len(found.starts) - 1, _AT_ONCE):
        starts = found.starts[first : first + _AT_ONCE + 1]
        kinds = pa.array(KINDS, pa.large_string()).take(pa.array(found.codes[starts[0] : starts[-1]]))
        values = found.values[starts[0] : starts[-1]].cast(pa.large_string())
        texts, edges = _octets(pc.binary_join_element_wise(kinds, values, *_ENDINGS))
        stretches = edges[starts - starts[0]].tolist()
        digests += [sha256(texts[one:other]).digest()[:DIGEST_BYTES] for one, other in pairwise(stretches)]
    members = found.members.take(pa.array(found.starts[:-1])).cast(pa.string())
    return pa.table([members, pa.array(digests, pa.binary(DIGEST_BYTES))], schema=DIGEST_SCHEMA)


def _octets(column: pa.LargeStringArray) -> tuple[memoryview, NDArray[np.int64]]:
    """All of the texts in a row, and where each begins and the last ends."""
    if not len(column):
        return memoryview(b""), np.zeros(1, dtype=np.int64)
    _, edges, data = column.buffers()
    places = np.frombuffer(edges, dtype=np.int64)[column.offset : column.offset + len(column) + 1]
    return memoryview(data or b"")[places[0] : places[-1]], places - places[0]


def changed_people(before: pa.Table, now: pa.Table) -> tuple[pa.Array, bool]:
    """The members of whom something else is known now, and whether that is so of anybody who is no member.

    Args:
        before, now: in `DIGEST_SCHEMA`.
    """
    place = pc.index_in(now["member"], value_set=before["member"].combine_chunks())
    same = pc.fill_null(pc.equal(before["digest"].take(place), now["digest"]), fill_value=False)
    other = now["member"].filter(pc.invert(same))
    gone = before["member"].filter(pc.invert(pc.is_in(before["member"], value_set=now["member"].combine_chunks())))
    changed = pa.chunked_array([*other.chunks, *gone.chunks], pa.string()).combine_chunks()
    return changed.drop_null(), changed.null_count > 0
