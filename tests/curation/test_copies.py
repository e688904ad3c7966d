"""Permitted rows that repeat a denied record of somebody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.curation.duplicates import COPIES, Originals, sign, sign_originals
from planted_twins import essay, plant, twin

DAY = datetime(2025, 3, 1, tzinfo=UTC)
TEXT = (
    "We rebuilt the warehouse routing in nine weeks and the night shift named every single lane after a river in Peru"
)
OTHER = (
    "My grandmother kept bees and taught me more about managing people than any of the courses I have taken since then"
)

Row = tuple[str, str | None, int | None, str | None]


def rows(*given: Row, originals: bool = False) -> pa.Table:
    ids, authors, days, texts = zip(*given, strict=True) if given else ((), (), (), ())
    moments = [None if day is None else DAY + timedelta(days=day) for day in days]
    signatures = (sign_originals if originals else sign)(pa.array(texts, pa.string()))
    columns = [pa.array(ids, pa.string()), pa.array(authors, pa.string()), pa.array(moments, pa.timestamp("us", "UTC"))]
    return pa.table([*columns, signatures], ["id", "author", "created_at", "signature"])


def originals(*given: Row) -> Originals:
    return Originals.of(rows(*given, originals=True))


def copied(found: pa.Table) -> dict[str, str]:
    return dict(zip(found["id"].to_pylist(), found["original"].to_pylist(), strict=True))


def test_a_repost_by_somebody_else_is_a_copy() -> None:
    found = originals(("d", "anna", 0, TEXT)).copies(rows(("p", "ben", 1, "RT: " + TEXT), ("q", "ben", 1, OTHER)))
    assert found.schema == COPIES
    assert copied(found) == {"p": "d"}
    assert 0.8 <= found["similarity"][0].as_py() < 1


def test_the_author_copies_nobody() -> None:
    assert copied(originals(("d", "anna", 0, TEXT)).copies(rows(("p", "anna", 1, TEXT)))) == {}


def test_what_was_there_before_is_no_copy() -> None:
    denied = originals(("d", "anna", 5, TEXT))
    assert copied(denied.copies(rows(("p", "ben", 4, TEXT), ("q", "ben", 5, TEXT), ("r", "ben", 6, TEXT)))) == {
        "q": "d",
        "r": "d",
    }


@pytest.mark.parametrize(
    ("original", "permitted"),
    [
        (("d", None, 0, TEXT), ("p", "ben", 1, TEXT)),
        (("d", "anna", 0, TEXT), ("p", None, 1, TEXT)),
        (("d", "anna", None, TEXT), ("p", "ben", 1, TEXT)),
        (("d", "anna", 0, TEXT), ("p", "ben", None, TEXT)),
        (("d", None, None, TEXT), ("p", None, None, TEXT)),
    ],
)
def test_what_is_not_known_does_not_speak_against_a_copy(original: Row, permitted: Row) -> None:
    assert copied(originals(original).copies(rows(permitted))) == {"p": "d"}


def test_common_words_are_nobodys() -> None:
    short = "Congratulations on your new position, so well deserved!"
    assert copied(originals(("d", "anna", 0, short)).copies(rows(("p", "ben", 1, short)))) == {}


def test_a_text_that_is_only_similar_is_no_copy() -> None:
    words = TEXT.split()
    similar = " ".join([*words[:13], "and", "now", "it", "works", "for", "all", "of", "us", "here"])
    assert copied(originals(("d", "anna", 0, TEXT)).copies(rows(("p", "ben", 1, similar)))) == {}


def test_the_nearest_original_is_named_and_of_equal_ones_the_earliest() -> None:
    denied = originals(("late", "anna", 2, TEXT), ("near", "cleo", 0, TEXT + " indeed"), ("early", "dora", 1, TEXT))
    assert copied(denied.copies(rows(("p", "ben", 3, TEXT)))) == {"p": "early"}


def test_of_many_equal_originals_one_by_another_author_is_found() -> None:
    denied = originals(*((f"d{number}", "ben", number, TEXT) for number in range(9)), ("x", "cleo", 3, TEXT))
    assert copied(denied.copies(rows(("p", "ben", 4, TEXT), ("q", "ben", 2, TEXT), ("r", "cleo", 1, TEXT)))) == {
        "p": "x",
        "r": "d0",
    }


def test_nothing_is_copied_where_nothing_is_denied() -> None:
    permitted = rows(("p", "ben", 1, TEXT))
    assert originals().copies(permitted).num_rows == 0
    assert originals(("d", "anna", 0, None)).copies(permitted).num_rows == 0
    assert originals(("d", "anna", 0, TEXT)).copies(rows()).num_rows == 0


def test_rows_without_a_signature_copy_nothing() -> None:
    permitted = rows(("n", "ben", 1, None), ("p", "ben", 1, TEXT), ("e", "ben", 1, ""))
    assert copied(originals(("d", "anna", 0, TEXT)).copies(permitted)) == {"p": "d"}


def test_record_batches_with_further_columns_are_taken() -> None:
    permitted = rows(("p", "ben", 1, TEXT)).append_column("text", pa.array([TEXT]))
    batch = permitted.combine_chunks().to_batches()[0]
    assert copied(originals(("d", "anna", 0, TEXT)).copies(batch)) == {"p": "d"}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.one_of(st.none(), st.integers(0, 3)), st.integers(0, 3)), max_size=10
    ),
    st.lists(
        st.tuples(st.sampled_from("abc"), st.one_of(st.none(), st.integers(0, 3)), st.integers(0, 3)), max_size=10
    ),
    st.randoms(use_true_random=False),
)
def test_every_copy_is_found_whatever_the_order_and_the_batches(denied: list, permitted: list, random: Random) -> None:
    """Against every pair looked at one by one; the texts are either equal or unrelated."""
    texts = [TEXT, OTHER, TEXT.upper() + "!", "short"]
    left = [(f"d{n}", author, day, texts[text]) for n, (author, day, text) in enumerate(denied)]
    right = [(f"p{n}", author, day, texts[text]) for n, (author, day, text) in enumerate(permitted)]
    expected = {
        row[0]
        for row in right
        for original in left
        if row[3] != "short" and original[3].lower().strip("!") == row[3].lower().strip("!")
        if row[1] != original[1] and (row[2] is None or original[2] is None or original[2] <= row[2])
    }
    random.shuffle(left)
    index = originals(*left)
    one_by_one = [index.copies(rows(row)) for row in right]
    assert {each for found in one_by_one for each in found["id"].to_pylist()} == expected
    whole = index.copies(rows(*right)) if right else pa.concat_tables([COPIES.empty_table()])
    assert copied(whole) == {row: match for found in one_by_one for row, match in copied(found).items()}


def test_reposts_of_denied_posts_are_found_and_posts_of_others_are_not() -> None:
    """Reposts word for word, with something before or behind; a seed that nothing was tuned on."""
    random = Random(77)
    posts = [post for post in plant(303, 600) if len(post.text.split()) >= 30]
    singles = {post.family: post for post in posts}
    posts = list(singles.values())
    denied, others = posts[: len(posts) // 2], posts[len(posts) // 2 :]
    index = originals(*((post.id, post.author, 0, post.text) for post in denied))
    reposts = [(f"copy of {post.id}", "somebody", 1, f"RT {post.text} {random.choice('👏🎉')} #wow") for post in denied]
    rest = [(post.id, "somebody", 1, post.text) for post in others]
    found = copied(index.copies(rows(*reposts, *rest)))
    assert sum(found.get(f"copy of {post.id}") == post.id for post in denied) >= 0.98 * len(denied)
    assert sum(post.id in found for post in others) <= 0.01 * len(others)


def test_a_twin_with_many_edits_is_still_named_with_its_original() -> None:
    random = Random(5)
    base = essay(random) + essay(random) + essay(random) + essay(random)
    index = originals(("d", "anna", 0, base))
    found = copied(index.copies(rows(*((f"p{n}", "ben", 1, twin(random, base)) for n in range(50)))))
    assert set(found.values()) == {"d"}
    assert len(found) >= 40
