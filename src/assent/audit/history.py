"""The ledger's first N events as the audit reads them: each against its entry, all entries against the root.

An event that was erased is gone together with its salt; its entry stays in the tree. So the root can be
derived to the last leaf, and what an erased event said cannot be derived at all. It is counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from assent.audit.ledger import is_about
from assent.errors import EvidenceError
from assent.evidence.commitment import commit
from assent.evidence.merkle import Frontier, leaf_hashes
from assent.ledger import Positioned, fold_exclusions, fold_holds, fold_member
from assent.ledger.stored import read_rows
from assent.storage.database import Database
from assent.storage.schema import DATABASE_NAME, EVENTS, LEAVES
from assent.vocabulary.identifiers import RecordId
from assent.vocabulary.state import Hold, MemberState

_PAGE = 1 << 16
_ERASURE = (b'"erasure.completed"', b'"erasure.requested"')


@dataclass(slots=True)
class History:
    """What people had said among the first `size` events, folded on demand.

    Args:
        root: over all entries, derived here.
        missing: how many of them have no event any more.
        erased: members whose erasure was asked for or done, at any position.
    """

    size: int
    root: bytes
    missing: int
    erased: frozenset[str]
    _rows: Mapping[str | None, list[tuple[int, bytes]]]
    _states: dict[str, MemberState | None] = field(default_factory=dict)

    def state(self, member: str, at: datetime) -> MemberState | None:
        """The member's state at T; None for somebody the ledger does not know."""
        if member not in self._states:
            self._states[member] = fold_member(self._events(member), at=at, size=self.size)
        return self._states[member]

    def holds(self, at: datetime) -> tuple[Hold, ...]:
        """The holds that stood at T."""
        return fold_holds(self._events(None), at=at, size=self.size)

    def exclusions(self, at: datetime) -> frozenset[RecordId]:
        """The records that were excluded at T."""
        marked = (b'"record.excluded"', b'"record.included"')
        chosen = [row for rows in self._rows.values() for row in rows if any(mark in row[1] for mark in marked)]
        return fold_exclusions(read_rows(chosen), at=at, size=self.size)

    def rests_on_erased(self, people: Iterable[str | None]) -> bool:
        """Whether an event about one of these people may be among those that are gone."""
        return self.missing > 0 and any(
            person in self.erased or person not in self._rows for person in people if person is not None
        )

    def _events(self, member: str | None) -> list[Positioned]:
        return list(read_rows(self._rows.get(member, ())))


def read_history(folder: Path, size: int) -> History:
    """The first `size` events of the ledger in that folder, each found to be what its entry commits to.

    Raises:
        EvidenceError: an entry is missing, an event is not the one that was recorded, or there is no ledger.
    """
    path = folder / DATABASE_NAME
    if not path.is_file():
        raise EvidenceError(f"there is no ledger in `{folder}`")
    database = Database(path, read_only=True)
    try:
        return _read(database, size)
    finally:
        database.close()


def _read(database: Database, size: int) -> History:
    tree = Frontier()
    rows: dict[str | None, list[tuple[int, bytes]]] = defaultdict(list)
    missing = 0
    erased: set[str] = set()
    for page in _pages(database, size):
        tree = tree.extend(leaf_hashes([bytes(entry) for _, entry, *_ in page]))
        for seq, entry, member, salt, event in page:
            if event is None:
                missing += 1
                continue
            if commit(salt, event) != entry or not is_about(event, member):
                raise EvidenceError(f"event `{seq}` is not the one that was recorded")
            rows[member].append((seq, event))
            if member is not None and any(kind in event for kind in _ERASURE):
                erased.add(member)
    if tree.size != size:
        raise EvidenceError(f"the ledger has `{tree.size}` entries where `{size}` were expected")
    erased |= _erased_later(database, size)
    return History(size, tree.root, missing, frozenset(erased), dict(rows))


def _pages(database: Database, size: int) -> Iterator[list[Any]]:
    joined = sa.outerjoin(LEAVES, EVENTS, LEAVES.c.seq == EVENTS.c.seq)
    for start in range(0, size, _PAGE):
        query = (
            sa.select(LEAVES.c.seq, LEAVES.c.commitment, EVENTS.c.member, EVENTS.c.salt, EVENTS.c.event)
            .select_from(joined)
            .where(LEAVES.c.seq >= start, LEAVES.c.seq < min(start + _PAGE, size))
            .order_by(LEAVES.c.seq)
        )
        with database.reading() as connection:
            page = list(connection.execute(query))
        if [row[0] for row in page] != list(range(start, start + len(page))):
            raise EvidenceError(f"an entry of the ledger after `{start}` is missing")
        yield page


def _erased_later(database: Database, size: int) -> set[str]:
    """Members whose erasure stands after the first `size` events."""
    text = sa.cast(EVENTS.c.event, sa.Text)
    query = sa.select(EVENTS.c.member).where(EVENTS.c.seq >= size, text.contains('"erasure.'))
    with database.reading() as connection:
        return {member for member in connection.execute(query).scalars() if member is not None}
