"""What a member denies, wishes for, or says of somebody else is no fact about them, whoever drafts."""

from __future__ import annotations

import pytest
from writers import NURSE, Saying, drafted

from assent.features.writing import Ask, Kind, OwnRecord

OTHERWISE = [
    ("profile.other", "Not a manager at Google", "Google"),
    ("profile.other", "My father was director at BMW", "BMW"),
    ("profile.position", "Rejected at Bosch, 2020 to 2021", "Bosch"),
    ("profile.education", "My brother's MBA, Stanford University, 2001", "Stanford"),
    ("profile.education", "Rejected by Nursing, Ellesmere College, 2009", "Ellesmere"),
    ("profile.education", "Dropped out of Law, Harvard University, 2010", "Harvard"),
    ("profile.position", "Aspiring engineer at Tesla", "Tesla"),
    ("profile.position", "Engineer at Tesla (2999 to today)", "Tesla"),
    ("profile.skill", "want to learn Go, not Python", "Python"),
    ("profile.skill", "never worked with Java, no Java", "Java"),
    ("profile.position", "Kein Leiter bei Siemens", "Siemens"),
    ("profile.education", "Mon frère, Sorbonne, 2010", "Sorbonne"),
]


@pytest.mark.parametrize(("category", "text", "gone"), OTHERWISE)
def test_the_composer_asserts_none_of_it(category: str, text: str, gone: str) -> None:
    made = drafted(Ask(Kind.ABOUT), (*NURSE, OwnRecord("x", category, text)))

    assert made.text
    assert gone not in made.text


def test_told_just_now_is_read_the_same_way() -> None:
    assert "Google" not in drafted(Ask(Kind.ABOUT, told=("Not a manager at Google",))).text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Not a manager at Google", "I am a manager at Google."),
        ("My father was director at BMW", "I am a director at BMW."),
    ],
)
def test_a_model_is_not_believed_by_the_words_of_a_denial(text: str, said: str) -> None:
    records = (*NURSE, OwnRecord("x", "profile.position", text))
    made = drafted(Ask(Kind.ABOUT), records, generator=Saying([f"I am a ward nurse at Larkhill Hospital. {said}"]))

    assert made.text == "I am a ward nurse at Larkhill Hospital."


@pytest.mark.parametrize(
    "skill",
    ["machine learning", "learning and development", "shift planning", "no-code tools", "applied mathematics"],
)
def test_what_only_looks_like_it_stays(skill: str) -> None:
    made = drafted(Ask(Kind.ABOUT), (NURSE[0], NURSE[1], OwnRecord("x", "profile.skill", skill)))

    assert skill.lower() in made.text.lower()
