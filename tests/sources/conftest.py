"""A small dump of our own, written where a test wants it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest

USERS = (
    {"Id": "1", "DisplayName": "Ada Lovelace", "Location": "London, UK", "AboutMe": "<p>I like <b>engines</b></p>"},
    {"Id": "2", "DisplayName": "Blaise", "Location": "Clermont-Ferrand, France"},
    {"Id": "3", "DisplayName": "Blanche", "Location": "the moon"},
    {"Id": "4", "DisplayName": "Kurt"},
)
POSTS = (
    {"Id": "10", "PostTypeId": "1", "OwnerUserId": "1", "Title": "A < B?", "Body": "<p>Why, &amp; how?</p>"},
    {"Id": "11", "PostTypeId": "2", "ParentId": "10", "OwnerUserId": "2", "Body": "<p>As @ada says</p>"},
    {"Id": "12", "PostTypeId": "2", "ParentId": "10", "OwnerDisplayName": "gone", "Body": "<p>No</p>"},
    {"Id": "13", "PostTypeId": "5", "OwnerUserId": "1", "Body": "<p>About the tag</p>"},
)
COMMENTS = (
    {"Id": "20", "PostId": "10", "UserId": "3", "Text": "Nice"},
    {"Id": "21", "PostId": "10", "UserId": "2", "Text": "@AdaLovelace yes, @blanche; @nobody knows"},
    {"Id": "22", "PostId": "11", "UserId": "2", "Text": "my own answer"},
)
CREATED = "2020-01-02T03:04:05.678"


@pytest.fixture
def write_dump(tmp_path: Path) -> Callable[..., Path]:
    """Writes Users.xml, Posts.xml and Comments.xml into a folder of their own and gives it."""

    def write(*, users=USERS, posts=POSTS, comments=COMMENTS) -> Path:
        return _write(tmp_path / "dump", users, posts, comments)

    return write


def _write(folder: Path, users, posts, comments) -> Path:
    folder.mkdir(exist_ok=True)
    for name, rows in (("Users", users), ("Posts", posts), ("Comments", comments)):
        lines = [_row({"CreationDate": CREATED} | row) for row in rows]
        root = name.lower()
        text = f'<?xml version="1.0" encoding="utf-8"?>\n<{root}>\n{"".join(lines)}</{root}>'
        (folder / f"{name}.xml").write_text(text, encoding="utf-8-sig")
    return folder


def _row(attributes: dict[str, str | None]) -> str:
    given = " ".join(f"{name}={quoteattr(value)}" for name, value in attributes.items() if value is not None)
    return f"  <row {given} />\n"
