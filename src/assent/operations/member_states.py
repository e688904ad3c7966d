"""What the ledger says of members now, kept in memory and never older than the question.

A look at the ledger learns its size N and reads what was recorded since the look before:

    an event about a member     what was kept of them is forgotten; it is folded anew when they are asked about
    somebody was erased         the same, for whoever had an event at the positions that were emptied
    a hold, an exclusion        the few of them are kept whole, and folded for the moment
    nothing                     what is kept still holds

What takes effect later is forgotten when its time comes. So what is kept is always `fold_member` of the first N
events at the look's moment T, and whoever asks gets all of their members at one (T, N).
"""

from __future__ import annotations

import heapq
import sys
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from assent.errors import UnavailableError
from assent.evidence.erasure import read_positions
from assent.ledger import Ledger, fold_exclusions, fold_holds, fold_member
from assent.ledger.columns import KINDS
from assent.ledger.recorded import moment_after
from assent.ledger.stored import Positioned
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import NoticeId
from assent.vocabulary.state import Hold, MemberState

Clock = Callable[[], datetime]

MOST_MEMBERS: Final = 1_000_000
"""So many members are kept at most; those who were loaded first go first."""
MOST_NEWS: Final = 50_000
"""After so many new events it is cheaper to begin anew than to read them one by one."""

_FLAGS: Final = frozenset({EventType.RECORD_EXCLUDED, EventType.RECORD_INCLUDED})
_HOLDS: Final = frozenset({EventType.HOLD_PLACED, EventType.HOLD_LIFTED})
_NOTHING: Final[Mapping[Any, Any]] = {}
_MOST_SAME: Final = 100_000
_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class KeptState(MemberState):
    """A state that knows the position of the member's first event, by which an erasure finds it."""

    first: int = -1


@dataclass(frozen=True, slots=True)
class Known:
    """What is known at (T, N) of those who were asked about.

    Args:
        states: of every member asked about; None of whom nothing is known.
        excluded: those of the records asked about that somebody excluded.
    """

    at: datetime
    size: int
    states: Mapping[str, MemberState | None]
    holds: tuple[Hold, ...] = ()
    excluded: frozenset[str] = frozenset()


class MemberStates:
    """The members of an open ledger; safe to use from many threads. It learns from what other processes record.

    Args:
        most: how many members are kept. Unit: about 0.5 KB each (`bench portal` measures it).
    """

    def __init__(self, ledger: Ledger, clock: Clock, *, most: int = MOST_MEMBERS) -> None:
        self._ledger = ledger
        self._clock = clock
        self._most = most
        self._learning = threading.Lock()
        # INVARIANT: whatever follows belongs to (at, size), and changes only under this lock.
        self._lock = threading.Lock()
        self._at: datetime | None = None
        self._size = -1
        self._newest: datetime | None = None
        self._states: dict[str, MemberState | None] = {}
        self._turns: list[tuple[datetime, str]] = []
        self._flying: list[set[str]] = []
        self._same: dict[Any, Any] = {}
        self._flags: dict[str, tuple[Positioned, ...]] = {}
        self._hold_events: list[Positioned] = []
        self._holds: tuple[Hold, ...] = ()
        self._holds_turn: datetime | None = None

    def look(self, members: Collection[str], records: Collection[str] = ()) -> Known:
        """What is known of these members and records, as of a moment and a size found out after this was called.

        Cost: one short transaction; for members not kept, one more for each 500.

        Raises:
            UnavailableError: the ledger cannot be reached, or the clock is behind it.
            EvidenceError: an event that might be a hold cannot be read.
        """
        self._learn()
        changed: set[str] = set()
        with self._lock:
            at, size, holds = self._at, self._size, self._holds
            assert at is not None
            states = {member: self._states[member] for member in members if member in self._states}
            flags = {record: self._flags[record] for record in records if record in self._flags}
            missing = {member for member in members if member not in states}
            if missing:
                self._flying.append(changed)
        if missing:
            try:
                states |= self._load(missing, at, size, changed)
            finally:
                with self._lock:
                    self._flying = [each for each in self._flying if each is not changed]
        return Known(at, size, states, holds, _excluded(flags, at, size))

    def look_back(self, members: Collection[str], records: Collection[str], at: datetime) -> Known:
        """The same for a moment in the past, with all the ledger knows now; nothing is kept of it.

        Cost: the members' events are read.
        """
        self._learn()
        with self._lock:
            size, holds = self._size, list(self._hold_events)
            flags = {record: self._flags[record] for record in records if record in self._flags}
        events = self._ledger.events_among(members, size=size)
        states = {member: fold_member(theirs, at=at, size=size) for member, theirs in events.items()}
        return Known(at, size, states, fold_holds(holds, at=at, size=size), _excluded(flags, at, size))

    @property
    def kept(self) -> int:
        """How many members are kept."""
        return len(self._states)

    # --- learning

    def _learn(self) -> None:
        """What is kept belongs to a moment and a size found out after this was called."""
        with self._learning:
            size, events = (-1, None) if self._size < 0 else self._ledger.news(self._size, most=MOST_NEWS)
            if events is None:
                # The first look; after a bulk import; or another ledger, such as a standby that lags behind.
                self._begin()
            else:
                self._go_on(size, events)

    def _begin(self) -> None:
        """Holds and exclusions are those of the whole ledger; of members nothing is kept yet."""
        size = self._ledger.size
        flags = _all_flags(self._ledger, size)
        hold_events = [(seq, event) for seq, event in self._ledger.system_events(size=size) if _may_be_hold(event)]
        newest = self._ledger.newest_recorded_at()
        at = self._moment(newest)
        holds, turn = fold_holds(hold_events, at=at, size=size), _next_turn(hold_events, at)
        with self._lock:
            self._states, self._turns, self._flying = {}, [], []
            self._flags, self._hold_events, self._newest = flags, hold_events, newest
            self._holds, self._holds_turn, self._at, self._size = holds, turn, at, size

    def _go_on(self, size: int, events: Sequence[Positioned]) -> None:
        """What these events change is forgotten or, of holds and exclusions, kept; and so is what takes effect now."""
        recorded = [event.recorded_at for _, event in events if isinstance(event, Event) and event.recorded_at]
        newest = recorded[-1] if recorded else self._newest
        at = self._moment(newest)
        hold_events, holds, turn = self._hold_events, self._holds, self._holds_turn
        new = [(seq, event) for seq, event in events if _may_be_hold(event)]
        if new or (turn is not None and turn <= at):
            hold_events = [*hold_events, *new]
            holds, turn = fold_holds(hold_events, at=at, size=size), _next_turn(hold_events, at)
        # Nothing fails from here on, so that no look sees a part of it.
        with self._lock:
            self._take(events)
            while self._turns and self._turns[0][0] <= at:
                self._forget(heapq.heappop(self._turns)[1])
            self._hold_events, self._holds, self._holds_turn = hold_events, holds, turn
            self._newest, self._at, self._size = newest, at, size

    def _moment(self, newest: datetime | None) -> datetime:
        """The present moment; it does not go back, lest something that was in force stops being so."""
        at = moment_after(newest, self._clock())
        return at if self._at is None or at > self._at else self._at

    def _take(self, events: Iterable[Positioned]) -> None:
        emptied: list[range] = []
        for seq, event in events:
            if event.member is not None:
                self._forget(event.member)
            if not isinstance(event, Event):
                continue
            if event.type in _FLAGS:
                record = event.key or ""
                self._flags[record] = (*self._flags.get(record, ()), (seq, event))
            elif event.type is EventType.ERASURE_COMPLETED:
                emptied += read_positions(event.value or "")
        if emptied:
            self._forget_emptied({seq for run in emptied for seq in run})

    def _forget(self, member: str) -> None:
        self._states.pop(member, None)
        for changed in self._flying:
            changed.add(member)

    def _forget_emptied(self, gone: frozenset[int] | set[int]) -> None:
        """Whoever had an event at these positions was erased. Cost: 40 ms for a million members kept."""
        kept = self._states.items()
        for member in [each for each, state in kept if isinstance(state, KeptState) and state.first in gone]:
            self._forget(member)
        for record in [record for record, theirs in self._flags.items() if any(seq in gone for seq, _ in theirs)]:
            self._flags[record] = tuple(each for each in self._flags[record] if each[0] not in gone)

    # --- loading

    def _load(
        self, members: Collection[str], at: datetime, size: int, changed: set[str]
    ) -> dict[str, MemberState | None]:
        """The states of members who are not kept, at (T, N); kept from here on but those who `changed` meanwhile."""
        loaded: dict[str, MemberState | None] = {}
        turns: dict[str, datetime] = {}
        for member, events in self._ledger.events_among(members, size=size).items():
            loaded[member] = self._smaller(fold_member(events, at=at, size=size), events)
            turn = _next_turn(events, at)
            if turn is not None:
                turns[member] = turn
        with self._lock:
            if not any(each is changed for each in self._flying):
                return loaded  # everything was begun anew meanwhile
            for member, state in loaded.items():
                turn = turns.get(member)
                if member in changed or (turn is not None and self._at is not None and turn <= self._at):
                    continue
                self._states[member] = state
                if turn is not None:
                    heapq.heappush(self._turns, (turn, member))
            while len(self._states) > self._most:
                del self._states[next(iter(self._states))]
        return loaded

    def _smaller(self, state: MemberState | None, events: Sequence[Positioned]) -> MemberState | None:
        """The state as it is kept: what many members have in common is there once."""
        if state is None:
            return None
        same = self._same
        if len(same) > _MOST_SAME:
            same.clear()
        return KeptState(
            same.setdefault(state.region, state.region),
            same.setdefault(state.birth_date, state.birth_date),
            same.setdefault(tuple(state.settings.items()), state.settings),
            same.setdefault(tuple(state.objections.items()), state.objections),
            {NoticeId(sys.intern(notice)): told_at for notice, told_at in state.notices.items()} or _NOTHING,
            state.closed,
            state.erased,
            state.unreadable,
            first=events[0][0],
        )


def _all_flags(ledger: Ledger, size: int) -> dict[str, tuple[Positioned, ...]]:
    """Who excluded or included which record. Cost: one pass over a column of the mirror."""
    found: dict[str, list[Positioned]] = {}
    for seq, event in _flag_events(ledger, size):
        found.setdefault(event.key or "", []).append((seq, event))
    return {record: tuple(events) for record, events in found.items()}


def _flag_events(ledger: Ledger, size: int) -> list[tuple[int, Event]]:
    wanted = [("kind", "in", [KINDS.index(kind) for kind in _FLAGS]), ("seq", "<", size)]
    for _ in range(_TRIES):
        try:
            columns = ledger.columns(size=size)
            tables = [pq.read_table(path, filters=wanted) for path in columns.events]
            if not any(table.num_rows for table in tables):
                return []
            names = pa.concat_arrays(
                [pq.read_table(path, columns=["member"])["member"].combine_chunks() for path in columns.members]
            )
        except FileNotFoundError:
            continue  # another process wrote the last of the files anew
        rows = pa.concat_tables(tables)
        members = names.take(rows["member"].combine_chunks()).to_pylist()
        return [
            (row["seq"], Event(KINDS[row["kind"]], row["effective_at"], member, row["key"]))
            for row, member in zip(rows.to_pylist(), members, strict=True)
        ]
    raise UnavailableError("the ledger's columns change faster than they can be read", hint="try again")


def _may_be_hold(event: object) -> bool:
    """Whether it is a hold or the lifting of one, or cannot be read and might be."""
    return getattr(event, "member", None) is None and (not isinstance(event, Event) or event.type in _HOLDS)


def _next_turn(events: Iterable[Positioned], at: datetime) -> datetime | None:
    """When the next of the events takes effect that has not yet."""
    later = [event.effective_at for _, event in events if event.effective_at is not None and event.effective_at > at]
    return min(later, default=None)


def _excluded(flags: Mapping[str, Sequence[Positioned]], at: datetime, size: int) -> frozenset[str]:
    return frozenset(record for record, events in flags.items() if fold_exclusions(events, at=at, size=size))
