"""Everybody the platform knows: who to look for in which text, and what is found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assent.curation.redact.known.addresses import Email, Handle, find_email, find_handle, find_phone
from assent.curation.redact.known.apart import Stretches, apart
from assent.curation.redact.known.candidates import People, candidates
from assent.curation.redact.known.company import Companies, Company
from assent.curation.redact.known.index import NOBODY
from assent.curation.redact.known.named import Name
from assent.curation.redact.known.naming import EXACT, FOLDED, ORDER, find_name
from assent.curation.redact.known.place import Found, Place, places
from assent.curation.redact.known.register import Register
from assent.curation.redact.known.streams import Places, Stream, streams
from assent.vocabulary.curation import HIT_SCHEMA

_IN_FULL: Final = frozenset({EXACT, FOLDED, ORDER})


class KnownPeople:
    """Finds the identifiers of the people a text has to do with, and of everybody who objected without an account.

    Made once from a table in `IDENTIFIER_SCHEMA`; what it takes to look for people is worked out when a text has to do
    with them. It can be sent to where the texts are: what is known then lies in a file and only its path travels, for
    as long as this one is there.

    Guarantee: what is found in a text depends on that text, its people and the table alone.
    Cost: making about 2 µs for an identifier; finding, see the benchmark.
    """

    def __init__(self, identifiers: pa.Table) -> None:
        self._register = Register(identifiers)
        self._companies = Companies(self._register)

    def __getstate__(self) -> dict[str, Any]:
        return {"register": self._register}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._register = state["register"]
        self._companies = Companies(self._register)

    def __len__(self) -> int:
        return len(self._register)

    def find(
        self,
        texts: pa.Array | pa.ChunkedArray,
        authors: pa.Array | pa.ChunkedArray,
        subjects: pa.Array | pa.ChunkedArray,
    ) -> pa.Table:
        """Every place of the texts that identifies their author, one of their subjects, or somebody who objected.

        Args:
            texts, authors: a row each; null is no text, and nobody.
            subjects: lists of structs with a `member`.

        Returns: rows in `HIT_SCHEMA`, in order, none inside another.
        """
        plain = _one(texts).cast(pa.large_string()).fill_null("")
        columns: list[list[Any]] = [[] for _ in HIT_SCHEMA]
        if len(self._register):
            company, people = self._people(_one(authors), _one(subjects), len(plain))
            for stream in streams(plain):
                for row, hit in _in_stream(stream, people, company):
                    found = (
                        stream.first + row, stream.offset(row, hit.start),
                        # The end is behind the last that is there, not before the next, which may lie further on.
                        stream.offset(row, hit.end - 1) + 1, hit.type, hit.rule,
                    )  # fmt: skip
                    for column, value in zip(columns, found, strict=True):
                        column.append(value)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, HIT_SCHEMA, strict=True)]
        return pa.Table.from_arrays(arrays, schema=HIT_SCHEMA)

    def _people(self, authors: pa.Array, subjects: pa.Array, rows: int) -> tuple[Company, People]:
        """Who is in the batch, and whom each row has to do with, each once."""
        ids, where = [authors.cast(pa.string())], [np.arange(rows)]
        if not pa.types.is_null(subjects.type):
            where.append(pc.list_parent_indices(subjects).to_numpy(zero_copy_only=False).astype(np.int64))
            ids.append(pc.struct_field(pc.list_flatten(subjects), "member").cast(pa.string()))
        company, all_people = self._companies.of(pa.concat_arrays(ids))
        all_rows: Places = np.concatenate(where)
        there = all_people != NOBODY
        both = np.unique(all_rows[there] << 32 | all_people[there].astype(np.int64))
        edges = np.searchsorted(both >> 32, np.arange(rows + 1))
        return company, People(edges, (both & 0xFFFFFFFF).astype(np.int32))


def _in_stream(stream: Stream, people: People, company: Company) -> Iterator[tuple[int, Found]]:
    """Every hit with the text it is in."""
    rows, ats, entries, owned = candidates(stream, people, company.where)
    if not len(rows):
        return
    heads = np.flatnonzero(np.append(True, rows[1:] != rows[:-1]))
    edges = [*heads.tolist(), len(rows)]
    with_any = rows[heads].tolist()
    ats_list, entries_list, owned_list = ats.tolist(), entries.tolist(), owned.tolist()
    names = company.are_names(entries).tolist()
    for number, place in enumerate(places(stream, with_any)):
        found: set[Found] = set()
        full = Stretches()
        for each in range(edges[number], edges[number + 1]):
            at = ats_list[each]
            # A name found in full leaves nothing to find in its words for others who share them.
            if names[each] and full.holds(place.start(at)):
                continue
            hit = _check(place, at, company, entries_list[each], alone=owned_list[each])
            if hit is not None:
                found.add(hit)
                if hit.rule in _IN_FULL and not full.holds(hit.start):
                    full.add(hit.start, hit.end)
        yield from ((with_any[number], hit) for hit in (found if len(found) == 1 else apart(found)))


def _check(place: Place, at: int, company: Company, entry: int, *, alone: bool) -> Found | None:
    what = company.entry(entry)
    if isinstance(what, Name):
        return find_name(place, at, what, alone=alone, givens=company.givens)
    if isinstance(what, Handle):
        return find_handle(place, at, what)
    if isinstance(what, Email):
        return find_email(place, at, what)
    return None if what is None else find_phone(place, at, what)


def _one(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
