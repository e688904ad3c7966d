"""An inventory under a judge at a moment: how many records each purpose uses, may use and never uses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from assent.exposure.inventory import Bundle, Inventory
from assent.exposure.judging import Finding, Judge, Outcome
from assent.policy.pack import Kind, Pack
from assent.vocabulary.identifiers import PurposeName

_WORST = (Outcome.USED, Outcome.MAY_BE_USED, Outcome.NEVER)


@dataclass(frozen=True, slots=True)
class Count:
    """Records by outcome; a record several purposes share counts once, by what happens to it most."""

    used: int = 0
    may_be_used: int = 0
    never: int = 0

    @property
    def exposed(self) -> int:
        """What is used as far as anybody can tell from an export."""
        return self.used + self.may_be_used


@dataclass(frozen=True, slots=True)
class Weighed:
    """Records of one bundle made in one era, and what each purpose does with them."""

    bundle: Bundle
    era: int | None
    records: int
    findings: Mapping[PurposeName, Finding]

    def worst(self, purposes: Iterable[PurposeName]) -> Finding:
        """What the purpose that uses them most does; `never` when there is none."""
        found = [self.findings[name] for name in purposes]
        return min(found, key=lambda finding: _WORST.index(finding.outcome)) if found else Finding(Outcome.NEVER)


def weigh(inventory: Inventory, judge: Judge, at: datetime) -> tuple[Weighed, ...]:
    """Every record of the inventory, under every purpose of the judge's pack, at that moment."""
    weighed = []
    for bundle in inventory.bundles.values():
        for era, records in _by_era(bundle, judge).items():
            findings = {name: judge.find(bundle.traits, era, name, at) for name in judge.pack.purposes}
            weighed.append(Weighed(bundle, era, records, findings))
    return tuple(weighed)


def _by_era(bundle: Bundle, judge: Judge) -> Mapping[int | None, int]:
    if not judge.eras:
        return {None: bundle.records}
    found: Counter[int | None] = Counter()
    for day, records in bundle.days.items():
        found[judge.era(day)] += records
    return found


def count(weighed: Iterable[Weighed], purposes: Sequence[PurposeName]) -> Count:
    """The records by outcome for these purposes taken together."""
    totals: Counter[Outcome] = Counter()
    for each in weighed:
        totals[each.worst(purposes).outcome] += each.records
    return Count(totals[Outcome.USED], totals[Outcome.MAY_BE_USED], totals[Outcome.NEVER])


def by_kind(pack: Pack) -> Mapping[Kind, tuple[PurposeName, ...]]:
    """The purposes of each kind the pack has, in the order in which kinds are spoken of."""
    found = {kind: tuple(name for name, one in pack.purposes.items() if one.kind is kind) for kind in Kind}
    return {kind: names for kind, names in found.items() if names}


def span(bundles: Iterable[Bundle]) -> tuple[date | None, date | None]:
    """The first and last day the bundles know of."""
    days = [day for bundle in bundles for day in (*(day for day in bundle.days if day), *bundle.spans)]
    return (min(days), max(days)) if days else (None, None)
