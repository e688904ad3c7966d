"""One row of the benchmark table: a figure, what it should reach, what it reached in this run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """`met` is None for a figure that is reported without a reach."""

    figure: str
    reach: str
    measured: str
    met: bool | None
