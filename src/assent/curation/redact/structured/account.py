"""Bank accounts and payment cards: check digits where there are any, words around them where they are mistyped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from stdnum import iban, luhn

from assent.curation.redact.structured.rule import Rule, Stretch
from assent.vocabulary.curation import Pii

_IBAN: Final = re.compile(r"(?<!\w)[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]{1,4}){3,8}(?!\w)")
_RUN: Final = re.compile(r"(?<!\w)[A-Za-z]{2}\d{2}[A-Za-z0-9]{11,30}(?!\w)")
_IBAN_SAID: Final = re.compile(r"\biban\b|\bbank\b|\baccount\b|\bkonto|\bcompte\b|\bcuenta\b|\brekening", re.IGNORECASE)
_SHORTEST: Final = 15
_CARD: Final = re.compile(r"(?<![\w.+-])\d(?:[ \u00a0-]?\d){11,18}(?![\w]|[.-]\d)")
_CARD_SAID: Final = re.compile(
    r"\bcards?\b|\bcc\b|credit|debit|visa|master ?card|maestro|amex|\bcarte\b|\bkarte|karten|tarjeta|\bcarta\b|cartão|"
    r"\bkaart\b|\bkort|\bkarta\b|\bkarty\b|kártya",
    re.IGNORECASE,
)
# Issuer prefixes as (first, last) of so many digits, and the lengths of their numbers. Source: ISO/IEC 7812-1.
_ISSUERS: Final = (
    (4, 4, {13, 16, 19}), (51, 55, {16}), (2221, 2720, {16}), (34, 34, {15}), (37, 37, {15}), (300, 305, {14}),
    (3095, 3095, {14}), (36, 36, {14}), (38, 39, {14}), (6011, 6011, {16, 19}), (644, 649, {16, 19}),
    (65, 65, {16, 19}), (3528, 3589, {16, 19}), (2131, 2131, {15}), (1800, 1800, {15}), (62, 62, {16, 17, 18, 19}),
    (50, 50, set(range(12, 20))), (56, 64, set(range(12, 20))), (66, 69, set(range(12, 20))),
)  # fmt: skip
_AROUND: Final = 40


def _ibans(text: str) -> Iterator[Stretch]:
    for pattern in (_IBAN, _RUN):
        for found in pattern.finditer(text):
            end = _end_of_iban(text, found.start(), found.end())
            if end:
                yield found.start(), end, Pii.IBAN, "structured.iban"
            elif pattern is _RUN and _IBAN_SAID.search(text, max(0, found.start() - _AROUND), found.start()):
                yield found.start(), found.end(), Pii.IBAN, "structured.iban.said"


def _end_of_iban(text: str, start: int, end: int) -> int | None:
    """Where the longest valid number that begins there ends; words may follow it."""
    while end - start >= _SHORTEST:
        if iban.is_valid(text[start:end]):
            return end
        shorter = max(text.rfind(" ", start, end), text.rfind("-", start, end))
        end = max(start, shorter)
    return None


def _cards(text: str) -> Iterator[Stretch]:
    for found in _CARD.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        if _is_issued(digits) and luhn.is_valid(digits):
            yield found.start(), found.end(), Pii.PAYMENT_CARD, "structured.payment_card"
        elif _CARD_SAID.search(text, max(0, found.start() - _AROUND), min(len(text), found.end() + _AROUND // 2)):
            yield found.start(), found.end(), Pii.PAYMENT_CARD, "structured.payment_card.said"


def _is_issued(digits: str) -> bool:
    return any(
        first <= int(digits[: len(str(first))]) <= last and len(digits) in lengths for first, last, lengths in _ISSUERS
    )


IBAN: Final = Rule("[0-9]", _ibans, also=r"(?-u)[A-Za-z]{2}[0-9]{2}[ -]?[A-Za-z0-9]{4}[ -]?[A-Za-z0-9]{3}")
PAYMENT_CARD: Final = Rule("[0-9]", _cards, also=r"(?:[0-9][ \x{A0}-]?){12}")
