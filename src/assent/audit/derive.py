"""Every decision derived again: source rows, the ledger's history and the rules, by the specification itself.

No code is shared with the gate but the one-page evaluator and the formats. Rows are read one at a time; a
record that names a parent waits until the parents are known, without its text.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from assent.audit.history import History
from assent.audit.rows import SourceRow
from assent.evidence.tags import member_key, member_tag, partition_of, record_tag
from assent.policy.evaluate import judge, person_reasons
from assent.policy.pack import Others, Pack, Purpose
from assent.vocabulary.reasons import Reason
from assent.vocabulary.records import Case, Record, Subject
from assent.vocabulary.state import Hold, MemberState

ROW_DIGEST_BYTES = 16
NOWHERE = b""


@dataclass(frozen=True, slots=True)
class Derived:
    """What one record's decision must be.

    Args:
        tags: member tag and record tag.
        row: digest of the row that stands in the data if the record is allowed, and its place; else empty.
        rests_on_erased: an event it depends on may have been erased.
    """

    record: str
    tags: bytes
    mask: int
    row: bytes
    masked: bool
    rests_on_erased: bool
    region: str | None
    unreadable: bool


@dataclass(slots=True)
class Deriver:
    """Derives decisions as of one (T, N) under one snapshot's keys.

    Args:
        place: gives the bytes of an author's (shard, slice); None leaves places out of the comparison.
    """

    pack: Pack
    purpose: Purpose
    at: datetime
    history: History
    decision_key: bytes
    place: Callable[[str], bytes]
    holds: tuple[Hold, ...] = ()
    excluded: frozenset[Any] = frozenset()
    _keys: dict[str | None, tuple[bytes, bytes, bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.holds = self.history.holds(self.at)
        self.excluded = self.history.exclusions(self.at)

    def derive(
        self, rows: Iterable[SourceRow], parents: Mapping[str, str], named: Collection[str]
    ) -> Iterator[Derived]:
        """The decision of every row; those of records with a parent come last.

        Args:
            parents: by record, for all records of the source.
            named: every record that is named as a parent.
        """
        own: dict[str, int] = {}
        waiting: list[Derived] = []
        doubtful: set[str] = set()
        for row in rows:
            found = self._alone(row)
            if row.record.id in named:
                own[row.record.id] = found.mask
                if found.rests_on_erased:
                    doubtful.add(row.record.id)
            if row.record.parent is None:
                yield found
            else:
                waiting.append(found)
        allowed = parent_verdicts(own, parents)
        for each in waiting:
            found = each
            if doubtful and not doubtful.isdisjoint(_ancestors(each.record, parents)):
                found = replace(each, rests_on_erased=True)
            if allowed(parents[found.record]):
                yield found
            else:
                mask = found.mask | Reason.DERIVED_FROM_EXCLUDED.bit
                yield replace(found, mask=mask, row=NOWHERE, masked=False)

    def _alone(self, row: SourceRow) -> Derived:
        """The decision as if every parent were allowed."""
        record = row.record
        if record.id in self.excluded and not record.excluded:
            record = replace(record, excluded=True)
        author = self._state(record.author)
        others = tuple(self._state(subject.member) for subject in record.subjects)
        case = Case(self.purpose.name, self.at, author, record, others, self.holds)
        judgment = judge(self.pack, case)
        key, tag, place = self._keys.get(record.author) or self._learn(record.author)
        erased = self.history.missing > 0 and self.history.rests_on_erased(
            (record.author, *(subject.member for subject in record.subjects))
        )
        shown = NOWHERE
        if not judgment.mask:
            kept, text = self._as_shown(row, record, others) if record.subjects else ((), row.text)
            shown = row_digest(record, kept, text) + place
        return Derived(
            record.id,
            tag + record_tag(key, record.id),
            judgment.mask,
            shown,
            bool(judgment.masks),
            erased,
            author.region if author else None,
            record.unreadable,
        )

    def _state(self, member: str | None) -> MemberState | None:
        return None if member is None else self.history.state(member, self.at)

    def _learn(self, author: str | None) -> tuple[bytes, bytes, bytes]:
        key = member_key(self.decision_key, author)
        found = (key, member_tag(key), self.place(author or ""))
        self._keys[author] = found
        return found

    def _as_shown(
        self, row: SourceRow, record: Record, others: tuple[MemberState | None, ...]
    ) -> tuple[tuple[Subject, ...], str | None]:
        """The subjects that stay, and the text with everybody else masked."""
        rule = self.purpose.scope[record.category] if record.category else None
        if rule is None or rule.others is Others.ANYONE:
            return record.subjects, row.text
        permits = [
            not person_reasons(self.pack, self.purpose, state, self.at, record.created_at, self.holds)
            for state in others
        ]
        pairs = list(zip(record.subjects, permits, strict=True))
        kept = tuple(subject for subject, permitted in pairs if permitted)
        gone = [subject for subject, permitted in pairs if not permitted]
        return kept, row.text if row.text is None else mask_text(row.text, gone)


def mask_text(text: str, gone: Iterable[Subject]) -> str:
    """The text with `[role]` in place of every span that names one of these people.

    Spans are half-open and in code points. Of spans that overlap, the one that begins first stands for the
    stretch they cover together. A span that does not fit the text says that nobody knows where the names
    are: then nothing of the text is shown.
    """
    spans = sorted((span.start, span.end, subject.role) for subject in gone for span in subject.spans or ())
    if any(not 0 <= start <= end <= len(text) for start, end, _ in spans):
        return f"[{spans[0][2]}]"
    parts: list[str] = []
    reached = 0
    for start, end, role in spans:
        if start >= reached < end:
            parts += [text[reached:start], f"[{role}]"]
        reached = max(reached, end)
    return "".join([*parts, text[reached:]])


def row_digest(record: Record, subjects: tuple[Subject, ...], text: str | None) -> bytes:
    """A digest of a row as it stands in the data."""
    people = tuple((subject.role, subject.member) for subject in subjects)
    return digest_of(
        record.id,
        category=record.category,
        author=record.author,
        people=people,
        created_at=record.created_at and record.created_at.replace(tzinfo=None),
        parent=record.parent,
        text=text,
    )


def digest_of(
    ident: str,
    *,
    category: str | None,
    author: str | None,
    people: tuple[tuple[str, str | None], ...],
    created_at: datetime | None,
    parent: str | None,
    text: str | None,
) -> bytes:
    """Equal for equal rows, and for no others.

    Args:
        created_at: in UTC, without the zone: equal instants print differently by the zone object they carry.
    """
    shown = repr((ident, category, author, people, created_at, parent, text))
    return sha256(shown.encode("utf-8", "surrogatepass")).digest()[:ROW_DIGEST_BYTES]


def _ancestors(record: str, parents: Mapping[str, str]) -> Iterator[str]:
    """The records whose text this one carries, through any number of steps."""
    seen = {record}
    here = parents.get(record)
    while here is not None and here not in seen:
        yield here
        seen.add(here)
        here = parents.get(here)


def parent_verdicts(own: Mapping[str, int], parents: Mapping[str, str]) -> Callable[[str], bool]:
    """Whether a record named as a parent is allowed, all of its own parents considered.

    A parent nobody knows is not allowed, and neither is one that is its own ancestor.
    """
    known: dict[str, bool] = {}

    def allowed(record: str) -> bool:
        chain: list[str] = []
        here: str | None = record
        on_the_way: set[str] = set()
        while here is not None and here not in known:
            if here in on_the_way or own.get(here) != 0:
                known[here] = False
                break
            chain.append(here)
            on_the_way.add(here)
            here = parents.get(here)
        verdict = True if here is None else known[here]
        for each in reversed(chain):
            verdict = known.setdefault(each, verdict)
        return known.get(record, verdict)

    return allowed


def placed(key: bytes, shards: int, slices: int) -> Callable[[str], bytes]:
    """Gives the bytes of an author's (shard, slice) under the partition key."""

    def place(author: str) -> bytes:
        return place_bytes(*partition_of(key, author, shards=shards, slices=slices))

    return place


def place_bytes(shard: int, part: int) -> bytes:
    """A (shard, slice) as it is compared."""
    return shard.to_bytes(4) + part.to_bytes(4)
