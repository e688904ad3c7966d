"""Words as they are compared: folded, without articles, and by their stem."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import Stemmer

_APOSTROPHE: Final = "\N{RIGHT SINGLE QUOTATION MARK}"
_WORD: Final = re.compile(rf"\w(?:[\w'{_APOSTROPHE}.\-/]*[\w+#²])?[+#]*")
_ARTICLES: Final = frozenset({"a", "an", "the", "my", "our", "your", "their", "his", "her", "its"})
_STEMMER: Final = Stemmer.Stemmer("english")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text. Args: end: exclusive. Unit: code points."""

    stem: str
    start: int
    end: int


def words_of(text: str) -> list[Word]:
    """The words of a text in order, articles and possessives left out.

    `Managing the staff` gives the stems of `manage staff`. Joined words (`fire-clay`, `and/or`) count one by one;
    `C++` and `C#` stay whole.
    """
    found = []
    for match in _WORD.finditer(text):
        start = match.start()
        for part in _parts(match.group()):
            begins = text.index(part, start)
            start = begins + len(part)
            if part.casefold() not in _ARTICLES:
                found.append(Word(stem_of(part), begins, start))
    return found


def stems_of(text: str) -> tuple[str, ...]:
    """The stems of a text's words."""
    return tuple(word.stem for word in words_of(text))


_THEMSELVES: Final = frozenset(
    {"accounting", "hospitality", "marketing", "organic", "organism", "university", "universal", "policy", "news"}
)
"""Words whose stem is another word's: `hospital`, `market`."""


@lru_cache(maxsize=1 << 17)
def stem_of(word: str) -> str:
    """One word folded: case, accents, possessive and inflection gone."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = plain.replace(_APOSTROPHE, "'").removesuffix("'s")
    stem: str = plain if plain in _THEMSELVES else _STEMMER.stemWord(plain)
    return stem


_GRAMMAR: Final = (
    "the of and to in is it you that he was for on are with as at be this have from or by not but we our will who "
    "all der die das und in den von zu mit sich des auf für ist im dem nicht ein eine einen einem einer als auch "
    "es an aus er  sie nach wird bei um am sind noch wie über so zum zur war haben hat nur oder aber vor bis "
    "durch wir ihr uns unser  unsere ihre deine du suchen bieten sowie m w d de la le les et des en un une du que "
    "est pour qui dans au aux sur ne se ce il elle avec son sa ses nous vous votre  notre nos vos par plus ou où "
    "être el los las y del una con por no su sus lo como más o pero sobre entre es son para tu tus nuestro "
    "nuestra buscamos"
)
GRAMMAR: Final = frozenset(map(stem_of, _GRAMMAR.split()))
"""Stems of words that carry grammar and no subject, in the languages of job texts."""


@lru_cache(maxsize=1 << 16)
def _parts(joined: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[-/]", joined) if part)
