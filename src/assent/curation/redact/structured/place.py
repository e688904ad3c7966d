"""Where somebody is, in numbers: coordinates and postcodes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from assent.curation.redact.structured.rule import Rule, Stretch
from assent.vocabulary.curation import Pii

_DECIMAL: Final = re.compile(
    r"(?<![\w.])([-+]?\d{1,3}\.\d{3,12})°?\s?[NS]?\s?[,;/ ]\s?([-+]?\d{1,3}\.\d{3,12})°?(?:\s?[EWO]\b)?(?![\w.]?\d)"
)
_SEXAGESIMAL: Final = re.compile(
    r"\d{1,3}\s?°\s?\d{1,2}(?:\.\d+)?\s?['\u2032\u2019]\s?(?:\d{1,2}(?:\.\d+)?\s?(?:[\"\u2033”]|'')\s?)?[NSns]"
    r"[\s,;/]{1,3}\d{1,3}\s?°\s?\d{1,2}(?:\.\d+)?\s?['\u2032\u2019]\s?(?:\d{1,2}(?:\.\d+)?\s?(?:[\"\u2033”]"
    r"|'')\s?)?[EWOewo]\b"
)
_GEO: Final = re.compile(r"\bgeo:-?\d{1,3}(?:\.\d+)?,-?\d{1,3}(?:\.\d+)?")
_NORTH, _EAST = 90, 180


def _coordinates(text: str) -> Iterator[Stretch]:
    for found in _DECIMAL.finditer(text):
        if abs(float(found[1])) <= _NORTH and abs(float(found[2])) <= _EAST:
            yield found.start(), found.end(), Pii.COORDINATES, "structured.coordinates"
    for pattern in (_SEXAGESIMAL, _GEO):
        for found in pattern.finditer(text):
            yield found.start(), found.end(), Pii.COORDINATES, "structured.coordinates"


_CODE: Final = (
    r"(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|\d{4} ?[A-Z]{2}"
    r"|(?:[A-Z]{1,2}-?)?\d{2,3}[ -]?\d{2,3}(?:-\d{3,4})?|\d{3,6})"
)
_SAID: Final = re.compile(
    r"(?:\b(?:zip|postal|post)[ -]?codes?|\bzip|\bpostcode|\bplz|postleitzahl|\bcode postal|\bc\.?a\.?p\.?"
    r"|\bcódigo postal|"
    r"\bc\.p\.|\bpostnummer|\bpostnr|\bkod pocztowy|\bpsč|\birányítószám|\bpostinumero|ταχυδρομικός κώδικας)"
    rf"(?:\s(?:is|of|ist|est|es|è|now|for me is|changed to|number)){{0,2}}[\s:#=-]{{0,3}}({_CODE})(?!\w)",
    re.IGNORECASE,
)
_SAID_AFTER: Final = re.compile(r"(?<![\w.-])(\d{4,5})(?=\s(?:zip|postal|post ?code|postcode)\b)", re.IGNORECASE)
_FORMED: Final = re.compile(
    r"(?<![\w-])(?:[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|[ABCEGHJ-NPRSTVXY]\d[A-Z] \d[A-Z]\d"
    r"|[1-9]\d{3} [A-Z]{2}(?= [A-Z][a-z])|"
    r"(?<=, [A-Z]{2} )\d{5}(?:-\d{4})?|(?:D|A|CH|F|L|I|B)-\d{4,5}(?= [A-Z]))(?![\w-])"
)


_ANY: Final = re.compile(
    r"(?<![\w.,#$€£+-])(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|\d{5}-\d{3,4}|\d{3} \d{2}"
    r"|\d{2}-\d{3}|\d{4} ?[A-Z]{2}|\d{4,6})"
    r"(?!\w|[.,:/-]\d|\s?[%€$£])"
)
_NEAR: Final = re.compile(
    r"\b(?:zip|postal|post)[ -]?codes?\b|\bzip\b|\bplz\b|postleitzahl|code postal|código postal|postnummer"
    r"|kod pocztowy|postinumero",
    re.IGNORECASE,
)
_LIVED_IN: Final = re.compile(
    r"\b(?:liv\w+|mov\w+|relocat\w+|resid\w+|ship\w*|deliver\w*|located|travel\w*|visit\w*|based|area|apartments?"
    r"|house|weather|"
    r"stores?|branch\w*|services?|available)\b[^.?!\n]{0,24}\b(?:in|to|near|from|around"
    r"|at) (\d{5}(?:-\d{4})?)(?=[.,?!;]|\s*$)",
    re.IGNORECASE,
)
_CAPITAL: Final = r"[^\W\d_a-zß-öø-ÿ][\w'\u2019.-]*"
_AFTER_PLACE: Final = re.compile(
    rf"(?m)(?:^[ \t?>*-]*(?:{_CAPITAL}[ ,]{{1,2}}){{0,4}}"
    rf"|(?<![\w'\u2019.-]){_CAPITAL}, (?:[A-Z]{{2,3}} )?)(\d{{5}}(?:-\d{{3,4}})?"
    rf"|\d{{3}} \d{{2}}|\d{{2}}-\d{{3}})"
    r"(?=[ \t]*(?:[,.;?!]?[ \t]*$|[,;] ))"
)
_AROUND: Final = 48


def _postcodes(text: str) -> Iterator[Stretch]:
    for word in _NEAR.finditer(text):
        for found in _ANY.finditer(text, max(0, word.start() - _AROUND), min(len(text), word.end() + _AROUND)):
            yield found.start(), found.end(), Pii.POSTCODE, "structured.postcode.near"
    for found in _AFTER_PLACE.finditer(text):
        yield found.start(1), found.end(1), Pii.POSTCODE, "structured.postcode.after_place"
    for found in _LIVED_IN.finditer(text):
        yield found.start(1), found.end(1), Pii.POSTCODE, "structured.postcode.lived_in"
    for pattern in (_SAID, _SAID_AFTER):
        for found in pattern.finditer(text):
            yield found.start(1), found.end(1), Pii.POSTCODE, "structured.postcode.said"
    for found in _FORMED.finditer(text):
        yield found.start(), found.end(), Pii.POSTCODE, "structured.postcode"


COORDINATES: Final = Rule(
    "[0-9]",
    _coordinates,
    also=r"[0-9]\.[0-9]{3,12}[^0-9a-zA-Z]{1,5}(?:[NS][^0-9a-zA-Z]{1,5})?[0-9]{1,3}\.[0-9]{3}|[0-9] ?°|geo:[0-9-]",
)
POSTCODE: Final = Rule(
    "[0-9]",
    _postcodes,
    also=r"(?i-u:zip|post ?-?code|postal|plz|postleit|\bcap\b|\bc\.a\.p|\bc\.p\.|postnummer|postnr|pocztowy"
    r"|postinum)|(?i:psč|irányít|ταχυδρ)|"
    r"(?-u:\b[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}\b|\b[A-Z][0-9][A-Z] [0-9][A-Z][0-9]\b|\b[0-9]{4} [A-Z]{2} [A-Z]"
    r"|, [A-Z]{2} [0-9]{5}|\b[A-Z]{1,2}-[0-9]{4}"
    r"|\b(?:in|to|near|from|around|at) [0-9]{5}\b)|(?:^|[\n,] ?|, [A-Z]{2,3} |\pL )(?:[0-9]{5}|[0-9]{3} [0-9]{2}"
    r"|[0-9]{2}-[0-9]{3})(?-u:\b)",
)
