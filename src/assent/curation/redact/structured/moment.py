"""Dates and times, dates of birth, ages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from assent.curation.redact.structured.rule import Rule, Stretch
from assent.vocabulary.curation import Pii

_MONTHS: Final = (
    "jan(?:uary|uar|ner|vier)?|janv|feb(?:ruary|ruar|rero|braio)?|f[eé]vr(?:ier)?|mar(?:ch|zo|s)?|märz|maart|apr(?:il|ile)?|"
    "avril|abril|may|mai|mayo|maggio|mei|maj|june?|juni|juin|junio|giugno|july?|juli|juillet|julio|luglio|aug(?:ust)?|"
    "août|agosto|augustus|sept?(?:ember|embre|iembre)?|settembre|setembro|o[ck]t(?:ober|obre|ubre|obro)?|ottobre|"
    "nov(?:ember|embre|iembre|embro)?|de[cz](?:ember|embre|embro)?|d[eé]cembre|diciembre|dicembre|"
    "janeiro|fevereiro|março|maio|junho|julho|outubro"
)
_CLOCK: Final = (
    r"[0-2]?\d:[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)?(?:\s?[ap]\.?m\b\.?)?(?:\s?(?:Z|UTC|GMT|CES?T"
    r"|[EPCM][SD]T|[+-]\d{2}:?\d{2}))?"
)
_DATE: Final = (
    rf"\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}(?:[T ,]{{1,2}}{_CLOCK})?"
    rf"|\d{{1,2}}([-/.])\d{{1,2}}\1\d{{2,4}}(?:[T ,]{{1,2}}{_CLOCK})?"
    rf"|(?:\d{{1,2}}(?:st|nd|rd|th|er|\.|º)?\s(?:of\s|de\s|d['\u2019])?(?:{_MONTHS})\b\.?,?(?:\s(?:de\s"
    rf"|del\s)?\d{{4}})?)"
    rf"|(?:\b(?:{_MONTHS})\b\.?\s\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s\d{{4}})?)"
    rf"|(?:\b(?:{_MONTHS})\b\.?,?\s(?:of\s|de\s)?\d{{4}})"
)
_EXACT: Final = re.compile(rf"(?=[\djfmasond])(?<![\w./-])(?:{_DATE})(?![\w]|[-/]\d)", re.IGNORECASE)
_EXACT_PARTS: Final = re.compile(r"\d{1,4}")
_DAYS: Final = (
    "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonnabend|"
    "Sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo|"
    "lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag"
)
_WEEKDAY: Final = re.compile(rf"(?<!\w)(?:{_DAYS})s?(?!\w)", re.IGNORECASE)
_TIME: Final = re.compile(rf"(?<![\w:.])(?:{_CLOCK}|(?:1[0-2]|[1-9])\s?[ap]\.?m\b\.?)(?![\w:])", re.IGNORECASE)
_YEAR: Final = re.compile(
    r"(?<![\w.,/:$€£#%+*=-])(?:1[89]\d{2}|20[0-4]\d)(?:[-\u2013—/](?:\d{4}|\d{2}))?(?!\w|[.,:/-]\d|\s?[%€$£°])"
)
_CLOCKED: Final = re.compile(r"\d:\d|\d\s?[ap]\.?m", re.IGNORECASE)
# A number this size is a year after such a word, or where it stands in brackets or ends a clause.
_YEAR_SAID: Final = re.compile(
    r"(?:\b(?:in|of|since|from|until|till|by|before|after|during|year|between|and|to|for|the|around|circa|early|late"
    r"|mid|"
    r"summer|winter|spring|autumn|fall|class|founded|established|released|born|died|en|dès|depuis|année|im|seit|"
    r"jahr|bis|vor|nach|desde|hasta|año|dal|nel|anno|sinds|jaar|sedan|år)\b|[(\[\u2013—,©]|^)\s?\Z",
    re.IGNORECASE,
)  # fmt: skip
_YEAR_COUNTS: Final = re.compile(
    r"\s(?:users?|people|items?|rows?|records?|bytes?|[kmg]b|px|points?|rep|votes?|times|words|lines|euros?|dollars?"
    r"|meters?|km|kg|mah|rpm|watts?)\b",
    re.IGNORECASE,
)
_BIRTH: Final = re.compile(
    r"\bborn\b|\bd\.?o\.?b\b\.?|date of birth|birth ?(?:day|date)|\bbirth\b|\bnée?\b|date de naissance|naissance"
    r"|geboren|"
    r"\bgeb\b\.?|geburt|nacid[oa]|nacimiento|nat[oa] (?:il|a|nel)|nascita|nascid[oa]|nascimento|geboorte|fødd?t?\b|"
    r"född|syntynyt|syntymä|urodz|narozen|narodeni|született|születési|рожд|γεννη",
    re.IGNORECASE,
)
_BEFORE: Final = 32


def _exact(text: str) -> Iterator[Stretch]:
    for found in _EXACT.finditer(text):
        if _is_date(found[0]):
            yield _dated(text, found.start(), found.end(), "structured.date")


def _is_date(said: str) -> bool:
    """Whether the numbers of a date without words can be day, month and year."""
    if any(map(str.isalpha, said.partition("T")[0].partition(":")[0])):
        return True
    numbers = [int(each) for each in _EXACT_PARTS.findall(said)[:3]]
    first, *_, last = numbers
    month_and_day = sorted(numbers[1:] if first > 99 else numbers[:2])  # noqa: PLR2004
    long = first if first > 99 else last  # noqa: PLR2004
    plausible = (long <= 99 and "." not in said) or 1800 <= long <= 2100  # noqa: PLR2004
    return 1 <= month_and_day[0] <= 12 and 1 <= month_and_day[1] <= 31 and plausible  # noqa: PLR2004


def _loose(text: str) -> Iterator[Stretch]:
    for found in _YEAR.finditer(text):
        before = text[max(0, found.start() - 16) : found.start()]
        if _YEAR_SAID.search(before) and not _YEAR_COUNTS.match(text, found.end()):
            yield _dated(text, found.start(), found.end(), "structured.date.year")
    if _CLOCKED.search(text):
        for found in _TIME.finditer(text):
            yield found.start(), found.end(), Pii.DATE_TIME, "structured.time"


def _weekdays(text: str) -> Iterator[Stretch]:
    for found in _WEEKDAY.finditer(text):
        yield found.start(), found.end(), Pii.DATE_TIME, "structured.date.weekday"


def _dated(text: str, start: int, end: int, rule: str) -> Stretch:
    if _BIRTH.search(text, max(0, start - _BEFORE), start):
        return start, end, Pii.DATE_OF_BIRTH, f"structured.birth{rule.removeprefix('structured')}"
    return start, end, Pii.DATE_TIME, rule


_LONE: Final = re.compile(
    r"(?<![\w.,:/$€£#+-])(?:1[01]\d|\d{1,2})(?![\w%€$£°]|[.,:/]\d)|(?<!\d)\d{1,2}(?=st|nd|rd|th|y/?o|yrs?\b|-jähr)"
)
_AGE_AFTER: Final = re.compile(
    r"[ -]?(?:years?|yrs?)[ -](?:old|of age)|[ -]?y/?o\b| ans\b(?! d)| jahre alt|-jährig"
    r"| años(?: de edad)?\b(?! de exp)"
    r"| anni\b(?! di)| anos de idade| jaar oud| år gammel| år gammal| lat\b(?! do)|(?:st|nd|rd|th) birthday",
    re.IGNORECASE,
)
_AGE_BEFORE: Final = re.compile(
    r"(?:\baged?|\bturn(?:ed|s|ing)?(?: the age of| age)?|\bat (?:the )?age(?: of)?|\bage(?: is|:| of|=)|"
    r"celebrat\w+ (?:my|his|her|their)|\balter:?|\bâge:?|\bedad:?) ?\Z",
    re.IGNORECASE,
)
_AGE_MAYBE: Final = re.compile(
    r"\b(?:I['\u2019]?m|I am|he['\u2019]?s|he is|she['\u2019]?s|she is|who is|ich bin|j['\u2019]ai|tengo"
    r"|tiene|ho|is only|(?:just"
    r"|be) turned|"
    r"(?:I|he|she|they)(?:['\u2019]ll| will)(?: soon)? be|is (?:just|over|under|almost|nearly)) \Z",
    re.IGNORECASE,
)
_AGE_ENDS: Final = re.compile(
    r"\s*(?:[.,!?;)]|$|(?:and|or|years?|now|but|when|today|yesterday|this|next|last)\b)", re.IGNORECASE
)
_AGE_REACH: Final = 24


def _ages(text: str) -> Iterator[Stretch]:
    for found in _LONE.finditer(text):
        before = text[max(0, found.start() - _AGE_REACH) : found.start()]
        if (
            _AGE_AFTER.match(text, found.end())
            or _AGE_BEFORE.search(before)
            or (_AGE_MAYBE.search(before) and _AGE_ENDS.match(text, found.end()))
        ):
            yield found.start(), found.end(), Pii.AGE, "structured.age"


EXACT_DATE: Final = Rule(
    "[0-9]",
    _exact,
    also=rf"(?-u:[0-9]{{1,4}}[-/.][0-9]{{1,2}}[-/.][0-9])|[0-9](?:st|nd|rd|th|er|\.|º)?\s(?:of\s|de\s"
    rf"|d['\u2019])?(?i:{_MONTHS})"
    rf"|(?i:{_MONTHS})[.,]?\s(?:of\s|de\s)?[0-9]",
)
LOOSE_DATE: Final = Rule(
    "[0-9]", _loose, also=r"(?-u:\b(?:1[89]|20)[0-9]{2}\b)|(?-u:[0-9]:[0-5][0-9])|(?-u:[0-9] ?[aApP]\.?[mM])"
)
WEEKDAY: Final = Rule(
    rf"(?i:{_DAYS})",
    _weekdays,
)
AGE: Final = Rule(
    "[0-9]",
    _ages,
    also=r"[0-9][ -]?(?i-u:years?|yrs?|y/?o)|[0-9] ?-?(?i:ans|jahre|jährig|años|anni|anos|jaar|år|lat)(?-u:\b)|"
    r"(?i:age|aged|turn|turned|turns|turning|of|my|his|her|their|be|only|just|over|under|almost|nearly|alter|âge"
    r"|edad|am|m|s|is|bin|ai|"
    r"tengo|tiene|ho):?=? ?[0-9]{2}|[0-9](?i-u:st|nd|rd|th) (?i-u:birthday)",
)
