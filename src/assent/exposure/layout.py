"""What terminal and page show alike: uses that come out the same share a column, reasons are told once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assent.exposure.judging import Outcome
from assent.exposure.report import CategoryLine, Report
from assent.exposure.weighing import Count
from assent.exposure.words import joined

OUTCOMES = {Outcome.USED: "used", Outcome.MAY_BE_USED: "may be used", Outcome.NEVER: "never"}


@dataclass(frozen=True, slots=True)
class Column:
    """Kinds of uses with the same counts and reasons in every category; `kind` stands for all of them."""

    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Told:
    """One explanation, and the categories it holds for."""

    outcome: Outcome
    sentence: str
    records: int
    categories: tuple[tuple[str, int], ...]


def columns_of(report: Report) -> tuple[Column, ...]:
    """The columns of the table of categories; a kind of use that uses nothing needs none, unless all do."""
    same: dict[object, list[str]] = {}
    using = [total for total in report.kinds if total.then.exposed]
    for total in using or report.kinds:
        shape = tuple((line.by_kind[total.kind], line.why[total.kind]) for line in report.categories)
        same.setdefault(shape, []).append(total.kind)
    titles = {total.kind: total.title for total in report.kinds}
    return tuple(Column(kinds[0], joined(titles[kind] for kind in kinds)) for kinds in same.values())


def told(report: Report, kind: str) -> tuple[Told, ...]:
    """Every explanation of a kind of use, by outcome and then by how much it explains."""
    found: dict[tuple[Outcome, str], list[tuple[str, int]]] = {}
    for line in report.categories:
        for why in line.why[kind]:
            if why.sentence:
                found.setdefault((why.outcome, why.sentence), []).append((line.title, why.records))
    order = list(Outcome)
    explained = [
        Told(outcome, sentence, sum(records for _, records in where), tuple(sorted(where, key=lambda each: -each[1])))
        for (outcome, sentence), where in found.items()
    ]
    return tuple(sorted(explained, key=lambda each: (order.index(each.outcome), -each.records)))


def is_used(line: CategoryLine) -> bool:
    """Whether any use takes any of it, now or once everything announced has started."""
    return any(count.exposed for count in line.by_kind.values())


def cell(count: Count) -> Sequence[tuple[Outcome, int]]:
    """The outcomes that occur; `never` only where nothing else does."""
    shown = [(Outcome.USED, count.used), (Outcome.MAY_BE_USED, count.may_be_used)]
    found = [(outcome, records) for outcome, records in shown if records]
    return found or [(Outcome.NEVER, count.never)]
