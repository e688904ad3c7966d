"""What was asked of the platform and what came of it, counted from events: objections, claims, take-backs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assent.errors import AssentError
from assent.operations.platform import Platform
from assent.operations.population import Told
from assent.operations.progress import manifest_of, standing_of
from assent.snapshot.holding import rows_of
from assent.snapshot.since import Moment
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import PurposeName


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of objections to one use; `received` is the sum of the four states. An appeal is no new objection.

    Args:
        appealed: how many of them were appealed, whatever came of it.
    """

    purpose: PurposeName
    received: int = 0
    open: int = 0
    upheld: int = 0
    rejected: int = 0
    withdrawn: int = 0
    appealed: int = 0


@dataclass(frozen=True, slots=True)
class Claims:
    """What became of claims that a model repeats somebody's data."""

    received: int = 0
    open: int = 0
    confirmed: int = 0
    not_confirmed: int = 0


@dataclass(slots=True)
class _Case:
    since: datetime
    state: str = "open"
    appealed: bool = False


def objections_in(platform: Platform, told: Iterable[Told]) -> tuple[tuple[Outcomes, ...], list[float]]:
    """What became of objections, by purpose; and how many days each first decision took."""
    cases: dict[tuple[int, str], list[_Case]] = {}
    days: list[float] = []
    for each in told:
        mine = cases.setdefault((each.member, each.key), [])
        if each.kind is EventType.OBJECTION_RECEIVED:
            if mine and mine[-1].state == "rejected" and _is_appeal(platform, each):
                mine[-1].state, mine[-1].appealed = "open", True
            elif not mine or mine[-1].state != "open":
                mine.append(_Case(each.at))
        elif each.kind is EventType.OBJECTION_DECIDED and mine:
            if mine[-1].state == "open" and not mine[-1].appealed:
                days.append((each.at - mine[-1].since) / timedelta(days=1))
            mine[-1].state = each.value
        elif each.kind is EventType.OBJECTION_WITHDRAWN and mine:
            mine[-1].state = "withdrawn"
    by_purpose: dict[str, list[_Case]] = {}
    for (_, purpose), theirs in cases.items():
        by_purpose.setdefault(purpose, []).extend(theirs)
    return tuple(_outcomes(name, found) for name, found in sorted(by_purpose.items()) if found), days


def _is_appeal(platform: Platform, each: Told) -> bool:
    event = next((event for _, event in platform.ledger.events(each.seq, each.seq + 1)), None)
    return isinstance(event, Event) and event.by == "appeal"


def _outcomes(purpose: str, cases: Sequence[_Case]) -> Outcomes:
    states = Counter(each.state for each in cases)
    return Outcomes(
        PurposeName(purpose),
        len(cases),
        states["open"],
        states["upheld"],
        states["rejected"],
        states["withdrawn"],
        sum(each.appealed for each in cases),
    )


def claims_in(told: Iterable[Told]) -> Claims:
    """What became of claims."""
    received = [each for each in told if each.kind is EventType.CLAIM_RECEIVED]
    decided = Counter(each.value for each in told if each.kind is EventType.CLAIM_DECIDED)
    return Claims(
        len(received), max(len(received) - decided.total(), 0), decided["confirmed"], decided["not-confirmed"]
    )


def takebacks_in(platform: Platform, told: Iterable[Told]) -> tuple[int, int]:
    """How many were asked for, and of how many nothing is left in data sets made before."""
    asked = {(each.member, each.key): each for each in told if each.kind is EventType.TAKEBACK_REQUESTED}
    names = _names(platform, {member for member, _ in asked}) if asked else {}
    waiting: set[tuple[int, str]] = set()
    for purpose in platform.pack.purposes.values():
        theirs = {place: each for place, each in asked.items() if place[1] == purpose.name}
        for _, folder in standing_of(platform, purpose) if theirs else ():
            try:
                manifest = manifest_of(folder)
                moment = Moment(manifest.at, manifest.ledger_size)
                since = [place for place, each in theirs.items() if not moment.counts(each.seq, each.at)]
                late = {names[place[0]]: place for place in since}
                held = rows_of(folder, manifest, late) if late else None
            except (AssentError, OSError):
                waiting |= set(theirs)  # nobody knows, so it is not done
            else:
                waiting |= {place for name, place in late.items() if held and (held.own[name] or held.named[name])}
    return len(asked), len(asked) - len(waiting)


def _names(platform: Platform, places: set[int]) -> dict[int, str]:
    wanted = pa.array(sorted(places), pa.int32())
    found: dict[int, str] = {}
    for path in platform.ledger.columns().members:
        table = pq.read_table(path)
        rows = table.filter(pc.is_in(table["ordinal"], wanted))
        found |= dict(zip(rows["ordinal"].to_pylist(), rows["member"].to_pylist(), strict=True))
    return found
