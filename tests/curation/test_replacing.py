"""Replacing: the same bytes as the format's own function, for the types that are masked and no others."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from assent.curation.redact.hits import hits_of, settle
from assent.curation.redact.replacing import redactions_of, replace
from assent.evidence.redaction import Redaction, cleaned, surrogate
from assent.vocabulary.curation import REDACTION_TYPE, Pii, Replacement
from assent.vocabulary.tables import SNAPSHOT_SCHEMA

KEY = bytes(range(32))
MASK = {Pii.EMAIL: Replacement.TAG, Pii.PERSON: Replacement.SURROGATE}


def test_a_tag_stands_where_a_masked_value_stood() -> None:
    hits = hits_of([(1, 3, 10, "email", "r")])

    assert replace(pa.array(["x", "an a@b.com, ja"]), hits, MASK, KEY).to_pylist() == ["x", "an [EMAIL], ja"]


def test_offsets_count_code_points() -> None:
    hits = hits_of([(0, 2, 5, "email", "r")])

    assert replace(pa.array(["😀é a@b"[:2] + "a@b ü"]), hits, MASK, KEY).to_pylist() == ["😀é[EMAIL] ü"]


def test_the_same_value_has_the_same_surrogate_in_every_row() -> None:
    hits = hits_of([(0, 0, 4, "person", "r"), (1, 3, 7, "person", "r")])
    name = surrogate(KEY, Pii.PERSON, "jane")

    assert replace(pa.array(["Jane", "by JANE"]), hits, MASK, KEY).to_pylist() == [name, f"by {name}"]


def test_a_type_that_is_not_masked_stays() -> None:
    texts = pa.array(["in Rome"])

    assert replace(texts, hits_of([(0, 3, 7, "location", "r")]), MASK, KEY) == texts


def test_rows_without_hits_are_the_same_memory_when_no_row_has_one() -> None:
    texts = pa.array(["a", None])

    assert replace(texts, hits_of([]), MASK, KEY) is texts


def test_large_strings_stay_large() -> None:
    texts = pa.array(["a@b", None], pa.large_string())

    assert replace(texts, hits_of([(0, 0, 3, "email", "r")]), MASK, KEY) == pa.array(["[EMAIL]", None], texts.type)


def test_a_row_lists_what_was_masked_and_is_null_without() -> None:
    hits = hits_of([(1, 0, 3, "email", "r"), (1, 4, 6, "location", "r"), (1, 7, 9, "person", "q")])

    redactions = redactions_of(hits, MASK, 3)

    assert redactions.type == SNAPSHOT_SCHEMA.field("redactions").type == pa.list_(REDACTION_TYPE)
    assert redactions.to_pylist() == [
        None,
        [{"start": 0, "end": 3, "type": "email", "rule": "r"}, {"start": 7, "end": 9, "type": "person", "rule": "q"}],
        None,
    ]


STRETCH = st.tuples(st.integers(0, 2), st.integers(0, 20), st.integers(1, 9), st.sampled_from(sorted(Pii)))


@given(
    st.lists(st.text(min_size=30, max_size=40), min_size=3, max_size=3),
    st.lists(STRETCH, max_size=8),
    st.dictionaries(st.sampled_from(sorted(Pii)), st.sampled_from(sorted(Replacement))),
)
def test_redactions_and_format_give_the_same_text(texts: list[str], found: list[tuple], mask: dict) -> None:
    hits = settle([hits_of((row, start, start + length, kind.value, "r") for row, start, length, kind in found)])

    redactions = redactions_of(hits, mask, 3).to_pylist()

    by_format = [
        cleaned(text, [Redaction(**each) for each in listed or ()], mask, KEY)
        for text, listed in zip(texts, redactions, strict=True)
    ]
    assert replace(pa.array(texts), hits, mask, KEY).to_pylist() == by_format
