"""From files to an inventory: every row counted under the category of its columns, whatever shape the files are in.

    member ─ table_named ─► Table ─ header found by its names ─► Plan ─ row by row ─► Inventory

An export is told apart from its instalments by what is in them: a row that an earlier file of the same
table holds as often is the same row.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import chain, islice

from assent.exposure.catalogue import EVERY, Table, folded, header_score, table_named
from assent.exposure.columns import NOT_RECORDS
from assent.exposure.container import DAMAGE, Export, Member, shown
from assent.exposure.dates import read_date
from assent.exposure.delimited import Defect, Defects, decode, split_rows
from assent.exposure.inventory import FileRead, Inventory, Traits
from assent.exposure.rows import RowReader, plan_of
from assent.vocabulary.identifiers import Category
from assent.vocabulary.tables import Problem

ARTICLES = "Articles"
_HEADER_WITHIN = 40
_HEAD_CHARACTERS = 1 << 16
_DELIMITERS = ",;\t"
_ARTICLE_CHARACTERS = 1 << 18
_TITLE = re.compile(r"<title[^>]*>([^<]{0,2000})|<h1[^>]*>([^<]{0,2000})", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_WRITTEN = re.compile(r"\b(?:Created|Published) on ([^<>\n]{4,40})")

Advance = Callable[[int], None]


def take_inventory(export: Export, *, advance: Advance = lambda _bytes: None) -> Inventory:
    """Everything the export holds, counted; what is not understood is listed in it and nothing is raised.

    Args:
        advance: told how many bytes of members are behind, for a progress bar.

    Cost: O(bytes) time; memory does not grow with the length of messages, lines or fields.
    """
    inventory = Inventory(problems=list(export.problems))
    sorted_members = [(member, table) for member in export.members if (table := _table_of(member, inventory))]
    parts = Counter(table.name for _, table in sorted_members)
    seen: dict[str, Counter[bytes]] = {name: Counter() for name, count in parts.items() if count > 1}
    once: set[bytes] = set()
    for member, table in sorted_members:
        defects: Defects = Counter()
        repeats = _Repeats(seen.get(table.name))
        read = inventory.files.setdefault(table.name, FileRead(table.name))
        read.files.append(str(member.path))
        try:
            with member.open() as stream:
                pieces = decode(stream, defects)
                if table.name == ARTICLES:
                    _read_article(pieces, read, inventory, repeats)
                else:
                    _read_table(pieces, table, RowReader(inventory, read, table, once), repeats, defects)
        except DAMAGE:
            defects[Defect.DAMAGED] += 1
        repeats.close()
        inventory.problems += [Problem(str(member.path), str(what), count) for what, count in defects.items()]
        advance(member.size_bytes)
    return inventory


def _table_of(member: Member, inventory: Inventory) -> Table | None:
    """The table a member is a file of; one that is none is noted."""
    suffix = member.path.suffix.lower()
    if suffix == ".html" and any(folded(part) == folded(ARTICLES) for part in member.path.parts[:-1]):
        return Table(ARTICLES, {})
    table = table_named(member.path.stem) if suffix == ".csv" else None
    if table is None and suffix == ".zip":
        inventory.problems.append(Problem(str(member.path), "is a zip in the export; unpack it and name it as well"))
    elif table is None:
        inventory.unknown_files.append((str(member.path), member.size_bytes))
    return table


class _Repeats:
    """Which rows of a file an earlier file of the same table held already, row by row and as often.

    Two equal rows in one file are two records; the same two in the next instalment are none.
    """

    def __init__(self, earlier: Counter[bytes] | None) -> None:
        self._earlier = earlier
        self._here: Counter[bytes] = Counter()

    def has(self, row: Sequence[str]) -> bool:
        """Whether this occurrence of the row was counted before."""
        if self._earlier is None:
            return False
        text = "\x1f".join(cell.strip() for cell in row).rstrip("\x1f")
        digest = blake2b(text.encode("utf-8", "replace"), digest_size=12).digest()
        self._here[digest] += 1
        return self._here[digest] <= self._earlier[digest]

    def close(self) -> None:
        """What this file held counts as held."""
        if self._earlier is not None:
            self._earlier |= self._here


def _read_table(pieces: Iterator[str], table: Table, reader: RowReader, repeats: _Repeats, defects: Defects) -> None:
    """Every row under the header is counted, whatever stands above it and however fields are divided."""
    head = "".join(_until(pieces, _HEAD_CHARACTERS))
    delimiter = _delimiter(head, table)
    rows = split_rows(chain([head], pieces), delimiter, defects)
    first = list(islice(rows, _HEADER_WITHIN))
    place = _header_place(first, table)
    if place is None:
        told = [row for row in first if row[0].strip() not in NOT_RECORDS]
        reader.not_understood(len(told) + sum(1 for _ in rows))
        return
    plan = plan_of(table, first[place])
    for row in chain(first[place + 1 :], rows):
        if repeats.has(row):
            reader.read.repeated += 1
        else:
            reader.count(plan, row)


def _until(pieces: Iterator[str], characters: int) -> Iterator[str]:
    """Pieces, until they make up so many characters."""
    for piece in pieces:
        yield piece
        characters -= len(piece)
        if characters <= 0:
            return


def _delimiter(head: str, table: Table) -> str:
    """The comma, or what a spreadsheet program put in its place."""

    def found(delimiter: str) -> int:
        rows = list(islice(split_rows([head[:_HEAD_CHARACTERS]], delimiter, Counter()), _HEADER_WITHIN))
        place = _header_place(rows, table)
        return 0 if place is None else len(rows[place]) * header_score(table, rows[place])

    if EVERY not in table.columns and found(","):
        return ","
    return max(_DELIMITERS, key=found)


def _header_place(rows: Iterable[Sequence[str]], table: Table) -> int | None:
    """Where the header is: the first of the rows that name the most columns."""
    scores = [header_score(table, row) for row in rows]
    best = max(scores, default=0)
    return scores.index(best) if best else None


def _read_article(pieces: Iterable[str], read: FileRead, inventory: Inventory, repeats: _Repeats) -> None:
    """The article is one record, dated where its page says when it was written."""
    page = ""
    for piece in pieces:
        page += piece[: _ARTICLE_CHARACTERS - len(page)]
    if not page.strip():
        return
    read.rows += 1
    if repeats.has([page]):
        read.repeated += 1
        return
    title = _TITLE.search(page)
    text = _TAG.sub(" ", page)
    dated = _WRITTEN.search(page)
    made_at = read_date(dated[1].strip()) if dated else None
    example = html.unescape((title[1] or title[2] or "") if title else "").strip() or text
    bundle = inventory.bundle(ARTICLES, Traits(Category("article")))
    bundle.add(made_at.date() if made_at else None, None, shown(example), 1)
