"""Skills and occupations as columns of a matrix, by the taxonomy alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from assent.features.matching.describing import IMPLIED, Described
from assent.features.taxonomy.model import OccupationId, SkillId, Taxonomy

_SAME_MINOR_GROUP: Final = 0.25
_SAME_UNIT_GROUP: Final = 0.3
_SAME_OCCUPATION: Final = 0.45
"""How close two positions are that share three digits of ISCO-08, four, or the occupation; together 1."""


@dataclass(frozen=True)
class SkillColumns:
    """A column for every skill of the taxonomy, in the order of their ids."""

    taxonomy: Taxonomy

    def __len__(self) -> int:
        """How many skills there are; one column even where there is none."""
        return max(1, len(self.ids))

    @cached_property
    def ids(self) -> tuple[SkillId, ...]:
        """The skill of each column."""
        return tuple(sorted(self.taxonomy.skills))

    @cached_property
    def places(self) -> Mapping[SkillId, int]:
        """The column of each skill."""
        return {skill: at for at, skill in enumerate(self.ids)}

    @cached_property
    def rarity(self) -> NDArray[np.float32]:
        """How much a skill tells: less, the more occupations need it. Shape: (skills,)."""
        needing = np.array([len(self.taxonomy.needing(each)) for each in self.ids] or [0], np.float64)
        return np.log1p(len(self.taxonomy.occupations) / (1 + needing)).astype(np.float32)

    def of(self, said: Described) -> Mapping[int, int]:
        """The columns of the skills that a text names."""
        return {self.places[skill]: 1 for skill in said.skills if skill in self.places}


@dataclass(frozen=True)
class TitleColumns:
    """Columns for every occupation, then for every unit group and every minor group of ISCO-08."""

    taxonomy: Taxonomy

    def __len__(self) -> int:
        """How many columns there are; one even where there is no occupation."""
        return max(1, len(self.ids) + len(self.groups))

    @cached_property
    def ids(self) -> tuple[OccupationId, ...]:
        """The occupation of each of the first columns."""
        return tuple(sorted(self.taxonomy.occupations))

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The groups, four digits or three, of the columns after them."""
        codes = {each.isco for each in self.taxonomy.occupations.values() if each.isco}
        return tuple(sorted(codes | {code[:3] for code in codes}))

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The column of each occupation and each group."""
        return {name: at for at, name in enumerate((*self.ids, *self.groups))}

    def of(self, said: Described) -> Mapping[int, float]:
        """The columns of what a title means; where it may mean several occupations of a group, the surest counts."""
        found: dict[int, float] = {}
        for occupation, sure in said.titles.items():
            for place in self.of_occupation(occupation):
                found[place] = max(found.get(place, 0.0), sure)
        return found

    @cached_property
    def grouped(self) -> sparse.csr_matrix:
        """The columns of each occupation: its own, its unit group, its minor group. Shape: (occupations, columns)."""
        columns = [sorted(self.of_occupation(each)) for each in self.ids] or [[]]
        starts = np.cumsum([0, *(len(each) for each in columns)])
        flat = np.array([each for row in columns for each in row], np.int64)
        return sparse.csr_matrix((np.ones(len(flat), np.float32), flat, starts), shape=(len(columns), len(self)))

    def of_occupation(self, occupation: OccupationId) -> tuple[int, ...]:
        """The columns of an occupation, the closest first."""
        isco = self.taxonomy.occupations[occupation].isco
        found = (self.places.get(name) for name in dict.fromkeys((occupation, isco, isco[:3])))
        return tuple(place for place in found if place is not None)

    @cached_property
    def closeness(self) -> NDArray[np.float32]:
        """How much sharing a column says. Shape: (title columns,)."""
        shares = [_SAME_OCCUPATION] * len(self.ids)
        shares += [_SAME_UNIT_GROUP if len(group) > 3 else _SAME_MINOR_GROUP for group in self.groups]  # noqa: PLR2004 - digits
        return np.array(shares or [0.0], np.float32)

    @cached_property
    def needs(self) -> sparse.csr_matrix:
        """Which skills everybody in an occupation needs. Shape: (occupations, skills)."""
        skills = SkillColumns(self.taxonomy)
        cells = [
            (at, skills.places[skill])
            for at, occupation in enumerate(self.ids)
            for skill in self.taxonomy.occupations[occupation].essential
        ]
        at, column = np.array(cells, np.int64).reshape(-1, 2).T
        return sparse.csr_matrix(
            (np.ones(len(cells), np.float32), (at, column)), shape=(max(1, len(self.ids)), len(skills))
        )

    @cached_property
    def telling_needs(self) -> sparse.csr_matrix:
        """The same, a skill counting more the fewer occupations need it. Shape: (occupations, skills)."""
        return self.needs.multiply(SkillColumns(self.taxonomy).rarity[None, :]).tocsr()

    def implied(self, titles: sparse.csr_matrix, skills: SkillColumns) -> sparse.csr_matrix:
        """What titles imply somebody can do, as surely as the title is theirs. Shape: (titles, skills)."""
        if not self.ids:
            return sparse.csr_matrix((titles.shape[0], len(skills)), dtype=np.float32)
        held = titles[:, : len(self.ids)]
        held.data = np.minimum(held.data, 1)
        found = (held @ self.needs).tocsr()
        found.data = np.minimum(found.data, 1).astype(np.float32) * np.float32(IMPLIED)
        found.sort_indices()
        return found
