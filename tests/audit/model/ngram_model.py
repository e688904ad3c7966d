"""A language model of counts, small enough for tests: it really learns, really memorises and really forgets."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

import numpy as np

from assent.audit.model import TokenScores
from assent.audit.model.specimens import Specimen

WORDS = tuple(
    f"{first}{last}" for first in "ba ce di fo gu ha je ki lo mu".split() for last in "n r s t l x v m".split()
)
LETTERS = tuple(sorted({*WORDS, "<unk>"}))
PLACE = {word: at for at, word in enumerate(LETTERS)}
UNKNOWN = PLACE["<unk>"]
CONTEXT = 3


def tokens_of(text: str) -> list[int]:
    return [PLACE.get(word, UNKNOWN) for word in text.split()]


def pieces(text: str) -> list[str]:
    """Words with the space before them."""
    words = text.split(" ")
    return [words[0], *(" " + word for word in words[1:])]


class NgramModel:
    """Interpolated counts of up to four words."""

    def __init__(self, texts: Sequence[str], *, trust: float = 0.7) -> None:
        self.trust = trust
        self.counts: dict[tuple[int, ...], Counter[int]] = defaultdict(Counter)
        self.kept: dict[tuple[int, ...], tuple[np.ndarray, float, float]] = {}
        for text in texts:
            tokens = tokens_of(text)
            for at, token in enumerate(tokens):
                for order in range(min(at, CONTEXT) + 1):
                    self.counts[tuple(tokens[at - order : at])][token] += 1

    def distribution(self, context: tuple[int, ...]) -> np.ndarray:
        mixed = np.full(len(LETTERS), 1 / len(LETTERS))
        for order in range(len(context) + 1):
            seen = self.counts.get(context[len(context) - order :])
            if seen:
                total = sum(seen.values())
                mixed *= 1 - self.trust
                for token, number in seen.items():
                    mixed[token] += self.trust * number / total
        return mixed

    def at(self, context: tuple[int, ...]) -> tuple[np.ndarray, float, float]:
        if context not in self.kept:
            p = self.distribution(context)
            logp = np.log(p)
            mu = float((p * logp).sum())
            self.kept[context] = logp, mu, float(np.sqrt(max((p * (logp - mu) ** 2).sum(), 0)))
        return self.kept[context]

    def score(self, texts: Sequence[str]) -> list[TokenScores]:
        found = []
        for text in texts:
            tokens = tokens_of(text)
            rows = []
            for at, token in enumerate(tokens):
                logp, mu, sigma = self.at(tuple(tokens[max(0, at - CONTEXT) : at]))
                rows.append((logp[token], mu, sigma))
            columns = np.array(rows, dtype=np.float32).reshape(-1, 3).T
            found.append(TokenScores(*columns))
        return found

    def continue_(self, prompts: Sequence[str], number: int) -> list[str]:
        found = []
        for prompt in prompts:
            tokens = tokens_of(prompt)
            for _ in range(number):
                tokens.append(int(np.argmax(self.at(tuple(tokens[-CONTEXT:]))[0])))
            found.append(" ".join(LETTERS[each] for each in tokens[len(tokens) - number :]))
        return found


def writer(seed: int) -> Callable[[int], str]:
    """Texts of so many words; common words are common."""
    chance = random.Random(seed)
    weights = [1 / (at + 10) for at in range(len(WORDS))]
    return lambda length: " ".join(chance.choices(WORDS, weights, k=length))


def people(
    prefix: str, number: int, seed: int, *, texts: int = 2, length: int = 30, touches: str = ""
) -> tuple[Specimen, ...]:
    write = writer(seed)
    touched = frozenset({touches} - {""})
    return tuple(Specimen(write(length), f"{prefix}{who}", touched) for who in range(number) for _ in range(texts))


def scores_of(logp: float, tokens: int = 10) -> TokenScores:
    """A text of that mean log-probability."""
    full = np.full(tokens, logp, dtype=np.float32)
    return TokenScores(full, np.full(tokens, -3.0, dtype=np.float32), np.ones(tokens, dtype=np.float32))
