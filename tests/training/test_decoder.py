"""The decoder is a Llama: transformers reads its folders and says the same, and the other way round."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from torch.nn import functional
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM

from assent.errors import EvidenceError, InputError
from assent.training.folders import CONFIG, WEIGHTS, load_folder, save_folder
from assent.training.head_loss import IGNORED, head_loss
from assent.training.model import Decoder, DecoderConfig, loss_of

SHAPE = DecoderConfig(vocab_size=101, width=32, layers=2, heads=4, kv_heads=2, inner_width=48, context=48, eos=1)
UNTIED = DecoderConfig(vocab_size=101, width=32, layers=2, heads=4, kv_heads=4, inner_width=48, context=48, tied=False)


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def drawn_ids(batch: int = 3, length: int = 24) -> torch.Tensor:
    return torch.randint(0, SHAPE.vocab_size, (batch, length), generator=torch.Generator().manual_seed(5))


@pytest.mark.parametrize("shape", [SHAPE, UNTIED], ids=["tied", "untied"])
def test_transformers_reads_a_saved_folder_and_gives_the_same_logits(shape: DecoderConfig, tmp_path: Path) -> None:
    decoder = Decoder(shape, seed=3).eval()
    save_folder(decoder, tmp_path)
    other = AutoModelForCausalLM.from_pretrained(tmp_path, local_files_only=True)
    assert {name for name, _ in other.named_parameters()} == {name for name, _ in decoder.named_parameters()}
    torch.testing.assert_close(other(drawn_ids()).logits, decoder.logits(drawn_ids()), rtol=0, atol=1e-6)


@pytest.mark.parametrize("shape", [SHAPE, UNTIED], ids=["tied", "untied"])
def test_the_decoder_reads_a_folder_of_transformers_and_gives_the_same_logits(
    shape: DecoderConfig, tmp_path: Path
) -> None:
    config = LlamaConfig(
        vocab_size=shape.vocab_size,
        hidden_size=shape.width,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.kv_heads,
        intermediate_size=shape.inner_width,
        max_position_embeddings=shape.context,
        rope_parameters={"rope_type": "default", "rope_theta": 5000.0},
        tie_word_embeddings=shape.tied,
    )
    other = LlamaForCausalLM(config).eval()
    other.save_pretrained(tmp_path)
    torch.testing.assert_close(load_folder(tmp_path).logits(drawn_ids()), other(drawn_ids()).logits, rtol=0, atol=1e-6)


def test_a_saved_folder_is_read_back_bit_by_bit_and_saved_as_the_same_bytes(tmp_path: Path) -> None:
    decoder = Decoder(SHAPE, seed=3).eval()
    save_folder(decoder, tmp_path / "once")
    save_folder(load_folder(tmp_path / "once"), tmp_path / "twice")
    once, twice = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("once", "twice"))
    assert twice == once


def test_documents_of_a_packed_sequence_do_not_see_each_other() -> None:
    decoder, ids = Decoder(SHAPE, seed=3).eval(), drawn_ids()
    segments = torch.tensor([0] * 7 + [1] * 9 + [2] * 8).expand(3, -1)
    packed = decoder.logits(ids, segments)
    apart = torch.cat([decoder.logits(part) for part in ids.split([7, 9, 8], dim=1)], dim=1)
    torch.testing.assert_close(packed, apart, rtol=0, atol=1e-6)


def test_a_position_does_not_see_what_comes_after_it() -> None:
    decoder, ids = Decoder(SHAPE, seed=3).eval(), drawn_ids()
    changed = ids.clone()
    changed[:, 12:] = 0
    torch.testing.assert_close(decoder.logits(ids)[:, :12], decoder.logits(changed)[:, :12], rtol=0, atol=1e-6)


def test_generating_with_kept_keys_and_values_says_what_recomputing_everything_says() -> None:
    decoder, ids = Decoder(SHAPE, seed=3).eval(), drawn_ids(2, 5)
    plain = ids
    for _ in range(12):
        plain = torch.cat((plain, decoder.logits(plain)[:, -1:].argmax(dim=-1)), dim=1)
    assert torch.equal(decoder.generate(ids, 12), plain)


def test_a_seed_draws_the_same_tokens_again_and_another_seed_others() -> None:
    decoder, ids = Decoder(SHAPE, seed=3).eval(), drawn_ids(1, 5)
    first, again, other = (
        decoder.generate(ids, 20, temperature=1.0, top_k=50, generator=torch.Generator().manual_seed(seed))
        for seed in (1, 1, 2)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_generating_ends_at_a_token_that_stops() -> None:
    decoder, ids = Decoder(SHAPE, seed=3).eval(), drawn_ids(1, 5)
    third = int(decoder.generate(ids, 3)[0, -1])
    told = decoder.generate(ids, 20, stop=[third])[0, 5:].tolist()
    assert told.index(third) == len(told) - 1


def test_drawing_without_a_seed_is_refused() -> None:
    with pytest.raises(InputError, match="from no seed"):
        Decoder(SHAPE).generate(drawn_ids(1, 5), 1, temperature=0.5)


def test_more_tokens_than_the_context_are_refused() -> None:
    with pytest.raises(InputError, match="longer than the `48`"):
        Decoder(SHAPE).logits(torch.zeros(1, 49, dtype=torch.int64))
    with pytest.raises(InputError, match="do not fit a context"):
        Decoder(SHAPE).generate(torch.zeros(1, 40, dtype=torch.int64), 9)


def test_the_loss_is_the_mean_of_the_losses_of_positions_that_bear_one() -> None:
    decoder, ids = Decoder(SHAPE, seed=3), drawn_ids()
    targets = ids.roll(-1, dims=1)
    targets[:, 15:] = IGNORED
    each = decoder(ids, targets, each=True)
    assert each[:, 15:].abs().sum() == 0
    torch.testing.assert_close(decoder(ids, targets), each[:, :15].mean())


@pytest.mark.parametrize("chunk", [1 << 20, 500], ids=["at once", "in parts"])
def test_loss_and_gradients_of_the_head_are_those_of_all_logits(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assent.training.head_loss._CHUNK_LOGITS", chunk)
    drawn = torch.Generator().manual_seed(1)
    hidden, weight = (torch.randn(shape, generator=drawn, requires_grad=True) for shape in ((2, 40, 16), (101, 16)))
    targets = torch.randint(0, 101, (2, 40), generator=drawn)
    targets[0, 30:] = IGNORED
    expected = functional.cross_entropy((hidden @ weight.T).flatten(0, 1), targets.flatten(), ignore_index=IGNORED)
    gradients = torch.autograd.grad(expected * 3, (hidden, weight))
    actual = head_loss(hidden, weight, targets)
    torch.testing.assert_close(actual, expected)
    torch.testing.assert_close(torch.autograd.grad(actual * 3, (hidden, weight)), gradients)


def test_the_losses_of_the_head_and_of_logits_agree_under_lower_precision() -> None:
    decoder, ids = Decoder(SHAPE, seed=3), drawn_ids()
    with torch.autocast("cpu", torch.bfloat16):
        torch.testing.assert_close(decoder(ids, ids), loss_of(decoder.logits(ids), ids), rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model_type": "gpt2"}, "another architecture: `model_type`"),
        ({"attention_bias": True}, "another architecture: `attention_bias`"),
        ({"rope_parameters": {"rope_type": "yarn", "factor": 2.0}}, "another architecture: positions"),
        ({"head_dim": 16}, "heads are wider"),
        ({"hidden_size": "wide"}, "does not tell the shape"),
        ({"num_attention_heads": 3}, "does not fit `3` heads"),
    ],
)
def test_a_folder_of_another_architecture_is_refused(changes: dict[str, object], message: str, tmp_path: Path) -> None:
    save_folder(Decoder(SHAPE), tmp_path)
    document = json.loads((tmp_path / CONFIG).read_text()) | changes
    (tmp_path / CONFIG).write_text(json.dumps(document))
    with pytest.raises(InputError, match=message):
        load_folder(tmp_path)


def test_weights_that_were_cut_off_are_evidence_of_damage(tmp_path: Path) -> None:
    save_folder(Decoder(SHAPE), tmp_path)
    (tmp_path / WEIGHTS).write_bytes((tmp_path / WEIGHTS).read_bytes()[:-8])
    with pytest.raises(EvidenceError, match="cannot be read"):
        load_folder(tmp_path)


def test_weights_of_another_shape_are_evidence_of_damage(tmp_path: Path) -> None:
    save_folder(Decoder(SHAPE), tmp_path)
    save_folder(Decoder(UNTIED), tmp_path / "other")
    (tmp_path / WEIGHTS).write_bytes((tmp_path / "other" / WEIGHTS).read_bytes())
    with pytest.raises(EvidenceError, match="does not fit its configuration"):
        load_folder(tmp_path)


def test_an_empty_folder_holds_no_model(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no model"):
        load_folder(tmp_path)
