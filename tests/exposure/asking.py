"""The report for a person, in one line."""

from __future__ import annotations

from pathlib import Path

from assent.exposure.report import Report
from assent.operations.exposure import Question, report_exposure

ANNOUNCED = "professional-network-2025-11"
SAFEGUARDED = "professional-network-2025-11-safeguarded"
AFTER, BEFORE = "2026-07-01", "2025-10-01"
GENERATIVE, OTHER, ADS = "generative_training", "training", "advertising"


def report(*paths: Path, country: str = "NL", born: str | None = "1990-05-01", at: str = AFTER, **more) -> Report:
    return report_exposure(paths, Question(country=country, birth_date=born, at=at, **more))


def outcomes(found: Report, kind: str) -> dict[str, tuple[int, int, int]]:
    """By category: used, may be used, never."""
    return {
        line.category: (line.by_kind[kind].used, line.by_kind[kind].may_be_used, line.by_kind[kind].never)
        for line in found.categories
    }
