"""Telephone numbers: those that a numbering plan has, and those that the words before them call one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import phonenumbers

from assent.curation.redact.structured.rule import Rule, Stretch
from assent.vocabulary.curation import Pii

# The regions of the shipped packs, the largest first.
_REGIONS: Final = tuple(
    "US GB DE FR IT ES PL NL CA BE SE CH AT PT GR CZ HU RO DK FI NO IE SK BG HR LT LV SI EE CY LU MT IS LI HK".split()
)
_NUMBER: Final = re.compile(
    r"(?<![\w@.,/#$€£=-])(?:\+|\(\+?|00 ?)?\d(?:[ \t\u00a0().\u2010-\u2015/-]{0,3}\d){5,16}"
    r"(?:[ ,]{0,2}(?:x|ext\.?|extension|poste|durchwahl|dw)[ .:]{0,2}\d{1,5})?(?![\w@]|[.,-]\d|[%€$£])",
    re.IGNORECASE,
)
_SAID: Final = re.compile(
    r"phone|\btel\b|\btel[.:]|telef|téléph|\bt[eé]l\.|mobil|\bcell|\bcall(?:ed|ing)?\b|\bfax|whats ?app|signal\b"
    r"|telegram|viber|"
    r"\btext me|\bsms\b|\breach (?:me|us|him|her|them)|\bring me|\bdial|hotline|messages? to|registered|\bcontact|"
    r"my number|number is|appele[zr]|joindre|portable|numéro|r[üu]ckruf|anruf|\bruf|handy|\bnummer\b|"
    r"ll[aá]m[ae]|móvil|número|chiama|cellulare|numero|bel me|\bbel\b|gsm|ring mig|ring meg|puhelin|soita|zadzwoń|"
    r"telefon|komórk|zavolej|mobilni|hívj|телефон|звон|τηλ|κινητό|☎|📞|📱",
)
_BEFORE: Final = 40
_FORMED: Final = re.compile(r"[ \t\u00a0().\u2010-\u2015/-]")
_LEAST, _LEAST_SAID, _MOST_WITH_EXTENSION = 7, 6, 20
_GROUPED: Final = re.compile(r"\d{1,3}(?:[ .]\d{3})+")
_DOTTED: Final = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_DATED: Final = re.compile(
    r"(?:19|20)\d{2}([-./ ])\d{1,2}\1\d{1,2}|\d{1,2}([-./ ])\d{1,2}\2(?:19|20)\d{2}|(?:19"
    r"|20)\d{2}[ \u2013—-]+(?:19|20)\d{2}"
)


def _sure(text: str) -> Iterator[Stretch]:
    for start, number in _candidates(text):
        digits = sum(map(str.isdecimal, number))
        international = number[0] == "+" or number[:2] in {"00", "(+"}
        if international and digits >= _LEAST and _is_international(number):
            yield start, start + len(number), Pii.PHONE, "structured.phone"
        elif _SAID.search(text[max(0, start - _BEFORE) : start].lower()):
            yield start, start + len(number), Pii.PHONE, "structured.phone.said"


def _plausible(text: str) -> Iterator[Stretch]:
    for start, number in _candidates(text):
        if sum(map(str.isdecimal, number)) < _LEAST:
            continue
        formed = number[0] == "0" or _FORMED.search(number) is not None
        if formed and not _GROUPED.fullmatch(number) and _is_national(number):
            yield start, start + len(number), Pii.PHONE, "structured.phone.national"


def _candidates(text: str) -> Iterator[tuple[int, str]]:
    """Where something stands that could be a telephone number, and what."""
    for found in _NUMBER.finditer(text):
        start, number = found.start(), found[0]
        if number[0] == "(" and ")" not in number:
            start, number = start + 1, number[1:]
        digits = sum(map(str.isdecimal, number))
        if _LEAST_SAID <= digits <= _MOST_WITH_EXTENSION and not (_DATED.match(number) or _DOTTED.fullmatch(number)):
            yield start, number


def _is_international(number: str) -> bool:
    plain = "+" + number.lstrip("(+").removeprefix("00") if not number.lstrip("(").startswith("+") else number
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(plain))
    except phonenumbers.NumberParseException:
        return False


@lru_cache(maxsize=4096)
def _is_national(number: str) -> bool:
    """Whether a region of the packs has such a number."""
    for region in _REGIONS:
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(number, region)):
                return True
        except phonenumbers.NumberParseException:
            return False
    return False


_TRIGGER: Final = r"[0-9](?:[ \t\x{A0}().\x{2010}-\x{2015}/-]{0,3}[0-9]){5}"
PHONE: Final = Rule("[0-9]", _sure, also=_TRIGGER)
NATIONAL_PHONE: Final = Rule("[0-9]", _plausible, also=_TRIGGER)
"""What some region has as a number, and nothing else says what it is: the house numbers of an address look like it."""
