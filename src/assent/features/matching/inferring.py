"""What somebody may be by the skills they name, where no title says it."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from assent.features.matching.columns import SkillColumns, TitleColumns

FEWEST: Final = 2
"""One skill says nothing of what somebody is."""
_MOST: Final = 3
_SHARPNESS: Final = 12
_SURE: Final = 0.5
"""The likeness from which on it is as good as a title; below it, so much less."""
_LEAST: Final = np.float32(1e-30)
_AT_ONCE: Final = 2048


def with_inferred(
    titled: sparse.csr_matrix, stated: sparse.csr_matrix, skills: SkillColumns, titles: TitleColumns
) -> sparse.csr_matrix:
    """What each row is: what its title says, and what its skills say as far as the title leaves that open.

    By its skills it may be the occupations that need them, with how likely each is. Likeness is the cosine of the
    skills stated and those needed, a skill counting more the fewer occupations need it. A row depends on itself alone.

    Args:
        titled: how surely each row is what by its title. Shape: (rows, title columns).
        stated: Shape: (rows, skills).

    Returns:
        Shape: (rows, title columns); at most 1 each.
    """
    left = 1 - np.asarray(titled[:, : len(titles.ids)].sum(axis=1), np.float32).ravel()
    rows = np.flatnonzero((left > 0) & (np.diff(stated.indptr) >= FEWEST))
    if not len(titles.ids) or not len(rows):
        return titled
    parts = [_likely(stated[rows[at : at + _AT_ONCE]], skills, titles) for at in range(0, len(rows), _AT_ONCE)]
    spread = sparse.csr_matrix((left[rows], (rows, np.arange(len(rows)))), shape=(len(left), len(rows)))
    found: sparse.csr_matrix = (titled + spread @ sparse.vstack(parts, format="csr") @ titles.grouped).tocsr()
    found.data = np.minimum(found.data, 1).astype(np.float32)
    found.sort_indices()
    return found


def _likely(stated: sparse.csr_matrix, skills: SkillColumns, titles: TitleColumns) -> sparse.csr_matrix:
    """The occupations most alike, as likelihoods; together at most 1. Shape: (rows, occupations)."""
    named = stated.astype(np.float32)
    named.data[:] = 1
    needed = titles.telling_needs
    lengths = np.asarray(needed.sum(axis=1), np.float32).ravel()
    alike: NDArray[np.float32] = (named @ needed.T).toarray()
    alike /= np.sqrt(np.maximum((named @ skills.rarity)[:, None] * lengths[None, :], _LEAST))
    best = np.sort(np.argsort(-alike, axis=1, kind="stable")[:, :_MOST], axis=1)
    values = np.take_along_axis(alike, best, axis=1)
    sharp = values**_SHARPNESS
    sure = np.minimum(values.max(axis=1, keepdims=True) / _SURE, 1)
    shares = sharp / np.maximum(sharp.sum(axis=1, keepdims=True), _LEAST) * sure
    starts = np.arange(0, best.size + 1, best.shape[1])
    found = sparse.csr_matrix((shares.astype(np.float32).ravel(), best.ravel(), starts), shape=alike.shape)
    found.eliminate_zeros()
    return found
