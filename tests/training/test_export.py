"""A merged folder says what base and adapters said together, in software that knows nothing of adapters."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from peft import LoraConfig, get_peft_model_state_dict, inject_adapter_in_model
from transformers import AutoModelForCausalLM, AutoTokenizer

from assent.errors import EvidenceError, InputError, UnavailableError
from assent.training.base import Base, BaseConfig, open_base, train_base
from assent.training.config import TrainingConfig
from assent.training.corpus import public_corpus
from assent.training.exporting import MERGED, export_merged
from assent.training.model import DecoderConfig
from assent.training.serving import mean_delta, merged

NAMES = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
SCALE = 16 / 4
State = dict[str, torch.Tensor]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    torch.set_num_threads(1)
    shape = DecoderConfig(vocab_size=300, width=32, layers=2, heads=4, kv_heads=2, inner_width=48, context=32)
    config = BaseConfig(shape, tokens=512, sequence_tokens=32, batch_sequences=8)
    return train_base(public_corpus(size=20_000), config, tmp_path_factory.mktemp("bases") / "learned")


def adapted(base: Base, seed: int) -> tuple[torch.nn.Module, State]:
    """A base with an adapter of values drawn by chance in it, and the adapter."""
    module = base.model().module
    inject_adapter_in_model(LoraConfig(r=4, lora_alpha=16, target_modules=NAMES), module)
    drawn = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weight in module.named_parameters():
            if "lora_" in name:
                weight.normal_(0, 0.05, generator=drawn)
    return module.eval(), {name: each.clone() for name, each in get_peft_model_state_dict(module).items()}


def ids() -> torch.Tensor:
    return torch.randint(0, 300, (2, 20), generator=torch.Generator().manual_seed(1))


def test_one_merged_adapter_says_what_base_and_adapter_said(base: Base, tmp_path: Path) -> None:
    module, state = adapted(base, 1)
    export_merged(base, [state], scale=SCALE, folder=tmp_path / "merged")
    opened = AutoModelForCausalLM.from_pretrained(tmp_path / "merged", local_files_only=True)
    torch.testing.assert_close(opened(ids()).logits, module.logits(ids()), rtol=0, atol=1e-5)
    assert (module.logits(ids()) - base.model().logits(ids())).abs().max() > 0.01


def test_of_several_adapters_the_mean_is_merged(base: Base, tmp_path: Path) -> None:
    states = [adapted(base, seed)[1] for seed in (1, 2)]
    export_merged(base, states, scale=SCALE, folder=tmp_path / "merged")
    own = base.model().module
    opened = open_base(tmp_path / "merged", declared="a base and two adapters").model().module.state_dict()
    layer = "model.layers.1.mlp.up_proj"
    mean = sum(SCALE * state[f"{layer}.lora_B.weight"] @ state[f"{layer}.lora_A.weight"] for state in states) / 2
    expected = own.state_dict()[f"{layer}.weight"] + mean
    torch.testing.assert_close(opened[f"{layer}.weight"], expected)


def test_what_was_exported_is_what_serves_bit_for_bit(base: Base, tmp_path: Path) -> None:
    states = [adapted(base, seed)[1] for seed in (1, 2, 3)]
    export_merged(base, states, scale=SCALE, folder=tmp_path / "merged")
    exported = open_base(tmp_path / "merged", declared="a base and three adapters").model().module.state_dict()
    serving = merged(base.model(), states, TrainingConfig(rank=4, alpha=16)).module.state_dict()
    assert exported.keys() == serving.keys()
    assert [name for name in serving if not torch.equal(exported[name], serving[name])] == []


def test_what_was_exported_carries_its_tokenizer_and_says_what_was_merged(base: Base, tmp_path: Path) -> None:
    export_merged(base, [adapted(base, 1)[1]], scale=SCALE, folder=tmp_path / "merged")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "merged", local_files_only=True)
    assert tokenizer("a team")["input_ids"] == base.tokenizer.encode(["a team"])[0]
    told = json.loads((tmp_path / "merged" / MERGED).read_text())
    assert told == {"adapters": 1, "base": base.digest, "provenance": base.provenance.to_json(), "scale": SCALE}


def test_what_was_exported_is_no_base_of_public_text(base: Base, tmp_path: Path) -> None:
    export_merged(base, [adapted(base, 1)[1]], scale=SCALE, folder=tmp_path / "merged")
    with pytest.raises(InputError, match="nothing says what the base"):
        open_base(tmp_path / "merged")


def test_the_same_adapter_gives_the_same_bytes(base: Base, tmp_path: Path) -> None:
    state = adapted(base, 1)[1]
    for name in ("once", "twice"):
        export_merged(base, [state], scale=SCALE, folder=tmp_path / name)
    once, twice = ({path.name: path.read_bytes() for path in (tmp_path / n).iterdir()} for n in ("once", "twice"))
    assert once == twice


def without_half(state: State) -> State:
    return {name: each for name, each in state.items() if name != "model.layers.0.mlp.up_proj.lora_B.weight"}


def of_other_layers(state: State) -> State:
    return {name.replace("layers.1", "layers.7"): each for name, each in state.items()}


def of_other_widths(state: State) -> State:
    return {name: each[:, :16] if "lora_A" in name else each for name, each in state.items()}


@pytest.mark.parametrize(
    ("change", "message"),
    [(without_half, "not of the same layers"), (of_other_layers, "has no"), (of_other_widths, "does not fit")],
)
def test_an_adapter_of_another_base_leaves_no_folder(change: object, message: str, base: Base, tmp_path: Path) -> None:
    state = change(adapted(base, 1)[1])  # type: ignore[operator]
    with pytest.raises(EvidenceError, match=message):
        export_merged(base, [state], scale=SCALE, folder=tmp_path / "merged")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_exists_is_left_alone(base: Base, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("x")
    with pytest.raises(InputError, match="exists already"):
        export_merged(base, [adapted(base, 1)[1]], scale=SCALE, folder=tmp_path)
    with pytest.raises(InputError, match="no adapter"):
        export_merged(base, [], scale=SCALE, folder=tmp_path / "none")


def test_a_full_disk_leaves_nothing_behind(base: Base, small_disk: Path) -> None:
    with (small_disk / "filler").open("wb") as file:
        file.write(b"\0" * (24 * 1024 * 1024 - 64 * 1024))
    with pytest.raises(UnavailableError, match="no space left"):
        export_merged(base, [adapted(base, 1)[1]], scale=SCALE, folder=small_disk / "merged")
    assert [path.name for path in small_disk.iterdir()] == ["filler"]


def test_adapters_of_unlike_layers_have_no_mean(base: Base) -> None:
    state = adapted(base, 1)[1]
    with pytest.raises(EvidenceError, match="not of the same layers"):
        mean_delta([state, without_half(state)], SCALE)
