"""A search for copies of denied records that do not name them: a `gate.Copies` over signatures of texts.

What a search learned is kept for the next one, which then signs only what changed: a record that is not decided again
is denied or permitted by itself as it was, and whether it copies is asked anew only where an original came or went.
Signatures wait in a folder and go by in batches, so however many records there are, memory stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from assent.curation.duplicates import SIGNATURE, Originals, sign_originals
from assent.engines import BatchFunction
from assent.gate.copies import SAID_SCHEMA, as_said

SIGNED_SCHEMA: Final = pa.schema([*(SAID_SCHEMA.field(n) for n in range(3)), pa.field("signature", SIGNATURE)])
KEPT_SCHEMA: Final = pa.schema([*SIGNED_SCHEMA, pa.field("denied", pa.bool_())])
"""A record whose text is long enough to be somebody's own, and whether it is denied for anything but being derived."""

COPIED_SCHEMA: Final = pa.schema(
    [pa.field(name, pa.string()) for name in ("id", "author", "original", "original_author")]
)
"""A record that copies, and the denied record that it is nearest to."""

ORIGINALS_AT_ONCE: Final = 500_000
"""So many denied records are held against all others at a time: about 175 MiB."""

Batches = Callable[[], Iterator[pa.RecordBatch]]


def sign_said(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The rows of `SAID_SCHEMA` with a signature in place of the text; null where it is too short to be anybody's."""
    said = as_said(batch)
    return pa.RecordBatch.from_arrays([*said.columns[:3], sign_originals(said.column("text"))], schema=SIGNED_SCHEMA)


SIGNING: Final = BatchFunction(sign_said, SIGNED_SCHEMA)
"""What is kept of a record."""


@dataclass(slots=True)
class CopySearch:
    """One search; of texts nothing is kept but signatures.

    Args:
        spool: a folder for them, that lasts as long as the search.
        earlier: gives, in `KEPT_SCHEMA`, records that are not decided again; None where all are.
        copied: in `COPIED_SCHEMA`.
        reached: ids of earlier records that copy what is denied by now: they are to be decided again too.
    """

    spool: Path
    earlier: Batches | None = None
    copied: pa.Table = field(default_factory=COPIED_SCHEMA.empty_table)
    reached: pa.Array = field(default_factory=lambda: pa.array([], pa.string()))

    @property
    def signing(self) -> BatchFunction:
        """What is kept of a record."""
        return SIGNING

    def found(self, denied: Iterable[pa.RecordBatch], permitted: Iterable[pa.RecordBatch]) -> pa.Table:
        """Each permitted record that copies, with the original that it is nearest to, in `COPIED_SCHEMA`."""
        _spool(self.spool / _DENIED, denied)
        _spool(self.spool / _PERMITTED, permitted)
        self.copied = _nearest(chain(self._before(denied=True), self._new(_DENIED)), lambda: self._new(_PERMITTED))
        if self.earlier is not None:
            self.reached = _nearest(self._new(_DENIED), lambda: self._before(denied=False))["id"].combine_chunks()
        return self.copied

    def kept(self) -> Iterator[pa.RecordBatch]:
        """What this search and those before it learned, in `KEPT_SCHEMA`, after `found`."""
        if self.earlier is not None:
            yield from self.earlier()
        for name in (_DENIED, _PERMITTED):
            for batch in self._new(name):
                mark = pa.repeat(pa.scalar(name == _DENIED), batch.num_rows)
                yield pa.RecordBatch.from_arrays([*batch.columns, mark], schema=KEPT_SCHEMA)

    def _new(self, name: str) -> Iterator[pa.RecordBatch]:
        if not (self.spool / name).exists():
            # Nothing had to be decided, so nobody asked.
            return
        with pa.OSFile(str(self.spool / name)) as file, pa.ipc.open_stream(file) as stream:
            yield from stream

    def _before(self, *, denied: bool) -> Iterator[pa.RecordBatch]:
        for batch in self.earlier() if self.earlier is not None else ():
            side = batch["denied"] if denied else pc.invert(batch["denied"])
            yield batch.filter(side).select(SIGNED_SCHEMA.names)


_DENIED, _PERMITTED = "denied.arrows", "permitted.arrows"


def _spool(path: Path, signed: Iterable[pa.RecordBatch]) -> None:
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, SIGNED_SCHEMA) as writer:
        for batch in signed:
            writer.write_batch(batch.filter(batch.column("signature").is_valid()))


_PAIR_SCHEMA: Final = pa.schema(
    [*COPIED_SCHEMA, pa.field("similarity", pa.float32()), pa.field("since", SAID_SCHEMA.field("created_at").type)]
)
# One without a date may be older than any other.
_NEAREST_FIRST: Final = [
    ("id", "ascending"),
    ("similarity", "descending"),
    ("since", "ascending", "at_start"),
    ("original", "ascending"),
]


def _nearest(denied: Iterable[pa.RecordBatch], permitted: Batches) -> pa.Table:
    """Of each permitted record that copies the nearest original, of equally near ones the earliest, by ids."""
    found = [_PAIR_SCHEMA.empty_table()]
    for some in _at_once(denied):
        originals = Originals.of(some)
        found += [_pairs(originals.copies(batch), batch, some) for batch in permitted()]
    pairs = pa.concat_tables(found)
    pairs = pairs.take(pc.sort_indices(pairs, sort_keys=_NEAREST_FIRST)).combine_chunks()
    ids = pairs["id"].combine_chunks()
    first = pc.equal(pc.index_in(ids, value_set=ids), pa.arange(0, len(ids)).cast(pa.int32()))
    return pairs.filter(first).select(COPIED_SCHEMA.names)


def _at_once(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    some: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        some.append(batch)
        rows += batch.num_rows
        if rows >= ORIGINALS_AT_ONCE:
            yield pa.Table.from_batches(some, SIGNED_SCHEMA)
            some, rows = [], 0
    if rows:
        yield pa.Table.from_batches(some, SIGNED_SCHEMA)


def _pairs(copies: pa.Table, permitted: pa.RecordBatch, denied: pa.Table) -> pa.Table:
    if not copies.num_rows:
        return _PAIR_SCHEMA.empty_table()
    here = pc.index_in(copies["id"], value_set=permitted["id"])
    there = pc.index_in(copies["original"], value_set=denied["id"].combine_chunks())
    columns = [
        copies["id"],
        permitted["author"].take(here),
        copies["original"],
        denied["author"].take(there),
        copies["similarity"],
        denied["created_at"].take(there),
    ]
    return pa.table(columns, schema=_PAIR_SCHEMA)
