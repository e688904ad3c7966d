"""Notices as they were published: the words, in every language they were written in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from assent.desk.store import Desk
from assent.desk.tables import NOTICES
from assent.vocabulary.identifiers import NoticeId
from assent.vocabulary.instants import format_instant, parse_instant


@dataclass(frozen=True, slots=True)
class Published:
    """A notice with its words by language, Markdown that begins with a heading."""

    notice: NoticeId
    digest: str
    texts: Mapping[str, str]
    published_at: datetime

    def text(self, language: str) -> str:
        """In that language; else in English, else in any."""
        return self.texts.get(language) or self.texts.get("en") or self.texts[min(self.texts)]

    def title(self, language: str) -> str:
        """Its first line."""
        return title_of(self.text(language))

    def body(self, language: str) -> str:
        """What follows the first line."""
        return self.text(language).lstrip().partition("\n")[2].strip()


def title_of(text: str) -> str:
    """The heading that the text begins with, or nothing."""
    first = text.lstrip().partition("\n")[0]
    return first.lstrip("#").strip() if first.startswith("#") else ""


def add_notice(desk: Desk, published: Published) -> None:
    """The words are known; the same words are known once."""
    row = {"notice": published.notice, "digest": published.digest, "words": json.dumps(dict(published.texts)),
           "published_at": format_instant(published.published_at)}  # fmt: skip
    this = sa.and_(NOTICES.c.notice == published.notice, NOTICES.c.digest == published.digest)
    with desk.changing() as connection:
        connection.execute(sa.delete(NOTICES).where(this))
        connection.execute(sa.insert(NOTICES).values(row))


def all_notices(desk: Desk) -> list[Published]:
    """Of each notice the version published last, the newest first."""
    with desk.reading() as connection:
        rows = connection.execute(sa.select(NOTICES).order_by(NOTICES.c.published_at.desc())).all()
    found: dict[str, Published] = {}
    for row in rows:
        found.setdefault(row.notice, _read(row))
    return list(found.values())


def notice_of(desk: Desk, notice: str) -> Published | None:
    """That notice as it was published last."""
    return next((each for each in all_notices(desk) if each.notice == notice), None)


def _read(row: Any) -> Published:
    return Published(NoticeId(row.notice), row.digest, json.loads(row.words), parse_instant(row.published_at))
