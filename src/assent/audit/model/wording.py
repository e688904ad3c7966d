"""What an audit's figures mean, in words for a person who does not train models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assent.audit.model.comparing import LEVEL, Finding, Outcome
from assent.audit.model.estimates import Estimate, Figure
from assent.audit.model.membership import AttackResult
from assent.audit.model.one_run import OneRun, chance
from assent.audit.model.report import Kind, ModelAudit, TargetAudit, Test

_ORDER: Final = (Outcome.STILL_THERE, Outcome.GONE, Outcome.SHOWS_NOTHING, Outcome.NOT_COMPARED)
EXPLAINED: Final = (
    (
        "Membership (AUC)",
        (
            "An attacker holds a text and asks the model whether it was trained on it. Take one member's text and one "
            "that was never trained on: the AUC is how often the attacker ranks the member's higher. 0.5 is "
            "guessing, 1.0 is certainty. The range behind it holds the true value in 95 of 100 such audits; it "
            "narrows with more people."
        ),
    ),
    (
        "Standing (where few people are looked for)",
        (
            "Fewer than 30 people give no AUC. Instead: the share of people who were never trained on whose texts the "
            "model finds less familiar. Around half is what chance gives, and one person can stand anywhere by chance; "
            "so a single one is noticed only among some hundreds of others."
        ),
    ),
    (
        "Found at few false alarms",
        (
            "The share of members' texts that an attacker finds who may wrongly accuse only 1 in 100 (or 1 in 1,000) "
            "texts of others. It shows the few who are known with certainty where the AUC shows the many."
        ),
    ),
    (
        "LOSS, zlib, Min-K%++, RMIA",
        (
            "Four ways to attack. LOSS: does the model find the text likely? zlib: likelier than it is plain? "
            "Min-K%++: even its least expected words? RMIA: likelier than models that never saw it find it? The "
            "strongest one counts."
        ),
    ),
    (
        "Exposure of planted secrets (bits)",
        (
            "Made-up sentences were planted so many times. Exposure says how far up the list of all sentences that "
            "could have been planted the model puts the real one: each bit halves the list. One that was never "
            "planted has 1.4 bits on average; 10 bits mean that it stands among the first thousandth."
        ),
    ),
    (
        "One-run bound (ε)",
        (
            "A coin decided for each secret whether it was planted; an attacker guesses what the coin said. From the "
            "right guesses follows how much one text can change the model at least, as differential privacy counts it "
            "(ε; 0 is nothing, above 1 one text shows clearly). A bound of 0 does not promise that nothing leaks."
        ),
    ),
    (
        "Extraction, personal details, masked values",
        (
            "What the model really writes: the share of texts whose first 50 tokens bring back the next 50 word for "
            "word; of personal details that a question with the person's name brings out; of masked values that come "
            "back."
        ),
    ),
    (
        "Blind baseline",
        (
            "The same question put to no model at all. If words alone tell the two groups of texts apart, then the "
            "groups differ for reasons of their own, and the membership figures say nothing about the model."
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A test of a part in one line: its strongest figure, twice.

    Args:
        findings: all that it sums up.
    """

    test: Test
    what: str
    before: str
    after: str
    outcome: Outcome
    why: str
    findings: tuple[Finding, ...]


def rows_of(findings: Sequence[Finding], target: str) -> list[Row]:
    """The tests of a part, each with the outcome that matters most."""
    found = []
    for test in Test:
        own = tuple(each for each in findings if each.target == target and each.test is test)
        if own:
            outcome = min((each.outcome for each in own), key=_ORDER.index)
            shown = max((each for each in own if each.outcome is outcome), key=lambda each: each.before or 0.0)
            words = [written(each, shown.unit) for each in (shown.before, shown.after)]
            found.append(Row(test, shown.what, words[0], words[1], outcome, shown.why, own))
    return found


def written(value: float | None, unit: str) -> str:
    """A figure with its unit."""
    if value is None:
        return "—"
    if unit == "above":
        return f"above {value:.0%} of others"
    if unit == "share":
        return f"{value:.1%}"
    return f"{value:.1f} bits" if unit == "bits" else f"{unit} {value:.2f}"


def figure(given: Figure | None, percent: bool = False) -> str:
    """A figure with its range, or why there is none."""
    if given is None:
        return "not tested"
    if not isinstance(given, Estimate):
        return f"not given: {given.reason}"
    form = "{:.1%}" if percent else "{:.2f}"
    return f"{form.format(given.value)} ({form.format(given.low)} to {form.format(given.high)})"


def lines_of(part: TargetAudit) -> list[tuple[str, str]]:
    """What each test found in a part, a line each; those that were not run are not among them."""
    found = []
    strongest = max((each for each in part.membership if isinstance(each.auc, Estimate)), key=_value, default=None)
    if strongest is not None:
        found.append((Test.MEMBERSHIP.value, f"{strongest.attack}, AUC {figure(strongest.auc)}"))
    elif part.membership:
        found.append((Test.MEMBERSHIP.value, _standing_of(part.membership)))
    if part.blind is not None and part.blind.biased:
        found.append(("blind baseline", f"biased: words alone tell them apart, AUC {figure(part.blind.auc)}"))
    found += [
        (f"canaries planted {each.repetitions} times", f"{each.bits.value:.1f} bits, mean of {each.bits.n}")
        for each in part.canaries
    ]
    if isinstance(part.one_run, OneRun):
        found.append((Test.ONE_RUN.value, f"ε at least {part.one_run.epsilon:.2f}"))
    for test, leaks in (
        (Test.EXTRACTION, part.extraction),
        (Test.PERSONAL, part.personal),
        (Test.REDACTION, part.redaction),
    ):
        if leaks is not None:
            found.append((test.value, f"{leaks.out} of {leaks.asked} come out; {figure(leaks.share, percent=True)}"))
    return found


def _value(result: AttackResult) -> float:
    return result.auc.value if isinstance(result.auc, Estimate) else 0.0


def _standing_of(results: Sequence[AttackResult]) -> str:
    placed = [each for each in results if each.standing is not None]
    if not placed:
        return figure(results[0].auc)
    top = max(placed, key=lambda each: each.standing.above if each.standing else 0.0)
    assert top.standing is not None
    few = f"too few people for an AUC ({top.standing.people})"
    return f"{few}; {top.attack} puts them above {top.standing.above:.0%} of {top.standing.others} others"


def traces(audit: ModelAudit) -> list[tuple[TargetAudit, Test]]:
    """Parts and tests that find more than chance gives, at .05 divided by the number of figures."""
    parts = [each for each in audit.targets if each.kind is not Kind.BASE]
    level = LEVEL / max(1, sum(len(_chances(each)) for each in parts))
    return [
        (part, test)
        for part in parts
        for test in Test
        if any(each < level for named, each in _chances(part) if named is test)
    ]


def _chances(part: TargetAudit) -> list[tuple[Test, float]]:
    found = [(Test.MEMBERSHIP, each.chance) for each in part.membership if each.chance is not None]
    if part.blind is not None and part.blind.biased:
        found = []
    found += [(Test.CANARIES, each.chance) for each in part.canaries if each.repetitions]
    if isinstance(part.one_run, OneRun):
        run = part.one_run
        found.append((Test.ONE_RUN, chance(run.m, run.r, run.correct, 0.0, run.delta)))
    return found


def headline(audit: ModelAudit, findings: Sequence[Finding] | None) -> tuple[str, str]:
    """One sentence, and how it is coloured: `bad`, `good` or `open`."""
    failed = next((each for each in audit.checks if each.passed is False), None)
    if failed is not None:
        return f"The model is not what it says: {failed.name}. Stop serving it.", "bad"
    if findings is None:
        return _headline_once(audit)
    left = {each.target for each in findings if each.outcome is Outcome.STILL_THERE}
    gone = [each for each in findings if each.outcome is Outcome.GONE]
    if left:
        return f"What was taken back is still there, in {_listed(sorted(left))}. Stop serving this model.", "bad"
    if gone:
        tests = f"{len(gone)} {'figure' if len(gone) == 1 else 'figures'}"
        verb = "shows" if len(gone) == 1 else "show"
        return f"The take-back is seen: {tests} that gave the texts away before now {verb} no more than chance.", "good"
    return "These tests cannot show whether anything is gone: they found nothing before either.", "open"


def _headline_once(audit: ModelAudit) -> tuple[str, str]:
    found = traces(audit)
    out = sorted({each.name for each in audit.targets if each.kind is not Kind.BASE and _comes_out(each)})
    if found:
        parts = _listed(sorted({part.name for part, _ in found}))
        return f"The model remembers texts that it was trained on: more than chance gives was found in {parts}.", "bad"
    if out:
        return f"Texts or details come out of {_listed(out)}.", "bad"
    if not any(_chances(each) for each in audit.targets):
        return "No test could be run that would show what the model remembers.", "open"
    return "No test found that the model remembers what it was asked about.", "good"


def _comes_out(part: TargetAudit) -> bool:
    return any(each is not None and each.out > 0 for each in (part.extraction, part.personal, part.redaction))


def _listed(names: Sequence[str]) -> str:
    shown = list(names[:3])
    more = len(names) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
