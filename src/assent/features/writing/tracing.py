"""Claims traced to the records that bear them out.

A claim is supported by a record that says the same words one after another, the same number of the same thing, or the
years from which it follows. What is said of one employer or school must stand in one record: a title from here and an
employer from there make neither true. What was asked about (a job, an addressee, a text answered) supports only what
is said about that, never what the member says of themselves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from assent.features.writing import claim_words as lexicon
from assent.features.writing.asking import ASKED, Ask, OwnRecord
from assent.features.writing.claims import QUOTED, Claim, ClaimKind, claims_in
from assent.features.writing.facts import Facts
from assent.features.writing.jobs import job_title
from assent.features.writing.screening import PROFILE, readable
from assent.features.writing.sentences import Stretch, split
from assent.features.writing.wording import keys_of, numbers_in, plain, words_in

_TIED: Final = frozenset(
    {ClaimKind.TITLE, ClaimKind.EMPLOYER, ClaimKind.INSTITUTION, ClaimKind.DATE, ClaimKind.NUMBER, ClaimKind.PLACE}
)
"""Kinds that say something of one another when they stand in one clause."""
_OF_PROFILE: Final = frozenset(
    {
        ClaimKind.TITLE, ClaimKind.EMPLOYER, ClaimKind.INSTITUTION, ClaimKind.DEGREE, ClaimKind.AWARD, ClaimKind.SKILL,
        ClaimKind.PERSON,
    }
)  # fmt: skip
"""What only a profile says of its member: a post may name any title or employer, somebody else's too."""
_ANCHORS: Final = frozenset({ClaimKind.EMPLOYER, ClaimKind.INSTITUTION})

_IMPLIED: Final = {
    "profile.education": "studied studierte studiert étudié estudié",
    "profile.position": "work working worked arbeite arbeitete gearbeitet travaille travaillé trabajo trabajé",
}
"""What it means that a record of this category is there."""
_DEGREE_KEYS: Final = frozenset(keys_of("degree Abschluss diplôme título"))
"""A degree by its name in each language: who has one has the other."""


@dataclass(frozen=True, slots=True)
class Traced:
    """A claim and the records that bear it out. Args: why: the reason where there is none."""

    claim: Claim
    records: tuple[str, ...]
    why: str = ""

    @property
    def supported(self) -> bool:
        """Whether any record bears it out."""
        return bool(self.records)


@dataclass(frozen=True, slots=True)
class TracedSentence:
    """A sentence of a text. Args: place: in the text."""

    place: Stretch
    claims: tuple[Traced, ...]

    @property
    def untraced(self) -> tuple[Traced, ...]:
        """Claims that no record bears out."""
        return tuple(each for each in self.claims if not each.supported)


class Evidence:
    """A member's records, ready to bear out claims. Cost: linear in their words."""

    def __init__(self, records: Sequence[OwnRecord], facts: Facts, ask: Ask, now: datetime) -> None:
        self._words = {
            each.id: f" {' '.join(keys_of(each.text))} {' '.join(keys_of(_IMPLIED.get(each.category, '')))} "
            for each in records
        }
        for record, said in self._words.items():
            if _DEGREE_KEYS & set(said.split()):
                self._words[record] = f"{said}{' '.join(sorted(_DEGREE_KEYS))} "
        self._lists = frozenset(each.id for each in records if each.category == "profile.skill")
        self._profile = frozenset(each.id for each in records if each.category in {*PROFILE, "profile.name"})
        self._with: dict[str, list[str]] = defaultdict(list)
        self._numbers: dict[tuple[float, str], list[str]] = defaultdict(list)
        for each in records:
            for key in set(self._words[each.id].split()):
                self._with[key].append(each.id)
            for number in numbers_in(each.text):
                self._numbers[number.value, number.unit].append(each.id)
        for position in facts.positions:
            if position.since and position.until is None:
                for years in (now.year - position.since - 1, now.year - position.since):
                    self._numbers[float(years), "year"] += position.records
        self._asked = f" {' '.join(keys_of(readable(asked_text(ask))))} "
        self._addressee = f" {' '.join(keys_of(ask.addressee or ''))} "
        named = [*([ask.job.title, ask.job.employer, job_title(ask.job)] if ask.job else [])]
        self._named = f" {' '.join(keys_of(' | '.join(each for each in named if each)))} "

    def trace(self, text: str) -> tuple[TracedSentence, ...]:
        """Every sentence of a text with its claims and who bears them out."""
        claims = claims_in(text)
        traced = []
        for place in split(text):
            mine = [each for each in claims if place.start <= each.start < place.end]
            said = text[place.start : place.end]
            found = [self._one(each, said, place) for each in mine]
            traced.append(TracedSentence(place, tuple(self._tied(text, found))))
        return tuple(traced)

    def _one(self, claim: Claim, sentence: str, place: Stretch) -> Traced:
        for quote in QUOTED.finditer(sentence):
            if quote.start() <= claim.start - place.start < quote.end():
                own = self._in_a_row(quote["said"])
                return Traced(claim, own, "" if own else "no record says what is quoted")
        if claim.value is not None:
            records = tuple(dict.fromkeys(self._numbers.get((claim.value, claim.unit), ())))
            asked = self._asked_number(claim)
        elif claim.kind is ClaimKind.DEED:
            records, asked = self._all_words(claim.text), False
        else:
            records = self._in_a_row(claim.text)
            asked = f" {' '.join(keys_of(claim.text))} " in self._asked
        if claim.kind in _OF_PROFILE:
            records = tuple(each for each in records if each in self._profile)
        if records:
            return Traced(claim, records)
        said = f" {' '.join(keys_of(claim.text))} "
        if claim.kind is ClaimKind.PERSON:
            asked = said in self._named
        of_myself = lexicon.OF_MYSELF.search(sentence)
        if said in self._addressee and not of_myself:
            return Traced(claim, (ASKED,))
        of_them = lexicon.ADDRESSED.search(sentence) and not of_myself
        if of_them and (asked or claim.kind in {ClaimKind.QUALITY, ClaimKind.DEED}):
            return Traced(claim, (ASKED,))
        return Traced(claim, (), "it is said of the job, not of the member" if asked else "no record says it")

    def _asked_number(self, claim: Claim) -> bool:
        return any(each == f"{claim.value:g}" for each in self._asked.split())

    def _in_a_row(self, text: str) -> tuple[str, ...]:
        keys = keys_of(text)
        if not keys:
            return ()
        rarest = min((self._with.get(key, []) for key in keys), key=len)
        sought = f" {' '.join(keys)} "
        return tuple(each for each in rarest if sought in self._words[each])

    def _all_words(self, text: str) -> tuple[str, ...]:
        """Records that have every word of a text that says something, in any order."""
        keys = [word.key for word in words_in(text) if plain(word.text) not in lexicon.neutral()]
        if not keys:
            return ()
        found = set(self._with.get(keys[0], ()))
        for key in keys[1:]:
            found &= set(self._with.get(key, ()))
        return tuple(sorted(found))

    def _is_own(self, traced: Traced) -> bool:
        """Whether records say it, and more than lists of skills do."""
        return traced.supported and ASKED not in traced.records and not set(traced.records) <= self._lists

    def _tied(self, text: str, traced: Sequence[Traced]) -> Iterable[Traced]:
        """The claims; one that shares no record with the employer or school of its clause is not supported."""
        for each in traced:
            anchors = [other for other in traced if _ties(text, other.claim, each.claim)]
            wrong = self._is_own(each) and any(
                self._is_own(other) and not set(each.records) & set(other.records) for other in anchors
            )
            yield Traced(each.claim, (), "records say it of something else") if wrong else each


def _ties(text: str, anchor: Claim, claim: Claim) -> bool:
    if anchor is claim or anchor.kind not in _ANCHORS or claim.kind not in _TIED:
        return False
    if max(anchor.start, claim.start) < min(anchor.end, claim.end):
        return False
    start, end = min(anchor.end, claim.end), max(anchor.start, claim.start)
    return not any(mark in text[start:end] for mark in (";", "|", "·", ":", "\n"))


def asked_text(ask: Ask) -> str:
    """All that was said by whoever asked about the job, the addressee and the text answered; data."""
    job = ask.job
    parts = [ask.topic, ask.answers_to, ask.addressee or ""]
    parts += [job.title or "", job.employer or "", job.text] if job else []
    return "\n".join(part[:20_000] for part in parts if part)
