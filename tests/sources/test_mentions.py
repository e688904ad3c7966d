from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.sources.mentions import Person, code_in_markdown, mentioned_subjects

PEOPLE = [
    Person("m1", "Ada Lovelace"),
    Person("m2", "Blaise"),
    Person("m3", "Blanche"),
    Person("m4", "cl-r"),
    Person("m5", "Stéphane Gimenez"),
    Person("m6", "Stéphane Lambert"),
    Person("m7", "Mo"),
    Person(None, "Ghost"),
]


def _mentions(text, *, people=PEOPLE, author=None, wider=()):
    found = mentioned_subjects(text, (lambda: people, lambda: wider), author=author, code=code_in_markdown(text))
    return [(s.member, [text[span.start : span.end] for span in s.spans]) for s in found]


@pytest.mark.parametrize(
    ("text", "member", "named"),
    [
        ("@AdaLovelace yes", "m1", "@AdaLovelace"),
        ("@adalovelace: yes", "m1", "@adalovelace"),
        ("thanks @Ada.", "m1", "@Ada"),
        ("@Ada Lovelace wrote", "m1", "@Ada Lovelace"),
        ("@Ada's point", "m1", "@Ada"),
        ("(@BLAISE)", "m2", "@BLAISE"),
        ("@Bla", None, "@Bla"),
        ("@cl-r, no", "m4", "@cl-r"),
        ("@StéphaneGimenez: no", "m5", "@StéphaneGimenez"),
        ("@Stéphane no", None, "@Stéphane"),
        ("@Mo: no", "m7", "@Mo"),
        ("@Ghost?", None, "@Ghost"),
        ("@nobody", None, "@nobody"),
        ("@Blaisette", None, "@Blaisette"),
    ],
)
def test_a_mention_means_the_one_person_who_fits(text, member, named):
    assert _mentions(text) == [(member, [named])]


def test_two_letters_are_no_prefix():
    assert _mentions("@Ad hello") == [(None, ["@Ad"])]


def test_repeated_mentions_are_one_subject_with_all_its_places():
    assert _mentions("@Blaise and @blaise, @who @WHO") == [("m2", ["@Blaise", "@blaise"]), (None, ["@who", "@WHO"])]


def test_two_people_of_the_same_name_are_nobody():
    twins = [Person("m1", "Sam"), Person("m2", "Sam")]
    assert _mentions("@Sam", people=twins) == [(None, ["@Sam"])]


def test_the_wider_circle_is_asked_only_when_nobody_nearer_fits():
    wider = [Person("m8", "Charles"), Person("m9", "Blaise Pascal")]
    assert _mentions("@Charles @Blaise", wider=wider) == [("m8", ["@Charles"]), ("m2", ["@Blaise"])]


def test_authors_who_mention_themselves_are_no_other_subject():
    assert _mentions("@Ada here", author="m1") == []


@pytest.mark.parametrize(
    "text",
    ["mail me@example.org", "`@Override` it", "``a ` @Ada`` b", "https://example.org/@Ada", "a @ b", "@ Ada", "@42"],
)
def test_what_is_no_mention_names_nobody(text):
    assert _mentions(text) == []


@given(st.text(alphabet="@Adablise .,'`-ßİé\n", max_size=40))
def test_every_span_begins_at_an_at_sign_and_lies_in_the_text(text):
    spans = [span for s in mentioned_subjects(text, (lambda: PEOPLE,), author=None) for span in s.spans]
    assert all(text[span.start] == "@" and span.start < span.end <= len(text) for span in spans)
