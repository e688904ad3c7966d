"""Who is signed in, until when. A cookie carries a random text; the desk knows only its digest."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from assent.desk.store import Desk
from assent.desk.tables import SESSIONS
from assent.vocabulary.identifiers import MemberId
from assent.vocabulary.instants import format_instant

Entropy = Callable[[int], bytes]

_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who signed in.

    Args:
        role: as `serving.permissions` names it.
        form_key: what their forms must carry.
    """

    role: str
    subject: str
    member: MemberId | None
    shown_name: str
    form_key: str


def begin_session(
    desk: Desk,
    *,
    role: str,
    subject: str,
    member: MemberId | None,
    shown_name: str,
    now: datetime,
    lasts: timedelta,
    entropy: Entropy,
) -> str:
    """The secret of a new session, for a cookie."""
    secret = draw_secret(entropy)
    with desk.changing() as connection:
        connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.ends_at < format_instant(now)))
        connection.execute(
            sa.insert(SESSIONS).values(
                digest=digest_of(secret),
                role=role,
                subject=subject,
                member=member,
                shown_name=shown_name,
                form_key=draw_secret(entropy),
                began_at=format_instant(now),
                ends_at=format_instant(now + lasts),
            )
        )
    return secret


def session_of(desk: Desk, secret: str, *, now: datetime) -> Session | None:
    """Whose secret it is; None when there is no such session or it has ended."""
    query = sa.select(SESSIONS).where(SESSIONS.c.digest == digest_of(secret))
    with desk.glancing() as connection:
        found = connection.execute(query).one_or_none()
    if found is None or found.ends_at <= format_instant(now):
        return None
    member = None if found.member is None else MemberId(found.member)
    return Session(found.role, found.subject, member, found.shown_name, found.form_key)


def end_session(desk: Desk, secret: str) -> None:
    """The secret opens nothing any more."""
    with desk.changing() as connection:
        connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.digest == digest_of(secret)))


def end_sessions_of(desk: Desk, subject: str, *, but_as: str | None = None) -> int:
    """Somebody is signed out everywhere; how many sessions that ended.

    Args:
        but_as: sessions in this role go on.
    """
    query = sa.delete(SESSIONS).where(SESSIONS.c.subject == subject)
    if but_as is not None:
        query = query.where(SESSIONS.c.role != but_as)
    with desk.changing() as connection:
        return connection.execute(query).rowcount


def draw_secret(entropy: Entropy) -> str:
    """A text that nobody guesses."""
    return base64.urlsafe_b64encode(entropy(_SECRET_BYTES)).rstrip(b"=").decode()


def digest_of(secret: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
