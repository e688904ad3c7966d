"""How a network is cut into chunks that can be made alone, and the calendar it lives in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime

CHUNK_ROWS = 25_000
"""Records (or members, where there are more of them) in a chunk; bounds the memory of a process."""

SECOND = 1_000_000
DAY = 86_400 * SECOND
"""Unit: microseconds."""


def micros(year: int, month: int, day: int, hour: int = 0) -> int:
    """Microseconds since 1970 of that hour, UTC."""
    return int(datetime(year, month, day, hour, tzinfo=UTC).timestamp()) * SECOND


def micros_of(day: date) -> int:
    """Microseconds since 1970 of that day's start, UTC."""
    return micros(day.year, day.month, day.day)


OPENING = micros(2003, 5, 5)
NOTICE_DAY = micros(2025, 9, 18, 8)
RECORDS_END = micros(2025, 10, 31)
EVENTS_END = micros(2025, 12, 1)


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for, and which chunk makes which part of it.

    Args:
        mentions: whether texts mention people by what the platform knows of them, and people who objected.
        jobs: how many jobs members offer; where there are any, members also declare attributes for fairness audits.

    Guarantee: depends on these alone, never on processors or time.
    """

    seed: int
    members: int
    records: int
    mentions: bool = False
    jobs: int = 0

    @property
    def chunks(self) -> int:
        """How many chunks there are, at least one."""
        return max(1, -(-max(self.records, self.members) // CHUNK_ROWS))

    @property
    def key(self) -> int:
        """The seed spread over 64 bits."""
        return int.from_bytes(hashlib.sha256(str(self.seed).encode()).digest()[:8], "big")

    def member_range(self, chunk: int) -> range:
        """The members whose profiles and histories that chunk writes."""
        return _share(self.members, chunk, self.chunks)

    def record_range(self, chunk: int) -> range:
        """The ordinals of that chunk's records."""
        return _share(self.records, chunk, self.chunks)


def _share(total: int, chunk: int, chunks: int) -> range:
    return range(total * chunk // chunks, total * (chunk + 1) // chunks)


def member_id(ordinal: int) -> str:
    """The id of a member."""
    return f"m{ordinal:06d}"


def record_id(ordinal: int) -> str:
    """The id of a record."""
    return f"r{ordinal:08d}"
