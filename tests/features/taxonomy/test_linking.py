"""Titles and skills as people write them find their names; what only looks like one does not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.features.taxonomy.linking import LONGEST_TEXT, Linker, bare_title
from assent.features.taxonomy.model import EMPTY, Taxonomy
from features.small_taxonomy import TAXONOMY, occupation

LINKER = Linker(TAXONOMY)


@pytest.mark.parametrize(
    ("text", "skill"),
    [
        ("I weld metals all day", "weld"),
        ("Welding of metal: ten years", None),
        ("I have been WELDING METAL", "weld"),
        ("reading the drawings of others", "draw"),
        ("Python, mostly", "python"),
        ("café and baking of breads", "bake"),
        ("LED lamps", "led"),
        ("I have led a team", None),
        ("weld. Metal is cheap", None),
    ],
)
def test_a_skill_is_found_by_its_names_and_nothing_else(text: str, skill: str | None) -> None:
    assert [each.skill for each in LINKER.skills_in(text)] == ([] if skill is None else [skill])


def test_a_place_is_the_words_that_name_the_skill() -> None:
    text = "Here I weld the metal."

    (linked,) = LINKER.skills_in(text)

    assert text[linked.start : linked.end] == "weld the metal"


@pytest.mark.parametrize(
    ("title", "occupation"),
    [
        ("Welder", "welder"),
        ("Senior arc welder (m/f/d) at Steel & Co", "welder"),
        ("head baker", "baker"),
        ("Programmers", "developer"),
        ("softwaredeveloper", "developer"),
    ],
)
def test_a_title_means_the_occupation_that_is_called_so(title: str, occupation: str) -> None:
    assert LINKER.occupations_named(title)[0].occupation == occupation


@pytest.mark.parametrize("title", ["", "xyzzy", "!!!", "東京"])
def test_a_title_like_no_other_means_nothing(title: str) -> None:
    assert LINKER.occupations_named(title) == ()


def test_without_a_taxonomy_nothing_is_found() -> None:
    assert (Linker(EMPTY).skills_in("weld metal"), Linker(EMPTY).occupations_named("welder")) == ((), ())


def test_rank_and_employer_are_not_part_of_a_title() -> None:
    assert bare_title("Senior Welder at Steel & Co") == "Welder"


def test_a_title_of_nothing_but_rank_stays() -> None:
    assert bare_title("Intern") == "Intern"


def test_of_ten_megabytes_the_beginning_is_read() -> None:
    assert len(LINKER.skills_in("weld metal; " + "x " * LONGEST_TEXT * 4 + "bake bread")) == 1


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_places_lie_in_the_text_in_order(text: str) -> None:
    ends = [0]
    for linked in LINKER.skills_in(text + " weld metal and bake bread"):
        assert ends[-1] <= linked.start < linked.end <= len(text) + 30
        ends.append(linked.end)


def test_a_word_that_is_a_rank_elsewhere_may_begin_a_name() -> None:
    taxonomy = Taxonomy(
        {
            each.id: each
            for each in (
                occupation("chef", "chef", isco="3434", essential=""),
                occupation("head", "head chef", isco="3434", essential=""),
            )
        },
        {},
        "ranks",
        "1" * 64,
    )

    assert [each.occupation for each in Linker(taxonomy).occupations_named("Head chef at Lumen")] == ["head"]


def test_a_kind_of_work_is_none_of_its_kinds_for_sure() -> None:
    taxonomy = Taxonomy(
        {
            each.id: each
            for each in (
                occupation("politics", "politics lecturer", "teacher", isco="2310", essential=""),
                occupation("science", "science teacher", isco="2330", essential=""),
                occupation("dance", "dance teacher", isco="2355", essential=""),
            )
        },
        {},
        "kinds",
        "2" * 64,
    )
    found = Linker(taxonomy).occupations_named("Teacher")

    assert {each.occupation for each in found} == {"dance", "science", "politics"}
    assert all(each.score < 1 for each in found)
