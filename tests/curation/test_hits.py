"""Settling hits: nothing overlaps, nothing that was found stays uncovered, the surest finder names the type."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from assent.curation.redact.hits import HIDDEN, hits_of, settle, tags_hidden
from assent.vocabulary.curation import HIT_SCHEMA

SURE = "person"


def rows(table: pa.Table) -> list[tuple]:
    return list(zip(*(table[name].to_pylist() for name in HIT_SCHEMA.names), strict=True))


def test_no_hits_settle_to_an_empty_table() -> None:
    assert settle([hits_of([]), hits_of([])]) == HIT_SCHEMA.empty_table()


def test_hits_apart_are_kept_in_order() -> None:
    known = hits_of([(1, 4, 6, "person", "known")])
    structured = hits_of([(1, 0, 4, "email", "s"), (0, 9, 12, "phone", "s")])

    assert rows(settle([known, structured])) == [
        (0, 9, 12, "phone", "s"),
        (1, 0, 4, "email", "s"),
        (1, 4, 6, "person", "known"),
    ]


def test_an_address_around_a_known_name_goes_whole_under_the_name_s_type() -> None:
    known = hits_of([(0, 0, 8, "person", "known.name")])
    structured = hits_of([(0, 0, 17, "email", "structured.email")])

    assert rows(settle([known, structured])) == [(0, 0, 17, "person", "known.name")]


def test_within_one_finder_the_longer_wins() -> None:
    assert rows(settle([hits_of([(0, 0, 3, "age", "a"), (0, 2, 9, "phone", "b")])])) == [(0, 0, 9, "phone", "b")]


def test_within_one_finder_the_earlier_of_two_as_long_wins() -> None:
    assert rows(settle([hits_of([(0, 2, 5, "phone", "b"), (0, 0, 3, "age", "a")])])) == [(0, 0, 5, "age", "a")]


def test_the_same_stretch_in_two_rows_stays_two_hits() -> None:
    assert settle([hits_of([(0, 0, 30, "age", "a"), (1, 2, 5, "age", "a")])]).num_rows == 2


def test_an_empty_stretch_is_no_hit() -> None:
    assert settle([hits_of([(0, 5, 5, "age", "a")])]) == HIT_SCHEMA.empty_table()


STRETCH = st.tuples(st.integers(0, 2), st.integers(0, 30), st.integers(1, 8), st.sampled_from(["person", "email"]))
FINDER = st.lists(STRETCH.map(lambda each: (each[0], each[1], each[1] + each[2], each[3], "rule")), max_size=8)


@given(st.lists(FINDER, min_size=1, max_size=3))
def test_what_is_covered_is_exactly_what_was_found_and_nothing_overlaps(found: list[list[tuple]]) -> None:
    settled = rows(settle([hits_of(each) for each in found]))

    covered = [(row, at) for row, start, end, *_ in settled for at in range(start, end)]
    wanted = {(row, at) for each in found for row, start, end, *_ in each for at in range(start, end)}
    assert covered == sorted(wanted)


@given(st.lists(FINDER, min_size=2, max_size=3))
def test_whatever_touches_the_surest_finder_has_its_type(found: list[list[tuple]]) -> None:
    sure = [(row, start, end, SURE, "sure") for row, start, end, *_ in found[0]]
    others = [[(row, start, end, "email", "r") for row, start, end, *_ in each] for each in found[1:]]

    for row, start, end, kind, _ in rows(settle([hits_of(each) for each in (sure, *others)])):
        touched = any(r == row and s < end and start < e for r, s, e, *_ in sure)
        assert (kind == SURE) == touched


def test_tags_and_surrogates_are_hidden_under_as_many_marks() -> None:
    texts = pa.array(["a [EMAIL] b", None, "[PERSON 7KQ2MF3T]é", "[email] [EMAIL 1]"])

    hidden = ["a " + HIDDEN * 7 + " b", None, HIDDEN * 17 + "é", "[email] [EMAIL 1]"]
    assert tags_hidden(texts).to_pylist() == hidden
