"""Titles: what stands before a name, and the line under a name that says what somebody does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from assent.curation.redact.structured.rule import Rule, Stretch
from assent.vocabulary.curation import Pii

_FORMS: Final = (
    "Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Madam|Dame|Rev|Fr|Hon|Capt|Lt|Sgt|Col|Gen|Herr|Frau|Hr|Fr|Mag|Dipl.-Ing|"
    "Monsieur|Madame|Mademoiselle|Mme|Mlle|Señor|Señora|Señorita|Sr|Sra|Srta|Don|Doña|Dott|Dott.ssa|Sig|Sig.ra|"
    "Signor|Signora|Dhr|Mevr|Mevrouw|Meneer|Pan|Pani|Dra"
)
_FORM: Final = re.compile(rf"(?<![\w.])(?:{_FORMS.replace('.', '[.]')})\b\.?(?=\s[^\W\d_])", re.IGNORECASE)
_NEEDS_MARK: Final = frozenset("fr sig hon col gen mag sr hr rev don pan".split())
_JOB: Final = re.compile(
    r"\b(?:\w{3,}(?:er|or|ist|ian|yst)|accountant|assistant|attendant|consultant|agent|clerk|nurse|chef|cook|pilot"
    r"|soldier|"
    r"(?:\w+)?(?:man|woman|person|wright|smith|hand|maid)|aide|guard|judge|president|head|chief|representative"
    r"|executive|"
    r"secretary|associate|architect|intern|apprentice|student|official|superintendent|surgeon|physician|therapist"
    r"|mechanic|"
    r"technologist|scientist|analyst|expert|specialist|technician|lead|captain|detective|operative|c[eftio]o|vp)s?\b",
    re.IGNORECASE,
)  # fmt: skip
_LINE: Final = re.compile(r"[^\W\d_][\w ,&'\u2019/()-]{2,60}")
_LONGEST_NAME, _LONGEST_JOB, _LEAST_LINES = 5, 8, 3


def _titles(text: str) -> Iterator[Stretch]:
    for found in _FORM.finditer(text):
        word = found[0].rstrip(".")
        dotted = found[0].endswith(".")
        following = text[found.end() + 1]
        if (dotted or word.lower() not in _NEEDS_MARK) and (following.isupper() or (dotted and word.islower())):
            yield found.start(), found.end(), Pii.TITLE, "structured.title"


def _jobs(text: str) -> Iterator[Stretch]:
    """The second line of something that begins like a card: a name, what they do, then more short lines."""
    lines = [each for each in re.finditer(r"[^\n]+", text[:400]) if each[0].strip()]
    if len(lines) < _LEAST_LINES or len(lines[0][0].split()) > _LONGEST_NAME or lines[0][0].rstrip()[-1] in ":,;!?":
        return
    said = lines[1][0].strip()
    start = lines[1].start() + len(lines[1][0]) - len(lines[1][0].lstrip())
    if _LINE.fullmatch(said) and len(said.split()) <= _LONGEST_JOB and _JOB.search(said):
        yield start, start + len(said), Pii.TITLE, "structured.title.job"


_ASCII: Final = "|".join(each.replace(".", "[.]") for each in _FORMS.split("|") if each.isascii())
TITLE: Final = Rule(rf"(?-u:\b)(?i-u:{_ASCII})\.? \pL|(?i:señor|doña)", _titles)
JOB: Final = Rule(r"^[^\n]+\n\n?[^\n]+\n", _jobs, also=r"^[^\n:;!?]+[^\n:;,!?]\n\n?[^\n.:;!?]+\n")
