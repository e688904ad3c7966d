"""What became of how many records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assent.gate.persons import region_counts
from assent.vocabulary.reasons import REASONS, Reason, from_mask, primary


@dataclass(frozen=True, slots=True)
class Counts:
    """How many records came in and what became of them.

    Args:
        denied_by_primary: by the reason that is shown first; with `allowed` they add up to `records`.
        denied_by_any: by every reason that applies.
        masked: allowed records in which somebody is masked.
        unreadable: rows that could not be read in full.
        allowed_by_region: by the author's region.
        members: authors with an allowed record.
    """

    records: int
    allowed: int
    denied_by_primary: Mapping[Reason, int]
    denied_by_any: Mapping[Reason, int]
    masked: int
    unreadable: int
    allowed_by_category: Mapping[str, int]
    allowed_by_region: Mapping[str, int]
    members: int


def count_up(rows: list[tuple[Any, ...]], regions: Sequence[str | None], members: int) -> Counts:
    """The counts from groups of records: mask, unreadable, category, region, masked, how many."""
    by_primary: Counter[Reason] = Counter()
    by_any: Counter[Reason] = Counter()
    by_category: Counter[str] = Counter()
    by_region: Counter[int] = Counter()
    for mask, _, category, region, _, n in rows:
        if (first := primary(mask)) is None:
            by_category[category] += n
            by_region[region] += n
        else:
            by_primary[first] += n
        by_any.update(dict.fromkeys(from_mask(mask), n))
    return Counts(
        records=sum(row[-1] for row in rows),
        allowed=by_category.total(),
        denied_by_primary={reason: by_primary[reason] for reason in REASONS if by_primary[reason]},
        denied_by_any={reason: by_any[reason] for reason in REASONS if by_any[reason]},
        masked=sum(n for mask, _, _, _, masked, n in rows if not mask and masked),
        unreadable=sum(n for _, unreadable, *_, n in rows if unreadable),
        allowed_by_category=dict(sorted(by_category.items())),
        allowed_by_region=region_counts(regions, by_region),
        members=members,
    )
