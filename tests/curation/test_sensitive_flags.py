"""The lexicon finds what people say about themselves and leaves the words of their trades alone."""

# ruff: noqa: RUF001 - people write curly quotes and other scripts

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest

from assent.curation.sensitive import FLAG_SCHEMA, flag
from assent.curation.sensitive.lexicon import MOST_PHRASES, read
from assent.errors import InputError
from assent.vocabulary.curation import Topic

SENTENCES = Path(__file__).parent / "sensitive_sentences"
ALL = frozenset(Topic)


def sentences(name: str) -> list[tuple[str, str, str]]:
    lines = (SENTENCES / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [(topic, language, text) for topic, language, text in
            (line.split("\t") for line in lines if line and not line.startswith("#"))]  # fmt: skip


def topics_of(texts: list[str | None]) -> list[set[str]]:
    found: list[set[str]] = [set() for _ in texts]
    for row in flag(pa.array(texts, pa.string()), ALL).to_pylist():
        found[row["row"]].add(row["topic"])
    return found


def recall_and_precision(name: str, topic: Topic) -> tuple[float, float]:
    labelled = sentences(name)
    found = topics_of([text for _, _, text in labelled])
    hits = sum(topic in each and label == topic for each, (label, _, _) in zip(found, labelled, strict=True))
    return hits / sum(label == topic for label, _, _ in labelled), hits / sum(topic in each for each in found)


@pytest.mark.parametrize("topic", Topic)
def test_held_out_disclosures_are_found(topic: Topic) -> None:
    recall, precision = recall_and_precision("held_out", topic)

    assert recall >= 0.8
    assert precision >= 0.9


def test_no_sentence_is_in_both_sets() -> None:
    assert not {text for _, _, text in sentences("held_out")} & {text for _, _, text in sentences("development")}


@pytest.mark.external_data
def test_public_job_texts_are_hardly_ever_flagged(external_data: Path) -> None:
    with (external_data / "onet" / "tasks.tsv").open(encoding="utf-8") as file:
        texts = [row["Task"] for row in csv.DictReader(file, delimiter="\t")]
    with zipfile.ZipFile(external_data / "esco" / "esco-v1.1.1-classification-en.zip") as folder:
        rows = csv.DictReader(io.TextIOWrapper(folder.open("skills_en.csv"), "utf-8"))
        texts += [row["description"] for row in rows if row["description"]]

    assert len(texts) > 30_000
    assert flag(pa.array(texts), ALL).num_rows / len(texts) < 0.0005


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I'm GAY, and my chemo starts on Monday", {"orientation", "health"}),
        ("i’m gay", {"orientation"}),
        ("Je suis malade du coeur et j ai ete hospitalise", {"health"}),
        ("insulin", set()),
        ("insulin and chemo", {"health"}),
        ("I work at a Catholic University, and I pray there", {"religion"}),
        ("", set()),
        (None, set()),
    ],
)
def test_one_strong_or_two_weak_entries_flag(text: str | None, expected: set[str]) -> None:
    assert topics_of([text]) == [expected]


def test_an_entry_is_named_and_the_text_is_not() -> None:
    flagged = flag(pa.array(["nothing", "I'm bisexual"]), ALL)

    assert flagged.schema == FLAG_SCHEMA
    assert [(row["row"], row["topic"]) for row in flagged.to_pylist()] == [(1, "orientation")]
    assert "bisexual" not in flagged["rule"][0].as_py()


def test_only_the_topics_that_are_asked_are_flagged() -> None:
    assert flag(pa.array(["I'm gay"]), frozenset({Topic.HEALTH})) == FLAG_SCHEMA.empty_table()


def test_neighbours_and_size_change_nothing() -> None:
    texts = [text for _, _, text in sentences("development")]

    assert topics_of(texts + texts[::-1]) == topics_of(texts) + topics_of(texts)[::-1]
    assert topics_of([" ".join(["word"] * 1_500_000) + " I'm gay " + "European Union " * 20_000]) == [{"orientation"}]


def test_phrases_do_not_cross_from_one_text_to_the_next() -> None:
    assert topics_of(["I am", "gay"]) == [set(), set()]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("health\tstrong", "line 1 of lexicon `xx` is no entry"),
        ("wealth\tstrong\tmy money", "line 1 of lexicon `xx` is no entry"),
        ("health\tstrong\tmy <illness>", "line 1 of lexicon `xx` names the set `illness`, which is not there"),
        ("health\tstrong\t(a (b|c))", "line 1 of lexicon `xx` has brackets within brackets"),
        ("health\tweak\t" + "(a|b|c|d|e|f|g|h|i|j) " * 5, "line 1 of lexicon `xx` stands for 100,000 phrases"),
    ],
)
def test_a_bad_line_is_named(text: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        read(text, "xx")

    assert error.value.message == message
    assert MOST_PHRASES < 100_000
