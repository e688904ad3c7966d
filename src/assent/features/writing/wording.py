# ruff: noqa: E501 - lists of alternatives read better unbroken
"""Words as they are compared: one spelling for case, accents, possessives and endings; numbers and dates by value."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

_WORD: Final = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_](?:[\w]|[’'&.+#-](?=[^\W_]))*[+#]*", re.UNICODE)  # noqa: RUF001
_ENDINGS: Final = ("en", "es", "em", "s", "n", "e")
"""Of inflection alone: who designs is no designer, and who studied nursing no nurse."""
_LEAST_STEM: Final = 4

_UNITS: Final = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn "
    "siebzehn achtzehn neunzehn zwanzig",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept "
    "dix-huit dix-neuf vingt",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis "
    "diecisiete dieciocho diecinueve veinte",
    "nl": "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien "
    "zeventien achttien negentien twintig",
}
_LARGER: Final = {
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100,
    "hundreds": 100, "thousand": 1000, "thousands": 1000, "million": 10**6, "millions": 10**6, "billion": 10**9,
    "dozen": 12, "dozens": 12, "half": 0.5, "third": 1 / 3, "quarter": 0.25, "double": 2, "doubled": 2, "twice": 2,
    "tripled": 3, "triple": 3, "halved": 0.5, "decade": 10, "decades": 10, "dreißig": 30, "vierzig": 40, "fünfzig": 50,
    "sechzig": 60, "siebzig": 70, "achtzig": 80, "neunzig": 90, "hundert": 100, "hunderte": 100, "tausend": 1000,
    "tausende": 1000, "millionen": 10**6, "dutzend": 12, "hälfte": 0.5, "halbiert": 0.5, "drittel": 1 / 3,
    "viertel": 0.25, "fünftel": 0.2, "verdoppelt": 2, "doppelt": 2, "verdreifacht": 3, "jahrzehnt": 10, "jahrzehnte": 10,
    "jahrzehnten": 10, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "cent": 100, "mille": 1000,
    "moitié": 0.5, "tiers": 1 / 3, "quart": 0.25, "doublé": 2, "douzaine": 12, "treinta": 30, "cuarenta": 40,
    "cincuenta": 50, "sesenta": 60, "cien": 100, "mil": 1000, "mitad": 0.5, "tercio": 1 / 3, "cuarto": 0.25,
    "duplicado": 2, "docena": 12, "décadas": 10, "década": 10,
}  # fmt: skip
_NOT_NUMBERS: Final = frozenset("one eins un uno een null nul onze once".split())
"""Also pronouns, articles or other words."""
_COUNTS_BEFORE: Final = frozenset({"onze", "once"})
"""Numbers beside a word that they can count."""
_UNIT_CLASSES: Final = {
    "year": "year", "years": "year", "jahr": "year", "jahre": "year", "jahren": "year", "an": "year", "ans": "year",
    "année": "year", "années": "year", "año": "year", "años": "year", "jaar": "year", "month": "month",
    "months": "month", "monat": "month", "monate": "month", "monaten": "month", "mois": "month", "mes": "month",
    "meses": "month", "week": "week", "weeks": "week", "woche": "week", "wochen": "week", "semaine": "week",
    "semaines": "week", "semana": "week", "semanas": "week", "percent": "percent", "prozent": "percent", "%": "percent",
    "pourcent": "percent", "people": "people", "personen": "people", "leute": "people", "leuten": "people",
    "menschen": "people", "mitarbeitende": "people", "mitarbeiter": "people", "mitarbeitenden": "people",
    "mitarbeitern": "people", "personnes": "people", "personas": "people", "persons": "people", "employees": "people",
}  # fmt: skip
_COUNTED: Final = re.compile(r"\s*(%|[^\W\d_]+)?")


@dataclass(frozen=True, slots=True)
class Word:
    """A word and where it stands. Args: key: what equal words have in common. Unit: code points."""

    text: str
    key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Number:
    """A number and what it counts: a class of units, the key of the next word, or nothing."""

    value: float
    unit: str
    start: int
    end: int

    @property
    def is_year(self) -> bool:
        """Whether it reads as a year of our time."""
        return self.unit == "date"


def length_of(text: str) -> int:
    """How many words stand between the spaces of a text; signs alone are none."""
    return sum(1 for each in text.split() if any(letter.isalnum() for letter in each))


def words_in(text: str) -> Iterator[Word]:
    """The words of a text, in order."""
    for found in _WORD.finditer(text):
        yield Word(found[0], key_of(found[0]), found.start(), found.end())


@cache
def plain(word: str) -> str:
    """The word without case, accents and possessive."""
    shown = unicodedata.normalize("NFKD", word.replace("’", "'")).casefold()  # noqa: RUF001 - as people type it
    shown = "".join(each for each in shown if not unicodedata.combining(each))
    return shown.removesuffix("'s").removesuffix("'")


@cache
def key_of(word: str) -> str:
    """What a word has in common with its other forms: endings are cut as long as four letters stay."""
    key = plain(word)
    if not key.isalpha():
        return key
    for ending in _ENDINGS:
        if key.endswith(ending) and len(key) - len(ending) >= _LEAST_STEM:
            return key[: -len(ending)]
    return key


def keys_of(text: str) -> tuple[str, ...]:
    """The keys of a text's words."""
    return tuple(word.key for word in words_in(text))


def numbers_in(text: str) -> Iterator[Number]:
    """Every number of a text, in digits and in words of five languages, with what it counts."""
    for word in words_in(text):
        value = _value_of(word.text)
        if value is None:
            continue
        after = _COUNTED.match(text, word.end)
        following = (after[1] or "").casefold() if after else ""
        if word.text.casefold() in _COUNTS_BEFORE and following not in _UNIT_CLASSES:
            continue
        if word.text.isdecimal() and 1900 <= value <= 2100 and len(word.text) == 4 and following != "%":  # noqa: PLR2004
            yield Number(value, "date", word.start, word.end)
        else:
            unit = _UNIT_CLASSES.get(following, key_of(following) if following else "")
            yield Number(value, unit, word.start, word.end)


def _value_of(word: str) -> float | None:
    if word[0].isdecimal():
        return _digits(word)
    low = word.casefold()
    if low in _NOT_NUMBERS and low not in _COUNTS_BEFORE:
        return None
    parts = low.split("-")
    values = [_spelled().get(part) for part in parts]
    if low in _spelled():
        return _spelled()[low]
    if len(parts) == 2 and None not in values:  # noqa: PLR2004
        return sum(each for each in values if each is not None)
    return None


def _digits(word: str) -> float:
    if re.fullmatch(r"\d{1,3}([.,]\d{3})+", word):
        return float(re.sub(r"[.,]", "", word))
    try:
        return float(word.replace(",", ".").replace(":", "."))
    except ValueError:
        return float(re.sub(r"\D", "", word)[:15])


@cache
def _spelled() -> Mapping[str, float]:
    spelled: dict[str, float] = {}
    for words in _UNITS.values():
        spelled |= {word: float(value) for value, word in enumerate(words.split())}
    return spelled | {word: float(value) for word, value in _LARGER.items()}
