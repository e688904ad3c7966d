"""A sealed model, opened: the base, the adapters that serve, the memory, and the one model they make."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import torch

from assent.errors import EvidenceError, InputError
from assent.evidence.model import BASE, MemoryManifest, ModelManifest
from assent.training.base import Base, open_base
from assent.training.config import MemoryConfig, TrainingConfig
from assent.training.device import prepare
from assent.training.language import LanguageModel
from assent.training.lora import State, decode_state
from assent.training.memory.answering import Logits, Memory, Remembering, go_on
from assent.training.memory.entries import Part, decode_part
from assent.training.serving import Averaged, merged
from assent.training.tokens import Tokenizer


@dataclass(frozen=True, slots=True)
class OpenedModel:
    """A model that may be asked.

    Args:
        states: the adapter of each shard that has learned anything.
        memory: None by the route of adapters alone.
    """

    manifest: ModelManifest
    base: Base
    states: Mapping[int, State]
    memory: Memory | None = None

    @property
    def tokenizer(self) -> Tokenizer:
        """Tells texts as tokens."""
        return self.base.tokenizer

    @property
    def config(self) -> TrainingConfig:
        """How the adapters were trained."""
        return TrainingConfig.of(self.manifest.config)

    def answering(self) -> Logits:
        """What the model says of the next token, by its route: the one thing to ask for whatever was sealed.

        Shape: (B, T) to (B, T, V).
        """
        return self.whole().logits

    def whole(self) -> Remembering | LanguageModel | Averaged:
        """What answers as the model does: adapters, memory, or both; an `Averaged` does not write by itself."""
        return self._adapted() if self.memory is None else self.remembering(self.memory)

    def remembering(self, memory: Memory) -> Remembering:
        """What answers together with this memory: the adapters, or the base where there are none."""
        return Remembering(self.base.model(), memory, self._adapted().logits if self.states else None)

    def _adapted(self) -> LanguageModel | Averaged:
        one = self.manifest.aggregation == "mean" or not self.states
        return merged(self.base.model(), list(self.states.values()), self.config) if one else self.averaged()

    def joined(self) -> LanguageModel:
        """The one model that all adapters make: the mean of what they add; its memory is not in it.

        Raises:
            InputError: it answers by the mean of logits, which is no one model; ask `averaged`.
        """
        if self.manifest.aggregation != "mean":
            raise InputError(
                "a model whose adapters are asked one by one is no one model", hint="train with --serve mean"
            )
        return merged(self.base.model(), list(self.states.values()), self.config)

    def averaged(self) -> Averaged:
        """What answers with the mean of all adapters' logits."""
        return Averaged(self.base.model(), list(self.states.values()), self.config)

    def alone(self, shard: int) -> LanguageModel:
        """The base with the adapter of one shard; the base itself where that shard has learned nothing."""
        own = self.states.get(shard)
        return merged(self.base.model(), [] if own is None else [own], self.config)

    @property
    def context(self) -> int:
        """How many tokens it reads and writes at most."""
        return int(self.base.model().context)

    def ending(self, text: str, tokens: int) -> str:
        """The end of a text, of at most so many tokens."""
        return self.tokenizer.decode(self.tokenizer.encode([text])[0][-tokens:])

    def write(
        self, prompt: str, tokens: int, *, temperature: float = 0.0, top_k: int | None = None, seed: int = 0
    ) -> tuple[str, int]:
        """What follows the prompt, and how many tokens that is; the same for the same seed.

        Raises:
            InputError: the prompt and what is to follow are too long for the model.
        """
        ids = [self.tokenizer.begin, *self.tokenizer.encode([prompt])[0]]
        drawn = torch.Generator().manual_seed(seed)
        stop = (self.tokenizer.end,)
        given, model = torch.tensor([ids]), self.whole()
        with torch.no_grad():
            if isinstance(model, Averaged):
                answer = go_on(
                    lambda ids: model.logits(ids)[:, -1],
                    given,
                    tokens,
                    context=self.base.model().context,
                    temperature=temperature,
                    top_k=top_k,
                    generator=drawn,
                    stop=stop,
                )
            else:
                answer = model.generate(given, tokens, temperature=temperature, top_k=top_k, generator=drawn, stop=stop)
        said = answer[0, len(ids) :].tolist()
        return self.tokenizer.decode(said), len(said)


def open_adapters(folder: Path, manifest: ModelManifest, left_out: Collection[bytes] = ()) -> OpenedModel:
    """The model in that folder; bytes are hashed before they are read.

    Args:
        left_out: pseudonyms of records that its memory does not give any more; adapters know no records.

    Raises:
        EvidenceError: a file is not what the manifest says.
    """
    prepare("cpu")
    declared = manifest.base.provenance.get("declaration")
    base = open_base(folder / BASE, declared=str(declared) if declared else "in the model's manifest")
    if base.digest != manifest.base.digest:
        raise EvidenceError(f"the base in `{folder}` is not the one the model's manifest names")
    states = {}
    for shard in range(manifest.shards):
        last = manifest.last(shard)
        if last is not None and last.path is not None:
            states[shard] = decode_state(_bytes(folder / last.path, last.sha256), last.path)
    memory = None if manifest.memory is None else _memory(folder, manifest.memory, left_out)
    return OpenedModel(manifest, base, states, memory)


def _memory(folder: Path, manifest: MemoryManifest, left_out: Collection[bytes]) -> Memory:
    parts = tuple(_parts(folder, manifest))
    return Memory.of(MemoryConfig.of(manifest.config), parts).without(records=left_out)


def _parts(folder: Path, manifest: MemoryManifest) -> Iterator[Part]:
    for each in manifest.parts:
        yield decode_part(_bytes(folder / each.path, each.sha256), each.path)


def _bytes(path: Path, digest: str | None) -> bytes:
    try:
        data = path.read_bytes()
    except OSError:
        raise EvidenceError(f"`{path}` is missing", hint="the model was superseded or damaged") from None
    if sha256(data).hexdigest() != digest:
        raise EvidenceError(f"`{path}` is not what the model's manifest says")
    return data
