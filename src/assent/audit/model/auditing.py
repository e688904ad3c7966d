"""All tests of a model's parts, each scorer asked once for each text.

What a test needs and does not get is named among what was not run; nothing is left out silently.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt

from assent.audit.model import Continuer, Scorer, Scores
from assent.audit.model.blind import Blind, guess_blindly
from assent.audit.model.canaries import RANKED, Canary, by_repetitions, expose
from assent.audit.model.estimates import CONFIDENCE
from assent.audit.model.extraction import Passage, Probe, extract, probe
from assent.audit.model.membership import AttackResult, Read, attack_membership
from assent.audit.model.one_run import audit_one_run
from assent.audit.model.report import Kind, ModelAudit, Skipped, TargetAudit, Test
from assent.audit.model.specimens import SHORTEST_TOKENS, Readings, Specimen, read
from assent.errors import InputError


@dataclass(frozen=True, slots=True)
class Coins:
    """Canaries of which a coin decided whether they are planted, once each; and what it said. Shape: (m,)"""

    texts: tuple[str, ...]
    planted: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Target:
    """A part of the model, and what to look for in it.

    Args:
        name: of the part, as specimens' `touches` name it.
        members: texts that were trained into this part (before a take-back; after it, the same texts).
        canaries: those planted in this part, and some that nobody planted.
        passages, probes, masked: of people whose texts were trained into it.
        why_not: why something is not given, by test; else the report says only that it was not.
        others, population: in place of the audit's, where this part alone never saw them.
        compared_with: who the others are, in a few words.
    """

    name: str
    kind: Kind
    scorer: Scorer
    continuer: Continuer | None = None
    members: tuple[Specimen, ...] = ()
    canaries: tuple[Canary, ...] = ()
    coins: Coins | None = None
    passages: tuple[Passage, ...] = ()
    probes: tuple[Probe, ...] = ()
    masked: tuple[Probe, ...] = ()
    why_not: Mapping[Test, str] | None = None
    others: tuple[Specimen, ...] | None = None
    population: tuple[Specimen, ...] | None = None
    compared_with: str = ""


_MISSING: Final[Mapping[Test, str]] = {
    Test.MEMBERSHIP: "no texts of members, or none of others to compare them with, were given",
    Test.CANARIES: "nothing was planted",
    Test.ONE_RUN: "no coin decided what is planted",
    Test.EXTRACTION: "no passages, or no way to continue them, were given",
    Test.PERSONAL: "nobody's details, or no way to ask for them, were given",
    Test.REDACTION: "no masked values, or no way to ask for them, were given",
}


def audit_model(
    model: str,
    targets: Sequence[Target],
    *,
    weights: str,
    at: datetime,
    about: str,
    others: Sequence[Specimen] = (),
    population: Sequence[Specimen] = (),
    references: Mapping[str, Scorer] | None = None,
    seed: str = "audit",
    ranked: int = RANKED,
    told: Callable[[str], None] = lambda _: None,
) -> ModelAudit:
    """What every test finds out about every target.

    Args:
        others: texts like the members' of people whose texts nothing here was trained on.
        population: more such texts, of yet other people; RMIA measures against them.
        references: models of the same kind; the targets that are adapters if not given.
        ranked: how many fillings of a template a canary is ranked among.
        told: called with a line before each step.

    Raises:
        InputError: no target, two of a name, a person on two sides of a comparison, or a member's text that does not
            name the adapters it was trained into.
    """
    targets = [_with_others(each, others, population) for each in targets]
    _check(targets)
    against = references or {each.name: each.scorer for each in targets if each.kind is Kind.ADAPTER}
    bench = _Bench(against, seed)
    bench.prepare(targets, told)
    # one in twenty test sets looks biased at 95 %; so the more there are, the stricter each is judged
    bench.blind_confidence = 1 - (1 - CONFIDENCE) / max(1, sum(bool(each.members) for each in targets))
    parts = []
    for target in targets:
        told(f"{target.kind} {target.name}")
        parts.append(_audit(target, bench, seed, ranked))
    return ModelAudit(model, weights, at, about, seed, tuple(parts))


def _with_others(target: Target, others: Sequence[Specimen], population: Sequence[Specimen]) -> Target:
    return replace(
        target,
        others=tuple(others) if target.others is None else target.others,
        population=tuple(population) if target.population is None else target.population,
    )


def _check(targets: Sequence[Target]) -> None:
    names = [each.name for each in targets]
    if not names or len(set(names)) < len(names):
        raise InputError("an audit needs targets with different names")
    for each in targets:
        own = {each.name} if each.kind is Kind.ADAPTER else set()
        if each.kind in {Kind.ADAPTER, Kind.MERGE} and any(not s.touches or own - s.touches for s in each.members):
            raise InputError(
                f"a member's text in `{each.name}` does not say which adapters were trained on it",
                hint="fill `touches`; an adapter that saw a text is no reference for it",
            )
        sides = [{s.person for s in side or ()} for side in (each.members, each.others, each.population)]
        both = sides[0] & (sides[1] | sides[2]) | sides[1] & sides[2]
        if both:
            raise InputError(
                f"{len(both)} people stand on two sides of the comparison",
                hint="members, others and the population are different people",
            )


class _Bench:
    """What every scorer says of texts; each is asked about each text once."""

    def __init__(self, references: Mapping[str, Scorer], seed: str) -> None:
        self.references, self.seed = references, seed
        self.blind_confidence = CONFIDENCE
        self._kept: dict[str, dict[str, _Row]] = {}

    def prepare(self, targets: Sequence[Target], told: Callable[[str], None]) -> None:
        """One scorer after another reads all that it will be asked about, so that one at a time has to be there."""
        tested = [each for each in targets if each.members and each.others]
        wanted: dict[str, list[str]] = {}
        for each in tested:
            sides = (each.members, each.others or (), each.population or ())
            texts = [specimen.text for side in sides for specimen in side]
            for name in {**self.references, each.name: each.scorer}:
                wanted.setdefault(name, []).extend(texts)
        scorers = {**self.references, **{each.name: each.scorer for each in tested}}
        for name, texts in wanted.items():
            told(f"reading with {name}")
            self._read(name, scorers[name], texts)

    def readings(self, target: Target, specimens: Sequence[Specimen]) -> Read:
        """The specimens read by the target and by all references."""
        scorers = {**self.references, target.name: target.scorer}
        texts = [each.text for each in specimens]
        return Read(tuple(specimens), {name: self._read(name, scorer, texts) for name, scorer in scorers.items()})

    def _read(self, name: str, scorer: Scorer, texts: Sequence[str]) -> Readings:
        known = self._kept.setdefault(name, {})
        missing = [each for each in dict.fromkeys(texts) if each not in known]
        if missing:
            found = read(scorer, missing)
            columns = (found.tokens, found.mean_logp, found.sum_logp, found.min_k)
            known |= zip(missing, zip(*(each.tolist() for each in columns), strict=True), strict=True)
        rows = np.array([known[each] for each in texts], dtype=np.float64).reshape(-1, 4).T
        return Readings(rows[0].astype(np.int64), *rows[1:])


_Row = tuple[int, float, float, float]


def _audit(target: Target, bench: _Bench, seed: str, ranked: int) -> TargetAudit:
    membership: tuple[AttackResult, ...] = ()
    blind: Blind | None = None
    left_out = 0, 0
    if target.members and target.others:
        own, others = (bench.readings(target, texts) for texts in (target.members, target.others))
        population = bench.readings(target, target.population) if target.population else None
        membership = attack_membership(
            target.name, own, others, references=tuple(bench.references), population=population
        )
        blind = guess_blindly(target.members, target.others, seed=seed, confidence=bench.blind_confidence)
        left_out = (_too_short(own, target.name), _too_short(others, target.name))
    ask = target.continuer
    return TargetAudit(
        target.name,
        target.kind,
        membership,
        blind,
        left_out,
        by_repetitions(expose(target.scorer, target.canaries, seed=seed, ranked=ranked)) if target.canaries else (),
        audit_one_run(_coin_scores(target, bench), target.coins.planted) if target.coins else None,
        extract(ask, target.passages) if ask and target.passages else None,
        probe(ask, target.probes) if ask and target.probes else None,
        probe(ask, target.masked) if ask and target.masked else None,
        tuple(_not_run(target, bool(target.members and target.others))),
        target.compared_with,
    )


def _too_short(side: Read, name: str) -> int:
    return int((side.by[name].tokens < SHORTEST_TOKENS).sum())


def _coin_scores(target: Target, bench: _Bench) -> Scores:
    """Log-likelihood of each canary, less its mean under the references: what is likely anyhow says nothing."""
    assert target.coins is not None
    own = read(target.scorer, target.coins.texts).sum_logp
    rest = [
        read(scorer, target.coins.texts).sum_logp for name, scorer in bench.references.items() if name != target.name
    ]
    return own - np.mean(rest, axis=0) if rest else own


def _not_run(target: Target, membership: bool) -> Iterator[Skipped]:
    has = {
        Test.MEMBERSHIP: membership,
        Test.CANARIES: bool(target.canaries),
        Test.ONE_RUN: target.coins is not None,
        Test.EXTRACTION: bool(target.continuer and target.passages),
        Test.PERSONAL: bool(target.continuer and target.probes),
        Test.REDACTION: bool(target.continuer and target.masked),
    }
    why = {**_MISSING, **(target.why_not or {})}
    yield from (Skipped(test, why[test]) for test, given in has.items() if not given)
