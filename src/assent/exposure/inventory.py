"""What an export holds, counted: bundles of records no rule can tell apart, and what the files say of their owner."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime

from assent.exposure.container import shown
from assent.vocabulary.identifiers import Category, Role
from assent.vocabulary.tables import Problem

EXAMPLES_KEPT = 3
EXAMPLE_CHARACTERS = 90
INFERRED_KEPT = 400
NO_HEADER = "(no header that is known)"
"""Stands among the unknown columns of a file none of whose rows is a header."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What rules may look at in a record, besides its date.

    Args:
        assumed: whether the platform counts it as this category is not known.
        visibility: None is not in the export.
        by_owner: whether the owner of the export wrote it.
        other: the role of somebody else in it.
        quotes: it carries somebody else's post.
    """

    category: Category
    assumed: bool = False
    visibility: str | None = None
    by_owner: bool = True
    other: Role | None = None
    quotes: bool = False


@dataclass(slots=True)
class Bundle:
    """Records of one table with the same traits.

    Args:
        days: how many were made on which day (UTC); None where the export does not say.
        spans: dates the records are about, where it is not known when they were made.
    """

    table: str
    traits: Traits
    records: int = 0
    days: Counter[date | None] = field(default_factory=Counter)
    spans: list[date] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)

    def add(self, made_on: date | None, about: date | None, example: str, count: int) -> None:
        """Counts records of one row."""
        self.records += count
        self.days[made_on] += count
        if about is not None:
            self.spans = [min([about, *self.spans]), max([about, *self.spans])]
        text = cut_example(example)
        if text and len(self.examples) < EXAMPLES_KEPT and text not in self.examples:
            self.examples.append(text)


@dataclass(slots=True)
class FileRead:
    """One table of the export over all its files: what was in them and what of it was counted."""

    name: str
    files: list[str] = field(default_factory=list)
    rows: int = 0
    repeated: int = 0
    unreadable_dates: int = 0
    unknown_visibility: Counter[str] = field(default_factory=Counter)
    unknown_columns: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Inferred:
    """Something the platform concludes about the owner."""

    about: str
    values: tuple[str, ...]


@dataclass(slots=True)
class Inventory:
    """Everything that was read; nothing in here has met a rule yet.

    Args:
        unknown_files: files nobody has described, with their size in bytes.
        owners: the names profiles are of; more than one means more than one person.
    """

    bundles: dict[tuple[str, Traits], Bundle] = field(default_factory=dict)
    files: dict[str, FileRead] = field(default_factory=dict)
    inferred: list[Inferred] = field(default_factory=list)
    joined_at: datetime | None = None
    birth_date: date | None = None
    owners: dict[str, str] = field(default_factory=dict)
    unknown_files: list[tuple[str, int]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def records(self) -> int:
        """How many records there are in all."""
        return sum(bundle.records for bundle in self.bundles.values())

    def bundle(self, table: str, traits: Traits) -> Bundle:
        """The bundle of a table and traits, empty at first."""
        key = (table, traits)
        if key not in self.bundles:
            self.bundles[key] = Bundle(table, traits)
        return self.bundles[key]


def cut_example(text: str) -> str:
    """A text as it may be shown: one line, not long, harmless to a terminal."""
    words = " ".join(shown(text[: 4 * EXAMPLE_CHARACTERS]).split())
    return words if len(words) <= EXAMPLE_CHARACTERS else words[: EXAMPLE_CHARACTERS - 1].rstrip() + "…"
