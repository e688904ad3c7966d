"""What a text claims, whoever wrote it: every employer, title, degree, skill, number, date, place, person and boast.

Nothing here knows how the composer writes or what a member's records say. Where it is in doubt whether a word claims
something it does: a word with a capital that no list of plain words has is the name of something.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import pyarrow as pa

from assent.curation.redact import tagger
from assent.features.writing import claim_words as lexicon
from assent.features.writing.sentences import Stretch, split
from assent.features.writing.wording import Word, numbers_in, plain, words_in


class ClaimKind(StrEnum):
    """What is claimed."""

    EMPLOYER = "employer"
    TITLE = "title"
    SKILL = "skill"
    DEGREE = "degree"
    INSTITUTION = "institution"
    NUMBER = "number"
    DATE = "date"
    PLACE = "place"
    PERSON = "person"
    AWARD = "award"
    DEED = "deed"
    QUALITY = "quality"
    QUOTE = "quote"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Claim:
    """Something a text states. Args: value, unit: of numbers. Unit: code points of the whole text."""

    kind: ClaimKind
    text: str
    start: int
    end: int
    value: float | None = None
    unit: str = ""


_TAGGED: Final = {
    "organization": ClaimKind.EMPLOYER,
    "person": ClaimKind.PERSON,
    "location": ClaimKind.PLACE,
    "group": ClaimKind.OTHER,
}
_BETWEEN: Final = re.compile(r"\s+(?:(?:of|the|de|la|du|des|del|für|&|von|der)\s+){0,2}|\s*&\s*|-")
_CLAUSE_END: Final = re.compile(r"[,;:.!?()\n|]|\s(?:and|und|et|y|but|aber|mais|pero)\s")
_LIST: Final = re.compile(r"\s*(?:,|\band\b|\bund\b|\bet\b|\by\b|\bor\b|\boder\b)\s*", re.IGNORECASE)
_STOP: Final = re.compile(r"^(?:that|who|which|dass|die|que|qui|when|where|it|this|the most)\b", re.IGNORECASE)
_MONTHS: Final = re.compile(
    r"\b(?:January|February|March|April|June|July|August|September|October|November|December|Januar|Februar|März|Juni|Juli|"
    r"Oktober|Dezember|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|enero|febrero|"
    r"marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|yesterday|last (?:week|month|year)|"
    r"gestern|letzte[nrs]? (?:Woche|Monat|Jahr)|hier soir|la semaine dernière|l'an dernier|ayer|la semana pasada)\b"
)
QUOTED: Final = re.compile(r"[“„«]\s?(?P<said>[^”“»]{8,})[”“»]?")
_MOST_CONTEXT: Final = 7


def claims_in(text: str) -> tuple[Claim, ...]:
    """Every claim of a text, in order, none inside another of its kind."""
    stretches = list(split(text))
    said = [text[each.start : each.end] for each in stretches]
    tags = _tagged(said)
    found: list[Claim] = []
    for at, (stretch, sentence) in enumerate(zip(stretches, said, strict=True)):
        found += [
            replace(claim, start=claim.start + stretch.start, end=claim.end + stretch.start)
            for claim in (*_patterned(sentence), *_named(sentence, tags[at]))
        ]
    return tuple(sorted(set(found), key=lambda each: (each.start, each.end, each.kind)))


def _tagged(sentences: Sequence[str]) -> list[list[tuple[Stretch, ClaimKind]]]:
    tags: list[list[tuple[Stretch, ClaimKind]]] = [[] for _ in sentences]
    hits = tagger.find(pa.array(sentences, pa.large_string()))
    for row, start, end, kind in zip(
        *(hits[name].to_pylist() for name in ("row", "start", "end", "type")), strict=True
    ):
        if kind in _TAGGED:
            tags[row].append((Stretch(start, end), _TAGGED[kind]))
    return tags


def _patterned(sentence: str) -> Iterator[Claim]:
    for found in QUOTED.finditer(sentence):
        yield Claim(ClaimKind.QUOTE, found["said"].strip(), *found.span("said"))
    for number in numbers_in(sentence):
        kind = ClaimKind.DATE if number.is_year else ClaimKind.NUMBER
        yield Claim(kind, sentence[number.start : number.end], number.start, number.end, number.value, number.unit)
    for kind, pattern in (
        (ClaimKind.DATE, _MONTHS), (ClaimKind.DEGREE, lexicon.DEGREES), (ClaimKind.AWARD, lexicon.AWARDS),
        (ClaimKind.QUALITY, lexicon.BOASTS), (ClaimKind.TITLE, lexicon.TITLES),
    ):  # fmt: skip
        for found in pattern.finditer(sentence):
            yield Claim(kind, found[0], found.start(), found.end())
    for found in (*lexicon.DEEDS.finditer(sentence), *lexicon.SAID_OF_MYSELF.finditer(sentence)):
        end = _CLAUSE_END.search(sentence, found.end())
        stop = end.start() if end else len(sentence)
        if not _is_plain(sentence[found.start() : stop]):
            yield Claim(ClaimKind.DEED, sentence[found.start() : stop], found.start(), stop)
    for found in lexicon.TITLE_AFTER.finditer(sentence):
        if len(found["title"].split()) <= _MOST_CONTEXT and not _is_plain(found["title"]):
            yield Claim(ClaimKind.TITLE, found["title"], *found.span("title"))
    for found in lexicon.SKILL_AFTER.finditer(sentence):
        yield from _listed(found["skills"], found.start("skills"))


def _listed(text: str, offset: int) -> Iterator[Claim]:
    at = 0
    for gap in (*_LIST.finditer(text), None):
        end = gap.start() if gap else len(text)
        item = text[at:end].strip()
        if item and not _STOP.match(item) and not _is_plain(item):
            start = offset + text.index(item, at)
            yield Claim(ClaimKind.SKILL, item, start, start + len(item))
        at = gap.end() if gap else end


def _named(sentence: str, tags: Sequence[tuple[Stretch, ClaimKind]]) -> Iterator[Claim]:
    """Every run of words with capitals that no list of plain words has, by what the tagger takes it for."""
    run: list[Word] = []
    for word in words_in(sentence):
        joined = run and _BETWEEN.fullmatch(sentence, run[-1].end, word.start)
        if run and not joined:
            yield _name(sentence, run, tags)
            run = []
        if _is_name(word):
            run.append(word)
        elif run and sentence[run[-1].end : word.start].strip() == "" and plain(word.text) in _LINKS:
            continue
        elif run:
            yield _name(sentence, run, tags)
            run = []
    if run:
        yield _name(sentence, run, tags)


_LINKS: Final = frozenset("of the de la du des del fur von der".split())


def _is_name(word: Word) -> bool:
    # A sentence may begin with a name: only a list of plain words tells the two apart.
    return any(each.isupper() for each in word.text) and plain(word.text) not in lexicon.neutral()


def _name(sentence: str, run: Sequence[Word], tags: Sequence[tuple[Stretch, ClaimKind]]) -> Claim:
    start, end = run[0].start, run[-1].end
    text = sentence[start:end]
    if lexicon.SCHOOLS.search(text):
        return Claim(ClaimKind.INSTITUTION, text, start, end)
    kinds = [kind for stretch, kind in tags if stretch.start < end and start < stretch.end]
    return Claim(kinds[0] if kinds else ClaimKind.OTHER, text, start, end)


def _is_plain(text: str) -> bool:
    return all(plain(word.text) in lexicon.neutral() for word in words_in(text))
