"""What a model remembers: tests of a model that reaches this package as two callables, never as weights.

    specimens     texts with the person they belong to, and what a scorer says of them as arrays
    membership    were these texts trained on? LOSS, zlib, Min-K%++, RMIA → roc: AUC and TPR, with intervals
    blind         the same question to no model at all: if words alone answer it, the test set is biased
    canaries      planted secrets: how far up the list of all possible ones each has climbed, in bits
    one_run       from canaries that a coin planted: a lower bound on ε of differential privacy
    extraction    what comes out: text continued word for word, personal details, values that were masked
    report        what was found, of each adapter and of the merge, and what was not tested and why
    comparing     the same tests before and after a take-back: gone, still there, or nothing was ever to be seen
    page, plots   all of it on one page for a privacy officer
    estimates     the arithmetic of intervals

A figure is an `Estimate` with its interval, or `NotGiven` with the reason. Nothing here draws at random: what looks so
(canaries, coins, sampled candidates, folds) is taken from digests of a seed, so that anybody can draw it again.

    >>> import numpy as np
    >>> from assent.audit.model.roc import attack_auc
    >>> found = attack_auc(np.arange(40.0) + 5, np.arange(40.0))
    >>> f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f})"
    '0.62 (0.49 to 0.73)'
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assent.errors import InputError


@dataclass(frozen=True, slots=True)
class TokenScores:
    """What a model gives each token of a text, in nats.

    Args:
        logp: log-probability of the token that stands there. Shape: (T,)
        mu, sigma: mean and standard deviation of the log-probability at that position, both under the model's own
            distribution over the vocabulary. Shape: (T,)

    Raises:
        InputError: the three differ in length, or something in them is no number.
    """

    logp: npt.NDArray[np.float32]
    mu: npt.NDArray[np.float32]
    sigma: npt.NDArray[np.float32]

    def __post_init__(self) -> None:
        shapes = {self.logp.shape, self.mu.shape, self.sigma.shape}
        if len(shapes) != 1 or self.logp.ndim != 1:
            raise InputError("a model's scores need one number for each token", hint="logp, mu and sigma of shape (T,)")
        if not (np.isfinite(self.logp).all() and np.isfinite(self.mu).all() and np.isfinite(self.sigma).all()):
            raise InputError("a model's scores are no numbers", hint="its weights may be damaged; look at its losses")


Scores = npt.NDArray[np.float64]
Scorer = Callable[[Sequence[str]], Sequence[TokenScores]]
"""Scores in the order of the texts, the same for the same text in any company."""
Continuer = Callable[[Sequence[str], int], Sequence[str]]
"""Greedy continuations of so many tokens, without the prompts, in their order."""
Pieces = Callable[[str], Sequence[str]]
"""A tokenizer, as far as an audit needs one: the tokens of a text as strings that join to the text again."""
