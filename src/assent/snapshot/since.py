"""What has been denied since a snapshot was decided: who no longer permits, and what was excluded.

A snapshot rests on (T, N). At a later moment, with a longer ledger, a person can only be judged anew if an
event of theirs was recorded since or has come into effect since, or if a hold has. Age, notices and
waiting periods only ever turn a denial into a permission, and a late permission enlarges nothing.

Whoever asked since then that past use be taken back is judged as having done so, whatever else they said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assent.ledger import Ledger, Positioned, fold_exclusions, fold_holds, fold_member
from assent.ledger.columns import EVENT_SCHEMA, KINDS, UNREADABLE, ColumnarEvents
from assent.ledger.stored import Unreadable
from assent.policy.evaluate import person_reasons
from assent.policy.pack import AgeAt, Pack, Purpose
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import MemberId
from assent.vocabulary.reasons import Reason
from assent.vocabulary.state import Hold, MemberState

Found = TypeVar("Found")
_TRIES = 5
_PLACES = {name: place for place, name in enumerate(EVENT_SCHEMA.names)}
_TAIL = 50_000
"""So many new events are sooner read from the ledger itself than added to the columns."""
_MANY = 20_000
"""From so many people on, reading the mirrored ledger once is cheaper than asking it for each of them."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A position in time and in the ledger."""

    at: datetime
    size: int

    def counts(self, seq: int, effective_at: datetime) -> bool:
        """Whether the event at that position counts here."""
        return seq < self.size and effective_at <= self.at


@dataclass(frozen=True, slots=True)
class Changes:
    """What may be judged differently now.

    Args:
        members: those with an event that counts now and did not count then.
        everybody: a hold begins to count, so it is not enough to look at `members`.
        holds: those of the ledger that stand now.
        excluded: records that their people have excluded since; each is out, whoever wrote it.
        taken_back: those of `members` who asked since that past use for this purpose be taken back.
        events: what `members` ever said, as it counts now.
    """

    members: frozenset[str]
    everybody: bool
    holds: tuple[Hold, ...]
    excluded: frozenset[str]
    taken_back: frozenset[str] = frozenset()
    events: Mapping[str, list[Positioned]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.members or self.everybody or self.excluded)


@dataclass(slots=True)
class People:
    """Judges persons at one moment, each as often as it takes and no oftener."""

    pack: Pack
    purpose: Purpose
    now: Moment
    holds: tuple[Hold, ...]
    events: Mapping[str, list[Positioned]]
    taken_back: frozenset[str] = frozenset()
    _states: dict[str, MemberState | None] = field(default_factory=dict)
    _reasons: dict[tuple[str, date | None], frozenset[Reason]] = field(default_factory=dict)

    def reasons(self, member: str | None, created_at: datetime | None) -> frozenset[Reason]:
        """Why this person does not permit a record of that age; empty when they do."""
        if member is None:
            return frozenset({Reason.STATE_MISSING})
        # Only the calendar date of a record's creation can matter, and only where age is measured by it.
        dated = created_at if self.purpose.age_at is AgeAt.CREATION else None
        key = (member, dated and min(self.now.at, dated).date())
        if key not in self._reasons:
            found = person_reasons(self.pack, self.purpose, self._state(member), self.now.at, created_at, self.holds)
            self._reasons[key] = frozenset(found)
        return self._reasons[key]

    def _state(self, member: str) -> MemberState | None:
        if member not in self._states:
            state = fold_member(self.events.get(member, ()), at=self.now.at, size=self.now.size)
            took_back = state is not None and member in self.taken_back
            self._states[member] = replace(state, taken_back=True) if state and took_back else state
        return self._states[member]


def changes_between(ledger: Ledger, pack: Pack, purpose: Purpose, then: Moment, now: Moment) -> Changes:
    """Everything between two moments that can deny what was allowed. Cost: one scan of two columns."""
    if now == then:
        return Changes(frozenset(), everybody=False, holds=(), excluded=frozenset())
    members, system = _members_with_changes(ledger, then, now)
    events = ledger.system_events(size=now.size)
    holds = fold_holds(events, at=now.at, size=now.size)
    before = fold_holds(events, at=then.at, size=then.size) if system else holds
    stood = [hold for hold in (*pack.holds, *before) if hold.in_force(then.at)]
    everybody = any(
        hold.purpose == purpose.name and hold.in_force(now.at) and hold not in stood for hold in (*pack.holds, *holds)
    )
    own = events_of(ledger, members, now.size)
    excluded = fold_exclusions((each for some in own.values() for each in some), at=now.at, size=now.size)
    asked = frozenset(member for member, said in own.items() if _asked_since(said, purpose, then, now))
    return Changes(members, everybody, holds, frozenset(excluded), asked, own)


def _asked_since(said: Iterable[Positioned], purpose: Purpose, then: Moment, now: Moment) -> bool:
    """Whether a take-back for the purpose counts now and did not then."""
    return any(
        isinstance(event, Event)
        and event.type is EventType.TAKEBACK_REQUESTED
        and event.key == purpose.name
        and now.counts(seq, event.effective_at)
        and not then.counts(seq, event.effective_at)
        for seq, event in said
    )


def events_of(ledger: Ledger, members: frozenset[str], size: int) -> Mapping[str, list[Positioned]]:
    """The events of these members. Cost: O(their events), or one pass over the columns for many members."""
    if len(members) < _MANY:
        return ledger.events_among(members, size=size)
    return scanned(ledger, size, lambda columns: _said_by(columns, members, size))


def scanned(ledger: Ledger, size: int, scan: Callable[[ColumnarEvents], Found]) -> Found:
    """What `scan` finds in the columns of the first `size` events."""
    for _ in range(_TRIES):
        # Somebody else who brings the columns up to date replaces the last file: then they are asked for anew.
        with suppress(FileNotFoundError):
            return scan(ledger.columns(size=size))
    return scan(ledger.columns(size=size))


def _said_by(columns: ColumnarEvents, members: frozenset[str], size: int) -> Mapping[str, list[Positioned]]:
    names = dict(ordinals_of(columns, members))
    wanted = pa.array(names, pa.int32())
    found: dict[str, list[Positioned]] = defaultdict(list)
    for path in columns.events:
        for batch in pq.ParquetFile(path).iter_batches(1 << 17):
            kept = pc.and_(pc.is_in(batch.column("member"), wanted), pc.less(batch.column("seq"), size))
            for row in batch.filter(kept).to_pylist():
                member = names[row["member"]]
                found[member].append((row["seq"], _event(row, member)))
    return found


def _event(row: Mapping[str, Any], member: str) -> Event | Unreadable:
    if row["kind"] == UNREADABLE or row["effective_at"] is None:
        return Unreadable(member, row["effective_at"], f"event {row['seq']}")
    return Event(KINDS[row["kind"]], row["effective_at"], MemberId(member), row["key"], row["value"])


def _members_with_changes(ledger: Ledger, then: Moment, now: Moment) -> tuple[frozenset[str], bool]:
    """Members with an event that counts now and not then, and whether one about nobody does."""
    if now.size - then.size > _TAIL:
        return scanned(ledger, now.size, lambda columns: _scan(columns, then, now))
    # Of the events up to then only those matter that have come into effect; the few since are read one by one,
    # so that nobody waits until the columns have them.
    members, system = scanned(ledger, then.size, lambda columns: _scan(columns, then, Moment(now.at, then.size)))
    fresh = [
        event
        for seq, event in ledger.events(then.size, now.size)
        if event.effective_at is None or now.counts(seq, event.effective_at)
    ]
    named = {event.member for event in fresh}
    return members | {member for member in named if member is not None}, system or None in named


def _scan(columns: ColumnarEvents, then: Moment, now: Moment) -> tuple[frozenset[str], bool]:
    ordinals: set[int] = set()
    system = False
    for path in columns.events:
        file = pq.ParquetFile(path)
        groups = [each for each in range(file.num_row_groups) if _may_be_fresh(file.metadata.row_group(each), then)]
        for batch in file.iter_batches(1 << 17, row_groups=groups, columns=["seq", "member", "effective_at"]):
            fresh = batch.filter(_fresh(batch, then, now)).column("member")
            system |= fresh.null_count > 0
            ordinals.update(fresh.drop_null().to_pylist())
    return frozenset(_named(columns.members, ordinals)), system


def _may_be_fresh(group: pq.RowGroupMetaData, then: Moment) -> bool:
    """Whether an event of these lay beyond the moment; of most nobody need look further than at their bounds."""
    seq, effective = (group.column(_PLACES[name]).statistics for name in ("seq", "effective_at"))
    bounded = seq is not None and effective is not None and seq.has_min_max and effective.has_min_max
    return not bounded or seq.max >= then.size or effective.max > then.at


def _fresh(batch: pa.RecordBatch, then: Moment, now: Moment) -> pa.Array:
    """An event without an instant cannot be read and counts at every moment."""
    seq, effective = batch.column("seq"), batch.column("effective_at")
    counts_now = pc.and_(pc.less(seq, now.size), pc.fill_null(pc.less_equal(effective, now.at), True))
    counted_then = pc.and_(pc.less(seq, then.size), pc.fill_null(pc.less_equal(effective, then.at), True))
    return pc.and_not(counts_now, counted_then)


def ordinals_of(columns: ColumnarEvents, members: frozenset[str]) -> Iterator[tuple[int, str]]:
    """The (ordinal, member) of those who are known. Cost: one scan of the members' names."""
    wanted = pa.array(members, pa.string())
    for path in columns.members:
        for batch in pq.ParquetFile(path).iter_batches(1 << 17, columns=["ordinal", "member"]):
            kept = batch.filter(pc.is_in(batch.column("member"), wanted))
            yield from zip(kept.column("ordinal").to_pylist(), kept.column("member").to_pylist(), strict=True)


def _named(files: Iterable[Path], ordinals: set[int]) -> Iterable[str]:
    if not ordinals:
        return
    wanted = pa.array(sorted(ordinals), pa.int32())
    for path in files:
        for batch in pq.ParquetFile(path).iter_batches(1 << 17, columns=["ordinal", "member"]):
            yield from batch.filter(pc.is_in(batch.column("ordinal"), wanted)).column("member").to_pylist()
