"""Links that work once: a confirmation by e-mail, a sign-in that is under way."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from assent.desk.sessions import Entropy, digest_of, draw_secret
from assent.desk.store import Desk
from assent.desk.tables import LINKS
from assent.vocabulary.instants import format_instant


def make_link(desk: Desk, errand: str, about: str, *, now: datetime, lasts: timedelta, entropy: Entropy) -> str:
    """The secret of a new link. The desk keeps its digest and `about`, until it was taken or its time is over."""
    secret = draw_secret(entropy)
    row = {"digest": digest_of(secret), "errand": errand, "about": about, "ends_at": format_instant(now + lasts)}
    with desk.changing() as connection:
        connection.execute(sa.delete(LINKS).where(LINKS.c.ends_at < format_instant(now)))
        connection.execute(sa.insert(LINKS).values(row))
    return secret


def clear_links(desk: Desk, *, now: datetime) -> int:
    """No link lies here whose time is over, nor what it was about; how many did."""
    with desk.changing() as connection:
        return connection.execute(sa.delete(LINKS).where(LINKS.c.ends_at < format_instant(now))).rowcount


def see_link(desk: Desk, errand: str, secret: str, *, now: datetime) -> str | None:
    """What the link is about, which still works; None when there is no such link, or it is over."""
    query = sa.select(LINKS.c.about, LINKS.c.ends_at).where(_is(errand, secret))
    with desk.reading() as connection:
        found = connection.execute(query).one_or_none()
    return None if found is None or found.ends_at <= format_instant(now) else str(found.about)


def take_link(desk: Desk, errand: str, secret: str, *, now: datetime) -> str | None:
    """What the link is about, which works no more; None when there is no such link, or it is over.

    Guarantee: of two who take it at once one gets it, whatever process they ask.
    """
    statement = sa.delete(LINKS).where(_is(errand, secret)).returning(LINKS.c.about, LINKS.c.ends_at)
    with desk.changing() as connection:
        found = connection.execute(statement).one_or_none()
    return None if found is None or found.ends_at <= format_instant(now) else str(found.about)


def _is(errand: str, secret: str) -> sa.ColumnElement[bool]:
    return sa.and_(LINKS.c.digest == digest_of(secret), LINKS.c.errand == errand)
