"""From when to when, as people write it: years, months in words or figures, `since`, `to today`, in many languages.

A bare year may be any month of it. Spans are therefore as long as they can be, and gaps between them as short.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from babel.dates import get_month_names

EARLIEST: Final = 1940
_LONGEST: Final = 2_000
_LANGUAGES: Final = ("en", "de", "fr", "es", "nl", "it", "pt", "pl", "sv", "da")
_NOW: Final = (
    "today|present|now|current|ongoing|date|heute|jetzt|aktuell|aujourd.hui|ce jour|maintenant|hoy|(?:la )?actualidad|"
    "actual|ahora|presente|heden|nu|oggi|attuale|hoje|atual|dzis|idag|i dag"
)
_SINCE: Final = "since|from|seit|ab|depuis|des|desde|sinds|vanaf|dal|da|od|sedan"
_TO: Final = r"to|until|till|through|bis|jusqu.a|a|au|hasta|al|tot|t/m|do|til|till|-{1,2}|/"


def _folded(text: str) -> str:
    """Case and accents gone, dashes plain; as many characters as before, or nearly so."""
    plain = unicodedata.normalize("NFKD", text[:_LONGEST].casefold())
    return re.sub(r"[\u2010-\u2015\u2212]", "-", "".join(each for each in plain if not unicodedata.combining(each)))


_MONTHS: Final = {
    _folded(name).rstrip("."): number
    for language in _LANGUAGES
    for width in ("wide", "abbreviated")
    for context in ("format", "stand-alone")
    for number, name in get_month_names(width, context, language).items()
    if not name.isdigit()
}
_NAMES: Final = "|".join(sorted(map(re.escape, _MONTHS), key=lambda name: (-len(name), name)))
_DAY: Final = (
    rf"(?:(?P<{{0}}year_first>(?:19|20)\d\d)[-./](?P<{{0}}number_after>\d{{{{1,2}}}})(?:[-./]\d{{{{1,2}}}})?(?!\d)"
    rf"|(?:\d{{{{1,2}}}}[./-])?(?P<{{0}}number>\d{{{{1,2}}}})[./-](?P<{{0}}year_last>(?:19|20)\d\d)(?!\d)"
    rf"|(?:(?:\d{{{{1,2}}}}\.? )?(?P<{{0}}name>{_NAMES})\.?,? (?:de )?)?(?P<{{0}}year>(?:19|20)\d\d)(?!\d))"
)
_RANGE: Final = re.compile(rf"(?<!\d){_DAY.format('a_')}\s*(?:{_TO})\s*(?:{_DAY.format('b_')}|(?P<now>(?:{_NOW})\b))")
_OPEN: Final = re.compile(rf"\b(?:{_SINCE})\s+(?:the\s+)?{_DAY.format('a_')}|(?<!\d){_DAY.format('c_')}\s*-\s*(?:\)|$)")
_ONE: Final = re.compile(rf"(?<!\d){_DAY.format('a_')}")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time. Args: until: None goes on. Unit: months since year 0, both inclusive."""

    since: int
    until: int | None

    @property
    def backwards(self) -> bool:
        """It ends before it begins."""
        return self.until is not None and self.until < self.since

    @property
    def year(self) -> int:
        """The year in which it begins."""
        return self.since // 12


def span_in(text: str, *, latest: int) -> Span | None:
    """The first stretch of time that a text states; a single year is a stretch of that year; None where it has none.

    Args:
        latest: the last year that can be meant; what is later or before 1940 is no date.
    """
    plain = _folded(text)
    for form in (_RANGE, _OPEN, _ONE):
        for found in form.finditer(plain):
            parts = found.groupdict()
            span = _span(parts, goes_on=form is _OPEN or bool(parts.get("now")))
            if span is not None and _possible(span, latest):
                return span
    return None


def gaps(spans: Iterable[Span], *, least_months: int) -> list[tuple[int, int]]:
    """The stretches of at least so many whole months that no span covers, between the first and the last one.

    Returns: first and last uncovered month of each, in order.
    """
    found: list[tuple[int, int]] = []
    covered: int | None = None
    for span in sorted(spans, key=lambda each: each.since):
        if covered is not None and span.since - covered > least_months:
            found.append((covered + 1, span.since - 1))
        if span.until is None:
            return found
        covered = span.until if covered is None else max(covered, span.until)
    return found


def _span(parts: dict[str, str | None], *, goes_on: bool) -> Span | None:
    start = _month(parts, "a_", first=True) or _month(parts, "c_", first=True)
    if start is None:
        return None
    if goes_on:
        return Span(start, None)
    end = _month(parts, "b_", first=False) or _month(parts, "a_", first=False)
    return None if end is None else Span(start, end)


def _month(parts: dict[str, str | None], side: str, *, first: bool) -> int | None:
    year = parts.get(f"{side}year_first") or parts.get(f"{side}year_last") or parts.get(f"{side}year")
    if year is None:
        return None
    said = parts.get(f"{side}number_after") or parts.get(f"{side}number")
    name = parts.get(f"{side}name")
    month = int(said) if said else _MONTHS[name] if name else (1 if first else 12)
    return int(year) * 12 + month - 1 if 1 <= month <= 12 else None  # noqa: PLR2004 - a year's months


def _possible(span: Span, latest: int) -> bool:
    return span.since // 12 >= EARLIEST and max(span.since, span.until or 0) // 12 <= latest
