"""Phrases that are never spelled are found as if they were."""

from __future__ import annotations

import re
import unicodedata
from itertools import product

import numpy as np
import pyarrow as pa
import pytest

from assent.curation.phrases import Pattern, Phrases
from assent.curation.sensitive import flag
from assent.curation.sensitive.lexicon import read
from assent.curation.words import Words
from assent.vocabulary.curation import Topic

PATTERNS: list[Pattern] = [
    [["i am ", "i m ", ""], ["a "], ["", "very "], ["tall man", "tree"]],
    [["a tree"]],
    [["a very tall man", "x"], [" in town", ""]],
]


def found(phrases: Phrases, text: str) -> set[tuple[int, int, int]]:
    matches = phrases.find(Words.of([text]))
    return set(zip(matches.word.tolist(), matches.length.tolist(), matches.phrase.tolist(), strict=True))


def test_patterns_are_found_as_their_phrases_are() -> None:
    spelled = [("".join(each), number) for number, parts in enumerate(PATTERNS) for each in product(*parts)]
    text = "I'm a very tall man in town. I am a tree, a very tall man; x in a tree"
    numbers = [number for _, number in spelled]
    expected = {
        (word, length, numbers[phrase]) for word, length, phrase in found(Phrases([s for s, _ in spelled]), text)
    }

    assert found(Phrases.written_out(list(enumerate(PATTERNS))), text) == expected
    assert len(expected) > 5


@pytest.mark.parametrize("pattern", ["infirmi(er|ère) malade", "a(b|)(c|)d", "x (y|)z(| w)"])
def test_words_run_on_from_one_part_into_the_next(pattern: str) -> None:

    parts = [each.strip("()").split("|") for each in re.findall(r"\([^()]*\)|[^()]+", pattern)]
    ((_, patterns),) = read(f"health\tstrong\t{pattern}", "xx")
    phrases = Phrases.written_out([(0, each) for each in patterns])

    for text in ("".join(each) for each in product(*parts)):
        words = Words.of([text])
        assert (0, int(words.counts[0]), 0) in found(phrases, text), text


def test_no_phrases_find_nothing() -> None:
    assert not np.any(Phrases([]).find(Words.of(["a b"])).word)


@pytest.mark.parametrize(
    "text", ["I'm g\u200bay", "I\u2060'm gay", "I'm \u00adgay", "Je suis lesbienne, he\u0301te\u0301ro non"]
)
def test_what_nobody_sees_hides_no_disclosure(text: str) -> None:
    assert flag(pa.array([text]), frozenset({Topic.ORIENTATION})).num_rows == 1


def test_accents_count_however_they_are_written() -> None:
    composed = "J'ai été hospitalisé"

    apart = unicodedata.normalize("NFD", composed)

    assert flag(pa.array([apart]), frozenset(Topic)) == flag(pa.array([composed]), frozenset(Topic))
    assert flag(pa.array([composed]), frozenset(Topic)).num_rows == 1
