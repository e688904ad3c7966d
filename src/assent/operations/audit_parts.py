"""The parts of an opened model as callables that an audit asks: each adapter by itself, the model they make, the base.

One part is held in memory at a time, besides what was opened; an audit asks one after another.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from assent.audit.model import Continuer, Scorer, TokenScores
from assent.curation.outputs import OutputFilter
from assent.operations.audit_texts import part_of
from assent.training.opened import OpenedModel
from assent.training.scoring import Scoring, Writes, pieces_of, scoring_of, write_on

MERGE: Final = "merge"
FILTERED: Final = "merge, filtered"
"""What answers, as it is read behind the output filter."""
BASE: Final = "base"


@dataclass(slots=True)
class Parts:
    """What an opened model is made of, by name.

    Args:
        outputs: in front of whoever asks the model; None where nobody filters.
    """

    opened: OpenedModel
    outputs: OutputFilter | None = None
    _held: dict[str, Writes] = field(default_factory=dict)
    _written: dict[tuple[str, int], str] = field(default_factory=dict)

    @property
    def is_one_model(self) -> bool:
        """Whether what answers is one model, which can write; else adapters are asked one by one."""
        return self.opened.memory is not None or self.opened.manifest.aggregation == "mean"

    def references(self) -> dict[str, Scorer]:
        """Every adapter: each is a model that never saw what another shard has."""
        return {part_of(shard): self.scorer(part_of(shard)) for shard in self.opened.states}

    def pieces(self, text: str) -> list[str]:
        """The tokens of a text."""
        return pieces_of(self.opened.tokenizer, text)

    def scorer(self, name: str) -> Scorer:
        """What asks that part for the scores of texts."""
        window, tokenizer = self.opened.config.sequence_tokens, self.opened.tokenizer

        def score(texts: Sequence[str]) -> list[TokenScores]:
            if name == MERGE and not self.is_one_model:
                scoring = Scoring(self.opened.averaged(), tokenizer, min(window, self._part(BASE).context))
            else:
                scoring = scoring_of(self._part(name), tokenizer, window=window)
            return [TokenScores(each.logp, each.mu, each.sigma) for each in scoring.score(texts)]

        return score

    def continuer(self, name: str) -> Continuer | None:
        """What has that part write on; None where it writes nothing by itself, or nobody filters what it writes."""
        if name in {MERGE, FILTERED} and not self.is_one_model:
            return None
        if name == FILTERED:
            return None if self.outputs is None else partial(self._write_filtered, self.outputs)
        return partial(self._write, name)

    def _write(self, name: str, prompts: Sequence[str], tokens: int) -> list[str]:
        model = self._part(name)
        found = write_on(model, self.opened.tokenizer, prompts, min(tokens, model.context // 2))
        if name == MERGE:
            self._written |= zip(((each, tokens) for each in prompts), found, strict=True)
        return found

    def _write_filtered(self, outputs: OutputFilter, prompts: Sequence[str], tokens: int) -> list[str]:
        """The same as without the filter, and then filtered; nothing is written twice."""
        missing = [each for each in dict.fromkeys(prompts) if (each, tokens) not in self._written]
        if missing:
            self._write(MERGE, missing, tokens)
        return [outputs.clean_after(each, self._written[each, tokens]).texts[0] for each in prompts]

    def _part(self, name: str) -> Writes:
        if name not in self._held:
            self._held.clear()
            if not self.opened.base.own:
                # Large, and held by cycles; what is a `Decoder` goes with its last name.
                gc.collect()
            self._held[name] = self._load(name)
        return self._held[name]

    def _load(self, name: str) -> Writes:
        if name == MERGE:
            return self.opened.joined() if self.opened.memory is None else self.opened.remembering(self.opened.memory)
        if name == BASE:
            return self.opened.base.model()
        return self.opened.alone(int(name.rpartition(" ")[2]))
