"""The tables of `columns`, parsed once: which file a name means, and what each of its columns is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Flag, auto
from functools import cache

from assent.exposure import columns
from assent.vocabulary.identifiers import Category, Role

EVERY = "*"
_SUFFIX = re.compile(r"(?:[_ ]\d+|\s*\(\d+\))+$")


class Reads(Flag):
    """What is read from a column besides that it has a value; the words of `columns`."""

    NOTHING = 0
    CREATED = auto()
    ABOUT = auto()
    VISIBILITY = auto()
    EXAMPLE = auto()
    VALUES = auto()
    ONCE = auto()
    INFERRED = auto()
    ORIGINAL = auto()
    SALARY = auto()
    PHOTO = auto()
    BIRTH = auto()
    JOINED = auto()
    OWNER = auto()


@dataclass(frozen=True, slots=True)
class Column:
    """Args:
    assumed: the announcement does not name this kind of data.
    """

    category: Category
    assumed: bool = False
    reads: Reads = Reads.NOTHING


@dataclass(frozen=True, slots=True)
class Table:
    """A file of the export.

    Args:
        columns: by folded name; `*` for all others.
        by_owner: whether the owner of the export wrote its records.
        other: the role of somebody else in them.
        visibility: the same for all of its records; None where it is a column or not known.
        quotes: each record carries somebody else's post.
    """

    name: str
    columns: Mapping[str, Column]
    by_owner: bool = True
    other: Role | None = None
    visibility: str | None = None
    quotes: bool = False
    aliases: tuple[str, ...] = field(default=())


def table_named(stem: str) -> Table | None:
    """The table of a file name without folder and extension; None for one nobody has described.

    A member's number at the end, a browser's `(1)`, case, spaces and underscores make no difference.
    """
    return _by_name().get(folded(_SUFFIX.sub("", stem))) or _by_name().get(folded(stem))


def folded(name: str) -> str:
    """A name of a file or column as it is compared."""
    return "".join(c for c in name.casefold() if c.isalnum())


def header_score(table: Table, row: Sequence[str]) -> int:
    """How many different columns of the table a row names; 0 when most of it is something else.

    For a table whose header nobody has verified any row will do.
    """
    names = {folded(cell) for cell in row if cell.strip()}
    known = len(names & set(table.columns))
    if EVERY in table.columns:
        return max(1, known) if names else 0
    return known if known * 2 >= len(names) else 0


@cache
def tables() -> Mapping[str, Table]:
    """Every table by the name it has in `columns`."""
    found: dict[str, dict[str, Column]] = {}
    for line in _lines(columns.COLUMNS):
        file, names, category, reads = line
        column = _column(category, reads)
        for name in names.split(","):
            found.setdefault(file, {})[folded(name) or EVERY] = column
    about = {line[0]: line[1:] for line in _lines(columns.FILES)}
    return {file: _table(file, entries, about.get(file, ["", "", "", ""])) for file, entries in found.items()}


@cache
def _by_name() -> Mapping[str, Table]:
    return {folded(name): table for table in tables().values() for name in (table.name, *table.aliases)}


def _lines(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in text.splitlines() if line.strip()]


def _column(category: str, reads: str) -> Column:
    flags = Reads.NOTHING
    for word in reads.split(","):
        flags |= Reads[word.strip().upper()] if word.strip() else Reads.NOTHING
    return Column(Category(category.removesuffix("?").strip()), category.endswith("?"), flags)


def _table(name: str, entries: Mapping[str, Column], about: Sequence[str]) -> Table:
    written, other, visibility, more = about
    return Table(
        name=name,
        columns=entries,
        by_owner=written != "written by them",
        other=Role(other.removeprefix("with ")) if other else None,
        visibility=visibility or None,
        quotes=more == "quotes",
        aliases=(more,) if more and more != "quotes" else (),
    )
