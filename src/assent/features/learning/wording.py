"""How alike two wordings are, whether one says no, and a description without its own name."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from assent.features.taxonomy.spelling import stem_of, words_of

BLANK: Final = "____"
ALIKE: Final = 0.34
"""Share of words in common above which two wordings may mean the same."""
_ROOT: Final = 4
_NEGATIVE: Final = re.compile(
    r"\b(?:not|no|never|none|neither|nor|without|except|unless|cannot|other than|rather than|instead of)\b|n't\b",
    re.IGNORECASE,
)
_EMPTY: Final = frozenset(
    stem_of(word)
    for word in (
        "of and or to in on for with by from at as into that which who whom whose this these those it its they them "
        "their be is are was were been being have has had do does did can may might will would should such other "
        "others etc e.g i.e include includes including used use using various different all any each every some more "
        "most also than then so up out about between through over under within during according when where how what"
    ).split()
)


@lru_cache(maxsize=1 << 16)
def content(text: str) -> frozenset[str]:
    """The stems of the words that say something."""
    return frozenset(word.stem for word in words_of(text)) - _EMPTY


def roots(text: str) -> frozenset[str]:
    """The first four letters of every word that says something: `diet`, `dietetic` and `dietitian` have one root."""
    return frozenset(stem[:_ROOT] for stem in content(text))


def alike(one: str, other: str) -> bool:
    """Whether two wordings may mean the same: many words in common, or all words of one in the other."""
    left, right = content(one), content(other)
    common = len(left & right)
    return common > 0 and (common == min(len(left), len(right)) or common / len(left | right) >= ALIKE)


def negated(text: str) -> bool:
    """Whether the wording says that something is not so."""
    return bool(_NEGATIVE.search(text))


def blanked(text: str, name: str) -> str:
    """`text` with every word of `name` that says something, in any inflection, replaced by a blank."""
    hidden, parts, at = content(name), [], 0
    for word in words_of(text):
        if word.stem in hidden:
            parts += [text[at : word.start], BLANK]
            at = word.end
    return "".join([*parts, text[at:]])
