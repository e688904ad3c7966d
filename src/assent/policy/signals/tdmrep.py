"""TDM Reservation Protocol: whether text and data mining is reserved (Directive (EU) 2019/790, Art. 4).

Said in three places: the site's file `/.well-known/tdmrep.json`, HTTP headers, metadata inside the content. The
closer to the content, the stronger. Source: W3C TDMRep, final community group report.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any, Final

WELL_KNOWN: Final = "/.well-known/tdmrep.json"
RESERVATION: Final = "tdm-reservation"
POLICY: Final = "tdm-policy"


@dataclass(frozen=True, slots=True)
class Reservation:
    """What one place says.

    Args:
        reserved: None where it says nothing that can be read.
        policy: where a licence can be asked for.
    """

    reserved: bool | None = None
    policy: str | None = None


NOTHING: Final = Reservation()


@dataclass(frozen=True, slots=True)
class LocationRule:
    """An entry of a site's file."""

    location: str
    reservation: Reservation


def reserved(values: object) -> bool | None:
    """What the values say, the strongest place first, one a line: the first that is `0` or `1` decides."""
    for line in str(values).split("\n"):
        if line.strip() in ("0", "1"):
            return line.strip() == "1"
    return None


def parse_file(data: str | bytes) -> tuple[LocationRule, ...]:
    """The entries of a site's file in their order; an entry that cannot be read is left out."""
    try:
        entries: Any = json.loads(data)
    except (ValueError, RecursionError):
        return ()
    if not isinstance(entries, list):
        return ()
    return tuple(
        LocationRule(each["location"], _reservation(each.get(RESERVATION), each.get(POLICY)))
        for each in entries
        if isinstance(each, dict) and isinstance(each.get("location"), str)
    )


def of_path(rules: Iterable[LocationRule], path: str) -> Reservation:
    """What the first entry says that matches the path."""
    return next((rule.reservation for rule in rules if _regex(rule.location).match(path)), NOTHING)


def of_headers(headers: Iterable[tuple[str, str]]) -> Reservation:
    """What HTTP headers say; a reservation that comes more than once reserves when one of them does."""
    found: dict[str, list[str]] = {RESERVATION: [], POLICY: []}
    for name, value in headers:
        found.setdefault(name.strip().lower(), []).append(value.strip())
    stated = sorted(found[RESERVATION], key=lambda value: value != "1")
    return _reservation("\n".join(stated), next(iter(found[POLICY]), None))


def of_html(page: str) -> Reservation:
    """What the `meta` elements of a page say."""
    parser = _Metadata()
    parser.feed(page)
    return _reservation(parser.found.get(RESERVATION), parser.found.get(POLICY))


def resolve(
    *, file: Reservation = NOTHING, header: Reservation = NOTHING, inside: Reservation = NOTHING
) -> Reservation:
    """What the three places say together: the closest to the content that says anything."""
    return next((each for each in (inside, header, file) if each.reserved is not None), NOTHING)


class _Metadata(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given: Mapping[str, str | None] = dict(attrs)
        name = (given.get("name") or "").strip().lower()
        if tag == "meta" and name in (RESERVATION, POLICY):
            self.found.setdefault(name, (given.get("content") or "").strip())


def _reservation(value: object, policy: object) -> Reservation:
    return Reservation(reserved(value), policy if policy and isinstance(policy, str) else None)


def _regex(location: str) -> re.Pattern[str]:
    """`*` is any run of characters, `$` at the end is the end, and every location is a prefix."""
    whole = location.endswith("$")
    parts = location.removesuffix("$").split("*")
    return re.compile(".*".join(map(re.escape, parts)) + (r"\Z" if whole else ""), re.DOTALL)
