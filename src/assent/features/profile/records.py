"""A member's permitted records, as the caller hands them over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

POSITION, EDUCATION, SKILL, SUMMARY = "profile.position", "profile.education", "profile.skill", "profile.summary"

TEXTS: Final = (
    POSITION, SUMMARY, "profile.other", "profile.publication", "profile.patent", "resume", "post", "article", "comment",
)  # fmt: skip
"""What members write themselves, of themselves or of their work: the only records in which skills are looked for."""
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """One record. Args: created_at: when it was written or last changed, if known; without zone, UTC."""

    record: str
    category: str
    text: str
    created_at: datetime | None = None

    @property
    def changed_at(self) -> datetime | None:
        """When it was last changed, in UTC."""
        if self.created_at is None or self.created_at.tzinfo is None:
            return self.created_at and self.created_at.replace(tzinfo=UTC)
        return self.created_at.astimezone(UTC)

    @property
    def year(self) -> int | None:
        """The year of its last change, in UTC."""
        return self.changed_at.year if self.changed_at else None


@dataclass(frozen=True, slots=True)
class Profile:
    """All that one member permits to be read for this purpose, in any order."""

    entries: tuple[Entry, ...] = ()

    def newest_first(self) -> Profile:
        """The same, in an order that does not depend on how they were handed over; without a moment last."""
        by_id = sorted(self.entries, key=lambda each: each.record)
        return Profile(tuple(sorted(by_id, key=lambda each: each.changed_at or _NEVER, reverse=True)))

    def of(self, *categories: str) -> tuple[Entry, ...]:
        """The records of these categories, in their order."""
        return tuple(each for each in self.entries if each.category in categories)
