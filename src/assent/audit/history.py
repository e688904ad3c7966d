"""The ledger's first N events as the audit reads them: each against its entry, all entries against the root.

An event that was erased is gone together with its salt; its entry stays in the tree. So the root can be
derived to the last leaf, and what an erased event said cannot be derived at all. It is counted, if an erasure
in the log accounts for it; if none does, the history is no evidence of anything.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from assent.audit.erasures import Erasures, is_marked
from assent.audit.keys import held_keys
from assent.audit.ledger import is_about
from assent.errors import EvidenceError
from assent.evidence.commitment import commit
from assent.evidence.erasure import pseudonym_of, suppression_tag
from assent.evidence.handover import HeldKey, open_held_checkpoint
from assent.evidence.merkle import Frontier, leaf_hashes
from assent.evidence.note import VerifierKey
from assent.ledger import Positioned, fold_exclusions, fold_holds, fold_member
from assent.ledger.stored import read_rows
from assent.storage.database import Database
from assent.storage.place import place_of
from assent.storage.schema import EVENTS, HEAD, LEAVES, SCHEMA_NAME, SCHEMA_VERSION
from assent.vocabulary.identifiers import RecordId
from assent.vocabulary.state import Hold, MemberState

_PAGE = 1 << 16


@dataclass(slots=True)
class History:
    """What people had said among the first `size` events, folded on demand.

    Args:
        root: over the first `size` entries, derived here.
        missing: how many of them were there when the log had that size, and were erased since.
        keys: every key of the log, and which checkpoints it may sign.
        suppression_key: tells whom an erasure's pseudonym stands for.
        sealed: SHA-256 of the manifests that were announced at any position, by snapshot.
        superseded: the same of what took a snapshot's place; `removed`: of the statements that its bytes are gone.
        roots: over as many entries as each later moment had that was asked for.
    """

    size: int
    root: bytes
    missing: int = 0
    keys: tuple[HeldKey, ...] = ()
    suppression_key: bytes | None = None
    sealed: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    superseded: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    removed: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    roots: dict[int, bytes] = field(default_factory=dict)
    horizon: int = 0
    _erasures: Erasures = field(default_factory=Erasures)
    _gone: frozenset[str] = frozenset()
    _rows: dict[str | None, list[tuple[int, bytes]]] = field(default_factory=lambda: defaultdict(list))
    _later: dict[str | None, list[tuple[int, bytes]]] = field(default_factory=lambda: defaultdict(list))
    _states: dict[str, MemberState | None] = field(default_factory=dict)

    def add(self, seq: int, entry: bytes, member: str | None, salt: bytes | None, event: bytes | None) -> None:
        """One more entry is taken into account.

        Raises:
            EvidenceError: the event is not what the entry commits to.
        """
        if event is None or salt is None:
            self._erasures.missing.append(seq)
            return
        whole = type(event) is bytes and type(salt) is bytes
        if not whole or commit(salt, event) != entry or not is_about(event, member):
            raise EvidenceError(f"event `{seq}` is not the one that was recorded")
        if seq < self.size:
            self._rows[member].append((seq, event))
        elif seq < self.horizon:
            self._later[member].append((seq, event))
        if is_marked(event):
            self._erasures.read(seq, event)
        if member is None and b'"type":"snapshot.' in event:
            fields = json.loads(event)
            said = {"sealed": self.sealed, "superseded": self.superseded, "removed": self.removed}
            what = fields["type"].removeprefix("snapshot.")
            if what in said:
                said[what][fields["snapshot"]].add(fields["digest"])

    def settle(self) -> None:
        """Every entry without an event was erased; `missing` says how many of the first `size` since.

        Raises:
            EvidenceError: an event is gone and nothing accounts for it.
        """
        self._erasures.require_accounted()
        self.missing = self._erasures.missing_since(self.size)
        self._gone = self._erasures.since(self.size)

    def state(self, member: str, at: datetime) -> MemberState | None:
        """The member's state at T; None for somebody the ledger does not know."""
        if member not in self._states:
            self._states[member] = fold_member(self._events(member), at=at, size=self.size)
        return self._states[member]

    def holds(self, at: datetime, *, size: int | None = None) -> tuple[Hold, ...]:
        """The holds that stood at T, among the first `size` events if another number than N is asked about."""
        return fold_holds(self._events(None, later=True), at=at, size=self.size if size is None else size)

    def exclusions(self, at: datetime, *, size: int | None = None) -> frozenset[RecordId]:
        """The records that were excluded at T, among the first `size` events."""
        marked = (b'"record.excluded"', b'"record.included"')
        said = chain(self._rows.values(), self._later.values())
        chosen = [row for rows in said for row in rows if any(mark in row[1] for mark in marked)]
        return fold_exclusions(read_rows(chosen), at=at, size=self.size if size is None else size)

    def everybody(self) -> Iterator[tuple[str, list[Positioned]]]:
        """Every member, and what they said up to the last moment that was asked for."""
        for member in dict.fromkeys(chain(self._rows, self._later)):
            if member is not None:
                yield member, self._events(member, later=True)

    def rests_on_erased(self, people: Iterable[str | None]) -> bool:
        """Whether an event about one of these people may be among those that are gone.

        Who was erased has no event left and is known by no name. Without the suppression key, whoever has no
        event may be the one.
        """
        return self.missing > 0 and any(self._may_be_erased(person) for person in people if person is not None)

    def _may_be_erased(self, person: str) -> bool:
        if self.suppression_key is None or person in self._rows:
            return person not in self._rows
        return pseudonym_of(suppression_tag(self.suppression_key, person)) in self._gone

    def _events(self, member: str | None, *, later: bool = False) -> list[Positioned]:
        return list(read_rows(chain(self._rows.get(member, ()), self._later.get(member, ()) if later else ())))


def read_history(
    folder: Path,
    size: int,
    verifiers: Sequence[VerifierKey],
    *,
    suppression_key: bytes | None = None,
    moments: Sequence[int] = (),
) -> History:
    """The first `size` events of the ledger in that folder, and what later ones say about erasures and snapshots.

    Every event is found to be what its entry commits to, and all entries to lead to the newest signed root.

    Args:
        moments: later sizes about which will be asked, too.

    Raises:
        EvidenceError: one of that is not so, the ledger is shorter, or there is none.
    """
    place = place_of(folder)
    if place is None:
        raise EvidenceError(f"there is no ledger in `{folder}`")
    database = place.open(read_only=True)
    try:
        database.require_version(name=SCHEMA_NAME, version=SCHEMA_VERSION)
        return _read(database, size, verifiers, suppression_key, moments)
    finally:
        database.close()


def _read(
    database: Database,
    size: int,
    verifiers: Sequence[VerifierKey],
    suppression_key: bytes | None,
    moments: Sequence[int],
) -> History:
    with database.reading() as connection:
        note = connection.execute(sa.select(HEAD.c.checkpoint)).scalar()
    keys = held_keys(database, verifiers)
    newest = open_held_checkpoint(bytes(note or b""), keys)
    horizon = max(size, *moments) if moments else size
    if newest.size < horizon:
        raise EvidenceError(f"the ledger has `{newest.size}` entries where `{horizon}` were expected")
    tree = Frontier()
    history = History(size, tree.root, keys=keys, suppression_key=suppression_key, horizon=horizon)
    for page in _pages(database, {size, *moments}, newest.size):
        tree = tree.extend(leaf_hashes([entry for _, entry, *_ in page]))
        if tree.size == size:
            history.root = tree.root
        if tree.size in moments:
            history.roots[tree.size] = tree.root
        for row in page:
            history.add(*row)
    if tree.root != newest.root:
        raise EvidenceError("the ledger's entries do not lead to the root that was signed")
    history.settle()
    return history


def _pages(database: Database, sizes: set[int], newest: int) -> Iterator[list[Any]]:
    """All rows in order; no page reaches from before one of these sizes to after it."""
    edges = sorted({*range(0, newest, _PAGE), *sizes, newest})
    for start, stop in pairwise(edges):
        query = (
            sa.select(LEAVES.c.seq, LEAVES.c.commitment, EVENTS.c.member, EVENTS.c.salt, EVENTS.c.event)
            # The bounds stand twice: PostgreSQL carries none from one side of an outer join to the other.
            .select_from(
                sa.outerjoin(LEAVES, EVENTS, (LEAVES.c.seq == EVENTS.c.seq) & EVENTS.c.seq.between(start, stop))
            )
            .where(LEAVES.c.seq >= start, LEAVES.c.seq < stop)
            .order_by(LEAVES.c.seq)
        )
        with database.reading() as connection:
            page = list(connection.execute(query))
        if [row[0] for row in page] != list(range(start, stop)):
            raise EvidenceError(f"an entry of the ledger after `{start}` is missing")
        # SQLite stores what it is given: a text where bytes belong is already another thing than was recorded.
        if not all(type(row[1]) is bytes for row in page):
            raise EvidenceError(f"an entry of the ledger after `{start}` is no hash")
        yield page
