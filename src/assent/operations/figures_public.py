"""The figures that anybody may see: no group of fewer than 20 people, not by subtraction either.

What is done, and in this order:

1. Regions with fewer than 20 members are counted as one row, `OTHER`; if they are still fewer together, the smallest
   region joins them. So the rows make up the whole, and no row is left out that could be computed.
2. Of a choice both sides are groups: who has a setting off, and who has it on. A cell is left out when either side
   has fewer than 20, none included: that nobody chose something says it of each. (A notice is the platform's deed, not
   a person's: to be told, everybody or nobody may be shown.)
3. Beside a total one cell left out is no secret. So cells are left out, the smallest first, until those left out are
   at least two and both sides of them together have at least 20 people; where that cannot be, the total is left out.
4. Of settings of which one turns the other off, the difference is a group too: who turned off only the other.
5. What is left is rounded to 5, and shares are computed from that.
6. The numbers are those of midnight, UTC, and stay for the day. Between two days a rounded number tells less than one
   person's choice; who can make many accounts and waits for a number to flip could learn more. That is a limit.

Holds, data sets, models and checks by the staff are nobody's choices: they are shown exactly, as of now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from assent.operations.figures import Artefacts, Figures, RegionFigures, StandingHold, figures_of
from assent.operations.platform import Platform
from assent.operations.requests_counted import Outcomes
from assent.policy.pack import Pack
from assent.vocabulary.identifiers import NoticeId, SettingName

SMALLEST: Final = 20
STEP: Final = 5
OTHER: Final = "*"
"""The row of all regions that are too small to stand alone, and of members whose country is unknown."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A number that may be seen; `count` is None where it may not."""

    count: int | None
    of: int | None = None

    @property
    def share(self) -> float | None:
        """Of 1; None where it may not be seen."""
        return self.count / self.of if self.count is not None and self.of else None


HIDDEN: Final = Shown(None)


@dataclass(frozen=True, slots=True)
class PublicRow:
    """A region as anybody may see it; of the whole, `region` is None."""

    region: str | None
    members: Shown
    off: Mapping[SettingName, Shown]
    told: Mapping[NoticeId, Shown]


@dataclass(frozen=True, slots=True)
class PublicFigures:
    """What anybody may see.

    Args:
        at: of which moment the people are counted; `now`: everything else.
        objected: objections received, by purpose; `outcomes`: all of them, by what came of them.
    """

    at: datetime
    now: datetime
    total: PublicRow
    regions: tuple[PublicRow, ...]
    holds: tuple[StandingHold, ...]
    objections: Shown
    objected: Mapping[str, Shown]
    outcomes: Mapping[str, Shown]
    appealed: Shown
    median_days: float | None
    claims: Shown
    takebacks_asked: Shown
    takebacks_done: Shown
    erasures_done: Shown
    snapshots: Artefacts
    models: Artefacts
    audits: int


def public_figures(platform: Platform) -> PublicFigures:
    """What anybody may see today. Cost: that of `figures_of`, for midnight and for now."""
    now = figures_of(platform)
    midnight = figures_of(platform, at=now.at.replace(hour=0, minute=0, second=0, microsecond=0))
    people = replace(midnight, holds=now.holds, snapshots=now.snapshots, models=now.models, audits=now.audits)
    return replace(public(people, platform.pack), now=now.at)


def public(figures: Figures, pack: Pack) -> PublicFigures:
    """What anybody may see of these figures."""
    rows = _merged(figures.regions)
    members = [each.members for each in rows]
    off = {name: _column([each.off[name] for each in rows], members) for name in pack.settings}
    told = {name: _column([each.told[name] for each in rows], members, deed=True) for name in pack.notices}
    for name, setting in pack.settings.items():
        off[name] = _apart(off[name], [off[other] for other in setting.off_with])
    whole = sum(members)
    states = _states(figures.objections)
    kinds = {str(each.purpose): each.received for each in figures.objections}
    return PublicFigures(
        at=figures.at,
        now=figures.at,
        total=PublicRow(
            None,
            _alone(whole),
            {name: column.shown_total(whole) for name, column in off.items()},
            {name: column.shown_total(whole) for name, column in told.items()},
        ),
        regions=tuple(
            PublicRow(
                row.region,
                _alone(row.members),
                {name: column.shown(place) for name, column in off.items()},
                {name: column.shown(place) for name, column in told.items()},
            )
            for place, row in enumerate(rows)
            if whole >= SMALLEST
        ),
        holds=figures.holds,
        objections=_alone(sum(kinds.values())),
        objected=_parts(kinds),
        outcomes=_parts(states),
        appealed=_part_of(sum(each.appealed for each in figures.objections), sum(kinds.values())),
        median_days=figures.median_days if figures.decided >= SMALLEST else None,
        claims=_alone(figures.claims.received),
        takebacks_asked=_alone(figures.takebacks_asked),
        takebacks_done=_part_of(figures.takebacks_done, figures.takebacks_asked),
        erasures_done=_alone(figures.erasures_done),
        snapshots=figures.snapshots,
        models=figures.models,
        audits=figures.audits,
    )


def rounded(number: int) -> int:
    """To the nearest 5."""
    return (number + STEP // 2) // STEP * STEP


# --- regions


def _merged(regions: Sequence[RegionFigures]) -> list[RegionFigures]:
    """The rows, the largest first; too small ones and the unknown are one, which is large enough or the only one."""
    large = sorted((each for each in regions if each.region and each.members >= SMALLEST), key=lambda e: -e.members)
    rest = [each for each in regions if not each.region or each.members < SMALLEST]
    while rest and large and sum(each.members for each in rest) < SMALLEST:
        rest.append(large.pop())
    return [*large, _together(rest)] if rest else large


def _together(rows: Sequence[RegionFigures]) -> RegionFigures:
    first = rows[0]
    return RegionFigures(
        OTHER,
        sum(each.members for each in rows),
        {name: sum(each.off[name] for each in rows) for name in first.off},
        {name: sum(each.chose_off[name] for each in rows) for name in first.chose_off},
        {name: sum(each.told[name] for each in rows) for name in first.told},
    )


# --- cells


@dataclass(frozen=True, slots=True)
class _Column:
    """One number for each row, and which of them may not be seen."""

    counts: tuple[int, ...]
    of: tuple[int, ...]
    hidden: frozenset[int]
    total_hidden: bool
    deed: bool

    def shown(self, place: int) -> Shown:
        if place in self.hidden:
            return HIDDEN
        of = rounded(self.of[place])
        return Shown(min(rounded(self.counts[place]), of), of)

    def shown_total(self, whole: int) -> Shown:
        if self.total_hidden or whole < SMALLEST:
            return HIDDEN
        return Shown(min(rounded(sum(self.counts)), rounded(whole)), rounded(whole))


def _column(counts: Sequence[int], of: Sequence[int], *, deed: bool = False) -> _Column:
    """The column with everything hidden that would tell of fewer than 20 people.

    Args:
        deed: it counts what the platform did; none and all may be seen.
    """
    hidden = {place for place in range(len(counts)) if not _safe(counts[place], of[place], deed=deed)}
    return _closed(_Column(tuple(counts), tuple(of), frozenset(hidden), total_hidden=False, deed=deed))


def _closed(column: _Column) -> _Column:
    """The same with more hidden, until nothing hidden follows from what is seen."""
    hidden = set(column.hidden)
    places = sorted(range(len(column.counts)), key=lambda place: (column.of[place], place))
    total_hidden = not _safe(sum(column.counts), sum(column.of), deed=column.deed)
    while hidden and not total_hidden and not _covered(column, hidden):
        more = next((place for place in places if place not in hidden), None)
        if more is None:
            total_hidden = True  # nothing is left to hide it behind
        else:
            hidden.add(more)
    return replace(column, hidden=frozenset(hidden), total_hidden=total_hidden)


def _covered(column: _Column, hidden: set[int]) -> bool:
    """Whether what is hidden cannot be told from the total less what is seen."""
    some = sum(column.counts[place] for place in hidden)
    others = sum(column.of[place] for place in hidden) - some
    return len(hidden) > 1 and some >= SMALLEST and others >= SMALLEST


def _apart(column: _Column, causes: Sequence[_Column]) -> _Column:
    """The same with more hidden, until nobody sees of fewer than 20 people that this is off and a cause is on.

    Args:
        causes: whoever is counted there is counted here too.
    """
    for cause in causes:
        only = [mine - theirs for mine, theirs in zip(column.counts, cause.counts, strict=True)]
        few = {place for place, count in enumerate(only) if 0 < count < SMALLEST}
        # With the cause's: were each hidden in rows of its own, the two differences would each be told by the totals.
        column = _closed(replace(column, hidden=column.hidden | few | cause.hidden))
        left = sorted(set(range(len(only))) - column.hidden, key=lambda place: (column.of[place], place))
        while not column.total_hidden and 0 < _difference(only, column, cause) < SMALLEST:
            if not left:
                column = replace(column, total_hidden=True)
            else:
                column = _closed(replace(column, hidden=column.hidden | {left.pop(0)}))
        if 0 < sum(only) < SMALLEST:
            column = replace(column, total_hidden=True)
    return column


def _difference(only: Sequence[int], column: _Column, cause: _Column) -> int:
    """Of how many people the totals less what is seen in both columns tells that only this one is off."""
    return sum(only[place] for place in column.hidden | cause.hidden)


def _safe(count: int, of: int, *, deed: bool = False) -> bool:
    """Whether both groups that the number tells of are large enough."""
    if deed and count in {0, of}:
        return of >= SMALLEST
    return count >= SMALLEST and of - count >= SMALLEST


def _alone(count: int) -> Shown:
    """A number of people that is part of nothing; that there is nobody may be seen."""
    return Shown(rounded(count)) if count >= SMALLEST or count == 0 else HIDDEN


def _part_of(count: int, of: int) -> Shown:
    """A number of people out of others who are counted too."""
    if of == 0:
        return Shown(0, 0)
    return Shown(rounded(count), rounded(of)) if _safe(count, of, deed=True) else HIDDEN


def _parts(counts: Mapping[str, int]) -> dict[str, Shown]:
    """Numbers that make up a whole that is seen: of those hidden there are two at least, of 20 people together."""
    whole = sum(counts.values())
    hidden = {name for name, count in counts.items() if 0 < count < SMALLEST}
    order = sorted((name for name in counts if name not in hidden and counts[name]), key=lambda name: counts[name])
    while hidden and whole >= SMALLEST and (len(hidden) < 2 or sum(counts[name] for name in hidden) < SMALLEST):  # noqa: PLR2004
        if not order:
            hidden = set(counts)
            break
        hidden.add(order.pop(0))
    if 0 < whole < SMALLEST:
        hidden = set(counts)  # none of them may say how the few are divided
    return {name: HIDDEN if name in hidden else Shown(rounded(count)) for name, count in counts.items()}


def _states(objections: Sequence[Outcomes]) -> dict[str, int]:
    return {
        name: sum(getattr(each, name) for each in objections) for name in ("open", "upheld", "rejected", "withdrawn")
    }
