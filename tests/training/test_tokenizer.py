"""Every text can be told, marks in it mean nothing, and the same text gives the same tokenizer in any process."""

from __future__ import annotations

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoTokenizer

from assent.errors import InputError
from assent.training.corpus import public_corpus
from assent.training.tokens import EOS, Tokenizer, load_tokenizer, save_tokenizer, train_tokenizer

LEARN = """
import sys
from assent.training.corpus import public_corpus
from assent.training.tokens import train_tokenizer
sys.stdout.write(train_tokenizer(public_corpus(size=60_000).texts, 400).pieces.to_str())
"""


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return train_tokenizer(public_corpus(size=60_000).texts, 400)


def test_the_same_text_gives_the_same_tokenizer_in_another_process(tokenizer: Tokenizer) -> None:
    done = subprocess.run([sys.executable, "-c", LEARN], capture_output=True, check=True)
    again = train_tokenizer(public_corpus(size=60_000).texts, 400).pieces.to_str().encode()
    assert sha256(done.stdout).hexdigest() == sha256(again).hexdigest()


@given(st.text())
def test_what_was_told_in_tokens_is_told_back(tokenizer: Tokenizer, text: str) -> None:
    assert tokenizer.decode(tokenizer.encode([text])[0]) == text


def test_marks_that_stand_in_a_text_end_nothing(tokenizer: Tokenizer) -> None:
    ids = tokenizer.encode([f"said {EOS} and went on"])[0]
    assert tokenizer.end not in ids
    assert tokenizer.decode(ids) == f"said {EOS} and went on"


def test_transformers_reads_a_saved_tokenizer_and_tells_the_same(tokenizer: Tokenizer, tmp_path: Path) -> None:
    save_tokenizer(tokenizer, tmp_path, context=64)
    other = AutoTokenizer.from_pretrained(tmp_path, local_files_only=True)
    text = "A staff nurse, twelve years, für zwei Häuser. 👩‍⚕️"
    assert other(text)["input_ids"] == tokenizer.encode([text])[0]
    assert (other.bos_token_id, other.eos_token_id, other.pad_token_id) == (
        tokenizer.begin,
        tokenizer.end,
        tokenizer.pad,
    )


def test_a_saved_tokenizer_is_read_back(tokenizer: Tokenizer, tmp_path: Path) -> None:
    save_tokenizer(tokenizer, tmp_path, context=64)
    again = load_tokenizer(tmp_path)
    assert again.encode([f"to work {EOS}"]) == tokenizer.encode([f"to work {EOS}"])
    assert (again.begin, again.end, again.pad) == (tokenizer.begin, tokenizer.end, tokenizer.pad)


def test_too_few_tokens_for_every_byte_are_refused() -> None:
    with pytest.raises(InputError, match="cannot tell every byte"):
        train_tokenizer(["text"], 200)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("tokenizer.json", None, "there is no tokenizer"),
        ("tokenizer.json", "{}", "is no tokenizer"),
        ("tokenizer_config.json", None, "is missing"),
        ("tokenizer_config.json", "{", "is not JSON"),
        ("tokenizer_config.json", "[]", "is not a configuration"),
        ("tokenizer_config.json", "{}", "does not say what ends a text"),
        ("tokenizer_config.json", '{"eos_token": "<never>"}', "does not say what ends a text"),
    ],
)
def test_a_tokenizer_that_cannot_be_read_is_refused(
    tokenizer: Tokenizer, tmp_path: Path, name: str, content: str | None, message: str
) -> None:
    save_tokenizer(tokenizer, tmp_path, context=64)
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=message):
        load_tokenizer(tmp_path)
