"""The pass as a whole: hostile texts, its cost, its stability, and how much it finds of labelled sentences."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.curation.redact import structured
from assent.curation.redact.replacing import replace
from assent.vocabulary.curation import HIT_SCHEMA, Pii, Replacement

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.curation_pii import STRUCTURED, labelled, score, spans_of

EVERYTHING = dict.fromkeys(Pii, Replacement.TAG)


def clean(texts: pa.Array) -> pa.Array:
    return replace(texts, structured.find(texts), EVERYTHING, b"")


def test_nulls_and_empty_texts_have_no_hits() -> None:
    assert structured.find(pa.array([None, "", " "], pa.string())) == HIT_SCHEMA.empty_table()


def test_an_empty_batch_has_no_hits() -> None:
    assert structured.find(pa.array([], pa.string())) == HIT_SCHEMA.empty_table()


def test_a_null_before_a_hit_does_not_move_it() -> None:
    assert structured.find(pa.array([None, "x", "a@b.com"]))["row"].to_pylist() == [2]


def test_tags_and_surrogates_are_never_hits() -> None:
    texts = pa.array([f"{kind.tag} [{kind.value.upper()} 7KQ2MF3T] tel {kind.tag} 12" for kind in Pii])

    assert structured.find(texts) == HIT_SCHEMA.empty_table()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=60), max_size=5))
def test_hits_lie_inside_their_texts_and_apart(texts: list[str]) -> None:
    hits = structured.find(pa.array(texts, pa.string())).to_pylist()

    for before, hit in zip([None, *hits], hits, strict=False):
        assert 0 <= hit["start"] < hit["end"] <= len(texts[hit["row"]])
        if before and before["row"] == hit["row"]:
            assert before["end"] <= hit["start"]


PATHOLOGICAL = [
    "a" * 1000, "1 " * 500, "1" * 1000, "a." * 500, "a@" * 500, "@" * 1000, "::" * 500, "1." * 500, "(1" * 500,
    "Aa " * 333, "1 Aa " * 200, "a at " * 200, "12 Street " * 100, "Apt 1 " * 160, "http://" * 140, "-" * 1000,
    "+1-" * 330, "born 1 ", "eyJ" * 330, "-----BEGIN PRIVATE KEY-----" * 40, "password:" * 110, "\u200b1" * 500,
    "the corner of A and " * 50, "\n" * 1000, "Aa\n" * 333, "1 May " * 160, "A1 " * 330, "AB12 " * 200, "[at] " * 200,
    "1, " * 330, "x " * 500, "'" * 1000,
]  # fmt: skip


@pytest.mark.parametrize("text", PATHOLOGICAL)
def test_a_text_made_to_be_slow_takes_as_long_as_it_is_long(text: str) -> None:
    def seconds(times: int) -> float:
        column = pa.array([text * times])
        started = time.process_time()
        structured.find(column)
        return time.process_time() - started

    seconds(1)
    # Ten times the text: a quadratic look would take a hundred times as long.
    # The faster of two is what it takes; the slower also tells of what else the machine did.
    assert min(seconds(40), seconds(40)) < 30 * max(seconds(4), seconds(4), 0.01)


def test_ten_megabytes_in_one_text_are_read() -> None:
    text = "An ordinary sentence of a long document, with some words in it. " * 160_000 + "mail a@b.com"

    assert structured.find(pa.array([text]))["start"].to_pylist() == [len(text) - 7]


@pytest.mark.external_data
def test_clean_text_is_clean(external_data: Path) -> None:
    texts, _ = labelled(0)
    once = clean(pa.array(texts))

    assert clean(once) == once


@pytest.mark.external_data
def test_recall_on_the_templates_that_nothing_was_tuned_on(external_data: Path) -> None:
    texts, gold = labelled(1)
    result = score(texts, spans_of(structured.find(pa.array(texts)), len(texts)), gold)

    assert result.all("span", STRUCTURED).recall >= 0.92
    assert result.all("span", STRUCTURED).precision >= 0.90
