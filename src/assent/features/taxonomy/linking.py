"""Which skills a text names, and which occupation a title means, however they were written.

Skills are found by their names, main and alternative, compared stem by stem, the longest first: nothing is guessed. A
title that is no known name is compared with all of them, by its words and by its groups of 3 to 5 letters (TF-IDF,
cosine, the mean of both).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from assent.features.taxonomy.model import OccupationId, Skill, SkillId, Taxonomy
from assent.features.taxonomy.spelling import GRAMMAR, Word, stem_of, stems_of, words_of

LONGEST_NAME: Final = 9
"""In words; longer names are descriptions that nobody writes like that."""
LONGEST_TEXT: Final = 200_000
"""Characters of a text that are looked at; of longer ones the beginning."""
_SHORT: Final = 3
_SURE: Final = 0.35
_OF_A_KIND: Final = 0.9
"""Of a title that several occupations are kinds of: likely one of them, and nobody can say which."""
_RANK: Final = re.compile(
    r"\b(?:senior|junior|lead|principal|staff|head|chief|deputy|assistant to the|trainee|intern|freelance|self-employed"
    r"|interim|acting|former|ex|sr|jr|ii|iii|iv)\b\.?|\((?:[mfwdx]\W?){2,}\)",
    re.IGNORECASE,
)
_AT: Final = re.compile(r"\s+(?:at|@|bei|chez|en|bij|,|\||·|-|–|—)\s+.*$", re.IGNORECASE)  # noqa: RUF001 - dashes people type


@dataclass(frozen=True, slots=True)
class Linked:
    """A place of a text that names a skill. Args: end: exclusive. Unit: code points."""

    skill: SkillId
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Named:
    """An occupation that a title may mean. Args: score: 0 to 1; 1 is one of its names."""

    occupation: OccupationId
    score: float


@dataclass(frozen=True, slots=True)
class _Vectors:
    vectorizer: TfidfVectorizer
    matrix: Any  # (names, terms), sparse, rows of length 1

    def like(self, name: str) -> NDArray[np.float32]:
        """Cosine of every name with this one. Shape: (names,)."""
        found: NDArray[np.float32] = self.matrix @ self.vectorizer.transform([name]).toarray().ravel()
        return found


class Linker:
    """Finds the names of one taxonomy; safe to share between threads once made."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.taxonomy = taxonomy
        self._names: dict[tuple[str, ...], SkillId] = {}
        self._exact: dict[str, SkillId] = {}
        self._longest: dict[str, int] = {}
        for skill in sorted(taxonomy.skills.values(), key=self._commonest_first):
            for name in (skill.label, *skill.alternatives):
                self._learn(skill, name)

    def skills_in(self, text: str) -> tuple[Linked, ...]:
        """The skills that a text names, in order, none inside another.

        A name of up to three letters (`R`, `Ada`) or in capitals (`LED`, `NLP`) must be written as it is; any other
        one is found in every case, with other articles and endings. Cost: O(words).
        """
        text = text[:LONGEST_TEXT]
        words, found, at = words_of(text), [], 0
        while at < len(words):
            length, skill = self._name_at(text, words, at)
            if skill is not None:
                found.append(Linked(skill, words[at].start, words[at + length - 1].end))
            at += length
        return tuple(found)

    def skill_named(self, name: str) -> SkillId | None:
        """The skill that is called so."""
        return self._exact.get(name.strip()) or self._names.get(stems_of(name))

    def occupations_named(self, title: str, limit: int = 5) -> tuple[Named, ...]:
        """The occupations that a title may mean, the likeliest first; none that shares too little with it.

        Rank (`senior`, `junior`), an employer after `at`, and `(m/f/d)` do not count.
        """
        bare = bare_title(title)
        # The whole first: `head chef` and `deputy head teacher` are names, of which `head` is no rank.
        known = self._titles.get(stems_of(_AT.sub("", title))) or self._titles.get(stems_of(bare))
        if known is None:
            return self._alike(bare, limit)
        kinds = self._kinds.get(stems_of(bare), ())
        if not kinds:
            return tuple(Named(each, 1.0) for each in known[:limit])
        return tuple(Named(each, _OF_A_KIND) for each in dict.fromkeys((*kinds, *known)))[:limit]

    def _alike(self, title: str, limit: int) -> tuple[Named, ...]:
        if not self.taxonomy.occupations or not title:
            return ()
        letters, words, owners = self._names_as_vectors
        scores = (letters.like(title) + words.like(title)) / 2
        best: dict[OccupationId, float] = {}
        near = np.flatnonzero(scores >= _SURE)
        for place in near[np.argsort(-scores[near], kind="stable")][: limit * 8]:
            best.setdefault(owners[place], min(0.99, float(scores[place])))
        return tuple(Named(each, score) for each, score in list(best.items())[:limit])

    def _learn(self, skill: Skill, name: str) -> None:
        if len(name) <= _SHORT or name.removesuffix("s").isupper():
            self._exact.setdefault(name, skill.id)
            self._longest.setdefault(stem_of(name), 1)
            return
        stems = stems_of(name)
        if len(stems) == 1 and stems[0] in GRAMMAR:
            return
        alone_and_other = len(stems) == 1 and name != skill.label and name.islower()
        if not stems or len(stems) > LONGEST_NAME or alone_and_other:
            return
        self._names.setdefault(stems, skill.id)
        self._longest[stems[0]] = max(self._longest.get(stems[0], 0), len(stems))

    def _name_at(self, text: str, words: Sequence[Word], at: int) -> tuple[int, SkillId | None]:
        for length in range(min(self._longest.get(words[at].stem, 0), len(words) - at), 0, -1):
            found = self._names.get(tuple(word.stem for word in words[at : at + length]))
            if found is not None and not _broken(text, words[at : at + length]):
                return length, found
        return 1, self._exact.get(text[words[at].start : words[at].end])

    def _commonest_first(self, skill: Skill) -> tuple[int, str]:
        return -len(self.taxonomy.needing(skill.id)), skill.id

    @cached_property
    def _titles(self) -> dict[tuple[str, ...], list[OccupationId]]:
        """Of every name, the occupations that it names: one that is called so first of all comes first."""
        found: dict[tuple[str, ...], list[OccupationId]] = {}
        for occupation in self.taxonomy.occupations.values():
            found.setdefault(stems_of(occupation.label), []).append(occupation.id)
        for owner, name in self._all_titles():
            owners = found.setdefault(stems_of(name), [])
            if owner not in owners:
                owners.append(owner)
        return found

    @cached_property
    def _kinds(self) -> dict[tuple[str, ...], tuple[OccupationId, ...]]:
        """Of a word that is no occupation's own label, those that are kinds of it: of `teacher`, every teacher.

        Some list lists it as another name of one of them, which says nothing of whoever calls themselves so.
        """
        labels = {stems_of(each.label): each.id for each in self.taxonomy.occupations.values()}
        found: dict[tuple[str, ...], list[tuple[int, str, OccupationId]]] = {}
        for stems, ident in labels.items():
            if len(stems) > 1 and stems[-1:] not in labels:
                found.setdefault(stems[-1:], []).append((len(stems), self.taxonomy.occupations[ident].label, ident))
        return {word: tuple(each for *_, each in sorted(kinds)) for word, kinds in found.items() if len(kinds) > 1}

    @cached_property
    def _names_as_vectors(self) -> tuple[_Vectors, _Vectors, list[OccupationId]]:
        named = list(self._all_titles())
        names = [name for _, name in named]
        letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, dtype=np.float32)
        words = TfidfVectorizer(analyzer=stems_of, dtype=np.float32)
        return (
            _Vectors(letters, letters.fit_transform(names)),
            _Vectors(words, words.fit_transform(names)),
            [owner for owner, _ in named],
        )

    def _all_titles(self) -> Iterator[tuple[OccupationId, str]]:
        for occupation in self.taxonomy.occupations.values():
            for name in (occupation.label, *occupation.alternatives):
                yield occupation.id, name


def bare_title(title: str) -> str:
    """A title without rank, employer and `(m/f/d)`; the title itself where nothing would be left."""
    bare = " ".join(_RANK.sub(" ", _AT.sub("", title[:LONGEST_TEXT].replace("\n", " "))).split())
    return bare or title.strip()


def _broken(text: str, words: Sequence[Word]) -> bool:
    """A sentence or a list item ends between two of the words, so that they are no name."""
    return any(set(text[left.end : right.start]) & set(".;:,!?\n•|()") for left, right in pairwise(words))
