"""What proposes a text: a model that was trained here, a model's folder, or a server; none of them is trusted.

A generator gives a proposal and nothing else. It may fail, be slow, or say anything: the caller checks what it says and
writes without it where that fails.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, Final, Protocol

import httpx

from assent.errors import InputError, UnavailableError
from assent.features.writing.prompting import Prompt

LONGEST_ANSWER: Final = 20_000
"""Characters of a proposal; a longer one is no draft."""
_MOST_BYTES: Final = 1 << 20
_OK: Final = 200
_TOKENS_PER_WORD: Final = 3
_SPARE: Final = 4
"""Tokens that marks may take around what a model is given."""


class Generator(Protocol):
    """Something that writes.

    Guarantee of the caller: the proposal is shown to nobody before it was checked.
    """

    @property
    def name(self) -> str:
        """What a draft says wrote it; no address, no key."""

    def propose(self, prompt: Prompt, *, seed: int) -> str:
        """A text for the prompt.

        Raises:
            UnavailableError: it cannot be reached, is too slow, or answers with no text.
            InputError: the prompt does not fit it.
        """


class Writes(Protocol):
    """A model that goes on from a prompt, as `training.opened.OpenedModel` does."""

    @property
    def context(self) -> int:
        """How many tokens it reads and writes at most."""

    def ending(self, text: str, tokens: int) -> str:
        """The end of a text, of at most so many tokens."""

    def write(
        self, prompt: str, tokens: int, *, temperature: float = 0.0, top_k: int | None = None, seed: int = 0
    ) -> tuple[str, int]:
        """What follows the prompt, and how many tokens that is."""


@dataclass(frozen=True, slots=True)
class ModelGenerator:
    """A model that was trained here, with its memory, as `operations.models.open_model` opens it.

    It has read people's texts and no instructions: it is given the facts and the beginning of a text to go on with.
    """

    model: Writes
    name: str
    temperature: float = 0.7

    def propose(self, prompt: Prompt, *, seed: int) -> str:
        """As `Generator.propose`."""
        tokens = min(prompt.most_words * _TOKENS_PER_WORD, self.model.context // 2)
        given = self.model.ending(prompt.opening, self.model.context - tokens - _SPARE)
        return prompt.begun + self.model.write(given, tokens, temperature=self.temperature, seed=seed)[0]


class FolderGenerator:
    """A Hugging Face folder on this machine, opened when it is first asked; none of its code is run."""

    def __init__(self, folder: Path, *, temperature: float = 0.7) -> None:
        self.name = folder.name
        self._folder = folder
        self._temperature = temperature
        self._opened: Any = None
        self._lock = Lock()

    def propose(self, prompt: Prompt, *, seed: int) -> str:
        """As `Generator.propose`."""
        import torch

        from assent.training.base import open_base

        with self._lock:
            if self._opened is None:
                self._opened = open_base(self._folder, declared="unknown")
            base = self._opened
        model, tokens = base.model(), prompt.most_words * _TOKENS_PER_WORD
        ids = base.tokenizer.encode([prompt.text])[0][-max(1, model.context - tokens) :]
        drawn = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            answer = model.generate(
                torch.tensor([ids]), min(tokens, model.context - len(ids)), temperature=self._temperature,
                generator=drawn, stop=(base.tokenizer.end,),
            )  # fmt: skip
        text: str = base.tokenizer.decode(answer[0, len(ids) :].tolist())
        return text


@dataclass(frozen=True, slots=True)
class ServerGenerator:
    """A server that speaks OpenAI's protocol (vLLM, llama.cpp and others), asked at `/v1/chat/completions`.

    Args:
        url: of the server, with or without `/v1`.
        model: as the server calls it.
        key: sent as a bearer token; never shown.
        timeout_seconds: of the whole answer, however slowly it comes.
        attempts: a failure of the server or the line is tried again at once.
    """

    url: str
    model: str
    key: str | None = field(default=None, repr=False)
    timeout_seconds: float = 20.0
    temperature: float = 0.7
    attempts: int = 2

    def __post_init__(self) -> None:
        try:
            parsed = httpx.URL(self.url)
        except httpx.InvalidURL:
            parsed = httpx.URL("")
        if parsed.scheme not in {"http", "https"} or not parsed.host:
            raise InputError(f"`{self.url}` is no address of a server", hint="for example http://127.0.0.1:8000/v1")

    @property
    def name(self) -> str:
        """The model, as the server calls it."""
        return self.model

    def propose(self, prompt: Prompt, *, seed: int) -> str:
        """As `Generator.propose`."""
        failure = UnavailableError("the model server was not asked")
        for _ in range(self.attempts):
            try:
                return _text_of(self._answer(prompt, seed))
            except UnavailableError as error:
                failure = error
        raise failure

    def _answer(self, prompt: Prompt, seed: int) -> bytes:
        until = time.monotonic() + self.timeout_seconds
        headers = {"authorization": f"Bearer {self.key}"} if self.key else {}
        address = f"{self.url.rstrip('/').removesuffix('/v1')}/v1/chat/completions"
        body = {
            "model": self.model,
            "messages": [
                {"role": "system", "content": prompt.instructions},
                {"role": "user", "content": prompt.data},
            ],
            "max_tokens": prompt.most_words * _TOKENS_PER_WORD,
            "temperature": self.temperature,
            "seed": seed,
            "stream": False,
        }
        content = bytearray()
        try:
            # Read in pieces: a server that sends a byte a second, or never stops, holds nobody up.
            with httpx.stream("POST", address, json=body, headers=headers, timeout=self.timeout_seconds) as response:
                if response.status_code != _OK:
                    raise UnavailableError(f"the model server answered {response.status_code}")
                for piece in response.iter_bytes():
                    content += piece
                    if len(content) > _MOST_BYTES:
                        raise UnavailableError("the model server's answer is too large")
                    if time.monotonic() > until:
                        raise UnavailableError("the model server is too slow")
        except httpx.TimeoutException:
            raise UnavailableError("the model server is too slow") from None
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise UnavailableError(f"the model server cannot be reached: {type(error).__name__.lower()}") from None
        return bytes(content)


def _text_of(content: bytes) -> str:
    try:
        text = json.loads(content)["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        raise UnavailableError("the model server's answer is none of the protocol") from None
    if not isinstance(text, str) or not text.strip():
        raise UnavailableError("the model server answered with no text")
    return text[: LONGEST_ANSWER + 1]
