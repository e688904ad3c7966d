"""The base that adapters are trained on: learned from public text only, or declared.

    base = open_base("tiny", cache=Path("bases"))             # learned once, then read
    base = open_base("some-folder", declared="news of 2019")  # any Hugging Face folder of safetensors
    base.model().logits(ids); base.tokenizer.encode(texts); base.digest; base.provenance

A folder tells what it learned from in `provenance.json`. One that does not is opened only with a declaration, which
the caller records. A base's digest is over the files that make it compute; its provenance names that digest.
"""

from __future__ import annotations

import json
import math
import platform
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import file_digest, sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from assent.errors import EvidenceError, InputError
from assent.storage.files import explained, write_durably
from assent.training.corpus import Corpus, Source, public_corpus
from assent.training.device import prepare
from assent.training.folders import (
    load_folder,
    read_config,
    read_document,
    save_folder,
    with_marks,
)
from assent.training.language import LanguageModel, open_foreign
from assent.training.model import Decoder, DecoderConfig
from assent.training.tokens import Tokenizer, load_tokenizer, save_tokenizer, train_tokenizer

PROVENANCE: Final = "provenance.json"
FORMAT: Final = "assent-base-v1"
_COMPUTES: Final = frozenset({".json", ".safetensors", ".model", ".txt", ".jinja"})
_LIBRARIES: Final = ("torch", "tokenizers", "safetensors")


@dataclass(frozen=True, slots=True)
class BaseConfig:
    """How a base is learned: every choice that changes a weight.

    Args:
        tokens: how many are learned from, over as many passes as that takes.
        sequence_tokens, batch_sequences: of one step.
        learning_rate: at its peak, after a twentieth of the steps; it falls to a tenth by a cosine.
    """

    decoder: DecoderConfig
    tokens: int = 600_000
    sequence_tokens: int = 128
    batch_sequences: int = 16
    learning_rate: float = 2e-3
    weight_decay: float = 0.1
    gradient_norm: float = 1.0
    seed: int = 2025

    def __post_init__(self) -> None:
        if min(self.tokens, self.sequence_tokens, self.batch_sequences) < 1:
            raise InputError("a base is learned from at least one token", hint="look at the sizes that were given")
        if self.sequence_tokens > self.decoder.context:
            raise InputError(f"sequences of `{self.sequence_tokens}` tokens are longer than the decoder's context")

    @property
    def steps(self) -> int:
        """How often the weights change."""
        return max(1, self.tokens // (self.sequence_tokens * self.batch_sequences))


TINY: Final = BaseConfig(DecoderConfig.tiny())
"""How the base that comes with the program is learned."""


@dataclass(frozen=True, slots=True)
class Learned:
    """How far the learning of a base is."""

    step: int
    steps: int
    loss: float
    tokens_per_second: float
    seconds_left: float


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a base learned from, as its maker states; or the caller's declaration where the maker says nothing."""

    sources: tuple[Source, ...] = ()
    declaration: str | None = None
    config: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """All of it by name."""
        return {
            "config": dict(self.config),
            "declaration": self.declaration,
            "sources": [source.to_json() for source in self.sources],
            "versions": dict(self.versions),
        }


@dataclass(frozen=True, slots=True)
class Base:
    """A base in a folder.

    Args:
        files: SHA-256 of each file that makes it compute, by name.
        own: its layout is that of `Decoder`.
    """

    name: str
    folder: Path
    files: Mapping[str, str]
    provenance: Provenance
    tokenizer: Tokenizer
    own: bool

    @property
    def digest(self) -> str:
        """SHA-256 over name and SHA-256 of each file, by name."""
        return digest_of(self.files)

    def model(self, *, dtype: torch.dtype = torch.float32) -> LanguageModel:
        """The model, read anew: whoever trains it changes nobody else's."""
        return load_folder(self.folder, dtype=dtype) if self.own else open_foreign(self.folder, dtype=dtype)


def open_base(
    name: str | Path,
    *,
    cache: Path | None = None,
    declared: str | None = None,
    progress: Callable[[Learned], None] | None = None,
) -> Base:
    """The base of that name, or in that folder.

    Args:
        name: `tiny`, or a Hugging Face folder.
        cache: where `tiny` lies, or will once it is learned.
        declared: what the base learned from, where its folder does not say.

    Raises:
        InputError: there is no such base, or neither it nor the caller says what it learned from.
        EvidenceError: it is not the base that its provenance speaks of.
    """
    if name == "tiny":
        if cache is None:
            raise InputError("`tiny` needs a folder to be kept in")
        folder = cache / "tiny"
        if not (folder / PROVENANCE).is_file():
            return train_base(public_corpus(), TINY, folder, progress=progress)
        return _opened(folder, None)
    return _opened(Path(name), declared)


def _opened(folder: Path, declared: str | None) -> Base:
    read_document(folder)
    files = _files(folder)
    provenance = _provenance(folder, digest_of(files), declared)
    try:
        read_config(folder)
        own = (folder / "model.safetensors").is_file()
    except InputError:
        own = False
    return Base(folder.resolve().name, folder, files, provenance, load_tokenizer(folder), own)


def digest_of(files: Mapping[str, str]) -> str:
    """SHA-256 over `name`, a zero byte, its SHA-256 and a line's end, for each file by name."""
    return sha256("".join(f"{name}\0{files[name]}\n" for name in sorted(files)).encode()).hexdigest()


def _files(folder: Path) -> dict[str, str]:
    found = {}
    for path in sorted(folder.iterdir()):
        computes = path.suffix in _COMPUTES and path.name != PROVENANCE and not path.name.startswith(".")
        if computes and path.is_file():
            with path.open("rb") as file:
                found[path.name] = file_digest(file, "sha256").hexdigest()
    return found


def _provenance(folder: Path, digest: str, declared: str | None) -> Provenance:
    try:
        document = json.loads((folder / PROVENANCE).read_bytes())
        stated = Provenance(
            tuple(Source.of(each) for each in document["sources"]),
            document["declaration"],
            document["config"],
            document["versions"],
        )
        named = document["digest"]
    except FileNotFoundError:
        if declared is None or not declared.strip():
            raise InputError(
                f"nothing says what the base in `{folder}` learned from",
                hint='say it with `--declare "…"`; what you say is recorded with every model trained on it',
            ) from None
        return Provenance(declaration=declared.strip())
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(f"`{folder / PROVENANCE}` cannot be read") from None
    if named != digest:
        raise EvidenceError(
            f"the provenance in `{folder}` speaks of another base", hint="its weights or tokenizer were changed"
        )
    return stated


def train_base(
    corpus: Corpus,
    config: BaseConfig,
    folder: Path,
    *,
    progress: Callable[[Learned], None] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Base:
    """A base learned from that text lies in the folder, with its provenance; on one machine, same input, same bytes.

    The folder appears whole: provenance is written last, and a folder without it is learned anew.

    Raises:
        InputError: the text is too short, the loss is no number, or the folder may not be written to.
        UnavailableError: the disk is full.
    """
    tokenizer = train_tokenizer(corpus.texts, config.decoder.vocab_size)
    decoder = _learned(corpus, config, tokenizer, progress, clock)
    # What lay here before is another base, and what spoke of it no longer holds.
    with explained(folder):
        (folder / PROVENANCE).unlink(missing_ok=True)
    save_folder(decoder, folder)
    save_tokenizer(tokenizer, folder, context=config.decoder.context)
    provenance = Provenance(
        corpus.sources,
        None,
        asdict(config),
        {"python": platform.python_version()} | {name: version(name) for name in _LIBRARIES},
    )
    document = {"digest": digest_of(_files(folder)), "format": FORMAT} | provenance.to_json()
    write_durably(folder / PROVENANCE, (json.dumps(document, indent=2, sort_keys=True) + "\n").encode())
    return _opened(folder, None)


def _learned(
    corpus: Corpus,
    config: BaseConfig,
    tokenizer: Tokenizer,
    progress: Callable[[Learned], None] | None,
    clock: Callable[[], float],
) -> Decoder:
    """The decoder after its last step."""
    prepare("cpu")
    marks = {"bos": tokenizer.begin, "eos": tokenizer.end, "pad": tokenizer.pad}
    decoder = Decoder(with_marks(config.decoder, marks), seed=config.seed)
    learn(decoder, _windows(_stream(corpus, tokenizer), config), config, progress=progress, clock=clock)
    decoder.eval()
    return decoder


def learn(
    decoder: Decoder,
    windows: Iterator[Tensor],
    config: BaseConfig,
    *,
    progress: Callable[[Learned], None] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> None:
    """Every weight of the decoder has learned from `config.steps` of the windows; it is left in training mode.

    Args:
        windows: token ids, each but a row's first to be predicted. Shape: (B, T + 1) each.

    Raises:
        InputError: the loss is no number.
    """
    decoder.train()
    optimizer = _optimizer(decoder, config)
    started, steps = clock(), config.steps
    for step, window in zip(range(steps), windows, strict=False):
        for group in optimizer.param_groups:
            group["lr"] = config.learning_rate * share_of_peak(step, steps)
        loss = decoder(window[:, :-1], window[:, 1:])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(decoder.parameters(), config.gradient_norm)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        told = loss.item()
        if not math.isfinite(told):
            raise InputError(f"the loss is no number at step `{step + 1}`", hint="lower the learning rate")
        if progress is not None:
            done, seconds = step + 1, max(clock() - started, 1e-9)
            speed = done * config.batch_sequences * config.sequence_tokens / seconds
            progress(Learned(done, steps, told, speed, seconds / done * (steps - done)))


def _optimizer(decoder: Decoder, config: BaseConfig) -> torch.optim.Optimizer:
    """AdamW; only matrices decay."""
    weights = [weight for _, weight in sorted(decoder.named_parameters())]
    groups = [
        {"params": [each for each in weights if each.dim() > 1], "weight_decay": config.weight_decay},
        {"params": [each for each in weights if each.dim() == 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=config.learning_rate, betas=(0.9, 0.95), fused=True)


def share_of_peak(step: int, steps: int) -> float:
    """How much of the peak learning rate a step has: up over a twentieth of them, then down to a tenth by a cosine."""
    warm = max(1, steps // 20)
    if step < warm:
        return (step + 1) / warm
    return 0.1 + 0.45 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))


def _stream(corpus: Corpus, tokenizer: Tokenizer) -> Tensor:
    """All texts one after another, each between its marks. Shape: (N,)."""
    ids = [token for text in tokenizer.encode(corpus.texts) for token in (tokenizer.begin, *text, tokenizer.end)]
    return torch.tensor(ids, dtype=torch.int64)


def _windows(stream: Tensor, config: BaseConfig) -> Iterator[Tensor]:
    """Batches of stretches of the stream, pass after pass, in an order that the seed decides. Shape: (B, T + 1)."""
    length = config.sequence_tokens
    starts = torch.arange(0, max(0, len(stream) - length), length)
    if len(starts) < 1:
        raise InputError(f"`{len(stream)}` tokens of text are too few to learn from", hint="give more public text")
    drawn = torch.Generator().manual_seed(config.seed)
    queue = starts[:0]
    while True:
        while len(queue) < config.batch_sequences:
            queue = torch.cat((queue, starts[torch.randperm(len(starts), generator=drawn)]))
        batch, queue = queue[: config.batch_sequences], queue[config.batch_sequences :]
        yield stream[batch[:, None] + torch.arange(length + 1)]
