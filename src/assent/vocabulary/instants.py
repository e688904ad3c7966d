"""Instants are aware datetimes in UTC with microseconds; a text without a zone is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime

from assent.errors import InputError


def parse_instant(text: object, *, field: str = "instant") -> datetime:
    """The instant that an RFC 3339 text names, in UTC.

    Raises:
        InputError: it is no text, cannot be read, or names no zone.
    """
    if not isinstance(text, str):
        raise InputError(f"{field} is not a text: `{text}`", hint="write it like 2025-11-03T00:00:00Z")
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"{field} cannot be read: `{text}`", hint="write it like 2025-11-03T00:00:00Z") from None
    return as_utc(instant, field=field)


def as_utc(instant: datetime, *, field: str = "instant") -> datetime:
    """The same instant in UTC.

    Raises:
        InputError: it has no zone, or falls outside the years a datetime can hold.
    """
    if instant.tzinfo is None:
        raise InputError(f"{field} names no zone: `{instant.isoformat()}`", hint="add Z or an offset like +01:00")
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise InputError(f"{field} is out of range: `{instant.isoformat()}`") from None


def format_instant(instant: datetime) -> str:
    """The one text form that is hashed and stored: UTC, `Z`, six digits only when there are microseconds."""
    text = instant.astimezone(UTC).isoformat(timespec="auto" if instant.microsecond else "seconds")
    return text.replace("+00:00", "Z")


def parse_date(text: object) -> date | None:
    """The calendar date that a text names, or `None` for anything that is not one (unknown, so it never allows)."""
    if isinstance(text, datetime):
        return None
    if isinstance(text, date):
        return text
    if not isinstance(text, str) or len(text) != len("2000-01-01"):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
