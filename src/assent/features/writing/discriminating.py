# ruff: noqa: E501 - lists of alternatives read better unbroken
"""Where a job, a search or a message asks for people by what the law protects, in four languages.

Finds words; judges no intent. What it finds is refused with the law that speaks of it; what it does not find is not
thereby lawful.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Ground(StrEnum):
    """What people may not be chosen by."""

    AGE = "age"
    SEX = "sex"
    ORIGIN = "origin"
    RELIGION = "religion"
    DISABILITY = "disability"
    ORIENTATION = "orientation"
    FAMILY = "family"


LAWS: Final = {
    Ground.AGE: "EU Directive 2000/78/EC; US Age Discrimination in Employment Act (ADEA)",
    Ground.SEX: "EU Directive 2006/54/EC; US Civil Rights Act, Title VII",
    Ground.ORIGIN: "EU Directive 2000/43/EC; US Civil Rights Act, Title VII",
    Ground.RELIGION: "EU Directive 2000/78/EC; US Civil Rights Act, Title VII",
    Ground.DISABILITY: "EU Directive 2000/78/EC; US Americans with Disabilities Act, Title I",
    Ground.ORIENTATION: "EU Directive 2000/78/EC; US Civil Rights Act, Title VII",
    Ground.FAMILY: "EU Directive 2006/54/EC; US Pregnancy Discrimination Act",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A place that chooses people by a ground. Unit: code points."""

    ground: Ground
    text: str
    start: int
    end: int

    @property
    def reason(self) -> str:
        """One line that names the law."""
        return f"chooses people by {self.ground} ({LAWS[self.ground]})"


_PEOPLE_EN: Final = (
    r"(?:candidates?|applicants?|people|persons?|workers?|employees?|staff|graduates?|team members?|developers?|engineers?|nurses?|"
    r"waiters?|waitress(?:es)?|assistants?|drivers?|sales\w+|secretar(?:y|ies)|receptionists?|professionals?|hires?|men|man|women|woman|"
    r"guys?|lads?|ladies|lady|girls?|boys?|males?|females?|mothers?|fathers?)"
)
_HIRED_EN: Final = (
    _PEOPLE_EN.replace("people|persons?|", "")
    .replace("staff|", "")
    .replace("(?:candidates?", "(?:blokes?|chaps?|gents?|gentlem[ae]n|candidates?")
)
"""Whom a job is for; `young people` may as well be those who are served."""
_CHOOSING_EN: Final = r"(?:only|just|exclusively|prefer(?:ably|red|ring|ence for)?|looking for|seek(?:ing)?|want(?:ed|s)?|need(?:ed|s)?|hir(?:e|ing)|recruit(?:ing)?|search(?:ing)? for|find me)"
_ORIGINS_EN: Final = (
    r"(?:white|black|asian|african|european|caucasian|latino|latina|hispanic|arab|indian|chinese|polish|turkish|romanian|roma|gypsy|"
    r"british|german|french|american|foreign|non-foreign|immigrant|native[- ]born)"
)
_FAITHS_EN: Final = r"(?:christian|muslim|jewish|hindu|catholic|protestant|buddhist|atheist|sikh)"
_PATTERNS: Final = {
    Ground.AGE: (
        rf"\b(?:young|younger|youthful|old|older|elderly|middle-aged)\s+(?:\w+\s+){{0,2}}?{_HIRED_EN}\b",
        rf"\b{_CHOOSING_EN}\s+(?:\w+\s+){{0,2}}?(?:young|younger|youthful|old|older|elderly|middle-aged)\s+(?:\w+\s+)?(?:people|persons?|staff|adults?)\b",
        r"\b(?:young|older|elderly) (?:people|persons?|adults?|staff) (?:only|preferred|wanted)\b|\bin (?:his|her|their) (?:early |mid |late )?(?:twenties|thirties|forties|fifties|\d0s)\b",
        r"\b(?:young|youthful) (?:and|&) (?:dynamic|energetic|hungry)\b|\bdigital natives? only\b|\bno (?:one )?(?:over|older than) \d\d\b",
        r"\b(?:under|below|younger than|not older than|at most|max(?:imum)?\.?|up to) (?:the age of )?\d\d(?: years)?(?: of age| old)\b",
        r"\b(?:under|over|below|above|max(?:imum)?\.?) (?:the )?age(?: limit)?(?: of)?:? ?\d\d\b|\bage(?:d)?:? ?(?:between )?\d\d ?(?:-|–|to|and) ?\d\d\b",  # noqa: RUF001
        r"\b(?:candidates?|applicants?|people|women|men|girls|boys|lads|guys|blokes|ladies|gentlemen|nobody|no one|only) (?:under|over|below|above) (?:\d\d|twenty|thirty|forty|fifty)\b",
        r"\b(?:junge[rnms]?|jüngere[rnms]?|ältere[rnms]?) (?:\w+ ){0,2}?(?:männer|frauen|frau|mann|bewerber\w*|mitarbeiter\w*|kolleg\w*|damen|herren|kraft|kräfte|talente)\b|\b(?:such(?:en|t)|gesucht|nur|bevorzugt|ausschließlich) (?:\w+ ){0,2}?(?:junge|jüngere)[rnms]? (?:leute|menschen)\b|\bjugendliche\w* (?:männer|frauen|bewerber\w*)\b|\bunter \d\d(?: jahren?)? sein\b",
        r"\b(?:höchstens|maximal|nicht älter als|unter|bis) \d\d(?: jahren?)?(?: alt)?\b(?= jahre|,|\.| alt|$)|\bjunges,? dynamisches team\b|\baltersgrenze\b",
        r"\bjeunes? (?:\w+ ){0,1}?(?:hommes?|femmes?|candidate?s?|diplômée?s?|gens|filles?|collaborat\w+)\b|\b(?:moins|plus) de \d\d ans\b(?! d'exp)",
        r"\b(?:hombres?|mujeres|mujer|chic[oa]s?|candidat[oa]s?|personas?|gente) jóv?[eo]n(?:es)?\b|\bjóven(?:es)?\b|\b(?:menor(?:es)?|mayor(?:es)?) de \d\d\b",
    ),
    Ground.SEX: (
        r"\b(?:only|just|exclusively|prefer(?:ably|red|ring)?|looking for|seek(?:ing)?|want(?:ed)?|need(?:ed)?|find(?: me)?|search(?:ing)? for|hire|hiring)\s+(?:an? |the |some |only )?(?:\w+\s+){0,2}?(?:men|man|women|woman|males?|females?|ladies|lady|girls?|boys?|guys?|lads?|blokes?|gentlem[ae]n)\b(?!['\u2019]s)",
        r"\b(?:men|women|males?|females?|ladies|girls|boys|guys|gentlemen)\s+(?:only|preferred|wanted|need not apply)\b|\bno (?:men|women|girls|ladies|females|males)\b",
        r"\byoung (?:men|man|women|woman|ladies|lady|girls?|boys?|guys?)\b|\b(?:must be|(?:ideal|perfect|right) (?:candidate|person|applicant|hire) (?:is|will be|would be)) (?:an? )?(?:young |strong |fit )?(?:man|woman|male|female|guy|girl|lady|bloke|lad)\b|\b(?:fe)?male (?:\w+ )?(?:candidates?|applicants?|only|preferred|nurses?|colleagues?|secretar(?:y|ies)|assistants?|receptionists?|graduates?|drivers?|waiters?|engineers?|developers?|workers?)\b|\bsex: ?(?:fe)?male\b|\bgender: ?(?:fe)?male\b",
        r"\b(?:nur|ausschließlich|bevorzugt|suchen?|gesucht(?: wird)?:?|am liebsten|keine)\s+(?:eine?n? )?(?:\w+ ){0,2}?(?:männer|frauen|mann|frau|damen?|herren|mädchen|jungs?)\b|\b(?:männliche[rn]?|weibliche[rn]?) (?:bewerber\w*|mitarbeiter\w*|kolleg\w*|kraft|kräfte)\b|\b(?:männlich|weiblich),? \d\d\b|\b(?:nur|bevorzugt) (?:männlich|weiblich)\b|\bjunge[rn]? (?:männer|frauen|mann|frau|damen?|herren)\b",
        r"\b(?:uniquement|seulement|de préférence|cherch\w+|recherch\w+|pas de)\s+(?:une? |des |de )?(?:jeunes? )?(?:hommes?|femmes?|filles?|garçons?)\b|\bjeunes? (?:hommes?|femmes?|filles?)\b",
        r"\b(?:solo|solamente|únicamente|preferiblemente|preferentemente|busc\w+|sin)\s+(?:una? |un )?(?:hombres?|mujer(?:es)?|chic[oa]s?|señoritas?|varones|varón)\b|\b(?:hombres?|mujer(?:es)?|chic[oa]s?) j[óo]ven(?:es)?\b",
    ),
    Ground.ORIGIN: (
        rf"\b(?:only|just|exclusively|prefer(?:ably|red)?|no|not|without)\s+{_ORIGINS_EN}s?\b(?!\s+(?:language|skills?|speak|tax|law|market|accounting))",
        rf"\b{_ORIGINS_EN}\s+(?:candidates?|applicants?|people|men|women|guys?|girls?|nationals?|origin|background|only|preferred)\b",
        r"\bnative (?:english|german|french|spanish|\w+) speakers? only\b|\bno (?:foreigners|immigrants|migrants|refugees)\b|\bwhites? (?:only|preferred)\b|\bdeutsche staatsangehörige (?:nur|bevorzugt)\b|\bcitizens only\b",
        r"\b(?:nur|keine|bevorzugt) (?:deutsche[rn]?|ausländer\w*|migrant\w*|flüchtlinge|türk\w+|araber\w*|afrikan\w+|weiße[rn]?|einheimische[rn]?)\b(?! sprach| staat)|\bdeutschstämmig\w*\b|\bmuttersprachler (?:nur|zwingend)\b",
        r"\b(?:pas d[e']|uniquement des|seulement des) ?(?:étrangers?|immigrés?|arabes?|africains?|français de souche|noirs?|blancs?)\b|\bfrançais de souche\b",
        r"\b(?:no|sin|solo) (?:extranjer\w+|inmigrantes|español\w+|latin\w+|árabes|gitan\w+|blanc\w+|negr\w+)\b(?! nivel)",
    ),
    Ground.RELIGION: (
        rf"\b(?:only|no|not|prefer(?:ably|red)?|must be) (?:a |an )?{_FAITHS_EN}s?\b|\b{_FAITHS_EN} (?:candidates?|applicants?|only|preferred|people|men|women)\b",
        r"\b(?:no|without) (?:headscar(?:f|ves)|hijabs?|turbans?)\b|\b(?:ohne|kein) kopftuch\b|\b(?:nur|keine) (?:christ\w*|muslim\w*|jud\w*|juden|katholi\w+|evangelische?)\b",
        r"\bsans voile\b|\bpas de (?:musulmans?|juifs?|chrétiens?)\b|\b(?:solo|no) (?:cristian\w+|musulman\w+|judí\w+|católic\w+)\b",
    ),
    Ground.DISABILITY: (
        r"\b(?:no|not|without) (?:disabled|disabilit(?:y|ies)|handicap\w*|wheelchairs?|chronic(?:ally)? ill\w*)\b|\bable-bodied\b|\bin perfect health\b|\bhealthy (?:candidates?|people|men|women)\b",
        r"\b(?:keine|ohne) (?:behinder\w+|schwerbehinder\w+|chronisch kranke\w*)\b|\bkerngesund\w*\b|\bsans handicap\b|\bpas de handicap\w*\b|\bsin discapacidad\w*\b",
    ),
    Ground.ORIENTATION: (
        r"\b(?:no|not|only) (?:gays?|lesbians?|homosexuals?|queers?|trans\w*|straight|heterosexuals?)\b|\b(?:keine|nur) (?:schwule\w*|lesb\w*|homosexuelle\w*|heterosexuelle\w*)\b|\bpas d'homosexuels?\b|\bno homosexuales\b",
    ),
    Ground.FAMILY: (
        r"\b(?:no|without|not) (?:(?:small|young) )?(?:children|kids|mothers|pregnan\w+)\b(?! (?:on|at|in|are|is|under|may|allowed))|\bsingle (?:men|women|candidates?|people) only\b|\bnot planning (?:a family|children)\b|\bunmarried\b|\bchildless\b",
        r"\b(?:ohne|keine) (?:kinder|mütter|schwangere\w*|kinderwunsch|familie)\b|\bkinderlos\w*\b|\bunverheiratet\w*\b|\bledige\w* (?:bewerber\w*|frauen|männer)\b|\bsans enfants?\b|\bcélibataires? (?:uniquement|de préférence)\b|\bsin hijos\b|\bsolter[oa]s?\b",
    ),
}
_COMPILED: Final = {
    ground: tuple(re.compile(each, re.IGNORECASE) for each in some) for ground, some in _PATTERNS.items()
}
_AGAINST: Final = re.compile(
    r"\b(?:regardless of|irrespective of|without regard to|does not discriminate|do not discriminate|no discrimination|discriminat\w+|"
    r"women(?:'s)? (?:network|in tech)|equal opportunit\w+|unabhängig von|ungeachtet|gleichermaßen|sans distinction|quel que soit|"
    r"indépendamment|independientemente|sin distinción|sin importar)\b",
    re.IGNORECASE,
)
_ENDS: Final = ".!?;:,\n"
_NEAR: Final = 200
LONGEST_TEXT: Final = 1 << 20
_LOOKS_LIKE: Final = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0455\u0501\u2014\u2013\u2011\u2010-", "aeopcyxisd     "
)
"""Letters of other scripts that look like Latin ones, and dashes; each stands for one, so that places stay."""
_ZERO_IN_WORD: Final = re.compile(r"(?<=[A-Za-z])0(?=[A-Za-z])")


def discriminating(text: str) -> tuple[Found, ...]:
    """Every place where a text chooses people by what the law protects, in order; of overlapping ones the longest.

    A clause that says such a ground does not matter is none. Cost: linear; of longer texts the first megabyte is read.
    """
    text = text[:LONGEST_TEXT]
    read = _ZERO_IN_WORD.sub("o", text.translate(_LOOKS_LIKE))
    found = [*_all(text), *(_all(read) if read != text else ())]
    found = sorted(
        (Found(each.ground, text[each.start : each.end], each.start, each.end) for each in found),
        key=lambda each: (each.start, each.start - each.end),
    )
    kept: list[Found] = []
    for each in found:
        if not any(each.ground is other.ground and each.start < other.end for other in kept):
            kept.append(each)
    return tuple(kept)


def _all(text: str) -> Iterator[Found]:
    for ground, patterns in _COMPILED.items():
        for pattern in patterns:
            for found in pattern.finditer(text):
                if not _AGAINST.search(text, *_clause(text, found)):
                    yield Found(ground, found[0], found.start(), found.end())


def _clause(text: str, found: re.Match[str]) -> tuple[int, int]:
    """Where the clause begins and ends that a find stands in; of a long one, what is near."""
    before = text[max(0, found.start() - _NEAR) : found.start()]
    after = text[found.end() : found.end() + _NEAR]
    begins = max(before.rfind(mark) for mark in _ENDS) + 1
    ends = min((at for at in (after.find(mark) for mark in _ENDS) if at >= 0), default=len(after))
    return found.start() - len(before) + begins, found.end() + ends
