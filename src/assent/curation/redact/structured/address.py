"""Street addresses: a house number beside the name of a street, with what stands before and after it.

A text is read as words; from every word that tells of an address (the name of a kind of street, a unit, a post-office
box) the look goes a bounded number of words to both sides. Parts that touch are one address. Street and unit are
`STREET_ADDRESS`; the postcode and the names of town and country after them have types of their own, so that a pack can
keep the country and mask the house.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from assent.curation.redact.structured.rule import Rule, Stretch
from assent.curation.redact.structured.streets import AFTER, BEFORE, COUNTRIES, ENDINGS, PARTICLES, STOP, UNITS
from assent.vocabulary.curation import Pii

_Word = re.Match[str]
_WORD: Final = re.compile(r"#?\d+(?:st|nd|rd|th)(?!\w)|#?\d[\w/-]*|[^\W\d_](?:[\w'\u2019/-]*\w|/)?|\n|[^\s\w]")
_NUMBER: Final = re.compile(r"#?\d{1,6}(?:[A-Za-z]|[/-]\d{1,4}[A-Za-z]?)?")
_ORDINAL: Final = re.compile(r"\d+(?:st|nd|rd|th)")
_MOST_NAMES, _MOST_NUMBERS, _MOST_BEFORE_UNIT = 4, 3, 8
_BETWEEN_PARTS: Final = re.compile(r"[\s,;.]{0,6}(?:and|und|et|y|e|i|és|og|och|/)?[\s,]{0,3}")

_BOX: Final = re.compile(
    r"\b(?:PSC|Unit|CMR)\s\d{1,5},?\sBox\s\d{1,5}(?:[\s,]{1,4}(?:[ADF]PO)[\s,]{1,3}A[AEP]\s\d{5}(?:-\d{4})?)?"
    r"|\bUS(?:NS|S|CGC"
    r"|NV)\s[\w.'\u2019-]+(?:\s[\w.'\u2019-]+){0,2}[\s,]{1,4}(?:[ADF]PO)[\s,]{1,3}A[AEP]\s\d{5}(?:-\d{4})?"
    r"|\b(?:[ADF]PO)[\s,]{1,3}A[AEP]\s\d{5}(?:-\d{4})?"
    r"|\b(?:\d{1,6}\s)?(?:p\.\s?o\.?\sbox|po\sbox|postfach|boîte postale|b\.p\.|apartado(?: de correos)?|casilla"
    r"|postbus|"
    r"postboks|box)\s\d{1,6}\b",
    re.IGNORECASE,
)
_CORNER: Final = re.compile(
    r"\b(?:the\s)?corner\sof\s([\w.'\u2019-]+(?:\s(?!and\b)[\w.'\u2019-]+){0,5})\s(?:and"
    r"|&)\s((?:[^\W_][\w'\u2019-]*\.?)(?:\s[A-ZÀ-ÞĀ-Ž\d][\w'\u2019-]*\.?){0,4})",
    re.IGNORECASE,
)
_CORNER_LAST: Final = re.compile(r"\S+(?:\s+[^\Wa-z][\w'\u2019.-]*|\s+\d+){0,4}")
_CAPITAL: Final = r"(?:[^\W\d_a-zß-öø-ÿ][\w'\u2019-]*\.?)"
_SAID: Final = re.compile(
    r"\b(?i:live[sd]?\s(?:at|on|in)|living (?:at|on|in)|side of|meet(?:\s\w+){0,2}\sat|return(?:\s\w+)?\sto|"
    r"office\sis\s(?:at|on|in)|locat\w+\s(?:at|on|in)|address\sis|addresse?:|adresse?:|dirección:|indirizzo:|adres:"
    r"|enter(?:ed)?\s(?:on|at|from)|"
    r"deliver\w*\s(?:it\s)?to|ship\w*\s(?:it\s)?to|send\s(?:\w+\s){0,4}to|resid\w+\s(?:at|on|in)|mov(?:ed?|ing)\sto|"
    r"house\s(?:at|on|in)|come\sto|go\sto|goes\sto|visit\w*|stay\w*\s(?:at|on|in)|wohn\w*\s(?:in|an|am)"
    r"|habit\w*\s(?:au|à)|viv[eo]\sen|abit[ao]\sin|"
    r"(?:is|are|was|be|been|stay\w*|work\w*|arriv\w*|park\w*|stop\w*|wait\w*|up|off|head\w*|driv\w*|walk\w*|going"
    r"|get|coming|directions|"
    r"way|route|delivery|order|taxi|cab|package|parcel|store|shop|branch|restaurant|hotel|apartment|flat|place"
    r"|building|school|party|"
    r"here|there|it|me|us|him|her|them)\s(?:at|to|from|near|outside|opposite))\s+\Z"
)
_NAME_NUMBER: Final = re.compile(
    rf"(?<![\w'\u2019-])(?:{_CAPITAL}\s){{1,4}}(?:(?:and|und"
    rf"|&)\s(?:(?:ul\.\s)?{_CAPITAL}\s){{1,3}})?\d{{1,5}}[a-zA-Z]?(?![\w:%]|[.,]\d)"
)
_BOXES: Final = (
    "box",
    "apo",
    "fpo",
    "dpo",
    "postfach",
    "postale",
    "b.p.",
    "apartado",
    "casilla",
    "postbus",
    "postboks",
)
_SAID_REACH: Final = 40
_NO_STREET: Final = re.compile(
    r"\b(?:Chapter|Section|Table|Figure|Fig|Windows|Python|Java|Ubuntu|Version|Part|Step|Level|Grade|Year|Room|Gate"
    r"|Platform|"
    r"Line|Page|Week|Day|Phase|Stage|Type|Class|Group|Team|Tier|Round|Season|Episode|Volume|Issue|Number|No|Release"
    r"|Office|"
    r"Article|Act|Title|Rule|Appendix|Question|Answer|Android|iOS|Angular|Node|PHP|Excel|January|February|March"
    r"|April|May|June|"
    r"July|August|September|October|November|December)\b|\s(?:19|20)\d\d$"
)
_NUMBERED: Final = re.compile(
    rf"(?<![\w.,-])\d{{2,6}}\s(?:{_CAPITAL}\s){{1,4}}\d{{1,5}}[A-Za-z]?(?=\s*(?:[,\n.?!]|$|(?i:apt|suite|unit|flat)"
    rf"|[ ][a-z]))(?![.,]\d)"
)
_BARE: Final = re.compile(
    rf"(?<![\w.,-])(?:(?:\d{{1,6}}[A-Za-z]?\s)?(?:{_CAPITAL}\s){{1,4}}\d{{1,5}}[A-Za-z]?"
    rf"|\d{{1,5}}[A-Za-z]?\s{_CAPITAL}(?:\s{_CAPITAL}){{0,3}})"
    r"(?=[ \t]*[,\n])"
)
_POSTCODE: Final = (
    r"(?:[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|[A-Z]\d[A-Z] \d[A-Z]\d|\d{4} [A-Z]{2}(?![A-Za-z])"
    r"|(?:[A-Z]{1,2}-)?\d{4,6}(?:-\d{3,4})?|\d{3} \d{2}|\d{2}-\d{3})(?!\w)"
)
_PLACE: Final = (
    rf"{_CAPITAL}(?:[ -](?:{_CAPITAL}|(?i:de|da|do|di|del|della|la|le|of|and|na|nad|sur|am|an|der|im|u|v"
    rf"|la|en|y)\b(?=[ -]{_CAPITAL})|nan\b|\([^()\n]{{1,24}}\)))"
)
_TAIL: Final = re.compile(
    rf"(?:[ \t]*[,\n][ \t?>*]*,?[ \t]*"
    rf"|[ \t]+)(?:(?P<lead>{_POSTCODE})[ \t,]+)?(?:(?P<place>{_PLACE}{{0,4}})(?:[ \t,]+(?P<code>{_POSTCODE}))?"
    rf"|(?P<only>{_POSTCODE}))(?=[ \t]*(?:[\n,.?!;)]|$))"
)
_COUNTRY: Final = re.compile(
    r"(?:[ \t]*[,\n][ \t?>*]*,?[ \t]*|[ \t]+)(?P<place>(?i:"
    + "|".join(re.escape(each) for each in sorted(COUNTRIES, key=len, reverse=True))
    + rf"))(?!\w)(?:[ \t,]+(?P<code>{_POSTCODE}))?"
)
_LOWER_TAIL: Final = re.compile(
    rf"[ \t]*[,\n][ \t?>*]*,?[ \t]*(?:(?P<place>[^\W\d_][\w'\u2019∆-]*"
    rf"(?:[ -][^\W\d_][\w'\u2019∆-]*){{0,3}}(?: \([^()\n]{{1,24}}\))?)"
    rf"(?:[ \t,]+(?P<code>{_POSTCODE}))?|(?P<only>{_POSTCODE}))(?=[ \t]*(?:[\n,.?!;)]|$))"
    r"|[ \t]+(?P<towns>(?:[^\W\d_][\w'\u2019-]* ){1,4}(?i:"
    + "|".join(re.escape(each) for each in sorted(COUNTRIES, key=len, reverse=True))
    + r"))(?!\w)"
)
"""After a street in a text without capitals; a line of it or what stands between commas."""
_MOST_TAIL: Final = 4
_LONE: Final = re.compile(r"(?<![\w.])[0-9]{1,6}[A-Za-z]?(?!\w)|corner of")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_TELLING: Final = AFTER | BEFORE | UNITS
_NAME_AND_NUMBER: Final = re.compile(r"[^\W\d_a-zß-öø-ÿ][^\s\d]*\s\d")
_REACH: Final = 96


def _addresses(text: str) -> Iterator[Stretch]:
    capitals = text != text.lower()
    parts: list[tuple[int, int]] = []
    for begin, end in _windows(text):
        parts += ((begin + start, begin + stop) for start, stop in _streets(text[begin:end], capitals=capitals))
    for start, end in _joined(text, sorted(parts)):
        yield start, end, Pii.STREET_ADDRESS, "structured.address"
        yield from _after(text, end, capitals=capitals)


def _windows(text: str) -> Iterator[tuple[int, int]]:
    """Where a number stands beside a word, with what an address could reach around it; apart from each other."""
    begin = end = 0
    for number in _LONE.finditer(text):
        start, stop = number.span()
        beside = text[max(0, start - 3) : start].rstrip(" \n,.#")[-1:] + text[stop : stop + 4].lstrip(" \n,.")[:1]
        if not any(map(str.isalpha, beside)) and not number[0][0].isalpha():
            continue
        if start - _REACH > end:
            if end:
                yield begin, end
            begin = text.find(" ", start - _REACH, start) + 1
        end = stop + _REACH
        end = (text.find(" ", end) + 1 or len(text)) if end < len(text) else len(text)
    if end:
        yield begin, end


def _tells(text: str) -> bool:
    """Whether a word of an address may be in there."""
    words = {each.lower() for each in _LETTERS.findall(text)}
    return not words.isdisjoint(_TELLING) or any(len(each) > 6 and each.endswith(ENDINGS) for each in words)  # noqa: PLR2004


def _streets(text: str, *, capitals: bool) -> Iterator[tuple[int, int]]:
    if _tells(text):
        words = list(_WORD.finditer(text))
        for at, word in enumerate(words):
            if word[0][0].isalpha():
                found = _around(words, at, capitals=capitals)
                if found:
                    yield words[found[0]].start(), words[found[1] - 1].end()
    lower = text.lower()
    if any(each in lower for each in _BOXES):
        for match in _BOX.finditer(text):
            yield match.span()
    if _NAME_AND_NUMBER.search(text):
        yield from _named(text)
    if "corner of" in lower:
        for match in _CORNER.finditer(text):
            last = _CORNER_LAST.match(text, match.start(2), match.end(2)) if capitals else None
            yield match.start(), last.end() if last else match.end()


def _named(text: str) -> Iterator[tuple[int, int]]:
    """Names with a number after them that something else says are streets."""
    for match in _NUMBERED.finditer(text):
        yield match.span()
    for match in _NAME_NUMBER.finditer(text):
        start = match.start()
        if _SAID.search(text[max(0, start - _SAID_REACH) : start]) and not _NO_STREET.search(match[0]):
            yield match.span()
    for match in _BARE.finditer(text):
        if _ends_somewhere(text, match.end()) and not _NO_STREET.search(match[0]):
            yield match.span()


def _ends_somewhere(text: str, at: int) -> bool:
    """Whether what follows ends in a country or has a postcode, as an address does."""
    for _ in range(_MOST_TAIL):
        country = _COUNTRY.match(text, at)
        tail = country or _TAIL.match(text, at)
        if tail is None:
            return False
        if country or any(tail[name] for name in ("lead", "code", "only")):
            return True
        at = tail.end()
    return False


def _around(words: list[_Word], at: int, *, capitals: bool) -> tuple[int, int] | None:
    """The words of an address that this one tells of."""
    word = words[at][0].lower()
    if word in UNITS and at + 1 < len(words):
        return _unit(words, at, capitals=capitals)
    if word in BEFORE:
        first, last = at, _names_after(words, at + 1, capitals=capitals)
        if last > _skip_dot(words, at + 1):
            return _numbered(words, first, last)
    if word in AFTER or (len(word) > 6 and word.endswith(ENDINGS)):  # noqa: PLR2004
        compound = word not in AFTER
        if compound and capitals and words[at][0][0].islower():
            return None
        first = _names_before(words, at, capitals=capitals)
        if first < at or compound:
            return _numbered(words, first, _skip_dot(words, at + 1))
    return None


def _unit(words: list[_Word], at: int, *, capitals: bool) -> tuple[int, int] | None:
    """A unit with its number, and the street before it."""
    stop = _skip_dot(words, at + 1)
    if stop >= len(words) or not (
        _NUMBER.fullmatch(words[stop][0]) or (len(words[stop][0]) == 1 and words[stop][0].isupper())
    ):
        return None
    first = at
    numbers = lines = 0
    while first > 0 and at - first < _MOST_BEFORE_UNIT:
        before = words[first - 1][0]
        if before == "\n":
            lines += 1
            if lines > 1 or first < at:
                break
        elif _NUMBER.fullmatch(before):
            numbers += 1
        elif not (
            _is_name(before, capitals=capitals)
            or before in ",."
            or before.lower() in AFTER | BEFORE | UNITS | PARTICLES
        ):
            break
        first -= 1
    while first < at and (words[first][0] in ",.\n" or words[first][0].lower() in STOP | PARTICLES):
        first += 1
    return (first if numbers else at), stop + 1


def _numbered(words: list[_Word], first: int, last: int) -> tuple[int, int] | None:
    """These words with the house numbers beside them; None without any."""
    begin = first
    while begin > 0 and first - begin < _MOST_NUMBERS and _NUMBER.fullmatch(words[begin - 1][0]):
        begin -= 1
    if begin == first and first > 1 and words[first - 1][0] == "," and _NUMBER.fullmatch(words[first - 2][0]):
        begin = first - 2
    end = last
    if end + 1 < len(words) and words[end][0] in {",", "№"} and _NUMBER.fullmatch(words[end + 1][0]):
        end += 2
    elif end < len(words) and _NUMBER.fullmatch(words[end][0]):
        end += 1
    return (begin, _skip_dot(words, end) if end == last else end) if begin < first or end > last else None


def _skip_dot(words: list[_Word], at: int) -> int:
    return at + 1 if at < len(words) and words[at][0] == "." and words[at].start() == words[at - 1].end() else at


def _names_before(words: list[_Word], at: int, *, capitals: bool) -> int:
    first = at
    while first > 0 and at - first < _MOST_NAMES:
        before = words[first - 1][0]
        dotted = before == "." and first > 1 and words[first - 1].start() == words[first - 2].end() and first < at
        if not (_is_name(before, capitals=capitals) or (dotted and len(words[first - 2][0]) <= 2)):  # noqa: PLR2004
            break
        first -= 1
    numbered = first > 0 and _NUMBER.fullmatch(words[first - 1][0])
    while first < at and not numbered and words[first][0].lower() in PARTICLES | {"."}:
        first += 1
    return first


def _names_after(words: list[_Word], at: int, *, capitals: bool) -> int:
    """Where the name of a street ends that begins here."""
    at = _skip_dot(words, at)
    last = at
    while last < len(words) and last - at <= _MOST_NAMES:
        word = words[last][0]
        if not (_is_name(word, capitals=capitals) or word.lower() in PARTICLES):
            break
        last = _skip_dot(words, last + 1) if len(word) <= 3 else last + 1  # noqa: PLR2004
    while last > at and words[last - 1][0].lower() in PARTICLES:
        last -= 1
    return last


def _is_name(word: str, *, capitals: bool) -> bool:
    """Whether it can be a part of the name of a street."""
    if _ORDINAL.fullmatch(word):
        return True
    if not word[0].isalpha() or word.lower() in UNITS:
        return False
    lower = word.lower()
    if capitals:
        return not word[0].islower() and (lower not in STOP or lower in PARTICLES)
    return lower not in STOP


def _joined(text: str, parts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Parts that overlap or have only space, a comma or an `and` between them, as one."""
    joined: list[tuple[int, int]] = []
    for start, end in parts:
        if joined and (start <= joined[-1][1] or _BETWEEN_PARTS.fullmatch(text, joined[-1][1], start)):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _after(text: str, at: int, *, capitals: bool) -> Iterator[Stretch]:
    """Town, region, country and postcode after a street."""
    tail = _TAIL if capitals else _LOWER_TAIL
    for _ in range(_MOST_TAIL):
        found = _COUNTRY.match(text, at) or tail.match(text, at)
        if found is None:
            return
        for name, start, end in ((name, *found.span(name)) for name in found.groupdict()):
            if start >= 0 and name in {"place", "towns"}:
                yield start, end, Pii.LOCATION, "structured.address.place"
            elif start >= 0:
                yield start, end, Pii.POSTCODE, "structured.address.postcode"
        at = found.end()


ADDRESS: Final = Rule(
    "[0-9]|(?i-u:corner of)",
    _addresses,
    also=(
        r"[0-9][A-Za-z]?[,.]?\s+(?:(?:bis|ter),?\s)?(?:\p{Lu}|(?:rue|av|bou?le?v|bd|pl|ch|via|pia|cor|cal|pas|r[uú]a"
        r"|ul|de|la|qu|imp|all|tr[gy])[\pL.]*\s)"
        r"|\p{Lu}[\p{L}'\u2019.-]*,?\s+#?[0-9]|(?i-u:corner of|box)|(?:straße|strasse|str\.|gatan|straat|laan|vej|weg"
        r"|gasse|utca|út|u\.),? [0-9]|^[^\p{Lu}]*$"
    ),
)
