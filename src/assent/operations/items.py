"""A member's own records, one by one: what may be done with each now, and why; left out and let in again.

The sources are read where they lie, filtered to one member; what was read is kept until a file changes. What the
ledger says is never kept: every look judges anew.
"""

from __future__ import annotations

import tempfile
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from assent.engines import Engine, open_duckdb
from assent.errors import AssentError, InputError, UnavailableError
from assent.gate.items import Listed, excerpts, list_items
from assent.gate.lookup import find
from assent.ledger import Positioned, fold_exclusions
from assent.operations.chronicle import Chronicle
from assent.operations.deciding import Asked, Decider, Look
from assent.operations.flagging import in_context, topics_in, topics_of
from assent.operations.platform import Platform
from assent.operations.progress import used_in
from assent.operations.snapshots import shelf_of
from assent.operations.sources import open_entry
from assent.policy.pack import Purpose
from assent.snapshot.masking import without_people
from assent.vocabulary.curation import Topic
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import MemberId, PurposeName, RecordId, SnapshotId
from assent.vocabulary.reasons import Reason, from_mask
from assent.vocabulary.records import Judgment, Record
from assent.vocabulary.tables import RecordTable

T = TypeVar("T")

PER_PAGE: Final = 10
EXCERPT_CHARACTERS: Final = 280
USED_CHARACTERS: Final = 100_000
_CHAIN: Final = 32
_KEPT: Final = 512
_SCANS_AT_ONCE: Final = 2
_WAIT_AT_ONCE: Final = 8
_WAIT_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be done with one item for one purpose.

    Args:
        reasons: why not. Of what somebody else wrote always empty: why is its author's business.
        masked: it may be used, with the member who asks blacked out.
    """

    purpose: Purpose
    allowed: bool
    reasons: tuple[Reason, ...]
    masked: bool


@dataclass(frozen=True, slots=True)
class Item:
    """A record as the member sees it.

    Args:
        own: they wrote it; else they appear in it.
        excerpt: how its text begins; None without a text, and of what somebody else wrote.
        excluded: the member left it out.
        used_in: snapshots that stand and were made with it; of what somebody else wrote none are told.
    """

    record: Record
    own: bool
    excerpt: str | None
    excluded: bool
    verdicts: tuple[Verdict, ...]
    used_in: tuple[SnapshotId, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnText:
    """A record of the member's that may be used for a purpose now, with those masked who do not permit it."""

    record: Record
    text: str


@dataclass(frozen=True, slots=True)
class Usable:
    """What a member wrote, as one purpose sees it.

    Args:
        texts: what may be used, the newest first.
        withheld: how many records may not, by the reason that is shown first.
    """

    texts: tuple[OwnText, ...]
    withheld: Mapping[Reason, int]


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a member's items, newest first; `number` counts from 1."""

    items: tuple[Item, ...]
    number: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class _Found:
    """What the sources hold for a page: its records, and those whose text they carry."""

    records: Mapping[RecordId, Record]
    texts: Mapping[RecordId, str]
    spoken_of: Mapping[RecordId, frozenset[Topic]]


_NONE = _Found({}, {}, {})


class Items:
    """The records of an open platform's members; safe to use from many threads, and worth keeping."""

    def __init__(self, platform: Platform, decider: Decider | None = None) -> None:
        self._platform = platform
        self._decider = decider or Decider(platform)
        self._scanning = threading.BoundedSemaphore(_SCANS_AT_ONCE)
        self._waiting = threading.BoundedSemaphore(_WAIT_AT_ONCE)
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[object, ...], object] = OrderedDict()

    def page(self, member: MemberId, number: int = 1) -> Page:
        """The items on that page, judged as of now; the last page where there are fewer.

        Cost: two scans of the sources the first time, none after that until a file changes.
        """
        tables, stamp = self._tables()
        listed = self._listed(tables, stamp, member)
        pages = max(1, -(-len(listed) // PER_PAGE))
        number = min(max(number, 1), pages)
        shown = listed[(number - 1) * PER_PAGE : number * PER_PAGE]
        idents = tuple(each.id for each in shown)
        found = self._keep((stamp, idents), lambda: self._find(tables, idents)) if idents else _NONE
        own = {each.id: each.own for each in shown}
        return Page(tuple(self._judged(member, own, found)), number, pages, len(listed))

    def usable(self, member: MemberId, purpose: str) -> Usable:
        """What the member wrote and `purpose` may use, judged as of now.

        Raises:
            InputError: the pack in force has no such purpose.
        """
        tables, stamp = self._tables()
        own = tuple(each.id for each in self._listed(tables, stamp, member) if each.own)
        if not own:
            self._purpose(purpose)
            return Usable((), {})
        found = self._find(tables, own, characters=USED_CHARACTERS)
        look = self._decider.look([Asked(each) for each in found.records.values()])
        use, judge = self._purpose(purpose), _Judge(self._decider, look, found)
        texts: list[OwnText] = []
        withheld: Counter[Reason] = Counter()
        for ident in own:
            record, text = found.records.get(ident), found.texts.get(ident)
            if record is None or text is None:
                continue
            judgment = judge.of(record, use)
            if judgment.mask:
                withheld[from_mask(judgment.mask)[0]] += 1
                continue
            gone = [each for each in record.subjects if each.role in judgment.masks]
            texts.append(OwnText(record, without_people(text, gone) or ""))
        return Usable(tuple(texts), withheld)

    def permitted(self, records: Sequence[Record], purpose: str) -> frozenset[RecordId]:
        """Which of these records, that name nobody and carry nothing, the purpose may use as of now.

        Raises:
            InputError: the pack in force has no such purpose.
        """
        found = _Found({each.id: each for each in records}, {}, {})
        look = self._decider.look([Asked(each) for each in records])
        use, judge = self._purpose(purpose), _Judge(self._decider, look, found)
        return frozenset(each.id for each in records if not judge.of(each, use).mask)

    def exclude(self, member: MemberId, record: str) -> int:
        """From now on the item is left out, whoever wrote it; gives where the ledger says so.

        Raises:
            InputError: the member neither wrote it nor appears in it.
        """
        return self._mark(member, record, EventType.RECORD_EXCLUDED)

    def include(self, member: MemberId, record: str) -> int:
        """The member does not leave the item out any more; others in it still may.

        Raises:
            InputError: the member neither wrote it nor appears in it.
        """
        return self._mark(member, record, EventType.RECORD_INCLUDED)

    # --- what the ledger says

    def _purpose(self, name: str) -> Purpose:
        found = self._platform.pack.purposes.get(PurposeName(name))
        if found is None:
            raise InputError(f"the rules in force have no purpose `{name}`", hint="`assent policy show` lists them")
        return found

    def _mark(self, member: MemberId, record: str, kind: EventType) -> int:
        tables, stamp = self._tables()
        if not any(each.id == record for each in self._listed(tables, stamp, member)):
            raise InputError("there is no such item of yours", hint="`My data` lists yours")
        said = self._platform.ledger.events_of(member)
        about = _about(said, record)
        if about and about[-1][1].type is kind:
            return about[-1][0]
        event = Event(kind, self._platform.present(), member, record, by="member")
        return self._platform.ledger.append([event]).start

    def _judged(self, member: MemberId, own: Mapping[RecordId, bool], found: _Found) -> Iterator[Item]:
        look = self._decider.look([Asked(each) for each in found.records.values()])
        said = self._platform.ledger.events_of(member, size=look.known.size)
        left_out = fold_exclusions(said, at=look.known.at, size=look.known.size)
        judge = _Judge(self._decider, look, found)
        used = self._used_in(member, tuple(ident for ident, wrote in own.items() if wrote))
        for ident, wrote in own.items():
            record = found.records.get(ident)
            if record is None:
                continue  # it went out of the sources while it was looked up
            verdicts = tuple(
                _verdict(purpose, judge.of(record, purpose), record, member, wrote)
                for purpose in look.pack.purposes.values()
            )
            yield Item(
                record,
                wrote,
                found.texts.get(ident) if wrote else None,
                ident in left_out,
                verdicts,
                used.get(ident, ()),
            )

    def _used_in(self, member: MemberId, records: tuple[RecordId, ...]) -> dict[RecordId, tuple[SnapshotId, ...]]:
        shelf = shelf_of(self._platform.workspace)
        here = shelf.snapshots()
        found: dict[RecordId, tuple[SnapshotId, ...]] = {}
        for snapshot in Chronicle.read(self._platform.ledger).standing() if here and records else ():
            # One that cannot be looked into says nothing here; the page of data sets says so.
            with suppress(AssentError, OSError):
                for each in used_in(shelf.of(snapshot), shelf.decision_key(snapshot), member, records):
                    found[RecordId(each)] = (*found.get(RecordId(each), ()), snapshot)
        return found

    # --- what the sources say

    def _tables(self) -> tuple[tuple[RecordTable, ...], tuple[object, ...]]:
        workspace = self._platform.workspace
        tables = tuple(table for name in sorted(workspace.sources) for table in open_entry(workspace, name).tables)
        return tables, tuple(_stamp(path) for table in tables for path in table.files)

    def _listed(self, tables: tuple[RecordTable, ...], stamp: object, member: MemberId) -> list[Listed]:
        if not tables:
            return []

        def scanned() -> list[Listed]:
            with self._engine() as engine:
                return list_items(engine, tables, member)

        return self._keep((stamp, member), scanned)

    def _find(
        self, tables: tuple[RecordTable, ...], idents: Iterable[RecordId], *, characters: int = EXCERPT_CHARACTERS
    ) -> _Found:
        records: dict[RecordId, Record] = {}
        with self._engine() as engine:
            wanted = set(idents)
            texts = excerpts(engine, tables, wanted, characters=characters)
            for _ in range(_CHAIN):
                if not wanted:
                    break
                found = find(engine, tables, wanted)
                records |= found
                wanted = {each.parent for each in found.values() if each.parent is not None} - set(records)
            asked = frozenset(topic for each in self._platform.pack.purposes.values() for topic in topics_of(each))
            return _Found(records, texts, topics_in(engine, tables, records, asked))

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One of few that scan; the few who wait do not wait long, so that other pages keep their threads.

        Raises:
            UnavailableError: too many wait already, or it takes too long.
        """
        hint = "try again in a moment; your settings work meanwhile"
        if not self._waiting.acquire(blocking=False):
            raise UnavailableError("many people look at their items right now", hint=hint)
        try:
            if not self._scanning.acquire(timeout=_WAIT_SECONDS):
                raise UnavailableError("your items take too long to find right now", hint=hint)
        finally:
            self._waiting.release()
        try:
            yield
        finally:
            self._scanning.release()

    @contextmanager
    def _engine(self) -> Iterator[Engine]:
        workspace = self._platform.workspace
        with self._turn(), tempfile.TemporaryDirectory(prefix="assent-items-") as folder:
            engine = open_duckdb(
                memory_mib=workspace.number("build.memory_mib"),
                threads=workspace.number("build.threads"),
                folder=Path(folder),
            )
            try:
                yield engine
            finally:
                engine.close()

    def _keep(self, key: tuple[object, ...], look: Callable[[], T]) -> T:
        """What was found before under that key, else what a look finds."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]  # type: ignore[return-value]
        found = look()
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found


class _Judge:
    """Judges records out of one look; what a record carries is judged before it."""

    def __init__(self, decider: Decider, look: Look, found: _Found) -> None:
        self._decider, self._look, self._records = decider, look, found.records
        self._spoken_of = found.spoken_of
        self._known: dict[tuple[RecordId, str], Judgment] = {}

    def of(self, record: Record, purpose: Purpose, above: frozenset[RecordId] = frozenset()) -> Judgment:
        key = (record.id, purpose.name)
        if key not in self._known:
            seen = in_context(record, self._spoken_of, purpose)
            asked = Asked(seen, self._parent_allowed(record, purpose, above | {record.id}))
            self._known[key] = self._decider.judged(self._look, purpose.name, [asked]).judgments[0]
        return self._known[key]

    def _parent_allowed(self, record: Record, purpose: Purpose, above: frozenset[RecordId]) -> bool | None:
        if record.parent is None:
            return True
        if record.parent in above:
            return False  # a circle of reposts has no original
        parent = self._records.get(record.parent)
        return None if parent is None else not self.of(parent, purpose, above).mask


def _verdict(purpose: Purpose, judgment: Judgment, record: Record, member: MemberId, own: bool) -> Verdict:
    mine = {subject.role for subject in record.subjects if subject.member == member}
    masked = not judgment.mask and not mine.isdisjoint(judgment.masks)
    return Verdict(purpose, not judgment.mask, from_mask(judgment.mask) if own else (), masked)


def _about(said: Sequence[Positioned], record: str) -> list[tuple[int, Event]]:
    """What the member said of one record, in the order in which it counts."""
    kinds = {EventType.RECORD_EXCLUDED, EventType.RECORD_INCLUDED}
    about = [(seq, each) for seq, each in said if isinstance(each, Event) and each.type in kinds and each.key == record]
    return sorted(about, key=lambda each: (each[1].effective_at, each[0]))


def _stamp(path: Path) -> tuple[str, int, int]:
    """Changes whenever the file does."""
    try:
        found = path.stat()
    except OSError:
        raise InputError(f"there is no file `{path.name}`", hint="a source of this platform is missing") from None
    return str(path), found.st_mtime_ns, found.st_size
