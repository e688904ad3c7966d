"""What a model writes: whoever is on the list is masked, in every writing that a model may give; others are not."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.curation.outputs import OutputFilter, list_identifiers
from assent.curation.outputs.matching import Matcher
from assent.evidence.suppression_list import SuppressionList
from assent.evidence.tags import key_id

KEY = b"k" * 32
IDENTIFIERS = (
    ("name", "Anna Müller"),
    ("name", "Jean-Luc de la Fontaine"),
    ("name", "Mark Brown"),
    ("name", "王小明"),
    ("handle", "anna_mueller88"),
    ("handle", "rose"),
    ("email", "anna.mueller@example.org"),
    ("phone", "+49 170 1234567"),
)


def listing_of(*identifiers: tuple[str, str], key: bytes = KEY) -> SuppressionList:
    made = datetime(2026, 3, 1, tzinfo=UTC)
    return SuppressionList(made, 1, ("train",), key_id(key), 1, 0, list_identifiers(identifiers, key))


MATCHER = Matcher(listing_of(*IDENTIFIERS), KEY)
LISTED = OutputFilter(MATCHER, frozenset())
WHOLE = OutputFilter(MATCHER)


@pytest.mark.parametrize(
    "written",
    [
        "Anna Müller",
        "ANNA MÜLLER",
        "anna muller",
        "Anna Mueller",
        "Mueller, Anna",
        "Anna  Müller",
        "Anna-Müller",
        "Anna\nMüller",
        "Anna M. Müller",
        "A. Müller",
        "AnnaMüller",
        "Аnna Müller",  # noqa: RUF001 - the first letter is Cyrillic
        "Anna\u200b Müller",
        "Anna Mu\u0308ller",
        "Jean-Luc de la Fontaine",
        "jean luc de la fontaine",
        "Jean Luc Delafontaine",
        "J.-L. de la Fontaine",
        "Mark Brown",
        "王小明",
    ],
)
def test_a_name_is_masked_however_it_is_written(written: str) -> None:
    assert LISTED.clean(f"We asked {written} about it.") == "We asked [PERSON] about it."


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("@anna_mueller88", "[HANDLE]"),
        ("anna_mueller88", "[HANDLE]"),
        ("@rose", "[HANDLE]"),
        ("anna.mueller@example.org", "[EMAIL]"),
        ("anna dot mueller at example dot org", "[EMAIL]"),
        ("Anna.Mueller [at] example.org", "[EMAIL]"),
        ("0170 1234567", "[PHONE]"),
        ("+49 (0)170-123 45 67", "[PHONE]"),
        ("0049 170 1234567", "[PHONE]"),
    ],
)
def test_an_identifier_is_masked_however_it_is_written(written: str, shown: str) -> None:
    assert LISTED.clean(f"Write to {written}, please.") == f"Write to {shown}, please."


@pytest.mark.parametrize(
    "text",
    [
        "Anna baked a cake.",
        "Dr. Müller and Anna Schmidt met.",
        "Thank you, Anna. Müller is the best yoghurt.",
        "Please mark brown the boxes that are wet.",
        "A rose is a rose.",
        "We sold 1701234568 boxes.",
        "La Fontaine wrote fables.",
    ],
)
def test_one_word_of_a_name_names_nobody(text: str) -> None:
    assert LISTED.clean(text) == text


def test_details_are_masked_by_their_form_without_any_list() -> None:
    cleaned = OutputFilter(None).clean_all(["mail bob@shop.example or call +1 212 555 0147", "nothing"])
    assert (cleaned.texts, cleaned.masked) == (("mail [EMAIL] or call [PHONE]", "nothing"), {"email": 1, "phone": 1})


PIECES = st.sampled_from(
    [
        "Anna", "Müller", "Mu\u0308ller", "MUELLER", "anna_mueller88", "@rose", "@", "A.", "M.", "Jean-Luc", "de la", "de",
        "Fontaine", "fontaine", "王小明", "王", "小明", "anna.mueller@example.org", "anna dot mueller", "at example", "dot org",
        "+49", "0170", "123", "4567", "1234567", "Mark", "brown", "Brown", "the", "box", ",", ".", " ", " ", "  ", "\n", "-",
        "'s", "_", "[PERSON]", "\u200b", "é", "😀", "(", ")",
    ]
)  # fmt: skip


def cut(text: str, seed: int) -> list[str]:
    chance, pieces = Random(seed), []
    while text:
        size = chance.choice((1, 1, 2, 3, 5, 8, 40))
        pieces.append(text[:size])
        text = text[size:]
    return pieces


def streamed(outputs: OutputFilter, pieces: list[str]) -> str:
    stream = outputs.stream()
    return "".join([*(stream.feed(each) for each in pieces), stream.close()])


@settings(max_examples=120, deadline=None)
@given(st.lists(PIECES, max_size=24).map("".join), st.integers(0, 1000))
def test_a_text_in_pieces_comes_to_what_the_whole_text_comes_to(text: str, seed: int) -> None:
    assert streamed(LISTED, cut(text, seed)) == LISTED.clean(text)


DETAILS = st.sampled_from(
    [
        "Call", "Anna", "Müller", "bob@shop.example", "+1 212 555 0147", "DE89 3704 0044 0532 0130 00", "192.168.2.17",
        "4111 1111 1111 1111", "born on 3 May 1984", "12 Elm Street", "@someone", "password: hunter22", "is", "here.",
        " ", " ", " ", ", ", "\n",
    ]
)  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(st.lists(DETAILS, max_size=40).map("".join), st.integers(0, 1000))
def test_the_same_with_details_that_are_masked_by_their_form(text: str, seed: int) -> None:
    assert streamed(WHOLE, cut(text, seed)) == WHOLE.clean(text)


def test_a_stream_passes_on_what_nothing_can_change_any_more() -> None:
    stream = LISTED.stream()
    assert [stream.feed(each) for each in ("The audit of Anna", " Mül", "ler went", " well ")] == [
        "The audit of ",
        "",
        "",
        "[PERSON] went well ",
    ]
