"""National ids: those whose check says enough stand alone, the others need a word near them that says what they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from stdnum import luhn
from stdnum.at import vnr
from stdnum.be import nn
from stdnum.bg import egn
from stdnum.ca import sin
from stdnum.ch import ssn as ahv
from stdnum.cz import rc
from stdnum.de import idnr
from stdnum.dk import cpr
from stdnum.ee import ik
from stdnum.es import dni, nie
from stdnum.fi import hetu
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.gr import amka
from stdnum.hr import oib
from stdnum.ie import pps
from stdnum.is_ import kennitala
from stdnum.it import codicefiscale
from stdnum.lt import asmens
from stdnum.nl import bsn
from stdnum.no import fodselsnummer
from stdnum.pl import pesel
from stdnum.pt import cc
from stdnum.pt import nif as pt_nif
from stdnum.ro import cnp
from stdnum.se import personnummer
from stdnum.si import emso
from stdnum.us import itin
from stdnum.us import ssn as us_ssn

from assent.curation.redact.structured.rule import Rule, Stretch
from assent.vocabulary.curation import Pii

_Check = Callable[[str], object]
_START: Final = re.compile(r"(?<![\w.@/-])(?:[A-Z]{1,6}[ -]?)?\d", re.IGNORECASE)
_LONGEST: Final = 24
_LEAST_DIGITS: Final = 6
_DAY: Final = r"(?:0[1-9]|[12]\d|3[01])"
_MONTH: Final = r"(?:0[1-9]|1[0-2])"


def _is_hkid(said: str) -> bool:
    """The check digit of a Hong Kong identity card fits."""
    plain = re.sub(r"[()\s]", "", said.upper())
    letters = plain[:-7].rjust(2)
    values = [36 if each == " " else int(each, 36) for each in letters] + [int(each, 36) for each in plain[-7:]]
    return sum(value * weight for value, weight in zip(values, range(9, 0, -1), strict=True)) % 11 == 0


_ALONE: Final[list[tuple[str, re.Pattern[str], _Check]]] = [
    (name, re.compile(rf"(?:{pattern})(?![\w@]|[-./]\d)", re.IGNORECASE), check)
    for name, pattern, check in (
        ("us_ssn", r"\d{3}([- ])\d{2}\1\d{4}", us_ssn.is_valid),
        ("us_itin", r"9\d{2}([- ])\d{2}\1\d{4}", itin.is_valid),
        ("it_codice_fiscale", r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]", codicefiscale.is_valid),
        ("es_dni", r"\d{8}[- ]?[A-Z]", dni.is_valid),
        ("es_nie", r"[XYZ][- ]?\d{7}[- ]?[A-Z]", nie.is_valid),
        ("ch_ahv", r"756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}", ahv.is_valid),
        ("fr_nir", r"[12] ?\d{2} ?\d{2} ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}", nir.is_valid),
        ("fi_hetu", r"\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]", hetu.is_valid),
        ("be_nn", r"\d{2}[. ]?\d{2}[. ]?\d{2}[- .]?\d{3}[. ]?\d{2}", nn.is_valid),
        ("no_fodselsnummer", r"\d{6} ?\d{5}", fodselsnummer.is_valid),
        ("se_personnummer", r"(?:\d{2})?\d{6}[-+]\d{4}", personnummer.is_valid),
        ("dk_cpr", r"\d{6}-\d{4}", cpr.is_valid),
        ("is_kennitala", r"\d{6}-\d{4}", kennitala.is_valid),
        ("cz_sk_rc", r"\d{6}/\d{3,4}", rc.is_valid),
        ("lv_pk", rf"{_DAY}{_MONTH}\d{{2}}-[012]\d{{4}}", lambda _said: True),
        ("ro_cnp", r"[1-9]\d{12}", cnp.is_valid),
        ("si_emso", r"\d{13}", emso.is_valid),
        ("pt_cc", r"\d{8} ?\d ?[A-Z]{2}\d", cc.is_valid),
        (
            "gb_nino",
            r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]",
            lambda _said: True,
        ),
        ("hk_id", r"[A-Z]{1,2}\d{6}\([0-9A]\)", _is_hkid),
    )
]
_WITH_WORDS: Final[list[tuple[str, re.Pattern[str], _Check]]] = [
    (name, re.compile(rf"(?:{pattern})(?![\w@]|[-./]\d)", re.IGNORECASE), check)
    for name, pattern, check in (
        ("pl_pesel", r"\d{11}", pesel.is_valid),
        ("de_idnr", r"\d{2} ?\d{3} ?\d{3} ?\d{3}", idnr.is_valid),
        ("at_vnr", r"\d{4} ?\d{6}", vnr.is_valid),
        ("nl_bsn", r"\d{4}[. ]?\d{2}[. ]?\d{3}", bsn.is_valid),
        ("gb_nhs", r"\d{3}[- ]?\d{3}[- ]?\d{4}", nhs.is_valid),
        ("ca_sin", r"\d{3}[- ]?\d{3}[- ]?\d{3}", sin.is_valid),
        ("bg_egn", r"\d{10}", egn.is_valid),
        ("gr_amka", r"\d{11}", amka.is_valid),
        ("hr_oib", r"\d{11}", oib.is_valid),
        ("ee_lt_ik", r"\d{11}", lambda said: ik.is_valid(said) or asmens.is_valid(said)),
        ("ie_pps", r"\d{7}[A-W][A-IW]?", pps.is_valid),
        ("pt_nif", r"\d{9}", pt_nif.is_valid),
        ("hk_id", r"[A-Z]{1,2} ?\d{6} ?\(?[0-9A]\)?", _is_hkid),
        ("lu_id", r"\d{13}", lambda said: luhn.is_valid(said[:12])),
    )
]
_ANY: Final = re.compile(r"(?:[A-Z]{1,3}[- ]?)?\d(?:[ ./-]?\d){5,18}(?:[A-Z]{1,2}|\([A0-9]\))?(?![\w@])", re.IGNORECASE)
_SAID: Final = re.compile(
    r"\bssn\b|social (?:security|insurance)|\bsin\b|\btax(?:payer)? ?(?:id|number|no)|\btin\b|national (?:id"
    r"|insurance|identi)"
    r"|\bnino\b|\bnhs\b|\bid(?:entity)? ?(?:card|number|no\b|#)|passport|passeport|reisepass|pasaporte|passaporto|"
    r"paspoort|personal(?:ausweis| code| number)|ausweis|\bpesel\b|\bbsn\b|burgerservice|personnummer|fødselsnummer|"
    r"cpr|henkilötunnus|steuer-?(?:id|nummer|identifik)|\bidnr\b|\bnif\b|\bnie\b|\bdni\b|codice fiscale|sécurité "
    r"sociale|\bnir\b|sozialversicherung|\bsvnr\b|\bahv\b|\bavs\b|rodné číslo|\boib\b|\begn\b|егн|\bcnp\b|\bamka\b"
    r"|αμκα|"
    r"isikukood|asmens kod|personas kods|kennitala|\bpps\b|\bhkid\b|\btaj\b|matricule|\bemšo\b|cartão de cidadão",
)
_DRIVER: Final = re.compile(
    r"driv(?:er|ing)['\u2019]?s?['\u2019]? ?licen[cs]e|\bdl ?(?:#|no|number)|permis de conduire"
    r"|führerschein|permiso de conducir|"
    r"patente di guida|rijbewijs|prawo jazdy|körkort|førerkort|kørekort|ajokortti|carta de condução",
    re.IGNORECASE,
)
_LICENCE: Final = re.compile(
    r"(?<![\w-])(?=[A-Z0-9-]{0,18}\d)[A-Z0-9]{1,18}(?:[ -][A-Z0-9]*\d[A-Z0-9]*){0,4}(?![\w-])", re.IGNORECASE
)
_DIGITS_OF_LICENCE: Final = 4
_BEFORE: Final = 48


def _ids(text: str) -> Iterator[Stretch]:
    for token in _START.finditer(text):
        start = token.start()
        if sum(map(str.isdecimal, text[start : start + _LONGEST])) < _LEAST_DIGITS:
            continue
        for at in {start, token.end() - 1}:
            found = _found(text, at)
            if found:
                yield at, *found


def _licences(text: str) -> Iterator[Stretch]:
    for word in _DRIVER.finditer(text):
        for found in _LICENCE.finditer(text, word.end(), min(len(text), word.end() + _BEFORE)):
            if sum(map(str.isdecimal, found[0])) >= _DIGITS_OF_LICENCE:
                yield found.start(), found.end(), Pii.NATIONAL_ID, "structured.national_id.driver_licence"
                break


def _found(text: str, start: int) -> tuple[int, Pii, str] | None:
    """Where the national id ends that begins here, and which it is; without a word that says so, only a sure one."""
    for name, pattern, check in _ALONE:
        found = pattern.match(text, start)
        if found and check(found[0]):
            return found.end(), Pii.NATIONAL_ID, f"structured.national_id.{name}"
    anything = _ANY.match(text, start)
    if anything is None or not _SAID.search(text[max(0, start - _BEFORE) : start].lower()):
        return None
    for name, pattern, check in _WITH_WORDS:
        found = pattern.match(text, start)
        if found and check(found[0]):
            return found.end(), Pii.NATIONAL_ID, f"structured.national_id.{name}"
    return anything.end(), Pii.NATIONAL_ID, "structured.national_id.said"


NATIONAL_ID: Final = Rule(
    "[0-9]",
    _ids,
    also=r"(?-u:[0-9]{6}|[0-9]{2,4}[-. /][0-9]{2,4}[-. /][0-9]{2,4}|[A-Za-z] ?[0-9]{2} [0-9]{2} [0-9]{2}"
    r"|[A-Za-z]{6}[0-9]{2}[A-Za-z])",
)
LICENCE: Final = Rule(
    "[0-9]",
    _licences,
    also=r"(?i:driv[a-z]+['\u2019]?s?['\u2019]? ?licen|dl ?(?:#|no|number)|permis|führersch|patente|rijbew"
    r"|prawo j|kort|conduç)",
)
