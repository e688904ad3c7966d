"""Jobs for members, people for jobs, and search: from snapshots that stand, decided again before anything is shown.

An index is made in memory from the newest snapshot of its purpose and never written down, so nothing of it has to be
purged. Before each answer the snapshot's reader looks at the ledger: who withdrew a moment ago is in no result.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from assent.errors import InputError, RefusedError
from assent.evidence.manifest import SnapshotManifest
from assent.features.matching.columns import SkillColumns, TitleColumns
from assent.features.matching.describing import Described, Describer, title_in
from assent.features.matching.finding import Hit, Why, find
from assent.features.matching.index import Entry, Index, build_index
from assent.features.matching.scoring import Needs
from assent.features.taxonomy.spelling import stem_of
from assent.features.writing.discriminating import discriminating
from assent.operations.chronicle import Chronicle
from assent.operations.items import Items, OwnText
from assent.operations.platform import Platform
from assent.operations.progress import manifest_of
from assent.operations.snapshots import shelf_of
from assent.operations.taxonomy import describer_of
from assent.snapshot.reader import SnapshotReader, open_snapshot
from assent.sources.html_text import to_prose
from assent.vocabulary.identifiers import MemberId, RecordId, SnapshotId
from assent.vocabulary.reasons import PERSON_REASONS, Reason

SHOWN_CHARACTERS: Final = 300
MOST_ASKED_CHARACTERS: Final = 1 << 20


class Sort(StrEnum):
    """What can be found."""

    PEOPLE = "people"
    POSTS = "posts"
    JOBS = "jobs"


PURPOSE_OF: Final[Mapping[Sort, str]] = {
    Sort.PEOPLE: "search_candidates",
    Sort.POSTS: "search_candidates",
    Sort.JOBS: "recommend_jobs",
}
_POSTS: Final = frozenset({"post", "article"})
_JOB: Final = "job.posting"
_NAME: Final = "profile.name"
_MOST_NAME_WORDS: Final = 6
_WORTH_SHOWING: Final = 0.15
"""Of the best job's score; below it, a job shares a word with the member and nothing else."""
_MARKUP: Final = re.compile(
    r"</?(?:html|body|head|div|p|br|h[1-6]|ul|ol|li|span|strong|em|table)\b[^<>]{0,2000}>", re.IGNORECASE
)
_WHAT_THEY_ARE: Final = ("profile.position", "profile.skill", "profile.summary", "profile.education")


@dataclass(frozen=True, slots=True)
class Found:
    """One result.

    Args:
        ident: the member, post or job.
        title: a person's name, a job's title; of a post how it begins.
        line: what they say they are, how a job's text goes on.
        owner: whose it is.
        score: compares within one answer only.
    """

    sort: Sort
    ident: str
    title: str
    line: str
    owner: MemberId
    score: float
    why: Why


@dataclass(frozen=True)
class _Shelved:
    """An index and the snapshot behind it."""

    reader: SnapshotReader
    index: Index
    texts: Mapping[str, tuple[str, str]]  # of each record, its category and how its text begins


class Finder:
    """Finds on an open platform; safe to use from many threads, and worth keeping: it keeps its indexes.

    Args:
        progress: told how many rows of how many were read while an index is made.
    """

    def __init__(self, platform: Platform, items: Items, *, progress: Callable[[int, int], None] | None = None) -> None:
        self._platform, self._items = platform, items
        self._progress = progress
        self._lock = threading.Lock()
        self._shelved: dict[Sort, tuple[SnapshotId, str, _Shelved]] = {}

    @property
    def describer(self) -> Describer:
        """By which texts are described."""
        return describer_of(self._platform.workspace)

    def jobs_for(self, member: MemberId, *, limit: int = 20) -> tuple[Found, ...]:
        """The jobs that fit the member best, by what they wrote and `recommend_jobs` may use now.

        Raises:
            RefusedError: the member has recommendations switched off, or nothing of theirs may be used.
            InputError: they wrote nothing to go by, or there is no snapshot to recommend from.
        """
        said = self.said_of(member, PURPOSE_OF[Sort.JOBS])
        found = self._best(Sort.JOBS, said, limit, needs=Needs.FOUND)
        return tuple(each for each in found if each.score >= _WORTH_SHOWING * found[0].score)

    def people_for(self, job: str, *, title: str | None = None, limit: int = 20) -> tuple[Found, ...]:
        """The people who fit a job's text best.

        Raises:
            RefusedError: it asks for people by what the law protects, such as age or sex.
            InputError: the text is empty or longer than a megabyte, or there is no snapshot to search.
        """
        text = asked_text(job)
        require_lawful(text)
        said = self.describer.describe(text, title=title or title_in(text))
        return self._best(Sort.PEOPLE, said, limit)

    def job(self, ident: str) -> str:
        """A job's text, as it may be shown now.

        Raises:
            InputError: there is no such job, or it may not be shown any more.
        """
        shelved = self._open(Sort.JOBS)
        if ident not in shelved.texts or ident in shelved.reader.left_out_ids:
            raise InputError(f"there is no job `{ident}`", hint="`assent search --jobs` finds those there are")
        return shelved.texts[ident][1]

    def offered(self) -> list[str]:
        """Every job that may be shown now. Raises: as `jobs_for`."""
        shelved = self._open(Sort.JOBS)
        out = shelved.reader.left_out_ids
        return sorted(each for each in shelved.texts if each not in out)

    def search(self, query: str, sorts: Sequence[Sort] = tuple(Sort), *, limit: int = 20) -> tuple[Found, ...]:
        """What fits these words best, each sort by itself; sorts that nothing was built for are passed over.

        Raises:
            RefusedError: people are asked for by what the law protects.
            InputError: the query is empty, or there is no snapshot for any of them.
        """
        text = asked_text(query)
        if Sort.PEOPLE in sorts:
            require_lawful(text)
        said = self.describer.describe(text, title=text if len(text) < SHOWN_CHARACTERS else None)
        found: list[Found] = []
        missing: InputError | None = None
        for sort in sorts:
            try:
                best = self._best(sort, said, limit)
                named = self._called(text, limit) if sort is Sort.PEOPLE else ()
                there = {each.ident for each in named}
                found += (*named, *(each for each in best if each.ident not in there))[:limit]
            except InputError as error:
                missing = error
        if missing is not None and not self._shelved:
            raise missing
        return tuple(found)

    def said_of(self, member: MemberId, purpose: str) -> Described:
        """What the member's own records say, as far as that purpose may use them now. Raises: as `jobs_for`."""
        return described_together(self.describer, usable_texts(self._items, member, purpose))

    def close(self) -> None:
        """No snapshot is open any more."""
        with self._lock:
            for _, _, shelved in self._shelved.values():
                shelved.reader.close()
            self._shelved.clear()

    def _best(self, sort: Sort, said: Described, limit: int, *, needs: Needs = Needs.QUESTION) -> tuple[Found, ...]:
        shelved = self._open(sort)
        out = shelved.reader.left_out_ids

        def permitted(records: Sequence[RecordId]) -> frozenset[RecordId]:
            return frozenset(each for each in records if each not in out)

        return tuple(
            _shown(sort, shelved, hit, out) for hit in find(shelved.index, said, permitted, limit=limit, needs=needs)
        )

    def _called(self, query: str, limit: int) -> tuple[Found, ...]:
        """People whose name has all words of the query: who is searched by name, never who is chosen for a job."""
        asked = {stem_of(word) for word in query.split()}
        if not 0 < len(asked) <= _MOST_NAME_WORDS:
            return ()
        shelved = self._open(Sort.PEOPLE)
        out = shelved.reader.left_out_ids
        index = shelved.index
        found = []
        for record, (category, text) in shelved.texts.items():
            if category == _NAME and record not in out and asked <= {stem_of(word) for word in text.split()}:
                name = str(index.found_as[index.records == record][0])
                why = Why((), (), (), (), tuple(query.split()), 1.0, 0.0, 0.0, 0.0)
                found.append(_shown(Sort.PEOPLE, shelved, Hit(name, 1.0, why), out))
        return tuple(sorted(found, key=lambda each: (each.title, each.ident))[:limit])

    def _open(self, sort: Sort) -> _Shelved:
        """The index of the newest snapshot, its reader having looked at the ledger a moment ago."""
        snapshot, _ = newest(self._platform, PURPOSE_OF[sort])
        digest = self.describer.linker.taxonomy.digest
        with self._lock:
            kept = self._shelved.get(sort)
            if kept is None or kept[:2] != (snapshot, digest):
                kept = snapshot, digest, self._make(sort, snapshot)
                self._shelved[sort] = kept
            kept[2].reader.look()
            return kept[2]

    def _make(self, sort: Sort, snapshot: SnapshotId) -> _Shelved:
        platform, describer = self._platform, self.describer
        folder = shelf_of(platform.workspace).of(snapshot)
        reader = open_snapshot(folder, ledger=platform.ledger, clock=platform.clock)
        entries: list[Entry] = []
        texts: dict[str, tuple[str, str]] = {}
        done, shown = 0, MOST_ASKED_CHARACTERS if sort is Sort.JOBS else SHOWN_CHARACTERS
        for batch in reader:
            for row in batch.select(["id", "category", "author", "text"]).to_pylist():
                if row["text"] and _is(sort, row["category"]):
                    entries.append(_entry(sort, row, describer))
                    texts[row["id"]] = row["category"], row["text"][:shown]
            done += batch.num_rows
            if self._progress:
                self._progress(done, reader.rows)
        taxonomy = describer.linker.taxonomy
        index = build_index(entries, describer.background, SkillColumns(taxonomy), TitleColumns(taxonomy))
        return _Shelved(reader, index.prepare(), texts)


def newest(platform: Platform, purpose: str) -> tuple[SnapshotId, SnapshotManifest]:
    """The newest snapshot of a purpose that stands.

    Raises:
        InputError: there is none.
    """
    shelf = shelf_of(platform.workspace)
    here = set(shelf.snapshots())
    standing = [each for each in Chronicle.read(platform.ledger).standing() if each in here]
    known = [(manifest_of(shelf.of(each)), each) for each in standing if each.startswith(purpose)]
    of_purpose = [(manifest, each) for manifest, each in known if manifest.purpose == purpose]
    if not of_purpose:
        raise InputError(f"nothing was built for `{purpose}` yet", hint=f"`assent build {purpose}` does")
    manifest, ident = max(of_purpose, key=lambda each: (each[0].at, each[1]))
    return ident, manifest


def usable_texts(items: Items, member: MemberId, purpose: str) -> tuple[OwnText, ...]:
    """What the member wrote and `purpose` may use now.

    Raises:
        RefusedError: they wrote something, and none of it may be used.
        InputError: they wrote nothing.
    """
    usable = items.usable(member, purpose)
    if usable.texts:
        return usable.texts
    about_them = {each: count for each, count in usable.withheld.items() if each in PERSON_REASONS}
    if about_them:
        reason = max(about_them, key=lambda each: (about_them[each], each.name))
        raise RefusedError(
            f"nothing of `{member}` may be used for `{purpose}`: `{reason.label}`", hint=_WHAT_HELPS.get(reason)
        )
    raise InputError(f"`{member}` has written nothing to go by", hint="a position and a few skills are enough")


_WHAT_HELPS: Final = {
    Reason.SETTING_OFF: "its switch is under Settings, AI features",
    Reason.NOTICE_NOT_DELIVERED: "they have not been told yet: `assent notice`",
}


def described_together(describer: Describer, texts: Sequence[OwnText]) -> Described:
    """All of a person's texts as one; what they are is what their newest position says."""
    positions = [each for each in texts if each.record.category == "profile.position"]
    title = title_in(positions[0].text) if positions else None
    return describer.describe("\n".join(each.text for each in texts), title=title)


def require_lawful(text: str) -> None:
    """Nobody is looked for by age, sex, origin, religion and the like.

    Raises:
        RefusedError: the text does; the message names the words and the law.
    """
    found = {each.ground: f"`{each.text}` {each.reason}" for each in discriminating(text)}
    if found:
        raise RefusedError("; ".join(found.values()), hint="say what the work needs, not who")


def asked_text(text: str) -> str:
    """A question's text, fit to be asked.

    Raises:
        InputError: it is empty or longer than a megabyte.
    """
    if len(text) > MOST_ASKED_CHARACTERS:
        raise InputError("the text is longer than a megabyte", hint="give the job's text without attachments")
    if _MARKUP.search(text):
        text = to_prose(text).text
    if not text.strip():
        raise InputError("there is no text to search with", hint="give a job's text, or a few words")
    return text


def _is(sort: Sort, category: str) -> bool:
    if sort is Sort.JOBS:
        return category == _JOB
    return (category in _POSTS) is (sort is Sort.POSTS) and category != _JOB


def _entry(sort: Sort, row: Mapping[str, str], describer: Describer) -> Entry:
    title = row["text"] if sort is Sort.JOBS or row["category"] == "profile.position" else None
    # A name says nothing of what somebody can do, and much that nobody may be chosen by.
    text = "" if row["category"] == _NAME else row["text"]
    said = describer.describe(text, title=None if title is None else title_in(title))
    found_as = row["author"] if sort is Sort.PEOPLE else row["id"]
    return Entry(RecordId(row["id"]), found_as, row["author"], replace(said, spoken={}))


def _shown(sort: Sort, shelved: _Shelved, hit: Hit, out: frozenset[str]) -> Found:
    records = [str(each) for each in shelved.index.records_of(hit.name) if str(each) not in out]
    owner = MemberId(str(shelved.index.owners[shelved.index.place_of_record(hit.name)]))
    if sort is Sort.PEOPLE:
        said = dict(shelved.texts[each] for each in reversed(records))
        title = said.get(_NAME, hit.name)
        line = next((said[each] for each in _WHAT_THEY_ARE if each in said), "")
    else:
        title, _, line = shelved.texts[records[0]][1].partition("\n")
    return Found(sort, hit.name, title[:SHOWN_CHARACTERS], line[:SHOWN_CHARACTERS], owner, hit.score, hit.why)
