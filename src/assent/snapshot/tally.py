"""The counts of a manifest, from decisions and what they are about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from assent.evidence.manifest import Counts
from assent.gate import Counts as GateCounts
from assent.gate.keeping import MASKED, NO_CATEGORY, REGIONS, UNREADABLE
from assent.vocabulary.reasons import REASONS, Reason, from_mask, primary


class Tally:
    """Counts as rows go by."""

    def __init__(self, scope: Sequence[str]) -> None:
        self._scope = scope
        self._masks: Counter[int] = Counter()
        self._categories = np.zeros(NO_CATEGORY + 1, np.int64)
        self._masked = self._unreadable = 0
        self._allowed: list[npt.NDArray[np.bool_]] = []

    def add(self, batch: pa.RecordBatch) -> None:
        """These rows, in `keeping.ROW_SCHEMA`, come next."""
        masks = pc.value_counts(batch.column("mask"))
        self._masks.update(dict(zip(masks.field("values").to_pylist(), masks.field("counts").to_pylist(), strict=True)))
        allowed = batch.column("mask").to_numpy() == 0
        flags = batch.column("flags").to_numpy()
        self._categories += np.bincount(batch.column("category").to_numpy()[allowed], minlength=NO_CATEGORY + 1)
        self._masked += int(np.count_nonzero(allowed & ((flags & MASKED) != 0)))
        self._unreadable += int(np.count_nonzero(flags & UNREADABLE))
        self._allowed.append(allowed)

    def counts(self, authors: pa.Table) -> Counts:
        """What became of how many.

        Args:
            authors: in `keeping.AUTHOR_SCHEMA`, of the rows that went by.
        """
        rows = authors["rows"].to_numpy()
        allowed = np.concatenate([*self._allowed, np.zeros(0, np.bool_)])
        starts = np.concatenate([[0], np.cumsum(rows)[:-1]]).astype(np.int64) if len(rows) else np.zeros(0, np.int64)
        each = np.add.reduceat(allowed.astype(np.int64), starts) if len(rows) else np.zeros(0, np.int64)
        regions = np.bincount(authors["region"].to_numpy(), weights=each, minlength=len(REGIONS))
        return Counts(
            records=self._masks.total(),
            allowed=self._masks[0],
            masked=self._masked,
            unreadable=self._unreadable,
            members=int(np.count_nonzero(each)),
            denied=self._denied(),
            reasons=self._reasons(),
            allowed_by_category={name: int(n) for name, n in zip(self._scope, self._categories, strict=False) if n},
            allowed_by_region={
                name: int(n)
                for name, n in sorted((name, n) for name, n in zip(REGIONS, regions, strict=True) if name)
                if n
            },
        )

    def _denied(self) -> dict[str, int]:
        counted: Counter[Reason] = Counter()
        for mask, n in self._masks.items():
            if (first := primary(mask)) is not None:
                counted[first] += n
        return labelled(counted)

    def _reasons(self) -> dict[str, int]:
        counted: Counter[Reason] = Counter()
        for mask, n in self._masks.items():
            counted.update(dict.fromkeys(from_mask(mask), n))
        return labelled(counted)


def counts_of(found: GateCounts) -> Counts:
    """The gate's own counts as the manifest has them."""
    return Counts(
        records=found.records,
        allowed=found.allowed,
        masked=found.masked,
        unreadable=found.unreadable,
        members=found.members,
        denied=labelled(found.denied_by_primary),
        reasons=labelled(found.denied_by_any),
        allowed_by_category=dict(sorted(found.allowed_by_category.items())),
        allowed_by_region=dict(sorted(found.allowed_by_region.items())),
    )


def labelled(counts: Mapping[Reason, int]) -> dict[str, int]:
    """Counts under the reasons' names, in their order, without zeros."""
    return {reason.label: counts[reason] for reason in REASONS if counts.get(reason)}
