"""Which records a build that begins from a parent must decide again, and what it must know of the others.

A decision rests on the record's row, its author, whoever else is asked, exclusions of it, and the chain of its
parents. So these are decided again: rows of files that are not as they were; records whose author, or whom somebody
asked in them, is judged differently; records excluded or no longer; records created after the parent's T, where age is
measured at creation; and everything that descends from one of these, or from a record that came or went.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from assent.gate.anew import Renewed
from assent.gate.keeping import AHEAD
from assent.snapshot.working import Index, Unusable

Bools = npt.NDArray[np.bool_]
_WANTED, _NEW, _PARENT = 1, 2, 4


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is decided again.

    Args:
        dropped: for each row of the parent, whether its decision is replaced or gone.
        dropped_ids: of those rows, in order.
        ids: of the records to decide, those of new files included.
        expected: how many rows the gate must find for them.
        needed: for each file, whether any of them is in it.
        settled: the records named as parents that are not decided again: `id` and `place` among the rows.
        parents: every id that a record to be decided names as its parent.
        places: how each file of the parent is numbered now; -1 for one that is gone.
    """

    dropped: Bools
    dropped_ids: pa.Array
    ids: pa.Array
    expected: int
    needed: tuple[bool, ...]
    settled: pa.Table
    parents: pa.Array
    places: npt.NDArray[np.int32]


def choose(
    index: Index, files: Sequence[str], renewed: Renewed, new: pa.Table, also: pa.Array, *, aging: bool
) -> Chosen:
    """What is decided again.

    Args:
        files: the identities of the files now.
        new: `id` and `parent` of every row in a file that the parent did not read.
        also: ids of records that are decided again though nothing that decides them changed.
        aging: whether records that were created after the parent's T can be decided differently now.

    Raises:
        Unusable: an id appears in a new file and in one that stays, or is missing.
    """
    numbers = {identity: place for place, identity in enumerate(files)}
    places = np.array([numbers.get(identity, -1) for identity in index.basis.files], np.int32)
    new_ids = new["id"].combine_chunks()
    if new_ids.null_count:
        raise Unusable("a record has no id")
    rows = _Rows(index)
    authors = index.table("authors")
    dropped = np.repeat(_within(authors["member"], renewed.concerned), authors["rows"].to_numpy())
    gone = places[rows.file] < 0
    dropped |= gone
    if aging:
        dropped |= (rows.flags & AHEAD) != 0
    names, links = index.table("names"), index.table("links")
    wanted = joined(names["id"].filter(pc.is_in(names["member"], value_set=renewed.concerned)), renewed.toggled, also)
    seeds = joined(rows.ids_at(dropped), wanted, new_ids)
    descendants = _descendants(links, seeds)
    again = joined(seeds, descendants)
    parents = pc.unique(
        joined(links["parent"].filter(pc.is_in(links["id"], value_set=again)), new["parent"].drop_null())
    )
    found = rows.find({_WANTED: joined(wanted, descendants), _NEW: new_ids, _PARENT: parents})
    dropped |= (found & _WANTED) != 0
    if np.any(((found & _NEW) != 0) & ~gone):
        raise Unusable("a record of a new file has the id of another record")
    settled = np.flatnonzero(((found & _PARENT) != 0) & ~dropped)
    stays = dropped & ~gone
    ids = joined(rows.ids_at(stays), new_ids)
    needed = np.zeros(len(files), np.bool_)
    needed[np.unique(places[rows.file[stays]])] = True
    known = set(index.basis.files)
    return Chosen(
        dropped,
        rows.ids_at(dropped),
        ids,
        len(ids),
        tuple(bool(need) or identity not in known for need, identity in zip(needed, files, strict=True)),
        pa.table({"id": rows.ids_at(settled), "place": pa.array(settled)}),
        parents,
        places,
    )


class _Rows:
    """The rows of an index, mapped into memory."""

    def __init__(self, index: Index) -> None:
        self._batches = list(index.rows())
        self.file = self._column("file", np.int32)
        self.flags = self._column("flags", np.uint8)

    def ids_at(self, which: npt.NDArray[Any]) -> pa.Array:
        """The ids of these rows: places in order, or whether each is one."""
        places = np.flatnonzero(which) if which.dtype == np.bool_ else which
        if not len(places):
            return pa.array([], pa.string())
        parts = []
        start = 0
        for batch in self._batches:
            low, high = np.searchsorted(places, (start, start + batch.num_rows))
            if high > low:
                parts.append(batch.column("id").take(pa.array(places[low:high] - start)))
            start += batch.num_rows
        return pa.chunked_array(parts, pa.string()).combine_chunks()

    def find(self, asked: dict[int, pa.Array]) -> npt.NDArray[np.uint8]:
        """For each row, the bits under which its id is asked for. Cost: one look at every id, if any is."""
        values = pc.unique(joined(*asked.values()))
        found = np.zeros(len(self.file), np.uint8)
        if not len(values):
            return found
        bits = np.zeros(len(values) + 1, np.uint8)
        for bit, ids in asked.items():
            bits[:-1] |= np.where(_within(values, ids), np.uint8(bit), np.uint8(0))
        # All ids in one call: each call makes a table of the values first.
        ids = pa.chunked_array([batch.column("id") for batch in self._batches], pa.string())
        start = 0
        for chunk in pc.index_in(ids, value_set=values).chunks:
            found[start : start + len(chunk)] = bits[pc.fill_null(chunk, len(values)).to_numpy()]
            start += len(chunk)
        return found

    def _column(self, name: str, kind: Any) -> npt.NDArray[Any]:
        arrays = [batch.column(name).to_numpy() for batch in self._batches]
        return np.concatenate(arrays) if arrays else np.empty(0, kind)


def _descendants(links: pa.Table, seeds: pa.Array) -> pa.Array:
    """The ids of records that name one of these as their parent, and of those that name them, and so on."""
    found: list[pa.Array] = []
    fresh, rest = seeds, links
    while len(fresh) and rest.num_rows:
        carries = pc.is_in(rest["parent"], value_set=fresh)
        fresh = rest["id"].filter(carries).combine_chunks()
        rest = rest.filter(pc.invert(carries))
        found.append(fresh)
    return joined(*found)


def _within(values: Any, among: pa.Array) -> Bools:
    found = pc.is_in(values, value_set=among)
    return np.asarray(found.to_numpy(**({} if isinstance(found, pa.ChunkedArray) else {"zero_copy_only": False})))


def joined(*parts: Any) -> pa.Array:
    """The ids of all of them, one after the other."""
    chunks = [chunk for part in parts for chunk in (part.chunks if isinstance(part, pa.ChunkedArray) else [part])]
    return pa.chunked_array(chunks, pa.string()).combine_chunks()
