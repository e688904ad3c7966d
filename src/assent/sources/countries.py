"""A country from a location as people type it, or nothing: a wrong country is worse than none.

What decides, reading the comma-separated parts from the last to the first:

1. a country or territory by name, in one of `LANGUAGES` (CLDR) or in English (ISO 3166), accents and case
   folded, or by a common alias (`UK`, `Holland`);
2. a state or province of the United States, Canada, Australia or Brazil by its full name (`Omaha, Nebraska`),
   or, as the last part, by a code that means nothing else (`Winston-Salem, NC`, not `Atlanta, GA`);
3. an upper-case ISO code as the last of several parts, when no state or province shares it.

Two different countries in one text, or alternatives (`UK, France and others`), are unknown, except that a
territory with a code of its own wins over its sovereign (`Saint-Denis, La Réunion, France` is `RE`).
There is no list of cities: `Paris` alone may be the one in Texas, and stays unknown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache

import pycountry
from babel import Locale

from assent.vocabulary.identifiers import RegionCode
from assent.vocabulary.regions import REGION_CODES

LANGUAGES = (
    "ar bg ca cs da de el en es et eu fa fi fil fr ga he hi hr hu id is it ja ko lt lv nb nl pl pt ro ru sk sl "
    "sr sv tr uk zh zh_Hant"
).split()
"""Languages whose names of countries are understood. Left out are those with names of two or three letters."""

ALIASES: Mapping[str, str] = {
    "uk": "GB", "great britain": "GB", "britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
    "northern ireland": "GB", "angleterre": "GB", "ecosse": "GB", "pays de galles": "GB", "grande bretagne": "GB",
    "inglaterra": "GB", "escocia": "GB", "schottland": "GB", "grossbritannien": "GB", "irlande du nord": "GB",
    "gran bretagna": "GB", "inghilterra": "GB", "usa": "US", "us": "US", "etats unis d amerique": "US",
    "estados unidos de america": "US", "vereinigte staaten von amerika": "US", "holland": "NL", "hollande": "NL",
    "czech republic": "CZ", "republique tcheque": "CZ", "tschechische republik": "CZ", "republica checa": "CZ",
    "ivory coast": "CI", "eire": "IE", "republic of ireland": "IE", "uae": "AE", "hong kong": "HK",
    "hongkong": "HK", "macau": "MO", "macao": "MO", "burma": "MM", "birmanie": "MM", "cape verde": "CV",
    "east timor": "TL", "swaziland": "SZ", "vatican": "VA", "palestine": "PS", "la reunion": "RE",
    "ile de la reunion": "RE", "nouvelle caledonie": "NC", "france metropolitaine": "FR", "prc": "CN",
    "russian federation": "RU", "republic of korea": "KR", "viet nam": "VN", "turkey": "TR",
}  # fmt: skip
"""Common names that neither CLDR nor ISO lists, folded. The parts of the United Kingdom count as the whole."""

AMBIGUOUS = frozenset({"georgia", "georgie", "island", "granada", "congo", "kongo", "macedonia", "macedoine"})
"""Folded names that are also a state, a region, a city, a word or two countries: never a country here."""

TERRITORIES: Mapping[str, frozenset[str]] = {
    "AU": frozenset({"CC", "CX", "HM", "NF"}),
    "CN": frozenset({"HK", "MO", "TW"}),
    "DK": frozenset({"FO", "GL"}),
    "FI": frozenset({"AX"}),
    "FR": frozenset({"BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "TF", "WF", "YT"}),
    "GB": frozenset({"AI", "BM", "FK", "GG", "GI", "GS", "IM", "IO", "JE", "KY", "MS", "PN", "SH", "TC", "VG"}),
    "NL": frozenset({"AW", "BQ", "CW", "SX"}),
    "NO": frozenset({"BV", "SJ"}),
    "NZ": frozenset({"CK", "NU", "TK"}),
    "US": frozenset({"AS", "GU", "MP", "PR", "UM", "VI"}),
}
"""By sovereign, the places that have a code and often rules of their own."""

_STATED = ("US", "CA", "AU", "BR")
_SHARED = ("US", "CA", "AU", "BR", "CH", "IN", "IT")
_STATES_DESPITE_COUNTRY = frozenset({"KY", "NC", "VA"})
"""State codes that are also countries', where the state has at least thirty times their people."""
_COUNTRIES_DESPITE_STATE = frozenset({"CN", "CZ", "FR", "GR", "KR", "PT"})
"""The reverse: country codes shared only with an Italian or Swiss region of less than a thirtieth of their people."""
_STATE_NAMES_ELSEWHERE = frozenset({"georgia", "victoria", "para", "acre", "amazonas", "santa catarina", "parana"})
_CODES_THAT_ARE_WORDS = frozenset({"AND", "COL", "EST", "IND"})
"""Alpha-3 codes that also stand for a word, a Mexican state, a time zone or a state of the United States."""
_SHORTEST_NAME = 4

_PARTS = re.compile(r"[,()|]|\s[-–—·]\s")  # noqa: RUF001
_ALTERNATIVES = re.compile(r"[/;&+→]|\b(?:and|or|et|ou|und|oder|y|o|e)\b", re.IGNORECASE)


def country_of(location: str | None) -> RegionCode | None:
    """The ISO 3166-1 alpha-2 code that a typed location certainly names, or None."""
    if not location or ";" in location:
        return None
    whole = _named(location)
    if whole:
        return RegionCode(whole)
    parts = [part.strip() for part in _PARTS.split(location) if part.strip()]
    decided = _decide(parts)
    if decided is None:
        return None
    return _agreed(decided, {code for part in parts for code in _names_in(part)})


def _decide(parts: list[str]) -> str | None:
    for place, part in reversed(list(enumerate(parts))):
        found = _named(part) or _state_names().get(_fold(part))
        if found is None and place == len(parts) - 1 and place > 0:
            found = _coded(part)
        if found or _ALTERNATIVES.search(part):
            return found
    return None


def _agreed(decided: str, named: set[str]) -> RegionCode | None:
    others = named - {decided}
    if not others:
        return RegionCode(decided)
    if len(others) == 1:
        other = others.pop()
        if other in TERRITORIES.get(decided, ()):
            return RegionCode(other)
        if decided in TERRITORIES.get(other, ()):
            return RegionCode(decided)
    return None


def _names_in(part: str) -> Iterator[str]:
    whole = _named(part)
    for piece in [part] if whole else _ALTERNATIVES.split(part):
        found = _named(piece)
        if found:
            yield found


def _named(part: str) -> str | None:
    return _country_names().get(_fold(part))


def _coded(part: str) -> str | None:
    """The country of a code such as `NC`, `NY 10001`, `D.C.` or `FRA`."""
    code = re.sub(r"[.\s]|\d+(?:-\d+)?$", "", part)
    state = _state_codes().get(code)
    if state:
        return state
    if len(code) == len("FR"):
        return code if code in REGION_CODES - _codes_shared_with_states() else None
    country = None if code in _CODES_THAT_ARE_WORDS else pycountry.countries.get(alpha_3=code)
    return str(country.alpha_2) if country and code.isupper() else None


def _fold(text: str) -> str:
    """Lower case without accents, dots, digits or a leading article; every other mark is one space."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    words = re.sub(r"[\W_\d]+", " ", plain.casefold().replace(".", "")).strip()
    return words.removeprefix("the ")


@cache
def _country_names() -> Mapping[str, str]:
    found: dict[str, set[str]] = {}
    for language in LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if code in REGION_CODES:
                found.setdefault(_fold(name), set()).add(code)
    for country in pycountry.countries:
        for kind in ("name", "official_name", "common_name"):
            found.setdefault(_fold(getattr(country, kind, country.name)), set()).add(country.alpha_2)
    names = {name: codes.pop() for name, codes in found.items() if len(codes) == 1 and _is_telling(name)}
    return names | dict(ALIASES)


def _is_telling(name: str) -> bool:
    return name not in AMBIGUOUS and (len(name) >= _SHORTEST_NAME or not name.isascii())


@cache
def _state_names() -> Mapping[str, str]:
    found: dict[str, set[str]] = {}
    for country in _STATED:
        for state in pycountry.subdivisions.get(country_code=country):
            found.setdefault(_fold(state.name), set()).add(country)
    return {
        name: codes.pop()
        for name, codes in found.items()
        if len(codes) == 1 and name not in _STATE_NAMES_ELSEWHERE and name not in _country_names()
    }


@cache
def _state_codes() -> Mapping[str, str]:
    found: dict[str, set[str]] = {}
    for country in _STATED:
        for state in pycountry.subdivisions.get(country_code=country):
            found.setdefault(state.code.removeprefix(f"{country}-"), set()).add(country)
    return {
        code: countries.pop()
        for code, countries in found.items()
        if len(countries) == 1 and (code not in REGION_CODES or code in _STATES_DESPITE_COUNTRY)
    }


@cache
def _codes_shared_with_states() -> frozenset[str]:
    shared = {
        state.code.partition("-")[2]
        for country in _SHARED
        for state in pycountry.subdivisions.get(country_code=country)
    }
    return frozenset(shared - _COUNTRIES_DESPITE_STATE)


def similar_countries(text: str, *, most: int = 3) -> tuple[tuple[str, RegionCode], ...]:
    """Countries somebody may have meant who typed something that names none, the likeliest first."""
    english = {code: name for code, name in Locale.parse("en").territories.items() if code in REGION_CODES}
    folded = _fold(text[:80])
    close = get_close_matches(folded, list(_country_names()), n=3 * most, cutoff=0.6)
    same = [code for code, name in english.items() if _fold(name) == folded]
    codes = dict.fromkeys([*same, *(_country_names()[name] for name in close)])
    return tuple((english[code], RegionCode(code)) for code in codes if code in english)[:most]
