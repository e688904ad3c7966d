"""Training: tokens per second beside transformers' Trainer; same model, same sequences, same batches, same optimizer.

    python -m bench training [--quick]

Rounds alternate between the two; figures are medians of three rounds of CPU time, all threads of one process. Both
train in float32 with AdamW, a cosine and gradients clipped to 1; neither logs nor saves. Every sequence is full, so
nothing is padded. Of the Trainer only `train()` is counted; of ours also cutting texts into sequences.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, PrinterCallback, Trainer, TrainingArguments
from transformers.utils import logging

from assent.training.base import Base, BaseConfig, learn, train_base
from assent.training.config import LINEAR, TrainingConfig
from assent.training.corpus import public_corpus
from assent.training.model import DecoderConfig
from assent.training.packing import Text, pack
from assent.training.slices import SliceTrainer
from bench.report import Row

ROUNDS = 3
SEQUENCE, BATCH = 128, 16
SHAPES = {"tiny": DecoderConfig.tiny(), "small": DecoderConfig.small()}


def run(*, quick: bool) -> list[Row]:
    """Tokens per second of full training and of adapters, at two sizes."""
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    torch.set_num_threads(1)
    rows = []
    with TemporaryDirectory(prefix="assent-bench-") as folder:
        for name in ["tiny"] if quick else SHAPES:
            base = _base(SHAPES[name], Path(folder) / name)
            text, sequences = _sequences(base, BATCH * (6 if quick else 20))
            for kind, ours, theirs in (
                ("every weight", partial(_ours_full, base, sequences), partial(_theirs, base, sequences, None)),
                ("an adapter", partial(_ours_lora, base, text), partial(_theirs, base, sequences, 8)),
            ):
                rows.append(_row(f"training {kind}, {name}", ours, theirs, len(sequences) * SEQUENCE))
    return rows


def _row(figure: str, ours: Callable[[], Callable[[], object]], theirs: Callable[..., object], tokens: int) -> Row:
    times: dict[str, list[tuple[float, float]]] = {"ours": [], "theirs": []}
    for _ in range(ROUNDS):
        for name, prepare in (("ours", ours), ("theirs", theirs)):
            times[name].append(_timed(prepare()))
    cpu, wall = ({name: median(each[i] for each in times[name]) for name in times} for i in (0, 1))
    ratio = cpu["theirs"] / cpu["ours"]
    measured = (
        f"{ratio:.2f} x ({tokens / cpu['ours']:,.0f} against {tokens / cpu['theirs']:,.0f} tokens per CPU second; "
        f"wall {wall['theirs'] / wall['ours']:.2f} x)"
    )
    return Row(f"{figure}, against transformers' Trainer", ">= 1 x", measured, ratio >= 1)


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


def _base(shape: DecoderConfig, folder: Path) -> Base:
    config = BaseConfig(shape, tokens=SEQUENCE * BATCH, sequence_tokens=SEQUENCE, batch_sequences=BATCH)
    return train_base(public_corpus(size=1_500_000), config, folder)


def _sequences(base: Base, count: int) -> tuple[Text, list[list[int]]]:
    """One long text, and the full sequences it is cut into; adapters here also learn its last, shorter one."""
    ids = [token for each in base.tokenizer.encode(public_corpus(seed=2, size=2_000_000).texts) for token in each]
    text = Text("one", "someone", base.tokenizer.decode(ids[: count * SEQUENCE]))
    full = [list(each.ids) for each in pack([text], base.tokenizer, SEQUENCE) if len(each.ids) == SEQUENCE + 1]
    return text, full


def _ours_full(base: Base, sequences: list[list[int]]) -> Callable[[], object]:
    decoder = base.model()
    config = BaseConfig(
        decoder.config, tokens=len(sequences) * SEQUENCE, sequence_tokens=SEQUENCE, batch_sequences=BATCH
    )

    def windows() -> Iterator[torch.Tensor]:
        stacked = torch.tensor(sequences)
        yield from stacked[torch.randperm(len(stacked))].split(BATCH)

    return lambda: learn(decoder, windows(), config)


def _ours_lora(base: Base, text: Text) -> Callable[[], object]:
    config = TrainingConfig(epochs=1, sequence_tokens=SEQUENCE, batch_tokens=(SEQUENCE + 1) * BATCH)
    trainer = SliceTrainer.over(base.model(), base.tokenizer, config)
    return lambda: trainer.learn(None, [text], order="bench")


def _theirs(base: Base, sequences: list[list[int]], rank: int | None) -> Callable[[], object]:
    model = AutoModelForCausalLM.from_pretrained(base.folder, local_files_only=True)
    if rank is not None:
        model = get_peft_model(model, LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=list(LINEAR)))
    folder = TemporaryDirectory(prefix="assent-bench-")
    arguments = TrainingArguments(
        output_dir=folder.name,
        per_device_train_batch_size=BATCH,
        num_train_epochs=1,
        learning_rate=3e-3,
        lr_scheduler_type="cosine",
        warmup_steps=0.1,
        max_grad_norm=1.0,
        optim="adamw_torch_fused",
        logging_strategy="no",
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        use_cpu=True,
        dataloader_pin_memory=False,
    )
    rows = [{"input_ids": ids, "labels": ids} for ids in map(torch.tensor, sequences)]
    trainer = Trainer(model=model, args=arguments, train_dataset=rows)
    trainer.remove_callback(PrinterCallback)

    def work() -> None:
        trainer.train()
        folder.cleanup()

    return work
