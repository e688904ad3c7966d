"""What the audit derives by itself: masked texts, chains of parents, digests of rows."""

from __future__ import annotations

import pytest

from assent.audit.derive import digest_of, mask_text, parent_verdicts
from assent.vocabulary.records import Role, Span, Subject


def person(*spans: tuple[int, int], role: str = "mentioned") -> Subject:
    return Subject(Role(role), None, tuple(Span(*span) for span in spans))


@pytest.mark.parametrize(
    ("gone", "shown"),
    [
        ([], "Ann met Bob"),
        ([person((0, 3))], "[mentioned] met Bob"),
        ([person((8, 11)), person((0, 3), role="author's friend")], "[author's friend] met [mentioned]"),
        ([person((0, 5)), person((3, 11), role="other")], "[mentioned]"),
        ([person((0, 3)), person((3, 8), role="other")], "[mentioned][other]Bob"),
        ([person()], "Ann met Bob"),
        ([person((0, 3)), person((8, 99), role="other")], "[mentioned]"),
        ([person((-1, 3))], "[mentioned]"),
        ([person((3, 1))], "[mentioned]"),
    ],
    ids=["nobody", "one", "two", "overlapping", "touching", "not named", "too long", "negative", "backwards"],
)
def test_a_text_shows_roles_where_it_named_people(gone: list[Subject], shown: str) -> None:
    assert mask_text("Ann met Bob", gone) == shown


def test_spans_count_code_points() -> None:
    assert mask_text("\U0001f600 Ann", [person((2, 5))]) == "\U0001f600 [mentioned]"


@pytest.mark.parametrize(
    ("own", "parents", "verdict"),
    [
        ({"a": 0}, {}, True),
        ({"a": 1}, {}, False),
        ({}, {}, False),
        ({"a": 0, "b": 0}, {"a": "b"}, True),
        ({"a": 0, "b": 4}, {"a": "b"}, False),
        ({"a": 0, "b": 0}, {"a": "b", "b": "gone"}, False),
        ({"a": 0, "b": 0}, {"a": "b", "b": "a"}, False),
        ({"a": 0}, {"a": "a"}, False),
    ],
    ids=["allowed", "denied", "unknown", "chain", "denied above", "unknown above", "circle", "its own parent"],
)
def test_a_parent_counts_with_everything_above_it(own: dict[str, int], parents: dict[str, str], verdict: bool) -> None:
    assert parent_verdicts(own, parents)("a") is verdict


def test_a_long_chain_is_followed_to_its_end() -> None:
    own = dict.fromkeys(map(str, range(50_000)), 0)
    parents = {str(n): str(n + 1) for n in range(49_999)}

    assert parent_verdicts(own, parents)("0") is True


def test_rows_that_differ_in_one_field_have_other_digests() -> None:
    row = {"category": "post", "author": "a", "people": (), "created_at": None, "parent": None, "text": "t"}
    changed = [row | {name: "other"} for name in ("category", "author", "parent", "text")]

    assert len({digest_of("id", **each) for each in [row, *changed]}) == 5
