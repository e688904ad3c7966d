"""What a ledger is asked: who said what, up to which position. Erased events are left out of every answer."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from assent.errors import InputError, RefusedError, UnavailableError
from assent.ledger.charge import require_here
from assent.ledger.stored import Positioned, read_event, read_rows
from assent.storage.database import Database
from assent.storage.schema import EVENTS, HEAD, LEAVES
from assent.vocabulary.events import Event
from assent.vocabulary.instants import format_instant

CLOCK_TOLERANCE = timedelta(seconds=5)
"""How far the clocks of machines that share a ledger may be apart."""

_SIZE = sa.select(HEAD.c.size, HEAD.c.moved_to)
_PAGE = 16_384
_NAMES = 500
"""Members named in one query."""


def moment_after(newest: datetime | None, now: datetime) -> datetime:
    """`now`, and never before the newest event was recorded.

    Raises:
        UnavailableError: `now` lies further back than clocks of one installation may differ.
    """
    if newest is None or newest <= now:
        return now
    if newest - now > CLOCK_TOLERANCE:
        raise UnavailableError(
            f"this clock is behind the ledger: it shows {format_instant(now)}, and the newest event was recorded"
            f" at {format_instant(newest)}",
            hint="set the clock; until then choices that were made might be overlooked",
        )
    return newest


class RecordedEvents:
    """The events of a ledger's database, for whoever reads; each answer is of one moment."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def size(self) -> int:
        """N, the number of recorded events; they have the positions 0 to N - 1."""
        return int(self._head().size)

    def present(self, now: datetime) -> datetime:
        """The moment it is, and never one before the newest event was recorded: what was said by then counts.

        Raises:
            UnavailableError: `now` lies further back than clocks of one installation may differ.
        """
        return moment_after(self.newest_recorded_at(), now)

    def news(self, since: int, *, most: int) -> tuple[int, list[Positioned] | None]:
        """N, and the events recorded since the ledger had size `since`; in one look.

        Cost: one short transaction, and what it takes to read the events that are new; of more than `most`, or
        of a ledger that is shorter than it was, there are none but None.
        """
        with self._database.glancing() as connection:
            size = int(require_here(connection.execute(_SIZE).one()).size)
            if not 0 <= size - since <= most:
                return size, None
            # Without `size` these could be more than it counts, since the two questions are of two moments.
            new = EVENTS.c.seq.between(since, size - 1)
            query = sa.select(EVENTS.c.seq, EVENTS.c.event).where(new).order_by(EVENTS.c.seq)
            rows = connection.execute(query).all() if size > since else []
        return size, list(read_rows(rows))

    def newest_recorded_at(self) -> datetime | None:
        """When the newest event was recorded; None where there is none, or it cannot be read."""
        query = sa.select(EVENTS.c.event).order_by(EVENTS.c.seq.desc()).limit(1)
        with self._database.glancing() as connection:
            data = connection.execute(query).scalar()
        newest = read_event(bytes(data)) if data is not None else None
        return newest.recorded_at if isinstance(newest, Event) else None

    def events(self, start: int = 0, stop: int | None = None) -> Iterator[Positioned]:
        """The events at the positions [start, stop), in order; erased ones are left out."""
        stop = self.size if stop is None else stop
        for first in range(start, stop, _PAGE):
            yield from read_rows(self.rows(first, min(first + _PAGE, stop)))

    def events_since(self, seq: int) -> Iterator[Positioned]:
        """What was recorded since the ledger had size `seq`."""
        return self.events(seq)

    def events_of(self, member: str, *, size: int | None = None) -> list[Positioned]:
        """One member's events among the first `size`. Cost: O(their number)."""
        return self._where(EVENTS.c.member == member, size)

    def events_among(self, members: Collection[str], *, size: int | None = None) -> dict[str, list[Positioned]]:
        """The events of each of these members among the first `size`. Cost: O(their number)."""
        found: dict[str, list[Positioned]] = {member: [] for member in members}
        names = sorted(found)
        for start in range(0, len(names), _NAMES):
            theirs = EVENTS.c.member.in_(names[start : start + _NAMES])
            query = sa.select(EVENTS.c.member, EVENTS.c.seq, EVENTS.c.event).where(theirs).order_by(EVENTS.c.seq)
            if size is not None:
                query = query.where(EVENTS.c.seq < size)
            with self._database.glancing() as connection:
                rows = connection.execute(query).all()
            for member, seq, data in rows:
                found[member].append((seq, read_event(data)))
        return found

    def system_events(self, *, size: int | None = None) -> list[Positioned]:
        """The events about no member: holds, packs, notices published, snapshots."""
        return self._where(EVENTS.c.member.is_(None), size)

    def rows(self, start: int, stop: int) -> list[tuple[Any, ...]]:
        """The (seq, canonical bytes) at the positions [start, stop), as they were hashed."""
        query = (
            sa.select(EVENTS.c.seq, EVENTS.c.event)
            .where(EVENTS.c.seq >= start, EVENTS.c.seq < stop)
            .order_by(EVENTS.c.seq)
        )
        with self._database.reading() as connection:
            return self._database.fetch_rows(connection, query)

    def revealed(self, seq: int) -> tuple[bytes, bytes]:
        """The salt and the canonical bytes of one event: what makes its entry in the log.

        Raises:
            RefusedError: there is no such event, or it was erased.
        """
        query = sa.select(EVENTS.c.salt, EVENTS.c.event).where(EVENTS.c.seq == seq)
        with self._database.reading() as connection:
            found = connection.execute(query).one_or_none()
        if found is None:
            raise RefusedError(f"the ledger does not hold an event `{seq}`, or it was erased")
        return bytes(found.salt), bytes(found.event)

    def commitment(self, seq: int) -> bytes:
        """The log's entry at that position; it stays when the event is erased."""
        query = sa.select(LEAVES.c.commitment).where(LEAVES.c.seq == seq)
        with self._database.reading() as connection:
            found = connection.execute(query).scalar()
        if found is None:
            raise InputError(f"the ledger has no event `{seq}`")
        return bytes(found)

    def _where(self, condition: sa.ColumnElement[bool], size: int | None) -> list[Positioned]:
        query = sa.select(EVENTS.c.seq, EVENTS.c.event).where(condition).order_by(EVENTS.c.seq)
        if size is not None:
            query = query.where(EVENTS.c.seq < size)
        with self._database.glancing() as connection:
            found = connection.execute(query).all()
        return list(read_rows(found))

    def _head(self) -> Any:
        with self._database.glancing() as connection:
            return require_here(connection.execute(sa.select(HEAD)).one())
