"""An audit of a snapshot or the ledger on one page: a sentence, tables, and what was not looked at.

One file without scripts that fetches nothing; the same values give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from jinja2 import Environment, PackageLoader, StrictUndefined


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table under a heading.

    Args:
        says: what it means, for a person who builds no data sets; empty needs no words.
        rows: cells as text; True, False and None in the second cell are shown as holds, does not, not checked.
    """

    title: str
    says: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str | bool | None, ...], ...]


@dataclass(frozen=True, slots=True)
class CheckedPage:
    """All of a page.

    Args:
        ok: nothing failed.
        not_run: what was not looked at, and why.
    """

    title: str
    sentence: str
    ok: bool
    at: datetime
    sheets: tuple[Sheet, ...]
    not_run: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()


def write_checked_page(page: CheckedPage) -> str:
    """The page in HTML."""
    pages = Environment(loader=PackageLoader("assent.audit.bundle"), autoescape=True, undefined=StrictUndefined)
    pages.trim_blocks = pages.lstrip_blocks = True
    moment = f"{page.at.astimezone(UTC):%d %B %Y, %H:%M} UTC"
    return pages.get_template("checked.html").render(page=page, moment=moment)


def sheet(title: str, says: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> Sheet:
    """A table of values as a person reads them."""
    return Sheet(title, says, tuple(heads), tuple(tuple(map(_shown, row)) for row in rows))


def _shown(value: object) -> str | bool | None:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.1f}" if isinstance(value, float) else str(value)
