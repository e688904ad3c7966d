"""One chunk of a network, made alone: its members' histories, its records, and the truth of both."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from assent.sources.synthetic.dice import Dice
from assent.sources.synthetic.histories import as_json, history, hold_events, settled
from assent.sources.synthetic.identities import Objectors, identifiers_of
from assent.sources.synthetic.layout import Rows
from assent.sources.synthetic.offers import write_offers
from assent.sources.synthetic.people import Directory, Person
from assent.sources.synthetic.plan import Plan
from assent.sources.synthetic.planting import Canary, canary_places
from assent.sources.synthetic.recording import Chronicle


class Maker:
    """Makes chunks of one plan, one after the other; what it knows of people is kept between them."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._directory = Directory(plan)
        self._places: dict[int, Canary] = dict(canary_places(plan))

    def write(self, folder: Path, chunk: int) -> dict[str, dict[str, int]]:
        """The chunk's files lie in the folder; says how many rows each table got, and records by category."""
        rows = Rows()
        Chronicle(self._plan, chunk, self._directory, self._places, rows).write()
        self._write_members(rows, chunk)
        rows.write(folder, chunk)
        categories = Counter(row[1] for row in rows["records"])
        return {"tables": rows.counts(), "categories": dict(categories)}

    def _write_members(self, rows: Rows, chunk: int) -> None:
        dice = Dice(self._plan.seed, "histories", chunk)
        told = [(row[1], row) for row in rows["events"]]
        for ordinal in self._plan.member_range(chunk):
            person = self._directory.person(ordinal)
            events = history(person, dice).events
            events.sort(key=lambda event: event[0])
            told += events
            for kind, value in identifiers_of(person, self._plan.key).items():
                rows.add("identifiers", (person.id, kind.value, value))
            rows.add("truth/members", _truth(person, [row for _, row in events]))
        if chunk == 0:
            told += hold_events()
            offers = Rows()
            write_offers(self._plan, self._directory, offers)
            told += [(row[1], row) for row in offers["events"]]
            for row in offers["records"]:
                rows.add("records", row)
            self._write_objectors(rows)
        # Recorded order is the order of the file, so an event recorded late stands after later ones.
        told.sort(key=lambda event: event[0])
        rows.replace("events", [row for _, row in told])

    def _write_objectors(self, rows: Rows) -> None:
        if self._plan.mentions:
            objectors = Objectors(self._plan)
            for ordinal in range(objectors.count):
                for kind, value in objectors.identifiers(ordinal).items():
                    rows.add("identifiers", (None, kind.value, value))


def _truth(person: Person, events: list[tuple[object, ...]]) -> tuple[object, ...]:
    state = settled(events)
    told_at = min((row[1] for row in events if row[0] == "notice.delivered"), default=None)  # type: ignore[type-var]
    return (
        person.id, person.name, person.given, person.region, person.earlier_region, person.language, person.trade,
        person.city, person.birth_date.isoformat() if person.birth_date else None, person.joined_at, told_at,
        any(row[0] == "account.closed" for row in events),
        as_json(state["settings"]), as_json(state["objections"]),
    )  # fmt: skip
