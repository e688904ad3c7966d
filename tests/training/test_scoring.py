"""What a model gives each token, and what it writes on: the same whatever stands beside it, and within its context."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from assent.errors import InputError
from assent.training.base import Base, open_base
from assent.training.scoring import pieces_of, scoring_of, write_on
from model_world import small_base

LONG = "The audit of our oldest warehouse took three weeks and taught me to count twice, and again. " * 3
TEXTS = ("We sold out of rye.", "", LONG, "Pumps in the harbour — café, 猫.", "We sold out of rye.")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    return open_base(small_base(tmp_path_factory.mktemp("base")))


def test_each_token_has_the_log_probability_that_the_model_gives_it(base: Base) -> None:
    model, tokenizer = base.model(), base.tokenizer
    (ids,) = tokenizer.encode(["We sold out of rye."])
    with torch.no_grad():
        logs = model.logits(torch.tensor([[tokenizer.begin, *ids[:-1]]])).log_softmax(-1)[0].numpy()
    (found,) = scoring_of(model, tokenizer, window=48).score(["We sold out of rye."])

    assert np.allclose(found.logp, [logs[at, token] for at, token in enumerate(ids)], atol=1e-5)
    assert np.allclose(found.mu, (np.exp(logs) * logs).sum(-1), atol=1e-5)
    assert np.allclose(found.sigma, ((np.exp(logs) * logs**2).sum(-1) - found.mu**2) ** 0.5, atol=1e-4)


def test_a_text_scores_the_same_in_any_company(base: Base) -> None:
    scoring = scoring_of(base.model(), base.tokenizer, window=48)
    together = scoring.score(TEXTS)

    for text, found in zip(TEXTS, together, strict=True):
        (alone,) = scoring.score([text])
        assert np.allclose(found.logp, alone.logp, atol=1e-5)


def test_a_text_longer_than_the_context_is_read_to_its_end(base: Base) -> None:
    (ids,) = base.tokenizer.encode([LONG])
    (found,) = scoring_of(base.model(), base.tokenizer, window=1000).score([LONG])

    assert len(ids) > base.model().context
    assert len(found.logp) == len(ids)


def test_what_is_written_does_not_depend_on_other_prompts(base: Base) -> None:
    model, tokenizer = base.model(), base.tokenizer
    together = write_on(model, tokenizer, TEXTS, 12)

    assert together == [write_on(model, tokenizer, [text], 12)[0] for text in TEXTS]


def test_more_tokens_than_the_context_holds_are_refused(base: Base) -> None:
    with pytest.raises(InputError, match="leave no room"):
        write_on(base.model(), base.tokenizer, ["rye"], 64)


@pytest.mark.parametrize("text", TEXTS)
def test_pieces_join_to_the_text(base: Base, text: str) -> None:
    found = pieces_of(base.tokenizer, text)

    assert "".join(found) == text
    assert len(found) == len(base.tokenizer.encode([text])[0])
