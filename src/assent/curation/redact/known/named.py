"""A person's name taken apart: which of its words are given, which of the family, and what else can stand for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from assent.curation.redact.known.folding import is_lone, pieces, spellings
from assent.curation.redact.known.words import GRAMMAR, PARTICLES, SUFFIXES, TITLES

NO_NAMES: Final = PARTICLES | GRAMMAR
LEAST_JOINED: Final = 6
LEAST_PIECE: Final = 3


class Part:
    """What a word is in a name: bits of a number, which cost a tenth of an enumeration's."""

    GIVEN: Final = 1
    FAMILY: Final = 2
    MIDDLE: Final = 4
    JOINED: Final = 8
    """The whole name in one word."""
    PARTICLE: Final = 16
    GENITIVE: Final = 32
    STRANGE: Final = 64
    """Means the name only where the text has other than ASCII letters there."""

    INITIAL: Final = 128
    """A letter that may stand for a word of it, or for one that is not known."""


NAMES: Final = Part.GIVEN | Part.FAMILY | Part.MIDDLE


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is looked for.

    Args:
        parts: what each folded word is in it.
        given, family: initials, folded; `any_initial`: those and of what stands between.
        script: its words in order, where they are of a script without gaps; then nothing else counts.
        single: the only word of it, as written; None where there are more.
    """

    value: str
    parts: Mapping[str, int]
    given: frozenset[str]
    family: frozenset[str]
    any_initial: frozenset[str]
    script: tuple[str, ...] = ()
    single: str | None = None

    @property
    def signature(self) -> tuple[object, ...]:
        """Who has the same is found in the same places, but for initials."""
        return (self.script or frozenset(self.parts.items()),)

    def anchors(self) -> Iterator[str]:
        """The folded words at one of which every mention of the person has to begin or end or lie."""
        if self.script:
            yield self.script[-1]
            return
        for word, part in self.parts.items():
            if not part & Part.PARTICLE or part & NAMES:
                yield word

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Two folded neighbours, one of the family, in one of which every mention in more than one word is."""
        if self.script:
            if len(self.script) > 1:
                yield self.script[-1], self.script[-2]
            return
        others = {w for w, p in self.parts.items() if p & (Part.GIVEN | Part.MIDDLE | Part.PARTICLE)} | self.any_initial
        for word, part in self.parts.items():
            if part & Part.FAMILY:
                # The pieces of a double name are each other's neighbours.
                family = {w for w, p in self.parts.items() if p & Part.FAMILY and w != word}
                for other in others | family:
                    yield word, other


def take_apart(value: str) -> Name:
    """The name with what each of its words is. `Müller, Anna` is Anna Müller; a single word counts as given."""
    words = _words(value)
    flat = tuple(piece for word in words for piece in pieces(word))
    if flat and any(is_lone(piece) for piece in flat):
        return Name(value, {}, frozenset(), frozenset(), frozenset(), script=flat)
    given, middle, particles, family = _roles(words)
    parts: dict[str, int] = {}
    has_other = any(piece not in NO_NAMES for piece in flat)
    for some, part in ((given, Part.GIVEN), (middle, Part.MIDDLE), (family, Part.FAMILY)):
        for word in some:
            _add(parts, word, part, is_name=not has_other)
    for word in particles:
        for piece in pieces(word):
            parts[piece] = parts.get(piece, 0) | Part.PARTICLE
    if particles and family:
        _add(parts, "".join((*particles, *family)), Part.FAMILY, is_name=True)
    if family:
        for first in given:
            _add_joined(parts, first + "".join((*particles, *family)))
            _add_joined(parts, "".join((*particles, *family)) + first)
    _add_genitives(parts)
    firsts, lasts = _initials(given), _initials((*family, *particles))
    single = words[0] if len(words) == 1 else None
    return Name(value, parts, firsts, lasts, firsts | lasts | _initials(middle), single=single)


def _words(value: str) -> list[str]:
    before, comma, after = value.partition(",")
    if comma and after.strip() and not all(piece in SUFFIXES for piece in pieces(after)):
        value = f"{after} {before}"
    elif comma:
        value = before
    words = [word for word in re.sub(r"\([^)]*\)", " ", value).split() if pieces(word)]
    while len(words) > 1 and "".join(pieces(words[0])) in TITLES:
        words = words[1:]
    while len(words) > 2 and "".join(pieces(words[-1])) in SUFFIXES:  # noqa: PLR2004 - a given and a family name stay
        words = words[:-1]
    return words


def _roles(words: list[str]) -> tuple[list[str], list[str], list[str], list[str]]:
    """Given, middle, particles, family."""
    if len(words) <= 1:
        return words, [], [], []
    begin = len(words) - 1
    while begin > 1 and "".join(pieces(words[begin - 1])) in PARTICLES:
        begin -= 1
    return words[:1], words[1:begin], words[begin:-1], words[-1:]


def _add(parts: dict[str, int], word: str, part: int, *, is_name: bool) -> None:
    """The word's pieces, and it in one, are that part; a word of grammar is one only where the name has no other."""
    found = re.split(r"[\s\-‐‑.'’´`_]+", word)  # noqa: RUF001 - dashes and apostrophes people type
    meaningful = [piece for piece in found if len(piece) > 1 and "".join(pieces(piece)) not in NO_NAMES]
    for piece in found:
        for spelled, strange in spellings(piece).items():
            for folded in pieces(spelled):
                if len(folded) > 1:
                    kind = part if piece in meaningful or (is_name and not meaningful) else Part.PARTICLE
                    _note(parts, folded, kind, strange=strange)
    if len(found) > 1:
        for spelled, strange in spellings("".join(found)).items():
            if len(spelled) >= LEAST_PIECE and len(pieces(spelled)) == 1:
                _note(parts, pieces(spelled)[0], part, strange=strange)


def _add_joined(parts: dict[str, int], word: str) -> None:
    for spelled, strange in spellings(re.sub(r"[\W_]+", "", word)).items():
        if len(spelled) >= LEAST_JOINED and len(pieces(spelled)) == 1:
            _note(parts, pieces(spelled)[0], Part.JOINED, strange=strange)


def _note(parts: dict[str, int], word: str, part: int, *, strange: bool) -> None:
    before = parts.get(word)
    now = part | Part.STRANGE if strange else part
    if before is not None:
        # What is meant in any text by one reading is not strange by another.
        both = before | now
        now = both if before & now & Part.STRANGE else both & ~Part.STRANGE
    parts[word] = now


def _add_genitives(parts: dict[str, int]) -> None:
    for word, part in list(parts.items()):
        if part & NAMES and not word.endswith("s") and len(word) >= LEAST_PIECE:
            parts.setdefault(word + "s", part | Part.GENITIVE)


def _initials(words: tuple[str, ...] | list[str]) -> frozenset[str]:
    return frozenset(piece[0] for word in words for piece in pieces(word) if piece[0].isalpha())


def is_no_name(word: str) -> bool:
    """Whether the word is of grammar or a particle, so that only a name without other words has it for one."""
    return all(piece in NO_NAMES for piece in pieces(word))
