"""One row of an export becomes records: a row is read column by column, as `columns` says."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from assent.exposure.catalogue import EVERY, Reads, Table, folded
from assent.exposure.columns import GROUP_ACTIVITY, PHOTO_WORDS, SALARY_WORDS, VISIBILITIES, WRITTEN_IN_GROUPS
from assent.exposure.container import shown
from assent.exposure.dates import read_date
from assent.exposure.inventory import INFERRED_KEPT, NO_HEADER, FileRead, Inferred, Inventory, Traits
from assent.vocabulary.identifiers import Category

_SALARY = re.compile(rf"\b(?:{'|'.join(SALARY_WORDS)})\w*", re.IGNORECASE)
_PHOTO = re.compile("|".join(PHOTO_WORDS), re.IGNORECASE)
_POST_LINK = re.compile(r"linkedin\.com/(?:feed/update|posts|pulse)/|urn:li:(?:activity|share|ugcPost)", re.IGNORECASE)
_EMPTY = re.compile(r"[\[\]\s]*|\s*[Nn]/[Aa]\s*")
_BEYOND = "(beyond the header)"
_NUMBERS_IN_A_DAY = 2


@dataclass(frozen=True, slots=True)
class Part:
    """The columns of one category in a file at hand."""

    category: Category
    assumed: bool
    places: tuple[int, ...]
    reads: Reads
    examples: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Where in a row what is found."""

    width: int
    names: tuple[str, ...]
    parts: tuple[Part, ...]
    places: dict[Reads, tuple[int, ...]]
    unknown: tuple[int, ...]

    def at(self, what: Reads) -> tuple[int, ...]:
        """The places of columns that are read for this."""
        return self.places.get(what, ())


def plan_of(table: Table, header: Sequence[str]) -> Plan:
    """What each place of this header is; a name that stands there three times is three places."""
    by_part: dict[tuple[Category, bool], list[int]] = {}
    places: dict[Reads, list[int]] = {}
    reads_of: dict[tuple[Category, bool], Reads] = {}
    unknown = []
    for place, name in enumerate(header):
        if not name.strip():
            continue
        column = table.columns.get(folded(name)) or table.columns.get(EVERY)
        if column is None:
            unknown.append(place)
            continue
        key = (column.category, column.assumed)
        by_part.setdefault(key, []).append(place)
        reads_of[key] = reads_of.get(key, Reads.NOTHING) | column.reads
        for what in column.reads:
            places.setdefault(what, []).append(place)
    shown_places = places.get(Reads.EXAMPLE, [])
    parts = tuple(
        Part(*key, tuple(found), reads_of[key], tuple(place for place in found if place in shown_places))
        for key, found in by_part.items()
    )
    names = tuple(shown(name) for name in header)
    return Plan(len(header), names, parts, {what: tuple(found) for what, found in places.items()}, tuple(unknown))


class RowReader:
    """Counts the rows of one table into an inventory.

    Args:
        once: digests of texts that were counted and may stand in another file as well; shared by all tables.
    """

    def __init__(self, inventory: Inventory, read: FileRead, table: Table, once: set[bytes]) -> None:
        self.read = read
        self._inventory = inventory
        self._table = table
        self._once = once

    def not_understood(self, rows: int) -> None:
        """The file has no header anybody knows: its rows are listed, not counted."""
        if rows:
            self.read.unknown_columns[NO_HEADER] += rows

    def count(self, plan: Plan, row: Sequence[str]) -> None:
        """The row's records are in the inventory."""
        self.read.rows += 1
        cells = ["" if _EMPTY.fullmatch(cell) else cell.strip() for cell in row[: plan.width]]
        cells += [""] * (plan.width - len(cells))
        for place in plan.unknown:
            if cells[place]:
                self.read.unknown_columns[plan.names[place]] += 1
        if any(cell.strip() for cell in row[plan.width :]):
            self.read.unknown_columns[_BEYOND] += 1
        made_at = self._date(plan.at(Reads.CREATED), cells)
        about_at = self._date(plan.at(Reads.ABOUT), cells)
        visibility = self._table.visibility or self._visibility(plan, cells)
        self._learn(plan, cells)
        for part in plan.parts:
            filled = [place for place in part.places if cells[place]]
            if not filled:
                continue
            category, count = self._category_and_count(part, cells, filled)
            if not count:
                continue
            if visibility == "group" and category in WRITTEN_IN_GROUPS:
                category = GROUP_ACTIVITY
            traits = Traits(
                category,
                part.assumed,
                visibility,
                self._table.by_owner,
                self._table.other,
                quotes=self._table.quotes or self._quotes(plan, cells),
            )
            example = html.unescape(" · ".join(cells[place] for place in part.examples if cells[place]))
            self._inventory.bundle(self._table.name, traits).add(
                made_at.date() if made_at else None, about_at.date() if about_at else None, example, count
            )

    def _category_and_count(self, part: Part, cells: Sequence[str], filled: Sequence[int]) -> tuple[Category, int]:
        """The category a part has in this row, and how many records it is; a salary beside it is counted here."""
        if part.reads & Reads.ONCE and self._counted_before(part, cells):
            return part.category, 0
        if part.reads & Reads.VALUES:
            return part.category, sum(len(_values(cells[place])) for place in filled)
        if part.reads & Reads.PHOTO and any(_PHOTO.search(cells[place]) for place in filled):
            return Category("profile.photo"), 1
        if part.reads & Reads.SALARY and any(_SALARY.search(cells[place]) for place in filled):
            beside = len(filled) > 1 and "question" not in (folded(name) for name in self._names(part))
            if not beside:
                return Category("salary"), 1
            traits = Traits(Category("salary"), by_owner=self._table.by_owner, other=self._table.other)
            self._inventory.bundle(self._table.name, traits).add(None, None, "", 1)
        return part.category, 1

    def _names(self, part: Part) -> Sequence[str]:
        return [name for name, column in self._table.columns.items() if column.category == part.category]

    def _counted_before(self, part: Part, cells: Sequence[str]) -> bool:
        text = "\n".join(" ".join(cells[place].split()) for place in part.places)
        digest = blake2b(f"{part.category}\n{text}".encode("utf-8", "replace"), digest_size=12).digest()
        before = digest in self._once
        self._once.add(digest)
        return before

    def _date(self, places: Sequence[int], cells: Sequence[str]) -> datetime | None:
        """The first of the dates that can be read; those that cannot are counted."""
        for place in places:
            if cells[place]:
                found = read_date(cells[place])
                if found is not None:
                    return found
                self.read.unreadable_dates += 1
        return None

    def _visibility(self, plan: Plan, cells: Sequence[str]) -> str | None:
        for place in plan.at(Reads.VISIBILITY):
            if cells[place]:
                known = VISIBILITIES.get(cells[place].upper().replace(" ", "_"))
                if known is None:
                    self.read.unknown_visibility[shown(cells[place])] += 1
                return known
        return None

    def _quotes(self, plan: Plan, cells: Sequence[str]) -> bool:
        return any(_POST_LINK.search(cells[place]) for place in plan.at(Reads.ORIGINAL))

    def _learn(self, plan: Plan, cells: Sequence[str]) -> None:
        """What the row says of the owner, and what it says is concluded about them."""
        for place in plan.at(Reads.BIRTH):
            numbers = re.findall(r"\d+", cells[place])
            born = read_date(cells[place]) if len(numbers) >= _NUMBERS_IN_A_DAY else None
            self._inventory.birth_date = self._inventory.birth_date or (born.date() if born else None)
        name = " ".join(cells[place] for place in plan.at(Reads.OWNER) if cells[place])
        if name:
            self._inventory.owners.setdefault(folded(html.unescape(name)), shown(name))
        for place in plan.at(Reads.JOINED):
            joined = read_date(cells[place]) if cells[place] else None
            if joined and (self._inventory.joined_at is None or joined < self._inventory.joined_at):
                self._inventory.joined_at = joined
        places = [place for place in plan.at(Reads.INFERRED) if cells[place]]
        if not places or len(self._inventory.inferred) >= INFERRED_KEPT:
            return
        if Reads.VALUES in plan.places:
            self._inventory.inferred += [
                Inferred(plan.names[place], tuple(shown(value) for value in _values(cells[place])[:INFERRED_KEPT]))
                for place in places
            ]
        else:
            words = [shown(cells[place]) for place in places]
            self._inventory.inferred.append(Inferred(words[0], tuple(words[1:])))


def _values(cell: str) -> list[str]:
    return [value for value in (part.strip() for part in cell.split(";")) if value]
