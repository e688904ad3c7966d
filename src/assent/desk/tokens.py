"""Tokens of services: what each may do, until when. The desk knows a token's digest only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from assent.desk.sessions import digest_of
from assent.desk.store import Desk
from assent.desk.tables import TOKENS
from assent.vocabulary.instants import format_instant, parse_instant


@dataclass(frozen=True, slots=True)
class Token:
    """A token as the desk knows it.

    Args:
        scopes: as `serving.permissions` names them.
        made_by: the pseudonym of who made it.
    """

    id: str
    name: str
    scopes: tuple[str, ...]
    made_by: str
    made_at: datetime
    ends_at: datetime | None
    revoked_at: datetime | None

    def holds_at(self, instant: datetime) -> bool:
        """Whether it opens anything at that moment."""
        return self.revoked_at is None and (self.ends_at is None or instant < self.ends_at)


def add_token(desk: Desk, token: Token, *, secret: str) -> None:
    """The token opens what it says."""
    row = {
        "id": token.id,
        "digest": digest_of(secret),
        "name": token.name,
        "scopes": " ".join(token.scopes),
        "made_by": token.made_by,
        "made_at": format_instant(token.made_at),
        "ends_at": None if token.ends_at is None else format_instant(token.ends_at),
    }
    with desk.changing() as connection:
        connection.execute(sa.insert(TOKENS).values(row))


def token_of(desk: Desk, secret: str) -> Token | None:
    """Which token it is, if it is one, ended and revoked ones too."""
    with desk.glancing() as connection:
        found = connection.execute(sa.select(TOKENS).where(TOKENS.c.digest == digest_of(secret))).one_or_none()
    return None if found is None else _read(found)


def all_tokens(desk: Desk) -> list[Token]:
    """Every token there ever was, the newest first."""
    with desk.reading() as connection:
        rows = connection.execute(sa.select(TOKENS).order_by(TOKENS.c.made_at.desc(), TOKENS.c.id)).all()
    return [_read(row) for row in rows]


def end_token(desk: Desk, ident: str, *, now: datetime) -> Token | None:
    """The token opens nothing from now on; None when there is no such token."""
    with desk.changing() as connection:
        connection.execute(
            sa.update(TOKENS)
            .where(TOKENS.c.id == ident, TOKENS.c.revoked_at.is_(None))
            .values(revoked_at=format_instant(now))
        )
        found = connection.execute(sa.select(TOKENS).where(TOKENS.c.id == ident)).one_or_none()
    return None if found is None else _read(found)


def _read(row: sa.Row[tuple[object, ...]]) -> Token:
    def instant(text: str | None) -> datetime | None:
        return None if text is None else parse_instant(text)

    return Token(
        id=row.id,
        name=row.name,
        scopes=tuple(row.scopes.split()),
        made_by=row.made_by,
        made_at=parse_instant(row.made_at),
        ends_at=instant(row.ends_at),
        revoked_at=instant(row.revoked_at),
    )
