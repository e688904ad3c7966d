"""What signatures tell apart, and what they do not."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.curation.duplicates import SIGNATURE, sign
from assent.curation.duplicates.likeness import as_matrix, similarity

FOX = "The quick brown fox jumps over the lazy dog while the farmer counts his geese by the river"

SAME = {
    "case": FOX.upper(),
    "punctuation": FOX.replace(" ", ", ") + "!!!",
    "emoji": FOX.replace("dog", "dog 🐕") + " 👍🏽❤️",
    "lines": FOX.replace(" ", "\r\n\t"),
    "invisible": "\ufeff" + FOX.replace("o", "o\u200b") + "\u200f",
    "accents": FOX.replace("o", "ö").replace("e", "e\u0301"),
    "wide": "".join(chr(ord(each) + 0xFEE0) if each.isalpha() else each for each in FOX),
    "bold": "".join(chr(0x1D5EE + ord(each) - 97) if each.islower() else each for each in FOX),
}


def alike(left: str, right: str) -> float:
    matrix = as_matrix(sign(pa.array([left, right])))
    return float(similarity(matrix, np.array([0]), matrix, np.array([1]))[0])


def exact(left: str, right: str) -> float:
    sets = [set(zip(each.split()[:-1], each.split()[1:], strict=True)) for each in (left, right)]
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1])


@pytest.mark.parametrize("edit", SAME)
def test_what_does_not_count_changes_no_signature(edit: str) -> None:
    plain, edited = sign(pa.array([FOX, SAME[edit]]))
    assert edited == plain


@pytest.mark.parametrize("other", ["RT " + FOX, FOX.replace("fox", "cat"), FOX + " und", FOX[4:]])
def test_a_word_makes_a_difference(other: str) -> None:
    assert 0.5 < alike(FOX, other) < 1


@pytest.mark.parametrize("shared", [5, 20, 40, 60])
def test_the_estimate_is_near_the_exact_similarity(shared: int) -> None:
    """Over fifty pairs: the mean within .02, each within four standard deviations."""
    errors = []
    for pair in range(50):
        left, right = [
            " ".join([f"both{pair}x{n}" for n in range(shared)] + [f"{side}{pair}x{n}" for n in range(20)])
            for side in ("left", "right")
        ]
        errors.append(alike(left, right) - exact(left, right))
    assert abs(float(np.mean(errors))) < 0.02
    assert max(map(abs, errors)) < 0.18


def test_unrelated_texts_are_not_alike() -> None:
    assert alike(FOX, "Nobody told the new director that our canteen serves nothing but soup on Fridays") < 0.05


def test_short_texts_are_alike_only_with_the_same_words_in_order() -> None:
    texts = ["Congratulations, Anna!", "congratulations anna", "Anna, congratulations!", "Congratulations, Ben!"]
    first, same, turned, other = sign(pa.array(texts))
    assert first == same
    assert len({first, turned, other}) == 3
    assert alike(texts[0], texts[3]) < 0.05


def test_words_without_spaces_are_compared_too() -> None:
    text = "私たちのチームは先週新しいデータ基盤を完成させ、顧客に公開しました。とても誇りに思います。"
    assert alike(text, text.replace("先週", "昨日")) > 0.7
    assert alike(text, "来月から大阪の支社で働くことになりました。皆さまこれからもよろしくお願いいたします。") < 0.1


def test_a_text_without_letters_is_like_itself_alone() -> None:
    first, same, other, dots = sign(pa.array(["😀😀", " 😀😀\n", "🎉", "..."]))
    assert first == same
    assert len({first, other, dots}) == 3


def test_nothing_has_no_signature() -> None:
    signed = sign(pa.array([None, "", " \n\t", "a"]))
    assert signed.is_null().to_pylist() == [True, True, True, False]


def test_a_minimum_of_words_leaves_short_texts_unsigned() -> None:
    signed = sign(pa.array(["one two three", "one two", "😀", None]), minimum_words=3)
    assert signed.is_null().to_pylist() == [False, True, True, True]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_any_kind_of_string_column_is_signed(kind: pa.DataType) -> None:
    assert sign(pa.array([FOX, None], kind)).to_pylist() == sign(pa.array([FOX, None])).to_pylist()


def test_slices_and_chunks_are_signed_as_the_whole() -> None:
    whole = pa.array([None, FOX, "é", "hello there", FOX + " 😀", ""])
    chunked = pa.chunked_array([whole.slice(0, 2), whole.slice(2, 0), whole.slice(2)])
    assert sign(whole.slice(1, 4)).to_pylist() == sign(whole).to_pylist()[1:5]
    assert sign(chunked).to_pylist() == sign(whole).to_pylist()


def test_no_texts_have_no_signatures() -> None:
    assert sign(pa.array([], pa.string())).to_pylist() == []
    assert sign(pa.chunked_array([], pa.string())).type == SIGNATURE


def test_the_bytes_are_the_same_as_ever() -> None:
    """Signatures are kept from one snapshot to the next; whoever changes them must throw the kept ones away."""
    signed = sign(pa.array([FOX, "hello there", "😀", "Žluťoučký kůň příšerně úpěl ďábelské ódy, a nikdo ho neslyšel"]))
    assert [each.as_py()[:6].hex() for each in signed] == KNOWN


KNOWN = ["6c61974fc502", "164be5f83935", "7820a4d2d726", "95cf563e162e"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=80)), max_size=12), st.text(max_size=120))
def test_a_signature_rests_on_its_text_alone(others: list[str | None], text: str) -> None:
    alone = sign(pa.array([text], pa.string())).to_pylist()
    assert sign(pa.array([*others, text], pa.string())).to_pylist()[-1:] == alone
    assert sign(pa.array([text, *others], pa.string())).to_pylist()[:1] == alone


@pytest.mark.parametrize(
    "text",
    [
        "word and another " * 600_000,
        "слово и ещё одно " * 300_000,
        "a" * 10_000_000,
        " " * 10_000_000,
        "\u200f\u202e" * 1_000_000,
        "😀" * 1_000_000,
        "e" + "\u0301" * 1_000_000,
    ],
    ids=["latin", "cyrillic", "one word", "blank", "invisible", "emoji", "marks"],
)
def test_ten_megabytes_are_signed_beside_others(text: str) -> None:
    signed = sign(pa.array([FOX, text, FOX]))
    assert signed[0] == signed[2] == sign(pa.array([FOX]))[0]


def test_a_long_text_is_like_itself_with_a_beginning() -> None:
    long = " ".join(f"w{n % 9973}x{n}" for n in range(120_000))
    assert alike(long, "RT " + long) > 0.95
