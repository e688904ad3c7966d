"""What a model gives each token of a text, and what it writes after one: all that an audit asks of it.

    scoring = scoring_of(model, tokenizer, window=256)
    scoring.score(["a text"])                         # what it gives each token
    write_on(model, tokenizer, ["a beginning"], 50)   # greedily

Texts stand by themselves, as in training each begins after its own mark. One longer than the window goes on in the
next, whose first token is the last of the one before: a token is predicted from what training showed before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from assent.errors import InputError
from assent.training.tokens import Tokenizer

BATCH_TOKENS: Final = 4096

Row = npt.NDArray[np.float32]


class Answers(Protocol):
    """What can be scored: a model, or several that answer as one."""

    def logits(self, ids: Tensor) -> Tensor:
        """What each position says of the next token. Shape: (B, T) → (B, T, V)."""
        ...


class Writes(Answers, Protocol):
    """What can be scored and writes: a `LanguageModel`, or one with a memory."""

    @property
    def context(self) -> int:
        """How many positions it was made for."""
        ...

    def generate(self, ids: Tensor, count: int, *, stop: Sequence[int] = ()) -> Tensor:
        """The ids and what follows them: (B, at most T + count)."""
        ...


@dataclass(frozen=True, slots=True)
class TokenLogs:
    """Of each token of a text, in nats.

    Args:
        logp: log-probability of the token that stands there. Shape: (T,)
        mu, sigma: mean and standard deviation of the log-probability under the model's own distribution. Shape: (T,)
    """

    logp: Row
    mu: Row
    sigma: Row


@dataclass(frozen=True, slots=True)
class _Window:
    """A stretch of a text: its ids, each but the first to be predicted."""

    text: int
    ids: Sequence[int]


@dataclass(frozen=True, slots=True)
class Scoring:
    """Reads texts with a model.

    Args:
        window: the longest stretch that is read at once, in predicted tokens; at most the model's context.
    """

    model: Answers
    tokenizer: Tokenizer
    window: int

    def score(self, texts: Sequence[str]) -> list[TokenLogs]:
        """The logs of each text, in their order; the same for the same text in any company, but for rounding.

        Cost: memory for `BATCH_TOKENS` times the vocabulary.
        """
        windows = [
            window for number, ids in enumerate(self.tokenizer.encode(texts)) for window in self._windows(number, ids)
        ]
        parts: dict[int, list[tuple[int, TokenLogs]]] = {}
        order = sorted(range(len(windows)), key=lambda at: (len(windows[at].ids), at))
        for batch in _batches(order, windows):
            for at, logs in zip(batch, self._read([windows[at].ids for at in batch]), strict=True):
                parts.setdefault(windows[at].text, []).append((at, logs))
        return [
            _joined([logs for _, logs in sorted(parts.get(at, ()), key=lambda e: e[0])]) for at in range(len(texts))
        ]

    def _windows(self, number: int, ids: Sequence[int]) -> Iterator[_Window]:
        marked = [self.tokenizer.begin, *ids]
        for start in range(0, len(ids), self.window):
            yield _Window(number, marked[start : start + self.window + 1])

    def _read(self, rows: Sequence[Sequence[int]]) -> list[TokenLogs]:
        longest = max(map(len, rows)) - 1
        ids = torch.full((len(rows), longest), self.tokenizer.pad, dtype=torch.long)
        targets = torch.zeros((len(rows), longest), dtype=torch.long)
        for at, row in enumerate(rows):
            ids[at, : len(row) - 1] = torch.tensor(row[:-1])
            targets[at, : len(row) - 1] = torch.tensor(row[1:])
        with torch.no_grad():
            logs = self.model.logits(ids).float().log_softmax(-1)  # (B, T, V)
        logp = logs.gather(-1, targets[..., None])[..., 0]  # (B, T)
        shares = logs.exp()
        mu = (shares * logs).sum(-1)
        sigma = ((shares * logs.square()).sum(-1) - mu.square()).clamp(min=0).sqrt()
        found = [each.numpy() for each in (logp, mu, sigma)]
        return [TokenLogs(*(each[at, : len(row) - 1] for each in found)) for at, row in enumerate(rows)]


def scoring_of(model: Writes, tokenizer: Tokenizer, *, window: int) -> Scoring:
    """A reader of that model, whose windows are no longer than what it was made for.

    Args:
        window: what training showed it at once, in tokens.
    """
    return Scoring(model, tokenizer, min(window, model.context))


def write_on(model: Writes, tokenizer: Tokenizer, prompts: Sequence[str], tokens: int) -> list[str]:
    """What the model writes after each prompt, the likeliest token each time, without the prompts, in their order.

    Of a prompt that leaves no room in the model's context the end is taken.

    Raises:
        InputError: so many tokens leave no room for any prompt.
    """
    room = model.context - tokens
    if room < 1 or tokens < 1:
        raise InputError(f"`{tokens}` tokens leave no room for a prompt in a context of `{model.context}`")
    ids = [[tokenizer.begin, *each][-room:] for each in tokenizer.encode(prompts)]
    answers = [""] * len(prompts)
    order = sorted(range(len(ids)), key=lambda at: (len(ids[at]), at))
    for length, group in groupby(order, key=lambda at: len(ids[at])):
        alike = list(group)
        step = max(1, BATCH_TOKENS // (length + tokens))
        for start in range(0, len(alike), step):
            some = alike[start : start + step]
            with torch.no_grad():
                written = model.generate(torch.tensor([ids[at] for at in some]), tokens, stop=(tokenizer.end,))
            for at, row in zip(some, written.tolist(), strict=True):
                answers[at] = tokenizer.decode(_until(row[length:], tokenizer.end))
    return answers


def pieces_of(tokenizer: Tokenizer, text: str) -> list[str]:
    """The tokens of a text as stretches of it that join to it again; the first of several has their character."""
    ends = [end for _, end in tokenizer.pieces.encode(text, add_special_tokens=False).offsets]
    found, before = [], 0
    for end in ends:
        found.append(text[before : max(before, end)])
        before = max(before, end)
    if found and before < len(text):
        found[-1] += text[before:]
    return found


def _until(ids: Sequence[int], end: int) -> Sequence[int]:
    return ids[: ids.index(end)] if end in ids else ids


def _batches(order: Sequence[int], windows: Sequence[_Window]) -> Iterator[list[int]]:
    """Windows of like length together, about `BATCH_TOKENS` with what they are filled up with."""
    batch: list[int] = []
    for at in order:
        if batch and len(windows[at].ids) * (len(batch) + 1) > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(at)
    if batch:
        yield batch


def _joined(parts: Sequence[TokenLogs]) -> TokenLogs:
    none = np.zeros(0, dtype=np.float32)
    columns = ([each.logp for each in parts], [each.mu for each in parts], [each.sigma for each in parts])
    return TokenLogs(*(np.concatenate([none, *column]) for column in columns))
