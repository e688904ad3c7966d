"""Mail that waits, was sent, or came back.

    (any but delivered) ──► read         its member read the notice in the app, and needs no mail about it

    waiting ──► sent ──► delivered       a notice, once no bounce came for as long as one is waited for
       │          │          └─► doubted     a bounce came after it counted
       │          └────► bounced         somebody's server took it and then said no
       ├──► bounced                      refused for good
       └──► given_up                     refused for a while, for too long

A row that a process sends is claimed by moving `next_at` past the time that sending takes: whoever else looks passes
it over, and one whose process died comes up again by itself. The id of a row is the mail's Message-ID and stays.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from assent.desk.store import Desk
from assent.desk.tables import OUTBOX
from assent.vocabulary.identifiers import MemberId, NoticeId
from assent.vocabulary.instants import parse_instant

WAITING, SENT, BOUNCED, GIVEN_UP, DELIVERED = "waiting", "sent", "bounced", "given_up", "delivered"
DOUBTED, READ = "doubted", "read"
CLAIMED_FOR: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it lies in the outbox.

    Args:
        words: what its template says.
        notice: the notice whose delivery it is.
        tries: how often it was handed to a mail server.
        next_at: when it is tried next.
    """

    id: str
    address: str
    language: str
    template: str
    words: Mapping[str, Any]
    next_at: datetime
    member: MemberId | None = None
    notice: NoticeId | None = None
    is_reminder: bool = False
    state: str = WAITING
    tries: int = 0
    sent_at: datetime | None = None
    detail: str | None = None


def add_mails(desk: Desk, mails: Sequence[Mail]) -> None:
    """All of them wait to be sent, or after an error none."""
    if mails:
        with desk.changing() as connection:
            connection.execute(sa.insert(OUTBOX), [_columns(each) for each in mails])


def claim_due(desk: Desk, *, now: datetime, most: int, per_minute: int) -> list[Mail]:
    """Mails whose turn it is, which no other process sends before `CLAIMED_FOR` is over; ordinary mail before notices.

    Guarantee: of two processes that ask at once, no mail is given to both.

    Args:
        per_minute: so many at most were sent in a minute, over all processes, save for what two claim at once.
    """
    waits = sa.and_(OUTBOX.c.state == WAITING, OUTBOX.c.next_at <= _sortable(now))
    # Of a mail that was sent `next_at` is when; so the one index serves all of this.
    lately = sa.and_(OUTBOX.c.state.in_([SENT, DELIVERED]), OUTBOX.c.next_at > _sortable(now - timedelta(minutes=1)))
    with desk.changing() as connection:
        sent = connection.execute(sa.select(sa.func.count()).select_from(OUTBOX).where(lately)).scalar_one()
        rows: list[Any] = []
        for is_notice in (False, True):
            kind = OUTBOX.c.notice.is_not(None) if is_notice else OUTBOX.c.notice.is_(None)
            left = min(most, per_minute - sent) - len(rows)
            query = sa.select(OUTBOX).where(waits, kind).order_by(OUTBOX.c.next_at).limit(max(left, 0))
            rows += connection.execute(query.with_for_update(skip_locked=True)).all()
        until = _sortable(now + CLAIMED_FOR)
        theirs = sa.update(OUTBOX).where(OUTBOX.c.id.in_([row.id for row in rows]))
        if rows:
            connection.execute(theirs.values(next_at=until))
    return [_read(row) for row in rows]


def settle_mails(desk: Desk, changes: Sequence[Mapping[str, Any]]) -> None:
    """Each mail named by `mail` is as the change says: `state`, `tries`, `next_at`, `sent_at` and `detail`."""
    if not changes:
        return
    named = ("state", "tries", "next_at", "sent_at", "detail")
    statement = (
        sa.update(OUTBOX)
        .where(OUTBOX.c.id == sa.bindparam("mail"), OUTBOX.c.state == WAITING)
        .values({name: sa.bindparam(f"new_{name}") for name in named})
    )
    rows = [{"mail": each["mail"]} | {f"new_{name}": _stored(each[name]) for name in named} for each in changes]
    over = [each["mail"] for each in changes if each["state"] != WAITING]
    with desk.changing() as connection:
        connection.execute(statement, rows)
        # What is never sent again needs no words any more, and in them are links that open somebody's case.
        if over:
            connection.execute(
                sa.update(OUTBOX).where(OUTBOX.c.id.in_(over), OUTBOX.c.notice.is_(None)).values(words="{}")
            )


def clear_mails(desk: Desk, before: datetime) -> int:
    """No mail lies here, and no address of it, that was over before; how many did. Notices stay as proof."""
    past = sa.and_(OUTBOX.c.notice.is_(None), OUTBOX.c.state != WAITING, OUTBOX.c.next_at < _sortable(before))
    with desk.changing() as connection:
        return connection.execute(sa.delete(OUTBOX).where(past)).rowcount


def bounce_mail(desk: Desk, ident: str, detail: str) -> Mail | None:
    """The mail is known to have come back, and how it stood before; None where there is no such mail."""
    with desk.changing() as connection:
        row = connection.execute(sa.select(OUTBOX).where(OUTBOX.c.id == ident).with_for_update()).one_or_none()
        if row is not None:
            # One that counted as delivered does so in the ledger for good, and is doubtful from now on.
            state = {DELIVERED: DOUBTED, DOUBTED: DOUBTED, READ: READ}.get(row.state, BOUNCED)
            connection.execute(sa.update(OUTBOX).where(OUTBOX.c.id == ident).values(state=state, detail=detail))
    return None if row is None else _read(row)


def accepted_before(desk: Desk, before: datetime, *, most: int) -> list[Mail]:
    """Notices that a mail server took before that moment, of which no bounce has come."""
    taken = sa.and_(
        OUTBOX.c.state == SENT,
        OUTBOX.c.sent_at <= _sortable(before),
        OUTBOX.c.notice.is_not(None),
        OUTBOX.c.is_reminder.is_(False),
    )
    with desk.reading() as connection:
        rows = connection.execute(sa.select(OUTBOX).where(taken).order_by(OUTBOX.c.sent_at).limit(most)).all()
    return [_read(row) for row in rows]


def mark_delivered(desk: Desk, idents: Collection[str]) -> None:
    """These count as delivered, unless they bounced meanwhile."""
    those = sa.update(OUTBOX).where(OUTBOX.c.id.in_(list(idents)), OUTBOX.c.state == SENT)
    with desk.changing() as connection:
        connection.execute(those.values(state=DELIVERED))


def mails_about(desk: Desk, notice: str, *, state: str | None = None, most: int | None = None) -> list[Mail]:
    """The mails that deliver a notice, reminders left out."""
    wanted = sa.and_(OUTBOX.c.notice == notice, OUTBOX.c.is_reminder.is_(False))
    query = sa.select(OUTBOX).where(wanted if state is None else sa.and_(wanted, OUTBOX.c.state == state))
    with desk.reading() as connection:
        return [_read(row) for row in connection.execute(query.order_by(OUTBOX.c.id).limit(most))]


def states_about(desk: Desk, notice: str) -> list[tuple[str, str]]:
    """Whom a mail about the notice is for, and how it stands. Cost: O(mails), two columns."""
    wanted = sa.and_(OUTBOX.c.notice == notice, OUTBOX.c.is_reminder.is_(False), OUTBOX.c.member.is_not(None))
    with desk.reading() as connection:
        query = sa.select(OUTBOX.c.member, OUTBOX.c.state).where(wanted)
        return [(member, state) for member, state in desk.database.fetch_rows(connection, query)]


def mailed_members(desk: Desk, notice: str, *, is_reminder: bool) -> set[str]:
    """Who has a mail about the notice already, whatever became of it."""
    wanted = sa.and_(OUTBOX.c.notice == notice, OUTBOX.c.is_reminder.is_(is_reminder), OUTBOX.c.member.is_not(None))
    with desk.reading() as connection:
        return {str(each) for each in connection.execute(sa.select(OUTBOX.c.member).where(wanted)).scalars()}


def count_by_state(desk: Desk) -> dict[str, int]:
    """How many mails there are in each state."""
    query = sa.select(OUTBOX.c.state, sa.func.count()).group_by(OUTBOX.c.state)
    with desk.reading() as connection:
        return {str(state): int(count) for state, count in connection.execute(query)}


def mark_read(desk: Desk, notice: str, member: str) -> None:
    """The member needs no mail about the notice any more."""
    theirs = sa.and_(OUTBOX.c.notice == notice, OUTBOX.c.member == member, OUTBOX.c.state != DELIVERED)
    with desk.changing() as connection:
        connection.execute(sa.update(OUTBOX).where(theirs).values(state=READ))


def member_of_mail(desk: Desk, ident: str) -> MemberId | None:
    """Whom the mail is for; None where there is no such mail, or it is for nobody who is a member."""
    with desk.reading() as connection:
        found = connection.execute(sa.select(OUTBOX.c.member).where(OUTBOX.c.id == ident)).scalar_one_or_none()
    return None if found is None else MemberId(found)


def _columns(mail: Mail) -> dict[str, Any]:
    return {
        "id": mail.id,
        "member": mail.member,
        "address": mail.address,
        "language": mail.language,
        "template": mail.template,
        "words": json.dumps(mail.words),
        "notice": mail.notice,
        "is_reminder": mail.is_reminder,
        "state": mail.state,
        "tries": mail.tries,
        "next_at": _sortable(mail.next_at),
        "sent_at": _stored(mail.sent_at),
        "detail": mail.detail,
    }


def _sortable(instant: datetime) -> str:
    """With all its digits, so that texts sort as moments do."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _stored(value: object) -> object:
    return _sortable(value) if isinstance(value, datetime) else value


def _read(row: Any) -> Mail:
    return Mail(
        id=row.id,
        address=row.address,
        language=row.language,
        template=row.template,
        words=json.loads(row.words),
        next_at=parse_instant(row.next_at),
        member=row.member,
        notice=row.notice,
        is_reminder=bool(row.is_reminder),
        state=row.state,
        tries=row.tries,
        sent_at=None if row.sent_at is None else parse_instant(row.sent_at),
        detail=row.detail,
    )
