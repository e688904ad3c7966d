# ruff: noqa: PLR2004 - the numbers are shares of a draw
"""Who is on the network: any member's facts from their number alone, so that chunks can name each other's people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from assent.sources.synthetic.dice import Stream, Weighted
from assent.sources.synthetic.plan import DAY, OPENING, RECORDS_END, Plan, member_id, micros_of
from assent.sources.synthetic.vocabulary import TRADE_NAMES, trades_in
from assent.sources.synthetic.words.names import FIRM_ROOTS, NAMES
from assent.sources.synthetic.words.places import CITIES, LANGUAGES, NAME_POOLS, WEIGHTS
from assent.sources.synthetic.words.reading import read_blocks
from assent.vocabulary.regions import REGION_CODES

_POOLS = read_blocks(NAMES)
_CODES = tuple(sorted(REGION_CODES))
_INITIALS = "ABCDEFGHIJKLMNOPRSTVWYZ"
_REST = 0.15
_REGIONS = Weighted(_CODES, [WEIGHTS.get(code, _REST) for code in _CODES])
_TURNING_18 = (date(2007, 11, 2), date(2007, 11, 3), date(2007, 11, 4))
_LEAP_DAYS = tuple(date(year, 2, 29) for year in (1964, 1976, 1988, 1992, 1996, 2000, 2004, 2008))
_CACHED = 100_000


@dataclass(frozen=True, slots=True)
class Person:
    """The truth about a member, whatever the ledger says of them.

    Args:
        region: where they live now; None is unknown.
        earlier_region: where they lived before, when they moved.
        language: what they write besides English, or `en`.
        birth_date: None is unknown.
        joined_at: Unit: microseconds since 1970.
    """

    ordinal: int
    id: str
    given: str
    initial: str
    family: str
    region: str | None
    earlier_region: str | None
    language: str
    trade: str
    title: int
    firm_root: str
    city: str
    birth_date: date | None
    joined_at: int

    @property
    def name(self) -> str:
        """The name in full, as they write it."""
        return f"{self.given} {self.initial}{self.family}"


class Directory:
    """Every member of a planned network, made when asked for.

    Cost: about 10 µs for a person not seen lately.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._key = plan.key
        # One member in each stretch is given the next region of the list, so that every region has somebody.
        self._stretch = plan.members // len(_CODES) if plan.members >= 4 * len(_CODES) else 0
        self._seen: dict[int, Person] = {}

    def person(self, ordinal: int) -> Person:
        """The member of that number."""
        found = self._seen.get(ordinal)
        if found is None:
            if len(self._seen) >= _CACHED:
                self._seen.clear()
            found = self._seen[ordinal] = self._make(ordinal)
        return found

    def _make(self, ordinal: int) -> Person:
        stream = Stream(self._key, ordinal)
        region, earlier = self._regions(ordinal, stream)
        language = stream.pick(LANGUAGES.get(region or "", ("en",)))
        pool = _POOLS[NAME_POOLS.get(region or "", "anglo") if stream.unit() > 1 / 8 else stream.pick(tuple(_POOLS))]
        birth = _birth_date(stream)
        return Person(
            ordinal=ordinal,
            id=member_id(ordinal),
            given=stream.pick(pool["given"]),
            initial=f"{stream.pick(_INITIALS)}. " if stream.unit() < 0.3 else "",
            family=_family(pool["family"], stream),
            region=region,
            earlier_region=earlier,
            language=language,
            trade=stream.pick(TRADE_NAMES if language == "en" else trades_in(language)),
            title=int(stream.unit() * 12),
            firm_root=stream.pick(FIRM_ROOTS),
            city=stream.pick(CITIES),
            birth_date=birth,
            joined_at=_joined_at(birth, stream),
        )

    def _regions(self, ordinal: int, stream: Stream) -> tuple[str | None, str | None]:
        drawn, moved, unknown = stream.unit(), stream.unit(), stream.unit()
        if self._stretch and ordinal % self._stretch == 0 and ordinal // self._stretch < len(_CODES):
            return _CODES[ordinal // self._stretch], None
        if unknown < 0.03:
            return None, None
        region = _REGIONS.at(drawn)
        earlier = _REGIONS.at(stream.unit())
        return region, earlier if moved < 0.05 and earlier != region else None


def _family(names: tuple[str, ...], stream: Stream) -> str:
    name, other = stream.pick(names), stream.pick(names)
    return f"{name}-{other}" if stream.unit() < 0.1 and name != other else name


def _birth_date(stream: Stream) -> date | None:
    kind, where = stream.unit(), stream.unit()
    if kind < 0.04:
        return None
    if kind < 0.05:
        return _TURNING_18[int(where * 3)]
    if kind < 0.06:
        return _LEAP_DAYS[int(where * len(_LEAP_DAYS))]
    if kind < 0.085:
        return date(2007, 11, 5) + timedelta(days=int(where * 1100))
    # Most are between twenty and fifty: the square leans the draw towards the young end.
    return date(2007, 10, 31) - timedelta(days=int((0.04 + 0.96 * where**1.4) * 20_000))


def _joined_at(birth: date | None, stream: Stream) -> int:
    latest = RECORDS_END - 30 * DAY
    old_enough = OPENING if birth is None else micros_of(birth) + int(15.5 * 365.25) * DAY
    earliest = min(max(OPENING, old_enough), latest)
    return (earliest + int((latest - earliest) * stream.unit() ** 0.9)) // 1_000_000 * 1_000_000
