"""A receipt as a page to read and to print: one file, no script, nothing fetched, and the receipt itself in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from assent.errors import EvidenceError
from assent.evidence.receipt import Receipt
from assent.vocabulary.instants import format_instant, parse_instant

_EMBEDDED = re.compile(r'<pre id="receipt">(.*?)</pre>', re.DOTALL)
_BASES: Final[Mapping[str, str]] = {
    "legitimate_interest": "Legitimate interest (GDPR Art. 6(1)(f)): nobody asks you first, and you may object.",
    "consent": "Consent (GDPR Art. 6(1)(a)): only after you said yes.",
}


def write_receipt_page(receipt: Receipt, data: bytes) -> str:
    """The page in HTML; the same receipt gives the same page."""
    pages = Environment(loader=PackageLoader("assent.operations.pages"), autoescape=True, undefined=StrictUndefined)
    pages.trim_blocks = pages.lstrip_blocks = True
    stated = receipt.statement
    return pages.get_template("receipt.html").render(
        receipt=receipt,
        stated=stated,
        since=stated["since"],
        created=format_instant(receipt.created_at),
        ways=_ways(stated),
        bases=[text for basis, text in _BASES.items() if basis in {use["basis"] for use in stated["purposes"]}],
        fields=_fields(receipt),
        moment=_moment,
        article=_article,
        data=data.decode(),
    )


def is_page(data: bytes) -> bool:
    """Whether these bytes are a page rather than a receipt."""
    return data.lstrip()[:1] == b"<"


def receipt_in_page(page: bytes) -> bytes:
    """The receipt that a page carries.

    Raises:
        EvidenceError: it carries none.
    """
    found = _EMBEDDED.search(page.decode("utf-8", errors="replace"))
    if found is None:
        raise EvidenceError("this page carries no receipt")
    return unescape(found[1]).encode()


def require_page_says(page: bytes, receipt: Receipt, data: bytes) -> None:
    """The page says what the receipt in it says, to the last character.

    Raises:
        EvidenceError: it was altered, or made by another release.
    """
    if write_receipt_page(receipt, data).encode() != page:
        raise EvidenceError(
            "the receipt in this page verifies, and the page around it is not the one made from it",
            hint="it was altered, or made by another release; believe `assent receipt verify --html NEW` only",
        )


def _fields(receipt: Receipt) -> list[tuple[str, str]]:
    """The event as it was recorded, in its own words."""
    return [
        (name.replace("_", " "), _moment(value) if name.endswith("_at") and value else str(value))
        for name, value in receipt.event.to_json().items()
        if value is not None
    ]


def _ways(stated: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Every way once, in order of first appearance."""
    ways = [way for use in stated["purposes"] for way in use["how_to_change"]]
    return [way for at, way in enumerate(ways) if way not in ways[:at]]


def _moment(text: str) -> str:
    moment = parse_instant(text)
    return f"{moment.day} {moment:%B %Y, %H:%M:%S} UTC"


def _article(short: str) -> str:
    """`A7-3` is written 7(3)."""
    number, _, part = short.removeprefix("A").partition("-")
    return f"{number}({part})" if part else number
