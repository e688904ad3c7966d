"""A Stack Exchange data dump: users, what they say of themselves, posts and comments.

The files are streamed. Users come first, because their names resolve mentions; then posts, for who stands
in which thread; then comments, each resolved among those who spoke before it; then posts again, whose
`@name`s may mean anybody in the thread.

Instants carry no zone and are UTC by the dump's convention. Everything in a dump is public.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from assent.errors import InputError
from assent.sources.countries import country_of
from assent.sources.dump_xml import read_rows
from assent.sources.html_text import to_prose
from assent.sources.identifying import IdentifierWriter
from assent.sources.mentions import code_in_markdown, mentioned_subjects
from assent.sources.staging import RecordWriter, event_line, new_folder, subject_rows
from assent.sources.threads import ThreadIndex
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import Category, MemberId, RecordId, Role
from assent.vocabulary.instants import as_utc
from assent.vocabulary.people import IdentifierKind
from assent.vocabulary.records import PUBLIC, Record, Subject
from assent.vocabulary.tables import CANONICAL, Format, Problem, RecordTable, SourceFiles

REPLIED_TO = Role("replied_to")
QUESTION, ANSWER = "1", "2"
ABOUT, COMMENT, POST = Category("profile.summary"), Category("comment"), Category("post")
WIKI, NOMINATION = Category("wiki"), Category("nomination")
POST_CATEGORIES: Mapping[str, Category] = {
    QUESTION: POST,
    ANSWER: POST,
    "3": WIKI,  # orphaned tag wiki
    "4": WIKI,  # tag wiki excerpt
    "5": WIKI,  # tag wiki
    "6": NOMINATION,  # of a moderator
    "7": WIKI,  # placeholder
    "8": WIKI,  # privilege page
}
"""Only questions and answers are posts in the packs' sense; no shipped pack has the other categories in scope."""

_FILES = {"Users.xml": "users", "Posts.xml": "posts", "Comments.xml": "comments"}

Row = Mapping[str, str]


def check_dump(folder: Path) -> None:
    """The folder holds the three files of a dump and each begins as it should.

    Raises:
        InputError: one is missing or is something else.
    """
    for name, root in _FILES.items():
        if not (folder / name).is_file():
            raise InputError(f"no {name} in `{folder}`", hint=f"a dump's folder holds {', '.join(_FILES)}, unpacked")
        next(iter(read_rows(folder / name, root=root)), None)


def read_dump(folder: Path, staging: Path) -> SourceFiles:
    """The dump's records and its members' facts lie in `staging / "dump"`, whole.

    Raises:
        InputError: a file is missing or cannot be read to its end; what lay in `staging` before is kept.
    """
    check_dump(folder)
    final = staging / "dump"
    with new_folder(final) as fresh:
        problems = _Reader(folder, fresh).read()
    table = RecordTable((final / "records.parquet",), Format.PARQUET, CANONICAL)
    return SourceFiles((table,), (final / "events.jsonl",), problems, identifiers=(final / "identifiers.parquet",))


class _Reader:
    """One pass over a dump; holds a batch of rows and the people of one thread at a time."""

    def __init__(self, folder: Path, fresh: Path) -> None:
        self._folder = folder
        self._fresh = fresh
        self._problems: Counter[tuple[str, str]] = Counter()

    def read(self) -> tuple[Problem, ...]:
        scratch = self._fresh / "threads.sqlite"
        self._threads = ThreadIndex(scratch)
        try:
            with RecordWriter(self._fresh / "records.parquet") as self._records:
                self._read_users()
                self._index_posts()
                self._read_comments()
                self._read_posts()
        finally:
            self._threads.close()
            scratch.unlink()
        return tuple(Problem(where, what, count) for (where, what), count in self._problems.items())

    def _read_users(self) -> None:
        with (
            (self._fresh / "events.jsonl").open("w", encoding="utf-8") as events,
            IdentifierWriter(self._fresh / "identifiers.parquet") as identifiers,
        ):
            for row in self._rows("Users.xml"):
                member = _member(row["Id"])
                if self._threads.add_member(member, row.get("DisplayName", "")):
                    events.writelines(event_line(event) for event in self._facts(row, member))
                    name = row.get("DisplayName", "")
                    identifiers.write(member, IdentifierKind.NAME, name)
                    # As a mention is written: without its spaces.
                    identifiers.write(member, IdentifierKind.HANDLE, "".join(name.split()))
                    self._write_about(row, member)
                else:
                    self._note("Users.xml", "row repeats an Id and is left out")

    def _facts(self, row: Row, member: MemberId) -> Iterator[Event]:
        joined = self._instant("Users.xml", row)
        if joined is None:
            return
        yield Event(EventType.MEMBER_JOINED, joined, member)
        region = country_of(row.get("Location"))
        if region:
            yield Event(EventType.MEMBER_REGION, joined, member, value=region, by="self-declared")

    def _write_about(self, row: Row, member: MemberId) -> None:
        prose = to_prose(row.get("AboutMe", ""))
        if prose.text:
            named = mentioned_subjects(prose.text, (), author=member, code=prose.code)
            # The dump does not say when it was written, so neither do we: the account is older than its text.
            self._write(Record(RecordId(f"user:{row['Id']}:about"), ABOUT, member, named), prose.text)

    def _index_posts(self) -> None:
        for row in self._rows("Posts.xml"):
            post, owner = row["Id"], _maybe_member(row.get("OwnerUserId"))
            if not self._threads.add_post(post, question=row.get("ParentId", post), owner=owner):
                self._note("Posts.xml", "row repeats an Id")
            self._threads.add_speaker(post, owner, row.get("OwnerDisplayName"))
            self._threads.add_speaker(
                post, _maybe_member(row.get("LastEditorUserId")), row.get("LastEditorDisplayName")
            )

    def _read_comments(self) -> None:
        for row in self._rows("Comments.xml"):
            post, author, text = row.get("PostId", ""), _maybe_member(row.get("UserId")), row.get("Text", "")
            if not self._threads.has_post(post):
                self._note("Comments.xml", "comment stands under no post of the dump")
            circles = (partial(self._threads.people_at, post), partial(self._threads.people_in_thread, post))
            named = mentioned_subjects(text, circles, author=author, code=code_in_markdown(text))
            subjects = (*self._answered(post, author), *named)
            created = self._instant("Comments.xml", row)
            self._write(Record(RecordId(f"comment:{row['Id']}"), COMMENT, author, subjects, created), text)
            self._threads.add_speaker(post, author, row.get("UserDisplayName"))

    def _read_posts(self) -> None:
        for row in self._rows("Posts.xml"):
            post, author = row["Id"], _maybe_member(row.get("OwnerUserId"))
            text, named = self._post_text(row, author)
            answered = self._answered(row.get("ParentId", ""), author) if row.get("PostTypeId") == ANSWER else ()
            category = POST_CATEGORIES.get(row.get("PostTypeId", ""))
            if category is None:
                self._note("Posts.xml", "post type is missing or unknown")
            created = self._instant("Posts.xml", row)
            subjects = (*answered, *named)
            self._write(Record(RecordId(f"post:{post}"), category, author, subjects, created), text)

    def _post_text(self, row: Row, author: MemberId | None) -> tuple[str, tuple[Subject, ...]]:
        """Title and body, and whom they mention."""
        title = f"<p>{_escaped(row['Title'])}</p>" if row.get("Title") else ""
        prose = to_prose(title + row.get("Body", ""))
        circle = partial(self._threads.people_in_thread, row["Id"])
        return prose.text, mentioned_subjects(prose.text, (circle,), author=author, code=prose.code)

    def _answered(self, post: str, author: MemberId | None) -> tuple[Subject, ...]:
        """The owner of the post that is replied to; somebody unknown when the dump does not name them."""
        owner = self._threads.owner_of(post)
        return () if owner is not None and owner == author else (Subject(REPLIED_TO, owner),)

    def _write(self, record: Record, text: str) -> None:
        self._records.write(
            {
                "id": record.id,
                "category": record.category,
                "author": record.author,
                "subjects": subject_rows(record.subjects),
                "created_at": record.created_at,
                "visibility": PUBLIC,
                "text": text,
            }
        )

    def _rows(self, name: str) -> Iterator[Row]:
        """The rows that have an Id; those that have none cannot be named and are counted instead."""
        for row in read_rows(self._folder / name, root=_FILES[name]):
            if row.get("Id"):
                yield row
            else:
                self._note(name, "row has no Id and is left out")

    def _instant(self, where: str, row: Row) -> datetime | None:
        try:
            instant = datetime.fromisoformat(row.get("CreationDate", ""))
            return as_utc(instant if instant.tzinfo else instant.replace(tzinfo=UTC))
        except (ValueError, InputError):
            self._note(where, "CreationDate is missing or cannot be read")
            return None

    def _note(self, where: str, what: str) -> None:
        self._problems[where, what] += 1


def _member(user: str) -> MemberId:
    return MemberId(f"se:{user}")


def _maybe_member(user: str | None) -> MemberId | None:
    """Nobody, where the account is gone."""
    return _member(user) if user else None


def _escaped(title: str) -> str:
    return title.replace("&", "&amp;").replace("<", "&lt;")
