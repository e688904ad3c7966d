"""A flat index of described texts, from which anybody can be taken out as if they had never been in it.

Every record has a row of its own: its words, its skills, its titles. What is ranked (a person, a post, a job) is the
sum of its records' rows. No row depends on another: statistics come from public text (`background`), so an index
without somebody is, array by array, the one that would have been built without them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from assent.features.matching.background import Background
from assent.features.matching.columns import SkillColumns, TitleColumns
from assent.features.matching.describing import Described
from assent.features.matching.inferring import with_inferred
from assent.vocabulary.identifiers import RecordId

K1: Final = 1.2
B: Final = 0.75
"""BM25's constants, as Lucene sets them."""

_BY_NAME: Final = ("weights", "meanings", "stated", "needed", "titled", "positions")

Bools = NDArray[np.bool_]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Entry:
    """One record to be found.

    Args:
        found_as: what a result would name: the member of a profile, the post or the job itself.
        owner: whose record it is.
    """

    record: RecordId
    found_as: str
    owner: str
    said: Described


@dataclass(frozen=True)
class Index:
    """Everything that can be found, in the order of `found_as`.

    Args:
        records, found_as, owners: of each row, sorted by (found_as, record).
        words: how often each word stands in each record. Shape: (records, columns).
        skills: which skills each names. Shape: (records, skills).
        titles: what its title means, and how surely. Shape: (records, title columns).
    """

    background: Background
    skill_columns: SkillColumns
    title_columns: TitleColumns
    records: NDArray[np.str_]
    found_as: NDArray[np.str_]
    owners: NDArray[np.str_]
    words: sparse.csr_matrix
    skills: sparse.csr_matrix
    titles: sparse.csr_matrix

    def __len__(self) -> int:
        """How many things can be found."""
        return len(self.names)

    def without(self, owners: Collection[str]) -> Index:
        """The index that would have been built without these people's records. Cost: one copy of what stays."""
        return self._of(~np.isin(self.owners, np.array(sorted(owners), dtype=str)))

    def without_records(self, records: Collection[str]) -> Index:
        """The index that would have been built without these records."""
        return self._of(~np.isin(self.records, np.array(sorted(records), dtype=str)))

    def only(self, name: str) -> Index:
        """An index of nothing but what is found under this name."""
        return self._of(self.found_as == name)

    @cached_property
    def names(self) -> NDArray[np.str_]:
        """What can be found, each once, sorted."""
        return np.unique(self.found_as)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Of everything that can be found, its place in `names`."""
        return {str(name): at for at, name in enumerate(self.names)}

    @cached_property
    def weights(self) -> sparse.csc_matrix:
        """What each word adds to a score when it is asked for. Shape: (names, columns). Source: BM25 (Lucene's)."""
        counts = self._together(self.words).astype(np.float32)
        lengths = np.asarray(counts.sum(axis=1)).ravel()
        norms = (K1 * (1 - B + B * lengths / self.background.average_length)).astype(np.float32)
        entries = np.repeat(norms, np.diff(counts.indptr))
        counts.data = self.background.rarity[counts.indices] * counts.data / (counts.data + entries)
        return counts.tocsc()

    @cached_property
    def meanings(self) -> NDArray[np.float32]:
        """The vector of everything that can be found. Shape: (names, dimensions)."""
        return self.background.meanings(self._together(self.words))

    @cached_property
    def stated(self) -> sparse.csc_matrix:
        """Which skills each has, stated 1, implied by what it is less. Shape: (names, skills)."""
        stated = self._together(self.skills)
        stated.data = np.minimum(stated.data, 1).astype(np.float32)
        implied = self.title_columns.implied(self.positions.tocsr(), self.skill_columns)
        return stated.maximum(implied).tocsc()

    @cached_property
    def needed(self) -> NDArray[np.float32]:
        """How many skills each has or asks for, implied ones less. Shape: (names,)."""
        total: NDArray[np.float32] = np.asarray(self.stated.sum(axis=1), np.float32).ravel()
        return total

    @cached_property
    def titled(self) -> sparse.csr_matrix:
        """What each is, by title. Shape: (names, title columns)."""
        titled = self._together(self.titles)
        titled.data = np.minimum(titled.data, 1).astype(np.float32)
        return titled

    @cached_property
    def positions(self) -> sparse.csc_matrix:
        """What each is, by title and, where none is understood, by its skills. Shape: (names, title columns)."""
        return with_inferred(self.titled, self._together(self.skills), self.skill_columns, self.title_columns).tocsc()

    def records_of(self, name: str) -> NDArray[np.str_]:
        """The records that speak for what is found under this name."""
        return self.records[self._rows_of(name)]

    def naming(self, name: str, skill: int) -> NDArray[np.str_]:
        """Those of them that name a skill."""
        rows = self._rows_of(name)
        starts = self.skills.indptr[rows.start : rows.stop + 1]
        naming = np.flatnonzero(self.skills.indices[starts[0] : starts[-1]] == skill) + starts[0]
        stating: NDArray[np.str_] = self.records[rows][np.searchsorted(starts, naming, "right") - 1]
        return stating

    def prepare(self) -> Index:
        """Nothing is left to be computed by the first who asks."""
        _ = self.weights, self.meanings, self.titled, self.positions, self.stated, self.needed, self.places
        return self

    def place_of_record(self, name: str) -> int:
        """The row of the first record that speaks for this name."""
        return int(self._rows_of(name).start)

    def _rows_of(self, name: str) -> slice:
        start, end = (int(np.searchsorted(self.found_as, name, side)) for side in ("left", "right"))
        return slice(start, end)

    def _together(self, rows: sparse.csr_matrix) -> sparse.csr_matrix:
        """The sum of each name's rows; every index array sorted, so that equal sums are equal bytes."""
        at = np.searchsorted(self.names, self.found_as)
        ones = np.ones(len(at), np.float32)
        summed = sparse.csr_matrix((ones, (at, np.arange(len(at)))), shape=(len(self.names), len(at))) @ rows
        summed.sort_indices()
        return summed.astype(np.float32)

    def _of(self, kept: Bools) -> Index:
        left = Index(
            self.background, self.skill_columns, self.title_columns,
            self.records[kept], self.found_as[kept], self.owners[kept],
            self.words[kept], self.skills[kept], self.titles[kept],
        )  # fmt: skip
        stays = np.isin(self.names, left.names)
        whole = bool(np.array_equal(kept, np.isin(self.found_as, left.names)))
        for name in _BY_NAME if whole else ():
            # What was computed of those who stay depends on nobody who goes, so it stays as it is.
            if name in self.__dict__:
                left.__dict__[name] = self.__dict__[name][stays]
        return left


def build_index(
    entries: Iterable[Entry], background: Background, skill_columns: SkillColumns, title_columns: TitleColumns
) -> Index:
    """The index of these records, whatever their order."""
    ordered = sorted(entries, key=lambda each: (each.found_as, each.record))
    said = [each.said for each in ordered]
    return Index(
        background,
        skill_columns,
        title_columns,
        np.array([each.record for each in ordered], dtype=str),
        np.array([each.found_as for each in ordered], dtype=str),
        np.array([each.owner for each in ordered], dtype=str),
        _rows([each.words for each in said], len(background.rarity)),
        _rows([skill_columns.of(each) for each in said], len(skill_columns)),
        _rows([title_columns.of(each) for each in said], len(title_columns)),
    )


def one_row(cells: Mapping[int, Any], width: int) -> sparse.csr_matrix:
    """A row of its own. Shape: (1, width)."""
    return _rows([cells], width)


def _rows(cells: list[Mapping[int, Any]], width: int) -> sparse.csr_matrix:
    """One sparse row for each mapping of column to value."""
    starts = np.zeros(len(cells) + 1, np.int64)
    np.cumsum([len(each) for each in cells], out=starts[1:])
    columns = np.fromiter((column for each in cells for column in sorted(each)), np.int32, starts[-1])
    values = np.fromiter((each[column] for each in cells for column in sorted(each)), np.float32, starts[-1])
    return sparse.csr_matrix((values, columns, starts), shape=(len(cells), width))
