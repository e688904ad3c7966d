"""Names nobody told of are found by a small learned file, the same however texts are batched."""

from __future__ import annotations

import random
from hashlib import sha256
from importlib import resources
from pathlib import Path

import pyarrow as pa
import pytest

from assent.curation.redact import tagger
from assent.curation.redact.tagger.training.learning import train
from assent.curation.redact.tagger.training.writing import Writer
from assent.curation.redact.tagger.weights import FILE, parse
from assent.errors import EvidenceError
from assent.vocabulary.curation import HIT_SCHEMA

SHIPPED = resources.files(tagger) / FILE


def found(text: str) -> list[tuple[str, str]]:
    hits = tagger.find(pa.array([text]))
    columns = (hits[name].to_pylist() for name in ("start", "end", "type"))
    return [(text[start:end], kind) for start, end, kind in zip(*columns, strict=True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My name is Astrid Lindqvist.", [("Astrid Lindqvist", "person")]),
        ("I moved from Nairobi to Lisbon in 2011.", [("Nairobi", "location"), ("Lisbon", "location")]),
        ("She is Brazilian but lives in Poland.", [("Brazilian", "group"), ("Poland", "location")]),
        ("I work for Hartwell & Sons.", [("Hartwell & Sons", "organization")]),
        ("Ich heiße Jürgen Köhler und wohne in München.", [("Jürgen Köhler", "person"), ("München", "location")]),
    ],
)
def test_names_are_found_with_their_type(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Experienced software engineer. Skills: Python, Docker, Kubernetes, project management.",
        "However, the results of the test on Monday were not good.",
        "Can I get a refund for the order?",
        "La question est de savoir si le mot est un nom ou un verbe.",
    ],
)
def test_words_that_name_nobody_are_left_alone(text: str) -> None:
    assert found(text) == []


def test_rules_are_named_after_their_type() -> None:
    assert tagger.find(pa.array(["Kind regards, Priya Sharma"]))["rule"].to_pylist() == ["tagger.person"]


def test_hits_are_the_same_however_texts_are_batched() -> None:
    writer = Writer(99)
    texts = [writer.text()[0] for _ in range(300)]
    texts[10:10] = ["", None, "...", "O", "(Anna"]
    whole = tagger.find(pa.array(texts)).to_pylist()
    alone = [
        hit | {"row": row}
        for row, text in enumerate(texts)
        for hit in tagger.find(pa.array([text], pa.string())).to_pylist()
    ]
    assert whole == alone


def test_a_slice_of_a_batch_counts_its_own_rows() -> None:
    texts = pa.array(["nothing", "My name is Astrid Lindqvist.", None])
    assert tagger.find(texts.slice(1))["row"].to_pylist() == [0]


def test_offsets_count_code_points() -> None:
    text = "🎉 Straße! My name is Astrid Lindqvist."
    assert found(text) == [("Astrid Lindqvist", "person")]


@pytest.mark.parametrize("texts", [[], [None], [""], ["", None]])
def test_nothing_is_found_in_nothing(texts: list[str | None]) -> None:
    assert tagger.find(pa.array(texts, pa.string())).equals(HIT_SCHEMA.empty_table())


def test_unseen_characters_do_no_harm() -> None:
    assert "Astrid" in found("My name is \u200eAstrid\u200e Lindqvist\u202c.")[0][0]


def test_noise_gives_stretches_inside_the_text() -> None:
    chance = random.Random(4)
    characters = [chr(each) for each in (*range(1, 0xD7FF), *range(0xE000, 0x1F900))]
    texts = ["".join(chance.choices(characters, k=60)) for _ in range(200)]
    hits = tagger.find(pa.array(texts)).to_pylist()
    assert all(0 <= hit["start"] < hit["end"] <= len(texts[hit["row"]]) for hit in hits)


def test_a_long_document_is_read_in_pieces_to_its_end() -> None:
    text = "word é " * 300_000 + "My name is Astrid Lindqvist."
    hits = tagger.find(pa.array(["Regards, Priya Sharma", text, "Regards, Priya Sharma"])).to_pylist()
    last = [hit for hit in hits if hit["row"] == 1][-1]
    assert (text[last["start"] : last["end"]], [hit["row"] for hit in hits][-1]) == ("Astrid Lindqvist", 2)


def test_what_was_masked_is_not_found_again() -> None:
    assert found("My name is [PERSON].") == []


def test_a_damaged_file_is_refused() -> None:
    content = SHIPPED.read_bytes()
    with pytest.raises(EvidenceError, match="damaged"):
        parse(content[:-1] + bytes([content[-1] ^ 1]))


def test_training_is_the_same_every_time() -> None:
    assert train(texts=400, rounds=1) == train(texts=400, rounds=1)


def test_the_shipped_file_is_the_one_the_card_describes() -> None:
    card = Path(__file__).resolve().parents[2] / "docs" / "models" / "name-tagger.md"
    assert sha256(SHIPPED.read_bytes()).hexdigest() in card.read_text(encoding="utf-8")
