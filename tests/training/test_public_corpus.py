"""Public text says where it came from, follows from its seed, and holds no member's sentence."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from assent.errors import InputError
from assent.sources.synthetic import generate
from assent.sources.synthetic.vocabulary import TRADE_NAMES, trades_in, vocabulary
from assent.training.corpus import Source, public_corpus, read_corpus
from assent.training.public_text import _sections


def test_a_seed_gives_the_same_text_again_and_another_seed_other_text() -> None:
    first, again, other = (public_corpus(seed=seed, size=30_000) for seed in (1, 1, 2))
    assert first == again
    assert first.sources[0].sha256 != other.sources[0].sha256
    assert not set(first.texts) & set(other.texts)


def test_the_digest_of_made_up_text_is_over_its_texts() -> None:
    corpus = public_corpus(size=30_000)
    digest = sha256(b"".join(text.encode() + b"\0" for text in corpus.texts)).hexdigest()
    size = sum(len(text.encode()) for text in corpus.texts)
    assert corpus.sources == (Source("assent public text, seed 1", "Apache-2.0", digest, len(corpus.texts), size),)
    assert 30_000 <= size < 35_000


def test_more_text_begins_with_less_text() -> None:
    less, more = public_corpus(size=10_000).texts, public_corpus(size=30_000).texts
    assert more[: len(less)] == less


@pytest.mark.parametrize("language", ["en", "de", "fr", "nl", "es"])
def test_every_slot_of_a_template_has_words(language: str) -> None:
    for trade in TRADE_NAMES if language == "en" else trades_in(language):
        words = vocabulary(language, trade)
        for templates in _sections(language).values():
            assert [slot for template in templates for slot in template.slots if slot not in words] == []


def test_public_text_holds_no_text_of_a_member(tmp_path: Path) -> None:
    generate(tmp_path / "network", members=60, records=1_500, seed=7)
    rows = pq.read_table(tmp_path / "network" / "records", columns=["category", "text"]).to_pylist()
    # A skill or an interest by itself is a word, and words are shared.
    written = {row["text"] for row in rows if row["text"] and len(row["text"].split()) > 6}
    public = "\n".join(public_corpus(size=1_000_000).texts)
    assert len(written) > 500
    assert [text for text in written if text in public] == []


def test_files_of_each_kind_are_read_in_order(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one\nstill one\n\ntwo\r\n\r\n\n")
    (tmp_path / "b.jsonl").write_text('{"text": "three"}\n\n{"text": "four\\u2028five"}\n')
    (tmp_path / "c.tsv").write_text("Code\tTask\tType\n11-10.00\tPlan the week.\tn/a\n11-10.01\tTell others.\tCore\n")
    (tmp_path / "ignored.bin").write_bytes(b"\xff")
    corpus = read_corpus([tmp_path], licence="CC BY 4.0")
    assert corpus.texts == ("one\nstill one", "two", "three", "four\u2028five", "Plan the week", "Tell others. Core")
    assert [(each.name, each.texts, each.licence) for each in corpus.sources] == [
        ("a.txt", 2, "CC BY 4.0"),
        ("b.jsonl", 2, "CC BY 4.0"),
        ("c.tsv", 2, "CC BY 4.0"),
    ]
    assert [each.sha256 for each in corpus.sources] == [
        sha256((tmp_path / each.name).read_bytes()).hexdigest() for each in corpus.sources
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"\xff\xfe", "is not UTF-8"),
        ("a.txt", b" \n\n ", "no public text"),
        ("a.jsonl", b"{", "cannot be read"),
        ("a.jsonl", b'{"body": "x"}', "cannot be read"),
        ("a.jsonl", b"[1]", "cannot be read"),
        ("a.parquet", b"PAR1", "of no kind"),
        ("a.txt", None, "there is no"),
    ],
)
def test_text_that_cannot_be_read_is_refused(name: str, content: bytes | None, message: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_corpus([tmp_path / name], licence="x")


def test_a_source_is_told_and_read_back() -> None:
    source = public_corpus(size=1_000).sources[0]
    assert Source.of(json.loads(json.dumps(source.to_json()))) == source


@pytest.mark.external_data
def test_occupations_are_read_as_words_without_codes(external_data: Path) -> None:
    corpus = read_corpus([external_data / "onet"], licence="CC BY 4.0")
    assert [each.name for each in corpus.sources] == ["occupations.tsv", "tasks.tsv", "technologies.tsv"]
    assert len(corpus.texts) > 50_000
    assert corpus.texts[0].startswith("Chief Executives. Determine and formulate policies")
