"""An audit on one page: a headline, before and after, the curves, what each figure means, and what was not tested.

One file without scripts that fetches nothing; the same audits give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from assent.audit.model.comparing import Finding, Outcome, compare
from assent.audit.model.estimates import Estimate
from assent.audit.model.one_run import OneRun
from assent.audit.model.plots import Plot, draw_exposure, draw_roc
from assent.audit.model.report import Kind, ModelAudit, TargetAudit
from assent.audit.model.wording import EXPLAINED, Row, figure, headline, lines_of, rows_of

_SPEAKS: Final = frozenset({Outcome.GONE, Outcome.STILL_THERE})
_KINDS: Final = (Kind.MERGE, Kind.FILTERED, Kind.ADAPTER, Kind.MEMORY, Kind.BASE)


@dataclass(frozen=True, slots=True)
class Card:
    """The strongest figure of a test over all parts."""

    title: str
    before: str | None
    after: str
    where: str


def write_page(audit: ModelAudit, before: ModelAudit | None = None) -> str:
    """The page in HTML.

    Args:
        before: the audit before a take-back; without it the page tells of one audit alone.
    """
    findings = compare(before, audit) if before is not None else None
    sentence, colour = headline(audit, findings)
    pages = Environment(loader=PackageLoader("assent.audit.model"), autoescape=True, undefined=StrictUndefined)
    pages.trim_blocks = pages.lstrip_blocks = True
    return pages.get_template("model_audit.html").render(
        audit=audit,
        before=before,
        at=_moment(audit.at),
        at_before=_moment(before.at) if before else None,
        sentence=sentence,
        colour=colour,
        cards=_cards(audit, before),
        parts=_ordered(audit),
        seen=_rows(before, findings, shown=True),
        unseen=_rows(before, findings, shown=False),
        overview=[(part, lines_of(part)) for part in _ordered(audit)] if before is None else [],
        biased=sorted({each.name for one in (audit, before) if one for each in one.targets if _is_biased(each)}),
        plots=_plots(audit, before),
        explained=EXPLAINED,
        figure=figure,
        is_run=lambda value: isinstance(value, OneRun),
    )


def _ordered(audit: ModelAudit) -> list[TargetAudit]:
    return sorted(audit.targets, key=lambda each: _KINDS.index(each.kind))


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%d %B %Y, %H:%M} UTC"


def _rows(
    before: ModelAudit | None, findings: Sequence[Finding] | None, *, shown: bool
) -> list[tuple[TargetAudit, Row]]:
    """What became of each test of each part: what speaks for or against a take-back, or the rest."""
    if before is None or findings is None:
        return []
    rows = [(part, row) for part in _ordered(before) for row in rows_of(findings, part.name)]
    return [each for each in rows if (each[1].outcome in _SPEAKS) is shown]


def _is_biased(part: TargetAudit) -> bool:
    return part.blind is not None and part.blind.biased


def _cards(audit: ModelAudit, before: ModelAudit | None) -> list[Card]:
    found = []
    for title, of, form in (
        ("strongest attack, AUC", _highest_auc, "{:.2f}"),
        ("highest mean exposure, bits", _highest_exposure, "{:.1f}"),
        ("ε at least", _highest_bound, "{:.2f}"),
        ("texts continued word for word", _highest_extraction, "{:.1%}"),
    ):
        values = {each.name: each_value for each in audit.targets if (each_value := of(each)) is not None}
        if not values:
            continue
        name = max(values, key=lambda each: values[each])
        known = [each_value for each in (before.targets if before else ()) if (each_value := of(each)) is not None]
        found.append(Card(title, form.format(max(known)) if known else None, form.format(values[name]), name))
    return found


def _highest_auc(part: TargetAudit) -> float | None:
    if _is_biased(part):
        return None
    return max((each.auc.value for each in part.membership if isinstance(each.auc, Estimate)), default=None)


def _highest_exposure(part: TargetAudit) -> float | None:
    return max((each.bits.value for each in part.canaries if each.repetitions), default=None)


def _highest_bound(part: TargetAudit) -> float | None:
    return part.one_run.epsilon if isinstance(part.one_run, OneRun) else None


def _highest_extraction(part: TargetAudit) -> float | None:
    leaks = part.extraction
    return leaks.out / leaks.asked if leaks and leaks.asked and part.kind is not Kind.BASE else None


def _plots(audit: ModelAudit, before: ModelAudit | None) -> list[Plot]:
    """Of the part that shows most, and of the merge: curves before and after, exposure of both in one."""
    audits = [("before", before), ("after", audit)] if before else [("", audit)]
    return [plot for at, name in enumerate(_shown(before or audit)) for plot in _plots_of(f"p{at}", name, audits)]


def _plots_of(place: str, name: str, audits: Sequence[tuple[str, ModelAudit | None]]) -> list[Plot]:
    parts = [(when, each.target(name) if each else None) for when, each in audits]
    drawn = [
        draw_roc(f"{place}-{at}", f"Membership, {name}{', ' if when else ''}{when}", part.membership)
        for at, (when, part) in enumerate(parts)
        if part and not _is_biased(part)
    ]
    levels = [(when or "planted", part.canaries) for when, part in parts if part]
    drawn.append(draw_exposure(f"{place}-e", f"Planted secrets, {name}", levels))
    return [each for each in drawn if each is not None]


def _shown(audit: ModelAudit) -> list[str]:
    tested = [each for each in _ordered(audit) if each.membership or each.canaries]
    adapters = sorted(
        (each for each in tested if each.kind is not Kind.MERGE),
        key=lambda each: (_highest_auc(each) or 0.0, _highest_exposure(each) or 0.0),
        reverse=True,
    )
    return [each.name for each in (*adapters[:1], *(each for each in tested if each.kind is Kind.MERGE))]
