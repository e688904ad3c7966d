"""The same tests before and after a take-back: is what was there gone?

Four outcomes, for each test of each part. Only `gone` speaks for a take-back, and it takes two things: that the test
found something before, and that it finds no more afterwards than chance gives. The level is .05 divided by the number
of comparisons, so that a clean take-back raises an alarm in one of twenty audits at most.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from assent.audit.model.estimates import Estimate
from assent.audit.model.extraction import Leaks
from assent.audit.model.one_run import OneRun, chance
from assent.audit.model.report import Kind, ModelAudit, TargetAudit, Test
from assent.errors import EvidenceError, RefusedError

LEVEL: Final = 0.05


class Outcome(StrEnum):
    """What a comparison shows."""

    GONE = "gone"
    STILL_THERE = "still there"
    SHOWS_NOTHING = "shows nothing"
    NOT_COMPARED = "not compared"


@dataclass(frozen=True, slots=True)
class Finding:
    """One test of one part, twice.

    Args:
        what: the attack, or the number of repetitions; empty where the test has no parts.
        before, after: the figures, None where there is none.
        why: of an outcome that shows nothing; a sentence's end.
    """

    target: str
    kind: Kind
    test: Test
    what: str
    unit: str
    before: float | None
    after: float | None
    outcome: Outcome
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Pair:
    """A test twice, each with how likely chance alone gives as much; None where it gives no figure."""

    test: Test
    what: str
    unit: str
    before: tuple[float, float] | None
    after: tuple[float, float] | None
    biased: bool = False


def compare(before: ModelAudit, after: ModelAudit) -> tuple[Finding, ...]:
    """What became of everything that was tested before, part by part."""
    pairs = [
        (part, pair)
        for part in before.targets
        if part.kind is not Kind.BASE
        for pair in _pairs(part, after.target(part.name) or TargetAudit(part.name, part.kind))
    ]
    leaks = list(_leaks(before, after))
    level = LEVEL / max(1, len(leaks) + sum(pair.after is not None and not pair.biased for _, pair in pairs))
    judged = [_judge(part, pair, level) for part, pair in pairs]
    return (*judged, *(_judge_leak(each, level) for each in leaks))


def require_forgotten(findings: tuple[Finding, ...]) -> None:
    """Something that was found before is gone, and nothing is still there.

    Raises:
        EvidenceError: something is still there; the take-back did not reach it.
        RefusedError: no test found anything before, so none can show that it is gone.
    """
    left = [each for each in findings if each.outcome is Outcome.STILL_THERE]
    if left:
        named = ", ".join(f"{each.target} ({' '.join(filter(None, (each.test, each.what)))})" for each in left[:4])
        more = f" and {len(left) - 4} more" if len(left) > 4 else ""  # noqa: PLR2004 - a line's worth
        raise EvidenceError(
            f"what was taken back is still there: {named}{more}",
            hint="stop serving the model; the take-back did not remove it, or it is in the base or in others' texts",
        )
    if not any(each.outcome is Outcome.GONE for each in findings):
        raise RefusedError(
            "the audits do not show that anything is gone",
            hint="no test found it before; take more texts or people, or plant canaries",
        )


def _judge(part: TargetAudit, pair: _Pair, level: float) -> Finding:
    outcome, why = Outcome.GONE, ""
    if pair.biased:
        outcome, why = Outcome.NOT_COMPARED, "words alone tell these texts from the others', without any model"
    elif pair.after is None:
        outcome, why = Outcome.NOT_COMPARED, "there is no figure afterwards"
    elif pair.after[1] < level:
        outcome = Outcome.STILL_THERE
    elif pair.before is None or pair.before[1] >= level:
        outcome, why = Outcome.SHOWS_NOTHING, "the test found nothing before either"
    figures = [each[0] if each else None for each in (pair.before, pair.after)]
    return Finding(part.name, part.kind, pair.test, pair.what, pair.unit, figures[0], figures[1], outcome, why)


def _pairs(before: TargetAudit, after: TargetAudit) -> Iterator[_Pair]:
    biased = any(each.blind is not None and each.blind.biased for each in (before, after))
    known, then = _aucs(before), _aucs(after)
    for attack in dict.fromkeys((*known, *then)):
        unit = "AUC" if any(each.attack == attack and each.standing is None for each in before.membership) else "above"
        yield _Pair(Test.MEMBERSHIP, attack, unit, known.get(attack), then.get(attack), biased)
    levels, later = _levels(before), _levels(after)
    for number in sorted({*levels, *later}):
        yield _Pair(Test.CANARIES, f"planted {number} times", "bits", levels.get(number), later.get(number))
    if isinstance(before.one_run, OneRun):
        yield _Pair(Test.ONE_RUN, "", "ε at least", _bound(before), _bound(after))


def _aucs(part: TargetAudit) -> dict[str, tuple[float, float]]:
    found = {}
    for each in part.membership:
        if each.chance is not None and isinstance(each.auc, Estimate):
            found[str(each.attack)] = (each.auc.value, each.chance)
        elif each.chance is not None and each.standing is not None:
            found[str(each.attack)] = (each.standing.above, each.chance)
    return found


def _levels(part: TargetAudit) -> dict[int, tuple[float, float]]:
    return {each.repetitions: (each.bits.value, each.chance) for each in part.canaries if each.repetitions}


def _bound(part: TargetAudit) -> tuple[float, float] | None:
    run = part.one_run
    return (run.epsilon, chance(run.m, run.r, run.correct, 0.0, run.delta)) if isinstance(run, OneRun) else None


@dataclass(frozen=True, slots=True)
class _Leak:
    """What came out before and after, and of the base, which never saw it."""

    part: TargetAudit
    test: Test
    before: Leaks
    after: Leaks | None
    base: Leaks | None


def _leaks(before: ModelAudit, after: ModelAudit) -> Iterator[_Leak]:
    base = next((each for each in after.targets if each.kind is Kind.BASE), None)
    for part in before.targets:
        later = after.target(part.name)
        if part.kind is Kind.BASE:
            continue
        for test, name in ((Test.EXTRACTION, "extraction"), (Test.PERSONAL, "personal"), (Test.REDACTION, "redaction")):
            known = getattr(part, name)
            then, without = getattr(later, name, None), getattr(base, name, None)
            if known is not None:
                yield _Leak(part, test, known, then, without)


def _judge_leak(leak: _Leak, level: float) -> Finding:
    before, after = (each if each is not None and each.asked else None for each in (leak.before, leak.after))
    outcome, why = _leaked(before, after, leak.base, level)
    figures = [each.out / each.asked if each else None for each in (before, after)]
    return Finding(leak.part.name, leak.part.kind, leak.test, "", "share", figures[0], figures[1], outcome, why)


def _leaked(before: Leaks | None, after: Leaks | None, base: Leaks | None, level: float) -> tuple[Outcome, str]:
    if before is None or after is None:
        return Outcome.NOT_COMPARED, "it was not asked for both times"
    if base is None or not base.asked:
        if after.out:
            return Outcome.NOT_COMPARED, "something still comes out, and the base was not asked whether it gives it too"
        base = Leaks(after.share, before.asked, 0, ())
    if _exceeds(after, base) < level:
        return Outcome.STILL_THERE, ""
    if _exceeds(before, base) < level:
        return Outcome.GONE, ""
    return Outcome.SHOWS_NOTHING, "no more came out before than of a model that never saw it"


def _exceeds(leaks: Leaks, base: Leaks) -> float:
    """How often so many of both hits would fall to the first one if they fell at random (Fisher's exact test)."""
    hits, whole = leaks.out + base.out, leaks.asked + base.asked
    return math.fsum(
        math.comb(leaks.asked, each) * math.comb(base.asked, hits - each) / math.comb(whole, hits)
        for each in range(leaks.out, min(hits, leaks.asked) + 1)
    )
