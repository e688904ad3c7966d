"""A base says what it learned from, and learning it again gives the same bytes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, Qwen2Config, Qwen2ForCausalLM

from assent.errors import EvidenceError, InputError, UnavailableError
from assent.training import base as module
from assent.training.base import PROVENANCE, Base, BaseConfig, Learned, open_base, train_base
from assent.training.corpus import public_corpus
from assent.training.language import Foreign, open_foreign
from assent.training.model import Decoder, DecoderConfig

CORPUS = public_corpus(size=60_000)
CONFIG = BaseConfig(
    DecoderConfig(vocab_size=400, width=32, layers=2, heads=4, kv_heads=2, inner_width=48, context=64),
    tokens=8_000,
    sequence_tokens=32,
    batch_sequences=8,
)


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    torch.set_num_threads(1)
    return train_base(CORPUS, CONFIG, tmp_path_factory.mktemp("bases") / "learned")


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def copied(base: Base, folder: Path) -> Path:
    folder.mkdir()
    for name, data in bytes_of(base.folder).items():
        (folder / name).write_bytes(data)
    return folder


def test_learning_again_gives_the_same_bytes(base: Base, tmp_path: Path) -> None:
    assert bytes_of(train_base(CORPUS, CONFIG, tmp_path / "again").folder) == bytes_of(base.folder)


def test_another_seed_gives_another_base(base: Base, tmp_path: Path) -> None:
    assert train_base(CORPUS, replace(CONFIG, seed=1), tmp_path / "other").digest != base.digest


def test_a_base_learns(tmp_path: Path) -> None:
    told: list[Learned] = []
    train_base(CORPUS, CONFIG, tmp_path / "watched", progress=told.append)
    assert [each.step for each in told] == list(range(1, CONFIG.steps + 1))
    assert told[-1].loss < told[0].loss - 0.3
    assert told[-1].seconds_left == 0
    assert told[0].seconds_left > 0


def test_transformers_reads_a_learned_base(base: Base) -> None:
    other = AutoModelForCausalLM.from_pretrained(base.folder, local_files_only=True)
    ids = AutoTokenizer.from_pretrained(base.folder, local_files_only=True)("We are looking for", return_tensors="pt")
    torch.testing.assert_close(other(**ids).logits, base.model().logits(ids["input_ids"]), rtol=0, atol=1e-6)


def test_provenance_names_text_choices_and_libraries(base: Base) -> None:
    document = json.loads((base.folder / PROVENANCE).read_text())
    assert document["digest"] == base.digest
    assert document["sources"] == [CORPUS.sources[0].to_json()]
    assert document["config"]["seed"] == CONFIG.seed
    assert sorted(document["versions"]) == ["python", "safetensors", "tokenizers", "torch"]
    assert open_base(base.folder).provenance == base.provenance


def test_a_digest_follows_from_what_computes_and_from_nothing_else(base: Base, tmp_path: Path) -> None:
    folder = copied(base, tmp_path / "copy")
    (folder / ".hidden").write_text("x")
    (folder / "README.md").write_text("x")
    assert open_base(folder).digest == base.digest


def test_weights_other_than_those_the_provenance_speaks_of_are_evidence(base: Base, tmp_path: Path) -> None:
    folder = copied(base, tmp_path / "copy")
    data = bytearray((folder / "model.safetensors").read_bytes())
    data[-1] ^= 1
    (folder / "model.safetensors").write_bytes(data)
    with pytest.raises(EvidenceError, match="speaks of another base"):
        open_base(folder)


def test_a_folder_that_says_nothing_is_opened_with_a_declaration_only(base: Base, tmp_path: Path) -> None:
    folder = copied(base, tmp_path / "copy")
    (folder / PROVENANCE).unlink()
    for silent in (None, " "):
        with pytest.raises(InputError, match="nothing says what the base") as raised:
            open_base(folder, declared=silent)
        assert "--declare" in (raised.value.hint or "")
    opened = open_base(folder, declared="encyclopedia of 2020")
    assert (opened.provenance.declaration, opened.provenance.sources) == ("encyclopedia of 2020", ())
    assert opened.digest == base.digest


def test_a_provenance_that_cannot_be_read_is_refused(base: Base, tmp_path: Path) -> None:
    folder = copied(base, tmp_path / "copy")
    (folder / PROVENANCE).write_text("{}")
    with pytest.raises(InputError, match="cannot be read"):
        open_base(folder)


def test_there_is_no_base_where_nothing_lies(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no model"):
        open_base(tmp_path / "nowhere")
    with pytest.raises(InputError, match="needs a folder"):
        open_base("tiny")


def test_tiny_is_learned_once_and_then_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TINY", CONFIG)
    monkeypatch.setattr(module, "public_corpus", lambda: CORPUS)
    first = open_base("tiny", cache=tmp_path)
    told: list[Learned] = []
    assert open_base("tiny", cache=tmp_path, progress=told.append) == replace(first, tokenizer=_any_tokenizer(first))
    assert told == []


def _any_tokenizer(base: Base) -> object:
    class Anything:
        def __eq__(self, _other: object) -> bool:
            return True

        __hash__ = None

    return Anything()


def test_learning_that_was_cut_off_is_begun_again(base: Base, tmp_path: Path) -> None:
    folder = copied(base, tmp_path / "learned")
    (folder / PROVENANCE).unlink()
    (folder / "config.json").write_text("{")
    assert train_base(CORPUS, CONFIG, folder).digest == base.digest


def test_a_full_disk_leaves_no_base(small_disk: Path) -> None:
    with (small_disk / "filler").open("wb") as file:
        file.write(b"\0" * (24 * 1024 * 1024 - 64 * 1024))
    with pytest.raises(UnavailableError, match="no space left"):
        train_base(CORPUS, CONFIG, small_disk / "learned")
    with pytest.raises(InputError, match="there is no model"):
        open_base(small_disk / "learned", declared="x")


def test_too_little_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="too few to learn from"):
        train_base(replace(CORPUS, texts=("one",)), CONFIG, tmp_path / "small")
    assert not (tmp_path / "small").exists()


def test_a_loss_that_is_no_number_ends_learning(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no number at step"):
        train_base(CORPUS, replace(CONFIG, learning_rate=1e30), tmp_path / "wild")
    assert not (tmp_path / "wild").exists()


def test_a_base_opened_twice_shares_no_weights(base: Base) -> None:
    first, second = base.model(), base.model()
    with torch.no_grad():
        next(first.module.parameters()).zero_()
    assert next(second.module.parameters()).abs().sum() > 0


# A base of another architecture goes through transformers.


@pytest.fixture(scope="module")
def foreign(base: Base, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("foreign")
    config = Qwen2Config(
        vocab_size=400,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=64,
    )
    torch.manual_seed(1)
    Qwen2ForCausalLM(config).save_pretrained(folder)
    AutoTokenizer.from_pretrained(base.folder, local_files_only=True).save_pretrained(folder)
    return folder


def test_a_base_of_another_architecture_answers_in_the_same_words(foreign: Path) -> None:
    opened = open_base(foreign, declared="nothing: drawn by chance")
    model = opened.model()
    ids = torch.arange(40).view(2, 20)
    assert isinstance(model, Foreign)
    torch.testing.assert_close(model.head(model.hidden(ids)), model.logits(ids))
    torch.testing.assert_close(model(ids, ids), model(ids, ids, each=True).mean())
    plain = ids
    for _ in range(5):
        plain = torch.cat((plain, model.logits(plain)[:, -1:].argmax(dim=-1)), dim=1)
    assert torch.equal(model.generate(ids, 5), plain)


def test_documents_do_not_see_each_other_in_a_base_of_another_architecture(foreign: Path) -> None:
    model, ids = open_foreign(foreign), torch.arange(40).view(2, 20)
    packed = model.logits(ids, torch.tensor([0] * 8 + [1] * 12).expand(2, -1))
    apart = torch.cat([model.logits(part) for part in ids.split([8, 12], dim=1)], dim=1)
    torch.testing.assert_close(packed, apart, rtol=0, atol=1e-5)


def test_a_decoder_opened_as_foreign_says_the_same(base: Base) -> None:
    own, other, ids = base.model(), open_foreign(base.folder), torch.arange(40).view(2, 20)
    assert isinstance(own, Decoder)
    torch.testing.assert_close(other.logits(ids), own.logits(ids), rtol=0, atol=1e-6)
    torch.testing.assert_close(other.hidden(ids), own.hidden(ids), rtol=0, atol=1e-6)


def test_pickled_weights_are_not_opened(foreign: Path, tmp_path: Path) -> None:
    for path in foreign.iterdir():
        if path.suffix != ".safetensors":
            (tmp_path / path.name).write_bytes(path.read_bytes())
    torch.save({}, tmp_path / "pytorch_model.bin")
    with pytest.raises(InputError, match="there are no safetensors"):
        open_base(tmp_path, declared="x").model()


def test_a_folder_that_wants_its_own_code_run_is_refused(foreign: Path, tmp_path: Path) -> None:
    for path in foreign.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    config = json.loads((tmp_path / "config.json").read_text())
    config |= {"model_type": "unheard-of", "auto_map": {"AutoModelForCausalLM": "evil.Model", "AutoConfig": "evil.C"}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "evil.py").write_text("raise SystemExit('code of the folder ran')")
    with pytest.raises(InputError, match="cannot be opened"):
        open_base(tmp_path, declared="x").model()
