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

from assent.audit.copies import Copying
from assent.audit.history import History
from assent.audit.rows import SourceRow
from assent.audit.withdrawn import NOTHING, Step
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
        copies: the records that are said to copy a denied one; each is denied, and heard out.
        clean: gives, for a record's tags and its text as it is permitted, the text that must stand in the data.
        steps: every rewriting of the snapshot, the first one first. What one of them, or the build, denied keeps
            its mask; what was allowed is decided again at the same (T, N) with those who had taken back by then.
    """

    pack: Pack
    purpose: Purpose
    at: datetime
    history: History
    decision_key: bytes
    place: Callable[[str], bytes]
    steps: tuple[Step, ...] = ()
    clean: Callable[[bytes, str | None], str | None] = lambda _tags, text: text
    copies: Copying = field(default_factory=lambda: Copying({}))
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
        own: dict[str, tuple[int, ...]] = {}
        waiting: list[tuple[Derived, ...]] = []
        shaky: set[str] = set()
        for row, found in self._with_copies(rows):
            if row.id in named:
                own[row.id] = tuple(each.mask for each in found)
            if found[0].rests_on_erased:
                shaky.add(row.id)
            if row.parent is None:
                yield _first_denied(found)
            else:
                waiting.append(found)
        verdicts = [
            parent_verdicts({ident: _at(masks, step) for ident, masks in own.items()}, parents)
            for step in range(len(self.steps) + 1)
        ]
        for found in waiting:
            record = found[0].record
            settled = _with_parents(found, [allowed(parents[record]) for allowed in verdicts])
            # What became of a record whose original nobody can derive any more, nobody can derive either.
            yield replace(settled, rests_on_erased=True) if shaky and _rests_on(record, parents, shaky) else settled

    def _with_copies(self, rows: Iterable[SourceRow]) -> Iterator[tuple[Record, tuple[Derived, ...]]]:
        """Each record with what it is by step; those that are said to copy come last, when their originals are known.

        A copy is denied from the step on at which its original is, for a reason of its own.
        """
        originals: dict[bytes, tuple[int, ...]] = dict.fromkeys(self.copies.originals.values(), ())
        copying: list[tuple[Record, tuple[Derived, ...]]] = []
        for row in rows:
            found = self._by_step(row)
            tags = found[0].tags
            if tags in originals:
                originals[tags] = tuple(each.mask for each in found)
            if tags in self.copies.originals:
                copying.append((row.record, found))
            else:
                yield row.record, found
        for record, found in copying:
            yield record, self._copied(found, originals[self.copies.originals[found[0].tags]])

    def _copied(self, found: tuple[Derived, ...], original: tuple[int, ...]) -> tuple[Derived, ...]:
        """The copy by step. An original that nobody has any more denied from the beginning, as far as is known."""
        by_step = []
        for step in range(len(self.steps) + 1):
            here = found[min(step, len(found) - 1)]
            if original and not _at(original, step):
                by_step.append(here)
            else:
                mask = here.mask | Reason.DERIVED_FROM_EXCLUDED.bit
                by_step.append(replace(here, mask=mask, row=NOWHERE, masked=False))
                break
        return tuple(by_step)

    def _by_step(self, row: SourceRow) -> tuple[Derived, ...]:
        """The decision as if every parent were allowed, at the build and after each step; one if all are the same."""
        people = {row.record.author, *(subject.member for subject in row.record.subjects)}
        last = self.steps[-1] if self.steps else NOTHING
        touched = row.record.id in last.records or not people.isdisjoint(last.members)
        *before, now = (NOTHING, *self.steps) if touched else (NOTHING,)
        found: list[Derived] = []
        for step in before:
            found.append(self._alone(row, step, stands=False))
            if found[-1].mask:
                return tuple(found)
        # What stands in the data is the row as it is now; what was masked in it fits no earlier text.
        return (*found, self._alone(row, now, stands=True))

    def _alone(self, row: SourceRow, step: Step, *, stands: bool) -> Derived:
        """The decision as if every parent were allowed, with those who had taken back at this step.

        Args:
            stands: whether the row stands in the data as it is then, if it is allowed.
        """
        record = row.record
        if (record.id in self.excluded or record.id in step.records) and not record.excluded:
            record = replace(record, excluded=True)
        if step.unmaskable:
            record = replace(record, subjects=tuple(self._placed(each, record, step) for each in record.subjects))
        author = self._state(record.author, step)
        others = tuple(self._state(subject.member, step) for subject in record.subjects)
        case = Case(self.purpose.name, self.at, author, record, others, self.holds)
        judgment = judge(self.pack, case)
        key, tag, place = self._keys.get(record.author) or self._learn(record.author)
        erased = self.history.missing > 0 and self.history.rests_on_erased(
            (record.author, *(subject.member for subject in record.subjects))
        )
        shown = NOWHERE
        tags = tag + record_tag(key, record.id)
        self.copies.hear(tags, row.text)
        mask = judgment.mask
        if stands and not mask:
            kept, text = self._as_shown(row, record, others) if record.subjects else ((), row.text)
            shown = row_digest(record, kept, self.clean(tags, text)) + place
        return Derived(
            record.id,
            tags,
            mask,
            shown,
            bool(judgment.masks) and not mask,
            erased,
            author.region if author else None,
            record.unreadable,
        )

    def _placed(self, subject: Subject, record: Record, step: Step) -> Subject:
        """Nobody knew any more where the text names somebody who takes back, unless they were masked before."""
        if subject.member not in step.unmaskable:
            return subject
        state = self._state(subject.member, NOTHING)
        refused = person_reasons(self.pack, self.purpose, state, self.at, record.created_at, self.holds)
        return subject if refused else replace(subject, spans=None)

    def _state(self, member: str | None, step: Step) -> MemberState | None:
        state = None if member is None else self.history.state(member, self.at)
        return replace(state, taken_back=True) if state is not None and member in step.members else state

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


def _at(masks: tuple[int, ...], step: int) -> int:
    return masks[min(step, len(masks) - 1)]


def _first_denied(found: tuple[Derived, ...]) -> Derived:
    """What it is once all steps were taken: whatever denied first stays."""
    return next((each for each in found if each.mask), found[-1])


def _with_parents(found: tuple[Derived, ...], allowed: list[bool]) -> Derived:
    """The same where at each step the parents were allowed or not."""
    for step, permitted in enumerate(allowed):
        each = found[min(step, len(found) - 1)]
        if not permitted:
            return replace(each, mask=each.mask | Reason.DERIVED_FROM_EXCLUDED.bit, row=NOWHERE, masked=False)
        if each.mask:
            return each
    return found[-1]


def _rests_on(record: str, parents: Mapping[str, str], shaky: Collection[str]) -> bool:
    seen: set[str] = set()
    here: str | None = parents.get(record)
    while here is not None and here not in seen:
        if here in shaky:
            return True
        seen.add(here)
        here = parents.get(here)
    return False


def placed(key: bytes, shards: int, slices: int) -> Callable[[str], bytes]:
    """Gives the bytes of an author's (shard, slice) under the partition key."""

    def place(author: str) -> bytes:
        return place_bytes(*partition_of(key, author, shards=shards, slices=slices))

    return place


def place_bytes(shard: int, part: int) -> bytes:
    """A (shard, slice) as it is compared."""
    return shard.to_bytes(4) + part.to_bytes(4)
