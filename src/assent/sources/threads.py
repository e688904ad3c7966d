"""Who takes part in which thread, on disk, so that a dump of any size can be streamed past it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from assent.sources.mentions import Person
from assent.vocabulary.identifiers import MemberId

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE member (id TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE post (id TEXT PRIMARY KEY, question TEXT NOT NULL, owner TEXT) WITHOUT ROWID;
CREATE INDEX thread ON post (question);
CREATE TABLE speaker (post TEXT, member TEXT, name TEXT, PRIMARY KEY (post, member, name)) WITHOUT ROWID;
"""
_OF_POST = """
SELECT DISTINCT speaker.member, coalesce(member.name, speaker.name)
FROM speaker LEFT JOIN member ON member.id = speaker.member
WHERE speaker.post = ?
ORDER BY 1, 2
"""
_OF_THREAD = """
SELECT DISTINCT speaker.member, coalesce(member.name, speaker.name)
FROM post AS here
JOIN post AS there ON there.question = here.question
JOIN speaker ON speaker.post = there.id
LEFT JOIN member ON member.id = speaker.member
WHERE here.id = ?
ORDER BY 1, 2
"""


class ThreadIndex:
    """Members, posts and who spoke where; a scratch file that needs no durability.

    An empty member stands for somebody whose account is gone and of whom only the name is left.
    """

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript(_SCHEMA)
        self._db.execute("BEGIN")

    def add_member(self, member: MemberId, name: str) -> bool:
        """The member is known; False when they were already."""
        return self._db.execute("INSERT OR IGNORE INTO member VALUES (?, ?)", (member, name)).rowcount == 1

    def add_post(self, post: str, *, question: str, owner: MemberId | None) -> bool:
        """The post stands in the thread of `question`; False when it was known already."""
        row = (post, question, owner)
        return self._db.execute("INSERT OR IGNORE INTO post VALUES (?, ?, ?)", row).rowcount == 1

    def add_speaker(self, post: str, member: MemberId | None, name: str | None) -> None:
        """Somebody owns, edited or commented the post, from now on."""
        if member or name:
            row = (post, member or "", "" if member else name)
            self._db.execute("INSERT OR IGNORE INTO speaker VALUES (?, ?, ?)", row)

    def has_post(self, post: str) -> bool:
        """Whether the dump has that post."""
        return self._db.execute("SELECT 1 FROM post WHERE id = ?", (post,)).fetchone() is not None

    def owner_of(self, post: str) -> MemberId | None:
        """Who owns the post; None when that is not known."""
        row = self._db.execute("SELECT owner FROM post WHERE id = ?", (post,)).fetchone()
        return MemberId(row[0]) if row and row[0] else None

    def people_at(self, post: str) -> list[Person]:
        """Those who owned, edited or commented this post so far."""
        return self._people(_OF_POST, post)

    def people_in_thread(self, post: str) -> list[Person]:
        """Those who did so anywhere in the post's thread so far."""
        return self._people(_OF_THREAD, post)

    def close(self) -> None:
        """The scratch file may be removed."""
        self._db.close()

    def _people(self, query: str, post: str) -> list[Person]:
        rows = self._db.execute(query, (post,))
        return [Person(MemberId(member) if member else None, called) for member, called in rows if called]
