"""Batches come into being: what a recipient was told so far becomes what may be read now, in one or two steps.

    lock ─ recover ─ cancel what waits ─ compare every readable row with what they hold ─ write ─ sign ─ rename ─ commit

Whatever waits is cancelled and built again, so what was withdrawn meanwhile is never sent at all. Retractions get a
batch of their own that goes first: a recipient who chokes on data still hears of every withdrawal. All of it
is one transaction of the state; a crash before its end leaves folders the state does not know.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, Final

from assent.evidence.canonical import canonical_digest, canonical_json
from assent.feeds.feed import BUILDING, Feed, Gap, drop_data, no_gap
from assent.feeds.lines import TYPES, Line, lines_of
from assent.feeds.manifest import (
    ADDITIONS,
    MANIFEST,
    NO_LONGER_PERMITTED,
    RETRACTIONS,
    BatchFile,
    FeedManifest,
    Link,
    batch_digest,
    seal_batch,
)
from assent.feeds.state import DELIVERED, PENDING, Batch, Page, Stage
from assent.feeds.terms import outside, require_allowed
from assent.policy.pack import Pack
from assent.snapshot.reader import SnapshotReader
from assent.storage.files import explained, sync_folder, write_durably

AT_ONCE: Final = 8192
"""Lines in memory at a time."""

ENDED: Final = "ended"
"""The note that everything was taken back: nothing is given again before somebody builds."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a batch is made from.

    Args:
        reader: the newest standing snapshot, as it may be read now; None takes everything back.
        snapshot_digest: SHA-256 of its manifest.
        without: members whose records are left out whatever the reader says.
    """

    pack: Pack
    reader: SnapshotReader | None
    snapshot_digest: str = ""
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Made:
    """What a build came to.

    Args:
        batches: the new ones, at most one of retractions and one of additions.
        cancelled: numbers of those that waited and never will be sent.
    """

    batches: tuple[Batch, ...] = ()
    cancelled: tuple[int, ...] = ()


def build_batches(feed: Feed, source: Source, *, now: datetime, only_held: bool = False, gap: Gap = no_gap) -> Made:
    """What differs from what the recipient was told waits as numbered batches. The feed must be locked.

    Args:
        only_held: corrections and retractions of what they hold, and nothing new.

    Raises:
        RefusedError: the pack does not let them be given this.
        EvidenceError: the snapshot is not what was sealed.
        UnavailableError: the disk is full, or the ledger cannot be reached.
    """

    def compare(page: Page, building: Path) -> BatchFile | None:
        page.cancel_pending()
        added = _compare(page, feed, source, building, only_held=only_held)
        page.write_note("compared", _compared(feed, source))
        page.write_note(ENDED, "yes" if source.reader is None else None)
        return added

    return _make(feed, source, compare, now, gap)


def retract_left_out(feed: Feed, source: Source, *, now: datetime, gap: Gap = no_gap) -> Made:
    """What the recipient holds and may hold no longer waits to be retracted. The feed must be locked.

    Cost: O(what is left out), where they were last compared with this same snapshot and no addition waits that is
    concerned; otherwise one pass over the snapshot, as for a build.

    Raises:
        RefusedError, EvidenceError, UnavailableError: as `build_batches`.
    """
    reader = source.reader
    with feed.state.reading() as page:
        waiting = page.batches(*PENDING)
        compared = page.note("compared") == _compared(feed, source)
        out = [feed.names.record(each) for each in reader.left_out_ids] if reader else []
        people = [known for member in source.without for known in page.with_person(feed.names.tag(member))]
        concerned = page.holding({*out, *people})
        settled = page.note(ENDED) is not None or (not waiting and not page.held)
    if settled:
        return Made()
    if reader is None or not compared:
        return build_batches(feed, source, now=now, only_held=not any(each.additions for each in waiting), gap=gap)
    if not concerned:
        return Made()
    if any(each.additions for each in waiting):
        return build_batches(feed, source, now=now, gap=gap)

    def retract(page: Page, _building: Path) -> None:
        again = list(page.waiting_retractions())
        page.cancel_pending()
        page.retract([*again, *concerned])

    return _make(feed, source, retract, now, gap)


def _make(
    feed: Feed, source: Source, prepare: Callable[[Page, Path], BatchFile | None], now: datetime, gap: Gap
) -> Made:
    """What `prepare` lets wait is sealed in batches of its own, in one transaction of the state."""
    if source.reader is not None:
        require_allowed(feed.recipient, source.pack)
        require_allowed(feed.recipient, source.reader.pack)
    building = feed.folder / BUILDING
    gap("begun")
    try:
        with explained(feed.folder), feed.state.writing() as page:
            pending = page.batches(*PENDING)
            building.mkdir()
            added = prepare(page, building)
            retracted = _write_retractions(page, building)
            owed = min((each.owed_since for each in pending if each.owed_since), default=None)
            made = _seal(page, feed, source, [file for file in (retracted, added) if file], now=now, owed=owed)
            # A new batch is tried at once, whatever became of the last one, unless they asked us to wait.
            if made and page.note("asked_to_wait") is None:
                page.write_note("next_attempt_at", None)
                page.write_note("attempts", None)
            gap("written")
            # A crash here means: a hidden folder, which the next one to lock the feed removes.
            for batch in made:
                (building / str(batch.number)).rename(feed.batch_folder(batch.number))
            sync_folder(feed.folder)
            gap("renamed")
            # A crash here means: folders the state does not know; they are removed, and what waited still waits.
        gap("committed")
        # A crash here means: files of cancelled batches, which the next one to lock the feed removes.
    finally:
        shutil.rmtree(building, ignore_errors=True)
    for batch in pending:
        drop_data(feed.batch_folder(batch.number), keep_retractions=False)
    return Made(tuple(made), tuple(each.number for each in pending))


def _compare(page: Page, feed: Feed, source: Source, building: Path, *, only_held: bool) -> BatchFile | None:
    """Every line that differs lies in the building folder and waits; so does whatever is gone."""
    page.begin_comparison()
    written = _Writer(building / ADDITIONS)
    place = 0
    with written:
        for some in _chunks(_permitted(feed, source)):
            differing = page.compare(place, some, only_held=only_held)
            written.write(some[each - place].data for each in differing)
            place += len(some)
    page.retract_unseen()
    page.end_comparison()
    return written.file


def _permitted(feed: Feed, source: Source) -> Iterator[Line]:
    if source.reader is None:
        return
    barred = [feed.names.tag(member) for member in source.without]
    for line in lines_of(source.reader, feed.recipient, feed.names):
        if not any(tag in line.people for tag in barred):
            yield line


def _chunks(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while some := list(islice(lines, AT_ONCE)):
        yield some


def _write_retractions(page: Page, building: Path) -> BatchFile | None:
    written = _Writer(building / RETRACTIONS)
    with written:
        written.write(_retraction(known_as) for known_as in page.waiting_retractions())
    return written.file


def _retraction(known_as: str) -> bytes:
    return canonical_json({"id": known_as, "reason": NO_LONGER_PERMITTED}) + b"\n"


def _seal(
    page: Page, feed: Feed, source: Source, files: list[BatchFile], *, now: datetime, owed: datetime | None
) -> list[Batch]:
    """Each file lies with its signed manifest in a folder of its own below the building folder, and is known."""
    building = feed.folder / BUILDING
    batches = page.batches()
    number = max((each.number for each in batches), default=0)
    last = max((each for each in batches if each.stage in DELIVERED), key=lambda each: each.number, default=None)
    previous = None if last is None else Link(last.number, last.digest)
    since = 0 if last is None else last.number
    cancelled = tuple(Link(each.number, each.digest) for each in batches if each.number > since and each.tried)
    made = []
    for file in files:
        number += 1
        manifest = _manifest(feed, source, file, number=number, previous=previous, cancelled=cancelled, now=now)
        envelope = seal_batch(manifest, feed.key)
        folder = building / str(number)
        folder.mkdir()
        (building / file.name).rename(folder / file.name)
        write_durably(folder / MANIFEST, envelope)
        batch = Batch(
            number=number,
            digest=batch_digest(envelope),
            stage=Stage.BUILT,
            additions=manifest.additions,
            retractions=manifest.retractions,
            made_at=now,
            owed_since=(owed or now) if manifest.retractions else None,
        )
        page.add(batch)
        made.append(batch)
        previous, cancelled = Link(number, batch.digest), ()
    return made


def _manifest(
    feed: Feed,
    source: Source,
    file: BatchFile,
    *,
    number: int,
    previous: Link | None,
    cancelled: tuple[Link, ...],
    now: datetime,
) -> FeedManifest:
    reader = source.reader
    pack = source.pack if reader is None else reader.pack
    return FeedManifest(
        recipient=feed.recipient.name,
        number=number,
        previous=previous,
        cancelled=cancelled,
        made_at=now,
        purpose=feed.recipient.purpose,
        pack_name=pack.name,
        pack_digest=pack.digest,
        snapshot=None if reader is None else (reader.id, source.snapshot_digest),
        files=(file,),
        schema=tuple((name, TYPES[name]) for name in feed.recipient.fields),
        pseudonyms=feed.recipient.pseudonyms,
        conditions=_conditions(feed, pack),
    )


def _conditions(feed: Feed, pack: Pack) -> dict[str, Any]:
    """What the data may be used for, in words a contract can point at."""
    purpose = pack.purposes.get(feed.recipient.purpose)
    stated: dict[str, Any] = {
        "use": "for the purpose only; no use of what was retracted, from the moment the retraction arrives",
        "retractions": "delete the record and whatever was derived from it alone, then acknowledge",
        "acknowledge_within_days": feed.recipient.acknowledge_within_days,
    }
    if purpose is not None:
        stated |= {
            "purpose": purpose.title,
            "basis": purpose.basis.value,
            "withdrawal": purpose.withdrawal.value,
            "recipients": list(outside(purpose)),
        }
    return stated


def _compared(feed: Feed, source: Source) -> str:
    """What was compared with what: the snapshot, and how its rows look to this recipient."""
    return canonical_digest(
        {
            "snapshot": None if source.reader is None else source.reader.id,
            "purpose": feed.recipient.purpose,
            "fields": list(feed.recipient.fields),
            "pseudonyms": feed.recipient.pseudonyms,
        }
    )


class _Writer:
    """A file of lines, hashed while it is written; removed when nothing was."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._hash = sha256()
        self._rows = 0
        self._bytes = 0

    def __enter__(self) -> None:
        self._handle = self._path.open("xb")

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            self._handle.flush()
            os.fsync(self._handle.fileno())
        self._handle.close()
        if not self._rows:
            self._path.unlink()

    def write(self, lines: Iterable[bytes]) -> None:
        """The lines stand at the end of the file."""
        for line in lines:
            self._handle.write(line)
            self._hash.update(line)
            self._rows += 1
            self._bytes += len(line)

    @property
    def file(self) -> BatchFile | None:
        """The file, or None when there was nothing to write."""
        return BatchFile(self._path.name, self._hash.hexdigest(), self._rows, self._bytes) if self._rows else None
