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


@lru_cache(maxsize=1 << 17)
def stem_of(word: str) -> str:
    """One word folded: case, accents, possessive and inflection gone."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    stem: str = _STEMMER.stemWord(plain.replace(_APOSTROPHE, "'").removesuffix("'s"))
    return stem


@lru_cache(maxsize=1 << 16)
def _parts(joined: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[-/]", joined) if part)
