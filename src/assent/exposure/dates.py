"""Dates as exports write them, seven ways and in several languages; what cannot be read is unknown.

    2024-02-01 12:30:00 [UTC]        shares, comments, reactions, messages
    2024/02/01 12:30:00 UTC          endorsements, ads clicked, account history
    01 Feb 2024                      connections
    Feb 2024 · 2024                  positions, education
    Thu Feb 01 12:30:00 UTC 2024     company follows
    2/1/24, 12:30 PM                 invitations, e-mail addresses, contacts (month first)
    … on February 1, 2024 at 12:30 PM (GMT)    rich media

A date without a zone is taken as UTC; a two-digit year lies between 1950 and 2049.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache

from babel import Locale

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "sv", "da", "nb", "pl", "cs", "ro", "tr", "id")
"""Languages whose names of months are understood."""

EARLIEST, LATEST = 1900, 2200
_TIME = r"(?:[,\s]+(?:at\s+)?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([AaPp]\.?[Mm]\.?)?)?"
_MONTH = r"([^\W\d_]{3,12})\.?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/](\d{{1,2}})[-/](\d{{1,2}})(?:T(?=\d))?{_TIME.replace('[,', '[T,', 1)}")
_DAY_FIRST = re.compile(rf"(\d{{1,2}})\.?\s+(?:de\s+)?{_MONTH}\s+(?:de\s+)?(\d{{4}}){_TIME}")
_SLASHED = re.compile(rf"(\d{{1,2}})/(\d{{1,2}})/(\d{{4}}|\d{{2}}){_TIME}")
_WEEKDAY = re.compile(rf"[^\W\d_]{{2,4}}\.?\s+{_MONTH}\s+(\d{{1,2}})\s+(\d{{2}}):(\d{{2}}):(\d{{2}})\s+\S+\s+(\d{{4}})")
_IN_WORDS = re.compile(rf"{_MONTH}\s+(\d{{1,2}}),\s+(\d{{4}}){_TIME}")
_MONTH_YEAR = re.compile(rf"{_MONTH}\s+(\d{{4}})")
_YEAR = re.compile(r"\d{4}")
_ZONE = re.compile(r"\s*(?:UTC|GMT|Z|\+00:?00|\(GMT\)|\(UTC\))$")
_PIVOT, _NOON = 50, 12
_LONGEST = 400


@lru_cache(maxsize=1 << 16)
def read_date(text: str) -> datetime | None:
    """The instant a text names, in UTC and at the start of the span it leaves open; None when it cannot be read."""
    plain = " ".join(unicodedata.normalize("NFKC", text[:_LONGEST]).split())
    bare = _ZONE.sub("", plain)
    try:
        return _structured(bare) or _worded(plain, bare)
    except (ValueError, OverflowError):
        return None


def _structured(text: str) -> datetime | None:
    found = _YEAR_FIRST.fullmatch(text)
    if found:
        year, month, day, *time = found.groups()
        return _instant(year, int(month), day, *time)
    found = _SLASHED.fullmatch(text)
    if found:
        month, day, year, *time = found.groups()
        return _instant(_whole_year(year), int(month), day, *time)
    return _instant(text, 1, "1") if _YEAR.fullmatch(text) else None


def _worded(text: str, bare: str) -> datetime | None:
    found = _WEEKDAY.fullmatch(text)
    if found:
        month, day, hour, minute, second, year = found.groups()
        return _instant(year, _month(month), day, hour, minute, second)
    found = _DAY_FIRST.fullmatch(bare)
    if found:
        day, month, year, *time = found.groups()
        return _instant(year, _month(month), day, *time)
    found = _MONTH_YEAR.fullmatch(bare)
    if found:
        return _instant(found[2], _month(found[1]), "1")
    found = _IN_WORDS.search(text)
    if found:
        month, day, year, *time = found.groups()
        return _instant(year, _month(month), day, *time)
    return None


def _instant(  # noqa: PLR0917 - the parts of a date, in their order
    year: str, month: int, day: str, hour: str = "0", minute: str = "0", second: str = "0", half: str = ""
) -> datetime:
    hours = int(hour or 0)
    if half:
        hours = hours % _NOON + (_NOON if half[0] in "Pp" else 0)
    if not EARLIEST <= int(year) <= LATEST:
        raise ValueError(year)
    return datetime(int(year), month, int(day), hours, int(minute or 0), int(second or 0), tzinfo=UTC)


def _whole_year(year: str) -> str:
    return year if len(year) > len("50") else str(int(year) + (1900 if int(year) >= _PIVOT else 2000))


def _month(name: str) -> int:
    """1 to 12.

    Raises:
        ValueError: no language known here calls a month that.
    """
    months = _months()
    folded = _folded(name)
    if folded not in months:
        raise ValueError(name)
    return months[folded]


def _folded(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if c.isalpha())


@cache
def _months() -> Mapping[str, int]:
    """Names and abbreviations; one that means different months in different languages is left out, English wins."""
    found: dict[str, set[int]] = {}
    for language in LANGUAGES:
        locale = Locale.parse(language)
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in locale.months[context][width].items():
                    found.setdefault(_folded(name), set()).add(number)
    english = {
        _folded(name): number
        for width in ("wide", "abbreviated")
        for number, name in Locale.parse("en").months["format"][width].items()
    }
    agreed = {name: numbers.pop() for name, numbers in found.items() if len(numbers) == 1}
    return agreed | english | {"sept": 9}
