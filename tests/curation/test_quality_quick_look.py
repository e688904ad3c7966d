"""The quick look that most texts get decides as the measures would, of each text alone."""

from __future__ import annotations

import html
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from defusedxml import ElementTree
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.curation.quality import boilerplate, gibberish, judge, repetition
from assent.curation.words import Words
from assent.vocabulary.curation import Quality

MEASURES = (
    ("quality.gibberish", gibberish.share),
    ("quality.repetition.lines", repetition.lines),
    ("quality.repetition.sequences", repetition.sequences),
    ("quality.boilerplate", boilerplate.share),
)
PIECES = st.sampled_from(
    [*"abcjqvxzX9 \n-=中かЖéÃ", "the ", "hello ", "click here ", "xzqjvw", "aaaaaaaa", "Ã\u0083", "QUJDREVGR0hJSktM", "\nOne line"]
)  # fmt: skip
HOSTILE = st.lists(PIECES, max_size=60).map("".join)


def measured(text: str, bound: float) -> tuple[str, float] | None:
    """The first measure that exceeds the bound, of one text, without a quick look."""
    words = Words.of([text])
    if not len(words.keys):
        return None
    for name, measure in MEASURES:
        value = np.float32(measure(words)[0])
        if value > np.float32(bound):
            return name, float(value)
    return None


def judged(texts: list[str], bound: float) -> list[tuple[str, float] | None]:
    rules = Quality(frozenset({"post"}), frozenset(), None, None, bound, bound, bound)
    found: list[tuple[str, float] | None] = [None] * len(texts)
    for row in judge(pa.array(["post"] * len(texts)), pa.array(texts), rules).to_pylist():
        if row["rule"] != "quality.empty":
            found[row["row"]] = row["rule"], row["value"]
    return found


@settings(max_examples=150, deadline=None)
@given(st.lists(HOSTILE, min_size=1, max_size=8), st.sampled_from([0.0, 0.2, 0.6]))
def test_hostile_texts_are_judged_as_each_is_measured(texts: list[str], bound: float) -> None:
    assert judged(texts, bound) == [measured(text, bound) for text in texts]


@pytest.mark.external_data
def test_real_posts_are_judged_as_each_is_measured(external_data: Path) -> None:
    rows = ElementTree.parse(external_data / "stackexchange" / "Comments.xml").getroot()
    texts = [re.sub(r"\s+$", "", html.unescape(row.get("Text", ""))) for row in rows][:800]

    assert judged(texts, 0.1) == [measured(text, 0.1) for text in texts]


def test_the_last_letters_of_a_text_and_the_first_of_the_next_make_no_gibberish() -> None:
    assert judged(["jzaaja0bbababevdb", "qaaaaaa"], 0.1) == judged(["jzaaja0bbababevdb"], 0.1) + judged(
        ["qaaaaaa"], 0.1
    )


@pytest.mark.parametrize("written", ["zu\u200bsammen", "zusam\u00admen", "\ufeffzusammen"])
def test_what_nobody_sees_parts_no_word(written: str) -> None:
    assert Words.of([written]).keys.tolist() == Words.of(["zusammen"]).keys.tolist()


def test_a_letter_and_its_accent_are_one_however_they_are_written() -> None:
    assert Words.of(["cafe\u0301 bien su\u0302r"]).keys.tolist() == Words.of(["café bien sûr"]).keys.tolist()
